// What stands in the system prompt and the settings is what is sent: whatever of it is
// not saved yet is saved before anything is sent.

import { isChanged } from "./keeping.js";

const FORMS = "#system-form, form.setting";
const NOT_SAVED = "Not saved: the server could not be reached. It is sent again once it can be, or with Send.";
const underWay = new WeakSet();
document.addEventListener("htmx:confirm", ({ target }) => {
  if (target.matches?.("form")) underWay.add(target);
});
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.requestConfig.elt;
  underWay.delete(form);
  if (detail.xhr.status >= 200 && detail.xhr.status < 300) isBack = true;
  if (detail.requestConfig.verb === "post" && form.matches?.(FORMS)) mark(form, detail.xhr.status);
});

function saveAll() {
  for (const form of document.querySelectorAll(FORMS)) {
    if (!underWay.has(form) && isChanged(form)) form.requestSubmit();
  }
}

// A setting that the server never got says so, and goes again when the server is back
// and the page knows what was changed there.

function mark(form, status) {
  const away = status === 0 || status >= 500;
  const line = form.querySelector(":scope > .stale.away");
  if (!away) line?.remove();
  if (!away || line) return;
  const made = document.createElement("p");
  made.className = "stale away";
  made.textContent = NOT_SAVED;
  form.append(made);
}

let isBack = false; // something has reached the server again
document.addEventListener("connected", () => (isBack = true));
document.addEventListener("patch:current", () => {
  if (!isBack) return;
  isBack = false;
  for (const line of document.querySelectorAll(".stale.away")) {
    if (isChanged(line.parentElement)) line.parentElement.requestSubmit();
    else line.remove();
  }
});

const sends = ({ target, submitter }) =>
  /\/(send|continue|replies|again)\/$/.test(submitter?.getAttribute("formaction") ?? target.getAttribute("action") ?? "");

document.addEventListener("submit", (event) => {
  if (sends(event) && !event.target.matches(FORMS)) saveAll();
}, { capture: true });

// Somebody may have typed before the scripts were there to hear it. After a reload the
// browser fills fields in by itself, which says nothing.
document.addEventListener("DOMContentLoaded", () => {
  const { type } = performance.getEntriesByType("navigation")[0] ?? {};
  if (type === "navigate" && !document.activeElement?.matches("textarea, input, select")) saveAll();
});
