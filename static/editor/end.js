// Whether the reader is at the end of the script, and staying there while it grows.

const NEAR = 48; // pixels
const FRAMES = 12; // turns that come into view get their real heights one after the other
const script = document.getElementById("script");

const distance = () => script.scrollHeight - script.scrollTop - script.clientHeight;

let reading = Boolean(script) && distance() > NEAR; // somewhere above
let left = 0;

script?.addEventListener("scroll", () => {
  if (!left) reading = distance() > NEAR;
}, { passive: true });
for (const name of ["wheel", "touchmove", "keydown", "pointerdown"]) {
  script?.addEventListener(name, () => (left = 0), { passive: true });
}

export const isAtEnd = () => (left ? true : distance() <= NEAR);

function stay() {
  script.scrollTop = script.scrollHeight;
  left -= 1;
  if (left > 0) requestAnimationFrame(stay);
}

export function goToEnd() {
  reading = false;
  if (!left) requestAnimationFrame(stay);
  left = FRAMES;
  script.scrollTop = script.scrollHeight;
}

// While a reply streams: follow, unless the reader has gone up.
export function follow() {
  if (!reading) goToEnd();
}
