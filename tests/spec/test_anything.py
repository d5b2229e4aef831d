"""Whatever a person types, the rulebook answers; made up by hypothesis."""

import json
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from playground.spec import fixes, tokens
from playground.spec.catalog import MODELS
from playground.spec.rules import check_body, summarise
from playground.spec.rules.keys import BLOCKS, PARAMS
from tests.spec.bodies import call, png, result, server_call, text, upload
from tests.spec.rules.case import TODAY

# Other work on the machine must not fail a test.
UNHURRIED = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Keys without dots: a path joins keys with dots.
WORDS = st.text("abcxyz_", min_size=1, max_size=6)
NUMBERS = st.integers() | st.floats(allow_nan=False)
SCALARS = st.none() | st.booleans() | NUMBERS | st.text(max_size=8)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(WORDS | st.sampled_from(["type", "text", "content"]), inner)
    ),
    max_leaves=8,
)


def near(*good: Any) -> st.SearchStrategy[Any]:
    """Mostly good values, sometimes anything."""
    return st.sampled_from(good) | JSON


CONTROL = near({"type": "ephemeral"}, {"type": "ephemeral", "ttl": "1h"}, None)
SOUND_BLOCKS = near(
    text("x"), text(""), text(" "), call(), result(), png(), upload(9000), server_call()
)
BLOCKS_OF_KEYS = st.fixed_dictionaries(
    {"type": near(*BLOCKS)},
    optional=dict.fromkeys(("text", "id", "source", "tool_use_id", "citations"), JSON)
    | {"content": st.lists(SOUND_BLOCKS, max_size=2) | JSON, "cache_control": CONTROL},
)
CONTENT = (
    st.lists(SOUND_BLOCKS | BLOCKS_OF_KEYS, max_size=4)
    | st.sampled_from(["x", "", " ", "y "])
    | JSON
)
MESSAGES = (
    st.fixed_dictionaries(
        {},
        optional={
            "role": near("user", "assistant", "system"),
            "content": CONTENT,
            "output_config": JSON,
        },
    )
    | JSON
)
LIKELY = {
    "model": near(*MODELS),
    "max_tokens": near(0, 1000, 200_000, -1),
    "thinking": near(
        {"type": "enabled", "budget_tokens": 9},
        {"type": "disabled"},
        {"type": "adaptive"},
    )
    | st.fixed_dictionaries(
        {"type": near("enabled")}, optional={"budget_tokens": JSON, "display": JSON}
    ),
    "output_config": st.fixed_dictionaries(
        {}, optional={"effort": near("max", "xhigh"), "format": JSON}
    )
    | JSON,
    "tools": st.lists(
        st.fixed_dictionaries(
            {},
            optional={
                "name": JSON,
                "input_schema": JSON,
                "type": JSON,
                "cache_control": CONTROL,
                "strict": JSON,
            },
        )
        | JSON,
        max_size=3,
    )
    | JSON,
    "tool_choice": st.fixed_dictionaries(
        {"type": near("any", "tool", "auto", "none")}, optional={"name": JSON}
    )
    | JSON,
    "stop_sequences": st.lists(near("", " ", "x"), max_size=2) | JSON,
    "system": st.lists(BLOCKS_OF_KEYS | JSON, max_size=2) | JSON,
    "cache_control": CONTROL,
}
PARAMS_OF_ALL = (
    dict.fromkeys(sorted(PARAMS - {"messages"}), JSON)
    | {"temperature": NUMBERS, "top_p": JSON, "top_k": JSON}
    | LIKELY
)
BODIES = st.fixed_dictionaries(
    {},
    optional={
        **PARAMS_OF_ALL,
        "unheard_of": JSON,
        "messages": st.lists(MESSAGES, max_size=4) | JSON,
    },
)
HEADERS = st.dictionaries(
    st.sampled_from(["anthropic-version", "Anthropic-Beta", "x"]),
    near("2023-06-01", "some-beta"),
)
VALUES = st.deferred(lambda: BODIES | JSON)


def leads_somewhere(body: Any, path: str) -> bool:
    """Whether the path exists, or all of it but its last key."""
    *way, last = path.split(".")
    for part in way:
        if isinstance(body, list):
            body = body[int(part)]
        elif isinstance(body, dict) and part in body:
            body = body[part]
        else:
            return False
    return isinstance(body, dict) or (
        isinstance(body, list) and last.isdecimal() and int(last) < len(body)
    )


@UNHURRIED
@given(JSON | MESSAGES)
def test_a_summary_is_made_of_anything(message: Any):
    assert summarise(message).size >= 0


@UNHURRIED
@given(VALUES, HEADERS, st.booleans())
def test_a_check_never_fails_and_its_paths_exist(
    body: Any, headers: dict, counting: bool
):
    for problem in check_body(body, headers, today=TODAY, counting=counting):
        assert problem.rule
        assert problem.explanation
        assert leads_somewhere(body if isinstance(body, dict) else {}, problem.path)


@UNHURRIED
@given(BODIES, HEADERS)
def test_applying_a_fix_never_fails_and_never_changes_the_body(
    body: dict, headers: dict
):
    before = json.dumps(body)
    for problem in check_body(body, headers, today=TODAY):
        for fix in problem.fixes:
            after = fixes.apply(fix.name, body, problem.path, **fix.arguments)
            assert isinstance(after, dict)
            check_body(after, headers, today=TODAY)
    assert json.dumps(body) == before


@UNHURRIED
@given(BODIES)
def test_an_estimate_is_made_of_anything(body: dict):
    messages = body.get("messages")
    summaries = [summarise(m) for m in messages] if isinstance(messages, list) else []
    assert tokens.request_tokens(body, summaries).total > 0
