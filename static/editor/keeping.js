// What must survive when a piece of the page is replaced: what a person did to its
// fields. The focus has a module of its own.

// Each says which revision its text was made on, and keeps that base until it is saved:
// another one would overwrite unseen what was changed in between.
export const EDITOR = "form[data-editor], form.setting";
const TEXT = "textarea, input:not([type=hidden], [type=file], [type=checkbox], [type=radio])";
const sent = new WeakMap(); // form → its values as they went to the server

// True when the server did what was asked: a refusal is swapped in as well, since its
// sentence belongs to the page.
export const isTaken = ({ successful, xhr }) => successful && xhr.status < 400;

// Some stand elsewhere and name their form.
export const textFields = (form) => [...form.elements].filter((each) => each.matches(TEXT));
const fields = (form) => [...textFields(form), ...form.querySelectorAll("select")];
const values = (form) => fields(form).map((field) => field.value);

document.addEventListener("htmx:beforeRequest", ({ detail }) => {
  if (detail.requestConfig.elt.matches?.("form")) sent.set(detail.requestConfig.elt, values(detail.requestConfig.elt));
});

// The text as it was when the form went out, and then its choices; null when it never did.
export const sentValues = (form) => sent.get(form) ?? null;

const taken = new WeakSet(); // forms whose text the server has
document.addEventListener("input", ({ target }) => taken.delete(target.form));

const editorIn = (piece) => (piece.matches(EDITOR) ? piece : piece.querySelector(EDITOR));

// True when the editor in `piece` holds text that the server has not.
export function isUnsaved(piece) {
  const form = editorIn(piece);
  if (!form || taken.has(form)) return false;
  return isRefused(form) || isChanged(form);
}

export const isChanged = (form) =>
  textFields(form).some((field) => field.value !== savedText(field)) ||
  [...form.querySelectorAll("select")].some(isChosenAnew);

const isChosenAnew = (select) =>
  [...select.options].some((option) => option.selected !== option.defaultSelected) &&
  select.querySelector("[selected]");

// A form that came back with a sentence holds what was typed as if it were saved.
export const isRefused = (form) => Boolean(form.querySelector("[aria-invalid], .theirs"));

// Text that HTML cannot hold stands in data-exact as JSON.
export function savedText(field) {
  return field.dataset.exact ? JSON.parse(field.dataset.exact) : field.defaultValue;
}

function setSaved(field, value) {
  if (field.dataset.exact) field.dataset.exact = JSON.stringify(value);
  for (const option of field.options ?? []) option.defaultSelected = option.value === value;
  if (!field.options) field.defaultValue = value;
}

// True when somebody typed on while the form was under way: it stays open, as an
// editor of the revision that its text made.
export function keepTyping(form, revision) {
  const before = sent.get(form);
  const now = values(form);
  fields(form).forEach((field, index) => {
    setSaved(field, before?.[index] ?? now[index]);
    field.value = now[index];
  });
  rebase(form, revision);
  if (before?.some((value, index) => value !== now[index])) return true;
  taken.add(form);
  return false;
}

function rebase(piece, revision) {
  const base = piece.querySelector("input[name=base]");
  if (base) base.value = revision;
}

// True when `fresh` has the very text that stands unsaved in `old`: the answer that said
// so was lost, or somebody else wrote the same. Nobody's text is in its way then.
export function agree(old, fresh) {
  const [mine, theirs] = [editorIn(old), editorIn(fresh)];
  const now = values(mine);
  if (!theirs || !values(theirs).every((value, index) => value === now[index])) return false;
  rebase(mine, theirs.querySelector("input[name=base]").value);
  return true;
}

// A sentence that quotes what is saved now is over when `fresh` has something else. What
// was typed is unsaved text again, as before it was refused. True when there was one.
export function forgetConflict(old, fresh) {
  const [form, now] = [old, fresh].map(editorIn);
  const told = form.querySelector(".theirs, .field-error:has(pre)");
  const saved = now ? textFields(now).map(savedText) : [];
  if (!told || !saved.length || told.querySelector("pre").textContent === (saved[0] || "nothing")) return false;
  told.remove();
  textFields(form).forEach((field, index) => {
    field.removeAttribute("aria-invalid");
    field.removeAttribute("aria-describedby");
    const typed = field.value; // a field nobody has touched since follows what is saved
    setSaved(field, saved[index] ?? "");
    field.value = typed;
  });
  return true;
}

// Puts `fresh` (a node of a template) where `old` is, or at the end of the script; what
// is being typed, ticked and chosen goes along.
export function attach(old, fresh) {
  const node = document.importNode(fresh, true);
  if (old) {
    for (const field of old.querySelectorAll("textarea, input:not([type=hidden])")) {
      if (field.closest("form[data-editor]")) continue;
      const twin = node.querySelector(field.id ? `#${CSS.escape(field.id)}` : `[name="${field.name}"]`);
      if (twin) carry(field, twin);
    }
    keepFolds(old, node);
    old.replaceWith(node);
  } else {
    document.getElementById("script").append(node);
  }
  if (window.htmx) window.htmx.process(node);
  node.dispatchEvent(new CustomEvent("piece:added", { bubbles: true }));
  return node;
}

function carry(field, twin) {
  if (field.type === "file") twin.files = field.files;
  else if (field.type === "checkbox") twin.checked = field.checked;
  else if (field.value !== savedText(field)) twin.value = field.value;
}

// What somebody opened or folded stays so, as long as the server has no new mind about it.
export function keepFolds(old, node) {
  for (const fold of old.querySelectorAll("details[data-folds]")) {
    const twin = node.querySelector(`#${CSS.escape(fold.id)}`);
    if (twin?.dataset.folds === fold.dataset.folds) twin.open = fold.open;
  }
  for (const [fold, twin] of parts(old, node)) {
    if (twin.dataset.part === fold.dataset.part) twin.open = fold.open;
    successors.set(fold.querySelector("summary"), twin.querySelector("summary"));
  }
}

const successors = new WeakMap();
// What came in the place of a control that says something else by now.
export const successor = (control) => successors.get(control);

// Blocks other than text have no names: those of a reply, or of a turn, follow each other
// in the same order while they stream and afterwards.
function parts(old, node) {
  const left = Map.groupBy(node.querySelectorAll("details[data-part]"), (part) => maker(part));
  return [...old.querySelectorAll("details[data-part]")].flatMap((fold) => {
    const rest = left.get(maker(fold)) ?? left.get(undefined) ?? [];
    const at = rest.findIndex((part) => label(part) === label(fold));
    return at < 0 ? [] : [[fold, rest.splice(0, at + 1).at(-1)]];
  });
}

function maker(part) {
  const { reply, run } = part.closest("[data-reply], [data-run]")?.dataset ?? {};
  return reply ?? run;
}

const label = (part) => {
  if (part.matches(".thinking")) return "thinking"; // which says how long it is
  const { firstChild, children } = part.querySelector("summary");
  return `${firstChild.textContent.trim()} ${children[0]?.textContent ?? ""}`;
};

// Tokens against forged requests look different each time and mean the same.
export function isSame(old, fresh) {
  const token = old.querySelector("[name=csrfmiddlewaretoken]");
  if (token) {
    for (const each of fresh.querySelectorAll("[name=csrfmiddlewaretoken]")) {
      each.setAttribute("value", token.getAttribute("value"));
    }
  }
  return old.isEqualNode(fresh);
}

// Runs `prepare(piece)` for the page as it is and for every piece that comes into it.
// It may meet the same piece twice.
export function forEachPiece(prepare) {
  prepare(document);
  document.addEventListener("htmx:load", ({ target }) => prepare(target));
  document.addEventListener("piece:added", ({ target }) => prepare(target));
}
