import assert from "node:assert/strict";
import { test } from "node:test";
import { createDrawer, createStore, parse } from "../../widget/src/store.js";

const ID = "AAAAAAAAAAAAAAAAAAAAAA";
const given = { id: ID, event: "given", purposes: { measurement: true }, version: 1, checked: 5 };
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
  test(`nonsense is nothing stored: ${JSON.stringify(text)}`, () => assert.deepEqual({ ...parse(text, 1) }, {}));
}

test("what a page adds to Object.prototype is not read", () => {
  Object.prototype.given = given;
  Object.prototype.measurement = true;
  try {
    assert.equal(parse("{}", 1).given, undefined);
    assert.equal(
      parse(JSON.stringify({ given: { ...given, purposes: {} } }), 1).given.purposes.measurement,
      undefined,
    );
  } finally {
    delete Object.prototype.given;
    delete Object.prototype.measurement;
  }
});

test("what is written is read, by another page too", () => {
  const shared = area();
  const [read, write] = createStore("wadjet:a", () => shared);
  const [elsewhere] = createStore("wadjet:a", () => shared);

  write({ given });

  assert.equal(read().given.id, ID);
  assert.equal(elsewhere().given.purposes.measurement, true);
});

test("what another tab writes later is what counts", () => {
  const shared = area();
  const [read, write] = createStore("wadjet:a", () => shared);
  write({ given });

  shared.setItem("wadjet:a", '{"refused":1}');

  assert.deepEqual({ ...read() }, { refused: 1 });
});

test("a waiting refusal leaves no id behind, and the page still knows it", () => {
  const shared = area();
  const [read, write] = createStore("wadjet:a", () => shared);

  write({ waiting: waiting("refused") });

  assert.equal(shared.getItem("wadjet:a"), '{"refused":1,"unsent":true}');
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
    const [read, write] = createStore("wadjet:a", broken);

    write({ given });

    assert.equal(read().given.id, ID);
  }
});

test("twenty purposes with long names stay below 3,500 bytes", () => {
  const shared = area();
  const purposes = Object.fromEntries(
    Array.from({ length: 20 }, (_, n) => [`purpose-with-a-long-name-${n}`.padEnd(32, "x"), true]),
  );
  const [, write] = createStore("wadjet:a", () => shared);

  write({
    given: { ...given, purposes },
    waiting: { ...waiting("given"), purposes, offer: "t".repeat(200), previous: ID },
  });

  assert.ok(shared.getItem("wadjet:a").length < 3500);
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

  assert.equal(parse(text, 1000).given.until, 1000);
  assert.equal(parse(text, 1001).given, undefined);
});
