/** Google Consent Mode v2, where the script tag says `data-consent-mode="measurement=analytics_storage"`. */

/**
 * @param {string | null | undefined} setting "purpose=type,type;purpose=type"
 * @returns {(command: "default" | "update", allows: (purpose: string) => boolean) => void}
 */
export function createConsentMode(setting) {
  const rules = setting?.split(";").map((rule) => rule.trim().split(/[=,\s]+/)) ?? [];
  /** Google reads the arguments object itself, not an array. @param {...any} _args */
  function gtag(..._args) {
    const page = /** @type {any} */ (window);
    (page.dataLayer ??= []).push(arguments);
  }
  return (command, allows) => {
    /** @type {Record<string, string>} */
    const state = {};
    for (const [purpose, ...types] of rules)
      for (const type of types) state[type] = allows(purpose) ? "granted" : "denied";
    if (setting) gtag("consent", command, state);
  };
}
