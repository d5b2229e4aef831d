"""What changed, in words a person can check."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conversations import diffing, editing, history
from conversations.diffing import Piece
from conversations.editing import Script
from tests.runs.talking import conversation

TEXTS = st.text(alphabet="ab \n.é", max_size=60)


@given(TEXTS, TEXTS)
def test_the_pieces_add_up_to_both_texts(before: str, after: str) -> None:
    pieces = diffing.texts(before, after)
    assert "".join(p.text for p in pieces if p.kind != "added") == before
    assert "".join(p.text for p in pieces if p.kind != "removed") == after


def test_within_a_changed_line_only_the_words_that_changed_are_marked() -> None:
    pieces = diffing.texts("one\nthe red ant\nthree", "one\nthe blue ant\nthree")
    assert pieces == [
        Piece("same", "one\nthe "),
        Piece("removed", "red"),
        Piece("added", "blue"),
        Piece("same", " ant\nthree"),
    ]


def test_a_very_long_text_is_replaced_whole_instead_of_never() -> None:
    before, after = "a b " * 40_000, "c d " * 40_000
    assert [p.kind for p in diffing.texts(before, after)] == [
        "removed",
        "added",
        "same",
    ]


def test_the_same_few_words_again_and_again_are_replaced_whole() -> None:
    before, after = ("0,1," * 500 + "0,", ",1,0" * 500)
    assert len(diffing.texts(before, after)) < 5


def test_an_ordinary_paragraph_is_compared_by_the_word() -> None:
    words = [f"word{n % 60}" for n in range(500)]
    changed = [*words[:100], "new", *words[101:400], "other", *words[401:]]
    marked = [
        piece.text
        for piece in diffing.texts(" ".join(words), " ".join(changed))
        if piece.kind == "added"
    ]
    assert marked == ["new", "other"]


def test_params_are_compared_by_key() -> None:
    changes = diffing.params(
        {"model": "a", "max_tokens": 5, "system": "Hi"},
        {"model": "b", "max_tokens": 5, "thinking": {"type": "adaptive"}},
    )
    assert [(c.key, c.before, c.after) for c in changes] == [
        ("model", "a", "b"),
        ("system", "Hi", None),
        ("thinking", None, '{\n  "type": "adaptive"\n}'),
    ]


def kinds(before: object, after: object) -> list[tuple[str, str]]:
    [change] = diffing.params({"p": before}, {"p": after})
    return [(piece.kind, piece.text) for piece in change.pieces]


def test_half_an_id_is_never_marked() -> None:
    assert kinds("claude-haiku-4-5", "claude-opus-5-5") == [
        ("removed", "claude-haiku-4-5"),
        ("added", "claude-opus-5-5"),
    ]


def test_neither_is_half_a_text_of_json() -> None:
    found = kinds({"type": "tool", "n": 1}, {"type": "auto", "n": 1})
    assert ("removed", '"tool"') in found
    assert ("added", '"auto"') in found


@pytest.mark.django_db
def test_each_kind_of_change_to_a_turn_is_named() -> None:
    talk = conversation(*[("user", f"Number {n}") for n in range(5)])
    before = Script.of(history.head(talk))
    first, second, third, fourth, fifth = [place.slot for place in before.places]
    after = editing.rewrite(before, first, editing.typed("user", "Number zero"))
    after = editing.mute(after, second, True)
    after = editing.delete(after, third)
    after = editing.move(after, fifth, -1)
    after = editing.append(after, editing.typed("assistant", "New"))
    found = diffing.scripts(before, after)
    what = {change.slot: change.what for change in found.turns}
    assert what.pop(first) == ("changed",)
    assert what.pop(second) == ("muted",)
    assert what.pop(third) == ("removed",)
    assert what.pop(after.places[-1].slot) == ("added",)
    # Either of two neighbours that changed places may be called the moved one.
    assert list(what.values()) == [("moved",)]
    assert set(what) < {fourth, fifth}
    assert found.params == []


@pytest.mark.django_db
def test_equal_scripts_do_not_differ() -> None:
    script = Script.of(history.head(conversation(("user", "Hi"))))
    assert not diffing.scripts(script, script)


@pytest.mark.django_db
def test_a_turn_with_an_image_is_compared_as_json() -> None:
    talk = conversation(("user", "Hi"))
    before = Script.of(history.head(talk))
    blocks = [editing.image_block(7), {"type": "text", "text": "Hi"}]
    after = editing.rewrite(
        before, before.places[0].slot, editing.Draft("user", blocks)
    )
    (change,) = diffing.scripts(before, after).turns
    assert any('"image_ref"' in piece.text for piece in change.pieces)


def test_one_word_in_a_very_long_line_is_one_word() -> None:
    long = "word " * 20_000
    pieces = diffing.texts(f"{long}one {long}", f"{long}two {long}")
    changed = [(piece.kind, piece.text) for piece in pieces if piece.kind != "same"]
    assert changed == [("removed", "one"), ("added", "two")]


def test_a_null_is_not_the_same_as_no_param() -> None:
    (change,) = diffing.params({"top_k": None}, {})
    assert (change.key, change.before, change.after) == ("top_k", "null", None)


@pytest.mark.django_db
def test_a_turn_that_becomes_plain_text_is_compared_as_json_too() -> None:
    thought = {"type": "thinking", "thinking": "Hm.", "signature": "x"}
    text = {"type": "text", "text": "An insect."}
    talk = conversation(("user", "What is an ant?"))
    base = Script.of(history.head(talk))
    before = editing.append(base, editing.Draft("assistant", [thought, text]), "a")
    after = editing.append(base, editing.Draft("assistant", [text]), "a")
    [turn] = diffing.scripts(before, after).turns
    kept = "".join(piece.text for piece in turn.pieces if piece.kind == "same")
    assert '"text": "An insect."' in kept
