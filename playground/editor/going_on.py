"""What the API would refuse of a reply that goes on: it is sent whole then, where
*Send* makes it anew.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from conversations import segments
from conversations.models import Run, Turn
from playground import payload
from playground.spec import rules
from playground.spec.rules import Problem

from . import continuing, endings, problems


@dataclass(frozen=True, slots=True)
class GoingOn:
    """The request that goes on, and what stands against it.

    `found` are the refusals that *Send* does not meet; `refused` counts those as well
    that it does.
    """

    made: payload.Outline
    found: Sequence[Problem]
    refused: bool

    def is_own(self, problem: Problem, sent: payload.Outline) -> bool:
        """True for one at a place that what *Send* sends does not have."""
        return self.made.origin(problem.path) != sent.origin(problem.path)


def of(
    whole: payload.Outline,
    last: Turn | None,
    last_run: Run | None,
    beside: Run | None,
    found: Sequence[Problem],
) -> GoingOn | None:
    """Return what stands against going on from the last turn; None where nothing
    offers that, or where a user turn asks for it, which is a request like any.

    `found` are the problems of *Send*, `beside` is the run that has no place.
    """
    if last is None or not segments.ends_in_reply(last.segments):
        return None
    content = _content(whole, last, last_run, beside)
    if content is None:
        return None
    summary = rules.summarise({"role": last.role, "content": content})
    made = replace(whole, summaries=[*whole.summaries[:-1], summary])
    checked = payload.refusals(map(problems.fixable_here, payload.check(made)))
    known = {(each.rule, each.path) for each in found}
    fresh = [each for each in checked if (each.rule, each.path) not in known]
    return GoingOn(made, fresh, bool(checked))


def _content(
    whole: payload.Outline, last: Turn, last_run: Run | None, beside: Run | None
) -> list[Any] | None:
    """Return the last turn as it goes back; None where none does."""
    if beside is not None:  # to run it again is to go on again
        return last.blocks if beside.continues and not beside.is_live else None
    if last_run is None or not endings.may_continue(last_run):
        return None
    return continuing.going_whole(whole, last.blocks, last_run.stop_reason)
