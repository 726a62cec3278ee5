/**
 * The console's pages that ask for a passkey: only a script can tell a browser to (WebAuthn Level 2, 5.1).
 *
 * The form says what is asked, in `data-options` as the server wrote it; what the authenticator answers goes into the
 * form's `credential`, and the form is sent. Nothing is asked before somebody presses the button: browsers want that.
 */

/** @param {string} text base64url */
const bytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (letter) => letter.charCodeAt(0));

/** @param {ArrayBuffer} buffer @returns {string} base64url */
const text = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-")
    .replace(/\//g, "_")
    .replace(/=/g, "");

/** @param {any} options as JSON carries them */
function readable(options) {
  const known = (/** @type {any[]} */ list = []) => list.map((each) => ({ ...each, id: bytes(each.id) }));
  const user = options.user && { ...options.user, id: bytes(options.user.id) };
  return {
    ...options,
    challenge: bytes(options.challenge),
    ...(user && { user, excludeCredentials: known(options.excludeCredentials) }),
    ...(!user && { allowCredentials: known(options.allowCredentials) }),
  };
}

/** @param {any} answer a PublicKeyCredential */
function told({ id, rawId, type, response }) {
  const members = ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"];
  const said = members.filter((name) => response[name]).map((name) => [name, text(response[name])]);
  const transports = response.getTransports?.();
  return JSON.stringify({
    id,
    rawId: text(rawId),
    type,
    response: { ...Object.fromEntries(said), ...(transports && { transports }) },
    clientExtensionResults: {},
  });
}

const ceremony = /** @type {HTMLFormElement} */ (document.querySelector("form[data-passkey]"));
const start = /** @type {HTMLButtonElement} */ (ceremony.querySelector("[data-passkey-start]"));
const failed = /** @type {HTMLElement} */ (ceremony.querySelector("[data-passkey-failed]"));

start.addEventListener("click", async () => {
  failed.hidden = true;
  start.disabled = true;
  try {
    const publicKey = readable(JSON.parse(ceremony.dataset.options ?? ""));
    const container = navigator.credentials;
    const answer = await (ceremony.dataset.passkey === "create"
      ? container.create({ publicKey })
      : container.get({ publicKey }));
    /** @type {HTMLInputElement} */ (ceremony.elements.namedItem("credential")).value = told(answer);
    ceremony.submit();
  } catch {
    failed.hidden = false;
    start.disabled = false;
    start.focus();
  }
});
start.hidden = false;
