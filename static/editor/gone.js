// A conversation that was deleted, or is no longer open to the person here: the page says
// so, offers nothing that can only fail, and asks the server for nothing more. What stands
// on it, typed or read, can still be copied.

const SENTENCE = "This conversation is not there any more: deleted, or no longer open to you. Copy what you want to keep.";
const ELSEWHERE = "#conversations"; // the list leads to the others
const OFF = "button[type=submit], [data-attach]";

let isGone = false;

const say = () => document.dispatchEvent(new CustomEvent("notice", { detail: { text: SENTENCE, failed: true } }));

// Asks whether the conversation at `address` is there, when something else was not.
export async function look(address) {
  if (isGone || !address) return;
  try {
    const { status } = await fetch(address, { method: "HEAD", credentials: "same-origin", cache: "no-store" });
    if (status === 404 && !isGone) document.dispatchEvent(new CustomEvent("conversation:gone"));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network: whoever asked asks again
  }
}

document.addEventListener("conversation:gone", () => {
  if (isGone) return;
  isGone = true;
  for (const button of document.querySelectorAll('[formaction*="/stop/"]')) button.remove();
  for (const place of ["main", "aside", "header"].map((name) => document.querySelector(name))) {
    for (const button of place?.querySelectorAll(OFF) ?? []) button.disabled = true;
  }
  for (const cursor of document.querySelectorAll("[data-run] .cursor")) cursor.remove();
  document.querySelector("#composer .estimate")?.remove();
  const status = document.getElementById("status");
  if (status) status.textContent = "Not there any more";
  say();
});

document.addEventListener("htmx:confirm", (event) => {
  if (!isGone || event.target.closest(ELSEWHERE)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  event.target.closest("[aria-busy]")?.removeAttribute("aria-busy");
  if (event.detail.verb === "post") say();
}, { capture: true });
