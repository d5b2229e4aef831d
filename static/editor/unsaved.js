// What stands in the system prompt and the settings is what is sent: whatever of it is
// not saved yet is saved before anything is sent.

import { savedText, textFields } from "./keeping.js";

const underWay = new WeakSet();
document.addEventListener("htmx:confirm", ({ target }) => {
  if (target.matches?.("form")) underWay.add(target);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  underWay.delete(detail.requestConfig.elt);
});

const isChosenAnew = (select) =>
  [...select.options].some((option) => option.selected !== option.defaultSelected) &&
  select.querySelector("[selected]");

function isChanged(form) {
  return (
    textFields(form).some((field) => field.value !== savedText(field)) ||
    [...form.querySelectorAll("select")].some(isChosenAnew)
  );
}

function saveAll() {
  for (const form of document.querySelectorAll("#system-form, form.setting")) {
    if (!underWay.has(form) && isChanged(form)) form.requestSubmit();
  }
}

const sends = ({ target, submitter }) =>
  /\/(send|continue)\/$/.test(submitter?.getAttribute("formaction") ?? target.getAttribute("action") ?? "");

document.addEventListener("submit", (event) => {
  if (sends(event) && !event.target.matches("#system-form, form.setting")) saveAll();
}, { capture: true });

// Somebody may have typed before the scripts were there to hear it. After a reload the
// browser fills fields in by itself, which says nothing.
document.addEventListener("DOMContentLoaded", () => {
  const { type } = performance.getEntriesByType("navigation")[0] ?? {};
  if (type === "navigate" && !document.activeElement?.matches("textarea, input, select")) saveAll();
});
