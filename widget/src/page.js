/**
 * What we use of the page's document, taken once: a `<form name="createElement">` or a script that replaces
 * a method later on does not reach us.
 */
const { createElement, querySelector } = Document.prototype;

/** @type {(name: string) => any} */
export const make = createElement.bind(document);
/** @type {HTMLHtmlElement} */
export const root = /** @type {any} */ (querySelector.call(document, "html"));
