/**
 * The banner, the panel, the small way back, and what stands in place of a blocked frame:
 * they draw what they are given and tell what was pressed.
 */
import css from "./banner.css";
import bannerTree from "../templates/widget/banner.html";
import cornerTree from "../templates/widget/corner.html";
import embedTree from "../templates/widget/embed.html";
import panelTree from "../templates/widget/panel.html";
import purposeTree from "../templates/widget/purpose.html";
import { grow } from "./grow.js";
import { calm, each, has } from "./own.js";
import { make } from "./page.js";

/** Long enough that a click on its way to something else is not taken for consent. */
const SETTLE = 500;
/** How long a sentence stays that asks for nothing. */
const HUSH = 6e3;

/**
 * What is to be shown.
 * @typedef {object} View
 * @property {Offer} offer
 * @property {string} language
 * @property {boolean} asking
 * @property {number} [since] the version last decided on, where it is asked again
 * @property {boolean} signal whether the browser asks for privacy
 * @property {Given | Waiting} [last] what was chosen last
 * @property {boolean} waiting whether that is yet to be acknowledged
 */

/**
 * An element with an open shadow root, dressed.
 * @param {string} name @param {HTMLElement} box what it shows
 * @param {(value: string) => void} press told of each button pressed: of consent, where it was meant
 * @returns {HTMLElement}
 */
function shadow(name, box, press) {
  const host = make(name);
  const root = host.attachShadow({ mode: "open" });
  /** @param {MouseEvent} event */
  const hear = ({ target, isTrusted }) => {
    const button = /** @type {Element} */ (target).closest("button");
    if (!button) return;
    const { value } = button;
    const { x, y, width, height } = button.getBoundingClientRect();
    // A real press, on something that is to be seen: what lies above it is found instead.
    const meant =
      isTrusted &&
      !button.ariaDisabled &&
      button.contains(root.elementFromPoint(x + width / 2, y + height / 2));
    if (meant || (value !== "accept" && value !== "save")) return press(value);
  };
  box.onclick = (event) => calm(hear, event);
  root.append(box);
  try {
    // A strict CSP forbids `<style>`; an old browser, which cannot make sheets, shows it plain.
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {}
  return host;
}

/** @param {View} view @param {Tree} tree @param {string} [key] of the purpose it is about */
function draw(view, tree, key = "") {
  const { offer, language, since, last } = view;
  const { ui, purposes, summary } = offer.words[language];
  const { asked, policy, version } = offer;
  const receipt = last?.event === "given" ? last.id : "";
  const optional = has(asked, key);
  let asks = "";
  each(asked, (one) => {
    asks += (asks && ", ") + purposes[one]?.[0];
  });
  return grow(tree, ui, {
    __proto__: null,
    ...offer,
    ...view,
    summary,
    key,
    receipt,
    changes: `${policy}v/${version}/changes/${since}/`,
    asked: asked[0],
    asks: asks || policy,
    free: !receipt,
    name: purposes[key]?.[0],
    description: purposes[key]?.[1],
    optional,
    required: !optional,
  });
}

/**
 * @param {(purposes: Purposes | null) => void} choose
 * @param {() => void} download
 */
export function createBanner(choose, download) {
  const section = make("section");
  const status = make("p");
  /** @type {View} */
  let view;
  /** @type {any} */
  let panel;
  let drawn = "";

  const close = () => {
    panel?.remove();
    panel = undefined;
    banner.draw(view);
  };

  /** Opens the panel with what is chosen now; nothing is ticked that was not. */
  const open = () => {
    close();
    panel = draw(view, panelTree);
    const list = panel.querySelector("div");
    each([view.offer.required, view.offer.asked], (keys) =>
      each(keys, (key) => {
        const row = draw(view, purposeTree, key);
        const control = row.querySelector("input");
        if (control) control.checked = view.last?.purposes[key] === true;
        list.append(row);
      }),
    );
    panel.onclose = () => calm(close);
    section.append(panel);
    panel.showModal();
  };

  const host = shadow("wadjet-banner", section, (value) => {
    if (value === "open") return open();
    if (value === "receipt") return download();
    /** @type {any} */
    const purposes = { __proto__: null };
    each(view.offer.asked, (key) => {
      purposes[key] = value === "accept" || panel?.querySelector(`[name=${key}]`).checked;
    });
    close();
    if (value !== "close") calm(choose, value === "refuse" ? null : purposes);
    section.querySelector("[value=open]")?.focus();
  });

  status.role = "status";

  const banner = {
    host,
    open,
    /** Brings what is shown up to date; what a person is just setting stays until it is closed. @param {View} now */
    draw(now) {
      view = now;
      const { offer, language, asking } = view;
      const key = `${offer.version} ${language} ${asking} ${view.last?.event}`;
      if (drawn === key || (panel && !asking)) return;
      drawn = key;
      const shown = draw(view, asking ? bannerTree : cornerTree);
      close();
      section.lang = language;
      section.ariaLabel = offer.words[language].ui[_("Privacy choices")];
      const focused = section.matches(":focus-within");
      section.replaceChildren(status, shown);
      if (focused) section.querySelector("[value=open]")?.focus();
      if (!asking) return;
      const accept = shown.querySelector("button");
      accept.ariaDisabled = "true";
      setTimeout(() => (accept.ariaDisabled = null), SETTLE);
    },
    /** @param {number} [sentence] none: nothing more to say */
    tell(sentence = -1) {
      status.textContent = view.offer.words[view.language].ui[sentence];
      setTimeout(() => view.waiting || (status.textContent = ""), HUSH);
    },
  };
  return banner;
}

/**
 * In place of a frame that waits for consent.
 * @param {View} view @param {string} purpose
 * @param {HTMLElement} frame whose room it takes, so that nothing moves
 * @param {() => void} allow
 */
export function createEmbed(view, purpose, frame, allow) {
  const box = draw(view, embedTree, purpose);
  box.lang = view.language;
  // By CSSOM, which a strict CSP allows.
  const { width, height } = frame.getBoundingClientRect();
  box.style.cssText = `width:${width}px;min-height:${height}px`;
  return shadow("wadjet-embed", box, allow);
}
