/**
 * /privacy/choices/: what the banner and its panel do, as a page; also for a receipt from elsewhere.
 *
 * In view is this browser's own choice, or a receipt: named by the address' fragment, typed, or a file.
 * A receipt from elsewhere is never written into this browser's storage.
 */
import { fetchReceipt } from "./api.js";
import { createCourier } from "./courier.js";
import { decide, speak } from "./decide.js";
import { save } from "./save.js";
import { payload, proven } from "./sign.js";
import { createDrawer, createStore } from "./store.js";

/** @param {string} name @returns {any} */
const part = (name) => document.getElementById(`wadjet-${name}`);

/** @type {Offer} */
const data = JSON.parse(part("data").textContent);
const form = part("choices");
const language = speak(data, document.documentElement.lang, navigator.languages);
const drawer = createDrawer(data.site);
const own = createStore(data.site, () => localStorage);

/** @param {typeof own} from */
const carry = (from) => createCourier(data, from, drawer, () => language, draw, tell);

let store = own;
let courier = carry(own);
/** @type {string | undefined} what became of the receipt in view, where it is no longer a consent */
let status;
/** @type {string | undefined} that receipt */
let receipt;

/** @param {typeof own} chosen */
function view(chosen) {
  store = chosen;
  courier = carry(chosen);
  draw();
}

/** @param {number} [sentence] */
function tell(sentence = -1) {
  const { ui } = data.words[language];
  part("told").textContent = ui[sentence] ?? "";
}

/** @param {string} key */
const row = (key) => {
  const { words, asked } = courier.offer();
  const [title, description] = (words[language] ?? Object.values(words)[0]).purposes[key];
  const made = part("purpose").content.firstElementChild.cloneNode(true);
  const control = made.querySelector("input");
  made.querySelector("b").textContent = title;
  made.querySelector("p").textContent = description;
  control.name = key;
  control.checked = now()?.purposes[key] === true;
  if (asked.includes(key)) made.querySelector("small").remove();
  else control.remove();
  return made;
};

/** What was chosen last. */
const now = () => {
  const { given, waiting } = store[0]();
  return waiting ?? given;
};

/** Draws what is stored. */
function draw() {
  const { given, waiting, refused } = store[0]();
  const offer = courier.offer();
  const [step, since] = decide(offer, store[0](), Date.now());
  const state = waiting ? "waiting" : given ? "given" : (status ?? (refused ? "refused" : "none"));
  const { dataset } = part("state");
  part("state").textContent = dataset[state].replace("{version}", `${given?.version}`);
  part("outdated").hidden = !(step === "ask" && since);
  part("outdated").querySelector("a").href = `${offer.policy}v/${offer.version}/changes/${since}/`;
  for (const old of form.querySelectorAll(".purpose")) old.remove();
  part("purpose").before(...[...offer.required, ...offer.asked].map(row));
  const refuse = form.querySelector("[value=refuse]");
  refuse.textContent = now()?.event === "given" ? refuse.dataset.withdraw : refuse.dataset.refuse;
  form.querySelector("[value=save]").hidden = !offer.asked.length;
  form.querySelector("[value=receipt]").hidden = !given && !status;
  form.hidden = false;
}

/** Looks a receipt up and brings it into view. @param {string} id */
async function show(id) {
  receipt = status = undefined;
  try {
    const found = await fetchReceipt(data, id);
    const { site } = payload(found.receipt);
    const proof = proven(found.receipt);
    /** @type {Decision} */
    const { event } = payload(proof);
    const standing = event === "given" && found.status === "current";
    if (!standing) receipt = found.receipt;
    status = standing ? undefined : event === "given" ? found.status : event;
    const mine = own[0]().given?.id === id;
    if (mine && standing) return view(own);
    const other = createStore(site, () => {
      throw new Error();
    });
    const until = Number.MAX_SAFE_INTEGER;
    other[1](standing ? { given: { proof, seen: 0, until } } : {});
    view(other);
  } catch (/** @type {any} */ problem) {
    view(own);
    part("state").textContent = part("state").dataset[problem.status ? "unknown" : "unreachable"];
  }
}

/** Takes a receipt's file. @param {File | undefined} file */
async function open(file) {
  try {
    await show(payload(proven((await /** @type {File} */ (file).text()).trim())).id);
  } catch {
    part("state").textContent = part("state").dataset.unreadable;
  }
}

form.addEventListener("submit", (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const { value } = /** @type {HTMLButtonElement} */ (event.submitter);
  if (value === "receipt") return receipt ? save(receipt) : courier.receipt().then(save, () => {});
  receipt = undefined;
  status = now()?.event === "given" ? "withdrawn" : undefined;
  if (value === "refuse") return courier.choose(null);
  const { asked } = courier.offer();
  courier.choose(
    Object.fromEntries(asked.map((key) => [key, value === "accept" || form.elements[key].checked])),
  );
});
part("show").addEventListener("click", () => part("id").reportValidity() && show(part("id").value));
part("file").addEventListener("change", (/** @type {any} */ { target }) => open(target.files[0]));
part("drop").addEventListener("dragover", (/** @type {DragEvent} */ event) => event.preventDefault());
part("drop").addEventListener("drop", (/** @type {DragEvent} */ event) => {
  event.preventDefault();
  open(event.dataTransfer?.files[0]);
});
addEventListener("hashchange", start);
addEventListener("storage", () => store === own && draw());
addEventListener("online", () => courier.send());

/** The receipt of the address, else this browser's own choice. */
function start() {
  const id = location.hash.slice(1);
  if (/^[\w-]{22}$/.test(id)) show(id);
  else view(own);
}

part("show").hidden = part("drop").hidden = false;
draw();
start();
if (own[0]().waiting) courier.send();
