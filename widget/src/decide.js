/**
 * What a decision is and what follows from it. Pure: no storage, network, clock or randomness.
 *
 * Everything that allows is an explicit `true`; what is missing, older than the last material change
 * or not yet acknowledged by the server allows nothing.
 */

import { each, fits } from "./own.js";

const DAY = 864e5;

/**
 * The next step; where it is asked again, with the version last decided on.
 * @param {Offer} offer @param {Stored} stored @param {number} now milliseconds
 * @returns {[step: Step, since?: number]}
 */
export function decide(offer, { given, waiting, refused, unsent }, now) {
  const since = (waiting ?? given)?.version ?? refused ?? offer.replaced;
  if (since === undefined) return ["ask"];
  // A withdrawal goes its way whatever the policy has become.
  if (since < offer.asksSince && waiting?.event !== "withdrawn") return ["ask", since];
  if (waiting || unsent) return ["send"];
  // A clock that was set back makes the last look lie in the future.
  return [given && !(Math.abs(now - given.seen) < DAY) ? "check" : "rest"];
}

/**
 * The purposes that may run: required ones, and what an acknowledged receipt allows and no newer choice ends.
 * @param {Offer} offer @param {Stored} stored
 */
export function allowed({ required, asked, asksSince }, { given, waiting }) {
  const on = each(required, (key) => key);
  if (given && given.version >= asksSince)
    each(asked, (key) => {
      if (given.purposes[key] === true && (waiting ?? given).purposes[key] === true) on[on.length] = key;
    });
  return on;
}

/**
 * What is remembered once the person has chosen: the decision waits until it is acknowledged.
 * @param {Offer} offer @param {Stored} stored
 * @param {Purposes | null} purposes null: nothing at all
 * @param {string} id @param {string} at @param {string} language
 * @returns {Pending}
 */
export function choose({ asked, token, version }, { given, waiting }, purposes, id, at, language) {
  // A consent whose answer was lost may stand on the server: it, too, is to be replaced or ended.
  const last = waiting?.event === "given" ? waiting : given;
  const yes = purposes && (!asked[0] || each(asked, (key) => purposes[key] === true)[0]);
  const event = yes ? "given" : last ? "withdrawn" : "refused";
  /** @type {Purposes} */
  const decided = {};
  if (last && !yes) for (const key in last.purposes) decided[key] = false;
  else
    each(asked, (key) => {
      decided[key] = !!yes && purposes[key] === true;
    });
  return {
    given,
    waiting: { id, event, purposes: decided, language, at, offer: token, previous: last?.id, version },
  };
}

/**
 * What is remembered once the server has acknowledged it. A consent ends with the shortest term of its purposes.
 * @param {Waiting} waiting @param {string} proof the decision as it was posted
 * @param {number} seen milliseconds @param {number} days
 * @returns {Kept}
 */
export const acknowledged = ({ event, version }, proof, seen, days) =>
  event === "given"
    ? { given: { proof, seen, until: seen + days * DAY } }
    : { refused: version };

/**
 * What to do about a refusal of the server: what is remembered and sent instead, or a word.
 * @param {Stored} stored @param {Waiting} waiting
 * @param {{slug?: string, status?: number}} problem nothing in it: no answer at all
 * @param {string} id one not used before
 * @returns {Pending | "wait" | "renew" | "stop"}
 */
export function amend({ given }, waiting, { slug, status }, id) {
  const { event, previous } = waiting;
  const withdrawn = event === "withdrawn";
  const change = (/** @type {Partial<Waiting>} */ part) => ({ given, waiting: { ...waiting, ...part } });
  if (slug === "receipt-conflict") return change({ id });
  if (slug === "receipt-unknown" && previous) {
    // What was waiting never arrived; the consent before it may stand.
    if (given?.id === previous) given = undefined;
    return change({ event: withdrawn && !given ? "refused" : event, previous: given?.id });
  }
  if (!fits(/^4(?!08|29)/, status)) return "wait";
  // Ending a consent is never given up: once more without the key, then again and again.
  if (withdrawn) return waiting.plain ? "wait" : change({ plain: true });
  return fits(/^(policy-superseded|offer-(expired|invalid))$/, slug) ? "renew" : "stop";
}

/**
 * The language to speak: the page's, else the browser's, else the server's choice.
 * @param {Offer} offer @param {string} page its language tag @param {readonly string[]} browser tags, the best first
 */
export function speak({ words, fallback }, page, browser) {
  const spoken = (/** @type {string} */ tag) => {
    try {
      const { language } = new Intl.Locale(tag);
      if (words[language]?.ui) return language;
    } catch {
      // Not a language tag.
    }
  };
  return spoken(page) ?? each(browser, spoken)[0] ?? fallback;
}

/**
 * The offer that the API answers, in the shape the widget lives by.
 * @param {Offer} old @param {string} spoken the language it was asked for in
 * @param {any} fresh as `GET /api/v1/offer` answers it
 * @returns {Offer}
 */
export function renew(old, spoken, { policy: { version, summary }, purposes, token }) {
  /** @type {Offer} */
  const offer = {
    ...old,
    token,
    version,
    // Whether the change was material is not told: asking is right in either case.
    asksSince: version,
    replaced: old.version,
    asked: [],
    required: [],
    fallback: spoken,
    words: { [spoken]: { ui: old.words[spoken].ui, purposes: {}, summary } },
  };
  each(purposes, ({ key, asked, required, name, description }) => {
    if (asked === "form") return;
    const keys = offer[required ? "required" : "asked"];
    keys[keys.length] = key;
    offer.words[spoken].purposes[key] = [name, description];
  });
  return offer;
}
