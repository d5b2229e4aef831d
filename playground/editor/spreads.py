"""Figures over all runs of a group: the spread of times and tokens, the cost.

Values for templates; nothing here asks the database.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from statistics import median

from conversations.figures import ABOUT, AT_LEAST
from conversations.models import Run

from . import figures


@dataclass(frozen=True, slots=True)
class Spread:
    """Least, median and most of one figure, in words."""

    name: str
    least: str
    median: str
    most: str


def of(runs: Sequence[Run]) -> list[Spread]:
    """Return the figures that at least two of the runs have."""
    ended = [run for run in runs if not run.is_live]
    # One that broke off is no short reply, and its tokens are our estimate.
    whole = [run for run in ended if run.status == Run.Status.DONE and run.has_reply]
    rows: list[tuple[str, list[float | None], Callable[[float], str]]] = [
        ("First token", [r.seconds_to_first_token for r in ended], figures.seconds),
        ("Whole reply", [r.seconds for r in whole], figures.seconds),
        ("Tokens out", [figures.output_tokens(r.usage) for r in whole], _whole),
    ]
    found = []
    for name, values, words in rows:
        known = [value for value in values if value is not None]
        if len(known) > 1:
            found.append(_spread(name, known, words))
    return found


def _spread(
    name: str, values: Sequence[float], words: Callable[[float], str]
) -> Spread:
    least, most = min(values), max(values)
    return Spread(name, words(least), words(median(values)), words(most))


def _whole(value: float) -> str:
    return figures.number(round(value))


def cost(runs: Sequence[Run]) -> str:
    """Return the sum of what all runs cost, those that were run again too."""
    spent = [run for run in runs if run.usage]
    if not spent:
        return ""
    if any(run.cost is None for run in spent):
        return "cost unknown"
    total = sum((run.cost for run in spent if run.cost is not None), Decimal(0))
    words = {run.about for run in spent}
    about = next(each for each in (AT_LEAST, ABOUT, "") if each in words)
    return figures.cost(total, about)
