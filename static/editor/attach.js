// Pictures on their way into the composer: by the file button, by paste, by drop. Each is
// a request of its own with its progress; what fails says so on its card and keeps the file.

import { refocus, remember } from "./focus.js";
import { attach } from "./keeping.js";

// The composer is replaced when it comes back with a sentence: always the one of now.
const form = () => document.querySelector("#composer form.compose");
const list = () => form().querySelector(".attached");
const address = location.pathname.match(/^\/c\/[^/]+\//)?.[0];
const keptUnder = `attached ${address}`;
const UNREACHABLE = "Could not reach the server; the picture is kept here.";
const GONE = "The conversation is not there any more.";
const TOO_LARGE = "It is larger than the server takes.";

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function button(text, { name }, act) {
  const node = make("button", "btn small", text);
  node.type = "button";
  node.setAttribute("aria-label", `${text} ${name || "the picture"}`);
  node.addEventListener("click", act);
  return node;
}

const waiting = []; // uploads whose turn has not come
const AT_ONCE = 2;
const RETRY_MS = 2000;
let underWay = 0;
let isGone = false;
document.addEventListener("conversation:gone", () => (isGone = true));

// One card from choosing the file to the server's own card in its place.
function upload(file) {
  const card = make("div", "image");
  card.dataset.uploading = "";
  const picture = make("img", "thumb");
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  const forget = () => URL.revokeObjectURL(picture.src);
  picture.addEventListener("load", forget, { once: true });
  picture.addEventListener("error", () => { // a format that the browser does not know
    forget();
    picture.replaceWith(make("span", "thumb"));
  }, { once: true });
  const name = make("div", "name", file.name || "pasted picture");
  const bar = make("progress", "");
  bar.max = 1;
  bar.value = 0;
  bar.setAttribute("aria-label", `Sending ${file.name || "the picture"}`);
  name.append(bar, make("span", "state num", "waiting for its turn"));
  const one = { file, card, bar, request: null, timer: 0 };
  card.append(picture, name, button("Cancel", file, () => cancel(one)));
  list().append(card);
  card.scrollIntoView({ block: "nearest" });
  const most = Number(form().querySelector("input[type=file]").dataset.most);
  if (isGone) refused(one, GONE);
  else if (file.size > most) refused(one, `It has ${size(file.size)}; at most ${size(most)} are accepted.`);
  else enqueue(one);
}

function enqueue(one) {
  waiting.push(one);
  next();
}

// What was said of pictures on their way is no longer true when there is none.
function next() {
  if (!form().querySelector(".attached [data-uploading]")) {
    document.dispatchEvent(new CustomEvent("notice:over", { detail: { about: "uploading" } }));
  }
  while (underWay < AT_ONCE && waiting.length) {
    underWay += 1;
    send(waiting.shift());
  }
}

function cancel(one) {
  clearTimeout(one.timer);
  const place = waiting.indexOf(one);
  if (place >= 0) waiting.splice(place, 1);
  one.card.remove();
  one.request?.abort();
  next();
}

const say = ({ card }, text) => {
  const state = card.querySelector(".state");
  if (state) state.textContent = text;
};

const headers = () => ({ ...JSON.parse(document.body.getAttribute("hx-headers") || "{}"), "HX-Request": "true" });

function send(one) {
  const { file, bar } = one;
  const request = (one.request = new XMLHttpRequest());
  const body = new FormData();
  body.append(form().querySelector("input[type=file]").name, file, file.name || "pasted.png");
  request.open("POST", `${address}images/`);
  for (const [name, value] of Object.entries(headers())) request.setRequestHeader(name, value);
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (!lengthComputable || loaded >= total) return;
    bar.value = loaded / total;
    say(one, `${Math.floor((100 * loaded) / total)} % of ${size(total)}`);
  });
  request.upload.addEventListener("load", () => {
    bar.removeAttribute("value"); // arrived; how long looking at it takes nobody knows
    say(one, "arrived, being prepared");
  });
  request.addEventListener("load", () => answered(one));
  request.addEventListener("error", () => refused(one, UNREACHABLE, true));
  request.addEventListener("loadend", () => {
    underWay -= 1;
    next();
  });
  say(one, "sending");
  request.send(body);
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${Number((bytes / 1e6).toFixed(1))} MB`);

// Too many pictures at once: it comes again by itself, not all of them together.
function again(one) {
  one.request = null;
  one.bar.value = 0;
  say(one, "the server is busy; waiting for its turn");
  one.timer = setTimeout(() => enqueue(one), RETRY_MS * (0.5 + Math.random()));
}

function answered(one) {
  const { request, card } = one;
  if (request.status === 503 && request.getResponseHeader("Retry-After")) return again(one);
  const html = new DOMParser().parseFromString(request.responseText, "text/html");
  const made = cards(html);
  if (request.status === 200 && made.length) {
    put(card, ...made);
    return changed();
  }
  const said = html.querySelector(".image .error, main p")?.textContent.trim();
  const failed = `The server failed with status ${request.status}; the picture is kept here.`;
  refused(one, said || (request.status === 413 ? TOO_LARGE : failed), request.status >= 500);
}

// `mayHelp`: another attempt, since it is not the picture that is to blame.
function refused({ card, file }, sentence, mayHelp = false) {
  delete card.dataset.uploading;
  card.querySelectorAll("progress, .state, .btn").forEach((each) => each.remove());
  const error = make("p", "error", sentence);
  error.setAttribute("role", "alert");
  card.querySelector(".name").append(error);
  const retry = button("Try again", file, () => {
    card.remove();
    upload(file);
  });
  if (mayHelp) card.append(retry);
  card.append(button("Remove", file, () => card.remove()));
}

const cards = (html) => [...html.querySelectorAll(".image")].map((each) => document.importNode(each, true));

function put(card, ...made) {
  card.replaceWith(...made);
  made.forEach((each) => window.htmx?.process(each));
}

const ready = () => [...list().querySelectorAll(".image:has(input[name=image])")];

// What a picture costs depends on the model.
const model = () => document.getElementById("setting-model-field")?.value;
let shownFor = model();
document.addEventListener("patch:applied", async () => {
  if (!form() || model() === shownFor) return;
  shownFor = model();
  const before = ready();
  const body = new FormData();
  for (const field of before.flatMap((card) => [...card.querySelectorAll("[name=image], [name=label]")])) {
    body.append(field.name, field.value);
  }
  if (!before.length) return;
  const answer = await fetch(`${address}images/`, { method: "POST", headers: headers(), body });
  if (!answer.ok) return;
  const after = cards(new DOMParser().parseFromString(await answer.text(), "text/html"));
  const focus = remember();
  if (after.length === before.length) before.forEach((card, at) => attach(card, after[at]));
  refocus(focus);
  changed();
});

const pictures = (data) => [...(data?.files ?? [])].filter(({ type }) => /^image\/|\/pdf$/.test(type));

function changed() {
  try {
    sessionStorage.setItem(keptUnder, ready().map((card) => card.outerHTML).join(""));
  } catch (error) {
    if (!(error instanceof DOMException)) throw error; // not kept over a reload, then
  }
  form().dispatchEvent(new Event("input", { bubbles: true }));
}

function restore() {
  let kept = null;
  try {
    kept = sessionStorage.getItem(keptUnder);
  } catch (error) {
    if (!(error instanceof DOMException)) throw error;
  }
  if (!kept || list().children.length) return;
  list().append(...cards(new DOMParser().parseFromString(kept, "text/html")));
}

document.addEventListener("change", ({ target }) => {
  if (!target.matches("#composer input[type=file]")) return;
  [...target.files].forEach(upload);
  target.value = "";
});

document.addEventListener("click", ({ target }) => {
  const opener = target.closest?.("[data-attach]");
  if (opener) document.getElementById(opener.dataset.attach)?.click();
});

document.addEventListener("paste", (event) => {
  if (!form()?.contains(event.target)) return;
  const files = pictures(event.clipboardData);
  if (!files.length || event.clipboardData.getData("text/plain")) return;
  event.preventDefault();
  files.forEach(upload);
});

// Anywhere on the page, since a browser leaves the page for a file that nobody takes.
const isForUs = ({ target, dataTransfer }) =>
  dataTransfer?.types.includes("Files") && !target.matches?.("input[type=file]");
const dropping = (over) => document.body.classList.toggle("dropping", over);
document.addEventListener("dragover", (event) => {
  if (!isForUs(event)) return;
  event.preventDefault();
  dropping(true);
});
document.addEventListener("dragleave", () => dropping(false));
document.addEventListener("drop", (event) => {
  dropping(false);
  if (!isForUs(event)) return;
  event.preventDefault();
  [...event.dataTransfer.files].forEach(upload); // the server says what is no picture
});

window.addEventListener("beforeunload", (event) => {
  if (underWay || waiting.length) event.preventDefault();
});

document.addEventListener("click", ({ target }) => {
  const remove = target.closest?.("#composer .attached [data-remove]");
  if (!remove) return;
  remove.closest(".image").remove();
  changed();
});

// Cards that only this page knows move into the composer that replaces theirs.
let moving = [];
document.addEventListener("htmx:beforeSwap", ({ detail }) => {
  if (detail.target.id !== "composer") return;
  moving = [...list().querySelectorAll(".image:not(:has(input[name=image]))")];
});
document.addEventListener("htmx:afterSwap", () => {
  if (form()) list().append(...moving.splice(0));
});

document.addEventListener("composer:taken", changed);
document.addEventListener("attached:changed", changed);
if (form()) restore();
