// Keeps what is typed but not saved in this browser: the composer, open editors, results of
// tools and settings, by conversation, place and field. A draft goes only when the server has taken its text.

import { forEachPiece, isRefused, isTaken, savedText, sentValues, textFields } from "./keeping.js";
import { drop, offered, stored, store } from "./storing.js";

const PAUSE_MS = 300;
const conversation = location.pathname.match(/^\/c\/([^/]+)\//)?.[1];
const waiting = new Map(); // form → timer
let aside = null; // what was taken back, until the saved text stands there

function place(form) {
  if (form.closest("#composer")) return "composer";
  if (form.matches(".answers, .setting")) return form.id;
  if (!form.matches("[data-editor]")) return null;
  // A new turn has no slot yet; its form says beside which turn, and on which side.
  return form.closest("[data-slot]")?.dataset.slot ?? form.id;
}

const key = (form) => `draft ${conversation} ${place(form)}`;
const mode = (form) => form.elements.namedItem("as")?.value;
const fields = (form) => [...form.elements].filter((each) => each.matches("textarea:not([data-no-draft])"));

// The server has nothing of the composer, and not what it refused.
function isSaved(form) {
  if (form.closest("#composer")) return fields(form).every((field) => field.value === "");
  return !isRefused(form) && fields(form).every((field) => field.value === savedText(field));
}

function keep(form) {
  clearTimeout(waiting.get(form));
  waiting.delete(form);
  if (!form.isConnected) return;
  const texts = fields(form).map((field) => [field.name, field.value]);
  if (isSaved(form)) return forget(form);
  store(key(form), { texts });
}

const forget = (form) => drop(key(form));

document.addEventListener("input", ({ target }) => {
  const form = target.form;
  if (!form || !conversation || !place(form)) return;
  clearTimeout(waiting.get(form));
  waiting.set(form, setTimeout(() => keep(form), PAUSE_MS));
});
window.addEventListener("pagehide", () => [...waiting.keys()].forEach(keep));
document.addEventListener("visibilitychange", () => {
  if (document.hidden) [...waiting.keys()].forEach(keep);
});

// Before a request goes out its text is kept, whatever becomes of the answer.
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig.elt.matches?.("form") && place(detail.requestConfig.elt)) keep(detail.requestConfig.elt);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const form = detail.requestConfig.elt;
  if (!form.matches?.("form[data-editor], form.answers, form.setting") || !isTaken(detail)) return;
  const before = sentValues(form);
  // Of a turn that was deleted it stays: Undo and Edit bring both back.
  if (!before || detail.requestConfig.parameters.action === "delete") return;
  const typedOn = textFields(form).some((field, n) => field.value !== before[n]);
  clearTimeout(waiting.get(form));
  if (typedOn) keep(form);
  else forget(form);
});
// What was typed while the answer was on its way comes along into the new form.
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  [...waiting.keys()].forEach(keep);
  const form = detail.requestConfig.elt.closest?.("[data-take-back]")?.closest("form");
  if (!form || !isTaken({ ...detail, successful: true })) return;
  aside = { place: place(form), mode: mode(form), texts: fields(form).map((field) => field.value) };
  forget(form);
});
document.addEventListener("composer:taken", ({ detail }) => keep(detail.form));

// Back again

function restore(form) {
  if (form.dataset.restored !== undefined || !place(form)) return;
  form.dataset.restored = "";
  const texts = stored(key(form))?.texts;
  if (!texts) return;
  let changed = false;
  fields(form).forEach((field, index) => {
    const [name, value] = texts[index] ?? [];
    const isTouched = field.value !== savedText(field); // before we came to it
    if (field.disabled || isTouched || name !== field.name || value === field.value) return;
    field.value = value;
    changed = true;
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  if (changed && form.matches("[data-editor], .setting")) offerSaved(form);
}

function offerSaved(form) {
  offer(form, "Unsaved text from before is here again. ", "Use the saved text", () => {
    for (const field of fields(form)) field.value = savedText(field);
    forget(form);
  });
}

function offerAside(form) {
  const { texts, ...where } = aside;
  if (where.place !== place(form)) return;
  aside = null;
  if (where.mode !== mode(form) || fields(form).every((field, n) => field.value === texts[n])) return;
  offer(form, "What you typed was taken back. ", "Bring it back", () => {
    fields(form).forEach((field, n) => (field.value = texts[n]));
    keep(form);
  });
}

function offer(form, words, label, work) {
  form.append(offered(words, label, () => {
    work();
    fields(form)[0]?.focus();
  }));
}

if (conversation) {
  forEachPiece((piece) => {
    const forms = [...piece.querySelectorAll("form")];
    if (piece.matches?.("form")) forms.push(piece);
    // A setting that is drawn anew is the answer to what was typed there.
    for (const form of forms) {
      if (piece === document || !form.matches(".setting")) restore(form);
      if (aside) offerAside(form);
    }
  });
}
