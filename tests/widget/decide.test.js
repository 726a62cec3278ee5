import assert from "node:assert/strict";
import { test } from "node:test";
import { acknowledged, allowed, amend, choose, decide, renew, speak } from "../../widget/src/decide.js";

const NOW = Date.parse("2026-12-01T06:00:00Z");
const DAY = 864e5;
const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const OTHER = "BBBBBBBBBBBBBBBBBBBBBB";
const offer = {
  site: "wadjet.kz",
  base: "https://consent.wadjet.kz",
  token: "token-3",
  version: 3,
  asksSince: 2,
  policy: "https://wadjet.kz/privacy/",
  incomplete: false,
  asked: ["measurement", "embeds"],
  required: ["necessary"],
  fallback: "kk",
  words: { kk: { ui: ["а"], purposes: {} }, ru: { ui: ["б"], purposes: {} } },
};
const given = {
  id: ID,
  event: "given",
  purposes: { measurement: true, embeds: false },
  version: 3,
  seen: NOW,
};
const waiting = (event, version = 3, purposes = { measurement: true, embeds: true }) => ({
  id: OTHER,
  event,
  purposes,
  version,
});

for (const [what, stored, step] of [
  ["nothing", {}, ["ask"]],
  ["a refusal of this version", { refused: 3 }, ["rest"]],
  ["a refusal since the last material change", { refused: 2 }, ["rest"]],
  ["a refusal before it", { refused: 1 }, ["ask", 1]],
  ["a refusal the server has not heard of", { refused: 3, unsent: true }, ["send"]],
  ["a consent", { given }, ["rest"]],
  ["a consent before an editorial change", { given: { ...given, version: 2 } }, ["rest"]],
  ["a consent before a material change", { given: { ...given, version: 1 } }, ["ask", 1]],
  ["a consent not looked at for a day", { given: { ...given, seen: NOW - DAY - 1 } }, ["check"]],
  ["a consent looked at in the future", { given: { ...given, seen: NOW + 2 * DAY } }, ["check"]],
  ["a consent never looked at", { given: { ...given, seen: undefined } }, ["check"]],
  ["a waiting consent", { waiting: waiting("given") }, ["send"]],
  ["a waiting consent to a version that asks again", { waiting: waiting("given", 1) }, ["ask", 1]],
  [
    "a waiting withdrawal of such a version",
    { given: { ...given, version: 1 }, waiting: waiting("withdrawn", 1) },
    ["send"],
  ],
]) {
  test(`stored: ${what} → ${step.join(" since ")}`, () => assert.deepEqual(decide(offer, stored, NOW), step));
}

test("a new offer met while the page stood open is asked again since the one before", () => {
  assert.deepEqual(decide({ ...offer, version: 4, asksSince: 4, replaced: 3 }, {}, NOW), ["ask", 3]);
});

for (const [what, stored, on] of [
  ["nothing is stored", {}, []],
  ["refused", { refused: 3 }, []],
  ["a consent stands", { given }, ["measurement"]],
  ["a consent to an earlier version that asks again", { given: { ...given, version: 1 } }, []],
  ["a consent waits for its receipt", { waiting: waiting("given") }, []],
  ["a wider consent waits", { given, waiting: waiting("given") }, ["measurement"]],
  [
    "a narrower consent waits",
    { given, waiting: waiting("given", 3, { measurement: false, embeds: true }) },
    [],
  ],
  [
    "a withdrawal waits",
    { given, waiting: waiting("withdrawn", 3, { measurement: false, embeds: false }) },
    [],
  ],
  ["a purpose is no longer asked", { given: { ...given, purposes: { gone: true } } }, []],
  [
    "a purpose says something like true",
    { given: { ...given, purposes: { measurement: "true", embeds: 1 } } },
    [],
  ],
]) {
  test(`allowed where ${what}: ${on.join() || "required ones alone"}`, () => {
    assert.deepEqual(allowed(offer, stored), ["necessary", ...on]);
  });
}

const decided = (stored, purposes, changed = {}) =>
  choose({ ...offer, ...changed }, stored, purposes, OTHER, new Date(NOW), "kk").waiting;

test("a choice that allows something is given, over every purpose asked", () => {
  const { id, event, purposes, previous, offer: token, version } = decided({}, { measurement: true });

  assert.deepEqual(
    [id, event, purposes, previous, token, version],
    [OTHER, "given", { measurement: true, embeds: false }, undefined, "token-3", 3],
  );
});

test("a first choice that allows nothing is refused, without previous", () => {
  for (const purposes of [null, {}, { measurement: false, embeds: false }]) {
    const { event, previous, purposes: all } = decided({}, purposes);

    assert.deepEqual([event, previous, all], ["refused", undefined, { measurement: false, embeds: false }]);
  }
});

test("allowing nothing where a consent stands withdraws it, over its own purposes", () => {
  const { event, previous, purposes } = decided({ given: { ...given, purposes: { old: true } } }, null);

  assert.deepEqual([event, previous, purposes], ["withdrawn", ID, { old: false }]);
});

test("a partial change of mind is given, with the receipt it replaces", () => {
  const { event, previous } = decided({ given }, { embeds: true });

  assert.deepEqual([event, previous], ["given", ID]);
});

test("a consent whose answer was lost is what a withdrawal ends", () => {
  assert.equal(decided({ given, waiting: waiting("given") }, null).previous, OTHER);
});

test("a policy that asks nothing can be accepted and refused all the same", () => {
  assert.equal(decided({}, {}, { asked: [] }).event, "given");
  assert.equal(decided({}, null, { asked: [] }).event, "refused");
});

test("what is kept of a refusal or withdrawal is the version alone", () => {
  for (const event of ["refused", "withdrawn"])
    assert.deepEqual(acknowledged(waiting(event), "proof", NOW, 365), { refused: 3 });
  assert.deepEqual(acknowledged(waiting("given"), "proof", NOW, 365), {
    given: { proof: "proof", seen: NOW, until: NOW + 365 * DAY },
  });
});

for (const [event, slug, status, answer] of [
  ["given", "", undefined, "wait"],
  ["given", "unavailable", 503, "wait"],
  ["given", "rate-limited", 429, "wait"],
  ["given", "policy-superseded", 409, "renew"],
  ["given", "offer-expired", 410, "renew"],
  ["given", "offer-invalid", 400, "renew"],
  ["given", "purposes-mismatch", 422, "stop"],
  ["given", "origin-not-allowed", 403, "stop"],
  ["refused", "decision-invalid", 422, "stop"],
  ["withdrawn", "rate-limited", 429, "wait"],
]) {
  test(`${event} answered ${status ?? "not at all"} ${slug} → ${answer}`, () => {
    assert.equal(amend({}, waiting(event), { slug, status }, "CCCCCCCCCCCCCCCCCCCCCC"), answer);
  });
}

test("a conflict takes a new id", () => {
  assert.equal(amend({}, waiting("given"), { slug: "receipt-conflict", status: 409 }, ID).waiting.id, ID);
});

test("a withdrawal that is not taken is sent without its signature, and never given up", () => {
  const plain = amend(
    { given },
    { ...waiting("withdrawn"), previous: ID },
    { slug: "signature-invalid", status: 403 },
    OTHER,
  );

  assert.equal(plain.waiting.plain, true);
  assert.equal(amend({ given }, plain.waiting, { slug: "signature-invalid", status: 403 }, OTHER), "wait");
});

test("an unknown previous is dropped: the consent before it, else none", () => {
  const unknown = { slug: "receipt-unknown", status: 404 };
  const lost = { ...waiting("withdrawn"), previous: OTHER };

  assert.equal(amend({ given }, lost, unknown, ID).waiting.previous, ID);
  const [
    {
      given: kept,
      waiting: { event, previous },
    },
  ] = [amend({ given }, { ...lost, previous: ID }, unknown, ID)];
  assert.deepEqual([kept, event, previous], [undefined, "refused", undefined]);
  assert.equal(amend({ given }, { ...waiting("given"), previous: ID }, unknown, ID).waiting.event, "given");
});

test("the language is the page's, else the browser's, else the server's choice", () => {
  assert.equal(speak(offer, "ru-KZ", ["kk"]), "ru");
  assert.equal(speak(offer, "", ["de", "kk-Cyrl"]), "kk");
  assert.equal(speak(offer, "RU", []), "ru");
  assert.equal(speak(offer, "constructor", ["toString", "no language"]), "kk");
});

test("an offer of the API asks everybody again, in the language spoken", () => {
  const fresh = renew(offer, "ru", {
    language: "ru",
    token: "token-4",
    policy: { version: 4, digest: "d", url: "https://wadjet.kz/privacy/v/4/", summary: "Новое" },
    purposes: [
      { key: "necessary", asked: "banner", required: true, name: "Н", description: "н" },
      { key: "measurement", asked: "banner", required: false, name: "И", description: "и" },
      { key: "feedback", asked: "form", required: false, name: "О", description: "о" },
    ],
  });

  assert.deepEqual(
    [fresh.asked, fresh.required, fresh.asksSince, fresh.replaced],
    [["measurement"], ["necessary"], 4, 3],
  );
  assert.deepEqual(fresh.words[speak(fresh, "kk", [])], {
    ui: ["б"],
    purposes: { necessary: ["Н", "н"], measurement: ["И", "и"] },
    summary: "Новое",
  });
});
