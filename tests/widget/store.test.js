import assert from "node:assert/strict";
import { test } from "node:test";
import { createDrawer, createStore, parse } from "../../widget/src/store.js";

const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const SITE = "wadjet.kz";
const decision = { id: ID, event: "given", purposes: { measurement: true }, offer: `${SITE}~1~d~t~m` };
const jws = (payload) => `h.${Buffer.from(JSON.stringify(payload)).toString("base64url")}.s`;
const keep = (payload) => ({ proof: jws(payload), seen: 5, until: 1e15 });
const given = keep(decision);
const waiting = (event) => ({ id: ID, event, purposes: { measurement: false }, version: 1, offer: "t" });

/** localStorage as a browser has it. */
const area = (limit = Infinity) => {
  const kept = new Map();
  return {
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, text) {
      if (text.length > limit) throw new Error("QuotaExceededError");
      kept.set(key, text);
    },
  };
};

for (const text of [
  null,
  "",
  "null",
  "5",
  "[]",
  '"given"',
  "{",
  "\0",
  '{"given":{}}',
  `{"given":{"id":"${ID}","event":"given","purposes":{"measurement":true},"version":1,"seen":5,"until":9e15}}`,
  ...[
    { ...decision, id: "short" },
    { ...decision, event: "refused" },
    { ...decision, purposes: null },
    { ...decision, purposes: "all" },
    { ...decision, offer: "other.kz~1~d~t~m" },
    { ...decision, offer: `${SITE}~0~d~t~m` },
    { ...decision, offer: `${SITE}~x~d~t~m` },
    { ...decision, offer: [SITE] },
    { ...decision, offer: undefined },
  ].map((payload) => JSON.stringify({ given: keep(payload) })),
  ...["", "x", "a.b.c", "..", "{}", "null", 1, null, undefined, [jws(decision)]].map((proof) =>
    JSON.stringify({ given: { ...given, proof, ...decision, version: 1 } }),
  ),
  JSON.stringify({ given: { ...given, until: undefined } }),
  '{"given":{"id":"short","version":1,"purposes":{}}}',
  `{"given":{"id":"${ID}","version":0,"purposes":{}}}`,
  `{"given":{"id":"${ID}","version":1,"purposes":"all"}}`,
  `{"given":{"id":"${ID}","version":1}}`,
  '{"refused":-1}',
  '{"refused":"x"}',
  '{"unsent":true}',
  `{"waiting":{"id":["${ID}"],"version":1}}`,
  `{"__proto__":{"given":${JSON.stringify(given)}}}`,
]) {
  test(`nonsense is nothing stored: ${JSON.stringify(text)}`, () => assert.deepEqual({ ...parse(text, 1, SITE) }, {}));
}

test("what a page adds to Object.prototype is not read", () => {
  Object.prototype.given = given;
  Object.prototype.measurement = true;
  try {
    assert.equal(parse("{}", 1, SITE).given, undefined);
    assert.equal(
      parse(JSON.stringify({ given: keep({ ...decision, purposes: {} }) }), 1, SITE).given.purposes.measurement,
      undefined,
    );
  } finally {
    delete Object.prototype.given;
    delete Object.prototype.measurement;
  }
});

test("what is written is read, by another page too", () => {
  const shared = area();
  const [read, write] = createStore(SITE, () => shared);
  const [elsewhere] = createStore(SITE, () => shared);

  write({ given });

  assert.equal(read().given.id, ID);
  assert.equal(elsewhere().given.purposes.measurement, true);
});

test("what another tab writes later is what counts", () => {
  const shared = area();
  const [read, write] = createStore(SITE, () => shared);
  write({ given });

  shared.setItem("wadjet:wadjet.kz", '{"refused":1}');

  assert.deepEqual({ ...read() }, { refused: 1 });
});

test("a waiting refusal leaves no id behind, and the page still knows it", () => {
  const shared = area();
  const [read, write] = createStore(SITE, () => shared);

  write({ waiting: waiting("refused") });

  assert.equal(shared.getItem("wadjet:wadjet.kz"), '{"refused":1,"unsent":true}');
  assert.equal(read().waiting.id, ID);
});

test("storage that throws or is full: memory stands in", () => {
  const full = area(3);
  for (const broken of [
    () => full,
    () => {
      throw new Error("SecurityError");
    },
    () => null,
  ]) {
    const [read, write] = createStore(SITE, broken);

    write({ given });

    assert.equal(read().given.id, ID);
  }
});

test("twenty purposes with long names stay below 3,500 bytes", () => {
  const shared = area();
  const purposes = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`purpose-with-a-long-name-${n}`.padEnd(32, "x"), true]),
  );
  const [, write] = createStore(SITE, () => shared);

  write({
    given: keep({ ...decision, purposes, offer: "t".repeat(200), jwk: "k".repeat(150), previous: ID }),
    waiting: { ...waiting("given"), purposes, offer: "t".repeat(200), previous: ID },
  });

  assert.ok(shared.getItem("wadjet:wadjet.kz").length < 3500);
});

test("without IndexedDB the drawer keeps for the page's life", async () => {
  const drawer = createDrawer("wadjet:a");

  assert.equal(await drawer(), undefined);
  await drawer("key");
  assert.equal(await drawer(), "key");
  await drawer(null);
  assert.equal((await drawer()) ?? undefined, undefined);
});

test("a consent counts until its term is over", () => {
  const text = JSON.stringify({ given: { ...given, until: 1000 } });

  assert.equal(parse(text, 1000, SITE).given.until, 1000);
  assert.equal(parse(text, 1001, SITE).given, undefined);
});
