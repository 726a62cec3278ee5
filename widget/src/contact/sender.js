/**
 * A message's way to its receipt. What was typed stays in the draft until the server has acknowledged it.
 *
 * An id is new whenever text or ticks changed, and stays the same while one message is tried again: sent twice
 * it counts once.
 */
import { newId, seal } from "../sign.js";
import { follow, renew } from "./check.js";
import { fetchChallenge, fetchOffer, post } from "./post.js";
import { solve } from "./work.js";

/** How often one press may try at once; how long a solution is held, in milliseconds. */
const TRIES = 4;
const FRESH = 240e3;

/**
 * What came of it.
 * @typedef {{ step: "work" | "send" | "wait" } | ({ step: "sent" } & Posted) |
 *   { step: "mend", errors: any } | { step: "renew", offer: any, earlier: number } | { step: "stop" }} News
 */

/**
 * @param {ContactData} data
 * @param {ReturnType<typeof import("./draft.js").createDraft>} draft
 * @param {(news: News) => void} told
 */
export function createSender(data, [read, write], told) {
  /** @type {Promise<string> | undefined} */
  let work;
  let begun = 0;
  let tries = 0;
  let waits = 0;
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  /** @type {(() => void) | undefined} what waits for a connection */
  let again;
  let isBusy = false;

  /** Solves a challenge, ahead of time or now. */
  const prepare = () => {
    if (!work || performance.now() - begun > FRESH) {
      begun = performance.now();
      const mine = fetchChallenge(data).then((challenge) => solve(challenge));
      work = mine;
      mine.catch(() => work === mine && (work = undefined));
    }
    return work;
  };

  /** @param {Purposes} purposes @returns {Promise<Sealed>} */
  const sealed = async (purposes) => {
    const draft = read();
    if (draft.sealed && JSON.stringify(draft.sealed.purposes) === JSON.stringify(purposes)) return draft.sealed;
    const id = newId();
    const { language, token } = data;
    /** @type {any} */
    const decision = { id, offer: token, event: "given", purposes, language, at: new Date(), previous: null };
    /** @type {CryptoKeyPair | undefined} used once and thrown away: nothing ties two messages together */
    let pair;
    const [text, type] = await seal(decision, async (key = pair) => (pair = key));
    const made = { id, purposes, decision: type === "application/jose" ? text : JSON.parse(text) };
    write({ ...draft, sealed: made });
    return made;
  };

  /** @param {Purposes} purposes */
  const attempt = async (purposes) => {
    told({ step: "work" });
    const challenge = await prepare();
    told({ step: "send" });
    const answer = await post(data, await sealed(purposes), read().typed, challenge);
    write();
    told({ step: "sent", ...answer });
  };

  /** @param {any} problem @param {Purposes} purposes @returns {Promise<boolean>} whether to try again at once */
  const mend = async (problem, purposes) => {
    const next = follow(problem);
    if (next === "mend") told({ step: "mend", errors: problem.errors });
    else if (next === "wait") wait(problem, purposes);
    else if (next === "stop" || tries >= TRIES) told({ step: "stop" });
    else {
      if (next === "solve") work = undefined;
      else write({ typed: read().typed });
      if (next !== "renew") return true;
      const offer = problem.offer ?? (await fetchOffer(data));
      const earlier = data.version;
      data = renew(data, offer);
      if (data.version === earlier) return true;
      told({ step: "renew", offer, earlier });
    }
    return false;
  };

  /** @param {any} problem @param {Purposes} purposes */
  const wait = ({ retryAfter }, purposes) => {
    told({ step: "wait" });
    again = () => run(purposes);
    const seconds = Math.min(retryAfter || 2 ** ++waits, 60);
    timer = setTimeout(again, seconds * (1e3 + Math.random() * 500));
  };

  /** Does not wait for a connection any more. */
  const rest = () => {
    clearTimeout(timer);
    again = undefined;
  };

  /** @param {Purposes} purposes */
  const run = async (purposes) => {
    rest();
    if (isBusy) return;
    isBusy = true;
    /** @type {any} */
    let problem;
    tries = 0;
    do {
      tries++;
      try {
        if (problem && !(await mend(problem, purposes))) break;
        problem = undefined;
        await attempt(purposes);
      } catch (caught) {
        problem = caught;
      }
    } while (problem);
    isBusy = false;
  };

  return {
    prepare: () => void prepare().catch(() => {}),
    isBusy: () => isBusy,
    /** @param {Purposes} purposes what is ticked */
    send(purposes) {
      waits = 0;
      return run(purposes);
    },
    /** Now, where one is waiting. */
    retry: () => again?.(),
    /** Keeps what is typed; a message that waits is not sent any more. @param {Typed} typed */
    keep(typed) {
      rest();
      const draft = read();
      const isSame = JSON.stringify(draft.typed) === JSON.stringify(typed);
      write({ typed, sealed: isSame ? draft.sealed : undefined });
    },
    rest,
    /** The form's data, since a newer policy may have come. */
    data: () => data,
  };
}
