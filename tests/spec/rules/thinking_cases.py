"""What breaks the rules of thinking.py, and the nearest body that does not."""

from tests.spec.bodies import (
    HAIKU,
    OLD_HAIKU,
    OLD_OPUS,
    SEVEN,
    SIX,
    SONNET,
    body,
    system,
    user,
)
from tests.spec.rules.case import Case

BETA = {"anthropic-beta": "thinking-binding-controls-2026-08-01"}
ADAPTIVE = {"type": "adaptive"}
DISABLED = {"type": "disabled"}
NOT_SUPPORTED = '"thinking.type.{}" is not supported for this model. Use "thinking.type.adaptive" and "output_config.effort" to control thinking behavior.'


def budget(tokens: object = 2048) -> dict:
    return {"type": "enabled", "budget_tokens": tokens}


def effort(level: object) -> dict:
    return {"effort": level}


CASES = [
    Case(
        "thinking_type_unknown",
        body(thinking={"type": "on"}),
        "thinking.type",
        "thinking: Input tag 'on' found using 'type' does not match any of the expected tags: 'adaptive', 'between_tools', 'disabled', 'enabled'",
        body(thinking=ADAPTIVE),
    ),
    Case(
        "thinking_type_unknown",
        body(thinking={}),
        "thinking.type",
        "thinking.type: Field required",
        body(thinking=ADAPTIVE),
    ),
    Case(
        "thinking_key_unknown",
        body(thinking={**DISABLED, "display": "omitted"}, model=SEVEN),
        "thinking.display",
        "thinking.disabled.display: Extra inputs are not permitted",
        body(thinking={**ADAPTIVE, "display": "omitted"}, model=SEVEN),
    ),
    Case(
        "thinking_key_unknown",
        body(thinking={"type": "between_tools", "budget_tokens": 1}, model=SONNET),
        "thinking.budget_tokens",
        "thinking.between_tools.budget_tokens: Extra inputs are not permitted",
        body(thinking={"type": "between_tools"}, model=SONNET),
    ),
    Case(
        "thinking_key_unknown",
        body(thinking={**ADAPTIVE, "block_binding": {}}),
        "thinking.block_binding",
        "thinking.adaptive.block_binding: Extra inputs are not permitted",
        body(thinking={**ADAPTIVE, "block_binding": {}}),
        good_headers=BETA,
    ),
    Case(
        "thinking_display",
        body(thinking={**ADAPTIVE, "display": "all"}),
        "thinking.display",
        "thinking.adaptive.display: Input should be 'summarized' or 'omitted'",
        body(thinking={**ADAPTIVE, "display": "summarized"}),
    ),
    Case(
        "thinking_budget",
        body(thinking={"type": "enabled"}, model=OLD_HAIKU),
        "thinking.budget_tokens",
        "thinking.enabled.budget_tokens: Field required",
        body(thinking=budget(), model=OLD_HAIKU),
    ),
    Case(
        "thinking_budget",
        body(thinking=budget(1023), model=OLD_HAIKU),
        "thinking.budget_tokens",
        "thinking.enabled.budget_tokens: Input should be greater than or equal to 1024",
        body(thinking=budget(1024), model=OLD_HAIKU),
    ),
    Case(
        "thinking_budget",
        body(thinking=budget("9"), model=OLD_HAIKU),
        "thinking.budget_tokens",
        "thinking.enabled.budget_tokens: Input should be a valid integer",
        body(thinking=budget(), model=OLD_HAIKU),
    ),
    Case(
        "thinking_type_refused",
        body(thinking=budget(), model=SEVEN),
        "thinking.type",
        NOT_SUPPORTED.format("enabled"),
        body(thinking=budget(), model=SIX),
    ),
    Case(
        "thinking_type_refused",
        body(thinking=ADAPTIVE, model=OLD_OPUS),
        "thinking.type",
        "adaptive thinking is not supported on this model",
        body(thinking=ADAPTIVE, model=SIX),
    ),
    Case(
        "thinking_type_refused",
        body(thinking=DISABLED),
        "thinking.type",
        NOT_SUPPORTED.format("disabled"),
        body(thinking=DISABLED, model="claude-opus-5"),
    ),
    Case(
        "thinking_type_refused",
        body(thinking=DISABLED, model=SONNET),
        "thinking.type",
        'To turn thinking off on this model, send "thinking": {"type": "between_tools"} instead of {"type": "disabled"}. The model does not think before responding. The short updates it writes between tool calls come back as thinking blocks.',
        body(thinking={"type": "between_tools"}, model=SONNET),
    ),
    Case(
        "thinking_type_refused",
        body(thinking=budget(), model="claude-x"),
        "thinking.type",
        NOT_SUPPORTED.format("enabled"),
        body(thinking=ADAPTIVE, model="claude-x"),
        "warning",
    ),
    Case(
        "thinking_enabled_deprecated",
        body(thinking=budget(), model=SIX),
        "thinking.type",
        "",
        body(thinking=budget(), model=OLD_OPUS),
        "note",
    ),
    Case(
        "budget_fills_max_tokens",
        body(thinking=budget(4096), model=OLD_OPUS),
        "thinking.budget_tokens",
        "`max_tokens` must be greater than `thinking.budget_tokens`",
        body(thinking=budget(4095), model=OLD_OPUS),
    ),
    Case(
        "budget_fills_max_tokens",
        body(thinking=budget(4096), model=OLD_OPUS),
        "thinking.budget_tokens",
        "`max_tokens` must be greater than `thinking.budget_tokens`",
        body(thinking=budget(4096), model=OLD_OPUS),
        good_headers={"Anthropic-Beta": "interleaved-thinking-2025-05-14"},
    ),
    Case(
        "effort_unknown",
        body(output_config=effort("huge")),
        "output_config.effort",
        "output_config.effort: Input should be 'low', 'medium', 'high', 'xhigh' or 'max'",
        body(output_config=effort("max")),
    ),
    Case(
        "effort_refused",
        body(output_config=effort("low"), model=OLD_HAIKU),
        "output_config.effort",
        "This model does not support the effort parameter.",
        body(output_config=effort("low"), model=OLD_OPUS),
    ),
    Case(
        "effort_refused",
        body(output_config=effort("xhigh"), model=SIX),
        "output_config.effort",
        "This model does not support effort level 'xhigh'. Supported levels: high, low, max, medium.",
        body(output_config=effort("max"), model=SIX),
    ),
    Case(
        "effort_without_thinking",
        body(output_config=effort("xhigh"), model=HAIKU, thinking=DISABLED),
        "output_config.effort",
        "output_config.effort 'xhigh' is not supported when thinking is disabled on this model. Use effort 'high' or below, or enable thinking.",
        body(output_config=effort("high"), model=HAIKU, thinking=DISABLED),
    ),
    Case(
        "effort_without_thinking",
        body(output_config=effort("max"), model="claude-opus-5", thinking=DISABLED),
        "output_config.effort",
        "output_config.effort 'max' is not supported when thinking is disabled on this model. Use effort 'high' or below, or enable thinking.",
        body(output_config=effort("xhigh"), model="claude-sonnet-5", thinking=DISABLED),
    ),
    Case(
        "effort_between_tools",
        body(
            output_config=effort("max"),
            model=SONNET,
            thinking={"type": "between_tools"},
        ),
        "output_config.effort",
        "output_config.effort 'max' is not supported with thinking.type 'between_tools' on this model.",
        body(
            output_config=effort("high"),
            model=SONNET,
            thinking={"type": "between_tools"},
        ),
    ),
    Case(
        "effort_changed_between_tools",
        body(
            user("x"),
            {**system(), "output_config": {"effort": "low"}},
            model=SONNET,
            thinking={"type": "between_tools"},
        ),
        "messages.1.output_config",
        "messages.1.output_config.effort: changing the effort is not supported with thinking.type 'between_tools'",
        body(
            user("x"),
            {**system(), "output_config": {"effort": "low"}},
            model=SONNET,
            thinking={"type": "adaptive"},
        ),
        headers={"anthropic-beta": "mid-conversation-output-config-2026-07-01"},
    ),
]
