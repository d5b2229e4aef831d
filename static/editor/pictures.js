// The tools on a picture: a rectangle drawn with a pointer or typed as numbers, and the
// order of the pictures in the composer. The numbers are what is sent.

const NAMES = ["x", "y", "width", "height"];
const changed = (target) => target.dispatchEvent(new Event("input", { bubbles: true }));

// One dialog at a time

const form = () => document.querySelector("#picture[open] form[data-rectangle]");
const field = (of, name) => of.elements.namedItem(name);

function rectangle(of) {
  return NAMES.map((name) => Number(field(of, name).value) || 0);
}

function draw(of) {
  const picture = of.querySelector(".stage img");
  const box = of.querySelector(".stage .box");
  const scale = picture.clientWidth / picture.trueWidth || 0;
  const [x, y, width, height] = rectangle(of);
  box.hidden = !scale || !width || !height;
  box.style.left = `${x * scale}px`;
  box.style.top = `${y * scale}px`;
  box.style.width = `${width * scale}px`;
  box.style.height = `${height * scale}px`;
}

// Pixels of the picture under the pointer, within it.
function place(of, { clientX, clientY }) {
  const picture = of.querySelector(".stage img");
  const { left, top } = picture.getBoundingClientRect();
  const scale = picture.trueWidth / picture.clientWidth;
  const within = (value, most) => Math.round(Math.min(Math.max(value, 0), most));
  return [within((clientX - left) * scale, picture.trueWidth), within((clientY - top) * scale, picture.trueHeight)];
}

function set(of, [x, y], [toX, toY]) {
  const picture = of.querySelector(".stage img");
  const values = [Math.min(x, toX), Math.min(y, toY), Math.abs(toX - x), Math.abs(toY - y)];
  values[0] = Math.min(values[0], picture.trueWidth - 1);
  values[1] = Math.min(values[1], picture.trueHeight - 1);
  NAMES.forEach((name, at) => (field(of, name).value = at > 1 ? Math.max(1, values[at]) : values[at]));
  limit(of);
  draw(of);
}

// What is outside of the picture cannot be typed.
function limit(of) {
  const picture = of.querySelector(".stage img");
  field(of, "width").max = picture.trueWidth - field(of, "x").value;
  field(of, "height").max = picture.trueHeight - field(of, "y").value;
}

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  const of = target.id === "picture" && target.querySelector("form[data-rectangle]");
  if (!of) return;
  const picture = of.querySelector(".stage img");
  picture.trueWidth = Number(picture.getAttribute("width"));
  picture.trueHeight = Number(picture.getAttribute("height"));
  new ResizeObserver(() => draw(of)).observe(picture);
});

let from = null;
document.addEventListener("pointerdown", (event) => {
  const of = form();
  if (event.button || !event.target.closest?.(".stage") || !of) return;
  event.preventDefault();
  of.querySelector(".stage").setPointerCapture(event.pointerId);
  from = place(of, event);
});
document.addEventListener("pointermove", (event) => {
  if (from && form()) set(form(), from, place(form(), event));
});
for (const name of ["pointerup", "pointercancel"]) {
  document.addEventListener(name, () => (from = null));
}
document.addEventListener("input", ({ target }) => {
  const of = target.closest?.("#picture form[data-rectangle]");
  if (!of || !NAMES.includes(target.name)) return;
  limit(of);
  draw(of);
});

// The composer's pictures: their order and labels

document.addEventListener("click", ({ target }) => {
  const button = target.closest?.("#composer .attached [data-move]");
  if (!button) return;
  const card = button.closest(".image");
  const other = button.dataset.move < 0 ? card.previousElementSibling : card.nextElementSibling;
  if (!other) return;
  if (button.dataset.move < 0) other.before(card);
  else other.after(card);
  button.focus();
  document.dispatchEvent(new CustomEvent("attached:changed"));
  changed(card);
});

document.addEventListener("change", ({ target }) => {
  if (!target.matches?.("#composer .attached [name=label]")) return;
  target.setAttribute("value", target.value); // kept with its card
  document.dispatchEvent(new CustomEvent("attached:changed"));
});

document.addEventListener("htmx:afterSwap", ({ detail: { target } }) => {
  if (!target.id?.startsWith("attached-") && target.id !== "composer-images") return;
  document.dispatchEvent(new CustomEvent("attached:changed"));
});
