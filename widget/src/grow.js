/** From the trees that build.mjs makes of templates to elements, without innerHTML. */
import { make } from "./page.js";

/**
 * @param {Tree} tree
 * @param {string[]} ui the sentences; no attribute of ours has the name of an array's method
 * @param {Record<string, any>} facts fill `{name}` in sentences and attributes, and answer `if="name"`
 * @returns {any} element or text
 */
export function grow(tree, ui, facts) {
  if (!Array.isArray(tree))
    return `${ui[/** @type {number} */ (tree)] ?? tree}`.replace(
      /\{(\w+)\}/g,
      (_all, name) => facts[name] ?? "",
    );
  const [name, attributes, ...children] = tree;
  if (Object.hasOwn(attributes, "if") && !facts[attributes.if]) return "";
  const element = make(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, grow(value, ui, facts));
  element.append(...children.map((child) => grow(child, ui, facts)));
  return element;
}
