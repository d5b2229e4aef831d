// Follows the conversation: where its head is, and runs as they stream. One EventSource
// a visible page; browsers allow six connections a site, so a hidden page has none.
// A new connection starts with the whole so far: nothing to resume by number.

import { look } from "./gone.js";
import { show } from "./progress.js";
import { Stream } from "./stream.js";

const FIRST_WAIT = 250; // milliseconds
const LONGEST_WAIT = 15_000;
const PLACE_MS = 300;
const SAY_AFTER = 4; // attempts in vain
const OVERTAKEN = "The conversation was changed while the reply was written: ";
const WAITS = "it waits under the turn it answers. “Use this reply” puts it there.";
const address = document.querySelector("[data-live]")?.dataset.live ?? location.pathname.match(/^\/c\/[^/]+\//)?.[0];

const streams = new Map(); // run → Stream
const ended = new Set(); // runs whose last patch has not come yet
const overtaken = new Set(); // runs that were shown where they wait, on their way
let source = null;
let wait = FIRST_WAIT;
let attempts = 0;
let timer = 0;
let isFirst = true; // nothing can have ended unheard since the page was made
let isHeard = false; // whether every script of the page listens
let isGone = false; // the conversation: there is nothing to follow

const tell = (name, detail) => document.dispatchEvent(new CustomEvent(name, { detail }));

function open() {
  clearTimeout(timer);
  if (document.hidden) isFirst = false;
  if (source || document.hidden || !address || !isHeard || isGone) return;
  source = new EventSource(`${address}events`);
  source.addEventListener("open", reached);
  source.addEventListener("error", retry);
  source.addEventListener("head", catchUp, { once: true });
  listen("head", ({ number }) => tell("patch:wanted", { number }));
  listen("run", begin);
  listen("block", ({ run, index, ...block }) => streams.get(run)?.block(index, block));
  listen("delta", (delta) => streams.get(delta.run)?.add(delta));
  listen("format", (formatted) => streams.get(formatted.run)?.format(formatted));
  listen("queue", ({ run, ahead }) => Object.assign(streams.get(run) ?? {}, { ahead }));
  listen("attempt", (attempt) => streams.get(attempt.run)?.retry(attempt));
  listen("end", finish);
  // It may not be shown here any more; what the server says now tells why.
  listen("gone", () => tell("patch:wanted", { always: true }));
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
  if (attempts >= SAY_AFTER) tell("notice", { text: "Connected again.", failed: false, brief: true });
  if (attempts) tell("connected");
  attempts = 0;
  wait = FIRST_WAIT;
  streams.clear(); // what is still under way comes anew; the rest ended unheard
  show(streams);
}

function retry() {
  // Answered, and not with a stream: a network that fails leaves it connecting.
  if (source.readyState === EventSource.CLOSED) look(address);
  close();
  attempts += 1;
  isFirst = false;
  for (const stream of streams.values()) stream.isLost = true;
  show(streams);
  if (attempts === SAY_AFTER) {
    const text = "The connection to the server is lost; trying again. Your text is kept.";
    tell("notice", { text, failed: true });
  }
  timer = setTimeout(open, wait * (0.5 + Math.random()));
  wait = Math.min(wait * 2, LONGEST_WAIT);
}

// The end of a run that nobody here was told of.
function catchUp() {
  if (!isFirst || document.querySelector("[data-run]")) tell("patch:wanted", { always: true });
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
  ended.add(run);
  show(streams);
  tell("patch:wanted", { number, always: true });
}

// A patch may bring the place of a run, or replace it.
document.addEventListener("patch:applied", () => {
  for (const stream of streams.values()) {
    stream.place();
    if (stream.into?.closest(".waiting")) overtaken.add(stream.run);
  }
  for (const run of ended) sayOvertaken(run);
});

// A reply that the conversation did not go on with leaves the place where it was read.
function sayOvertaken(run) {
  if (document.querySelector(`[data-run="${run}"]`)) return; // its last patch is still to come
  ended.delete(run);
  const wasOvertaken = overtaken.delete(run);
  const waiting = document.querySelector(`.waiting a[href$="/runs/${run}/"]`)?.closest("details");
  if (!waiting && !wasOvertaken) return;
  if (waiting) waiting.open = true;
  tell("notice", { text: OVERTAKEN + (waiting ? WAITS : whereItIs(run)), failed: false });
}

// What continues a turn is another reply at its place.
const whereItIs = (run) =>
  document.querySelector(`.variants [formaction$="/runs/${run}/use/"]`)
    ? "it is kept beside the one at its turn, go there with ‹ and ›."
    : `it is not in the script; run ${run} under Reply tells what came of it.`;

document.addEventListener("htmx:responseError", ({ detail }) => detail.xhr.status === 404 && look(address));
document.addEventListener("conversation:gone", () => {
  isGone = true;
  close();
  streams.clear();
  show(streams);
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
// Not before: the end of a run may be the first that is told.
document.addEventListener("DOMContentLoaded", () => {
  isHeard = true;
  open();
});
