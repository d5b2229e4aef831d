// One run as it comes: the whole so far, then what is new, gathered per animation frame.
// It is shown wherever the page has `[data-run="<id>"]`.

import { follow } from "./end.js";
import { Block } from "./growing.js";

export class Stream {
  constructor({ run, status, ahead, attempt, blocks }) {
    this.run = run;
    this.began = performance.now(); // as this page saw it
    this.ahead = status === "waiting" ? ahead : null; // runs before it in the queue
    this.attempt = null;
    this.heard = this.began; // when something last came
    this.isLost = false; // the server cannot be reached
    this.blocks = blocks.map((block) => new Block(block));
    this.frame = 0;
    this.into = null;
    if (attempt) this.retry(attempt);
  }

  // The next attempt: {number, of, seconds, kind}.
  retry(attempt) {
    this.attempt = { ...attempt, at: performance.now() + attempt.seconds * 1000 };
  }

  block(index, block) {
    this.attempt = null;
    this.blocks[index] = new Block(block);
    if (this.into) this.put(this.blocks[index], index);
    this.later();
  }

  add({ index, text }) {
    this.attempt = null;
    this.blocks[index]?.add(text);
    this.later();
  }

  format({ index, ...formatted }) {
    this.blocks[index]?.format(formatted);
    this.later();
  }

  later() {
    this.heard = performance.now();
    this.frame ||= requestAnimationFrame(() => this.flush());
  }

  // Finds where the run is shown now; false when the page has no such place yet.
  place() {
    const into = document.querySelector(`[data-run="${this.run}"]`);
    if (!into) return false;
    if (into !== this.into) {
      const folds = [...(this.into ?? into).querySelectorAll("details")].map(({ open }) => open);
      this.into = into;
      into.replaceChildren();
      this.blocks.forEach((block, index) => this.put(block, index));
      // As the reader left them.
      into.querySelectorAll("details").forEach((fold, place) => (fold.open = folds[place] ?? fold.open));
    }
    this.flush();
    return true;
  }

  // A first text stands in the text that it goes on with, where there is one.
  put(block, index) {
    const goesOn = !index && block.type === "text" ? `[data-goes-on="${this.run}"]` : null;
    block.place(this.into, goesOn ? {
      raw: document.querySelector(`${goesOn}:not(.md)`),
      formatted: document.querySelector(`${goesOn}.md`),
    } : {});
  }

  flush() {
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    if (!this.into?.isConnected) return;
    for (const block of this.blocks) block.draw();
    follow();
  }
}
