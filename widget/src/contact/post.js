/** The backend, as the form asks it. A refusal (RFC 9457) is an error with a status; no answer is one without. */

// Taken once: what a page puts in its place later does not reach us.
const request = globalThis.fetch;

/** @param {string} base @param {string} path @param {string} [body] JSON @returns {Promise<any>} */
async function call(base, path, body) {
  /** @type {any} */
  const init = {
    __proto__: null,
    body,
    method: body ? "POST" : "GET",
    headers: body ? { "content-type": "application/json" } : {},
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(2e4),
  };
  const response = await request(`${base}/api/v1/${path}`, init);
  if (response.ok) return await response.json();
  const { type, offer, errors } = await response.json().catch(() => ({}));
  throw Object.assign(new Error(), {
    status: response.status,
    slug: `${type}`.replace(/.*[/#]/, ""),
    offer,
    errors,
    /** Seconds. */
    retryAfter: Number(response.headers.get("retry-after")),
  });
}

/** @param {ContactData} data @returns {Promise<WorkToDo>} */
export const fetchChallenge = ({ base }) => call(base, "challenge");

/** @param {ContactData} data */
export const fetchOffer = ({ base, site, language }) => call(base, `offer?site=${site}&lang=${language}`);

/**
 * @param {ContactData} data @param {Sealed} sealed @param {Typed} typed @param {string} challenge
 * @returns {Promise<Posted>}
 */
export async function post({ base, language }, { id, decision }, typed, challenge) {
  const written = Object.entries(typed).filter(([, text]) => text.trim());
  const body = { ...Object.fromEntries(written), decision, challenge };
  const answer = await call(base, `contact?lang=${language}`, JSON.stringify(body));
  if (answer.receipt && answer.id === id) return answer;
  throw new Error();
}
