// A setting's list of choices: one that is gone through with the keys is saved when the
// choice is made, not at each step on the way there.

const PAUSE_MS = 1000; // enough to read the next choice, too short to wait for
let open = null; // the list that somebody is going through
let timer = 0;
let isStep = false; // whether the last key went to another choice of a closed list

const isList = (target) => target?.matches?.("form.setting select") ?? false;

// These open the list: what is chosen in it then is chosen.
const opens = ({ key, altKey }) => key === " " || key === "F4" || (altKey && key.startsWith("Arrow"));

document.addEventListener("keydown", (event) => {
  if (!isList(event.target)) return;
  const isEnter = event.key === "Enter";
  isStep = !isEnter && !opens(event);
  if (!isEnter || open !== event.target || event.ctrlKey || event.metaKey) return;
  event.preventDefault(); // it would open the list, or save a second time
  save();
}, { capture: true });
document.addEventListener("pointerdown", () => (isStep = false), { capture: true });

document.addEventListener("change", (event) => {
  if (!isList(event.target) || !isStep) return;
  event.stopPropagation(); // htmx would save it
  open = event.target;
  clearTimeout(timer);
  timer = setTimeout(save, PAUSE_MS);
}, { capture: true });

document.addEventListener("focusout", ({ target }) => target === open && save());
document.addEventListener("visibilitychange", () => document.hidden && save());

// A send saves what is open by itself.
document.addEventListener("submit", ({ target }) => target === open?.form && made(), { capture: true });

// Takes the list out of hand; null when there is none.
function made() {
  clearTimeout(timer);
  const form = open?.isConnected ? open.form : null;
  open = null;
  return form;
}

function save() {
  made()?.requestSubmit();
}

// A page that goes takes its requests with it, but for those that may outlive it.
window.addEventListener("pagehide", () => {
  const form = made();
  if (!form) return;
  fetch(form.action, { method: "POST", body: new FormData(form), headers: { "HX-Request": "true" }, keepalive: true });
});
