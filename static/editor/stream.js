// The text of one run as it comes: the whole so far, then deltas, gathered per animation
// frame into text nodes. It is shown wherever the page has `[data-run="<id>"]`.

import { follow } from "./end.js";

const PIECE = 4000; // characters; a longer text node is laid out again as a whole

export class Stream {
  constructor({ run, slot, blocks }) {
    this.run = run;
    this.began = performance.now(); // as this page saw it
    this.slot = slot;
    this.blocks = blocks.map(({ type, text }) => ({ kind: kind(type), text }));
    this.shown = []; // per block: {end: the text node that grows, length: shown so far}
    this.frame = 0;
    this.into = null;
  }

  add({ index, kind, text }) {
    while (this.blocks.length <= index) this.blocks.push({ kind, text: "" });
    this.blocks[index].text += text;
    this.frame ||= requestAnimationFrame(() => this.flush());
  }

  // Finds where the run is shown now; false when the page has no such place yet.
  place() {
    const article = document.getElementById(`turn-${this.slot}`);
    const into = article?.querySelector(`[data-run="${this.run}"]`);
    if (!into) return false;
    if (into !== this.into) {
      this.into = into;
      this.shown = [];
      into.replaceChildren();
    }
    this.flush();
    return true;
  }

  flush() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.into?.isConnected) return;
    this.blocks.forEach((block, index) => this.grow(block, index));
    follow();
  }

  grow(block, index) {
    const shown = (this.shown[index] ??= { end: null, length: 0 });
    if (block.text.length === shown.length) return;
    shown.box ??= box(this.into, block.kind);
    write(shown, block.text.slice(shown.length));
    shown.length = block.text.length;
  }
}

function kind(type) {
  if (type === "text" || type === "thinking") return type;
  return "input_json";
}

// Thinking is folded; the text of the answer stands as it is.
function box(into, kind) {
  if (kind === "text") {
    const inline = into.localName === "span";
    return into.appendChild(document.createElement(inline ? "span" : "div"));
  }
  const details = document.createElement("details");
  details.className = kind === "thinking" ? "thinking" : "block";
  const summary = document.createElement("summary");
  summary.textContent = kind === "thinking" ? "Thinking" : "Tool input";
  const inner = document.createElement("div");
  details.append(summary, inner);
  into.append(details);
  return inner;
}

// A long text is cut at line ends into boxes that are laid out one by one.
function write(shown, text) {
  let rest = text;
  while (rest) {
    shown.end ??= piece(shown);
    const cut = shown.end.length >= PIECE ? rest.indexOf("\n") : -1;
    shown.end.appendData(cut < 0 ? rest : rest.slice(0, cut + 1));
    rest = cut < 0 ? "" : rest.slice(cut + 1);
    if (cut >= 0) shown.end = null;
  }
}

function piece({ box }) {
  const node = document.createTextNode("");
  if (!box.firstChild) return box.appendChild(node);
  const own = document.createElement("span");
  own.className = "piece";
  own.append(node);
  box.append(own);
  return node;
}
