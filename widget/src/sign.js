/**
 * Ids, the visitor's key, and the compact JWS of a decision.
 * Source: RFC 7515 3.1, RFC 7518 3.4. The header holds `alg` and `jwk`; the server takes nothing else.
 */

import { bare, crypto, each, fits, parse, stringify } from "./own.js";

const { fromCharCode } = String;
const algorithm = { __proto__: null, name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
/** From base64 to base64url and back.
 * @type {Record<string, string>} */
const OTHERS = { "+": "-", "/": "_", "=": "", "-": "+", _: "/" };

/** @param {string} text */
function swap(text) {
  let swapped = "";
  each(text, (letter) => {
    swapped += OTHERS[letter] ?? letter;
  });
  return swapped;
}

/** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes */
function base64url(bytes) {
  let text = "";
  each(new Uint8Array(bytes), (byte) => {
    text += fromCharCode(byte);
  });
  return swap(btoa(text));
}
const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text);
const encode = (/** @type {any} */ value) => base64url(utf8(stringify(value)));

/** An id nobody can guess: 16 random bytes as 22 characters. */
export const newId = () => base64url(crypto.getRandomValues(new Uint8Array(16)));

/**
 * @param {Decision} decision @param {CryptoKeyPair} pair
 * @returns {Promise<string>} compact JWS
 */
export async function sign(decision, { privateKey, publicKey }) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const text = `${encode({ __proto__: null, alg: "ES256", jwk: { __proto__: null, kty, crv, x, y } })}.${encode(decision)}`;
  const signature = await crypto.subtle.sign(algorithm, privateKey, utf8(text));
  return `${text}.${base64url(signature)}`;
}

/**
 * A decision as it is posted: signed where it gives or where its key is at hand, else as it is.
 * A refusal makes no key. Plain http has no WebCrypto. Who holds the receipt's id may withdraw, key or not.
 * @param {Decision} decision @param {ReturnType<typeof import("./store.js").createDrawer>} drawer
 * @param {boolean} [plain]
 * @returns {Promise<[body: string, type: string]>}
 */
export async function seal(decision, drawer, plain) {
  try {
    if (!plain && decision.event !== "refused") {
      let key = await drawer();
      // It can sign, and never leave the browser.
      if (!key && decision.event === "given")
        await drawer((key = await crypto.subtle.generateKey(algorithm, false, ["sign"])));
      return [await sign(decision, key), "application/jose"];
    }
  } catch {
    // No key.
  }
  return [stringify(decision), "application/json"];
}

/** The JSON inside a JWS, or of a decision that went unsigned. Unverified: for showing, never for trusting.
 * @param {string} token */
export function payload(token) {
  const part = fits(/\.(.+)\./, token[0] === "{" || token);
  // The shortest way from bytes to letters.
  return parse(part ? decodeURIComponent(escape(atob(swap(part[1])))) : token, bare);
}

/** The decision that a receipt is about, as it was posted. @param {string} receipt */
export function proven(receipt) {
  const { decision } = payload(receipt);
  return typeof decision === "string" ? decision : stringify(decision);
}
