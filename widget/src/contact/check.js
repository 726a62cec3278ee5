/** What can be said of the answers before they are sent, and what follows from a refusal. Pure. */

/**
 * Only what needs no knowledge: the rest the server knows better, and says.
 * @param {ContactData} data @param {Typed} typed @param {Purposes} ticks
 * @returns {Fault[]}
 */
export function check({ fields, purposes, words }, typed, ticks) {
  const faults = [];
  for (const { name, required, longest } of fields) {
    // As the server counts: letters, not UTF-16 units.
    const length = [...(typed[name] ?? "").trim()].length;
    if (required && !length) faults.push({ field: name, message: words[_("Please fill this in.")] });
    if (length > longest) {
      const message = words[_("At most {longest} characters, please; these are {length}.")]
        .replace("{longest}", `${longest}`)
        .replace("{length}", `${length}`);
      faults.push({ field: name, message });
    }
  }
  for (const { key, required } of purposes)
    if (required && !ticks[key])
      faults.push({ field: key, message: words[_("Please tick this: without your consent we may not answer.")] });
  return faults;
}

/**
 * What the server found, one thing for each field, in the order in which they stand; what is no field of ours
 * is said all the same.
 * @param {ContactData} data @param {any} errors `[{field, code, message}]`
 * @returns {Fault[]}
 */
export function faultsOf({ fields, purposes, words }, errors) {
  /** @type {Map<string, string>} */
  const said = new Map();
  for (const { field, message } of Array.isArray(errors) ? errors.filter(Boolean) : []) {
    if (!said.has(`${field}`)) said.set(`${field}`, `${message || words[_("Please look at this again.")]}`);
  }
  const order = [...fields.map(({ name }) => name), ...purposes.map(({ key }) => key)];
  const place = (/** @type {string} */ field) => (order.indexOf(field) + 1 || order.length + 1);
  const faults = Array.from(said, ([field, message]) => ({ field, message }));
  return faults.sort((one, other) => place(one.field) - place(other.field));
}

/**
 * What follows from a refusal, or from no answer at all.
 * @param {{ status?: number, slug?: string }} problem
 * @returns {"mend" | "solve" | "renew" | "anew" | "wait" | "stop"}
 */
export function follow({ status, slug }) {
  if (slug === "contact-invalid") return "mend";
  if (slug === "challenge-invalid") return "solve";
  if (slug === "receipt-conflict") return "anew";
  if (/^(policy-superseded|offer-(expired|invalid))$/.test(`${slug}`)) return "renew";
  return /^4(?!08|29)/.test(`${status}`) ? "stop" : "wait";
}

/**
 * The form on the offer that took the place of its own.
 * @param {ContactData} data @param {any} offer as `GET /api/v1/offer` answers it
 * @returns {ContactData}
 */
export function renew(data, { policy: { version }, purposes, token }) {
  const needed = new Set(data.purposes.filter(({ required }) => required).map(({ key }) => key));
  return {
    ...data,
    token,
    version,
    purposes: purposes
      .filter((/** @type {any} */ { asked }) => asked === "form")
      .map((/** @type {ContactPurpose} */ { key, name, description }) => ({
        key,
        required: needed.has(key),
        name,
        description,
      })),
  };
}
