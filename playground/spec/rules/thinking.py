"""Rules about thinking and effort: what each model accepts of them."""

from collections.abc import Iterator
from typing import Any

from playground.spec.rules import keys
from playground.spec.rules.envelope import extra, missing
from playground.spec.rules.model import switch
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, is_number, rule

EFFORTS = ("low", "medium", "high", "xhigh", "max")
LEAST_BUDGET = 1024
_BY_DEFAULT = Fix("remove_param", "Leave thinking to the model", {"param": "thinking"})


def _use(kind: str, **more: Any) -> Fix:
    value = {"type": kind, **more}
    return Fix(
        "set_param", f"Set thinking to {kind}", {"param": "thinking", "value": value}
    )


# --- shape


@rule("SDK thinking_config_param; wording assumed", "2026-11")
def thinking_type_unknown(request: Request) -> Iterator[Problem]:
    """thinking has one of four types."""
    given = request.params.get("thinking")
    if not isinstance(given, dict):
        return  # no object at all is the business of wrong_type
    if "type" not in given:
        yield missing("thinking.type", "thinking.type", "thinking needs a type.")
    elif request.thinking_type not in keys.THINKING:
        tags = ", ".join(f"'{tag}'" for tag in sorted(keys.THINKING))
        yield Problem(
            "thinking.type",
            "error",
            f"thinking: Input tag '{given['type']}' found using 'type' does not match "
            f"any of the expected tags: {tags}",
            f"thinking.type is one of {tags}.",
            (_BY_DEFAULT,),
        )


# Covers display beside "disabled" and any field beside "between_tools".
@rule("SDK thinking_config_*_param; thinking and migration pages", "2026-11")
def thinking_key_unknown(request: Request) -> Iterator[Problem]:
    """Each type of thinking has its own keys."""
    kind = request.thinking_type
    known = keys.THINKING.get(kind, frozenset())
    for key in request.thinking if known else ():
        path, said = f"thinking.{key}", f"thinking.{kind}.{key}"
        if key == "block_binding" and not request.has_beta(key) and key in known:
            yield extra(path, said, "block_binding needs its anthropic-beta header.")
        elif key not in known:
            yield extra(path, said, f"thinking of type {kind} takes no {key}.")


@rule("SDK thinking_config_*_param; wording assumed", "2026-11")
def thinking_display(request: Request) -> Iterator[Problem]:
    """Thinking is shown summarized or omitted."""
    value = request.thinking.get("display")
    known = ["summarized", "omitted"]
    if request.has_beta("updates"):
        known.append("updates")
    if request.thinking_type not in ("adaptive", "enabled") or value is None:
        return
    if value not in known:
        yield Problem(
            "thinking.display",
            "error",
            f"thinking.{request.thinking_type}.display: Input should be 'summarized' "
            "or 'omitted'",
            "Thinking is shown summarized or omitted.",
            (Fix("remove_param", "Remove display"),),
        )


@rule("SDK docstring; wording from fixtures", "2026-11")
def thinking_budget(request: Request) -> Iterator[Problem]:
    """A thinking budget is a whole number from 1,024 up."""
    if request.thinking_type != "enabled":
        return
    path, said = "thinking.budget_tokens", "thinking.enabled.budget_tokens"
    fix = Fix(
        "set_param", "Set the budget to 1,024", {"param": path, "value": LEAST_BUDGET}
    )
    budget = request.thinking.get("budget_tokens")
    if "budget_tokens" not in request.thinking:
        yield missing(path, said, "Say how many tokens it may think.", fix)
    elif not is_number(budget):
        message = f"{said}: Input should be a valid integer"
        yield Problem(path, "error", message, "It must be a whole number.", (fix,))
    elif budget < LEAST_BUDGET:
        message = f"{said}: Input should be greater than or equal to 1024"
        words = "A thinking budget has at least 1,024 tokens."
        yield Problem(path, "error", message, words, (fix,))


@rule("SDK output_config_param; wording assumed", "2026-11")
def effort_unknown(request: Request) -> Iterator[Problem]:
    """Effort is one of five levels."""
    value = request.output_config.get("effort")
    if value is not None and value not in EFFORTS:
        yield Problem(
            "output_config.effort",
            "error",
            "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or "
            "'max'",
            "Effort is one of low, medium, high, xhigh and max.",
            (Fix("remove_param", "Remove effort"),),
        )


# --- against the model

_BETWEEN_TOOLS = (
    'To turn thinking off on this model, send "thinking": {"type": "between_tools"} '
    'instead of {"type": "disabled"}. The model does not think before responding. The '
    "short updates it writes between tool calls come back as thinking blocks."
)


@rule("Opus 5.5, Sonnet 5.5, Haiku 5.5 pages; measured Sep 2026", "2026-11")
def thinking_type_refused(request: Request) -> Iterator[Problem]:
    """Each model accepts some types of thinking."""
    kind, model = request.thinking_type, request.model
    if kind not in keys.THINKING or kind in model.thinking:
        return
    message = (
        f'"thinking.type.{kind}" is not supported for this model. Use '
        '"thinking.type.adaptive" and "output_config.effort" to control thinking '
        "behavior."
    )
    words = f"{model.name} does not accept thinking of type {kind}."
    fixes = [_BY_DEFAULT]
    if kind == "adaptive":
        message = "adaptive thinking is not supported on this model"
        words = f"{model.name} thinks only with a budget that you give it."
        fixes.insert(0, _use("enabled", budget_tokens=LEAST_BUDGET))
    elif kind == "disabled" and "between_tools" in model.thinking:
        message, words = _BETWEEN_TOOLS, f"{model.name} cannot stop thinking entirely."
        fixes.insert(0, _use("between_tools"))
    elif kind == "disabled":
        words = f"{model.name} always thinks; effort says how much."
    elif "adaptive" in model.thinking:
        fixes.insert(0, _use("adaptive"))
        if kind == "enabled" and model.efforts:
            fixes.insert(0, _as_effort(request))
    fixes += switch(
        request, lambda m: kind in m.thinking and not m.restricted, same_line=True
    )
    yield request.refuse("thinking", "thinking.type", message, words, *fixes)


_EFFORT_OF_BUDGET = ((4_096, "low"), (16_384, "medium"), (49_152, "high"))


def effort_of(budget: object, efforts: tuple[str, ...]) -> str:
    """The effort that stands for a thinking budget; a rule of thumb of ours."""
    tokens = budget if is_number(budget) else LEAST_BUDGET
    wanted = next((name for most, name in _EFFORT_OF_BUDGET if tokens <= most), "max")
    return wanted if wanted in efforts else efforts[-1]


def _as_effort(request: Request) -> Fix:
    budget = request.thinking.get("budget_tokens")
    effort = effort_of(budget, request.model.efforts)
    label = f"Set thinking to adaptive with effort {effort}"
    return Fix("thinking_to_effort", label, {"effort": effort})


@rule("thinking page, Aug 2026; SDK warning of 2.12.0", "2026-11")
def thinking_enabled_deprecated(request: Request) -> Iterator[Problem]:
    """On 4.6 a thinking budget is deprecated."""
    model = request.model
    if request.thinking_type == "enabled" and {"adaptive", "enabled"} <= model.thinking:
        words = (
            f"On {model.name} a thinking budget is deprecated; adaptive replaces it."
        )
        fixes = (_as_effort(request), _use("adaptive"))
        yield Problem("thinking.type", "note", "", words, fixes)


@rule("extended-thinking page; recorded Feb 2026", "2026-08", counting=False)
def budget_fills_max_tokens(request: Request) -> Iterator[Problem]:
    """A thinking budget is smaller than max_tokens."""
    budget = request.thinking.get("budget_tokens")
    limit = request.params.get("max_tokens")
    if request.thinking_type != "enabled" or not (
        is_number(budget) and is_number(limit) and limit > 0
    ):
        return
    # With tool calls between thoughts the budget may exceed a single answer.
    if budget >= limit and not any(
        beta.startswith("interleaved-thinking") for beta in request.betas
    ):
        room = budget + 1024
        more = {"param": "max_tokens", "value": room}
        yield Problem(
            "thinking.budget_tokens",
            "error",
            "`max_tokens` must be greater than `thinking.budget_tokens`",
            f"The thinking budget of {budget:,} leaves nothing of {limit:,} tokens.",
            (Fix("set_param", f"Set max tokens to {room:,}", more),),
        )


@rule("measured Jul 2026; recorded Apr 2026; effort page", "2026-11")
def effort_refused(request: Request) -> Iterator[Problem]:
    """Each model has its levels of effort, or none."""
    effort, model = request.effort, request.model
    if effort not in EFFORTS or effort in model.efforts:
        return
    path, name = "output_config.effort", model.name
    fix = Fix("remove_param", "Remove effort")
    if not model.efforts:
        message = "This model does not support the effort parameter."
        words = f"{name} has no effort setting."
        more = switch(
            request, lambda m: effort in m.efforts and not m.restricted, same_line=True
        )
        yield request.refuse("efforts", path, message, words, fix, *more)
        return
    levels = ", ".join(sorted(model.efforts))
    message = f"This model does not support effort level '{effort}'. "
    message += f"Supported levels: {levels}."
    words = f"{name} has no effort level {effort}."
    best = model.efforts[-1]
    lower = Fix("set_param", f"Set effort to {best}", {"value": best})
    more = switch(
        request, lambda m: effort in m.efforts and not m.restricted, same_line=True
    )
    yield request.refuse("efforts", path, message, words, lower, fix, *more)


@rule("measured Jul 2026; Opus 5 and Haiku 5.5 pages", "2026-11")
def effort_without_thinking(request: Request) -> Iterator[Problem]:
    """Without thinking, effort goes up to high."""
    allowed, effort = request.model.disabled_efforts, request.effort
    if request.thinking_type != "disabled" or allowed is None:
        return
    if effort in request.model.efforts and effort not in allowed:
        yield request.refuse(
            "disabled_efforts",
            "output_config.effort",
            f"output_config.effort '{effort}' is not supported when thinking is "
            "disabled on this model. Use effort 'high' or below, or enable thinking.",
            f"Without thinking, {request.model.name} goes up to effort high.",
            Fix("set_param", "Set effort to high", {"value": "high"}),
            _use("adaptive"),
        )


@rule("Sonnet 5.5 migration page; wording assumed", "2026-10")
def effort_between_tools(request: Request) -> Iterator[Problem]:
    """With thinking between tools only, effort goes up to high."""
    if request.thinking_type != "between_tools" or request.effort not in (
        "xhigh",
        "max",
    ):
        return
    if "between_tools" in request.model.thinking:
        yield Problem(
            "output_config.effort",
            "error",
            f"output_config.effort '{request.effort}' is not supported with "
            "thinking.type 'between_tools' on this model.",
            f"With thinking between tools only, {request.model.name} goes up to effort "
            "high.",
            (Fix("set_param", "Set effort to high", {"value": "high"}),),
        )


@rule("Sonnet 5.5 migration page; wording assumed", "2026-10")
def effort_changed_between_tools(request: Request) -> Iterator[Problem]:
    """With thinking between tools only, no system turn changes the effort."""
    if request.thinking_type != "between_tools":
        return
    for n, each in request.notable:
        if each.effort_change:
            path = f"messages.{n}.output_config"
            yield Problem(
                path,
                "error",
                f"{path}.effort: changing the effort is not supported with "
                "thinking.type 'between_tools'",
                "With thinking between tools only, the effort stays the same.",
                (
                    Fix("delete_message", "Delete this turn"),
                    _use("adaptive"),
                ),
            )
