// The page of a group: replies side by side. When a run begins or ends, what changed is
// fetched anew; a column that still streams stays as it is.

import { keepFolds, successor } from "./keeping.js";

let fetching = false;
let owed = false;

async function refresh() {
  if (fetching) {
    owed = true;
    return;
  }
  fetching = true;
  try {
    const response = await fetch(location.href, {
      headers: { "HX-Request": "true" },
      credentials: "same-origin",
      cache: "no-store",
    });
    if (response.ok) apply(new DOMParser().parseFromString(await response.text(), "text/html"));
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // the network: the stream comes back
  } finally {
    fetching = false;
  }
  if (!owed) return;
  owed = false;
  refresh();
}

function apply(fresh) {
  const figures = fresh.getElementById("group-figures");
  if (!figures) return;
  const old = document.getElementById("group-figures");
  if (!old.isEqualNode(figures)) put(old, figures);
  for (const column of fresh.querySelectorAll(".column")) {
    const before = document.getElementById(column.id);
    if (before && before.dataset.state !== column.dataset.state) put(before, column);
  }
  document.dispatchEvent(new CustomEvent("patch:applied", { detail: {} }));
}

function put(old, fresh) {
  const held = old.contains(document.activeElement);
  const node = document.importNode(fresh, true);
  keepFolds(old, node);
  const same = successor(document.activeElement);
  old.replaceWith(node);
  window.htmx?.process(node);
  if (!held) return;
  node.tabIndex = -1; // a keyboard goes on from here
  (same ?? node).focus({ preventScroll: true });
}

document.addEventListener("patch:wanted", refresh);
