/**
 * What every part works with in place of what a page may have replaced, before our start or after: syntax where
 * it does, else bindings taken once. `for…of`, spreading and destructuring of arrays go through an iterator that
 * is the page's to replace, as `then` is; indices and `await` are not.
 */

export const { apply } = Reflect;
export const { parse, stringify } = JSON;
export const { crypto, fetch } = globalThis;
const { exec } = RegExp.prototype;

/**
 * What `answer` says of each of a list, as far as it is anything.
 * @template One, Answer
 * @param {ArrayLike<One>} list @param {(one: One) => Answer | undefined | false | null | void} answer
 * @returns {Answer[]}
 */
export function each(list, answer) {
  /** @type {Answer[]} */
  const found = [];
  for (let n = 0; n < list.length; n++) {
    const said = answer(list[n]);
    if (said) found[found.length] = said;
  }
  return found;
}

/** @param {string[]} list @param {string | null} item */
export const has = (list, item) => !!each(list, (one) => one === item)[0];

/** For `parse`: objects without a prototype, so that what a page adds to Object.prototype is not read.
 * @param {string} _key @param {any} value */
export const bare = (_key, value) =>
  typeof value === "object" && value ? { __proto__: null, ...value } : value;

/** @param {RegExp} pattern @param {any} text @returns {RegExpExecArray | null} */
export const fits = (pattern, text) => apply(exec, pattern, [text]);

/**
 * Runs what the page or the browser calls of ours: whatever it throws, now or later, does not get out.
 * @template Given @param {(given: Given) => any} act @param {Given} [given]
 * @returns {Promise<any>} what it answers, or throws
 */
export async function calm(act, given) {
  try {
    return await act(/** @type {Given} */ (given));
  } catch (problem) {
    return problem;
  }
}
