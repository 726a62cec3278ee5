import assert from "node:assert/strict";
import { createServer } from "node:http";
import { after, before, beforeEach, test } from "node:test";
import { createDrawer, createStore } from "../../widget/src/store.js";

// build.mjs turns a sentence into its number; here it is told as it is.
globalThis._ = (sentence) => sentence;
const { createCourier } = await import("../../widget/src/courier.js");

/** A receipt as far as the widget looks into it: it says which decision it is about. */
const receipt = (decision) => `x.${Buffer.from(JSON.stringify({ decision })).toString("base64url")}.y`;

/** The far side of the wire: answers each post with the next of `answers`, or with a receipt. */
let base, answers, posts, offers, statuses, held;
const server = createServer(async (request, response) => {
  let body = "";
  for await (const part of request) body += part;
  const answer = (status, value, headers) => {
    response.writeHead(status, { "content-type": "application/json", connection: "close", ...headers });
    response.end(JSON.stringify(value));
  };
  if (request.url.startsWith("/api/v1/offer")) return answer(200, offers.shift());
  if (request.method === "GET") {
    const status = statuses.shift();
    return status
      ? answer(200, { id: request.url.split("/").pop(), status, receipt: receipt(held) })
      : answer(404, { type: "/receipt-unknown" });
  }
  const signed = request.headers["content-type"] === "application/jose";
  const decision = JSON.parse(signed ? Buffer.from(body.split(".")[1], "base64url") : body);
  posts.push({ ...decision, signed });
  held = body;
  const next = answers.shift();
  if (next === "cut") return request.socket.destroy();
  if (next)
    return answer(
      next.status,
      { type: `https://x/problems/${next.slug}`, ...next },
      { "retry-after": next.after ?? "" },
    );
  answer(201, { id: decision.id, receipt: receipt(body), proof_url: null });
});
before(
  () =>
    new Promise((done) =>
      server.listen(0, "127.0.0.1", () => {
        base = `http://127.0.0.1:${server.address().port}`;
        done();
      }),
    ),
);
after(() => server.close());
beforeEach(() => {
  answers = [];
  posts = [];
  offers = [];
  statuses = [];
});

const api = (version, token) => ({
  token,
  language: "en",
  policy: { version, url: "", summary: "" },
  purposes: [{ key: "measurement", asked: "banner", required: false, name: "M", description: "m" }],
});

function person() {
  const kept = new Map();
  const area = { getItem: (key) => kept.get(key) ?? null, setItem: (key, text) => kept.set(key, text) };
  const offer = {
    site: "wadjet.kz",
    base,
    token: "wadjet.kz~1~t1",
    version: 1,
    asksSince: 1,
    days: 365,
    asked: ["measurement"],
    required: [],
    words: { en: { ui: [], purposes: {} } },
    fallback: "en",
  };
  const store = createStore("wadjet.kz", () => area);
  const told = [];
  const problems = [];
  const courier = createCourier(
    offer,
    store,
    createDrawer("a"),
    () => "en",
    (problem) => problem && problems.push(problem),
    (s) => told.push(s),
  );
  return { courier, read: store[0], write: store[1], raw: () => kept.get("wadjet:wadjet.kz"), told, problems };
}
const YES = { measurement: true };

test("a consent counts once it is acknowledged, and its receipt is at hand", async () => {
  const { courier, read } = person();

  const sent = courier.choose(YES);

  assert.equal(read().given, undefined);
  assert.equal(await sent, true);
  assert.equal(read().given.purposes.measurement, true);
  assert.equal(posts[0].signed, true);
  assert.equal(await courier.receipt(), receipt(held));
});

test("refusers keep the same bytes, before and after the answer", async () => {
  const kept = new Set();
  for (let n = 0; n < 5; n++) {
    const { courier, raw } = person();
    const sent = courier.choose(null);
    kept.add(raw());
    await sent;
    kept.add(raw());
  }

  assert.deepEqual([...kept], ['{"refused":1,"unsent":true}', '{"refused":1}']);
  assert.ok(posts.every(({ event, signed, previous }) => event === "refused" && !signed && !previous));
});

test("a consent withdrawn is signed by its key and leaves the version alone", async () => {
  const { courier, raw } = person();
  await courier.choose(YES);

  assert.equal(await courier.choose(null), true);

  assert.deepEqual([posts[1].event, posts[1].signed, posts[1].previous], ["withdrawn", true, posts[0].id]);
  assert.equal(raw(), '{"refused":1}');
});

test("cut off, the same decision under the same id is sent again", async () => {
  const { courier, read } = person();
  answers = ["cut"];

  assert.equal(await courier.choose(YES), false);
  assert.equal(read().given, undefined);
  assert.equal(await courier.send(), true);

  assert.deepEqual(posts[0], posts[1]);
});

test("too many: it waits as long as it is told to", async () => {
  const { courier, read } = person();
  answers = [{ status: 429, slug: "rate-limited", after: "1" }];
  await courier.choose(YES);
  const started = performance.now();

  while (!read().given) await new Promise((done) => setTimeout(done, 20));

  assert.ok(performance.now() - started > 900);
});

test("an expired offer of the same version is renewed without a word", async () => {
  const { courier, read } = person();
  answers = [{ status: 410, slug: "offer-expired" }];
  offers = [api(1, "wadjet.kz~1~t2")];

  assert.equal(await courier.choose(YES), true);

  assert.deepEqual(
    posts.map(({ offer }) => offer),
    ["wadjet.kz~1~t1", "wadjet.kz~1~t2"],
  );
  assert.ok(read().given);
});

test("a superseded policy asks again and carries nothing over", async () => {
  const { courier, read } = person();
  answers = [{ status: 409, slug: "policy-superseded" }];
  offers = [api(2, "t2")];

  assert.equal(await courier.choose(YES), false);

  assert.deepEqual({ ...read() }, {});
  assert.deepEqual([courier.offer().version, courier.offer().replaced, courier.offer().token], [2, 1, "t2"]);
});

test("an id already taken is exchanged", async () => {
  const { courier } = person();
  answers = [{ status: 409, slug: "receipt-conflict" }];

  assert.equal(await courier.choose(YES), true);

  assert.notEqual(posts[0].id, posts[1].id);
});

test("a withdrawal of what never arrived becomes a refusal", async () => {
  const { courier, raw } = person();
  answers = ["cut", { status: 404, slug: "receipt-unknown" }];
  await courier.choose(YES);

  assert.equal(await courier.choose(null), true);

  assert.deepEqual(
    posts.slice(1).map(({ event }) => event),
    ["withdrawn", "refused"],
  );
  assert.equal(raw(), '{"refused":1}');
});

test("a choice that cannot be taken is told and dropped", async () => {
  const { courier, read, told, problems } = person();
  answers = [{ status: 422, slug: "decision-invalid" }];

  assert.equal(await courier.choose(YES), false);

  assert.deepEqual({ ...read() }, {});
  assert.equal(problems[0].slug, "decision-invalid");
  assert.equal(told.at(-1), "Not saved. Please try again.");
});

test("a choice made while another is on its way is the one that counts", async () => {
  const { courier, read } = person();

  const both = await Promise.all([courier.choose(YES), courier.choose(null)]);

  assert.deepEqual(both, [true, true]);
  assert.equal(read().given, undefined);
  assert.equal(read().refused, 1);
  assert.equal(posts.at(-1).previous, posts[0].id);
});

for (const [status, kept] of [
  ["withdrawn", '{"refused":1}'],
  ["superseded", "{}"],
  [undefined, "{}"],
]) {
  test(`found ${status ?? "unknown"} on the server, a consent ends here`, async () => {
    const { courier, raw } = person();
    await courier.choose(YES);
    statuses = [status];

    await courier.check();

    assert.equal(raw(), kept);
  });
}

test("found current, or not found out, a consent stands", async () => {
  const { courier, read } = person();
  await courier.choose(YES);
  statuses = ["current"];

  await courier.check();

  assert.ok(read().given);
});

test("once a day what is kept gives way to what the receipt says", async () => {
  const { courier, read, write } = person();
  await courier.choose(YES);
  const { given } = read();
  const forged = JSON.stringify({ ...JSON.parse(Buffer.from(held.split(".")[1], "base64url")), purposes: { embeds: true } });
  write({ given: { ...given, proof: forged } });
  assert.equal(read().given.purposes.embeds, true);
  statuses = ["current"];

  await courier.check();

  assert.deepEqual({ ...read().given.purposes }, YES);
});
