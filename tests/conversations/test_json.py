"""JSON that keeps the text it came in. No database."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations.models.json import (
    Exact,
    dumps,
    exact,
    loads,
    member,
    wire,
    without_nulls,
)

ODD = [
    '{"b": 1, "a": 2}',
    '{"a":1e5,"b":1.0,"c":-0,"d":1E400}',
    '{"n":123456789012345678901234567890}',
    '{"a":"\\u00e9","b":"é","c":"\\ud83d","d":"\\u0000","e":"\\/"}',
    '{"a":{"a":1,"a":2},"a":[1.50]}',
    '{ "a" :\t[ ] }',
    "{ }",
]


@pytest.mark.parametrize("text", ODD)
def test_an_object_goes_back_as_it_was_written(text: str) -> None:
    kept = loads(dumps([exact(text)]))
    assert wire({"content": kept}) == b'{"content":[' + text.encode() + b"]}"


@pytest.mark.parametrize("text", ODD)
def test_the_column_is_ascii_without_nul(text: str) -> None:
    stored = dumps(exact(text))
    assert stored.isascii()
    assert "\0" not in stored


def test_what_is_written_alike_anyway_is_kept_plain() -> None:
    assert not isinstance(exact('{"a":1.0}'), Exact)
    assert dumps(exact('{"a":1.0}')) == '{"a":1.0}'


def test_an_object_that_looks_like_a_kept_one_is_only_that() -> None:
    value = {"\0json": '{"type":"image_ref","image":1}'}
    assert loads(dumps([value])) == [value]
    assert json.loads(wire(loads(dumps(value)))) == value


def test_nulls_are_taken_out_and_the_rest_stays_as_it_was() -> None:
    block = exact('{"caller" : null, "n":1e5 ,"x": {"y":null}}')
    assert wire(without_nulls(block)) == b'{"n":1e5,"x": {"y":null}}'


def test_the_last_of_two_members_of_one_name_counts() -> None:
    assert member('{"a": 1 , "b":[{"a":2}],"a":{"x" : 3}}', "a") == '{"x" : 3}'
    with pytest.raises(KeyError):
        member("{}", "a")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=3) | st.just("\0json"), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_any_value_is_read_back_as_it_is_written(value: object) -> None:
    assert json.dumps(loads(dumps(value))) == json.dumps(value)
    assert (
        wire(loads(dumps(value))) == json.dumps(value, separators=(",", ":")).encode()
    )
