/**
 * What a decision is and what follows from it. Pure: no storage, network, clock or randomness.
 *
 * Everything that allows is an explicit `true`; what is missing, older than the last material change
 * or not yet acknowledged by the server allows nothing.
 */

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
  return [given && !(Math.abs(now - given.checked) < DAY) ? "check" : "rest"];
}

/**
 * The purposes that may run: required ones, and what an acknowledged receipt allows and no newer choice ends.
 * @param {Offer} offer @param {Stored} stored
 */
export const allowed = ({ required, asked, asksSince }, { given, waiting }) =>
  given && given.version >= asksSince
    ? [
        ...required,
        ...asked.filter((key) => given.purposes[key] === true && (waiting ?? given).purposes[key] === true),
      ]
    : required;

/**
 * What is remembered once the person has chosen: the decision waits until it is acknowledged.
 * @param {Offer} offer @param {Stored} stored
 * @param {Purposes | null} purposes null: nothing at all
 * @param {string} id @param {Date} at @param {string} language
 * @returns {Pending}
 */
export function choose({ asked, token, version }, { given, waiting }, purposes, id, at, language) {
  // A consent whose answer was lost may stand on the server: it, too, is to be replaced or ended.
  const last = waiting?.event === "given" ? waiting : given;
  const yes = purposes && (!asked[0] || asked.some((key) => purposes[key] === true));
  const event = yes ? "given" : last ? "withdrawn" : "refused";
  const keys = last && !yes ? Object.keys(last.purposes) : asked;
  const decided = Object.fromEntries(keys.map((key) => [key, !!yes && purposes[key] === true]));
  return {
    given,
    waiting: { id, event, purposes: decided, language, at, offer: token, previous: last?.id, version },
  };
}

/**
 * What is remembered once the server has acknowledged it. A consent ends with the shortest term of its purposes.
 * @param {Waiting} waiting @param {number} checked milliseconds @param {number} days
 * @returns {Stored}
 */
export const acknowledged = ({ id, event, purposes, version }, checked, days) =>
  event === "given"
    ? { given: { id, event, purposes, version, checked, until: checked + days * DAY } }
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
  if (!/^4(?!08|29)/.test(`${status}`)) return "wait";
  // Ending a consent is never given up: once more without the key, then again and again.
  if (withdrawn) return waiting.plain ? "wait" : change({ plain: true });
  return /^(policy-superseded|offer-(expired|invalid))$/.test(slug ?? "") ? "renew" : "stop";
}

/**
 * The language to speak: the page's, else the browser's, else the server's choice.
 * @param {Offer} offer @param {readonly string[]} wanted language tags, the best first
 */
export const speak = ({ words, fallback }, wanted) =>
  wanted.map((tag) => tag.toLowerCase().split("-")[0]).find((tag) => words[tag]?.ui) ?? fallback;

/**
 * The offer that the API answers, in the shape the widget lives by.
 * @param {Offer} old @param {string} spoken the language it was asked for in
 * @param {any} fresh as `GET /api/v1/offer` answers it
 * @returns {Offer}
 */
export function renew(old, spoken, { policy: { version, url, summary }, purposes, token }) {
  /** @type {Offer} */
  const offer = {
    ...old,
    token,
    version,
    // Whether the change was material is not told: asking is right in either case.
    asksSince: version,
    replaced: old.version,
    policy: url,
    changes: old.changes.replace(`/v/${old.version}/`, `/v/${version}/`),
    asked: [],
    required: [],
    fallback: spoken,
    words: { [spoken]: { ui: old.words[spoken].ui, purposes: {}, summary } },
  };
  for (const { key, asked, required, name, description } of purposes) {
    if (asked === "form") continue;
    offer[required ? "required" : "asked"].push(key);
    offer.words[spoken].purposes[key] = [name, description];
  }
  return offer;
}
