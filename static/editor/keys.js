// The keyboard: Ctrl/⌘+Enter sends, Ctrl/⌘+S saves, Esc cancels, ? lists them all.
// Buttons stay the interface; a key only presses one. Letters alone are left to screen
// readers, and Alt with letters to the menus of browsers.

import { message } from "./focus.js";
import { forEachPiece } from "./keeping.js";

const isMac = /mac|iphone|ipad/i.test(navigator.userAgentData?.platform ?? navigator.platform);
const MOD = isMac ? "⌘" : "Ctrl";
const KEYS = [
  [[MOD, "Enter"], "Send; in a turn's editor: Save and send"],
  [[MOD, "S"], "Save the turn; in the composer: Add"],
  [[MOD, "."], "Stop the reply on its way"],
  [[MOD, "Z"], "Undo the last change, outside of a field; with Shift: Redo"],
  [["Esc"], "Cancel the editor, close a dialog or drawer"],
  [["Alt", "↑"], "Go to the turn above"],
  [["Alt", "↓"], "Go to the turn below, from the last one to the composer"],
  [["Alt", "End"], "Go to the composer"],
  [["?"], "Show these keys"],
];

const SEND = "[data-send], button[value=send]";
const WRITING = "textarea, select, input:not([type=checkbox], [type=radio], [type=button])";

function press(place, ...selectors) {
  for (const selector of selectors) {
    const button = place?.querySelector(selector);
    if (button && !button.disabled && button.getClientRects().length) {
      button.click();
      return true;
    }
  }
  return false;
}

// Fields that stand under their calls belong to a form further down.
const answers = (target) => (target.form?.matches(".answers") ? target.form : null);

function send(target) {
  if (answers(target)) return press(answers(target), SEND);
  const editor = target.closest("form[data-editor]:not(#system-form)");
  if (editor?.querySelector(SEND)) return press(editor, SEND);
  const composer = document.getElementById("composer");
  if (press(composer, "[data-send]", "button.primary")) return true;
  if (!composer?.querySelector("[data-send]:disabled")) return false;
  const text = "A reply is already on its way. Stop it, or wait for its end.";
  document.dispatchEvent(new CustomEvent("notice", { detail: { text, failed: false } }));
  return true;
}

function save(target) {
  if (answers(target)) return press(answers(target), "[data-save]");
  const editor = target.closest("form[data-editor]");
  if (editor) return press(editor, "[data-save]", "button[type=submit]");
  if (target.closest("#composer")) return press(document.getElementById("composer"), "[data-save]", "[data-add]");
  const open = document.querySelectorAll("form[data-editor]");
  return open.length === 1 && press(open[0], "[data-save]", "button[type=submit]");
}

function cancel(target) {
  if (document.querySelector("dialog[open], [popover]:popover-open")) return false;
  return press(target.closest("form[data-editor], form.setting"), "[data-cancel]");
}

function step(target, by) {
  const turns = [...document.querySelectorAll("#script > :is(#system, [data-slot])")];
  const here = turns.indexOf(target.closest("#script > *"));
  const start = here < 0 && by < 0 ? turns.length : here;
  const next = turns[start + by];
  if (here >= 0 && here === turns.length - 1 && by > 0) return write();
  if (!next) return false;
  next.tabIndex = -1;
  next.focus();
  next.scrollIntoView({ block: "nearest" });
  return true;
}

function go(key, target) {
  if (key === "End") return write();
  if (target.matches("select")) return false; // where arrows open it
  return (key === "ArrowUp" && step(target, -1)) || (key === "ArrowDown" && step(target, 1));
}

function write() {
  message()?.focus();
  return Boolean(message());
}

// Text that is being written is undone by the browser.
function undo({ target, shiftKey, repeat }) {
  if (repeat || target.matches(WRITING)) return false;
  return press(document.getElementById("undo-redo"), `[formaction$="/${shiftKey ? "redo" : "undo"}/"]`);
}

const stop = () => press(document.getElementById("composer-state"), "[data-stop]");

document.addEventListener("keydown", (event) => {
  if (event.isComposing || event.defaultPrevented) return;
  const { key, target } = event;
  const mod = isMac ? event.metaKey : event.ctrlKey;
  let done = false;
  if (mod && key === "Enter") done = send(target);
  else if (key === "Enter" && target.name === "count") done = press(target.parentElement, "button");
  else if (mod && !event.shiftKey && key.toLowerCase() === "s") {
    save(target);
    done = true; // the browser's "save this page" helps nobody here
  } else if (key === "Escape") done = cancel(target);
  else if (key === "?" && !mod && !event.altKey && !target.matches(WRITING)) done = showKeys();
  else if (document.querySelector("dialog[open]")) return; // the page is out of reach
  else if (mod && key === ".") done = stop();
  else if (mod && key.toLowerCase() === "z") done = undo(event);
  else if (event.altKey && !mod) done = go(key, target);
  if (done) event.preventDefault();
});

// The list of keys

function showKeys() {
  const dialog = document.getElementById("keys");
  if (!dialog) return false;
  dialog.querySelector("dl").replaceChildren(...KEYS.flatMap(line));
  if (!dialog.open) dialog.showModal();
  return true;
}

function make(tag, ...inside) {
  const node = document.createElement(tag);
  node.append(...inside);
  return node;
}

function line([keys, what]) {
  const names = keys.flatMap((key, place) => [place ? " " : "", make("kbd", key)]);
  return [make("dt", ...names), make("dd", what)];
}

document.addEventListener("click", ({ target }) => {
  if (target.closest?.("[data-keys]")) showKeys();
});

// Templates are written for one keyboard.
forEachPiece((piece) => {
  for (const key of piece.querySelectorAll("#composer kbd")) {
    key.textContent = isMac ? "⌘↵" : "Ctrl ↵";
  }
});
