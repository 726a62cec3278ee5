/**
 * Builds static/ from src/ and templates/widget/: the same bytes every time.
 *
 *   node build.mjs           writes static/
 *   node build.mjs --check   exits 1 where static/ differs from a fresh build
 *
 * An English sentence stands once, in a template or as _("…") in the code; here each gets a number, and
 * static/words.json lists them in that order, for the server to answer them in every language. The contact form is
 * a script of its own, with words of its own: static/contact.json.
 */
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build, transform } from "esbuild";
import { minify } from "terser";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
/** @type {string[]} of the script being built */
let words;
const CALL = /_\("((?:[^"\\]|\\.)*)"\)/g;
const TOKEN = /<(\/?)([a-z0-9-]+)([^>]*)>|([^<]+)/g;
const ATTRIBUTE = /([a-z-]+)(?:="([^"]*)")?/g;
const VOID = new Set(["input", "br", "hr"]);
const TOLD = new Set(["aria-label", "title", "alt", "placeholder"]);

/** The number of a sentence. */
function word(sentence) {
  if (!words.includes(sentence)) words.push(sentence);
  return words.indexOf(sentence);
}

/** Text as children: a sentence is a number; space alone counts only within a line. */
function texts(raw) {
  const text = raw.replace(/\s+/g, " ");
  const sentence = text.trim();
  if (!sentence) return raw.includes("\n") ? [] : [" "];
  const told = /\p{L}/u.test(sentence.replace(/\{\w+\}/g, "")) ? word(sentence) : sentence;
  if (told === sentence) return [text];
  return [...(/^ /.test(text) ? [" "] : []), told, ...(/ $/.test(text) ? [" "] : [])];
}

function attributes(source) {
  const found = [...source.matchAll(ATTRIBUTE)].flatMap(([, name, value = ""]) => [
    name,
    TOLD.has(name) ? word(value) : value,
  ]);
  return found.length ? found : 0;
}

/** A template as nested [name, [attribute, value, …] or 0, ...children]. */
function tree(html) {
  const top = ["", 0];
  const open = [top];
  for (const [, end, name, rest, text] of html.replace(/\{#[^]*?#\}/g, "").matchAll(TOKEN)) {
    if (text !== undefined) open.at(-1).push(...texts(text));
    else if (end) open.pop();
    else {
      const element = [name, attributes(rest)];
      open.at(-1).push(element);
      if (!VOID.has(name)) open.push(element);
    }
  }
  if (open.length !== 1 || top.length !== 3)
    throw new Error("A template is one element, each of its tags closed.");
  return top[2];
}

const source = {
  name: "wadjet",
  setup(bundle) {
    const read = (path) => readFileSync(path, "utf8");
    bundle.onLoad({ filter: /\.html$/ }, ({ path }) => ({
      contents: JSON.stringify(tree(read(path))),
      loader: "json",
    }));
    bundle.onLoad({ filter: /\.css$/ }, async ({ path }) => {
      const { code } = await transform(read(path), { loader: "css", minify: true, charset: "utf8" });
      return { contents: code.trim(), loader: "text" };
    });
    bundle.onLoad({ filter: /src\/(contact\/)?\w+\.js$/ }, ({ path }) => ({
      contents: read(path).replace(CALL, (_call, text) => word(JSON.parse(`"${text}"`))),
      loader: "js",
    }));
  },
};

/**
 * esbuild reads files in parallel: the numbers are given beforehand, in the order of names.
 * @param {string} folder below templates/widget and src; "" for those themselves
 */
function number(folder) {
  words = [];
  const read = (path, ending) =>
    readdirSync(here(path))
      .filter((name) => name.endsWith(ending))
      .sort()
      .map((name) => readFileSync(here(`${path}${name}`), "utf8"));
  read(`templates/widget/${folder}`, ".html").forEach(tree);
  for (const text of read(`src/${folder}`, ".js"))
    for (const [, sentence] of text.matchAll(CALL)) word(JSON.parse(`"${sentence}"`));
}

const files = [];
for (const [folder, list, ...entries] of [
  ["", "words.json", "wadjet.js", "choices.js", "drafts.js", "passkey.js"],
  ["contact/", "contact.json", "contact.js"],
]) {
  number(folder);
  const { outputFiles } = await build({
    entryPoints: entries.map((name) => here(`src/${folder}${name}`)),
    outdir: here("static"),
    bundle: true,
    write: false,
    format: "iife",
    minify: true,
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    // Names that are ours alone; those in storage stay the same from build to build.
    mangleProps: /^(given|unsent|plain|retryAfter|slug|replaced|draw|tell|asking|host|last|marked|proof|refused|seen|until)$/,
    mangleCache: { given: "g", unsent: "u", plain: "p", proof: "d", seen: "c", refused: "r", until: "t" },
    plugins: [source],
  });
  // Again: terser's names repeat from function to function, which is a fortieth of the whole after compression.
  for (const { path, text } of outputFiles) {
    const { code } = await minify(text, { ecma: 2022, compress: { passes: 2 }, format: { ascii_only: false } });
    // A page may lack even what is taken at the start; it shall not hear of that. Inside, "use strict" says nothing.
    const kept = `try{${code.replace(/^"use strict";/, "")}}catch{}`;
    files.push([path, path.endsWith("/wadjet.js") ? kept : code]);
  }
  files.push([here(`static/${list}`), `${JSON.stringify(words, null, 1)}\n`]);
}

if (process.argv.includes("--check")) {
  const stale = files.filter(([path, text]) => {
    try {
      return readFileSync(path, "utf8") !== text;
    } catch {
      return true;
    }
  });
  for (const [path] of stale)
    console.error(`${path} is not what its sources make: run node widget/build.mjs`);
  process.exitCode = stale.length ? 1 : 0;
} else {
  for (const [path, text] of files) writeFileSync(path, text);
}
