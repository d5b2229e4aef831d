// The page of a run under way: when the run ends, what came of it takes its place.

import { Again, isPassing } from "./again.js";
import "./live.js";

const place = () => document.querySelector("[data-live]");
let asking = false;
let owed = false; // it has ended since we asked, perhaps
const again = new Again(ask, 1); // each failure is told already

// One after the other: an answer replaces the element, and with it what that still asks.
function ask() {
  owed = asking;
  if (asking || !place()) return;
  asking = true;
  window.htmx.trigger(place(), "refresh");
}

function answered() {
  asking = false;
  if (owed) ask();
}

document.addEventListener("patch:wanted", ({ detail }) => detail.always && ask());

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  if (detail.target?.id !== "reply") return;
  // The place of the text is a new one; live.js fills it again.
  document.dispatchEvent(new CustomEvent("patch:applied"));
  again.over();
  answered();
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.target?.id !== "reply" || detail.successful) return;
  const { status } = detail.xhr;
  if (!status || isPassing(status)) again.later();
  answered();
});
