"""Takes a request body from the model it names to another one of the catalog.

First what is known to differ, each with its reason; then, for whatever the rules still
refuse, the first fix that helps. Changes no bytes of text that it need not.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from playground.spec import catalog, fixes
from playground.spec.porting import steps, thoughts
from playground.spec.porting.way import Body, Change, Port
from playground.spec.rules import Problem, Summary, check, check_body, summarise

__all__ = ["Change", "Ported", "port"]

MOST_FIXES = 200
"""After so many fixes of the rules a body counts as beyond repair."""


@dataclass(frozen=True, slots=True)
class Ported:
    """The body for the other model, and what was done to it in order."""

    body: Body
    changes: tuple[Change, ...]


def port(
    body: Body,
    target_model_id: str,
    *,
    headers: Mapping[str, str] | None = None,
    today: date | None = None,
) -> Ported:
    """The body for the other model. `body` stays as it is.

    Messages that need no change stay the same objects. `headers` and `today` are those
    of the request, for the rules. Errors that no fix removes, such as a retired target,
    are left for `check` to report.
    """
    target = catalog.get(target_model_id)
    made = Port(dict(body), catalog.get(body.get("model")), target)
    made.apply("model", f"The model is {target.name}.", "set_model", model=target.id)
    for step in _STEPS:
        step(made)
    _repair(made, headers or {}, today)
    return Ported(made.body, tuple(made.changes))


_STEPS: tuple[Callable[[Port], None], ...] = (
    steps.tokenizer,
    steps.limits,
    steps.sampling,
    steps.system_turns,
    steps.tool_choice,
    steps.prefill,
    steps.thoughts,
    thoughts.thinking,
    thoughts.effort,
    steps.caches,
)


def _repair(made: Port, headers: Mapping[str, str], today: date | None) -> None:
    attempt = _Check(headers, today)
    errors = attempt.errors(made.body)
    for _ in range(MOST_FIXES):
        for problem, body in _attempts(made.body, errors):
            left = attempt.errors(body)
            if len(left) < len(errors):
                made.body, errors = body, left
                made.changes.append(Change(problem.path, problem.explanation))
                break
        else:
            return


def _attempts(body: Body, errors: list[Problem]) -> Iterator[tuple[Problem, Body]]:
    for problem in errors:
        for fix in problem.fixes:
            if fix.name != "set_model":
                changed = fixes.apply(fix.name, body, problem.path, **fix.arguments)
                yield problem, changed


class _Check:
    """Checks one attempt after the other, reading anew only messages that changed."""

    def __init__(self, headers: Mapping[str, str], today: date | None) -> None:
        self._headers = headers
        self._today = today
        # With the messages themselves: no other one may get the id of one of them.
        self._read: dict[int, tuple[object, Summary]] = {}

    def errors(self, body: Body) -> list[Problem]:
        params, messages = dict(body), body.get("messages")
        if isinstance(messages, list):
            del params["messages"]
            summaries = [self._summary(each) for each in messages]
            found = check(params, self._headers, summaries, today=self._today)
        else:
            found = check_body(body, self._headers, today=self._today)
        return [problem for problem in found if problem.severity == "error"]

    def _summary(self, message: object) -> Summary:
        if id(message) not in self._read:
            self._read[id(message)] = message, summarise(message)
        return self._read[id(message)][1]
