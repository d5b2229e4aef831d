// How far the replies on their way have come, beside the status line and not in it: a
// screen reader would have to hear each number. The line has one word of it, since
// nothing streams from a run that waits for its turn, or to be tried again.

const EVERY_MS = 250;
const CHARACTERS = 4; // a token, about
const SILENCE = 10; // seconds without a word that are said

let draw = () => {};
let timer = 0;
let place = null;

// What an attempt failed of, as its error type says.
const FAILED = {
  overloaded_error: "overloaded",
  rate_limit_error: "too many requests",
  connection: "no connection",
  timeout: "no answer in time",
  timeout_error: "no answer in time",
};

// `streams`: what is under way, each with its `blocks` and the time it `began` here.
export function show(streams) {
  clearInterval(timer);
  draw = () => write([...streams.values()]);
  draw();
  if (streams.size) timer = setInterval(draw, EVERY_MS);
}

document.addEventListener("patch:applied", () => draw()); // the line may be a new one

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
  const waiting = streams.filter(isWaiting);
  say(place, streams.map(lost).find(Boolean) ?? told(streams, waiting));
  sayHowItStands(status, streams, waiting.length === streams.length);
}

function told(streams, waiting) {
  if (waiting.length === streams.length) return trouble(waiting[0]);
  const counted = count(streams.filter((stream) => !isWaiting(stream)));
  return waiting.length ? `${counted} · ${waiting.length} waiting ${trouble(waiting[0])}` : counted;
}

function sayHowItStands(status, streams, nothingStreams) {
  const line = status.textContent;
  if (nothingStreams) say(status, line.replace(/^Streaming(?= \d)/, "Waiting for").replace(/^Streaming/, "Waiting"));
  else say(status, line.replace(/^Waiting( for)?/, "Streaming"));
  for (const stream of streams) {
    const word = document.querySelector(`[data-word="${stream.run}"]`);
    if (word) say(word, isWaiting(stream) ? `Waiting ${trouble(stream)}` : "Streaming");
  }
}

// Not anew, what stands there: it would be read out again.
function say(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

const isWaiting = ({ ahead, attempt }) => ahead !== null || Boolean(attempt);

const lost = ({ isLost }) => (isLost ? "no connection to the server, where it goes on" : null);

// What a run waits for, behind that word.
function trouble({ ahead, attempt }) {
  if (ahead !== null) return ahead ? `for its turn, ${ahead} before it` : "for its turn, next";
  const seconds = Math.ceil((attempt.at - performance.now()) / 1000);
  const when = seconds > 0 ? `trying again in ${seconds} s` : "trying again";
  return `· ${FAILED[attempt.kind] ?? "the API failed"}, ${when} (${attempt.number} of ${attempt.of})`;
}

function count(streams) {
  const characters = streams.flatMap(({ blocks }) => blocks).reduce((sum, { text }) => sum + text.length, 0);
  const seconds = (performance.now() - Math.min(...streams.map(({ began }) => began))) / 1000;
  const tokens = Math.ceil(characters / CHARACTERS).toLocaleString("en-US");
  const silence = (performance.now() - Math.max(...streams.map(({ heard }) => heard))) / 1000;
  const said = silence > SILENCE ? ` · nothing for ${silence.toFixed(0)} s` : "";
  return `${seconds.toFixed(0)} s · about ${tokens} tokens${said}`;
}
