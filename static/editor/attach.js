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

// One card from choosing the file to the server's own card in its place.
function upload(file) {
  const card = make("div", "image");
  card.dataset.uploading = "";
  const picture = make("img", "thumb");
  picture.alt = "";
  picture.src = URL.createObjectURL(file);
  picture.addEventListener("load", () => URL.revokeObjectURL(picture.src), { once: true });
  const name = make("div", "name", file.name || "pasted picture");
  const bar = make("progress", "");
  bar.max = 1;
  bar.setAttribute("aria-label", `Sending ${file.name || "the picture"}`);
  name.append(bar);
  const request = new XMLHttpRequest();
  const cancel = button("Cancel", () => {
    request.abort();
    card.remove();
  });
  card.append(picture, name, cancel);
  list().append(card);
  send(request, file, card, bar);
}

function send(request, file, card, bar) {
  const body = new FormData();
  body.append(form().querySelector("input[type=file]").name, file, file.name || "pasted.png");
  request.open("POST", `${address}images/`);
  request.setRequestHeader("HX-Request", "true");
  const headers = document.body.getAttribute("hx-headers");
  for (const [name, value] of Object.entries(headers ? JSON.parse(headers) : {})) {
    request.setRequestHeader(name, value);
  }
  request.upload.addEventListener("progress", ({ loaded, total, lengthComputable }) => {
    if (lengthComputable && loaded < total) bar.value = loaded / total;
    else bar.removeAttribute("value"); // arrived; now it is looked at
  });
  request.addEventListener("load", () => answered(request, file, card));
  request.addEventListener("error", () => refused(card, file, UNREACHABLE));
  request.send(body);
}

function answered(request, file, card) {
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
  refused(card, file, plain || (request.status === 413 ? TOO_LARGE : failed));
}

function refused(card, file, sentence) {
  delete card.dataset.uploading;
  card.querySelector("progress")?.remove();
  card.querySelector(".btn")?.remove();
  const error = make("p", "error", sentence);
  error.setAttribute("role", "alert");
  card.querySelector(".name").append(error);
  const retry = button("Try again", () => {
    card.remove();
    upload(file);
  });
  card.append(retry, button("Remove", () => card.remove()));
}

const pictures = (data) => [...(data?.files ?? [])].filter((file) => file.type.startsWith("image/"));

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

// A label is no button to the keyboard.
document.addEventListener("keydown", (event) => {
  if (!event.target.matches?.("#composer label[role=button]")) return;
  if (event.key !== "Enter" && event.key !== " ") return;
  event.preventDefault();
  event.target.control?.click();
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
if (form()) restore();
