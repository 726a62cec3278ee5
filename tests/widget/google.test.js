import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { tellGoogle } from "../../widget/src/google.js";

beforeEach(() => {
  globalThis.window = {};
});

test("types are denied at the start and granted with their purpose", () => {
  const setting = "measurement=analytics_storage; embeds=ad_storage,ad_user_data";

  tellGoogle(setting, "default", () => false);
  tellGoogle(setting, "update", (purpose) => purpose === "embeds");

  assert.deepEqual(
    window.dataLayer.map((entry) => [...entry]),
    [
      ["consent", "default", { analytics_storage: "denied", ad_storage: "denied", ad_user_data: "denied" }],
      ["consent", "update", { analytics_storage: "denied", ad_storage: "granted", ad_user_data: "granted" }],
    ],
  );
});

test("where it is not asked for, nothing is pushed", () => {
  tellGoogle(null, "default", () => false);

  assert.equal(window.dataLayer, undefined);
});
