/** `<wadjet-contact>`: wires what is drawn, what is kept and what is sent. */
import { check, faultsOf } from "./check.js";
import { createDraft } from "./draft.js";
import { createSender } from "./sender.js";
import { createView } from "./view.js";

/** @param {ContactData} data */
export function defineForm(data) {
  const names = data.fields.map(({ name }) => name);

  class ContactForm extends HTMLElement {
    /** @type {AbortController | undefined} */
    #connection;
    /** @type {ReturnType<typeof createSender> | undefined} */
    #sender;

    connectedCallback() {
      this.#connection = new AbortController();
      this.#sender ??= start(this);
      // What is on its way when a connection is back need not wait for its turn.
      addEventListener("online", () => this.#sender?.retry(), /** @type {AddEventListenerOptions} */ ({
        __proto__: null,
        signal: this.#connection.signal,
      }));
    }

    disconnectedCallback() {
      this.#connection?.abort();
      this.#sender?.rest();
    }
  }

  /** @param {HTMLElement} host */
  function start(host) {
    const draft = createDraft(data.site, names, () => sessionStorage);
    const view = createView(host, data, {
      changed: () => sender.keep(view.typed()),
      begun: () => sender.prepare(),
      isBusy: () => sender.isBusy(),
      send() {
        const faults = check(sender.data(), view.typed(), view.ticks());
        view.blame(faults);
        if (!faults.length) sender.send(view.ticks());
      },
    });
    const sender = createSender(data, draft, (news) => {
      if (news.step === "mend") view.blame(faultsOf(sender.data(), news.errors));
      else if (news.step === "renew") view.renew(sender.data(), news.offer, news.earlier);
      else if (news.step === "sent") view.thank(sender.data(), news);
      view.tell(news.step);
    });
    view.fill(draft[0]().typed);
    return sender;
  }

  customElements.define("wadjet-contact", ContactForm);
}
