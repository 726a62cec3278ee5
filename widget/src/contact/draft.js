/**
 * What a person is writing, kept for this tab until it is sent: a reload or an error loses none of it.
 * What others left in storage reads as nothing.
 */

/** @param {any} value @returns {value is Record<string, any>} */
const isObject = (value) => typeof value === "object" && !!value;

/**
 * @param {string | null | undefined} text @param {string[]} names of the fields there are
 * @returns {Draft}
 */
export function parse(text, names) {
  /** @type {any} */
  const draft = { __proto__: null, typed: { __proto__: null } };
  try {
    const { typed, sealed } = JSON.parse(text ?? "");
    for (const name of names)
      if (Object.hasOwn(typed, name) && typeof typed[name] === "string") draft.typed[name] = typed[name];
    const { id, purposes, decision } = sealed ?? {};
    const isDecision = typeof decision === "string" || decision?.id === id;
    if (/^[\w-]{22}$/.test(id) && isObject(purposes) && isDecision) draft.sealed = { id, purposes, decision };
  } catch {
    // Not ours, or not whole.
  }
  return draft;
}

/**
 * @param {string} site @param {string[]} names @param {() => Storage} area may throw
 * @returns {[read: () => Draft, write: (draft?: Draft) => void]} written without a draft it is gone
 */
export function createDraft(site, names, area) {
  const name = `wadjet-contact:${site}`;
  /** @type {string | undefined} stands in where storage is blocked */
  let memory;
  return [
    () => {
      try {
        return parse(area().getItem(name) ?? memory, names);
      } catch {
        return parse(memory, names);
      }
    },
    (draft) => {
      memory = draft && JSON.stringify(draft);
      try {
        if (memory) area().setItem(name, memory);
        else area().removeItem(name);
      } catch {
        // Blocked or full.
      }
    },
  ];
}
