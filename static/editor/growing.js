// One block of a reply while it grows. Text stands there twice: formatted, as the server
// sends it a few times a second with what came since behind it, and raw, character by
// character. Finished blocks of the Markdown are put in once and not touched again, and
// those of a text that it goes on with not even once.

const PIECE = 4000; // characters; a longer text node is laid out again as a whole
const INSIDE = new Set("P LI UL OL BLOCKQUOTE PRE H1 H2 H3 H4 H5 H6 TABLE TBODY THEAD TR TD TH DIV".split(" "));

export class Block {
  constructor({ type, name = "", text = "", done = "", open = "", upto = 0 }) {
    Object.assign(this, { type, name, text, done, open, upto });
  }

  add(text) {
    this.text += text;
  }

  format({ done, open, upto }) {
    this.done += done;
    Object.assign(this, { open, upto });
  }

  // Shows the block in `into` from now on, or as part of a text that it goes on with.
  place(into, { raw, formatted } = {}) {
    this.formatted = null;
    if (raw) {
      raw.querySelector(":scope > .streaming")?.remove();
      const span = document.createElement("span");
      span.className = "streaming";
      raw.append(span);
      this.raw = new Raw(span);
      if (formatted) this.formatted = new Formatted(formatted, openIn(formatted));
    } else if (this.type === "text") {
      this.formatted = new Formatted(into.appendChild(box("text md")));
      this.raw = new Raw(into.appendChild(box("text raw")));
    } else this.raw = new Raw(folded(into, this));
  }

  draw() {
    this.raw?.draw(this.text);
    this.formatted?.draw(this);
  }
}

function box(names) {
  const element = document.createElement("div");
  element.className = names;
  return element;
}

const LABELS = {
  thinking: "Thinking",
  tool_use: "Tool call",
  server_tool_use: "Server tool call",
  mcp_tool_use: "MCP tool call",
};

// As `conversations/_part.html` shows it when it has ended.
function folded(into, { type, name }) {
  const thinking = type === "thinking";
  const details = document.createElement("details");
  details.className = thinking ? "thinking" : `block${name ? " call" : ""}`;
  details.open = type === "tool_use";
  details.dataset.part = details.open ? "open" : "";
  const summary = document.createElement("summary");
  summary.append(LABELS[type] ?? type);
  if (name) {
    const called = document.createElement("b");
    called.textContent = name;
    summary.append(" ", called);
  }
  const inner = document.createElement(thinking ? "div" : "pre");
  if (thinking) inner.className = "said";
  details.append(summary, inner);
  into.append(details);
  return inner;
}

// The characters as they are. A long text is cut at line ends into boxes that are laid
// out one by one.
class Raw {
  constructor(into) {
    this.into = into;
    this.length = 0;
    this.end = null;
  }

  draw(text) {
    let rest = text.slice(this.length);
    this.length = text.length;
    while (rest) {
      this.end ??= this.piece();
      const cut = this.end.length >= PIECE ? rest.indexOf("\n") : -1;
      this.end.appendData(cut < 0 ? rest : rest.slice(0, cut + 1));
      rest = cut < 0 ? "" : rest.slice(cut + 1);
      if (cut >= 0) this.end = null;
    }
  }

  piece() {
    const node = document.createTextNode("");
    if (!this.into.firstChild) return this.into.appendChild(node);
    const own = document.createElement("span");
    own.className = "piece";
    own.append(node);
    this.into.append(own);
    return node;
  }
}

// What a text that is gone on with ends in: the nodes of its open block. They stand behind
// a border if anything is finished, and are put back when the stream begins anew.
const ends = new WeakMap();

function openIn(into) {
  const border = into.querySelector(":scope > [data-border]");
  const behind = () => {
    const nodes = [...into.childNodes];
    return nodes.slice(nodes.indexOf(border) + 1);
  };
  if (!ends.has(into)) ends.set(into, behind().map((node) => node.cloneNode(true)));
  for (const node of behind()) node.remove();
  const open = ends.get(into).map((node) => node.cloneNode(true));
  into.append(...open);
  return open;
}

class Formatted {
  // `open`: the nodes of its open block.
  constructor(into, open = []) {
    this.into = into;
    this.done = 0; // characters of the finished HTML that are there
    this.upto = -1; // what the open block reaches
    this.open = open;
    // What is not formatted yet: a line break in it, as between two items of a list, is
    // one to the eye.
    this.tail = document.createElement("span");
    this.tail.className = "tail";
    this.words = this.tail.appendChild(document.createTextNode(""));
    this.length = 0; // characters of the text that are there, the tail's included
    this.cursor = document.createElement("span");
    this.cursor.className = "cursor";
    this.cursor.setAttribute("aria-hidden", "true");
  }

  draw({ text, done, open, upto }) {
    if (upto !== this.upto) {
      if (upto) this.take(done, open);
      this.goOn(text.slice(0, upto));
      this.upto = this.length = upto;
    }
    this.words.appendData(text.slice(this.length));
    this.length = text.length;
  }

  take(done, open) {
    for (const node of this.open) node.remove();
    this.into.append(nodes(done.slice(this.done)));
    this.done = done.length;
    const fresh = nodes(open);
    this.open = [...fresh.childNodes];
    this.into.append(fresh);
  }

  // Puts what comes next where the text ends.
  goOn(before) {
    this.words.data = "";
    const inner = deepest(this.into, this.open);
    // An open line of code was closed with a line break that nobody has written.
    const last = inner.lastChild;
    if (inner.localName === "code" && !before.endsWith("\n") && last?.nodeType === Node.TEXT_NODE) {
      last.data = last.data.replace(/\n$/, "");
    }
    inner.append(this.tail, this.cursor);
    if (inner === this.into) this.open.push(this.tail);
  }
}

// The server's renderer has sanitised it.
function nodes(html) {
  const template = document.createElement("template");
  template.innerHTML = html;
  return template.content;
}

// The element of the open block in which its text goes on.
function deepest(into, open) {
  let here = open.findLast((node) => node.nodeType === Node.ELEMENT_NODE);
  if (!here || !INSIDE.has(here.tagName)) return into;
  for (;;) {
    const last = [...here.childNodes].findLast((node) => node.nodeType !== Node.TEXT_NODE || node.data.trim());
    const goesOn = last?.nodeType === Node.ELEMENT_NODE && (INSIDE.has(last.tagName) || here.tagName === "PRE");
    if (!goesOn) return here;
    here = last;
  }
}
