// What stands on the page is what is sent: settings, system prompt, open editors and
// results of tools that are not saved yet are saved before anything is sent. What cannot
// be saved holds the send back, and says so.

import { isChanged, isRefused } from "./keeping.js";

const FORMS = "#system-form, form.setting";
const OPEN = `${FORMS}, form[data-editor], form.answers`;
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

function save(form) {
  form.requestSubmit(form.querySelector("[data-save]") ?? undefined);
}

function saveAll() {
  for (const form of document.querySelectorAll(FORMS)) {
    if (!underWay.has(form) && isChanged(form)) save(form);
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

// A send waits until all that is open is saved

const sends = ({ target, submitter }) =>
  /\/(send|continue|replies|again)\/$/.test(submitter?.getAttribute("formaction") ?? target.getAttribute("action") ?? "");
let held = null; // the form and the button that were pressed

// To run again is no answer to the calls of the reply that is made anew.
const belongs = (form, sent) => form !== sent && (!form.matches(".answers") || sent.closest("#composer"));

const unsaved = (sent) =>
  [...document.querySelectorAll(OPEN)].filter(
    (form) => underWay.has(form) || (belongs(form, sent) && (isRefused(form) || isChanged(form))),
  );

document.addEventListener("submit", (event) => {
  if (!sends(event)) return;
  const open = unsaved(event.target);
  if (!open.length) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (held) return;
  held = { form: event.target, button: event.submitter };
  for (const form of open) if (!underWay.has(form) && !isRefused(form)) save(form);
  goOn();
}, { capture: true });

// Once the request is over for htmx as well: it would take the next one for a second click.
document.addEventListener("htmx:afterRequest", () => setTimeout(goOn));

function goOn() {
  if (!held) return;
  const { form, button } = held;
  const open = unsaved(form);
  if (open.some((each) => underWay.has(each))) return;
  held = null;
  if (open.length) refuse(open[0]);
  else press(form, button);
}

// The answers to what was saved may have replaced the form, the button or both.
function press(form, button) {
  const now = form.isConnected ? form : document.getElementById(form.id);
  const isTwin = (each) => ["type", "formAction", "name", "value"].every((key) => each[key] === button[key]);
  const twin = button?.isConnected ? button : [...(now?.elements ?? [])].find((each) => button && isTwin(each));
  if (now && (twin || !button)) now.requestSubmit(twin ?? undefined);
}

function refuse(form) {
  const field = form.querySelector("[aria-invalid]") ?? [...form.elements].find((each) => each.matches("textarea, input:not([type=hidden])"));
  const name = form.matches(".setting") ? field?.ariaLabel : form.closest("[aria-label]")?.ariaLabel;
  const text = `Not sent: what you typed in “${name}” is not saved. Save it or take it back, and send again.`;
  document.dispatchEvent(new CustomEvent("notice", { detail: { text, failed: true } }));
  const panel = form.closest("[role=tabpanel]");
  if (panel) document.querySelector(`[role=tab][aria-controls="${panel.id}"]`)?.click();
  if (!form.getClientRects().length) form.closest("[popover]")?.showPopover();
  field?.focus({ preventScroll: true });
  form.scrollIntoView({ block: "center" }); // the sentence stands at an edge
}

// To leave a field saves it, which replaces the buttons beside it before they are clicked.
document.addEventListener("mousedown", (event) => {
  if (event.target.closest("#system-form :is([data-save], [data-send]), [data-take-back]")) event.preventDefault();
});

// Somebody may have typed before the scripts were there to hear it. After a reload the
// browser fills fields in by itself, which says nothing.
document.addEventListener("DOMContentLoaded", () => {
  const { type } = performance.getEntriesByType("navigation")[0] ?? {};
  if (type === "navigate" && !document.activeElement?.matches("textarea, input, select")) saveAll();
});
