/** Hands a receipt to the person as a file. */
import { make } from "./page.js";

/** @param {string | undefined} receipt compact JWS */
export function save(receipt) {
  if (!receipt) return;
  const link = make("a");
  link.href = `data:,${receipt}`;
  link.download = "receipt.jws";
  link.click();
}
