// Says what did not work, in #notice, and never only in the console. Anything may
// ask for a notice: document.dispatchEvent(new CustomEvent("notice", {detail: {text}})).
// One `about` something goes when `notice:over` says so of the same; one that is `brief`
// covers what stands there no longer than it takes to read.

const SHOWN_MS = 12_000;
const BRIEF_MS = 3_000;
const UNREACHABLE = "Could not reach the server; your text is kept.";
const SENTENCES = {
  403: "The server did not accept this; please reload the page. Your text is kept.",
  404: "This is not there any more; please reload the page. Your text is kept.",
  413: "That is more than the server takes at once. Your text is kept.",
};

let timer = 0;

function show(text, { failed = true, about = "", brief = false } = {}) {
  const place = document.getElementById("notice");
  const line = document.createElement("p");
  line.classList.toggle("failed", failed);
  line.dataset.about = about;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "btn small plain";
  close.textContent = "Close";
  close.addEventListener("click", () => line.remove());
  line.append(document.createTextNode(text), close);
  place.replaceChildren(line);
  clearTimeout(timer);
  if (!failed) timer = setTimeout(() => line.remove(), brief ? BRIEF_MS : SHOWN_MS);
}

function sentence(request) {
  if (!request || request.status === 0) return UNREACHABLE;
  const type = request.getResponseHeader("Content-Type") || "";
  const own = type.startsWith("text/plain") ? request.responseText.trim() : "";
  if (own && own.length < 400 && request.status !== 500) return own;
  if (SENTENCES[request.status]) return SENTENCES[request.status];
  const id = request.getResponseHeader("X-Request-ID");
  const where = id ? ` (request ${id})` : "";
  return `The server failed with status ${request.status}${where}; your text is kept.`;
}

document.addEventListener("notice", ({ detail }) => show(detail.text, detail));
document.addEventListener("notice:over", ({ detail }) => {
  document.querySelector(`#notice > [data-about="${detail.about}"]`)?.remove();
});
document.addEventListener("htmx:sendError", () => show(UNREACHABLE));
document.addEventListener("htmx:timeout", () => show(UNREACHABLE));
document.addEventListener("htmx:responseError", ({ detail }) => show(sentence(detail.xhr)));
document.addEventListener("htmx:swapError", () =>
  show("The page could not show the answer; please reload it. Your text is kept."),
);

// A refusal in plain text has no place in the page of its own.
document.addEventListener("htmx:beforeSwap", (event) => {
  const { xhr } = event.detail;
  const type = xhr.getResponseHeader("Content-Type") || "";
  if (xhr.status < 400 || type.startsWith("text/html")) return;
  event.detail.shouldSwap = false;
  show(sentence(xhr));
});

// It spoke of the operation before.
document.addEventListener("htmx:beforeRequest", ({ detail: { requestConfig } }) => {
  if (requestConfig.verb === "post" && requestConfig.elt.matches("form")) {
    document.getElementById("notice").replaceChildren();
  }
});
