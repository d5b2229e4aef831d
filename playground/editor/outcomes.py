"""What became of a run, in words: status line, figures, and what to do next."""

from dataclasses import dataclass
from typing import Any

from conversations.models import Run

from . import figures, text

# What to do about each stop_reason (handling-stop-reasons page, Aug 2026).
ADVICE = {
    "end_turn": "The reply is finished.",
    "max_tokens": "The reply was cut off at max tokens. Where a tool call or the "
    "thinking was cut, only a higher limit helps.",
    "stop_sequence": "The sequence itself is not part of the text.",
    "tool_use": "The model waits for the results of its calls: one for each, first in "
    "the next user turn.",
    "pause_turn": "A long turn with server tools paused. It goes on when the reply is "
    "sent back as it is, with the same tools.",
    "refusal": "Change the conversation, or try another model; on partial text there "
    "is nothing to build.",
    "model_context_window_exceeded": "The context window is full, so the reply is cut "
    "off. Shorten or mute turns, or choose a model with a larger window.",
    "compaction": "The conversation was compacted. It goes on with the compaction "
    "block in place.",
}
UNKNOWN_STOP = "This stop reason is new here: see the raw response and the API's pages."

SENTENCES = {
    Run.Status.PENDING: "Waiting for the first words.",
    Run.Status.STREAMING: "The reply is being written.",
    Run.Status.DONE: "This reply is not part of the conversation.",
    Run.Status.STOPPED: "Stopped. What came until then is kept here.",
    Run.Status.FAILED: "The request failed.",
    Run.Status.INTERRUPTED: "The server stopped while this reply was being written. "
    "What came until then is kept here.",
}
# The same where nothing came.
EMPTY = {
    Run.Status.DONE: "The answer is empty.",
    Run.Status.STOPPED: "Stopped before anything came.",
    Run.Status.INTERRUPTED: "The server stopped before anything of this reply came.",
}


@dataclass(frozen=True, slots=True)
class Figures:
    """A run's numbers, ready to read; empty where unknown."""

    run: int
    model: str
    status: str
    stop_reason: str
    tokens: str
    first_token: str
    seconds: str
    cost: str

    @classmethod
    def of(cls, run: Run) -> "Figures":
        return cls(
            run=run.pk,
            model=run.model,
            status=Run.Status(run.status).label,
            stop_reason=run.stop_reason,
            tokens=counts(run),
            first_token=figures.seconds(run.seconds_to_first_token),
            seconds=figures.seconds(run.seconds),
            cost=_cost(run),
        )


def _cost(run: Run) -> str:
    return "" if run.cost is None else figures.cost(run.cost, run.about)


def counts(run: Run) -> str:
    """Return `2,802 in · 9 out`, nothing while there is no usage.

    Those are the reply's own, as the API sums them up. What it reports apart (a
    compaction, an advisor) follows as `· 5,000 more beside the reply`.
    """
    if not run.usage:
        return ""
    read = figures.number(figures.prompt_tokens(run.usage))
    written = figures.number(figures.output_tokens(run.usage))
    told = f"{read} in · {run.about}{written} out{run.uncounted}"
    apart = figures.tokens_apart(run.usage)
    return f"{told} · {apart:,} more beside the reply" if apart else told


def status_line(run: Run | None) -> str:
    """Return the status line: how the run stands and what it has counted."""
    if run is None:
        return ""
    if run.status in Run.LIVE:
        return "Streaming"
    told = Figures.of(run)
    parts = [told.status, told.tokens, told.seconds, told.cost]
    return " · ".join(part for part in parts if part)


def astray_line(run: Run, way: str) -> str:
    """Return the status line of a run whose reply waits for a turn that is not there;
    `way` is the button that brings it back, if there is one."""
    told = f"{way} brings it back" if way else "see History"
    return f"{status_line(run)} · its turn is not in the script: {told}"


def advice(run: Run) -> str:
    """Return what to do about the run's stop reason."""
    if not run.stop_reason:
        return ""
    return ADVICE.get(run.stop_reason, UNKNOWN_STOP)


def sentence(run: Run) -> str:
    """Return what happened, in a sentence for the person who sent it."""
    status, told = Run.Status(run.status), error(run).get("sentence")
    if not run.has_reply and status in EMPTY:
        return EMPTY[status]
    return str(told) if told else SENTENCES[status]


def error(run: Run) -> dict[str, Any]:
    return run.error if isinstance(run.error, dict) else {}


def raw_error(run: Run) -> str:
    """Return a failure with its raw body as it came, not escaped a second time."""
    told = error(run)
    if not told:
        return ""
    body = told.get("body")
    rest = {key: value for key, value in told.items() if key != "body"}
    return text.shown(f"{text.pretty(rest)}\n\n{body}" if body else text.pretty(rest))
