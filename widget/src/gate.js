/**
 * Runs what is marked with a purpose once that purpose is allowed, and stops it when it no longer is.
 *
 * Only inert `<script type="text/plain">`, frames and images, only http(s) addresses, only listed attributes:
 * what a visitor may write into a page must not become code by way of us.
 */
import { erasers, names, safeUrl } from "./marks.js";
import { make, root } from "./page.js";

/** Ends what a purpose has left in this origin, as far as script can see. @param {string | null} list */
function clear(list) {
  if (!list) return;
  try {
    const listed = names(list);
    for (const area of [localStorage, sessionStorage]) {
      for (const key of Object.keys(area)) if (listed.test(key)) area.removeItem(key);
    }
    for (const [name] of document.cookie.matchAll(/[^=; ]+(?==)/g)) {
      if (listed.test(name))
        for (const text of erasers(name, location.hostname, location.pathname)) document.cookie = text;
    }
  } catch {
    // Blocked: nothing is there.
  }
}

const rules = {
  createScript: (/** @type {string} */ text) => text,
  createScriptURL: (/** @type {string} */ text) => text,
};
/** @type {any} */
let policy;

/** Trusted Types: one named policy, made when the first script is due. Refused, scripts stay inert. */
function trust() {
  try {
    return (policy ??= /** @type {any} */ (window).trustedTypes.createPolicy("wadjet", rules));
  } catch {
    return (policy = rules);
  }
}

/**
 * @param {string | undefined} nonce our script tag's: where it has one, a marked script must carry it too
 * @param {(purpose: string) => boolean} allows
 * @param {(frame: HTMLIFrameElement) => Element | undefined} placeholder
 * @param {(error: unknown) => void} fail
 */
export function createGate(nonce, allows, placeholder, fail) {
  /** @type {Map<any, any>} script → what runs for it; frame → what stands in its place */
  const partners = new Map();
  let last = Promise.resolve();

  const isOn = (/** @type {Element} */ marked) => allows(`${marked.getAttribute("data-wadjet")}`);

  /** @param {HTMLScriptElement} marked */
  const run = async (marked) => {
    // Stopped meanwhile, or run already.
    if (!partners.has(marked) || partners.get(marked)) return;
    const script = make("script");
    const url = safeUrl(marked);
    for (const { name, value } of marked.attributes) {
      if (/^(integrity|crossorigin|referrerpolicy|data-(?!wadjet|src$|type$).*)$/.test(name))
        script.setAttribute(name, value);
    }
    script.nonce = marked.nonce;
    if (marked.getAttribute("data-type") === "module") script.type = "module";
    script.async = marked.hasAttribute("async");
    if (url) script.src = trust().createScriptURL(url);
    else script.text = trust().createScript(marked.text);
    partners.set(marked, script);
    const ended = new Promise((done) => (script.onload = script.onerror = done));
    marked.after(script);
    if (url && !script.async) await ended;
  };

  /** A script is worth running: inert, ours to run, whole, and with an address fit to be loaded or none.
   * @param {HTMLScriptElement} marked */
  const isReady = (marked) =>
    marked.type === "text/plain" &&
    (!nonce || marked.nonce === nonce) &&
    document.readyState !== "loading" &&
    (marked.hasAttribute("data-src") ? safeUrl(marked) : marked.text);

  /** @param {HTMLIFrameElement | HTMLImageElement} marked @param {boolean} on */
  const load = (marked, on) => {
    const url = safeUrl(marked);
    if (!url || marked.hasAttribute("srcdoc")) return;
    if (on !== marked.hasAttribute("src")) {
      if (on) marked.src = url;
      else marked.removeAttribute("src");
      // Only leaving the tree ends what runs in a frame.
      if (!on) marked.replaceWith(marked);
    }
    if (!(marked instanceof HTMLIFrameElement)) return;
    const box = !on && !partners.has(marked) && placeholder(marked);
    if (box) {
      partners.set(marked, box);
      marked.before(box);
    }
    // By CSSOM: `hidden` would yield to the page's own rules.
    marked.style.display = partners.has(marked) ? "none" : "";
  };

  /** Brings the page in line with what is allowed. @param {boolean} changed whether that may have changed */
  return (changed) => {
    for (const [marked, partner] of partners) {
      if (marked.isConnected && isOn(marked) === marked instanceof HTMLScriptElement) continue;
      if (partner) {
        // What is still on its way would run once removed, but not in another document.
        new Document().append(partner);
        partner.onload?.();
      }
      partners.delete(marked);
    }
    for (const marked of /** @type {NodeListOf<any>} */ (root.querySelectorAll("[data-wadjet]"))) {
      const on = isOn(marked);
      if (marked instanceof HTMLScriptElement) {
        // Of scripts alone: what a visitor may write into a page must not end what others keep.
        if (changed && !on) clear(marked.getAttribute("data-wadjet-clears"));
        if (on && !partners.has(marked) && isReady(marked)) {
          partners.set(marked, undefined);
          last = last.then(() => run(marked)).catch(fail);
        }
      } else if (/^i(frame|mg)$/.test(marked.localName)) load(marked, on);
    }
  };
}
