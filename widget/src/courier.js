/**
 * A decision's way from the choice to its receipt: kept first, sent when possible, counted once acknowledged.
 *
 * State lives in storage alone, so that a reload, another tab or the back button goes on where this page was.
 * The one thing kept in memory is the id of a refusal, which must not outlive the page.
 */
import { fetchOffer, fetchReceipt, post } from "./api.js";
import { acknowledged, amend, choose, renew } from "./decide.js";
import { newId, seal } from "./sign.js";

/**
 * @param {Offer} offer
 * @param {ReturnType<typeof import("./store.js").createStore>} store
 * @param {ReturnType<typeof import("./store.js").createDrawer>} drawer
 * @param {() => string} language
 * @param {(problem?: any) => void} changed told of each change of what is stored, and of each problem
 * @param {(sentence?: number) => void} tell
 */
export function createCourier(offer, [read, write], drawer, language, changed, tell) {
  /** @type {Promise<boolean> | undefined} */
  let sending;
  /** @type {ReturnType<typeof setTimeout>} */
  let timer;
  /** @type {string | undefined} */
  let receipt;
  let attempts = 0;

  /** @param {Stored} state */
  const keep = (state) => {
    write(state);
    changed();
  };

  const draft = (/** @type {Purposes | null} */ purposes) =>
    keep(choose(offer, read(), purposes, newId(), new Date(), language()));

  /** @param {Waiting} sent @param {any} problem @returns {Promise<boolean>} */
  const mend = async (sent, problem) => {
    let step = amend(read(), sent, problem, newId());
    const renewed =
      step === "renew" && (problem.offer ?? (await fetchOffer(offer, language()).catch(() => {})));
    const { given, waiting } = read();
    // The person has chosen anew meanwhile, here or in another tab: that is sent instead.
    if (waiting?.id !== sent.id) return attempt();
    if (renewed && renewed.policy.version !== sent.version) {
      // Asked again; the old choice is not carried over.
      offer = renew(offer, language(), renewed);
      tell();
      keep({ given });
      return false;
    }
    if (renewed) step = { given, waiting: { ...sent, offer: renewed.token } };
    if (typeof step === "object") {
      keep(step);
      if (attempts < 5) return attempt();
    }
    changed(problem);
    if (step === "stop") {
      keep(sent.event === "given" ? { given } : { refused: sent.version });
      tell(_("Not saved. Please try again."));
    } else {
      tell(_("No connection: your choice will be sent later."));
      timer = setTimeout(
        send,
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
      const answer = await post(offer, decision, await seal(decision, drawer, plain));
      const { given, waiting } = read();
      if (waiting?.id !== sent.id) {
        // Chosen otherwise meanwhile, in another tab: a consent that nobody wants any more does not stay.
        if (!waiting && sent.event === "given" && given?.id !== sent.id)
          keep(choose(offer, { given: { ...sent, checked: 0 } }, null, newId(), new Date(), language()));
        return attempt();
      }
      attempts = 0;
      receipt = answer.receipt;
      if (sent.event !== "given") drawer(null);
      keep(acknowledged(sent, Date.now(), offer.days));
      tell(_("Saved."));
      return true;
    } catch (problem) {
      return mend(sent, problem);
    }
  };

  /** Sends what waits. @returns {Promise<boolean>} whether it is acknowledged; else it waits or is gone */
  const send = () => {
    clearTimeout(timer);
    return (sending ??= attempt().finally(() => (sending = undefined)));
  };

  return {
    /** The offer that stands, since a newer policy may have come. */
    offer: () => offer,
    send,
    /** Takes a choice; null refuses or withdraws. @param {Purposes | null} purposes */
    choose(purposes) {
      attempts = 0;
      tell(_("Saving…"));
      draft(purposes);
      return send();
    },
    /** Whether the consent still stands; at most daily, in the background. */
    async check() {
      const { given } = read();
      if (!given) return;
      write({ given: { ...given, checked: Date.now() } });
      const { status } = await fetchReceipt(offer, given.id).catch((problem) => problem);
      if (!/^(404|withdrawn|superseded)$/.test(status) || read().given?.id !== given.id) return;
      drawer(null);
      keep(status === "withdrawn" ? { refused: given.version } : {});
    },
    /** The last receipt, as the server signed it. @returns {Promise<string | undefined>} */
    async receipt() {
      const { given } = read();
      return receipt ?? (given && (await fetchReceipt(offer, given.id)).receipt);
    },
  };
}
