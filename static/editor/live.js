// Follows the conversation: where its head is, and runs as they stream. One EventSource
// a visible page; browsers allow six connections a site, so a hidden page has none.
// A new connection starts with the whole so far: nothing to resume by number.

import { show } from "./progress.js";
import { Stream } from "./stream.js";

const FIRST_WAIT = 250; // milliseconds
const LONGEST_WAIT = 15_000;
const PLACE_MS = 300;
const SAY_AFTER = 4; // attempts in vain
const address = location.pathname.match(/^\/c\/[^/]+\//)?.[0];

const streams = new Map(); // run → Stream
let source = null;
let wait = FIRST_WAIT;
let attempts = 0;
let timer = 0;
let isFirst = true;

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function open() {
  clearTimeout(timer);
  if (source || document.hidden || !address) return;
  source = new EventSource(`${address}events`);
  source.addEventListener("open", reached);
  source.addEventListener("error", retry);
  source.addEventListener("head", catchUp, { once: true });
  listen("head", ({ number }) => tell("patch:wanted", { number }));
  listen("run", begin);
  listen("delta", (delta) => streams.get(delta.run)?.add(delta));
  listen("end", finish);
}

function listen(name, handle) {
  source.addEventListener(name, (event) => handle(JSON.parse(event.data)));
}

function close() {
  clearTimeout(timer);
  source?.close();
  source = null;
}

function reached() {
  if (attempts >= SAY_AFTER) tell("notice", { text: "Connected again.", failed: false });
  if (attempts) tell("connected");
  attempts = 0;
  wait = FIRST_WAIT;
}

function retry() {
  close();
  attempts += 1;
  if (attempts === SAY_AFTER) {
    const text = "The connection to the server is lost; trying again. Your text is kept.";
    tell("notice", { text, failed: true });
  }
  timer = setTimeout(open, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

// The end of a run that nobody here was told of.
function catchUp() {
  if (!isFirst || document.querySelector("#script [data-run]")) tell("patch:wanted", { always: true });
  isFirst = false;
}

function begin(run) {
  const stream = new Stream(run);
  streams.set(run.run, stream);
  show(streams);
  if (stream.place()) return;
  // Whoever started it here gets its place with the answer.
  setTimeout(() => {
    if (streams.get(run.run) === stream && !stream.place()) tell("patch:wanted", { always: true });
  }, PLACE_MS);
}

function finish({ run, number }) {
  streams.get(run)?.flush();
  streams.delete(run);
  show(streams);
  tell("patch:wanted", { number, always: true });
}

// A patch may bring the place of a run, or replace it.
document.addEventListener("patch:applied", () => {
  for (const stream of streams.values()) stream.place();
});

document.addEventListener("visibilitychange", () => (document.hidden ? close() : open()));
window.addEventListener("pagehide", close);
window.addEventListener("pageshow", open);
window.addEventListener("online", () => {
  wait = FIRST_WAIT;
  open();
  tell("connected"); // a stream that is still open says nothing of its own accord
  tell("patch:wanted", {});
});
open();
