"""Drills: words in the last user turn that make the simulator fail on purpose.

One table, which is also the list in docs/simulator.md. Knows no request; what a drill
does to an answer or a stream is done where answers and streams are made.
"""

import re
from dataclasses import dataclass
from typing import Literal

from playground.simulator.wire import Refusal

Manner = Literal["", "cut", "error", "silence", "crawl", "late", "page"]
"""How an answer is delivered; "" is as ever, "page" is a web page in its stead."""


@dataclass(frozen=True, slots=True)
class Drill:
    """`drill: <name>` in a user turn. `does` completes "With these words, …"."""

    name: str
    does: str
    refusal: Refusal | None = None
    attempts: int | None = None
    """How many attempts of the SDK it refuses; None means all."""
    manner: Manner = ""

    def refuses(self, attempts_before: int) -> bool:
        """Whether this attempt is refused; the SDK counts them in a header."""
        if self.refusal is None:
            return False
        return self.attempts is None or attempts_before < self.attempts


def _limit(words: str, after: int | None, code: str | None = None) -> Refusal:
    details = {"error_code": code} if code else None
    headers = {} if after is None else {"retry-after": str(after)}
    return Refusal(429, "rate_limit_error", words, details, headers)


_BUSY = Refusal(529, "overloaded_error", "Overloaded")
_RATE = "This request would exceed your organization's rate limit (a drill)."
_CAP = (
    "You have reached your specified API usage limits (a drill). You will regain "
    "access on the first of next month."
)
_HOLD = Refusal(
    403, "permission_error", "Your API key may not use this model (a drill)."
)

DRILLS: tuple[Drill, ...] = (
    Drill("overload", "is overloaded, every time (529)", _BUSY),
    Drill(
        "overload twice",
        "is overloaded for two attempts (529), then answers",
        _BUSY,
        attempts=2,
    ),
    Drill(
        "rate limit",
        "refuses one attempt with 429 and `retry-after: 2`, then answers",
        _limit(_RATE, 2),
        attempts=1,
    ),
    Drill(
        "long wait",
        "refuses with 429 and `retry-after: 300`, every time",
        _limit(_RATE, 300),
    ),
    Drill(
        "spend cap",
        "refuses with 429 without `retry-after`, as a used-up spending limit does",
        _limit(_CAP, None, "enforced_spend_limit_reached"),
    ),
    Drill(
        "server error",
        "fails inside, every time (500)",
        Refusal(500, "api_error", "Internal server error"),
    ),
    Drill(
        "timeout",
        "takes too long, every time (504)",
        Refusal(504, "timeout_error", "Request timed out"),
    ),
    Drill("forbidden", "says that the key may not do this (403)", _HOLD),
    Drill(
        "unpaid",
        "says that the account cannot pay (402)",
        Refusal(402, "billing_error", "Your credit balance is too low (a drill)."),
    ),
    Drill(
        "invalid",
        "refuses the request as invalid (400)",
        Refusal(400, "invalid_request_error", "messages: refused by a drill"),
    ),
    Drill(
        "web page", "sends a web page with status 200, as a proxy does", manner="page"
    ),
    Drill("cut", "breaks off in the middle of the stream", manner="cut"),
    Drill(
        "error event",
        "sends an `overloaded_error` event in the middle of the stream",
        manner="error",
    ),
    Drill(
        "silence",
        "falls silent in the middle of the stream until you hang up",
        manner="silence",
    ),
    Drill("late", "waits ten seconds before its first event", manner="late"),
    Drill("crawl", "crawls along at two tokens a second", manner="crawl"),
    Drill("think long", "thinks for about 2,000 tokens, where thinking is on"),
    Drill("redact", "redacts its thinking, where thinking is on"),
    Drill("refuse", "declines before it says anything (`refusal` with details)"),
    Drill("refuse midway", "declines in the middle of its answer"),
    Drill("pause", "pauses in the middle of a server tool's work (`pause_turn`)"),
    Drill(
        "full window",
        "ends as if the context window were full (`model_context_window_exceeded`)",
    ),
    Drill("cite", "cites an invented document"),
    Drill("search", "uses the web search of the server, with invented results"),
    Drill("new block", "adds a content block of a type that nobody knows"),
    Drill("all tools", "calls every tool of the request at once"),
    Drill("vary", "answers differently each time the same is asked"),
)
BY_NAME = {drill.name: drill for drill in DRILLS}

# The longest name first, so that "overload twice" is not read as "overload".
_NAMES = "|".join(sorted(map(re.escape, BY_NAME), key=len, reverse=True))
# What follows must end the phrase: nobody writes of the drill by accident.
_END = r"(?=\s*(?:[.,;:!?)\n]|$|drill:))"
_WORDS = re.compile(rf"(?<![\w-])drill: ({_NAMES}){_END}", re.I)


def found(text: str) -> list[Drill]:
    """The drills that a text asks for, each once, in their order."""
    if "drill: " not in text.lower():
        return []  # the usual case, of a long text too
    names = dict.fromkeys(name.lower() for name in _WORDS.findall(text))
    return [BY_NAME[name] for name in names]


def listed() -> str:
    """The table for people, in Markdown."""
    rows = [f"| `drill: {drill.name}` | {drill.does} |" for drill in DRILLS]
    return "\n".join(["| Words | The simulator … |", "|---|---|", *rows])


if __name__ == "__main__":
    print(listed())
