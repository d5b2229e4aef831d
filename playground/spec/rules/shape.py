"""Rules about the shape of everything: unknown keys, missing keys, wrong types.

The types are the SDK's. Where another rule says the same of a place in better words,
what is found here gives way (see `check` and `read`).
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from playground.spec import shapes
from playground.spec.rules import keys
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import (
    Message,
    Request,
    as_dict,
    as_text,
    message_rule,
    rule,
)

_WORDS = {"extra": "has no", "missing": "needs", "tag": "", "value": ""}


def _problem(misfit: shapes.Misfit, prefix: str, *fixes: Fix) -> Problem:
    said = f"{prefix}{misfit.said}: {misfit.text}"
    key, holder = misfit.key, misfit.holder or "turn"
    if misfit.kind == "tag":
        words = "This type is not known here; a newer API may know it."
    elif misfit.kind == "value":
        words = f"The value of {key} in {holder} is not of the right type."
    else:
        words = f"{holder} {_WORDS[misfit.kind]} {key}."
    return Problem(misfit.path, "error", said, words, fixes)


def _placed_type(misfit: shapes.Misfit) -> shapes.Misfit:
    """An unknown type is shown at the type."""
    if misfit.kind == "tag":
        return replace(misfit, path=f"{misfit.path}.type")
    return misfit


# --- messages


def _message_problem(misfit: shapes.Misfit) -> Problem:
    if misfit.kind == "extra" or misfit.empty:
        fix = Fix("remove_param", f"Remove {misfit.key}")
    elif "." in misfit.path:
        fix = Fix("delete_block", "Delete this block")
    else:
        fix = Fix("delete_message", "Delete this turn")
    return _problem(_placed_type(misfit), "messages.N.", fix)


@message_rule("SDK *_param; wording recorded 2024 to Aug 2026", "2026-11")
def shape_of_message(message: Message) -> Iterator[Problem]:
    """A turn has only keys and values that its type allows."""
    for misfit, lifted in message.misfits:
        if not lifted:
            yield _message_problem(misfit)


def unless_beta(message: Message) -> tuple[tuple[Problem, str], ...]:
    """What is refused unless a beta header says otherwise, and what it has to turn on.

    A warning stays doubtful even beside one: no beta is known that allows it.
    """
    return tuple(
        (
            replace(
                _message_problem(misfit),
                rule=beta_shape_of_message.name,
                severity="error" if lifted == "beta" else "warning",
            ),
            _turned_on(message, misfit),
        )
        for misfit, lifted in message.misfits
        if lifted
    )


def _turned_on(message: Message, misfit: shapes.Misfit) -> str:
    """The key that needs a beta, or the type of the block that does."""
    parts = misfit.path.split(".")
    if parts[0] != "content" or len(parts) < 2:
        return misfit.key
    return as_text(as_dict(dict(message.blocks).get(int(parts[1]))).get("type"))


@rule("SDK beta types; measured Sep 2026", "2026-11")
def beta_shape_of_message(request: Request) -> Iterator[Problem]:
    """Beta blocks and keys of a turn need an anthropic-beta header."""
    for problem, key in request.unless_beta:
        words = f"{problem.explanation} It may need an anthropic-beta header."
        needs = keys.BETAS.get(key, ())
        if needs:
            words = f"{problem.explanation} It needs the beta {needs[0]}…"
        if not request.betas or (needs and not request.has_beta(key)):
            yield replace(problem, severity="error", explanation=words)
        elif problem.severity == "warning":
            yield problem


# --- params


@rule("SDK message_create_params; measured Sep and Oct 2026", "2026-11")
def unknown_parameter(request: Request) -> Iterator[Problem]:
    """The body has only parameters that the API knows."""
    for key in request.params:
        beta = key in keys.FORMER_BETA_PARAMS or key in shapes.parameters(beta=True)
        if key in shapes.parameters() or (beta and request.has_beta(key)):
            continue
        if beta and request.betas and key not in keys.BETAS:
            yield _doubtful(key)
            continue
        if key in keys.SAMPLING:
            if request.version >= "2026-10-21":
                yield _unknown(key, _sampling_gone(key))
        elif key in keys.FORMER_BETA_PARAMS:
            fix = Fix("rename_param", "Move it to output_config.format")
            words = "output_format is now called output_config.format."
            yield _unknown(key, words, fix)
        elif beta:
            words = f"{key} needs an anthropic-beta header that turns it on."
            yield _unknown(key, words)
        else:
            yield _unknown(key, f"The Messages API knows no parameter {key}.")


def _unknown(key: str, words: str, *fixes: Fix) -> Problem:
    text = f"{key}: Extra inputs are not permitted"
    fix = Fix("remove_param", f"Remove {key}")
    return Problem(key, "error", text, words, (*fixes, fix))


def _doubtful(key: str) -> Problem:
    listed = " or ".join(f"{beta}…" for beta in keys.LIKELY_BETAS[key])
    words = f"{key} needs an anthropic-beta header, probably {listed}."
    return replace(_unknown(key, words), severity="warning")


def _sampling_gone(key: str) -> str:
    return (
        f"{key} is gone: API version 2026-10-21 refuses it on every model. Older "
        "models still take it under anthropic-version 2023-06-01."
    )


@rule("SDK message_create_params; wording recorded 2024 to Aug 2026", "2026-11")
def shape_of_params(request: Request) -> Iterator[Problem]:
    """Parameters have only keys and values that their types allow."""
    # Null is left to the rules of each parameter: most of them take it.
    given = {
        key: value
        for key, value in request.params.items()
        if value is not None and key not in keys.SAMPLING
    }
    found = [
        each
        for each in shapes.misfits(given, "params")
        if "." in each.said or each.kind == "value"
    ]
    wider = shapes.misfits(given, "params", beta=True) if found else []
    for misfit, lifted in shapes.lifted(found, wider):
        if lifted and request.betas:
            if lifted == "unknown":
                yield replace(_param_problem(misfit), severity="warning")
        else:
            yield _param_problem(misfit)


def _param_problem(misfit: shapes.Misfit) -> Problem:
    fix = Fix("remove_param", f"Remove {misfit.key}")
    first = misfit.path.partition(".")[0]
    if first in ("tools", "system") and not (misfit.kind == "extra" or misfit.empty):
        what = "tool" if first == "tools" else "block"
        fix = Fix("delete_block", f"Delete this {what}")
    elif misfit.kind == "missing":
        fix = Fix("remove_param", f"Remove {first}", {"param": first})
    return _problem(_placed_type(misfit), "", fix)


SHAPES = frozenset((shape_of_message.name, shape_of_params.name))


def without_repeats(problems: Iterable[Problem]) -> list[Problem]:
    """Findings of the types give way to those of other rules at the same place."""
    listed = list(problems)
    places = {p.path for p in listed if p.rule not in SHAPES and p.severity == "error"}
    return [
        each for each in listed if each.rule not in SHAPES or not _said(each, places)
    ]


def _said(problem: Problem, places: set[str]) -> bool:
    """Whether something is said of the place or what holds it, but for whole lists."""
    path = problem.path
    while path not in places and path.count(".") > 1:
        path = path.rpartition(".")[0]
    return path in places
