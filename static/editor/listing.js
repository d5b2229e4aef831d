// The list of conversations follows what changes here: titles, turns, runs.

const PAUSE_MS = 1200;
const conversation = location.pathname.match(/^\/c\/([^/]+)\//)?.[1];
let timer = 0;

function refresh() {
  const nav = document.getElementById("conversations");
  const search = nav?.querySelector("input[type=search]");
  const list = document.getElementById("listing");
  const isBusy = search?.value || list?.contains(document.activeElement);
  const address = search?.closest("form").getAttribute("hx-get");
  if (!list || !address || isBusy || document.hidden) return;
  window.htmx.ajax("GET", `${address}?current=${conversation}`, { target: list, swap: "outerHTML" });
}

document.addEventListener("patch:applied", () => {
  clearTimeout(timer);
  timer = setTimeout(refresh, PAUSE_MS);
});
