// What turns and their buttons do under the hands: the "…" on touch screens, the caret in
// an editor that opens.

import { opened } from "./focus.js";
import "./listing.js";

const script = document.getElementById("script");

script?.addEventListener("click", ({ target }) => {
  const more = target.closest(".more");
  const turn = target.closest("#script > *");
  for (const open of script.querySelectorAll(":scope > .open")) {
    if (open === turn && (more || target.closest(".tools"))) continue;
    show(open, false);
  }
  if (more) show(turn, !turn.classList.contains("open"));
});

function show(turn, open) {
  turn.classList.toggle("open", open);
  turn.querySelector(".more")?.setAttribute("aria-expanded", open);
  if (open) turn.querySelector(".tools")?.scrollIntoView({ block: "nearest" });
}

script?.addEventListener("keydown", (event) => {
  const turn = event.target.closest(".open");
  if (event.key !== "Escape" || !turn) return;
  show(turn, false);
  turn.querySelector(".more")?.focus();
});

// A double click is one. Its second half would run what has just begun to run, or hit what
// has come to stand under the pointer. Steps may be taken quickly.
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[form=operation]");
  if (event.detail > 1 && button && !button.closest("#undo-redo, .variants")) event.preventDefault();
});

document.addEventListener("htmx:load", ({ target }) => {
  if (!script?.contains(target)) return;
  const form = target.matches("form[data-editor]") ? target : target.querySelector("form[data-editor]");
  const field = form?.querySelector("textarea");
  if (!field || form.contains(document.activeElement)) return;
  opened(form.closest("#script > *"));
  field.focus();
  field.setSelectionRange(field.value.length, field.value.length);
  form.scrollIntoView({ block: "nearest" });
});
