/**
 * What we use of the page's document, taken once: a `<form name="createElement">` or a script that replaces
 * a method later on does not reach us.
 */
import { apply } from "./own.js";

const { createElement, querySelector } = Document.prototype;

/** @type {(name: string) => any} */
export const make = (name) => apply(createElement, document, [name]);
/** @type {HTMLHtmlElement} */
export const root = /** @type {any} */ (apply(querySelector, document, ["html"]));
