"""Rules about parameters that one model takes and another does not."""

from collections.abc import Iterator
from typing import Any

from playground.spec.rules import keys
from playground.spec.rules.model import switch
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, as_dict, each_dict, is_number, rule

FAST_BETA = "fast-mode-2026-02-01"
FAST_PREVIEW = ("claude-opus-5", "claude-opus-4-8")

FEW_TOKENS = 1024
"""An answer limit that thinking alone is likely to use up."""


@rule("error reports to 2026", "2026-11", counting=False)
def max_tokens_over_limit(request: Request) -> Iterator[Problem]:
    """Each model has a longest answer."""
    value, model = request.params.get("max_tokens"), request.model
    limit = request.longest(model)
    if is_number(value) and value > limit:
        said = request.params.get("model")
        yield request.refuse(
            "max_output",
            "max_tokens",
            f"max_tokens: {value} > {limit}, which is the maximum allowed "
            f"number of output tokens for {said}",
            f"{model.name} answers with at most {limit:,} tokens.",
            Fix("set_param", f"Set max tokens to {limit:,}", {"value": limit}),
            *switch(
                request,
                lambda m: request.longest(m) >= value and not m.restricted,
                same_line=True,
            ),
        )


# The texts are not known, only the rule.
@rule("SDK docstring; prompt-caching page, Aug 2026; wording assumed", "2026-11")
def nothing_to_generate(request: Request) -> Iterator[Problem]:
    """max_tokens 0 warms the cache and does nothing else."""
    value = request.params.get("max_tokens")
    if not is_number(value) or value != 0 or request.counting:
        return
    for unfit, path, what in (
        (request.params.get("stream") is True, "stream", "streaming"),
        (request.thinking_type == "enabled", "thinking", "thinking enabled"),
        (bool(request.output_config.get("format")), "output_config", "a format"),
        (request.tool_choice in ("any", "tool"), "tool_choice", "a forced tool"),
    ):
        if unfit:
            yield Problem(
                path,
                "error",
                f"max_tokens: 0 cannot be combined with {path}",
                "max_tokens 0 only warms the cache; it does not go with " + what + ".",
                (
                    Fix("remove_param", f"Remove {path}"),
                    Fix(
                        "set_param",
                        "Set max tokens to 1024",
                        {"param": "max_tokens", "value": 1024},
                    ),
                ),
            )


@rule("thinking page, Aug 2026: thinking counts as output", "2026-11", counting=False)
def little_room_beside_thinking(request: Request) -> Iterator[Problem]:
    """Thinking uses up a small max_tokens."""
    value, name = request.params.get("max_tokens"), request.model.name
    if not (is_number(value) and 0 < value < FEW_TOKENS and request.thinks):
        return
    if not request.model.known or request.thinking_type == "enabled":
        return
    words = f"{name} thinks first, and that counts: {value} tokens may leave no text."
    fixes = [Fix("set_param", "Set max tokens to 4,096", {"value": 4096})]
    if "disabled" in request.model.thinking:
        off = {"param": "thinking", "value": {"type": "disabled"}}
        fixes.append(Fix("set_param", "Switch thinking off", off))
    yield Problem("max_tokens", "warning", "", words, tuple(fixes))


def _old_sampling(request: Request) -> dict[str, Any]:
    """The sampling parameters of a request whose API version still has them."""
    if request.version >= "2026-10-21":
        return {}
    given = ((key, request.params.get(key)) for key in keys.SAMPLING)
    return {k: v for k, v in given if is_number(v) or isinstance(v, float)}


def _refused_sampling(key: str, message: str, words: str) -> Problem:
    return Problem(
        key, "error", message, words, (Fix("remove_param", f"Remove {key}"),)
    )


@rule("recorded on Sonnet 4.6, Aug 2026", "2026-08")
def sampling_range(request: Request) -> Iterator[Problem]:
    """temperature and top_p go from 0 to 1."""
    for key in ("temperature", "top_p"):
        value = _old_sampling(request).get(key, 0)
        if not 0 <= value <= 1:
            words = f"{key} goes from 0 to 1."
            yield _refused_sampling(key, f"{key}: range: 0..1", words)


# Haiku 5.5's page spells the values out; the other models from 4.7 on are assumed to
# behave alike.
@rule("measured Jul and Sep 2026; Haiku 5.5 migration page", "2026-10")
def sampling_deprecated(request: Request) -> Iterator[Problem]:
    """Models from 4.7 on take only default sampling."""
    if request.model.sampling == "accepted":
        return
    given = _old_sampling(request)
    both = "temperature" in given and "top_p" in given
    defaults = {"temperature": 1, "top_p": 0.99}
    for key, value in given.items():
        if value == defaults.get(key) and not (both and key == "top_p"):
            continue
        yield request.refuse(
            "sampling",
            key,
            f"`{key}` is deprecated for this model.",
            f"{request.model.name} no longer lets you choose {key}.",
            Fix("remove_param", f"Remove {key}"),
            *switch(request, lambda m: m.sampling == "accepted", same_line=True),
        )


@rule("error reports Oct 2025 to Sep 2026; measured Sep 2026", "2026-09")
def sampling_on_old_models(request: Request) -> Iterator[Problem]:
    """Older models take sampling parameters within limits."""
    given, name = _old_sampling(request), request.model.name
    if request.model.sampling != "accepted":
        return
    if "temperature" in given and "top_p" in given:
        message = "`temperature` and `top_p` cannot both be specified for this model. "
        message += "Please use only one."
        yield _refused_sampling("top_p", message, f"{name} takes one of the two.")
    if not request.thinks:
        return
    when = "when thinking is enabled or in adaptive mode"
    if given.get("temperature", 1) != 1:
        message = f"`temperature` may only be set to 1 {when}"
        words = f"While it thinks, {name} takes no temperature but 1."
        yield _refused_sampling("temperature", message, words)
    if given.get("top_p", 1) < 0.95:
        message = f"`top_p` must be greater than or equal to 0.95 or unset {when}"
        words = f"While it thinks, {name} takes a top_p from 0.95 up."
        yield _refused_sampling("top_p", message, words)
    if "top_k" in given:
        # The rule was measured, the wording was not written down.
        message = f"`top_k` must be unset {when}"
        words = f"While it thinks, {name} takes no top_k."
        yield _refused_sampling("top_k", message, words)


@rule("pricing and data-residency pages, Aug 2026; wording assumed", "2026-08")
def inference_geo(request: Request) -> Iterator[Problem]:
    """Models from 4.6 on can be told where to run."""
    value = request.params.get("inference_geo")
    if value is not None and not request.model.inference_geo:
        yield request.refuse(
            "inference_geo",
            "inference_geo",
            "inference_geo: not supported for this model",
            f"{request.model.name} cannot be told where to run; 4.6 and later can.",
            Fix("remove_param", "Remove inference_geo"),
        )


# Refusal is documented for Opus 4.7; Opus 4.6 runs at standard speed instead.
@rule("fast-mode page, Oct 2026; wording assumed", "2026-10")
def fast_mode(request: Request) -> Iterator[Problem]:
    """Some models have a fast mode."""
    model = request.model
    fix = Fix("remove_param", "Remove speed")
    if request.params.get("speed") != "fast":
        return
    if model.fast_price:
        if model.id in FAST_PREVIEW and FAST_BETA not in request.betas:
            words = f"The fast mode of {model.name} is a preview: it may be refused "
            words += f"without the anthropic-beta header {FAST_BETA}."
            yield Problem("speed", "warning", "", words, (fix,))
        return
    words = f"{model.name} has no fast mode."
    if model.id == "claude-opus-4-7":
        message = "speed: not supported for this model"
        yield Problem("speed", "error", message, words, (fix,))
        return
    ends = " It answers at standard speed." if model.id == "claude-opus-4-6" else ""
    ends = ends or " Whether it refuses or ignores this is not confirmed."
    yield Problem("speed", "warning", "", words + ends, (fix,))


@rule("measured Sep 2026", "2026-09")
def container_without_tool(request: Request) -> Iterator[Problem]:
    """A container belongs to the code execution tool."""
    if request.params.get("container") is None:
        return
    types = (t.get("type") for _, t in each_dict(request.params.get("tools")))
    if not any(isinstance(t, str) and t.startswith("code_execution") for t in types):
        yield Problem(
            "container",
            "error",
            "Container identifier can only be provided when using the code execution "
            "tool",
            "A container belongs to the code execution tool, which is not among the "
            "tools.",
            (Fix("remove_param", "Remove container"),),
        )


# From an estimate, so never more than a warning.
@rule("recorded Aug 2026", "2026-08")
def longer_than_the_window(request: Request) -> Iterator[Problem]:
    """The prompt fits the model's window."""
    model = request.model
    tokens = request.prompt_tokens
    if tokens > model.context_window:
        yield Problem(
            "messages",
            "warning",
            f"prompt is too long: {tokens} tokens > {model.context_window} maximum",
            f"About {tokens:,} tokens; {model.name} reads {model.context_window:,}.",
            switch(
                request,
                lambda m: m.context_window > tokens and not m.restricted,
                same_line=True,
            ),
        )


@rule("structured-outputs page, Aug 2026; wording assumed", "2026-11")
def output_config_keys(request: Request) -> Iterator[Problem]:
    """output_config has effort and format; the format is json_schema."""
    for key in request.output_config:
        beta = key in keys.BETA_OUTPUT_CONFIG
        if key not in keys.OUTPUT_CONFIG and not (beta and request.has_beta(key)):
            path = f"output_config.{key}"
            yield Problem(
                path,
                "warning" if beta and request.betas else "error",
                f"{path}: Extra inputs are not permitted",
                f"output_config knows no {key}.",
                (Fix("remove_param", f"Remove {key}"),),
            )
    form = request.output_config.get("format")
    if form is not None and as_dict(form).get("type") != "json_schema":
        path = "output_config.format"
        yield Problem(
            path,
            "error",
            f"{path}.type: Input should be 'json_schema'",
            "The only output format is json_schema.",
            (Fix("remove_param", "Remove the format"),),
        )
