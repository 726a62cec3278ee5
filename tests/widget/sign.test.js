import assert from "node:assert/strict";
import { test } from "node:test";
import { newId, payload, seal } from "../../widget/src/sign.js";
import { createDrawer } from "../../widget/src/store.js";

const decision = (event) => ({
  id: newId(),
  event,
  purposes: { measurement: event === "given" },
  language: "kk",
  at: "2026-12-01T06:00:00.000Z",
  offer: "токен",
});
const json = (part) => JSON.parse(Buffer.from(part, "base64url").toString());

test("ids are 16 random bytes as 22 characters of canonical base64url", () => {
  const ids = Array.from({ length: 1000 }, newId);

  assert.equal(new Set(ids).size, 1000);
  for (const id of ids) assert.equal(Buffer.from(id, "base64url").toString("base64url"), id);
  assert.ok(ids.every((id) => id.length === 22));
});

test("a consent is a compact JWS that its own header's key verifies", async () => {
  const asked = decision("given");

  const [body, type] = await seal(asked, createDrawer("a"));

  const [header, content, signature] = body.split(".");
  const { alg, jwk, ...rest } = json(header);
  assert.deepEqual(
    [type, alg, rest, Object.keys(jwk)],
    ["application/jose", "ES256", {}, ["kty", "crv", "x", "y"]],
  );
  assert.deepEqual(json(content), asked);
  const key = await crypto.subtle.importKey("jwk", jwk, { name: "ECDSA", namedCurve: "P-256" }, false, [
    "verify",
  ]);
  const signed = [Buffer.from(signature, "base64url"), Buffer.from(`${header}.${content}`)];
  assert.equal(await crypto.subtle.verify({ name: "ECDSA", hash: "SHA-256" }, key, ...signed), true);
});

test("the key cannot leave, and signs what follows", async () => {
  const drawer = createDrawer("a");
  const [first] = await seal(decision("given"), drawer);
  const { privateKey } = await drawer();

  const [later] = await seal(decision("withdrawn"), drawer);

  assert.equal(privateKey.extractable, false);
  assert.equal(later.split(".")[0], first.split(".")[0]);
});

test("a refusal makes no key", async () => {
  const drawer = createDrawer("a");

  const [body, type] = await seal(decision("refused"), drawer);

  assert.deepEqual(
    [type, JSON.parse(body).event, await drawer()],
    ["application/json", "refused", undefined],
  );
});

test("a withdrawal without its key, or sent plainly, is JSON", async () => {
  const keyed = createDrawer("a");
  await seal(decision("given"), keyed);

  assert.equal((await seal(decision("withdrawn"), createDrawer("b")))[1], "application/json");
  assert.equal((await seal(decision("withdrawn"), keyed, true))[1], "application/json");
});

test("the words of a receipt are read in any script", () => {
  const token = `x.${Buffer.from(JSON.stringify({ decision: "Құпия ±" })).toString("base64url")}.y`;

  assert.deepEqual({ ...payload(token) }, { decision: "Құпия ±" });
});
