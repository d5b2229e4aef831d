// The list of conversations follows what changes here: titles, turns, runs.

const PAUSE_MS = 400;
const conversation = location.pathname.match(/^\/c\/([^/]+)\//)?.[1];
let timer = 0;

function refresh() {
  const nav = document.getElementById("conversations");
  const search = nav?.querySelector("input[type=search]");
  const list = document.getElementById("listing");
  const isBusy = search?.value || list?.contains(document.activeElement);
  const address = search?.closest("form").getAttribute("hx-get");
  if (!list || !address || isBusy || document.hidden) return;
  window.htmx.ajax("GET", `${address}?current=${conversation}`, { source: list, target: list, swap: "outerHTML" });
}

function follow() {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE_MS);
  const title = document.querySelector("#title h1")?.textContent;
  if (title) document.title = `${title} · Playground`;
}

document.addEventListener("patch:applied", follow);
document.addEventListener("conversation:gone", refresh);
document.addEventListener("htmx:afterSwap", ({ detail }) => {
  if (detail.requestConfig?.elt.id === "title") follow();
});
