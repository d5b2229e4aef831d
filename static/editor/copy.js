// Copies text to the clipboard and says so on the button. Pages on plain http have no
// clipboard API; there a selection is copied.

const SAID_MS = 1600;

// Text that HTML cannot hold is beside what stands for it, as JSON.
function exact(piece) {
  if (piece.dataset.exact) return JSON.parse(piece.dataset.exact);
  return piece.value ?? piece.textContent;
}

function textOf(button) {
  if (button.dataset.copy) return button.dataset.copy;
  return [...document.querySelectorAll(button.dataset.copyFrom)].map(exact).join("\n\n");
}

function copySelection(text) {
  const field = document.createElement("textarea");
  field.className = "visually-hidden";
  field.readOnly = true;
  field.value = text;
  (document.querySelector("dialog[open]") ?? document.body).append(field);
  const before = document.activeElement;
  field.focus();
  field.select();
  const worked = document.execCommand("copy");
  field.remove();
  before?.focus({ preventScroll: true });
  return worked;
}

async function copy(text) {
  if (navigator.clipboard && window.isSecureContext) {
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch (error) {
      if (!(error instanceof DOMException)) throw error; // not allowed: the other way
    }
  }
  return copySelection(text);
}

document.addEventListener("click", async ({ target }) => {
  const button = target.closest?.("[data-copy], [data-copy-from]");
  if (!button || button.dataset.said !== undefined) return;
  const worked = await copy(textOf(button));
  const label = button.textContent;
  button.dataset.said = "";
  button.textContent = worked ? "Copied" : "Not copied";
  setTimeout(() => {
    button.textContent = label;
    delete button.dataset.said;
  }, SAID_MS);
});
