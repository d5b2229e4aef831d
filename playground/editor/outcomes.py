"""What became of a run, in words: status line, figures, and what to do next."""

from dataclasses import dataclass
from typing import Any

from conversations.models import Run

from . import figures

# What to do about each stop_reason (handling-stop-reasons page, Aug 2026).
ADVICE = {
    "end_turn": "The reply is finished.",
    "max_tokens": "The reply was cut off at max tokens. Raise the limit and run again, "
    "or press Continue: models with prefill go on where it ends; for others ask in a "
    "new user turn. A tool call at the end may be incomplete.",
    "stop_sequence": "The reply ended because the model wrote a stop sequence, which "
    "is not part of the text.",
    "tool_use": "The model waits for a tool. Answer in one user turn whose first "
    "blocks are the tool_result blocks, one for each call.",
    "pause_turn": "A long turn with server tools paused. Press Continue: the reply is "
    "sent back as it is, with the same tools.",
    "refusal": "The model declined. Do not build on the partial text: edit the "
    "conversation, or try another model.",
    "model_context_window_exceeded": "The context window is full, so the reply is cut "
    "off. Shorten or mute turns, or choose a model with a larger window.",
    "compaction": "The conversation was compacted. Continue with the compaction block "
    "in place.",
}
UNKNOWN_STOP = "This stop reason is new here: see the raw response and the API's pages."
CONTINUABLE = frozenset({"max_tokens", "pause_turn"})

SENTENCES = {
    Run.Status.PENDING: "Waiting for the first words.",
    Run.Status.STREAMING: "The reply is being written.",
    Run.Status.DONE: "This reply is not part of the conversation.",
    Run.Status.STOPPED: "Stopped. What came until then is kept here.",
    Run.Status.FAILED: "The request failed.",
    Run.Status.INTERRUPTED: "The server stopped while this reply was being written. "
    "What came until then is kept here.",
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
            cost=figures.dollars(run.cost) if run.cost is not None else "",
        )


def counts(run: Run) -> str:
    """Return `2,802 in · 9 out`, nothing while there is no usage."""
    if not run.usage:
        return ""
    read = figures.number(figures.prompt_tokens(run.usage))
    written = figures.number(figures.output_tokens(run.usage))
    about = "about " if run.usage_is_estimated else ""
    return f"{read} in · {about}{written} out"


def status_line(run: Run | None) -> str:
    """Return the status line: how the run stands and what it has counted."""
    if run is None:
        return ""
    if run.status in Run.LIVE:
        return "Streaming"
    told = Figures.of(run)
    parts = [told.status, told.tokens, told.seconds, told.cost]
    return " · ".join(part for part in parts if part)


def advice(run: Run) -> str:
    """Return what to do about the run's stop reason."""
    if not run.stop_reason:
        return ""
    return ADVICE.get(run.stop_reason, UNKNOWN_STOP)


def sentence(run: Run) -> str:
    """Return what happened, in a sentence for the person who sent it."""
    told = error(run).get("sentence")
    return str(told) if told else SENTENCES[Run.Status(run.status)]


def error(run: Run) -> dict[str, Any]:
    return run.error if isinstance(run.error, dict) else {}


def may_continue(run: Run | None) -> bool:
    """True when a reply was cut short in a way that sending it whole continues."""
    return run is not None and run.stop_reason in CONTINUABLE
