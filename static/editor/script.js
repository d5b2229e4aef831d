// Applies patches to the page: an answer of the server that says which turns changed,
// in which order all of them stand, and which other parts are new. It knows nothing of
// forms or streams; they ask by the event `patch:wanted` and hear `patch:applied`,
// and `patch:current` when there is nothing newer.

import { Again, get } from "./again.js";
import { goToEnd, isAtEnd } from "./end.js";
import { refocus, remember } from "./focus.js";
import { EDITOR, agree, attach, forgetConflict, isSame, isUnsaved, keepTyping } from "./keeping.js";
import { arrange } from "./order.js";

const script = document.getElementById("script");
const base = location.pathname.match(/^\/c\/[^/]+\//)?.[0];
const RELOAD = "The page could not be brought up to date; please reload it.";
const SETTLE_MS = 150;
const TOGETHER_MS = 20; // news that belong together come one after the other

const shown = () => Number(document.getElementById("patch")?.dataset.revision);
const turns = () => [...script.querySelectorAll(":scope > [data-slot]:not(#system)")];

// From the server to the page

function apply(patch, { saved = null, done = true, toEnd = false } = {}) {
  patch.dataset.applied = "";
  const order = (patch.dataset.order || "").split(" ").filter(Boolean);
  const wasAtEnd = isAtEnd();
  const focus = remember();
  if (saved) closeEditor(saved, patch.dataset.revision);
  for (const template of patch.querySelectorAll("template[data-turn]")) {
    put(template.dataset.turn, template.content.firstElementChild);
  }
  for (const turn of turns()) if (!order.includes(turn.dataset.slot)) leave(turn);
  arrange(script, order.map((slot) => turn(slot)).filter(Boolean));
  number(order);
  showProblems(patch);
  for (const template of patch.querySelectorAll("template[data-part]")) {
    replacePart(template.dataset.part, template.content.firstElementChild, done);
  }
  for (const field of document.querySelectorAll("input[name=base]")) {
    if (!field.closest(EDITOR)) field.value = patch.dataset.revision;
  }
  // Before the focus is looked for: what streams comes back with it.
  document.dispatchEvent(new CustomEvent("patch:applied", { detail: { order } }));
  refocus(focus);
  if (toEnd || wasAtEnd) goToEnd();
}

const turn = (slot) => document.getElementById(`turn-${slot}`);

function put(slot, fresh) {
  const old = turn(slot);
  if (old && isUnsaved(old)) return markStale(old);
  attach(old, fresh);
}

function leave(gone) {
  if (isUnsaved(gone)) markStale(gone, "This turn was deleted meanwhile. Save offers to put yours back.");
  else gone.remove();
}

function markStale(old, sentence = "Changed elsewhere meanwhile. Save shows both versions.") {
  old.dataset.stale = "";
  sayStale(old.querySelector("form[data-editor]"), sentence);
}

function sayStale(form, sentence) {
  if (!form || form.querySelector(".stale") || showsBoth(form)) return;
  const line = document.createElement("p");
  line.className = "stale";
  line.textContent = sentence;
  form.append(line);
}

// A conflict is told there, of the version that the page shows by now.
const showsBoth = (form) => form.querySelector(".theirs") && Number(form.elements.base.value) >= shown();

// A saved editor goes, unless its text was changed again while it was on its way.
function closeEditor(form, revision) {
  if (keepTyping(form, revision)) return;
  const around = form.closest("article, section");
  if (around && !around.dataset.slot) around.remove();
}

function number(order) {
  let count = 0;
  for (const slot of order) {
    const article = turn(slot);
    const name = article?.getAttribute("aria-label")?.match(/^(\w+ turn) \d+/);
    if (!name) continue;
    count += 1;
    const label = `${name[1]} ${count}`;
    if (article.getAttribute("aria-label") !== label) article.setAttribute("aria-label", label);
    const place = article.querySelector(".role .number");
    if (place && place.textContent !== String(count)) place.textContent = count;
  }
}

function showProblems(patch) {
  const found = new Map();
  for (const template of patch.querySelectorAll("template[data-problems]")) {
    found.set(template.dataset.problems, template.content);
  }
  for (const place of script.querySelectorAll(":scope > article[data-slot] > .problems")) {
    const fresh = document.createElement("div");
    const content = found.get(place.parentElement.dataset.slot);
    if (content) fresh.append(document.importNode(content, true));
    if (fresh.innerHTML === place.innerHTML) continue;
    place.replaceChildren(...fresh.childNodes);
    window.htmx?.process(place);
  }
}

function replacePart(id, fresh, done) {
  const old = document.getElementById(id);
  if (!old || !fresh) return;
  if (id === "notice") {
    const text = fresh.textContent.trim();
    if (text) notice(text, !done);
  } else if (isUnsaved(old)) {
    if (!agree(old, fresh)) {
      const isOver = forgetConflict(old, fresh);
      markStale(old);
      if (isOver && old.matches(".setting")) sayStale(old, "Not saved: it was changed elsewhere meanwhile.");
    }
    missed.set(old, fresh);
  } else if (!isSame(old, fresh)) {
    missed.delete(old); // to be removed is to lose the focus
    attach(old, fresh);
  }
}

// A part in which somebody types → what it would be by now. A setting that is left as it
// was gives way to that; one that is saved has the answer draw it anew.
const missed = new WeakMap();
document.addEventListener("focusout", ({ target: { form }, relatedTarget }) => {
  if (!missed.has(form) || form.contains(relatedTarget) || isUnsaved(form)) return;
  const fresh = missed.get(form);
  missed.delete(form);
  attach(form, fresh);
});
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (missed.has(detail.elt)) detail.parameters.redraw = 1;
});

const notice = (text, failed) =>
  document.dispatchEvent(new CustomEvent("notice", { detail: { text, failed } }));

const tell = (name) => document.dispatchEvent(new CustomEvent(name));

// Asking the server, unless an operation is about to answer the same

let heard = null; // the head's number as the live stream told it
let owed = false; // something else than the head is new
let fetching = false;
let operations = 0; // under way
let isGone = false;
document.addEventListener("conversation:gone", () => (isGone = true));

function settle() {
  if (operations || fetching || isGone) return;
  if (owed || (heard !== null && heard !== shown())) refresh();
  else tell("patch:current");
}

const again = new Again(settle);

async function refresh() {
  fetching = true;
  owed = false;
  const since = shown();
  const answer = await get(`${base}patch/?since=${since}`);
  fetching = false;
  if (!answer) {
    owed = true;
    again.later();
    return;
  }
  again.over();
  if (answer.status === 200) take(answer.html, since);
  else if (answer.status === 404) tell("conversation:gone");
  else notice(RELOAD, true);
  if (owed) settle();
  else if (heard === shown()) tell("patch:current");
}

function take(html, since) {
  const patch = new DOMParser().parseFromString(html, "text/html").getElementById("patch");
  if (!patch) return notice(RELOAD, true); // a page to sign in, perhaps
  if (shown() !== since || operations) {
    owed = true; // another answer came first, or comes now
    return;
  }
  const mine = document.importNode(patch, true);
  document.getElementById("patch").replaceWith(mine);
  apply(mine);
  heard = shown();
}

document.addEventListener("patch:wanted", ({ detail }) => {
  if (detail.number != null) heard = detail.number;
  if (detail.always) owed = true;
  setTimeout(settle, TOGETHER_MS);
});

document.addEventListener("htmx:afterSwap", ({ detail }) => {
  const patch = document.getElementById("patch");
  if (!patch || patch.dataset.order === undefined || "applied" in patch.dataset) return;
  const from = detail.requestConfig?.elt;
  const done = detail.xhr.status < 300;
  const saved = done && from?.matches?.(EDITOR) ? from : null;
  apply(patch, { saved, done, toEnd: done && Boolean(from?.closest?.("#composer")) });
});

const isOperation = ({ requestConfig: { elt, verb } }) => elt.matches?.("form") && verb === "post";
document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (isOperation(detail)) operations += 1;
});
// An answer may be older than what the stream has told since.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (!isOperation(detail)) return;
  operations -= 1;
  setTimeout(settle, SETTLE_MS);
});

// Every operation says which revision the person saw.
document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get" && !detail.formData?.has("base")) detail.parameters.base = shown();
});

const first = document.getElementById("patch");
if (first) first.dataset.applied = "";
