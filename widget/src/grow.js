/** From the trees that build.mjs makes of templates to elements, without innerHTML. */
import { each } from "./own.js";
import { make } from "./page.js";

/** A sentence with the facts it names in braces. @param {string} text @param {Record<string, any>} facts */
function fill(text, facts) {
  let told = "";
  /** @type {string | undefined} */
  let name;
  each(text, (letter) => {
    if (letter === "{") name = "";
    else if (letter === "}") {
      told += facts[`${name}`] ?? "";
      name = undefined;
    } else if (name === undefined) told += letter;
    else name += letter;
  });
  return told;
}

/**
 * @param {Tree} tree
 * @param {string[]} ui the sentences
 * @param {Record<string, any>} facts fill `{name}` in sentences and attributes, and answer `if="name"`
 * @returns {any} element or text
 */
export function grow(tree, ui, facts) {
  if (typeof tree !== "object") return fill(typeof tree === "number" ? ui[tree] : tree, facts);
  const element = make(tree[0]);
  const attributes = tree[1];
  for (let n = 0; n < attributes.length; n += 2) {
    const name = attributes[n];
    if (name !== "if") element.setAttribute(name, grow(attributes[n + 1], ui, facts));
    else if (!facts[attributes[n + 1]]) return "";
  }
  for (let n = 2; n < tree.length; n++) element.append(grow(tree[n], ui, facts));
  return element;
}
