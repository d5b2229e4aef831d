// Pictures on their way into the composer: by the file button, by paste, by drop. Each is
// a request of its own with its progress; what fails says so on its card and keeps the file.

// The composer is replaced when it comes back with a sentence: always the one of now.
const form = () => document.querySelector("#composer form.compose");
const list = () => form().querySelector(".attached");
const address = location.pathname.match(/^\/c\/[^/]+\//)?.[0];
const keptUnder = `attached ${address}`;
const UNREACHABLE = "Could not reach the server; the picture is kept here.";
const TOO_LARGE = "This picture is larger than the server takes.";

function make(tag, className, text = "") {
  const node = document.createElement(tag);
  node.className = className;
  node.textContent = text;
  return node;
}

function button(text, act) {
  const node = make("button", "btn small", text);
  node.type = "button";
  node.addEventListener("click", act);
  return node;
}

const waiting = []; // uploads whose turn has not come
const AT_ONCE = 2;
const RETRY_MS = 2000;
let underWay = 0;

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
  card.append(picture, name, button("Cancel", () => cancel(one)));
  list().append(card);
  enqueue(one);
}

function enqueue(one) {
  waiting.push(one);
  next();
}

function next() {
  while (underWay < AT_ONCE && waiting.length) {
    underWay += 1;
    send(waiting.shift());
  }
}

function cancel(one) {
  clearTimeout(one.timer);
  const place = waiting.indexOf(one);
  if (place >= 0) waiting.splice(place, 1);
  one.request?.abort();
  one.card.remove();
}

const say = ({ card }, text) => {
  const state = card.querySelector(".state");
  if (state) state.textContent = text;
};

function send(one) {
  const { file, bar } = one;
  const request = (one.request = new XMLHttpRequest());
  const body = new FormData();
  body.append(form().querySelector("input[type=file]").name, file, file.name || "pasted.png");
  request.open("POST", `${address}images/`);
  request.setRequestHeader("HX-Request", "true");
  const headers = document.body.getAttribute("hx-headers");
  for (const [name, value] of Object.entries(headers ? JSON.parse(headers) : {})) {
    request.setRequestHeader(name, value);
  }
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
  request.addEventListener("error", () => refused(one, UNREACHABLE));
  request.addEventListener("loadend", () => {
    underWay -= 1;
    next();
  });
  say(one, "sending");
  request.send(body);
}

const size = (bytes) => (bytes < 1e6 ? `${Math.ceil(bytes / 1e3)} kB` : `${(bytes / 1e6).toFixed(1)} MB`);

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
  const cards = [...html.querySelectorAll(".image")];
  if (request.status === 200 && cards.length) {
    const mine = cards.map((each) => document.importNode(each, true));
    card.replaceWith(...mine);
    mine.forEach((each) => window.htmx?.process(each));
    changed();
    return;
  }
  const said = (html.querySelector(".error, .field-error, main p") ?? html.body).textContent.trim();
  const plain = request.status < 500 && said.length < 400 ? said : "";
  const failed = `The server failed with status ${request.status}; the picture is kept here.`;
  refused(one, plain || (request.status === 413 ? TOO_LARGE : failed));
}

function refused({ card, file }, sentence) {
  delete card.dataset.uploading;
  card.querySelectorAll("progress, .state, .btn").forEach((each) => each.remove());
  const error = make("p", "error", sentence);
  error.setAttribute("role", "alert");
  card.querySelector(".name").append(error);
  const retry = button("Try again", () => {
    card.remove();
    upload(file);
  });
  card.append(retry, button("Remove", () => card.remove()));
}

const pictures = (data) => [...(data?.files ?? [])].filter(({ type }) => /^image\/|\/pdf$/.test(type));

function changed() {
  const ready = [...list().querySelectorAll(".image:has(input[name=image])")];
  try {
    sessionStorage.setItem(keptUnder, ready.map((card) => card.outerHTML).join(""));
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
  const cards = new DOMParser().parseFromString(kept, "text/html").body.children;
  list().append(...[...cards].map((card) => document.importNode(card, true)));
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

const main = document.getElementById("main");
const dropping = (over) => document.body.classList.toggle("dropping", over);
main.addEventListener("dragover", (event) => {
  if (!event.dataTransfer?.types.includes("Files")) return;
  event.preventDefault();
  dropping(true);
});
main.addEventListener("dragleave", () => dropping(false));
main.addEventListener("drop", (event) => {
  dropping(false);
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  [...event.dataTransfer.files].forEach(upload); // the server says what is no picture
});

document.addEventListener("click", ({ target }) => {
  const remove = target.closest?.("#composer .attached [data-remove]");
  if (!remove) return;
  remove.closest(".image").remove();
  changed();
  form().querySelector("textarea").focus();
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
