/**
 * Keep and read. What attackers or accidents leave in storage reads as "nothing stored": it allows nothing.
 *
 * localStorage holds the state of `Stored` (some hundred bytes), IndexedDB the key, not to be exported.
 * Where either is blocked, memory stands in for this page's life. Receipts are several kB: the server answers
 * them again by their id. Of a consent the decision is kept as it was posted, and nothing is read but from there.
 */
import { bare, fits, parse as parseJson, stringify } from "./own.js";
import { payload } from "./sign.js";

/** @param {any} part */
const isSound = (part) =>
  fits(/^[\w-]{22}$/, part?.id) &&
  typeof part.event === "string" &&
  part.version > 0 &&
  typeof part.purposes === "object" &&
  part.purposes;

/**
 * What the text says, as far as it is sound. A consent counts within its term, where the decision kept with it is
 * one to give, on an offer of this site and that version; else it reads as none.
 * @param {string | null | undefined} text @param {number} now milliseconds @param {string} site
 * @returns {Stored}
 */
export function parse(text, now, site) {
  /** @type {any} */
  const sound = { __proto__: null };
  try {
    const { refused, unsent, waiting, given } = parseJson(text ?? "", bare);
    if (refused > 0) {
      sound.refused = +refused;
      if (unsent) sound.unsent = true;
    }
    if (isSound(waiting)) sound.waiting = waiting;
    const { proof, seen, until } = given;
    const said = payload(proof);
    const head = fits(/^([^~]+)~(\d+)~/, said.offer);
    said.version = +(head?.[2] ?? 0);
    if (isSound(said) && said.event === "given" && head?.[1] === site && until >= now)
      // What is written again is its own, not what it says.
      sound.given = { __proto__: said, proof, seen: +seen, until };
  } catch {
    // Not ours, or not whole.
  }
  return sound;
}

/**
 * The state of one site.
 * @param {string} site @param {() => Storage} area may throw
 * @returns {[read: () => Stored, write: (state: Kept) => void]}
 */
export function createStore(site, area) {
  const name = `wadjet:${site}`;
  const load = () => {
    try {
      return area().getItem(name);
    } catch {
      // Blocked: nothing is stored.
    }
  };
  // What was meant holds while storage says what it did after the last write: whether it took it, was blocked
  // or full, or was given only the part of a refusal that may outlive the page.
  let meant = load();
  let said = meant;
  return [
    () => {
      const text = load();
      return parse(text === said ? meant : text, Date.now(), site);
    },
    (state) => {
      const { waiting } = state;
      meant = stringify(state);
      try {
        area().setItem(
          name,
          waiting?.event === "refused" ? stringify({ refused: waiting.version, unsent: true }) : meant,
        );
      } catch {
        // Blocked or full.
      }
      said = load();
    },
  ];
}

/**
 * A drawer in IndexedDB for one thing: `drawer()` reads, `drawer(value)` keeps, `drawer(null)` ends it.
 * @param {string} site
 */
export function createDrawer(site) {
  const name = `wadjet:${site}`;
  /** @type {any} */
  let memory;
  /** @param {any} [value] @returns {Promise<any>} */
  return async (value = memory) => {
    memory = value;
    try {
      return await new Promise((done, fail) => {
        // Some browsers refuse, some never answer, and a full disk ends the transaction.
        setTimeout(fail, 2e3);
        if (value === null) return done(indexedDB.deleteDatabase(name));
        const opening = indexedDB.open(name);
        opening.onupgradeneeded = () => opening.result.createObjectStore(name);
        opening.onerror = fail;
        opening.onsuccess = () => {
          const transaction = opening.result.transaction(name, "readwrite");
          const shelf = transaction.objectStore(name);
          const request = value ? shelf.put(value, name) : shelf.get(name);
          transaction.oncomplete = () => {
            opening.result.close();
            done(memory ?? request.result);
          };
        };
      });
    } catch {
      return memory;
    }
  };
}
