import assert from "node:assert/strict";
import { createHash, randomBytes, scryptSync } from "node:crypto";
import { test } from "node:test";
import { createDraft, parse } from "../../widget/src/contact/draft.js";
import { solve } from "../../widget/src/contact/work.js";

// build.mjs turns a sentence into its number; here it is told as it is.
globalThis._ = (sentence) => sentence;
const { check, faultsOf, follow, renew } = await import("../../widget/src/contact/check.js");

const words = new Proxy({}, { get: (_all, sentence) => sentence });
const data = {
  version: 1,
  token: "t1",
  words,
  fields: [
    { name: "first_name", label: "First name", required: true, longest: 5 },
    { name: "phone", label: "Telephone", required: false, longest: 5 },
  ],
  purposes: [{ key: "feedback", required: true }, { key: "marketing", required: false }],
};
const ID = "A".repeat(22);

test("a draft is kept for its fields alone, and gone once it was sent", () => {
  const kept = new Map();
  const area = {
    getItem: (key) => kept.get(key) ?? null,
    setItem: (key, text) => kept.set(key, text),
    removeItem: (key) => kept.delete(key),
  };
  const [read, write] = createDraft("wadjet.kz", ["message"], () => area);
  const sealed = { id: ID, purposes: { feedback: true }, decision: "a.b.c" };

  write({ typed: { message: "Сәлем\n", other: "x" }, sealed });
  const [readAgain] = createDraft("wadjet.kz", ["message"], () => area);
  assert.deepEqual({ ...readAgain(), typed: { ...readAgain().typed } }, { typed: { message: "Сәлем\n" }, sealed });
  write();

  assert.equal(kept.size, 0);
  assert.deepEqual({ ...read().typed }, {});
});

test("where storage is blocked, the draft lasts as long as the page", () => {
  const [read, write] = createDraft("wadjet.kz", ["message"], () => {
    throw new Error("blocked");
  });

  write({ typed: { message: "a" } });

  assert.equal(read().typed.message, "a");
});

for (const [what, text] of Object.entries({
  nothing: null,
  nonsense: "{",
  "no object": '"typed"',
  "no texts": '{"typed":{"message":1}}',
  "a foreign id": `{"typed":{},"sealed":{"id":"x","purposes":{},"decision":"a"}}`,
  "a decision of another id": `{"typed":{},"sealed":{"id":"${ID}","purposes":{},"decision":{"id":"b"}}}`,
  "no purposes": `{"typed":{},"sealed":{"id":"${ID}","purposes":null,"decision":"a"}}`,
}))
  test(`a draft that is damaged reads as none: ${what}`, () => {
    const { typed, sealed } = parse(text, ["message"]);

    assert.deepEqual([{ ...typed }, sealed], [{}, undefined]);
  });

test("what is missing, too long or not ticked is found before it is sent", () => {
  const faults = check(data, { first_name: " ", phone: "😀😀😀😀😀😀" }, { feedback: false });

  assert.deepEqual(faults, [
    { field: "first_name", message: "Please fill this in." },
    { field: "phone", message: "At most 5 characters, please; these are 6." },
    { field: "feedback", message: "Please tick this: without your consent we may not answer." },
  ]);
  assert.deepEqual(check(data, { first_name: "😀😀😀😀😀" }, { feedback: true }), []);
});

test("what the server found is told once a field, in the form's order, and none of it is lost", () => {
  const faults = faultsOf(data, [
    { field: "decision", code: "missing", message: "Decide." },
    { field: "phone", code: "phone", message: "Like +7." },
    { field: "first_name", code: "name", message: "" },
    { field: "phone", code: "too-long", message: "Shorter." },
    null,
  ]);

  assert.deepEqual(faults, [
    { field: "first_name", message: "Please look at this again." },
    { field: "phone", message: "Like +7." },
    { field: "decision", message: "Decide." },
  ]);
  assert.deepEqual(faultsOf(data, "nonsense"), []);
});

test("each refusal has its way on", () => {
  const ways = {
    mend: [{ status: 422, slug: "contact-invalid" }],
    solve: [{ status: 403, slug: "challenge-invalid" }],
    anew: [{ status: 409, slug: "receipt-conflict" }],
    renew: [
      { status: 409, slug: "policy-superseded" },
      { status: 410, slug: "offer-expired" },
      { status: 400, slug: "offer-invalid" },
    ],
    wait: [{}, { status: 503 }, { status: 500 }, { status: 429 }, { status: 408 }],
    stop: [{ status: 403, slug: "origin-not-allowed" }, { status: 413 }, { status: 404 }],
  };

  for (const [way, problems] of Object.entries(ways))
    for (const problem of problems) assert.equal(follow(problem), way, JSON.stringify(problem));
});

test("a newer policy brings its own purposes; what was needed before still is", () => {
  const offer = {
    token: "t2",
    policy: { version: 2 },
    purposes: [
      { key: "measurement", asked: "banner", name: "M", description: "m" },
      { key: "feedback", asked: "form", name: "F", description: "f" },
    ],
  };

  const now = renew(data, offer);

  assert.deepEqual([now.version, now.token], [2, "t2"]);
  assert.deepEqual(now.purposes, [{ key: "feedback", required: true, name: "F", description: "f" }]);
});

/** A challenge as the server makes it: the key that `counter` leads to begins with the prefix. */
function challenge(counter, cost = 16) {
  const [nonce, salt] = [randomBytes(16), randomBytes(16)];
  const number = Buffer.alloc(4);
  number.writeUInt32BE(counter);
  const key = scryptSync(Buffer.concat([nonce, number]), salt, 32, { N: cost, r: 8, p: 1 }).toString("hex");
  const parameters = {
    algorithm: "SCRYPT",
    cost,
    keyLength: 32,
    keyPrefix: key.slice(0, 32),
    memoryCost: 8,
    nonce: nonce.toString("hex"),
    parallelism: 1,
    salt: salt.toString("hex"),
  };
  return [{ parameters, signature: createHash("sha256").update(nonce).digest("hex") }, key];
}

test("work is done and shown, the challenge handed back untouched", async () => {
  const [given, key] = challenge(7);

  const payload = JSON.parse(atob(await solve(given)));

  assert.deepEqual(payload.challenge, given);
  assert.deepEqual([payload.solution.counter, payload.solution.derivedKey], [7, key]);
});

test("the page has its turn while work is done", async () => {
  let turns = 0;
  const ticking = setInterval(() => turns++, 1);

  await solve(challenge(40, 1024)[0]);
  clearInterval(ticking);

  assert.ok(turns > 0);
});

test("work of another kind is a refusal, not something to wait for", async () => {
  const [given] = challenge(1);
  given.parameters.algorithm = "ARGON2ID";

  await assert.rejects(solve(given), (problem) => follow(problem) === "stop");
});
