import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import { test } from "node:test";
import { fileURLToPath } from "node:url";

const at = (path) => fileURLToPath(new URL(`../../widget/${path}`, import.meta.url));
const built = readFileSync(at("static/wadjet.js"), "utf8");
const form = readFileSync(at("static/contact.js"), "utf8");
const words = JSON.parse(readFileSync(at("static/words.json"), "utf8"));
const offer = JSON.parse(readFileSync(new URL("offer.json", import.meta.url), "utf8"));

test("static/ is what its sources make", () => {
  execFileSync(process.execPath, [at("build.mjs"), "--check"]);
});

test("the server has one place to fill", () => {
  for (const script of [built, form]) assert.equal(script.split("__WADJET__").length, 2);
});

test("each sentence has its translation in the offer that tests use", () => {
  for (const language of Object.keys(offer.words))
    assert.equal(offer.words[language].ui.length, words.length);
});

test("nothing a strict page forbids", () => {
  for (const word of [
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "eval(",
    "new Function",
    "style=",
    "Worker(",
    "WebAssembly",
  ]) {
    for (const script of [built, form]) assert.ok(!script.includes(word), word);
  }
});

test("no name that a blocker looks for", () => {
  const markup = readdirSync(at("templates/widget"), { recursive: true })
    .filter((name) => name.endsWith(".html"))
    .map((name) => readFileSync(at(`templates/widget/${name}`), "utf8"))
    .join("");

  for (const [, value] of markup.matchAll(/(?:id|class|part|value)="([^"]*)"/g))
    assert.ok(!/cookie|gdpr|cmp|consent|privacy/i.test(value), value);
  for (const script of [built, form])
    assert.ok(!/consent-banner|consent-manager|privacy-banner|gdpr|cmp/i.test(script));
});

test("accept and refuse stand side by side, marked up alike", () => {
  const banner = readFileSync(at("templates/widget/banner.html"), "utf8");

  assert.match(banner, /<button value="accept">[^<]+<\/button>\s*<button value="refuse">[^<]+<\/button>/);
});
