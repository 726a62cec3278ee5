/**
 * The proof of work of ALTCHA's protocol, version 2, on the main thread: a foreign page forbids workers.
 *
 * scrypt, because it costs whoever sends thousands of messages nearly as much as it costs a browser: native code is
 * twice as fast at it, at a plain hash ten times. It needs no WebCrypto, which plain http does not have.
 */
import { scrypt } from "@noble/hashes/scrypt.js";
import { solveChallenge } from "altcha-lib";

/** Milliseconds at a time: what is typed meanwhile appears at once. */
const SLICE = 12;

/** A turn for everything else that waits. A timer would wait for a second in a tab that is not in view. */
const rest = () =>
  new Promise((done) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = () => {
      port1.close();
      done(undefined);
    };
    port2.postMessage(0);
  });

/**
 * @param {WorkToDo} challenge
 * @param {AbortController} [controller] ends it early
 * @returns {Promise<string>} the payload that the server checks
 */
export async function solve(challenge, controller) {
  const { algorithm } = challenge.parameters;
  // As a refusal: to try it again would change nothing.
  if (algorithm !== "SCRYPT") throw Object.assign(new Error(algorithm), { status: 400 });
  let rested = performance.now();
  const solution = await solveChallenge({
    challenge,
    controller,
    timeout: 0,
    async deriveKey({ cost, memoryCost = 8, parallelism = 1, keyLength = 32 }, salt, password) {
      if (performance.now() - rested > SLICE) {
        await rest();
        rested = performance.now();
      }
      const options = { N: cost, r: memoryCost, p: parallelism, dkLen: keyLength };
      return { derivedKey: scrypt(password, salt, options) };
    },
  });
  if (!solution) throw new Error("aborted");
  return btoa(JSON.stringify({ challenge, solution }));
}
