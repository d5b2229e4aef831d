// Dialogs: a button with data-dialog opens one, data-close closes it, and a form with
// data-confirm (or hx-confirm) asks before it goes. A dialog with data-answers opens
// when an answer is put into it, and closes as soon as there is one to what it posted.

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-dialog]");
  if (opener) open(document.getElementById(opener.dataset.dialog), event);
  const dialog = event.target.closest?.("dialog");
  if (event.target.closest?.("[data-close]")) dialog?.close();
  else if (event.target === dialog && isOutside(dialog, event)) dialog.close();
});

// A link that is a button as long as there are scripts.
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches?.("a[role=button], a[data-dialog]")) return;
  event.preventDefault();
  event.target.click();
});

function open(dialog, event) {
  if (!dialog || dialog.open) return;
  event.preventDefault();
  dialog.showModal();
  const source = dialog.matches("[hx-get]") ? dialog : dialog.querySelector("[hx-get][hx-trigger~=open]");
  if (source) window.htmx?.trigger(source, "open");
}

function isOutside(dialog, { clientX, clientY }) {
  const box = dialog.getBoundingClientRect();
  return clientX < box.left || clientX > box.right || clientY < box.top || clientY > box.bottom;
}

// Settled, since before that a quick Enter would send its form without htmx.
document.addEventListener("htmx:afterSettle", ({ detail: { target } }) => {
  if (target.matches?.("dialog[data-answers]") && !target.open) target.showModal();
});

// First of all, so that the focus is back on the page when that changes.
for (const name of ["htmx:beforeOnLoad", "htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(name, ({ detail: { requestConfig } }) => {
    if (requestConfig?.verb === "post") requestConfig.elt.closest?.("dialog[data-answers]")?.close();
  });
}

function ask(question, label) {
  const dialog = document.createElement("dialog");
  dialog.setAttribute("role", "alertdialog");
  dialog.setAttribute("aria-label", question);
  const line = Object.assign(document.createElement("p"), { textContent: question });
  const row = Object.assign(document.createElement("div"), { className: "row" });
  const no = Object.assign(document.createElement("button"), { className: "btn", textContent: "Cancel" });
  const yes = Object.assign(document.createElement("button"), { className: "btn primary danger", textContent: label });
  no.type = yes.type = "button";
  no.addEventListener("click", () => dialog.close());
  yes.addEventListener("click", () => dialog.close("yes"));
  row.append(no, yes);
  dialog.append(line, row);
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

document.addEventListener("htmx:confirm", (event) => {
  const { question, elt, issueRequest } = event.detail;
  if (!question) return;
  event.preventDefault();
  const label = elt.dataset.confirmLabel || elt.textContent.trim().split("\n")[0] || "Go on";
  ask(question, label).then((yes) => yes && issueRequest(true));
});

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.dataset.confirm || form.dataset.confirmed !== undefined) {
    delete form.dataset.confirmed;
    return;
  }
  event.preventDefault();
  event.stopImmediatePropagation();
  const { submitter } = event;
  ask(form.dataset.confirm, submitter?.textContent.trim() || "Go on").then((yes) => {
    if (!yes) return;
    form.dataset.confirmed = "";
    form.requestSubmit(submitter);
  });
}, { capture: true });
