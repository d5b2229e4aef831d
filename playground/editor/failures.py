"""An error that came back from an endpoint, as a problem at the place it names."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from conversations.models import Run
from playground import payload
from playground.payload.memory import Memory
from playground.spec import recognise
from playground.spec.rules import Problem

from . import outcomes
from .problems import RETURNED

KEPT = 500
INVALID = "invalid_request_error"


@dataclass(frozen=True, slots=True)
class Returned:
    """What an endpoint refused: the problem, our rule of the same, and the turn.

    The path leads into the body that the run sent; it is empty when the error names no
    place in it.
    """

    problem: Problem
    rule: str | None
    slot: str | None


# An ended run never changes, and asking the rules reads the whole request.
# Each alone in a tuple: nothing is an answer too.
_known: Memory[int, tuple[Returned | None]] = Memory(KEPT)


def returned(run: Run | None) -> Returned | None:
    """Return what the run was refused for.

    None where the API did not say, or where it says no more than the run's sentence.
    """
    if run is None or run.status != Run.Status.FAILED:
        return None
    known = _known.get(run.conversation_id, run.pk)
    if known is None:
        known = (_recognised(run),)
        _known.keep(run.conversation_id, run.pk, known)
    return known[0]


def _recognised(run: Run) -> Returned | None:
    told = outcomes.error(run)
    error = _error(told.get("body"))
    if error is None:
        return None
    details = _dict(error.get("details"))
    code, message = details.get("error_code"), str(error.get("message") or "")
    status = told.get("status")
    status = status if isinstance(status, int) else 0
    kind = str(error.get("type") or "")
    made = payload.of_run(run)
    found = recognise.recognise(
        status,
        kind,
        message,
        code if isinstance(code, str) else None,
        details=details,
        body=payload.assemble(made.params, made.messages),
        headers=made.headers,
    )
    if not found.path and not _adds(kind, found.explanation):
        return None
    path, fixes = found.path or "", found.fixes if found.path else ()
    words = found.explanation
    problem = Problem(path, "error", message, words, fixes, status, kind, RETURNED)
    return Returned(problem, found.rule, made.origin(path).slot)


def _adds(kind: str, explanation: str) -> bool:
    """Whether an explanation without a place says more than the run's own sentence,
    which is good for load, keys and money, and vague only for refused requests."""
    return kind == INVALID and explanation != recognise.TYPES[INVALID]


def _error(body: Any) -> dict[str, Any] | None:
    """Return the `error` of an answer's raw body; None for what is no such answer."""
    try:
        value = json.loads(body) if isinstance(body, str) else None
    except (ValueError, RecursionError):
        return None
    error = _dict(value).get("error")
    return error if isinstance(error, dict) else None


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def on_screen(
    run: Run | None, made: payload.Outline, predicted: Sequence[Problem]
) -> Problem | None:
    """Return the run's problem with its path in the request that is shown.

    It is the predicted one where the rules say the same. None when the API did not
    say why, or the turn that it names is not there.
    """
    found = returned(run)
    if found is None:
        return None
    path: str | None = found.problem.path
    if found.slot is not None:
        path = _path_now(found, made)
    if path is None:
        return None
    for each in predicted:
        said = each.api_message == found.problem.api_message
        if each.path == path and (said or each.rule == found.rule):
            return each
    return replace(found.problem, path=path)


def _path_now(found: Returned, made: payload.Outline) -> str | None:
    """Follow the turn by its slot: the request of now may have it elsewhere."""
    if found.slot not in made.slots:
        return None
    rest = found.problem.path.split(".")[2:]
    return ".".join(["messages", str(made.slots.index(found.slot)), *rest])
