"""JSON that was begun is closed so that the whole can be parsed."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from playground.simulator.json_text import begun, completion

VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)
DOCUMENTS = st.lists(VALUES) | st.dictionaries(st.text(), VALUES)


def closed(prefix: str, *keys: str) -> str:
    state = begun(prefix)
    assert state is not None
    return prefix[state.start :] + completion(state, keys, lambda key: "made up")


@given(DOCUMENTS, st.sampled_from([None, 2]), st.booleans(), st.data())
def test_every_beginning_of_a_document_can_be_closed(value, indent, is_ascii, data):
    whole = json.dumps(value, indent=indent, ensure_ascii=is_ascii)
    cut = data.draw(st.integers(1, len(whole) - 1))
    json.loads(closed(whole[:cut], "name"))


@given(DOCUMENTS)
def test_a_whole_document_is_not_begun(value):
    state = begun(json.dumps({"document": value}))
    assert state is None or state.start > 0


@pytest.mark.parametrize(
    "text", ["", "no json", "(x", '{"a" 1', "[1 2", "{a", "{,", "[01", "[tru1"]
)
def test_what_is_no_json_is_not_begun(text):
    assert begun(text) is None


def test_the_asked_keys_are_added_once():
    assert list(json.loads(closed('{"b": 1, "c": "x', "a", "b", "c"))) == [
        "b",
        "c",
        "a",
    ]


def test_inner_objects_are_only_closed():
    value = json.loads(closed('{"outer": {"in', "key"))
    assert list(value["outer"]) == ["in"]
    assert value["key"] == "made up"
