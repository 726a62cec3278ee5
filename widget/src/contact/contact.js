/** Entry of the contact form's script: defines `<wadjet-contact>`, once, however often it is loaded. */
import { defineForm } from "./element.js";

/** @type {any} */
const data = __WADJET__;
if (!customElements.get("wadjet-contact")) defineForm(data);
