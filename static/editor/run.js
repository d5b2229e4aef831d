// The page of a run under way: when the run ends, what came of it takes its place.

import "./live.js";

const place = () => document.querySelector("[data-live]");

document.addEventListener("patch:wanted", ({ detail }) => {
  if (detail.always && place()) window.htmx.trigger(place(), "refresh");
});

document.addEventListener("htmx:afterSettle", ({ detail }) => {
  // The place of the text is a new one; live.js fills it again.
  if (detail.target?.id === "reply") document.dispatchEvent(new CustomEvent("patch:applied"));
});
