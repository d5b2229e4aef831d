"""What breaks the rules of envelope.py and model.py, and what does not."""

from tests.spec.bodies import HAIKU, OLD_HAIKU, body, text, upload, user
from tests.spec.rules.case import Case

BEFORE = {"anthropic-version": "2023-06-01"}
BETA = {"anthropic-beta": "context-management-2025-06-27"}
ADAPTIVE = {"type": "adaptive"}

CASES = [
    Case("model_required", body(model=None), "model", "model: Field required", body()),
    Case(
        "max_tokens_required",
        body(max_tokens=None),
        "max_tokens",
        "max_tokens: Field required",
        body(max_tokens=0),
    ),
    Case(
        "unknown_parameter",
        body(temprature=1),
        "temprature",
        "temprature: Extra inputs are not permitted",
        body(metadata={}),
    ),
    Case(
        "unknown_parameter",
        body(temperature=1, model=OLD_HAIKU),
        "temperature",
        "temperature: Extra inputs are not permitted",
        body(),
    ),
    Case(
        "unknown_parameter",
        body(top_k=5),
        "top_k",
        "top_k: Extra inputs are not permitted",
        body(top_k=5),
        good_headers=BEFORE,
    ),
    Case(
        "unknown_parameter",
        body(context_management={}),
        "context_management",
        "context_management: Extra inputs are not permitted",
        body(context_management={}),
        good_headers=BETA,
    ),
    Case(
        "wrong_type",
        body(max_tokens="abc"),
        "max_tokens",
        "max_tokens: Input should be a valid integer",
        body(max_tokens=5000),
    ),
    Case(
        "wrong_type",
        body(max_tokens=True),
        "max_tokens",
        "max_tokens: Input should be a valid integer",
        body(max_tokens=5000),
    ),
    Case(
        "wrong_type",
        body(system=3),
        "system",
        "system: Input should be a valid list",
        body(system="3"),
    ),
    Case(
        "wrong_type",
        body(thinking=[]),
        "thinking",
        "thinking: Input should be a valid dictionary",
        body(thinking=ADAPTIVE),
    ),
    Case(
        "wrong_type",
        body(stop_sequences="x"),
        "stop_sequences",
        "stop_sequences: Input should be a valid list",
        body(stop_sequences=["x"]),
    ),
    Case(
        "max_tokens_negative",
        body(max_tokens=-1),
        "max_tokens",
        "max_tokens: Input should be greater than or equal to 0",
        body(max_tokens=0),
    ),
    Case(
        "system_block",
        body(system=[{"type": "image"}]),
        "system.0",
        "system.0: Input does not match the expected shape.",
        body(system=[text("x")]),
    ),
    Case(
        "empty_system_text",
        body(system=[text("")]),
        "system.0",
        "system: text content blocks must be non-empty",
        body(system=[text("x")]),
        "warning",
    ),
    Case(
        "stop_sequences",
        body(stop_sequences=["a", ""]),
        "stop_sequences.1",
        "stop_sequences: each stop sequence must be non-empty",
        body(stop_sequences=["a", "b"]),
    ),
    Case(
        "stop_sequences",
        body(stop_sequences=["\n"]),
        "stop_sequences.0",
        "stop_sequences: each stop sequence must contain non-whitespace",
        body(stop_sequences=["\n."]),
    ),
    Case(
        "stop_sequences",
        body(stop_sequences=[1]),
        "stop_sequences.0",
        "stop_sequences.0: Input should be a valid string",
        body(stop_sequences=["1"]),
    ),
    Case(
        "no_messages",
        {**body(), "messages": []},
        "messages",
        "messages: at least one message is required",
        body(),
    ),
    Case(
        "body_too_large",
        body(user(*[upload(3000, 3000, 9_000_000)] * 4)),
        "messages",
        "Request exceeds the maximum size",
        body(user(*[upload(3000, 3000, 9_000_000)] * 3)),
    ),
    Case(
        "unavailable_model", body(model="claude-x"), "model", "model: claude-x", body()
    ),
    Case(
        "unavailable_model",
        body(model="claude-mythos-preview"),
        "model",
        "model: claude-mythos-preview",
        body(model="claude-mythos-5-2"),
    ),
    Case(
        "unavailable_model",
        body(model="claude-opus-4-0"),
        "model",
        "model: claude-opus-4-0",
        body(model="claude-opus-4-5-20251101"),
    ),
    Case(
        "retires_soon",
        body(model="claude-sonnet-4-5"),
        "model",
        "",
        body(model="claude-sonnet-4-6"),
        "note",
    ),
    Case("retires_soon", body(model=OLD_HAIKU), "model", "", body(model=HAIKU), "note"),
    Case(
        "restricted_model",
        body(model="claude-mythos-5-2"),
        "model",
        "",
        body(model="claude-fable-5-2"),
        "note",
    ),
]
