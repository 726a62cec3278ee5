/**
 * The backend's API. A refusal of the server (RFC 9457) is an error with a status; no answer is one without.
 */

// Taken once: what a page puts in its place later does not reach us.
const request = globalThis.fetch;

/**
 * @param {Offer} offer @param {string} path @param {string} [body]
 * @param {string} [contentType] a GET's is one that browsers send without asking the server first
 * @returns {Promise<any>}
 */
async function call({ base }, path, body, contentType = "text/plain") {
  /** @type {any} */
  const init = {
    __proto__: null,
    body,
    method: body ? "POST" : "GET",
    headers: { "content-type": contentType },
    // A person who decides and leaves at once has decided.
    keepalive: !!body,
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(2e4),
  };
  const response = await request(`${base}/api/v1/${path}`, init);
  if (response.ok) return response.json();
  const { status, headers } = response;
  const { type, detail, offer } = await response.json().catch(() => ({}));
  throw Object.assign(new Error(detail), {
    status,
    offer,
    slug: `${type}`.replace(/.*[/#]/, ""),
    /** Seconds. */
    retryAfter: Number(headers.get("retry-after")),
  });
}

/** @param {Offer} offer @param {Decision} decision @param {[body: string, type: string]} sealed */
export async function post(offer, { id, event }, sealed) {
  const answer = await call(offer, "receipts", ...sealed);
  // A withdrawal made twice answers the first one, whose id is not ours.
  if (answer.receipt && (answer.id === id || event === "withdrawn")) return answer;
  throw new Error();
}

/** @param {Offer} offer @param {string} id */
export const fetchReceipt = (offer, id) => call(offer, `receipts/${id}`);

/** @param {Offer} offer @param {string} language */
export const fetchOffer = (offer, language) => call(offer, `offer?site=${offer.site}&lang=${language}`);
