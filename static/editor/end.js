// Where the reader is in the script: at its end, and staying there while it grows, or at a
// turn further up.

const NEAR = 48; // pixels
const FRAMES = 12; // turns that come into view get their real heights one after the other
const UP = new Set(["ArrowUp", "PageUp", "Home"]);
const script = document.getElementById("script");

const distance = () => script.scrollHeight - script.scrollTop - script.clientHeight;

let reading = Boolean(script) && distance() > NEAR; // somewhere above
let held = null; // where the script stood when a finger or the scroll bar took hold of it
let left = 0;
let wanted = null; // a place to come back to, as `whereIs` told it

let top = script?.scrollTop; // as last seen; our own scrolling is no reader's
script?.addEventListener("scroll", () => {
  const moved = script.scrollTop - top;
  top = script.scrollTop;
  // The first pixels upwards are near the end still, and a reader's all the same.
  // One who comes back to a place that is not there yet stands at the end for now.
  if (moved && !left && !wanted) reading = distance() > (moved < 0 ? 1 : NEAR);
}, { passive: true });

// The reader goes elsewhere.
function release() {
  if (wanted) left = 0;
  wanted = null;
}

// At once: the next frame of a stream would pull the script down before it has moved.
function up() {
  left = 0;
  if (script.scrollTop > 0) reading = true;
}

for (const name of ["wheel", "keydown", "mousedown", "touchstart"]) {
  script?.addEventListener(name, release, { passive: true });
}
script?.addEventListener("wheel", ({ deltaY }) => deltaY < 0 && up(), { passive: true });
script?.addEventListener("keydown", ({ key }) => UP.has(key) && up());
// Touches have events of their own: their pointers are cancelled when they scroll.
for (const name of ["mousedown", "touchstart"]) {
  script?.addEventListener(name, () => {
    left = 0;
    held = script.scrollTop;
  }, { passive: true });
}
for (const name of ["mouseup", "touchend", "touchcancel"]) {
  window.addEventListener(name, () => {
    if (held === null) return;
    if (script.scrollTop !== held) reading = distance() > NEAR;
    held = null;
  }, { passive: true });
}

export const isAtEnd = () => !wanted && (left > 0 || distance() <= NEAR);

function toEnd() {
  if (distance() < 1) return; // to set it all the same would end a reader's scrolling
  script.scrollTop = script.scrollHeight;
  top = script.scrollTop; // its event comes later, when a reader may have gone up
}

function stay() {
  if (!left) return;
  if (wanted) approach();
  else toEnd();
  if (left) left -= 1;
  if (left) requestAnimationFrame(stay);
}

export function goToEnd() {
  reading = false;
  wanted = null;
  if (!left) requestAnimationFrame(stay);
  left = FRAMES;
  toEnd();
}

// While a reply streams: follow, unless the reader has gone up. One who comes back into
// the reply waits until so much of it is there again.
export function follow() {
  if (!script || held !== null) return;
  if (wanted) approach();
  else if (!reading) goToEnd();
}

// The turn at the upper edge, and how far it is above it; heights differ from page to page.
export function whereIs() {
  if (isAtEnd()) return "end";
  const edge = script.getBoundingClientRect().top;
  const turn = [...script.children].find((each) => each.id && each.getBoundingClientRect().bottom > edge);
  return turn && { id: turn.id, above: edge - turn.getBoundingClientRect().top };
}

export function goTo(place) {
  if (place === "end") return goToEnd();
  reading = true;
  wanted = place;
  if (!left) requestAnimationFrame(stay);
  left = FRAMES;
  approach();
}

function approach() {
  if (Math.abs(missing()) >= 1) script.scrollTop += missing();
  top = script.scrollTop;
  const mayGrow = missing() >= 2 && script.querySelector("[data-run]");
  if (left > 1 || mayGrow) return;
  wanted = null;
  left = 0; // there: what is left would go to the end
}

// Pixels down to the wanted place.
function missing() {
  const turn = document.getElementById(wanted.id);
  return turn ? turn.getBoundingClientRect().top - script.getBoundingClientRect().top + wanted.above : 0;
}
