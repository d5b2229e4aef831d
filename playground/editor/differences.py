"""The difference between two replies: lines, and words within changed lines."""

from collections.abc import Sequence
from dataclasses import dataclass

from conversations import diffing
from conversations.differences import Part, readable
from conversations.models import Run

from . import apart, groups


@dataclass(frozen=True, slots=True)
class Choice:
    """A reply that can be compared."""

    run: Run
    name: str


def choices(runs: Sequence[Run]) -> list[Choice]:
    """Return the replies with names that tell them apart."""
    labels = apart.labels(runs)
    return [
        Choice(run, ", ".join(filter(None, [_name(run, number), label])))
        for number, (run, label) in enumerate(zip(runs, labels, strict=True), 1)
    ]


def _name(run: Run, number: int) -> str:
    return f"Reply {run.position or number} (run {run.pk})"


def parts(first: Choice, others: Sequence[Choice]) -> list[Part]:
    """Return what differs from the first reply, for each of the others."""
    before = groups.words_of(first.run)
    found = []
    for other in others:
        after = groups.words_of(other.run)
        pieces = diffing.texts(before, after)
        same = before == after
        told = "the same, character by character" if same else f"against {first.name}"
        shown = [] if same else readable(pieces, whole=True)
        found.append(Part(other.name, told, shown))
    return found
