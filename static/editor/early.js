// What was typed before the page was ready: its change event found nobody, so it is
// said again. Restored drafts are not meant: they wait for Save.

import { savedText } from "./keeping.js";

function isTyped(field) {
  if (field.disabled || field.form.querySelector(".restored")) return false;
  if (field.matches("select")) return [...field.options].some((each) => each.selected !== each.defaultSelected);
  return field.value !== savedText(field);
}

window.addEventListener("load", () => {
  const fields = "form[hx-trigger*=change] :is(textarea, select, input:not([type=hidden]))";
  for (const field of [...document.querySelectorAll(fields)].filter(isTyped)) {
    field.dispatchEvent(new Event("change", { bubbles: true }));
  }
});
