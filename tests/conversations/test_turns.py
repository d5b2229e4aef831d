"""A turn as parts for the page. No database: everything is given."""

import json

import pytest
from django.template import Context, Template

from conversations.blocks import Part
from conversations.models import Image, Turn
from conversations.reading import Text
from conversations.templatetags import turns

IMAGE = Image(
    pk=4,
    hash="0",
    original_name="a<b>.png",
    width=3,
    height=2,
    size=10,
    original_width=30,
    original_height=20,
    original_size=1_500_000,
    done=["scaled down"],
)


def turn(*blocks: object, segments: list | None = None) -> Turn:
    return Turn(role="assistant", blocks=list(blocks), segments=segments or [])


def text(value: str, **more: object) -> dict:
    return {"type": "text", "text": value, **more}


def html(shown: Turn, prefill: bool = False) -> str:
    page = Template("{% load turns %}{% blocks turn images prefill=prefill %}")
    context = {"turn": shown, "images": {4: IMAGE}, "prefill": prefill}
    return page.render(Context(context))


def test_a_typed_turn_is_text_without_a_seam() -> None:
    assert html(turn(text("a"))).strip() == '<div class="text">a</div>'


def test_a_reply_behind_a_prefill_follows_a_seam() -> None:
    seams = [
        {"block": 0, "offset": 0, "run": None},
        {"block": 0, "offset": 1, "run": 7},
    ]
    shown = html(turn(text("ab"), segments=seams))
    assert '<span class="prefilled">a</span><span class="seam"' in shown
    assert "</span>b</div>" in shown


def test_a_reply_alone_has_no_seam() -> None:
    seams = [{"block": 0, "offset": 0, "run": 7}]
    shown = html(turn(text("a"), segments=seams))
    assert "seam" not in shown
    assert "prefilled" not in shown


def test_a_seam_between_blocks_is_shown_too() -> None:
    seams = [
        {"block": 0, "offset": 0, "run": None},
        {"block": 1, "offset": 0, "run": 7},
    ]
    shown = html(turn(text("a"), text("b"), segments=seams))
    typed, generated = shown.split('<div class="text md">')
    assert typed.strip().endswith('<span class="seam" aria-hidden="true"></span></div>')
    assert "seam" not in generated


def test_a_prefill_ends_in_a_seam() -> None:
    shown = html(turn(text("The answer is (")), prefill=True)
    assert shown.strip().endswith(
        '(</span><span class="seam" aria-hidden="true"></span></div>'
    )


def test_an_image_is_a_card_with_what_was_done() -> None:
    block = {"type": "image", "source": {"type": "image_ref", "image": 4}}
    shown = html(turn(block))
    assert 'src="/images/4/thumbnail/"' in shown
    assert 'alt="a&lt;b&gt;.png"' in shown
    assert "30 × 20, 1.5 MB → <b>3 × 2, 10 bytes</b>" in shown
    assert "scaled down" in shown


@pytest.mark.parametrize(
    "source", [{"type": "image_ref", "image": 5}, {"type": "image_ref"}, None, "x"]
)
def test_an_image_that_is_not_there_is_shown_as_json(source: object) -> None:
    [part] = turns.parts(turn({"type": "image", "source": source}), {4: IMAGE})
    assert isinstance(part, Part)
    assert part.label == "image"
    assert json.loads(part.json)["source"] == source


def test_what_stands_beside_the_text_is_shown() -> None:
    [part] = turns.parts(turn(text("a", cache_control={"type": "ephemeral"})), {})
    assert isinstance(part, Text)
    assert json.loads(part.beside) == {"cache_control": {"type": "ephemeral"}}


def test_content_that_is_a_plain_string_is_text() -> None:
    [part] = turns.parts(Turn(blocks="plain", segments=[]), {})
    assert isinstance(part, Text)
    assert part.stretches[0].shown == "plain"


@pytest.mark.parametrize("value", ["\ud800", {"k": "\0\udfff"}, ["😀", 1.0, None]])
def test_json_for_reading_parses_back_to_the_same(value: object) -> None:
    written = turns.pretty(value)
    assert json.loads(written) == value
    written.encode("utf-8")
