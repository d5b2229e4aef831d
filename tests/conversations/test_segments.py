"""Who wrote which stretch: properties that hold for every text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conversations import segments
from conversations.models.json import exact

TEXT = st.text(alphabet="ab \n{é😀", max_size=12)
SOME_TEXT = st.text(alphabet="ab \n{é😀", min_size=1, max_size=12)
OFTEN = settings(max_examples=200, deadline=None, database=None)


def text(value: str) -> dict:
    return {"type": "text", "text": value}


TOOL = {"type": "tool_use", "id": "t", "name": "n", "input": {"a": None}}
# An empty text is nothing typed, and what is left of it is nothing.
BLOCKS = st.lists(st.one_of(st.builds(text, SOME_TEXT), st.just(TOOL)), max_size=3)
REPLY = st.lists(
    st.one_of(st.builds(text, SOME_TEXT), st.just(TOOL)), min_size=1, max_size=3
)


@OFTEN
@given(prefill=BLOCKS, reply=REPLY)
def test_cutting_a_completed_turn_back_gives_the_prefill(
    prefill: list, reply: list
) -> None:
    joined, seams = segments.complete(prefill, [], reply, 7)
    assert segments.ends_in_reply(seams)
    assert segments.cut_back(joined, seams) == (prefill, [])


@OFTEN
@given(prefill=BLOCKS, replies=st.lists(REPLY, min_size=1, max_size=3))
def test_several_continuations_are_all_cut_back(prefill: list, replies: list) -> None:
    blocks, seams = prefill, []
    for run, reply in enumerate(replies, 1):
        blocks, seams = segments.complete(blocks, seams, reply, run)
    assert segments.runs_in(seams) == list(range(1, len(replies) + 1))
    assert segments.cut_back(blocks, seams) == (prefill, [])


@OFTEN
@given(prefill=TEXT, reply=SOME_TEXT)
def test_stretches_tell_prefill_and_reply_apart(prefill: str, reply: str) -> None:
    [joined], seams = segments.complete([text(prefill)], [], [text(reply)], 7)
    expected = [(prefill, None), (reply, 7)] if prefill else [(reply, 7)]
    assert segments.stretches(0, joined["text"], seams) == expected


@OFTEN
@given(blocks=BLOCKS, reply=REPLY)
def test_stretches_always_add_up_to_the_text(blocks: list, reply: list) -> None:
    joined, seams = segments.complete(blocks, [], reply, 7)
    for index, block in enumerate(joined):
        if block["type"] == "text":
            parts = segments.stretches(index, block["text"], seams)
            assert "".join(part for part, _ in parts) == block["text"]


@OFTEN
@given(prefill=TEXT, reply=SOME_TEXT, kept=st.integers(0, 24), tail=TEXT)
def test_an_edit_is_the_persons_from_the_first_change_on(
    prefill: str, reply: str, kept: int, tail: str
) -> None:
    [old], seams = segments.complete([text(prefill)], [], [text(reply)], 7)
    new = old["text"][:kept] + tail
    after = segments.after_edit([old], seams, [text(new)])
    by_run = "".join(t for t, run in segments.stretches(0, new, after) if run == 7)
    assert reply.startswith(by_run)
    if new != old["text"]:
        assert not segments.ends_in_reply(after)
        assert segments.cut_back([text(new)], after) is None


@OFTEN
@given(prefill=BLOCKS, reply=REPLY)
def test_an_edit_that_changes_nothing_keeps_the_seams(
    prefill: list, reply: list
) -> None:
    joined, seams = segments.complete(prefill, [], reply, 7)
    assert segments.after_edit(joined, seams, list(joined)) == seams


def test_true_for_one_is_an_edit() -> None:
    old = [{"type": "tool_use", "id": "t", "name": "n", "input": {"a": 1}}]
    new = [{"type": "tool_use", "id": "t", "name": "n", "input": {"a": True}}]
    assert segments.first_difference(old, new) == (0, 0)
    assert segments.first_difference(old, old) is None


def test_an_edit_before_the_seam_leaves_nothing_of_the_run() -> None:
    [old], seams = segments.complete([text("The (")], [], [text("B)")], 7)
    assert segments.after_edit([old], seams, [text("A (B)")]) == []


def test_a_reply_cut_short_ends_in_an_empty_stretch_of_the_person() -> None:
    joined, seams = segments.complete([], [], [text("long answer")], 7)
    after = segments.after_edit(joined, seams, [text("long")])
    assert after == [
        {"block": 0, "offset": 0, "run": 7},
        {"block": 0, "offset": 4, "run": None},
    ]


def test_text_with_more_than_text_in_its_block_is_not_joined() -> None:
    cited = {**text("b"), "citations": [{"x": 1}]}
    joined, seams = segments.complete([text("a")], [], [cited], 7)
    assert joined == [text("a"), cited]
    assert seams[-1] == {"block": 1, "offset": 0, "run": 7}


@pytest.mark.parametrize(
    "typed", [{"type": "text"}, {"type": "text", "text": 5}, "words"]
)
def test_a_reply_follows_whatever_was_typed_as_json(typed: object) -> None:
    joined, seams = segments.complete([typed], [], [text("b")], 7)
    assert joined == [typed, text("b")]
    assert seams[-1] == {"block": 1, "offset": 0, "run": 7}


def test_fields_that_are_null_do_not_go_back_to_the_api() -> None:
    reply = [{**text("a"), "citations": None}]
    assert segments.complete([], [], reply, 7)[0] == [text("a")]


def test_of_a_source_only_its_null_file_does_not_go_back() -> None:
    spelled = '{"cited_text": "\\u00e9", "file_id":null, "document_title": null}'
    source = exact(spelled)
    (block,) = segments.as_input([{"type": "text", "text": "é", "citations": [source]}])
    assert block["citations"] == [{"cited_text": "é", "document_title": None}]
    told = block["citations"][0].text
    assert told == '{"cited_text": "\\u00e9","document_title": null}'
