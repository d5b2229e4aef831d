// Putting a comparison together: columns come and go in place, and what is chosen and typed
// in them is kept in this browser until all of it was sent.

import { visit } from "./focus.js";
import { drop, names, offered, store, stored } from "./storing.js";

const PAUSE_MS = 300;
const form = document.getElementById("comparison");
const choices = document.getElementById("choices");
const [, conversation] = location.pathname.match(/^\/c\/([^/]+)\//);
const start = `draft ${conversation} compare`;
let place = start + location.search; // an address that names columns has a draft of its own

const columns = (piece = choices) => [...piece.querySelectorAll("fieldset.column")];
const ofColumns = (entries) => [...entries].filter(([name]) => /^c\d-/.test(name));
const fields = () => ofColumns(new FormData(form));
const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);
const begun = fields(); // the columns as the server suggests them

// Kept

let timer = 0;

function keep() {
  clearTimeout(timer);
  timer = 0;
  const now = fields();
  if (isSame(now, begun)) drop(place);
  else store(place, { base: form.elements.base.value, fields: now });
}

function keepSoon() {
  clearTimeout(timer);
  timer = setTimeout(keep, PAUSE_MS);
}

choices.addEventListener("input", keepSoon);
choices.addEventListener("change", keepSoon);
window.addEventListener("pagehide", () => timer && keep());
document.addEventListener("visibilitychange", () => document.hidden && timer && keep());

// Asked

let sent = new Map(); // the fields as they went out
let isCarried = false; // something was typed or chosen since
let drawn = null; // what follows when columns were drawn that are not on the page yet

document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig } }) => {
  if (requestConfig.elt === form && timer) keep(); // whatever becomes of the answer
  if (requestConfig.elt !== choices) sent = new Map(fields());
});

document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  const asked = detail.requestConfig.parameters.do ?? "";
  if (detail.xhr.status !== 200 || !/^(add|draw|remove-)/.test(asked)) return;
  detail.shouldSwap = false;
  apply(new DOMParser().parseFromString(detail.serverResponse, "text/html"), asked);
});

// A draft goes only when all of it was taken: where a column stayed behind, it stays too.
document.addEventListener("htmx:beforeOnLoad", ({ detail: { xhr } }) => {
  const to = xhr.getResponseHeader("HX-Redirect");
  if (!to?.startsWith(location.pathname) || to.includes("?columns=")) return;
  drop(place);
});

// A wrong value is said in its column, which may stand far from the button.
document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.requestConfig.elt !== form || detail.xhr.status !== 422) return;
  choices.querySelector(".field-error")?.scrollIntoView({ block: "nearest" });
});

// Drawn

function apply(fresh, asked) {
  isCarried = false;
  const made = columns(fresh);
  const before = columns();
  const gone = before.findIndex((column) => column.id === asked.replace("remove-", "column-"));
  const isAdded = asked === "add" && made.length > before.length;
  if (gone >= 0) before.splice(gone, 1)[0].remove();
  made.forEach((column, number) => {
    const old = before[number];
    // The same column at the same place stays, with the caret in it and the folds.
    if (!old || old.id !== column.id || asked === "draw") put(old, column);
  });
  for (const column of before.slice(made.length)) column.remove();
  frame(fresh);
  if (isAdded) begin(columns().at(-1));
  else if (gone >= 0) visit(columns()[Math.min(gone, made.length - 1)]);
  if (asked === "draw") {
    drawn();
    drawn = null;
  }
  keep();
  // What the rulebook was asked meanwhile was of columns that stand elsewhere now.
  if (!isCarried && !choices.matches(".htmx-request")) return;
  window.htmx.trigger(choices, "htmx:abort");
  choices.dispatchEvent(new Event("change"));
}

function put(old, fresh) {
  const node = document.importNode(fresh, true);
  if (old) carry(old, node);
  if (old) old.replaceWith(node);
  else choices.append(node);
  window.htmx.process(node);
}

// What was typed and chosen after the question went out, and what stands open.
function carry(old, fresh) {
  const from = old.id.replace("column-", "");
  const to = fresh.id.replace("column-", "");
  for (const field of old.querySelectorAll("[name]:not(button, [type=hidden])")) {
    const isBox = field.type === "checkbox";
    if (isBox ? field.checked === sent.has(field.name) : field.value === sent.get(field.name)) continue;
    const twin = fresh.querySelector(`[name="${field.name.replace(from, to)}"]`);
    if (!twin || (twin.options && ![...twin.options].some(({ value }) => value === field.value))) continue;
    if (isBox) twin.checked = field.checked;
    else twin.value = field.value;
    isCarried = true;
  }
  const folds = fresh.querySelectorAll("details");
  old.querySelectorAll("details").forEach(({ open }, number) => folds[number]?.toggleAttribute("open", open));
}

// How many there are decides what can be added and removed.
function frame(fresh) {
  document.getElementById("going").replaceWith(document.importNode(fresh.getElementById("going"), true));
  for (const button of form.querySelectorAll("button[value=add], fieldset button[name=do]")) {
    const twin = fresh.querySelector(`button[value="${button.value}"]`);
    button.disabled = twin.disabled;
    button.hidden = twin.hidden;
  }
}

function begin(column) {
  const field = column.querySelector("select");
  field.focus({ preventScroll: true });
  const { top, bottom } = field.getBoundingClientRect();
  if (top < 0 || bottom > innerHeight) column.scrollIntoView({ block: "nearest" });
}

// False when the server could not be asked.
async function draw(wanted, then) {
  if (timer) keep();
  drawn = then;
  const values = { ...Object.fromEntries(wanted), do: "draw" };
  try {
    await window.htmx.ajax("POST", form.getAttribute("action"), { source: "main", swap: "none", values });
  } catch (error) {
    if (error) throw error; // without one it is the network, of which a notice tells
  }
  return drawn === null;
}

// Back again

const offer = (...said) => form.querySelector(".going").after(offered(...said));

async function bring(draft, then) {
  const isHere = await draw(draft.fields, () => {
    then();
    const isMoved = draft.base !== form.elements.base.value;
    const moved = isMoved ? "The conversation has been changed since. " : "";
    offer(`Your columns from before are here again; they were not sent. ${moved}`, "Begin anew", () => beginAnew(draft.base));
  });
  if (!isHere) offer("Your columns from before are kept, but are not here yet. ", "Try again", () => bring(draft, then));
}

function beginAnew(base) {
  const mine = { base, fields: fields() };
  draw(begun, () => {
    begin(columns()[0]);
    offer("Your columns were taken back. ", "Bring them back", () => bring(mine, () => begin(columns()[0])));
  });
}

// The plain address has what was left last, whichever address it was typed at.
const [found] = location.search ? [place] : names(start);
const draft = found ? stored(found) : null;
if (draft && isSame(draft.fields, begun)) drop(found);
else if (draft) {
  place = `${start} meanwhile`; // until it is here, it is not overwritten
  bring(draft, () => (place = found));
}
