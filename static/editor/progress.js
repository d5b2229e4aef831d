// How far the replies on their way have come, beside the status line and not in it: a
// screen reader would have to hear each number.

const EVERY_MS = 250;
const CHARACTERS = 4; // a token, about
const SILENCE = 10; // seconds without a word that are said

let timer = 0;
let place = null;

// What an attempt failed of, as its error type says.
const FAILED = {
  overloaded_error: "Overloaded",
  rate_limit_error: "Too many requests",
  connection: "No connection",
  timeout: "No answer in time",
  timeout_error: "No answer in time",
};

// `streams`: what is under way, each with its `blocks` and the time it `began` here.
export function show(streams) {
  clearInterval(timer);
  const draw = () => write([...streams.values()]);
  draw();
  if (streams.size) timer = setInterval(draw, EVERY_MS);
}

function write(streams) {
  const status = document.getElementById("status");
  if (!streams.length || !status) {
    place?.remove();
    place = null;
    return;
  }
  if (place?.previousSibling !== status) {
    place?.remove();
    place = document.createElement("span");
    place.className = "progress";
    place.setAttribute("aria-hidden", "true");
    status.after(place);
  }
  const told = streams.map(trouble).find(Boolean) ?? count(streams);
  if (place.textContent !== told) place.textContent = told;
}

function trouble({ ahead, attempt, isLost }) {
  if (isLost) return "no connection to the server, where it goes on";
  if (ahead !== null) {
    return ahead ? `waiting for its turn, ${ahead} before it` : "waiting for its turn, next";
  }
  if (!attempt) return "";
  const seconds = Math.ceil((attempt.at - performance.now()) / 1000);
  const when = seconds > 0 ? `trying again in ${seconds} s` : "trying again";
  return `${FAILED[attempt.kind] ?? "The API failed"}, ${when} (${attempt.number} of ${attempt.of})`;
}

function count(streams) {
  const characters = streams.flatMap(({ blocks }) => blocks).reduce((sum, { text }) => sum + text.length, 0);
  const seconds = (performance.now() - Math.min(...streams.map(({ began }) => began))) / 1000;
  const tokens = Math.ceil(characters / CHARACTERS).toLocaleString("en-US");
  const silence = (performance.now() - Math.max(...streams.map(({ heard }) => heard))) / 1000;
  const said = silence > SILENCE ? ` · nothing for ${silence.toFixed(0)} s` : "";
  return `${seconds.toFixed(0)} s · about ${tokens} tokens${said}`;
}
