// The page of a group: replies side by side. When a run begins or ends, what changed is
// fetched anew; a column that still streams stays as it is.

import { Again, get } from "./again.js";
import { keepFolds, successor } from "./keeping.js";

let fetching = false;
let owed = false;
const again = new Again(refresh);

async function refresh() {
  if (fetching) {
    owed = true;
    return;
  }
  fetching = true;
  owed = false;
  const answer = await get(location.href);
  fetching = false;
  if (!answer) {
    again.later();
    return;
  }
  again.over();
  if (answer.status === 404) document.dispatchEvent(new CustomEvent("conversation:gone"));
  else apply(new DOMParser().parseFromString(answer.html, "text/html"));
  if (owed) refresh();
}

const say = (text) => document.dispatchEvent(new CustomEvent("notice", { detail: { text, failed: true } }));

function apply(fresh) {
  const figures = fresh.getElementById("group-figures");
  if (!figures) return say("The page could not be brought up to date; please reload it.");
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
