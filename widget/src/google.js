/** Google Consent Mode v2, where the script tag says `data-consent-mode="measurement=analytics_storage"`. */
import { fits } from "./own.js";

/**
 * @param {string | null | undefined} setting "purpose=type,type;purpose=type"
 * @param {"default" | "update"} command @param {(purpose: string) => boolean} allows
 */
export function tellGoogle(setting, command, allows) {
  if (!setting) return;
  /** @type {Record<string, string>} */
  const state = {};
  const parts = /([\w-]+)\s*(=?)/g;
  let purpose = "";
  let part;
  while ((part = fits(parts, setting)))
    if (part[2]) purpose = part[1];
    else state[part[1]] = allows(purpose) ? "granted" : "denied";
  /** Google reads the arguments object itself, not an array. @param {...any} _args */
  function gtag(..._args) {
    const page = /** @type {any} */ (window);
    (page.dataLayer ??= []).push(arguments);
  }
  gtag("consent", command, state);
}
