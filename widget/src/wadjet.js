/**
 * The widget: wires storage, server, page and banner together and offers `window.wadjet`.
 */
import { createBanner, createEmbed } from "./banner.js";
import { createCourier } from "./courier.js";
import { allowed, decide, speak } from "./decide.js";
import { createGate } from "./gate.js";
import { createConsentMode } from "./google.js";
import { root } from "./page.js";
import { save } from "./save.js";
import { createDrawer, createStore } from "./store.js";

/** @param {Offer} data */
function start(data) {
  const name = `wadjet:${data.site}`;
  /** @type {HTMLScriptElement | null} */
  const tag = root.querySelector("script[src*='wadjet.js']");
  const google = createConsentMode(tag?.getAttribute("data-consent-mode"));
  const store = createStore(name, () => localStorage);
  const [read] = store;
  let on = data.required;
  let told = "";

  /** @param {string} type @param {any} [detail] */
  const tell = (type, detail) =>
    root.dispatchEvent(
      new CustomEvent(`wadjet:${type}`, /** @type {any} */ ({ __proto__: null, detail, bubbles: true })),
    );
  const allows = (/** @type {string} */ purpose) => on.includes(purpose);

  /** @returns {import("./banner.js").View} */
  const view = () => {
    const { given, waiting } = read();
    const offer = courier.offer();
    const [step, since] = decide(offer, read(), Date.now());
    return {
      offer,
      since,
      language: speak(offer, [root.lang, ...navigator.languages]),
      asking: step === "ask",
      // An explicit choice counts for more than the signal (GPC), so the banner asks all the same, once; the
      // signal is told there, and nothing is ever on without a choice.
      signal: !!(/** @type {any} */ (navigator).globalPrivacyControl),
      last: waiting ?? given,
      waiting: !!waiting,
    };
  };

  /** What was decided, for the page to read. */
  const decision = () => {
    const { given, waiting, refused } = read();
    const { event = "refused", version = refused, purposes } = waiting ?? given ?? {};
    return version ? { event, version, purposes: { ...purposes }, waiting: !!waiting } : null;
  };

  /** Brings page and banner in line with what is stored. @param {any} [problem] */
  const refresh = (problem) => {
    if (problem) return tell("error", problem);
    on = allowed(courier.offer(), read());
    look(true);
    const detail = { allowed: [...on], decision: decision() };
    const now = JSON.stringify(detail);
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
  };

  const courier = createCourier(
    data,
    store,
    createDrawer(name),
    () => view().language,
    refresh,
    (sentence) => banner.tell(sentence),
  );
  const banner = createBanner(courier.choose, () => courier.receipt().then(save, refresh));
  const gate = createGate(
    tag?.nonce,
    allows,
    (frame) => {
      const purpose = `${frame.getAttribute("data-wadjet")}`;
      if (courier.offer().asked.includes(purpose)) {
        return createEmbed(view(), purpose, frame, () =>
          courier.choose(/** @type {any} */ ({ __proto__: null, ...view().last?.purposes, [purpose]: true })),
        );
      }
    },
    refresh,
  );

  const api = Object.freeze({
    ready: Promise.resolve(),
    allows,
    get decision() {
      return decision();
    },
    open: banner.open,
    withdraw: async () => view().last?.event === "given" && courier.choose(null),
    receipts: async () => [await courier.receipt()].filter(Boolean),
    /** @param {string} event @param {(detail: any) => void} listener */
    on(event, listener) {
      const hear = (/** @type {any} */ { detail }) => listener(detail);
      addEventListener(`wadjet:${event}`, hear);
      return () => removeEventListener(`wadjet:${event}`, hear);
    },
  });
  Object.defineProperty(window, "wadjet", /** @type {any} */ ({ __proto__: null, value: api }));

  google("default", () => false);
  refresh();
  new MutationObserver(look).observe(
    root,
    /** @type {MutationObserverInit} */ ({
      __proto__: null,
      childList: true,
      subtree: true,
      attributeFilter: ["lang"],
    }),
  );
  for (const type of ["storage", "pageshow", "DOMContentLoaded"]) addEventListener(type, () => refresh());
  addEventListener("online", courier.send);
  tell("ready");
  const [step] = decide(data, read(), Date.now());
  if (step === "send" || step === "check") courier[step]();
}

// Once, however often the tag is included; an element of that id is not us.
if (typeof (/** @type {any} */ (window).wadjet?.allows) !== "function") start(__WADJET__);
