/**
 * A decision's way from the choice to its receipt: kept first, sent when possible, counted once acknowledged.
 *
 * State lives in storage alone, so that a reload, another tab or the back button goes on where this page was.
 * The one thing kept in memory is the id of a refusal, which must not outlive the page.
 */
import { fetchOffer, fetchReceipt, post } from "./api.js";
import { acknowledged, amend, choose, renew } from "./decide.js";
import { calm, fits } from "./own.js";
import { newId, proven, seal } from "./sign.js";

/**
 * @param {Offer} offer
 * @param {ReturnType<typeof import("./store.js").createStore>} store
 * @param {ReturnType<typeof import("./store.js").createDrawer>} drawer
 * @param {() => string} language
 * @param {(problem?: any) => void} changed told of each change of what is stored, and of each problem
 * @param {(sentence?: number) => void} tell
 */
export function createCourier(offer, store, drawer, language, changed, tell) {
  const read = store[0];
  const write = store[1];
  /** @type {Promise<boolean> | undefined} */
  let sending;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  /** @type {string | undefined} */
  let receipt;
  let attempts = 0;

  /** @param {Kept} state */
  const keep = (state) => {
    write(state);
    changed();
  };

  const draft = (/** @type {Purposes | null} */ purposes, stored = read()) =>
    keep(choose(offer, stored, purposes, newId(), new Date().toISOString(), language()));

  /** @param {Waiting} sent @param {any} problem @returns {Promise<boolean>} */
  const mend = async (sent, problem) => {
    let step = amend(read(), sent, problem, newId());
    const fresh = step === "renew" && (await calm(() => fetchOffer(offer, language())));
    const { given, waiting } = read();
    // The person has chosen anew meanwhile, here or in another tab: that is sent instead.
    if (waiting?.id !== sent.id) return await attempt();
    if (fresh.token && fresh.policy.version !== sent.version) {
      // Asked again; the old choice is not carried over.
      offer = renew(offer, language(), fresh);
      tell();
      keep({ given });
      return false;
    }
    if (fresh.token) step = { given, waiting: { ...sent, offer: fresh.token } };
    if (typeof step === "object") {
      keep(step);
      if (attempts < 5) return await attempt();
    }
    changed(problem);
    if (step === "stop") {
      keep(sent.event === "given" ? { given } : { refused: sent.version });
      tell(_("Not saved. Please try again."));
    } else {
      tell(_("No connection: your choice will be sent later."));
      timer = setTimeout(
        () => calm(send),
        Math.min(problem.retryAfter || 2 ** attempts, 3600) * (1e3 + Math.random() * 500),
      );
    }
    return false;
  };

  /** @returns {Promise<boolean>} */
  const attempt = async () => {
    // Of a refusal on an earlier page there is neither id nor time.
    if (read().unsent) draft(null);
    const { waiting: sent } = read();
    if (!sent) return true;
    attempts++;
    try {
      const { version, plain, ...decision } = sent;
      const sealed = await seal(decision, drawer, plain);
      const answer = await post(offer, decision, sealed);
      const { given, waiting } = read();
      if (waiting?.id !== sent.id) {
        // Chosen otherwise meanwhile, in another tab: a consent that nobody wants any more does not stay.
        if (!waiting && sent.event === "given" && given?.id !== sent.id)
          draft(null, { given: /** @type {any} */ (sent) });
        return await attempt();
      }
      attempts = 0;
      receipt = answer.receipt;
      if (sent.event !== "given") drawer(null);
      keep(acknowledged(sent, sealed[0], Date.now(), offer.days));
      tell(_("Saved."));
      return true;
    } catch (problem) {
      return await mend(sent, problem);
    }
  };

  /** Sends what waits. @returns {Promise<boolean>} whether it is acknowledged; else it waits or is gone */
  const send = () => {
    clearTimeout(timer);
    return (sending ??= run());
  };
  const run = async () => {
    const done = await calm(attempt);
    sending = undefined;
    return done;
  };

  return {
    /** The offer that stands, since a newer policy may have come. */
    offer: () => offer,
    send,
    /** Takes a choice; null refuses or withdraws. @param {Purposes | null} purposes */
    async choose(purposes) {
      attempts = 0;
      tell(_("Saving…"));
      try {
        draft(purposes);
      } catch {
        // Without random numbers there is no id, and a choice without one is none.
        tell(_("Not saved. Please try again."));
      }
      return await send();
    },
    /** Whether the consent still stands, and what it allows; at most daily, in the background. */
    async check() {
      const { given } = read();
      if (!given) return;
      write({ given: { ...given, seen: Date.now() } });
      const found = await calm(() => fetchReceipt(offer, given.id));
      const last = read().given;
      if (last?.id !== given.id) return;
      // Whatever was stored here, what counts is what the receipt says.
      if (found.status === "current") return keep({ given: { ...last, proof: proven(found.receipt) } });
      if (!fits(/^(404|withdrawn|superseded)$/, found.status)) return;
      drawer(null);
      keep(found.status === "withdrawn" ? { refused: given.version } : {});
    },
    /** The last receipt, as the server signed it. @returns {Promise<string | undefined>} */
    async receipt() {
      const { given } = read();
      return receipt ?? (given && (await fetchReceipt(offer, given.id)).receipt);
    },
  };
}
