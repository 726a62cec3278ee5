/**
 * Ids, the visitor's key, and the compact JWS of a decision.
 * Source: RFC 7515 3.1, RFC 7518 3.4. The header holds `alg` and `jwk`; the server takes nothing else.
 */

const { crypto } = globalThis;
const algorithm = { __proto__: null, name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes */
const base64url = (bytes) =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");
const utf8 = (/** @type {string} */ text) => new TextEncoder().encode(text);
const encode = (/** @type {any} */ value) => base64url(utf8(JSON.stringify(value)));

/** An id nobody can guess: 16 random bytes as 22 characters. */
export const newId = () => base64url(crypto.getRandomValues(new Uint8Array(16)));

/**
 * @param {Decision} decision @param {CryptoKeyPair} pair
 * @returns {Promise<string>} compact JWS
 */
export async function sign(decision, { privateKey, publicKey }) {
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const text = `${encode({ alg: "ES256", jwk: { kty, crv, x, y } })}.${encode(decision)}`;
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
  return [JSON.stringify(decision), "application/json"];
}

/** The JSON inside a JWS, unverified: for showing, never for trusting.
 * @param {string} token */
export function payload(token) {
  const text = atob(token.split(".")[1].replace(/-/g, "+").replace(/_/g, "/"));
  return JSON.parse(new TextDecoder().decode(Uint8Array.from(text, (letter) => letter.charCodeAt(0))));
}
