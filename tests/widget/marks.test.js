import assert from "node:assert/strict";
import { test } from "node:test";
import { erase, names, safeUrl } from "../../widget/src/marks.js";

const marked = (address) => ({ getAttribute: () => address, baseURI: "https://wadjet.kz/blog/" });

test("an address is taken as the page means it", () => {
  assert.equal(safeUrl(marked("a.js")), "https://wadjet.kz/blog/a.js");
  assert.equal(safeUrl(marked("//cdn.example/a.js")), "https://cdn.example/a.js");
  assert.equal(safeUrl(marked("http://cdn.example/a.js")), "http://cdn.example/a.js");
});

for (const address of [
  null,
  "",
  "javascript:alert(1)",
  " java\nscript:alert(1)",
  "JAVASCRIPT:alert(1)",
  "data:text/javascript,alert(1)",
  "blob:https://wadjet.kz/x",
  "about:srcdoc",
  "file:///etc/passwd",
  "ftp://a.example/",
  "filesystem:https://wadjet.kz/x",
  "view-source:https://a.example/",
  "https://",
]) {
  test(`no address to load: ${JSON.stringify(address)}`, () => assert.ok(!safeUrl(marked(address))));
}

test("names end with a star or are whole", () => {
  const listed = names("_ga*, _gid session");

  for (const name of ["_ga", "_ga_ABC", "_gid", "session"]) assert.ok(listed.test(name), name);
  for (const name of ["x_ga", "_gid2", "sessions", "", "wadjet:wadjet.kz"])
    assert.ok(!listed.test(name), name);
});

test("a trace is ended under every domain and path it may have", () => {
  const texts = [];
  erase("_ga", "www.wadjet.kz", "/blog/a", (text) => texts.push(text));

  for (const text of [
    "_ga=;max-age=0;path=/",
    "_ga=;max-age=0;path=/;domain=wadjet.kz",
    "_ga=;max-age=0;path=/blog/;domain=www.wadjet.kz",
    "_ga=;max-age=0;path=/blog",
    "_ga=;max-age=0;path=/blog/a",
  ])
    assert.ok(texts.includes(text), text);
});
