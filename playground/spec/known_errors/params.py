"""What the API says of models, limits, thinking and schemas."""

from playground.spec.known_errors.wording import (
    LOWER,
    LOWER_ALL,
    NO_EFFORT,
    NO_THINKING,
    OFF,
    PATH,
    REMOVE,
    SONNET,
    known,
    set_to,
)
from playground.spec.rules.problem import Fix

MODEL_AND_LIMITS = (
    known(
        "unavailable_model",
        r"^model: (?P<model>.+)$",
        "There is no model {model}, or not any more, or not for this account.",
        SONNET,
        path="model",
    ),
    known(
        None,
        r'^"(?P<model>[^"]+)" is not supported on this API',
        "{model} answers at /v1/messages only, not at the old completions address.",
        path="model",
    ),
    known(
        "max_tokens_over_limit",
        r"^max_tokens: \d+ > (?P<most>\d+)",
        "This model answers with at most {most} tokens.",
        Fix("set_param", "Set max tokens to {most}", {"value": "{most}"}),
        path="max_tokens",
    ),
    known(
        "longer_than_the_window",
        r"prompt is too long: (?P<n>\d+) tokens > (?P<most>\d+)",
        "The conversation has {n} tokens; this model reads {most}. Leave turns out, or "
        "switch to a model with a larger window.",
        SONNET,
        path="messages",
    ),
    known(
        None,
        r"input length and `max_tokens` exceed context limit",
        "Input and answer together do not fit the window: lower max_tokens.",
        set_to("Set max tokens to 1024", "max_tokens", 1024),
        path="max_tokens",
    ),
    known(
        "body_too_large",
        r"Request exceeds the maximum size",
        "The request is larger than 32 MB: make images smaller or leave some out.",
        Fix("set_max_side_of_all", "Scale all images to 1568", {"max_side": 1568}),
        path="messages",
    ),
    known(
        "sampling_range",
        r"^(?P<path>temperature|top_p|top_k): range: (?P<range>.+)$",
        "The value is out of range ({range}).",
        REMOVE,
    ),
    known(
        "sampling_deprecated",
        r"^`(?P<path>temperature|top_p|top_k)` is deprecated for this model",
        "This model no longer lets you choose it.",
        REMOVE,
    ),
    known(
        "sampling_on_old_models",
        r"`temperature` and `(?P<path>top_p)` cannot both be specified",
        "This model takes one of temperature and top_p.",
        REMOVE,
    ),
    known(
        "sampling_on_old_models",
        r"^`(?P<path>temperature|top_p|top_k)` (?:may only|must)",
        "While the model thinks, this cannot be chosen freely.",
        REMOVE,
    ),
    known(
        "stop_sequences",
        r"^(?P<path>stop_sequences): each stop sequence must",
        "A stop sequence needs at least one character that is not a space.",
        REMOVE,
    ),
    known(
        "container_without_tool",
        r"Container identifier can only be provided",
        "A container belongs to the code execution tool, which is not among the tools.",
        REMOVE,
        path="container",
    ),
)

THINKING = (
    known(
        "budget_fills_max_tokens",
        r"`max_tokens` must be greater than `thinking.budget_tokens`",
        "The thinking budget leaves nothing of max_tokens for the answer.",
        OFF,
        path="thinking.budget_tokens",
    ),
    known(
        "effort_refused",
        r"does not support effort level '(?P<level>[a-z]+)'. Supported levels: "
        r"(?P<levels>[a-z, ]+)",
        "This model has no effort level {level}, but {levels}.",
        NO_EFFORT,
        path="output_config.effort",
    ),
    known(
        "effort_refused",
        r"does not support the effort parameter",
        "This model has no effort setting.",
        NO_EFFORT,
        path="output_config.effort",
    ),
    known(
        "effort_without_thinking",
        r"output_config.effort '(?P<level>[a-z]+)' is not supported when thinking is",
        "Without thinking, this model goes up to effort high.",
        set_to("Set effort to high", "output_config.effort", "high"),
        path="output_config.effort",
    ),
    known(
        "thinking_type_refused",
        r'"thinking\.type\.enabled" is not supported',
        "This model decides itself how long to think; effort steers it.",
        Fix("thinking_to_effort", "Set thinking to adaptive", {"effort": "medium"}),
        OFF,
        path="thinking.type",
    ),
    known(
        "thinking_type_refused",
        r'"?thinking\.type\.(?P<kind>[a-z_]+)"? is not supported|To turn thinking off '
        r"on this model|adaptive thinking is not supported",
        "This model does not accept thinking of this type.",
        OFF,
        path="thinking.type",
    ),
    known(
        "thinking_bound_elsewhere",
        rf"^{PATH}: Invalid `signature` in `thinking` block\. The block is bound",
        "Something before this thinking was changed after it was made.",
        Fix("drop_thinking_from", "Remove thinking from here on"),
        NO_THINKING,
    ),
    known(
        "thinking_altered",
        rf"^{PATH}: (?:Invalid `signature`|`thinking` or `redacted_thinking` blocks)",
        "This thinking is not as Claude signed it.",
        Fix("drop_thinking_from", "Remove thinking from here on"),
        NO_THINKING,
    ),
)

SCHEMAS = (
    known(
        "too_many_strict",
        r"Too many strict tools \((?P<n>\d+)\)",
        "{n} tools are strict; 20 may be.",
        Fix("limit_strict_tools", "Make the rest not strict"),
        path="tools",
    ),
    known(
        "schema_too_large",
        r"Schemas contains too many (?P<what>optional parameters|parameters with "
        r"union types) \((?P<n>\d+)",
        "The schemas have {n} {what}, which is too many to compile.",
        LOWER_ALL,
        path="tools",
    ),
    known(
        "schema_too_large",
        r"Schema is too complex for compilation|compiled grammar is too large",
        "The schemas are too complex to compile: make them simpler.",
        LOWER_ALL,
        path="tools",
    ),
    known(
        "schema_subset",
        rf"^{PATH}: (?:Invalid schema: )?(?P<what>Circular ref\w+|Array types)",
        "A schema uses what cannot be compiled: {what}.",
        LOWER,
    ),
    known(
        "schema_subset",
        rf"^{PATH}: (?:For '(?P<kind>\w+)'(?: type)?, |Schema (?:type|keyword) |Empty "
        r"schema|Unsupported regex)",
        "A schema uses what cannot be compiled.",
        LOWER,
    ),
)
