// The focus: what had it is replaced, goes or is switched off, and somebody works on with
// it. It goes to the same control of the same piece, else to what stands nearest to it,
// and never to the top of the page.

import { successor } from "./keeping.js";

const GROUP = "dialog[open], [data-slot], [role=tabpanel]";
const [NEXT, BEFORE] = ["nextElementSibling", "previousElementSibling"];
const TOP = "#script, main, aside, body";

// Elsewhere a keyboard would pop up.
export const types = () => matchMedia("(hover: hover)").matches;
export const message = () => document.getElementById("composer-text");

const openers = new WeakMap(); // a piece that was opened → what had the focus then
export const opened = (piece) => openers.set(piece, remember());

function signature(control) {
  if (control.id) return control.id;
  const said = control.matches("button, a, summary") ? [control.value, control.textContent.trim()] : [];
  const form = control.matches("button") ? control.form?.getAttribute("action") : "";
  const to = control.getAttribute("formaction") ?? control.getAttribute("href") ?? form;
  return JSON.stringify([control.getAttribute("aria-label"), control.name, to, ...said]);
}

export function remember() {
  const control = document.activeElement;
  if (!control || control === document.body) return null;
  const pieces = []; // ids, from the inside out
  const first = control.matches("textarea, input, select, button") ? control.parentElement : control;
  for (let each = first; each && !each.matches(TOP); each = each.parentElement) if (each.id) pieces.push(each.id);
  const caret = control.setSelectionRange && control.selectionStart !== null && [control.selectionStart, control.selectionEnd];
  const turn = control.closest("#script > *");
  return {
    control, pieces, caret, signature: signature(control), opener: openers.get(turn),
    near: [beside(turn, NEXT)?.id, beside(turn, BEFORE)?.id, turn?.id],
  };
}

// The turn before or after, whatever else stands between.
function beside(turn, side) {
  let each = turn?.[side];
  while (each && !each.dataset.slot) each = each[side];
  return each;
}

export function refocus(was) {
  if (!was || was.control === document.activeElement && !isOff(was.control)) return;
  if (!isNowhere()) return; // the person has gone elsewhere
  const pieces = was.pieces.map((id) => document.getElementById(id)).filter(Boolean);
  const same = was.control.isConnected ? was.control : successor(was.control) ?? twin(was, pieces);
  if (give(same)) {
    if (was.caret) same.setSelectionRange(...was.caret);
    same.closest("[data-slot]")?.scrollIntoView({ block: "nearest" });
    return;
  }
  const inComposer = pieces.some(({ id }) => id === "composer");
  if (same && !inComposer && [...same.parentElement.children].some(isButton)) return;
  const group = pieces.find((each) => each.matches(GROUP));
  if (group ? visit(group) : was.near[2] && goNear(was)) return;
  if (types() ? give(message()) : visit(document.getElementById("composer"))) return;
  give(document.getElementById("main"));
}

function twin({ control, signature: wanted }, pieces) {
  for (const piece of pieces) {
    const found = [...piece.querySelectorAll(control.tagName)].find((each) => signature(each) === wanted);
    if (found) return found;
  }
  return null;
}

// The other one of two, as Redo is of Undo.
const isButton = (each) => each.matches("button") && give(each);

// A turn is gone: to the one that came to stand in its place, else back to what opened it,
// else to a neighbour. What somebody deletes next is not for us to say.
function goNear({ near, opener }) {
  const [next, before] = near.map((id) => id && document.getElementById(id));
  const here = beside(before, NEXT);
  if (here && !near.includes(here.id)) return visit(here);
  if (opener) {
    refocus(opener);
    return !isNowhere();
  }
  return visit([here, next, before].find((each) => each?.dataset.slot));
}

export function visit(group) {
  if (!group) return false;
  group.tabIndex = -1;
  if (group.matches("[data-slot], fieldset")) group.scrollIntoView({ block: "nearest" });
  return give(group);
}

// False when it cannot be had.
function give(element) {
  element?.focus({ preventScroll: true });
  return Boolean(element) && element === document.activeElement && !isOff(element);
}

const isOff = (control) => control.matches(":disabled");

function isNowhere() {
  const now = document.activeElement;
  return !now || now === document.body || isOff(now);
}

// Whatever takes it away, nobody has to tell us.

let last = null;
let isPressed = false; // a button of the mouse, which may move the focus
document.addEventListener("focusin", () => (last = remember()));
document.addEventListener("focusout", ({ relatedTarget }) => relatedTarget && (last = null));
document.addEventListener("mousedown", () => {
  isPressed = true;
  setTimeout(() => {
    isPressed = false;
    if (isNowhere()) last = null; // a click beside everything is a wish
  });
}, { capture: true });

new MutationObserver(() => {
  if (!last || isPressed || !isNowhere()) return;
  if (!last.control.isConnected || isOff(last.control)) refocus(last);
}).observe(document.body, { childList: true, subtree: true, attributeFilter: ["disabled"] });

// A page on which to write comes with the caret in the field, once it is no longer a sign
// that somebody was there before the scripts.
const comesToWrite = () =>
  !document.querySelector("#script > [data-slot]:not(#system)") ||
  document.referrer.startsWith(`${location.origin}${location.pathname}r/`);

document.addEventListener("DOMContentLoaded", () => {
  if (types() && isNowhere() && !location.hash && message() && comesToWrite()) give(message());
});
