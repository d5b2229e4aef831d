"""What breaks the rules of limits.py, and the nearest body that does not."""

from tests.spec.bodies import HAIKU, OLD_HAIKU, OLD_OPUS, SEVEN, SIX, body, user
from tests.spec.rules.case import Case

BEFORE = {"anthropic-version": "2023-06-01"}
ADAPTIVE = {"type": "adaptive"}
DISABLED = {"type": "disabled"}
FORMAT = {"format": {"type": "json_schema", "schema": {}}}


def effort(level: object) -> dict:
    return {"effort": level}


CASES = [
    Case(
        "max_tokens_over_limit",
        body(max_tokens=128_001, model="claude-opus-5"),
        "max_tokens",
        "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-opus-5",
        body(max_tokens=128_000, model="claude-opus-5"),
    ),
    Case(
        "max_tokens_over_limit",
        body(max_tokens=128_001, model="claude-x"),
        "max_tokens",
        "max_tokens: 128001 > 128000, which is the maximum allowed number of output tokens for claude-x",
        body(max_tokens=128_000, model="claude-x"),
        "warning",
    ),
    Case(
        "nothing_to_generate",
        body(max_tokens=0, stream=True),
        "stream",
        "max_tokens: 0 cannot be combined with stream",
        body(max_tokens=0, stream=False),
    ),
    Case(
        "nothing_to_generate",
        body(max_tokens=0, output_config=FORMAT),
        "output_config",
        "max_tokens: 0 cannot be combined with output_config",
        body(max_tokens=0, output_config=effort("low")),
    ),
    Case(
        "little_room_beside_thinking",
        body(max_tokens=1023),
        "max_tokens",
        "",
        body(max_tokens=1024),
        "warning",
    ),
    Case(
        "little_room_beside_thinking",
        body(max_tokens=100, model=SIX, thinking=ADAPTIVE),
        "max_tokens",
        "",
        body(max_tokens=100, model=SIX),
        "warning",
    ),
    Case(
        "sampling_range",
        body(temperature=1.5, model=SIX),
        "temperature",
        "temperature: range: 0..1",
        body(temperature=0.5, model=SIX),
        headers=BEFORE,
    ),
    Case(
        "sampling_deprecated",
        body(temperature=0.5, model=SEVEN),
        "temperature",
        "`temperature` is deprecated for this model.",
        body(temperature=1, model=SEVEN),
        headers=BEFORE,
    ),
    Case(
        "sampling_deprecated",
        body(top_p=1, model=HAIKU),
        "top_p",
        "`top_p` is deprecated for this model.",
        body(top_p=0.99, model=HAIKU),
        headers=BEFORE,
    ),
    Case(
        "sampling_deprecated",
        body(top_k=1, model=HAIKU),
        "top_k",
        "`top_k` is deprecated for this model.",
        body(top_k=1, model=SIX),
        headers=BEFORE,
    ),
    Case(
        "sampling_on_old_models",
        body(temperature=1, top_p=0.5, model=SIX),
        "top_p",
        "`temperature` and `top_p` cannot both be specified for this model. Please use only one.",
        body(top_p=0.5, model=SIX),
        headers=BEFORE,
    ),
    Case(
        "sampling_on_old_models",
        body(temperature=0, model=SIX, thinking=ADAPTIVE),
        "temperature",
        "`temperature` may only be set to 1 when thinking is enabled or in adaptive mode",
        body(temperature=0, model=SIX, thinking=DISABLED),
        headers=BEFORE,
    ),
    Case(
        "sampling_on_old_models",
        body(top_p=0.9, model=SIX, thinking=ADAPTIVE),
        "top_p",
        "`top_p` must be greater than or equal to 0.95 or unset when thinking is enabled or in adaptive mode",
        body(top_p=0.95, model=SIX, thinking=ADAPTIVE),
        headers=BEFORE,
    ),
    Case(
        "sampling_on_old_models",
        body(top_k=9, model=SIX, thinking=ADAPTIVE),
        "top_k",
        "`top_k` must be unset when thinking is enabled or in adaptive mode",
        body(top_k=9, model=SIX),
        headers=BEFORE,
    ),
    Case(
        "inference_geo",
        body(inference_geo="us", model=OLD_OPUS),
        "inference_geo",
        "inference_geo: not supported for this model",
        body(inference_geo="us", model=SIX),
    ),
    Case(
        "fast_mode",
        body(speed="fast", model=SEVEN),
        "speed",
        "speed: not supported for this model",
        body(speed="fast"),
    ),
    Case(
        "fast_mode",
        body(speed="fast", model=SIX),
        "speed",
        "",
        body(speed="standard", model=SIX),
        "warning",
    ),
    Case(
        "container_without_tool",
        body(container="c"),
        "container",
        "Container identifier can only be provided when using the code execution tool",
        body(
            container="c",
            tools=[{"type": "code_execution_20260521", "name": "code_execution"}],
        ),
    ),
    Case(
        "longer_than_the_window",
        body(user("a " * 200_000), model=OLD_HAIKU),
        "messages",
        "prompt is too long: 210008 tokens > 200000 maximum",
        body(user("a " * 180_000), model=OLD_HAIKU),
        "warning",
    ),
    Case(
        "output_config_keys",
        body(output_config={"efort": "low"}),
        "output_config.efort",
        "output_config.efort: Extra inputs are not permitted",
        body(output_config=effort("low")),
    ),
    Case(
        "output_config_keys",
        body(output_config={"format": {"type": "json"}}),
        "output_config.format",
        "output_config.format.type: Input should be 'json_schema'",
        body(output_config=FORMAT),
    ),
    Case(
        "fast_mode",
        body(model="claude-opus-5", speed="fast"),
        "speed",
        "",
        body(model="claude-opus-5", speed="fast"),
        "warning",
        good_headers={"anthropic-beta": "fast-mode-2026-02-01"},
    ),
    Case(
        "longer_than_the_window",
        body(model=OLD_HAIKU, system="word " * 200_000),
        "messages",
        "prompt is too long: 210010 tokens > 200000 maximum",
        body(model=SIX, system="word " * 200_000),
        "warning",
    ),
]
