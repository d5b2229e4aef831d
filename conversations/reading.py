"""The text of a turn as a page shows it: who made which stretch, where one ends, and
what a model wrote formatted, while what a person typed stays as it was typed.

Values for templates; nothing here asks the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from . import citations, formatting, segments
from .citations import Source
from .readable import exact, pretty, shown
from .rendering import Grown, is_linked

SEAM = '<span class="seam" aria-hidden="true"></span>'


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text of one maker. `marked`: typed, where a model goes on; `seam`: it ends here.

    `numbers` are those of the sources that a model names for it.
    """

    shown: str
    marked: bool = False
    seam: bool = False
    numbers: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Text:
    """Text as it is, and formatted if a model wrote it.

    `html` is empty for what is only shown as it is. `before` is what a person typed
    above it. `open`, where a reply continues formatted text: the HTML of the block in
    which it goes on, and `html` what stands above. `apart`: what continues this text
    can be formatted alone. `beside` is JSON of what else its block says.
    """

    index: int
    stretches: Sequence[Stretch]
    exact: str = ""
    html: str = ""
    open: str = ""
    before: Sequence[Stretch] = ()
    apart: bool = False
    sources: Sequence[Source] = ()
    beside: str = ""
    key: str = ""
    kind: str = "text"

    @property
    def is_formatted(self) -> bool:
        return bool(self.html or self.open)

    @property
    def takes_reply(self) -> bool:
        """Whether a reply that continues the turn is shown as part of this text."""
        return bool(self.open) or not self.html


@dataclass(frozen=True, slots=True)
class _Piece:
    """A stretch on its way: `seam` is true where another maker goes on."""

    text: str
    run: int | None
    seam: bool
    cited: Sequence[Source] = ()


def as_blocks(content: Any) -> list[Any]:
    """Return content as blocks: the API takes a string for a single text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else [content]


def is_text(block: Any) -> TypeGuard[dict[str, Any]]:
    return (
        isinstance(block, dict)
        and block.get("type") == "text"
        and isinstance(block.get("text"), str)
    )


def texts(
    blocks: Sequence[Any], marks: Sequence[Any], *, key: str, open_end: bool = False
) -> dict[int, Text | None]:
    """Return the texts of a turn by block; None where a block is part of the one
    before, since a model splits its text to name its sources.

    `marks` are the turn's segments, `open_end` says that a reply will continue it,
    and `key` makes the addresses of the sources unique on the page.
    """
    found: dict[int, Text | None] = {}
    pieces = _pieces(blocks, marks, open_end)
    mixed = open_end or any(
        each.run is not None for part in pieces.values() for each in part
    )
    for group in _groups(blocks, pieces):
        parts = [each for index in group for each in pieces[index]]
        found |= dict.fromkeys(group)
        goes_on = open_end and group[-1] == len(blocks) - 1
        found[group[0]] = _text(blocks, group, parts, mixed, goes_on, key)
    return found


def continued(
    blocks: Sequence[Any], marks: Sequence[Any], *, key: str
) -> formatting.Continued | None:
    """Return the text at the end of a turn that a reply continues, to be formatted
    with it; None where the reply is formatted alone, or nothing is."""
    if not blocks or not is_text(blocks[-1]):
        return None
    pieces = _pieces(blocks, marks, open_end=True)
    group = _groups(blocks, pieces)[-1]
    written = _written([each for index in group for each in pieces[index]])
    return _continued(written, key)


def generated(block: dict[str, Any], key: str) -> Text | None:
    """Return a text that a model wrote, outside of any turn."""
    return texts([block], [segments.begin((0, 0), segments.ELSEWHERE)], key=key)[0]


def _pieces(
    blocks: Sequence[Any], marks: Sequence[Any], open_end: bool
) -> dict[int, list[_Piece]]:
    flat = [
        (index, text, run)
        for index, block in enumerate(blocks)
        if is_text(block)
        for text, run in segments.stretches(index, block["text"], marks)
    ]
    found: dict[int, list[_Piece]] = {}
    number = 1
    for place, (index, text, run) in enumerate(flat):
        following = flat[place + 1] if place + 1 < len(flat) else None
        seam = (
            following[2] != run if following else open_end and index == len(blocks) - 1
        )
        cited: Sequence[Source] = ()
        if following is None or following[0] != index:  # the end of its block
            cited = citations.read(blocks[index], number)
            number += len(cited)
        found.setdefault(index, []).append(_Piece(text, run, seam, cited))
    return found


def _groups(blocks: Sequence[Any], pieces: dict[int, list[_Piece]]) -> list[list[int]]:
    """Join neighbours that a model wrote, where one of them names sources."""
    groups: list[list[int]] = []
    for index, parts in pieces.items():
        before = pieces.get(index - 1, [])
        joins = before and any(each.cited for each in before + parts)
        if joins and all(each.run is not None for each in before + parts):
            groups[-1].append(index)
        else:
            groups.append([index])
    return groups


def _text(
    blocks: Sequence[Any],
    group: Sequence[int],
    parts: Sequence[_Piece],
    mixed: bool,
    goes_on: bool,
    key: str,
) -> Text:
    whole = _joined(parts)
    stretches = [
        Stretch(
            shown(each.text),
            marked=mixed and each.run is None,
            seam=mixed and each.seam,
            numbers=[source.number for source in each.cited],
        )
        for each in parts
    ]
    written = _written(parts)
    grown = Grown("", "")
    if continued := _continued(written, key) if goes_on else None:
        grown = continued.take()
    elif written:
        grown = Grown(formatting.html(_joined(written), _marks(written, key)), "")
    apart = goes_on and len(parts) == 1 and _stands_apart(parts[0])
    return Text(
        group[0],
        stretches,
        exact(whole),
        mark_safe(grown.done),
        mark_safe(grown.open),
        stretches[: len(parts) - len(written)] if written or apart else (),
        apart=apart,
        sources=[source for each in parts for source in each.cited],
        beside=_beside([blocks[index] for index in group]),
        key=key,
    )


def _joined(parts: Sequence[_Piece]) -> str:
    return "".join(each.text for each in parts)


def _written(parts: Sequence[_Piece]) -> Sequence[_Piece]:
    """Return the pieces that are formatted: what models wrote, as far as it is a text
    of its own."""
    typed = sum(each.run is None for each in parts)
    if not typed:
        return parts
    return parts[1:] if _goes_on_below(parts, typed) else ()


def _goes_on_below(parts: Sequence[_Piece], typed: int) -> bool:
    """True when only the beginning was typed and the rest is a text of its own: half
    a line is no Markdown, and neither is half a list.
    """
    return typed == 1 and len(parts) > 1 and _stands_apart(parts[0])


def _stands_apart(part: _Piece) -> bool:
    return part.run is None and formatting.stands_apart(part.text)


def _continued(parts: Sequence[_Piece], key: str) -> formatting.Continued | None:
    text = _joined(parts)
    if not text or not is_linked(text):
        return None
    return formatting.Continued(text, _marks(parts, key, goes_on=True))


def _marks(
    parts: Sequence[_Piece], key: str, goes_on: bool = False
) -> list[formatting.Mark]:
    """Return what stands within the formatted text: sources, and seams of runs."""
    found: list[formatting.Mark] = []
    offset = 0
    for place, each in enumerate(parts, 1):
        offset += len(each.text)
        html = SafeString("")
        if each.cited:
            html = _numbers([source.number for source in each.cited], key)
        if each.seam and (place < len(parts) or goes_on):
            html = SafeString(html + SEAM)
        if html:
            found.append((offset, html))
    return found


def _numbers(numbers: Sequence[int], key: str) -> SafeString:
    links = [
        format_html('<a href="#source-{}-{}">{}</a>', key, number, number)
        for number in numbers
    ]
    return format_html('<sup class="cited">{}</sup>', mark_safe(" ".join(links)))


def _beside(blocks: Sequence[dict[str, Any]]) -> str:
    """Return what the blocks say beside their text, as JSON for reading."""
    rests = []
    for block in blocks:
        told = {"type", "text"}
        if isinstance(block.get("citations"), list):
            told.add("citations")
        rests.append({key: block[key] for key in block if key not in told})
    return "\n".join(pretty(rest) for rest in rests if rest)
