// How far the replies on their way have come, beside the status line and not in it: a
// screen reader would have to hear each number.

const EVERY_MS = 250;
const CHARACTERS = 4; // a token, about

let timer = 0;
let place = null;

// `streams`: what is under way, each with its `blocks` and the time it `began` here.
export function show(streams) {
  clearInterval(timer);
  const draw = () => write([...streams.values()]);
  draw();
  if (streams.size) timer = setInterval(draw, EVERY_MS);
}

function write(streams) {
  place?.remove();
  const status = document.getElementById("status");
  if (!streams.length || !status) return;
  const characters = streams.flatMap(({ blocks }) => blocks).reduce((sum, { text }) => sum + text.length, 0);
  const seconds = (performance.now() - Math.min(...streams.map(({ began }) => began))) / 1000;
  const tokens = Math.ceil(characters / CHARACTERS).toLocaleString("en-US");
  place = document.createElement("span");
  place.className = "progress";
  place.setAttribute("aria-hidden", "true");
  place.textContent = `${seconds.toFixed(0)} s · about ${tokens} tokens`;
  status.after(place);
}
