/** Draws the form and what is said of it; tells what was typed, ticked and pressed. */
import changedTree from "../../templates/widget/contact/changed.html";
import fieldTree from "../../templates/widget/contact/field.html";
import formTree from "../../templates/widget/contact/form.html";
import sentTree from "../../templates/widget/contact/sent.html";
import summaryTree from "../../templates/widget/contact/summary.html";
import tickTree from "../../templates/widget/contact/tick.html";
import { grow } from "../grow.js";
import { make } from "../page.js";
import { save } from "../save.js";
import css from "./contact.css";

/**
 * @typedef {object} Hands
 * @property {() => void} changed text or ticks
 * @property {() => void} begun the first time
 * @property {() => boolean} isBusy while it is, nothing can be changed
 * @property {() => void} send
 */

/** What is said of each step, politely. @type {Record<string, number>} */
const SAID = {
  work: _("Checking for spam: a few seconds, nothing for you to do."),
  send: _("Sending…"),
  wait: _("It cannot be sent right now. What you wrote is kept, and we keep trying: please leave this page open."),
};

/**
 * @param {HTMLElement} host @param {ContactData} data @param {Hands} hands
 */
export function createView(host, data, hands) {
  const { words, language, fields, base } = data;
  const root = host.attachShadow({ mode: "open" });
  /** What a person ticked; not what a script did. @type {Purposes} */
  let ticks = {};
  /** @type {ContactPurpose[]} */
  let shown = [];
  const facts = { __proto__: null, ...data };
  const form = grow(formTree, words, facts);
  /** @type {any} */
  const status = make("p");
  /** @param {string} id @returns {any} */
  const part = (id) => root.getElementById(id);
  let hasBegun = false;

  dress(root);
  status.role = "status";
  status.part.add("status");
  form.lang = language;
  form.querySelector("button").before(status);
  root.append(form);
  for (const field of fields) part("fields").append(drawField(field, words));
  drawTicks(data);

  /** @param {string} one field or purpose */
  const called = (one) =>
    fields.find(({ name }) => name === one)?.label ?? shown.find(({ key }) => key === one)?.name ?? "";

  /** @param {ContactData} now */
  function drawTicks({ purposes }) {
    shown = purposes;
    ticks = Object.fromEntries(purposes.map(({ key }) => [key, false]));
    const drawn = purposes.map((purpose) => {
      const tick = grow(tickTree, words, { __proto__: null, ...purpose, optional: !purpose.required });
      tick.querySelector("input").required = purpose.required;
      return tick;
    });
    part("ticks").replaceChildren(...drawn);
  }

  /** Takes back what was said of the whole, and of the fields. */
  const calm = () => {
    root.querySelector("[part=summary]")?.remove();
    for (const control of form.querySelectorAll("[aria-invalid]")) forgive(control);
  };

  /** @param {any} control */
  const forgive = (control) => {
    control.removeAttribute("aria-invalid");
    part(`${control.name}-error`).textContent = "";
    describe(control, root);
  };

  /** @param {HTMLElement} told that takes the focus, above the form */
  const announce = (told) => {
    calm();
    form.before(told);
    told.focus();
    told.scrollIntoView({ block: "nearest" });
  };

  form.addEventListener("input", (/** @type {any} */ { target }) => {
    if (!hasBegun) hands.begun();
    hasBegun = true;
    if (target.hasAttribute("aria-invalid")) forgive(target);
    view.tell("");
    hands.changed();
  });
  form.addEventListener("click", (/** @type {any} */ event) => {
    const { target, isTrusted } = event;
    if (target.type !== "checkbox") return;
    if (!isTrusted || hands.isBusy()) event.preventDefault();
    else ticks[target.name] = target.checked;
  });
  form.addEventListener("submit", (/** @type {Event} */ event) => {
    event.preventDefault();
    if (!hands.isBusy()) hands.send();
  });

  const view = {
    typed: () => Object.fromEntries(fields.map(({ name }) => [name, part(name).value])),
    ticks: () => ({ ...ticks }),
    /** @param {Typed} typed */
    fill(typed) {
      for (const [name, text] of Object.entries(typed)) part(name).value = text;
    },
    /** Says what is wrong beside each field and in a summary, which takes the focus. @param {Fault[]} faults */
    blame(faults) {
      calm();
      if (!faults.length) return;
      const summary = grow(summaryTree, words, facts);
      for (const { field, message } of faults) {
        const item = make("li");
        summary.querySelector("ul").append(item);
        const control = part(field);
        if (!control?.name) {
          item.append(message);
          continue;
        }
        const link = make("a");
        link.href = `#${field}`;
        link.textContent = `${called(field)}. ${message}`;
        // By hand: fragments do not reach into a shadow, and the page's address is the page's.
        link.onclick = (/** @type {Event} */ event) => {
          event.preventDefault();
          control.focus();
        };
        item.append(link);
      }
      announce(summary);
      for (const { field, message } of faults) {
        const control = part(field);
        if (!control?.name) continue;
        control.setAttribute("aria-invalid", "true");
        part(`${field}-error`).textContent = message;
        describe(control, root);
      }
    },
    /** @param {ContactData} now @param {any} offer @param {number} earlier version */
    renew(now, { policy }, earlier) {
      const fresh = grow(formTree, words, { __proto__: null, ...now });
      const old = form.querySelectorAll("a");
      for (const [index, link] of fresh.querySelectorAll("a").entries()) old[index].replaceWith(link);
      drawTicks(now);
      announce(grow(changedTree, words, { __proto__: null, ...now, summary: policy.summary, earlier }));
    },
    /** @param {ContactData} now @param {Posted} posted */
    thank(now, { id, receipt, unconfirmed }) {
      const sent = grow(sentTree, words, { __proto__: null, ...now, id, unconfirmed, counted: !unconfirmed });
      sent.lang = language;
      sent.querySelector("button").onclick = () => save(receipt);
      calm();
      form.replaceWith(sent);
      sent.querySelector("h2").focus();
    },
    /** @param {string} step */
    tell(step) {
      const isBusy = /^(work|send)$/.test(step);
      for (const { name } of fields) if (part(name)) part(name).readOnly = isBusy;
      form.ariaBusy = `${isBusy}`;
      form.querySelector("button").ariaDisabled = isBusy ? "true" : null;
      status.textContent = words[SAID[step]] ?? "";
      if (step !== "stop") return;
      const link = make("a");
      link.href = `${base}/contact/?lang=${language}`;
      link.textContent = words[_("Contact form as a page")];
      status.append(words[_("It could not be sent. Please try again later, or use the form on its own page.")], " ", link);
    },
  };
  return view;
}

/** @param {ContactField} field @param {string[]} words */
function drawField({ inputmode, required, ...field }, words) {
  const text = field.kind === "textarea";
  const drawn = grow(fieldTree, words, { __proto__: null, ...field, text, line: !text, optional: !required });
  const control = drawn.querySelector("input, textarea");
  control.required = required;
  if (inputmode) control.inputMode = inputmode;
  if (field.hint) control.setAttribute("aria-describedby", `${field.name}-hint`);
  return drawn;
}

/** Points at what describes a control: its hint or purpose, and its error. @param {any} control @param {ShadowRoot} root */
function describe(control, root) {
  const said = ["error", "hint", "text"]
    .map((part) => `${control.name}-${part}`)
    .filter((id) => root.getElementById(id)?.textContent);
  if (said.length) control.setAttribute("aria-describedby", said.join(" "));
  else control.removeAttribute("aria-describedby");
}

/** A strict CSP forbids `<style>`; an old browser, which cannot make sheets, shows it plain. @param {ShadowRoot} root */
function dress(root) {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
  } catch {}
}
