// Where the script stands when its page opens: where it was left in this tab; at its end,
// where a reply is on its way; else at the top. An address with a fragment names the place.

import { goTo, goToEnd, whereIs } from "./end.js";

const conversation = location.pathname.match(/^\/c\/([^/]+)\//)?.[1];
const keptUnder = `read ${conversation}`;

function storage(work) {
  try {
    return work(sessionStorage);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
    return null; // not kept, then
  }
}

function keep() {
  const place = whereIs();
  if (place) storage((store) => store.setItem(keptUnder, JSON.stringify(place)));
}

const isLive = () => document.querySelector("#script [data-run], #composer-state[data-held]");

function open() {
  if (location.hash) return;
  const place = JSON.parse(storage((store) => store.getItem(keptUnder)) ?? "null");
  const { type } = performance.getEntriesByType("navigation")[0] ?? {};
  // Whoever comes to a reply on its way comes for the reply.
  if (isLive() && (type === "navigate" || !place)) goToEnd();
  else if (place) goTo(place);
}

if (conversation && document.getElementById("script")) {
  open();
  window.addEventListener("pagehide", keep);
  document.addEventListener("visibilitychange", () => document.hidden && keep());
}
