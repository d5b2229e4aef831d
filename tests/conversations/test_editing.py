"""Operations on a script that has no database."""

import pytest

from conversations import editing
from conversations.editing import Draft, Place, Script, SlotGone

A, B, C = (Place(slot, number) for number, slot in enumerate("abc", 1))
SCRIPT = Script((A, B, C), {"model": "m", "max_tokens": 1})
NEW = Draft("user", [{"type": "text", "text": "new"}])


def slots(script: Script) -> str:
    return "".join(place.slot for place in script.places)


@pytest.mark.parametrize(
    ("slot", "steps", "expected"),
    [
        ("a", 1, "bac"),
        ("a", 9, "bca"),
        ("c", -1, "acb"),
        ("c", -9, "cab"),
        ("b", 0, "abc"),
    ],
)
def test_a_turn_moves_as_far_as_there_is_room(
    slot: str, steps: int, expected: str
) -> None:
    assert slots(editing.move(SCRIPT, slot, steps)) == expected


def test_inserts_go_above_and_below() -> None:
    above = editing.insert_above(SCRIPT, "b", NEW).places
    below = editing.insert_below(SCRIPT, "b", NEW).places
    assert above[1].turn == below[2].turn == NEW
    assert len(above) == len(below) == 4


def test_a_rewritten_turn_keeps_slot_and_mute() -> None:
    muted = editing.mute(SCRIPT, "b", True)
    assert editing.rewrite(muted, "b", NEW).places[1] == Place("b", NEW, True)


def test_a_copy_stands_below_in_a_slot_of_its_own() -> None:
    places = editing.duplicate(SCRIPT, "a", NEW).places
    assert places[1].turn == NEW
    assert places[1].slot not in "abc"


@pytest.mark.parametrize(
    "operation",
    [
        lambda script: editing.rewrite(script, "gone", NEW),
        lambda script: editing.duplicate(script, "gone", NEW),
        lambda script: editing.mute(script, "gone", True),
        lambda script: editing.move(script, "gone", 1),
        lambda script: editing.delete(script, "gone"),
        lambda script: editing.insert_above(script, "gone", NEW),
        lambda script: editing.insert_below(script, "gone", NEW),
    ],
)
def test_a_slot_that_is_not_there_is_named(operation: object) -> None:
    with pytest.raises(SlotGone) as gone:
        operation(SCRIPT)  # type: ignore[operator]
    assert gone.value.slot == "gone"


def test_a_param_set_to_none_leaves_the_request() -> None:
    params = editing.set_params(SCRIPT, {"max_tokens": None, "system": ""}).params
    assert params == {"model": "m", "system": ""}


def test_images_stand_before_the_text() -> None:
    blocks = editing.typed("user", "see", [4]).blocks
    assert [block["type"] for block in blocks] == ["image", "text"]
    assert editing.typed("user", "", [4]).blocks == [editing.image_block(4)]


def test_an_empty_turn_keeps_its_empty_text() -> None:
    assert editing.typed("user", "").blocks == [{"type": "text", "text": ""}]


def test_a_reply_goes_where_its_turn_was_answered() -> None:
    assert slots(editing.place_reply(SCRIPT, "r", NEW, "b")) == "abrc"
    assert slots(editing.place_reply(SCRIPT, "r", NEW, "gone")) == "abcr"


def test_a_reply_to_a_slot_that_exists_replaces_and_unmutes_it() -> None:
    muted = editing.mute(SCRIPT, "b", True)
    assert editing.place_reply(muted, "b", NEW, "a").places[1] == Place("b", NEW)
