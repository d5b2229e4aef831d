// The inspector's tabs: arrows move, a panel is fetched when it opens and again after
// every change while it is open. A panel with hx-get listens for `open`.

const list = document.querySelector("#inspector [role=tablist]");
const tabs = [...(list?.querySelectorAll("[role=tab]") ?? [])];
const panel = (tab) => document.getElementById(tab.getAttribute("aria-controls"));
const stale = new Set(tabs);

function select(tab, focus = true) {
  for (const each of tabs) {
    const chosen = each === tab;
    each.setAttribute("aria-selected", chosen);
    each.tabIndex = chosen ? 0 : -1;
    panel(each)?.toggleAttribute("hidden", !chosen);
  }
  if (focus) tab.focus();
  load(tab);
}

function load(tab) {
  const place = panel(tab);
  const source = place?.matches("[hx-get]") ? place : place?.querySelector("[hx-get][hx-trigger~=open]");
  if (!source || !stale.delete(tab)) return;
  place.setAttribute("aria-busy", "true");
  window.htmx.trigger(source, "open");
}

const selected = () => tabs.find((tab) => tab.getAttribute("aria-selected") === "true");

list?.addEventListener("click", (event) => {
  const tab = event.target.closest("[role=tab]");
  if (!tab || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  stale.add(tab); // a click on the open tab fetches it again
  select(tab);
});

list?.addEventListener("keydown", (event) => {
  const here = tabs.indexOf(event.target);
  if (here >= 0 && event.key === " ") {
    event.preventDefault();
    event.target.click(); // as a button; these are links where there are no scripts
    return;
  }
  const count = tabs.length;
  const to = {
    ArrowRight: (here + 1) % count,
    ArrowLeft: (here - 1 + count) % count,
    Home: 0,
    End: count - 1,
  }[event.key];
  if (here < 0 || to === undefined) return;
  event.preventDefault();
  select(tabs[to]);
});

document.addEventListener("patch:applied", () => {
  tabs.forEach((tab) => stale.add(tab));
  const open = selected();
  if (open && panel(open)?.getClientRects().length) load(open);
});

document.getElementById("inspector")?.addEventListener("toggle", ({ newState }) => {
  const open = selected();
  if (newState === "open" && open) load(open);
});

for (const name of ["htmx:afterSettle", "htmx:afterRequest"]) {
  document.addEventListener(name, ({ detail }) => {
    const place = detail.target?.closest?.("[role=tabpanel]") ?? detail.elt?.closest?.("[role=tabpanel]");
    place?.removeAttribute("aria-busy");
  });
}

if (tabs.length) select(selected() ?? tabs[0], false);
