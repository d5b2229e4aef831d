"""Whatever is sent, the simulator answers in the API's shapes and never breaks."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from .asking import fetch

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-5, 5000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["", " ", "a", "text", "auto", "object", "{", "use t", "json"])
    | st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
)
NAMES = st.sampled_from(
    [
        "type",
        "text",
        "name",
        "input",
        "content",
        "source",
        "data",
        "id",
        "tool_use_id",
        "schema",
        "format",
        "enum",
        "$ref",
        "properties",
        "required",
        "items",
        "anyOf",
        "const",
        "minItems",
        "effort",
        "display",
        "budget_tokens",
    ]
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=4)
    ),
    max_leaves=12,
)
BLOCKS = st.fixed_dictionaries(
    {
        "type": st.sampled_from(
            ["text", "image", "tool_use", "tool_result", "thinking", "document", "x"]
        )
    },
    optional={
        "text": SCALARS,
        "source": st.fixed_dictionaries({"type": SCALARS, "data": SCALARS}) | JSON,
        "content": JSON,
        "id": SCALARS,
        "name": SCALARS,
        "input": JSON,
        "tool_use_id": SCALARS,
    },
)
MESSAGES = st.lists(
    st.fixed_dictionaries(
        {
            "role": st.sampled_from(["user", "user", "assistant", "system"]),
            "content": st.text(min_size=1, max_size=30) | st.lists(BLOCKS) | JSON,
        }
    )
    | JSON,
    max_size=4,
)
TOOLS = st.lists(
    st.fixed_dictionaries(
        {"name": st.sampled_from(["t", "u", "a-b"]), "input_schema": JSON}
    )
    | JSON,
    max_size=2,
)
BODIES = st.fixed_dictionaries(
    {
        "model": st.sampled_from(
            ["claude-haiku-4-5", "claude-opus-5-5", "claude-sonnet-4-6", "claude-x"]
        ),
        "max_tokens": st.integers(0, 2000) | SCALARS,
        "messages": MESSAGES | JSON,
    },
    optional={
        "stream": st.booleans() | SCALARS,
        "system": JSON,
        "tools": TOOLS | JSON,
        "tool_choice": st.sampled_from([{"type": "any"}, {"type": "auto"}]) | JSON,
        "thinking": st.fixed_dictionaries({"type": SCALARS}) | JSON,
        "stop_sequences": st.lists(SCALARS) | JSON,
        "output_config": st.fixed_dictionaries(
            {"format": st.fixed_dictionaries({"type": SCALARS, "schema": JSON})}
        )
        | JSON,
        "metadata": JSON,
    },
)


@settings(max_examples=150, deadline=None)
@given(BODIES)
def test_any_request_is_answered_or_refused(body):
    status, headers, raw = fetch("POST", "/v1/messages", json.dumps(body).encode())
    assert status in (200, 400, 404)
    if headers["content-type"] == "application/json":
        answer = json.loads(raw)
        assert answer["type"] == ("message" if status == 200 else "error")
    else:
        assert raw.endswith(b'event: message_stop\ndata: {"type":"message_stop"}\n\n')


@settings(max_examples=50, deadline=None)
@given(BODIES)
def test_any_count_is_a_number_or_a_refusal(body):
    path = "/v1/messages/count_tokens"
    status, _, raw = fetch("POST", path, json.dumps(body).encode())
    answer = json.loads(raw)
    assert answer["input_tokens"] >= 0 if status == 200 else answer["type"] == "error"


def answered(**params: object) -> int:
    message = {"role": "user", "content": "use t"}
    body = {"model": "claude-haiku-4-5", "max_tokens": 9, "messages": [message]}
    return fetch("POST", "/v1/messages", json.dumps({**body, **params}).encode())[0]


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_any_tool_schema_is_survived(schema):
    assert answered(tools=[{"name": "t", "input_schema": schema}]) in (200, 400)


@settings(max_examples=100, deadline=None)
@given(JSON)
def test_any_output_schema_is_survived(schema):
    form = {"format": {"type": "json_schema", "schema": schema}}
    assert answered(output_config=form) in (200, 400)
