/**
 * The backend's API. A refusal of the server (RFC 9457) is an error with a status; no answer is one without.
 */

import { calm, fetch, fits } from "./own.js";

/**
 * @param {Offer} offer @param {string} path @param {string} [body]
 * @param {string} [contentType]
 * @returns {Promise<any>}
 */
async function call({ base }, path, body, contentType) {
  /** @type {any} */
  const init = {
    __proto__: null,
    body,
    method: body && "POST",
    headers: body && { "content-type": contentType },
    // A person who decides and leaves at once has decided.
    keepalive: !!body,
    credentials: "omit",
    cache: "no-store",
    signal: AbortSignal.timeout(2e4),
  };
  const response = await fetch(`${base}/api/v1/${path}`, init);
  if (response.ok) return await response.json();
  const { status, headers } = response;
  // A proxy's own page has none of these.
  const { type, detail } = await calm(() => response.json());
  throw {
    status,
    message: detail,
    slug: fits(/[\w-]*$/, type)?.[0],
    /** Seconds. */
    retryAfter: +(headers.get("retry-after") ?? 0),
  };
}

/** @param {Offer} offer @param {Decision} decision @param {[body: string, type: string]} sealed */
export async function post(offer, { id, event }, sealed) {
  const answer = await call(offer, "receipts", sealed[0], sealed[1]);
  // A withdrawal made twice answers the first one, whose id is not ours.
  if (answer.receipt && (answer.id === id || event === "withdrawn")) return answer;
  throw new Error();
}

/** @param {Offer} offer @param {string} id */
export const fetchReceipt = (offer, id) => call(offer, `receipts/${id}`);

/** @param {Offer} offer @param {string} language */
export const fetchOffer = (offer, language) => call(offer, `offer?site=${offer.site}&lang=${language}`);
