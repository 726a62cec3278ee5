/** What the marks on an element say. Pure. */

/**
 * The address an element is to load, where it is fit to be loaded.
 * @param {{getAttribute(name: string): string | null, baseURI: string}} element
 */
export function safeUrl(element) {
  try {
    const { href } = new URL(element.getAttribute("data-src") || "x:", element.baseURI);
    return /^https?:/.test(href) && href;
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
 */
export const erasers = (name, host, path) =>
  ["", ...host.split(".").map((_label, index, labels) => `;domain=${labels.slice(index).join(".")}`)].flatMap(
    (domain) =>
      [...path].map((_letter, index) => `${name}=;max-age=0;path=${path.slice(0, index + 1)}${domain}`),
  );
