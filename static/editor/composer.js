// The composer: a key for each content that is sent, the role that comes next, and an
// empty field once the server has taken the text, never before.

import "./estimate.js";
import { message, types } from "./focus.js";
import { forEachPiece, isTaken, sentValues, textFields } from "./keeping.js";
import "./unsaved.js";

// The composer is replaced when it comes back with a sentence: always the one of now.
const form = () => document.querySelector("#composer form.compose");
const role = () => form()?.querySelector("select[name=role]");
let roleIsChosen = false;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

// crypto.randomUUID exists on https and localhost only.
function freshKey() {
  if (crypto.randomUUID) return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

// The same content twice is one send: a second click, a retry after a lost answer.
function renewKey(of) {
  const key = of.elements.namedItem("send_key");
  if (!key) return;
  key.value = freshKey();
  delete of.dataset.went;
}

document.addEventListener("input", ({ target }) => {
  const around = target.closest?.("form");
  if (around && "went" in around.dataset) renewKey(around);
});

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  const went = detail.requestConfig.elt;
  if (went.matches?.("form") && went.elements.namedItem("send_key")) went.dataset.went = "";
});

// The server has it: what was sent goes, what was typed or attached since stays.

let sentCards = []; // without those that are still on their way, or failed
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig.elt !== form()) return;
  sentCards = [...form().querySelectorAll(".attached .image:has([name=image])")];
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  const sent = form();
  if (!sent || detail.requestConfig.elt !== sent) return;
  delete sent.dataset.underWay;
  if (isTaken(detail)) empty(sent);
  tell("composer:answered");
});

function empty(sent) {
  const before = sentValues(sent);
  textFields(sent).forEach((field, index) => {
    if (field.type === "number" || (before && field.value !== before[index])) return;
    delete field.dataset.exact;
    field.value = field.defaultValue = "";
    field.dispatchEvent(new Event("input", { bubbles: true }));
  });
  for (const card of sentCards) card.remove();
  for (const error of sent.querySelectorAll(".field-error")) error.remove();
  for (const field of sent.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  roleIsChosen = false;
  renewKey(sent);
  offerRole();
  if (types() && sent.contains(document.activeElement)) message().focus();
  tell("composer:taken", { form: sent });
}

// Roles take turns unless the person says otherwise

function offerRole() {
  const { nextRole } = document.getElementById("composer-state")?.dataset ?? {};
  if (!role() || !nextRole || roleIsChosen || message().value) return;
  role().value = nextRole;
  sayRole();
}

function sayRole() {
  if (!message() || !role()) return;
  message().placeholder = `Write the next ${role().value} turn…`;
}

// A prefill follows a user turn: the one being written here, or else the last there is.
function allowPrefill() {
  const field = form()?.querySelector(".prefill textarea");
  const state = document.getElementById("composer-state")?.dataset;
  if (!field || !state) return;
  const isWritten = Boolean(message().value || form().querySelector(".attached [name=image]"));
  const isUsers = isWritten && role().value === "user";
  field.disabled = Boolean(state.prefillOff) && !isUsers && !field.value;
  field.placeholder = field.disabled ? state.prefillOff : "the first words of the reply";
}

document.addEventListener("input", ({ target }) => form()?.contains(target) && allowPrefill());
document.addEventListener("attached:changed", allowPrefill);
forEachPiece(allowPrefill);

document.addEventListener("change", ({ target }) => {
  if (target !== role()) return;
  roleIsChosen = true;
  sayRole();
  allowPrefill();
});

// Like Send: a turn added now would come between the reply on its way and its question.
function holdTimes() {
  const times = form()?.querySelector("[data-times]");
  if (times) times.disabled = "held" in (document.getElementById("composer-state")?.dataset ?? {});
}

forEachPiece(holdTimes);
document.addEventListener("patch:applied", () => {
  offerRole();
  allowPrefill();
  holdTimes();
});
sayRole();

// A field grows with its text; browsers that cannot do it by themselves are helped.

function grow(field) {
  field.style.height = "auto";
  field.style.height = `${field.scrollHeight + 2}px`;
}

if (!CSS.supports("field-sizing", "content")) {
  document.addEventListener("input", ({ target }) => target.matches?.("textarea") && grow(target));
  forEachPiece((piece) => piece.querySelectorAll("textarea").forEach(grow));
}

// Text that HTML cannot hold is beside its field as JSON.
forEachPiece((piece) => {
  for (const field of piece.querySelectorAll("textarea[data-exact]:not([data-exact=''])")) {
    const exact = JSON.parse(field.dataset.exact);
    if (field.value === field.defaultValue && field.value !== exact) field.value = exact;
  }
});

// Nothing is sent while a picture is on its way: it would be left behind. And a second
// click is no second send, which with the field then empty would run the head again.
document.addEventListener("submit", (event) => {
  const sent = form();
  if (!sent || event.target !== sent) return;
  const uploading = sent.querySelector(".attached [data-uploading]");
  const content = JSON.stringify(textFields(sent).map((field) => field.value));
  if (!uploading && sent.dataset.underWay !== content) {
    sent.dataset.underWay = content;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const text = "A picture is still on its way. Send again when it is there, or remove it.";
  if (uploading) tell("notice", { text, failed: true, about: "uploading" });
}, { capture: true });
window.addEventListener("pageshow", () => delete form()?.dataset.underWay);
