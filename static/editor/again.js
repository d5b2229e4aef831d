// What could not be fetched is asked for again by itself, later each time, until it is
// there: the server may be starting anew, and no event may come that would ask.

const FIRST_WAIT = 250; // milliseconds
const LONGEST_WAIT = 15_000;
const SAY_AFTER = 4; // attempts in vain
const PASSING = new Set([408, 425, 429]);

// Whether an answer with this status says nothing about what was asked for.
export const isPassing = (status) => status >= 500 || PASSING.has(status);

// Gives the answer's status and HTML; null when another attempt may help.
export async function get(address) {
  try {
    const response = await fetch(address, {
      headers: { "HX-Request": "true" },
      credentials: "same-origin",
      cache: "no-store",
    });
    if (isPassing(response.status)) return null;
    return { status: response.status, html: await response.text() };
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    return null; // the network
  }
}

export class Again {
  constructor(ask, sayAfter = SAY_AFTER) {
    Object.assign(this, { ask, sayAfter, attempts: 0, timer: 0 });
  }

  later() {
    this.attempts += 1;
    if (this.attempts === this.sayAfter) {
      tell("The server does not answer; trying again. What you see may be out of date.", true);
    }
    const wait = Math.min(FIRST_WAIT * 2 ** (this.attempts - 1), LONGEST_WAIT);
    clearTimeout(this.timer);
    this.timer = setTimeout(this.ask, wait * (0.5 + Math.random()));
  }

  // It has come, or never will.
  over() {
    clearTimeout(this.timer);
    if (this.attempts >= this.sayAfter) tell("The page is up to date again.", false);
    this.attempts = 0;
  }
}

const tell = (text, failed) => document.dispatchEvent(new CustomEvent("notice", { detail: { text, failed } }));
