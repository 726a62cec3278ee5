/**
 * The widget: wires storage, server, page and banner together and offers `window.wadjet`.
 */
import { createBanner, createEmbed } from "./banner.js";
import { createCourier } from "./courier.js";
import { allowed, decide, speak } from "./decide.js";
import { createGate } from "./gate.js";
import { tellGoogle } from "./google.js";
import { mark } from "./marks.js";
import { calm, each, has, stringify } from "./own.js";
import { root } from "./page.js";
import { save } from "./save.js";
import { createDrawer, createStore } from "./store.js";

/** @param {Offer} data */
function start(data) {
  /** @type {HTMLScriptElement | null} */
  const tag = root.querySelector("script[src*='wadjet.js']");
  const store = createStore(data.site, () => localStorage);
  const read = store[0];
  let on = data.required;
  let told = "";

  /** @param {string} type @param {any} [detail] */
  const tell = (type, detail) =>
    calm(() =>
      root.dispatchEvent(
        new CustomEvent(`wadjet:${type}`, /** @type {any} */ ({ __proto__: null, detail, bubbles: true })),
      ),
    );
  const allows = (/** @type {string | null} */ purpose) => has(on, purpose);
  /** @param {"default" | "update"} command @param {typeof allows} granted */
  const google = (command, granted) =>
    calm(() => tellGoogle(tag && mark(tag, "consent-mode"), command, granted));

  /** @returns {import("./banner.js").View} */
  const view = () => {
    const { given, waiting } = read();
    const offer = courier.offer();
    const step = decide(offer, read(), Date.now());
    return {
      offer,
      since: step[1],
      language: speak(offer, root.lang, navigator.languages),
      asking: step[0] === "ask",
      // An explicit choice counts for more than the signal (GPC), so the banner asks all the same, once; the
      // signal is told there, and nothing is ever on without a choice.
      signal: !!(/** @type {any} */ (navigator).globalPrivacyControl),
      last: waiting ?? given,
      waiting: !!waiting,
    };
  };

  /** Brings page and banner in line with what is stored. @param {any} [problem] */
  const refresh = (problem) => {
    if (problem) return tell("error", problem);
    on = allowed(courier.offer(), read());
    look(true);
    const detail = { allowed: each(on, (purpose) => purpose), decision: api.decision };
    const now = stringify(detail);
    if (told === now) return;
    // Also when the page begins: Google remembers nothing, and the consent may be an earlier one.
    google("update", allows);
    if (told) tell("change", detail);
    told = now;
  };

  /** @param {any} changed whether more may be allowed, or less, than before */
  const look = (changed) => {
    if (!banner.host.isConnected) root.append(banner.host);
    banner.draw(view());
    gate(changed === true);
    each(root.querySelectorAll("wadjet-contact"), (form) => near?.observe(form));
  };

  /** Brings the contact form's script once a form comes into view, or is opened there: a module comes but once, and
   * under the nonce of the script that asks for it. @type {any} */
  let near;
  /** @param {IntersectionObserverEntry} seen */
  const bring = ({ isIntersecting }) =>
    isIntersecting &&
    calm(() => import(`${data.base}/wadjet-contact.js?site=${data.site}&lang=${view().language}`));
  calm(() => {
    near = new IntersectionObserver((seen) => void each(seen, bring));
  });

  const courier = createCourier(
    data,
    store,
    createDrawer(data.site),
    () => view().language,
    refresh,
    (sentence) => banner.tell(sentence),
  );
  const banner = createBanner(courier.choose, async () => {
    const receipt = await calm(courier.receipt);
    if (typeof receipt === "string") save(receipt);
    else refresh(receipt);
  });
  const gate = createGate(
    tag?.nonce,
    allows,
    (frame) => {
      const purpose = `${mark(frame, "wadjet")}`;
      if (has(courier.offer().asked, purpose)) {
        return createEmbed(view(), purpose, frame, () =>
          courier.choose(/** @type {any} */ ({ __proto__: null, ...view().last?.purposes, [purpose]: true })),
        );
      }
    },
    (problem) => problem && refresh(problem),
  );

  const api = {
    ready: Promise.resolve(),
    allows,
    get decision() {
      const { last, waiting } = view();
      const { event = "refused", version = read().refused, purposes } = last ?? {};
      return version ? { event, version, purposes: { ...purposes }, waiting } : null;
    },
    open: () => calm(banner.open),
    withdraw: async () => view().last?.event === "given" && (await courier.choose(null)),
    receipts: async () => each([await courier.receipt()], (receipt) => receipt),
    /** @param {string} event @param {(detail: any) => void} listener */
    on(event, listener) {
      const hear = (/** @type {any} */ { detail }) => listener(detail);
      addEventListener(`wadjet:${event}`, hear);
      return () => removeEventListener(`wadjet:${event}`, hear);
    },
  };
  calm(() =>
    Object.defineProperty(window, "wadjet", /** @type {any} */ ({ __proto__: null, value: api })),
  );

  google("default", () => false);
  calm(refresh);
  const observe = () =>
    new MutationObserver(() => calm(look)).observe(
      root,
      /** @type {MutationObserverInit} */ ({
        __proto__: null,
        childList: true,
        subtree: true,
        attributeFilter: ["lang"],
      }),
    );
  calm(observe);
  /** @param {string} type @param {() => any} act */
  const hear = (type, act) => calm(() => addEventListener(type, () => calm(act)));
  hear("online", courier.send);
  hear("storage", refresh);
  hear("pageshow", refresh);
  hear("DOMContentLoaded", refresh);
  tell("ready");
  // To ask and to rest are nothing that the courier does.
  calm(/** @type {any} */ (courier)[decide(data, read(), Date.now())[0]]);
}

// Once, however often the tag is included; an element of that id is not us.
if (typeof (/** @type {any} */ (window).wadjet?.allows) !== "function") calm(start, __WADJET__);
