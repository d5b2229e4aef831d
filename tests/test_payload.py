"""A revision as a request: what is sent is what was typed, and where it came from."""

import base64
import json
from threading import Thread
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from conversations import editing, history, images
from conversations.editing import Script
from conversations.models import Conversation, Image
from conversations.pictures import Picture
from playground import payload
from playground.payload import Origin, params, turns
from playground.payload.memory import Memory

from .runs.talking import conversation, person

PIXELS = b"not decoded here, only carried"


def image() -> Image:
    picture = Picture(
        data=PIXELS,
        media_type="image/png",
        width=400,
        height=300,
        original_format="PNG",
        original_media_type="image/png",
        original_width=800,
        original_height=600,
        original_bytes=5000,
        frames=1,
        done=(),
    )
    return images.store(picture, "chart.png", person())


def with_image(max_tokens: object = 100) -> Conversation:
    draft = editing.typed("user", "What is this?", [image().pk])
    params = {"model": "claude-haiku-4-5", "max_tokens": max_tokens}
    script = editing.append(Script((), params), draft)
    return history.begin(person(), script, endpoint="simulator")


@pytest.mark.django_db
def test_the_body_is_the_params_then_the_messages_then_stream() -> None:
    talk = conversation(("user", "Hi"), system="Be kind.")
    assert json.loads(payload.build(history.head(talk)).body_bytes()) == {
        "model": "claude-haiku-4-5",
        "max_tokens": 1024,
        "system": "Be kind.",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "Hi"}]}],
        "stream": True,
    }


@pytest.mark.django_db
def test_muted_turns_are_left_out_and_paths_still_find_their_turns() -> None:
    talk = conversation(("user", "One"), ("assistant", "Two"), ("user", "Three"))
    slots = [entry.slot for entry in history.head(talk).entries]
    history.apply(
        talk,
        1,
        lambda script: editing.mute(script, slots[1], True),
        summary="Muted",
        author=None,
    )
    made = payload.build(history.head(talk))
    assert [m["content"][0]["text"] for m in made.messages] == ["One", "Three"]
    assert made.origin("messages.1.content.0") == Origin(slots[2], 0)
    assert made.origin("messages.1") == Origin(slots[2])
    assert made.origin("max_tokens") == Origin(param="max_tokens")
    assert made.origin("messages") == Origin(param="messages")


@pytest.mark.django_db
def test_an_image_becomes_base64_at_the_last_moment() -> None:
    made = payload.build(history.head(with_image()))
    source = made.body()["messages"][0]["content"][0]["source"]
    assert source["type"] == "base64"
    assert source["media_type"] == "image/png"
    assert base64.b64decode(source["data"]) == PIXELS


@pytest.mark.django_db
def test_the_preview_abbreviates_images_and_nothing_else() -> None:
    made = payload.build(history.head(with_image()))
    body, shown = made.body(), json.loads(made.preview())
    encoded = body["messages"][0]["content"][0]["source"].pop("data")
    short = shown["messages"][0]["content"][0]["source"].pop("data")
    assert shown == body
    assert f"{len(encoded):,}" in short


@pytest.mark.django_db
def test_an_image_counts_with_its_patches() -> None:
    made = payload.outline(history.head(with_image()))
    assert payload.estimate(made).input.images == 15 * 11


@pytest.mark.django_db
def test_a_typed_message_is_estimated_with_the_rest() -> None:
    made = payload.outline(history.head(conversation(("user", "Hi"))))
    more = [{"role": "user", "content": "What is the Latin word for ant?"}]
    assert payload.estimate(made, more).input.total > (
        payload.estimate(made).input.total
    )


@pytest.mark.django_db
def test_nonsense_in_max_tokens_costs_nothing_and_breaks_nothing() -> None:
    made = payload.outline(history.head(with_image(max_tokens="abc")))
    assert payload.estimate(made).max_output == 0
    assert payload.refusals(payload.check(made))[0].path == "max_tokens"


@pytest.mark.django_db
def test_only_the_two_api_headers_can_be_set() -> None:
    headers = {"anthropic-version": "2023-06-01", "authorization": "Bearer mine"}
    talk = conversation(("user", "Hi"), extra_headers=headers)
    made = payload.outline(history.head(talk))
    assert made.headers == {"anthropic-version": "2023-06-01"}
    assert "extra_headers" not in made.params
    assert "authorization" in payload.check(made)[0].explanation


@pytest.mark.django_db
@pytest.mark.parametrize("value", ["2023\r\nx-evil: 1", "ä", 7, None])
def test_a_header_that_is_no_plain_text_is_not_sent(value: object) -> None:
    talk = conversation(("user", "Hi"), extra_headers={"anthropic-beta": value})
    made = payload.outline(history.head(talk))
    assert "anthropic-beta" not in made.headers


@pytest.mark.django_db
def test_an_edit_reads_only_the_turn_that_changed(
    django_assert_num_queries: object,
) -> None:
    turns = [("user", f"Number {number}") for number in range(30)]
    talk = conversation(*turns)
    head = history.head(talk)
    payload.outline(head)
    with django_assert_num_queries(0):  # type: ignore[operator]
        payload.outline(head)


class TypedIsSent(TestCase):
    """Whatever is typed arrives in the bytes, on both databases."""

    @given(st.text(), st.text())
    def test_every_text_is_sent_as_it_was_typed(self, system: str, text: str) -> None:
        talk = conversation(("user", text), system=system)
        body = json.loads(payload.build(history.head(talk)).body_bytes())
        assert body["system"] == system
        assert body["messages"][0]["content"][0]["text"] == text


@pytest.mark.django_db
def test_an_old_turn_is_read_again_when_there_was_no_room_to_keep_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "_known", Memory(1))
    talk = conversation(("user", "One"))
    payload.outline(history.head(talk))
    history.apply(
        talk,
        1,
        lambda script: editing.append(script, editing.typed("assistant", "Two")),
        summary="Added",
        author=person(),
    )
    made = payload.outline(history.head(talk))
    assert [summary.role for summary in made.summaries] == ["user", "assistant"]


def test_one_thread_may_forget_while_another_one_keeps() -> None:
    kept, mine, theirs = Memory[int, int](2_000), uuid4(), uuid4()

    def keep() -> None:
        for number in range(60_000):
            kept.keep(theirs, number, number)

    thread = Thread(target=keep)
    thread.start()
    while thread.is_alive():
        kept.keep(mine, 1, 1)
        kept.forget(mine)
    assert kept.get(mine, 1) is None
    assert kept.get(theirs, 59_999) == 59_999


# The override


@pytest.mark.parametrize(
    ("value", "override", "expected"),
    [
        ({"a": 1, "b": 2}, {"a": 3}, {"a": 3, "b": 2}),
        ({"a": {"x": 1, "y": {"z": 1}}}, {"a": {"y": {"w": 2}}}, None),
        ({"a": [1, 2]}, {"a": [3]}, {"a": [3]}),
        ({"a": {"x": 1}}, {"a": None}, {"a": None}),
        ({"a": 1}, {"a": {"x": 1}}, {"a": {"x": 1}}),
        ({}, {"new": {"x": None}}, {"new": {"x": None}}),
    ],
)
def test_objects_merge_key_by_key_and_the_rest_replaces(
    value: dict, override: dict, expected: dict | None
) -> None:
    expected = expected or {"a": {"x": 1, "y": {"z": 1, "w": 2}}}
    assert params.merged(value, override) == expected


@pytest.mark.django_db
def test_the_override_is_laid_over_the_body_in_place() -> None:
    talk = conversation(("user", "Hi"), extra_body={"max_tokens": 5, "novel": [1]})
    body = json.loads(payload.build(history.head(talk)).body_bytes())
    assert list(body) == ["model", "max_tokens", "novel", "messages", "stream"]
    assert body["max_tokens"] == 5


@pytest.mark.django_db
def test_rules_and_estimates_see_what_the_override_made() -> None:
    talk = conversation(("user", "Hi"), extra_body={"max_tokens": -1, "novel": 1})
    made = payload.outline(history.head(talk))
    assert {"max_tokens", "novel"} <= {problem.path for problem in payload.check(made)}
    talk = conversation(("user", "Hi"), extra_body={"max_tokens": 7})
    assert payload.estimate(payload.outline(history.head(talk))).max_output == 7


@pytest.mark.django_db
def test_an_override_that_is_no_object_is_told() -> None:
    made = payload.outline(history.head(conversation(("user", "Hi"), extra_body=[1])))
    assert [p.path for p in payload.refusals(payload.check(made))] == ["extra_body"]


@pytest.mark.django_db
def test_messages_and_stream_cannot_be_overridden_silently() -> None:
    extra = {"messages": [], "stream": False}
    made = payload.build(history.head(conversation(("user", "Hi"), extra_body=extra)))
    body = json.loads(made.body_bytes())
    assert body["stream"] is True
    assert len(body["messages"]) == 1
    refused = [p.path for p in payload.refusals(payload.check(made))]
    assert refused == ["extra_body.messages", "extra_body.stream"]
