// Whether the reader is at the end of the script, and staying there while it grows.

const NEAR = 48; // pixels
const FRAMES = 12; // turns that come into view get their real heights one after the other
const UP = new Set(["ArrowUp", "PageUp", "Home"]);
const script = document.getElementById("script");

const distance = () => script.scrollHeight - script.scrollTop - script.clientHeight;

let reading = Boolean(script) && distance() > NEAR; // somewhere above
let held = null; // where the script stood when a finger or the scroll bar took hold of it
let left = 0;

let top = script?.scrollTop; // as last seen; our own scrolling is no reader's
script?.addEventListener("scroll", () => {
  const moved = script.scrollTop - top;
  top = script.scrollTop;
  // The first pixels upwards are near the end still, and a reader's all the same.
  if (moved && !left) reading = distance() > (moved < 0 ? 1 : NEAR);
}, { passive: true });

// At once: the next frame of a stream would pull the script down before it has moved.
function up() {
  left = 0;
  if (script.scrollTop > 0) reading = true;
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

export const isAtEnd = () => (left ? true : distance() <= NEAR);

function toEnd() {
  if (distance() < 1) return; // to set it all the same would end a reader's scrolling
  script.scrollTop = script.scrollHeight;
  top = script.scrollTop; // its event comes later, when a reader may have gone up
}

function stay() {
  if (!left) return;
  toEnd();
  left -= 1;
  if (left) requestAnimationFrame(stay);
}

export function goToEnd() {
  reading = false;
  if (!left) requestAnimationFrame(stay);
  left = FRAMES;
  toEnd();
}

// While a reply streams: follow, unless the reader has gone up.
export function follow() {
  if (script && !reading && held === null) goToEnd();
}
