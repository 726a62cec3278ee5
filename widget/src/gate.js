/**
 * Runs what is marked with a purpose once that purpose is allowed, and stops it when it no longer is.
 *
 * Only inert `<script type="text/plain">` and frames, only http(s) addresses, only listed attributes: what a visitor
 * may write into a page must not become code by way of us. An image waits for nothing but its address, and would then
 * run its own `onload` or `onerror`.
 */
import { erase, mark, names, safeUrl } from "./marks.js";
import { calm, each, fits } from "./own.js";
import { make, root } from "./page.js";

/** Ends what a purpose has left in this origin, as far as script can see. @param {string | null} list */
function clear(list) {
  if (!list) return;
  try {
    const listed = names(list);
    each([localStorage, sessionStorage], (area) =>
      each(Object.keys(area), (key) => {
        if (fits(listed, key)) area.removeItem(key);
      }),
    );
    each(document.cookie.split(/=[^;]*|; ?/), (name) => {
      if (fits(listed, name))
        erase(name, location.hostname, location.pathname, (text) => {
          document.cookie = text;
        });
    });
  } catch {
    // Blocked: nothing is there.
  }
}

const asIs = (/** @type {string} */ text) => text;
const rules = { createScript: asIs, createScriptURL: asIs };
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
 * @param {(purpose: string | null) => boolean} allows
 * @param {(frame: HTMLIFrameElement) => Element | undefined} placeholder
 * @param {(problem?: unknown) => void} fail told how each script fared
 */
export function createGate(nonce, allows, placeholder, fail) {
  /** What was done about a script or a frame while its purpose was on, or off, and what stands for it: the script
   * that runs, or a box.
   * @type {{marked: any, on: boolean, host?: any}[]} */
  let deeds = [];
  /** @type {Promise<void> | undefined} */
  let last;

  const isOn = (/** @type {Element} */ marked) => allows(mark(marked, "wadjet"));
  const isDone = (/** @type {Element} */ marked) =>
    each(deeds, (deed) => deed.marked === marked)[0];

  /** @param {typeof deeds[0]} deed */
  const run = async (deed) => {
    const { marked } = deed;
    // Stopped meanwhile.
    if (deed.host) return;
    const script = make("script");
    const url = safeUrl(marked);
    each(marked.attributes, ({ name, value }) => {
      if (fits(/^(integrity|crossorigin|referrerpolicy|data-(?!wadjet|src$|type$).*)$/, name))
        script.setAttribute(name, value);
    });
    script.nonce = marked.nonce;
    if (mark(marked, "type") === "module") script.type = "module";
    script.async = marked.hasAttribute("async");
    if (url) script.src = trust().createScriptURL(url);
    else script.text = trust().createScript(marked.text);
    deed.host = script;
    const ended = new Promise((done) => (script.onload = script.onerror = done));
    marked.after(script);
    if (url && !script.async) await ended;
  };

  /** One after the other, as they stand. @param {typeof last} before @param {typeof deeds[0]} deed */
  const follow = async (before, deed) => {
    await before;
    fail(await calm(run, deed));
  };

  /** A script is worth running: inert, ours to run, whole, and with an address fit to be loaded or none.
   * @param {HTMLScriptElement} marked */
  const isReady = (marked) =>
    marked.type === "text/plain" &&
    (!nonce || marked.nonce === nonce) &&
    document.readyState !== "loading" &&
    (mark(marked, "src") === null ? marked.text : safeUrl(marked));

  /** @param {HTMLIFrameElement} marked @param {boolean} on */
  const load = (marked, on) => {
    const url = safeUrl(marked);
    if (!url || marked.hasAttribute("srcdoc")) return;
    if (on !== marked.hasAttribute("src")) {
      if (on) marked.src = url;
      else marked.removeAttribute("src");
      // Only leaving the tree ends what runs in a frame.
      if (!on) marked.replaceWith(marked);
    }
    const host = !on && !isDone(marked) && placeholder(marked);
    if (host) {
      deeds[deeds.length] = { marked, on, host };
      marked.before(host);
    }
    // By CSSOM: `hidden` would yield to the page's own rules.
    marked.style.display = isDone(marked) ? "none" : "";
  };

  /** Brings the page in line with what is allowed. @param {boolean} changed whether that may have changed */
  return (changed) => {
    deeds = each(deeds, (deed) => {
      const { marked, on, host } = deed;
      if (marked.isConnected && isOn(marked) === on) return deed;
      deed.host = true;
      if (host) {
        // What is still on its way would run once removed, but not in another document.
        new Document().append(host);
        host.onload?.();
      }
    });
    each(root.querySelectorAll("[data-wadjet]"), (/** @type {any} */ marked) => {
      const on = isOn(marked);
      if (marked instanceof HTMLScriptElement) {
        // Of scripts alone: what a visitor may write into a page must not end what others keep.
        if (changed && !on) clear(mark(marked, "wadjet-clears"));
        if (on && !isDone(marked) && isReady(marked))
          last = follow(last, (deeds[deeds.length] = { marked, on }));
      } else if (marked instanceof HTMLIFrameElement) load(marked, on);
    });
  };
}
