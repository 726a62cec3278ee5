/** What the marks on an element say. Pure. */
import { each, fits } from "./own.js";

/** @param {{getAttribute(name: string): string | null}} element @param {string} name */
export const mark = (element, name) => element.getAttribute(`data-${name}`);

/**
 * The address an element is to load, where it is fit to be loaded.
 * @param {{getAttribute(name: string): string | null, baseURI: string}} element
 */
export function safeUrl(element) {
  try {
    const { href } = new URL(mark(element, "src") || "x:", element.baseURI);
    return fits(/^https?:/, href) && href;
  } catch {
    // Not an address.
  }
}

/** Names as "_ga*, session" lists them.
 * @param {string} list */
export const names = (list) => new RegExp(`^(${list.replace(/[\s,]+/g, "|").replace(/\*/g, ".*")})$`);

/**
 * Every spelling under which a page may have set a cookie, as a text that ends it.
 * @param {string} name @param {string} host @param {string} path
 * @param {(text: string) => void} end @param {string} [domain]
 */
export function erase(name, host, path, end, domain = "") {
  let at = "";
  each(path, (letter) => end(`${name}=;max-age=0;path=${(at += letter)}${domain}`));
  if (host) erase(name, host.replace(/^[^.]*\.?/, ""), path, end, `;domain=${host}`);
}
