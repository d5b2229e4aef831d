// The line that says what sending the composer's content would cost, or why it would be
// refused. While somebody types htmx asks for it; here it is asked for anew when the
// conversation around the content has become another one, and it goes with what was sent.

import { textFields } from "./keeping.js";

const form = () => document.querySelector("#composer form.compose");
const line = () => form()?.querySelector(".estimate");

// What the figures depend on besides the content. The endpoint is in no revision.
const around = () =>
  [document.getElementById("patch")?.dataset.revision, document.getElementById("setting-endpoint-field")?.value].join(" ");
let askedFor = null;

const isWritten = () =>
  textFields(form()).some((field) => field.type !== "number" && field.value) ||
  form().querySelector(".attached [name=image]");

// What is on its way to the server is no draft any more.
function renew() {
  if (!line() || askedFor === around() || "underWay" in form().dataset) return;
  if (isWritten()) window.htmx.trigger(line(), "renew");
  else askedFor = around();
}

window.addEventListener("load", renew); // a draft came back before htmx could hear it
document.addEventListener("patch:applied", renew);
document.addEventListener("composer:answered", renew);

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (!detail.elt.matches(".estimate")) return;
  delete detail.elt.dataset.outdated;
  askedFor = around();
});

// An estimate under way has counted text that was sent meanwhile.
document.addEventListener("composer:taken", () => {
  if (!line()) return;
  line().replaceChildren();
  line().dataset.outdated = "";
});
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.dataset.outdated !== undefined) detail.shouldSwap = false;
});
