/**
 * /console/policy/drafts/…/: while a text is typed, its checks and its preview keep up, and a finding leads to its line.
 *
 * The server renders both. They come as a document of its own that runs nothing (`responseType`), so that nothing is
 * ever parsed into the page from a string. Without this script they come with Save.
 */
const PAUSE = 600;

const form = /** @type {HTMLFormElement} */ (document.querySelector("form[data-preview]")); // the page has it
let typed = false;

/** Makes each finding that has a line a way to it. @param {ParentNode} place @param {HTMLTextAreaElement} text */
function lead(place, text) {
  for (const item of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[data-line]"))) {
    const name = item.querySelector("b");
    if (!name) continue;
    const button = document.createElement("button");
    button.type = "button";
    button.append(...name.childNodes);
    button.addEventListener("click", () => go(text, Number(item.dataset.line)));
    name.replaceWith(button);
  }
}

/** Selects a line of a text and brings it into view. @param {HTMLTextAreaElement} text @param {number} line */
function go(text, line) {
  const lines = text.value.split("\n");
  const start = lines.slice(0, line - 1).join("\n").length + (line > 1 ? 1 : 0);
  text.focus();
  text.setSelectionRange(start, start + (lines[line - 1] ?? "").length);
  text.scrollTop = (text.scrollHeight * (line - 1)) / lines.length - text.clientHeight / 3;
}

/** @param {HTMLTextAreaElement} text */
function follow(text) {
  const language = `${text.dataset.language}`;
  const parts = () => document.querySelectorAll(`[data-part$="-${language}"]`);
  let asked = new XMLHttpRequest();
  let pause = 0;

  function ask() {
    asked.abort();
    asked = new XMLHttpRequest();
    asked.open("POST", `${form.dataset.preview}`);
    asked.responseType = "document";
    asked.addEventListener("load", ({ target }) => {
      const { response } = /** @type {XMLHttpRequest} */ (target);
      for (const part of /** @type {NodeListOf<HTMLElement>} */ (parts())) {
        // A page that is no preview, since the session is over, has none of these.
        const fresh = response?.querySelector(`[data-part="${part.dataset.part}"]`);
        if (fresh) part.replaceChildren(...document.importNode(fresh, true).childNodes);
        if (fresh) lead(part, text);
      }
    });
    const said = new FormData();
    said.append("csrf_token", String(new FormData(form).get("csrf_token")));
    said.append("language", language);
    said.append(text.name, text.value);
    asked.send(said);
  }

  text.addEventListener("input", () => {
    typed = true;
    clearTimeout(pause);
    pause = setTimeout(ask, PAUSE);
  });
  parts().forEach((part) => lead(part, text));
}

/** @type {NodeListOf<HTMLTextAreaElement>} */ (document.querySelectorAll("textarea[data-language]")).forEach(follow);
form.addEventListener("submit", () => {
  typed = false;
});
addEventListener("beforeunload", (event) => typed && event.preventDefault());
