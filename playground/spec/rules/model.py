"""Rules about the model asked for: unknown, retired, about to retire, restricted."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

from playground.spec import catalog
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, as_text, rule

SOON = timedelta(days=60)


@rule("errors page; recorded to Aug 2026", "2026-08")
def unavailable_model(request: Request) -> Iterator[Problem]:
    """The model exists and has not been retired."""
    model, asked = request.model, request.params.get("model")
    if not isinstance(asked, str):
        return
    if catalog.is_retired(model, request.today):
        words = f"{model.name} was retired {model.retires_note}."
    elif not model.known:
        words = (
            f"No model {asked} is known here (checked {catalog.CHECKED:%d %b %Y}). "
            "If it is newer than that, send it anyway."
        )
    else:
        return
    message = f"model: {asked}"
    fixes = switch(request, lambda m: not m.restricted, same_line=True)
    yield Problem("model", "error", message, words, fixes, 404, "not_found_error")


@rule("model-deprecations page; SDK DEPRECATED_MODELS 2.12.0", "2026-11")
def retires_soon(request: Request) -> Iterator[Problem]:
    """Some models are about to go."""
    model, today = request.model, request.today
    if catalog.is_retired(model, today):
        return
    if model.retires and (model.deprecated or model.retires - today <= SOON):
        words = f"{model.name} retires {model.retires_note}."
    elif _reachable(model.retires_not_before, today):
        words = _may_be_retired(model, today)
    else:
        return
    after = switch(request, lambda m: _lasts(m, model), same_line=True)
    yield Problem("model", "note", "", words, after)


def _lasts(model: catalog.Model, old: catalog.Model) -> bool:
    newer = (model.released or date.min) > (old.released or date.min)
    return newer and model.retires is None and not model.restricted


def _may_be_retired(model: catalog.Model, today: date) -> str:
    until = model.retires_not_before
    if until is None or until > today:
        promised = f"all that Anthropic promises is {model.retires_note}"
        return f"{model.name} may be retired soon: {promised}."
    day = f"{until.day} {until:%b %Y}"
    return (
        f"{model.name} may be retired any day: Anthropic promised it only until {day}."
    )


def _reachable(when: date | None, today: date) -> bool:
    return when is not None and when - today <= SOON


@rule("model pages, Nov 2026", "2026-11")
def restricted_model(request: Request) -> Iterator[Problem]:
    """Some models are for verified organisations only."""
    if request.model.restricted and not catalog.is_retired(
        request.model, request.today
    ):
        words = f"{request.model.name} is for verified organisations only."
        yield Problem("model", "note", "", words)


def switch(
    request: Request,
    suits: Callable[[catalog.Model], bool],
    *,
    same_line: bool = False,
) -> tuple[Fix, ...]:
    """The fix that changes to the first model, in display order, that suits.

    With `same_line` one of the same line comes first, and Sonnet when there is none:
    nobody should move to the dearest model by accident.
    """
    found = [
        model
        for model in catalog.MODELS.values()
        if suits(model)
        and model.id != request.model.id
        and not catalog.is_retired(model, request.today)
    ]
    if same_line:
        asked = as_text(request.params.get("model"))
        found.sort(key=lambda m: (m.line not in asked, m.line != "sonnet"))
    return tuple(
        Fix("set_model", f"Switch to {model.name}", {"model": model.id})
        for model in found[:1]
    )
