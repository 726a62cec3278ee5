/**
 * Keep and read. What attackers or accidents leave in storage reads as "nothing stored": it allows nothing.
 *
 * localStorage holds the state of `Stored` (a few hundred bytes), IndexedDB the key, not to be exported.
 * Where either is blocked, memory stands in for this page's life. Receipts are several kB: the server answers
 * them again by their id.
 */

/** @param {any} part */
const isSound = (part) =>
  /^[\w-]{22}$/.test(part?.id) &&
  typeof part.event === "string" &&
  part.version > 0 &&
  typeof part.purposes === "object" &&
  part.purposes;

/** Objects without a prototype: a page that adds to Object.prototype adds nothing to what we read.
 * @param {string} _key @param {any} value */
const bare = (_key, value) => (typeof value === "object" && value ? { __proto__: null, ...value } : value);

/**
 * What the text says, as far as it is sound. A consent past its term reads as none.
 * @param {string | null | undefined} text @param {number} now milliseconds
 * @returns {Stored}
 */
export function parse(text, now) {
  /** @type {any} */
  const sound = { __proto__: null };
  try {
    const { refused, unsent, given, waiting } = JSON.parse(text ?? "", bare);
    if (refused > 0) {
      sound.refused = +refused;
      if (unsent) sound.unsent = true;
    }
    if (isSound(given) && Number.isFinite(given.checked) && !(Number.isFinite(given.until) && given.until < now))
      sound.given = given;
    if (isSound(waiting)) sound.waiting = waiting;
  } catch {
    // Not ours, or not whole.
  }
  return sound;
}

/**
 * The state of one site.
 * @param {string} name @param {() => Storage} area may throw
 * @returns {[read: () => Stored, write: (state: Stored) => void]}
 */
export function createStore(name, area) {
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
      return parse(text === said ? meant : text, Date.now());
    },
    (state) => {
      const { waiting } = state;
      meant = JSON.stringify(state);
      try {
        area().setItem(
          name,
          waiting?.event === "refused" ? JSON.stringify({ refused: waiting.version, unsent: true }) : meant,
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
 * @param {string} name
 */
export function createDrawer(name) {
  /** @type {any} */
  let memory;
  /** @param {any} [value] @returns {Promise<any>} */
  return (value = memory) =>
    new Promise((done, fail) => {
      memory = value;
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
    }).catch(() => memory);
}
