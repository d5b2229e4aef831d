"""What changed between two scripts: turns by slot, text by lines then words, params.

Pure but for loading the turns that differ. Says what changed, not how it looks.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Any, Literal

from .editing import Draft, Place, Script
from .models import Turn, text_of
from .models.json import changed_keys

Kind = Literal["same", "removed", "added"]

# Beyond this many pairs of equal lines or words, a stretch is replaced whole: difflib
# looks at each of them again and again, and nobody reads such a diff by the word.
MOST_PAIRS = 600_000
_WORDS = re.compile(r"\w+|\s+|[^\w\s]")
# A text of JSON stays whole, as does an id: half of one says nothing.
_JSON_WORDS = re.compile(r'"(?:[^"\\]|\\.)*"|\w+|\s+|[^\w\s]')
_NAMES = re.compile(r"\S+|\s+")


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stayed, went or came."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class TurnChange:
    """One slot that differs. `what` holds words such as "added" or "moved"."""

    slot: str
    role: str
    number: int
    what: tuple[str, ...]
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class ParamChange:
    """One param that differs, with its values as JSON text; None where absent."""

    key: str
    before: str | None
    after: str | None
    pieces: tuple[Piece, ...] = ()


@dataclass(frozen=True, slots=True)
class Difference:
    """All that differs between two scripts."""

    turns: list[TurnChange] = field(default_factory=list)
    params: list[ParamChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.turns or self.params)


def texts(before: str, after: str, words: re.Pattern[str] = _WORDS) -> list[Piece]:
    """Compare two texts by lines, and within changed lines by words.

    Joining all pieces but the added ones gives `before`, all but the removed ones
    `after`. `words` says what counts as one, and takes in everything.
    """

    def by_words(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
        before, after = (words.findall("".join(side)) for side in (old, new))
        yield from _compare(before, after, _replaced)

    return list(_merged(_compare(_lines(before), _lines(after), by_words)))


def _replaced(before: Sequence[str], after: Sequence[str]) -> Iterator[Piece]:
    yield Piece("removed", "".join(before))
    yield Piece("added", "".join(after))


def _compare(before: list[str], after: list[str], finer: Any) -> Iterator[Piece]:
    # What both begin and end with needs no matching, however long it is.
    start, end = _shared(before, after)
    yield Piece("same", "".join(before[:start]))
    yield from _matched(
        before[start : len(before) - end], after[start : len(after) - end], finer
    )
    yield Piece("same", "".join(before[len(before) - end :]))


def _shared(before: Sequence[str], after: Sequence[str]) -> tuple[int, int]:
    """Return how many pieces both have in common at the start and, beyond, the end."""
    most = min(len(before), len(after))
    start = 0
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return start, end


def _matched(before: list[str], after: list[str], finer: Any) -> Iterator[Piece]:
    if _pairs(before, after) > MOST_PAIRS:
        yield from _replaced(before, after)
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("same", "".join(before[a:b]))
        elif tag == "replace":
            yield from finer(before[a:b], after[c:d])
        else:
            yield from _replaced(before[a:b], after[c:d])


def _pairs(before: Sequence[str], after: Sequence[str]) -> int:
    """Return how often a piece of one side is one of the other."""
    times = Counter(before)
    return sum(times[piece] for piece in after)


def _lines(text: str) -> list[str]:
    """Split after line feeds only: other breaks are characters like any."""
    return re.findall(r"[^\n]*\n|[^\n]+", text)


def _merged(pieces: Iterable[Piece]) -> Iterator[Piece]:
    last: Piece | None = None
    for piece in pieces:
        if not piece.text:
            continue
        if last is not None and last.kind == piece.kind:
            last = Piece(last.kind, last.text + piece.text)
            continue
        if last is not None:
            yield last
        last = piece
    if last is not None:
        yield last


def params(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[ParamChange]:
    """Compare params by key, in the order of `before` and then of what is new."""
    return [
        ParamChange(
            key,
            old := _shown(before, key),
            new := _shown(after, key),
            tuple(texts(old or "", new or "", _words_of(before, after, key))),
        )
        for key in changed_keys(before, after)
    ]


def _words_of(
    before: Mapping[str, Any], after: Mapping[str, Any], key: str
) -> re.Pattern[str]:
    given = [values[key] for values in (before, after) if key in values]
    if not all(isinstance(value, str) for value in given):
        return _JSON_WORDS
    return _WORDS if any(" " in value for value in given) else _NAMES


def _shown(values: Mapping[str, Any], key: str) -> str | None:
    """A text as it is, anything else as JSON for reading; None where absent."""
    if key not in values:
        return None
    value = values[key]
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2)


def scripts(before: Script, after: Script) -> Difference:
    """Compare two scripts. Loads only turns that differ, in one query."""
    old = {place.slot: place for place in before.places}
    new = {place.slot: place for place in after.places}
    contents = _contents(before, after)
    moved = _moved([s for s in old if s in new], [s for s in new if s in old])
    changes = []
    for number, place in enumerate(after.places, 1):
        was = old.get(place.slot)
        what = _what(was, place, place.slot in moved)
        if what:
            changes.append(_change(was, place, number, what, contents))
    for number, place in enumerate(before.places, 1):
        if place.slot not in new:
            changes.append(_change(place, None, number, ("removed",), contents))
    return Difference(changes, params(before.params, after.params))


def _what(was: Place | None, now: Place, is_moved: bool) -> tuple[str, ...]:
    if was is None:
        return ("added",)
    found = []
    if was.turn != now.turn:
        found.append("changed")
    if was.muted != now.muted:
        found.append("muted" if now.muted else "unmuted")
    if is_moved:
        found.append("moved")
    return tuple(found)


def _moved(before: list[str], after: list[str]) -> set[str]:
    """Return the fewest slots that explain the new order of those in both."""
    kept: set[str] = set()
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for a, _, size in matcher.get_matching_blocks():
        kept.update(before[a : a + size])
    return set(after) - kept


Contents = Mapping[int, Turn]


def _contents(before: Script, after: Script) -> Contents:
    same = {(p.slot, p.turn) for p in before.places if isinstance(p.turn, int)} & {
        (p.slot, p.turn) for p in after.places if isinstance(p.turn, int)
    }
    wanted = {
        place.turn
        for place in (*before.places, *after.places)
        if isinstance(place.turn, int)
    }
    unchanged = {turn for _, turn in same}
    loaded = Turn.objects.in_bulk(list(wanted - unchanged))
    # Moved and muted turns are named by their role only.
    loaded |= Turn.objects.only("role").in_bulk(list(unchanged))
    return loaded


def _change(
    was: Place | None,
    now: Place | None,
    number: int,
    what: tuple[str, ...],
    contents: Contents,
) -> TurnChange:
    place = now or was
    assert place is not None
    pieces: tuple[Piece, ...] = ()
    if {"added", "removed", "changed"} & set(what):
        sides = [_content(p, contents).blocks if p else [] for p in (was, now)]
        plain = all(map(_is_text, sides))
        old, new = (_readable(blocks, plain) for blocks in sides)
        pieces = tuple(texts(old, new, _WORDS if plain else _JSON_WORDS))
    return TurnChange(place.slot, _content(place, contents).role, number, what, pieces)


def _content(place: Place, contents: Contents) -> Draft | Turn:
    return contents[place.turn] if isinstance(place.turn, int) else place.turn


def _is_text(blocks: Sequence[Any]) -> bool:
    """Whether the blocks are text and nothing else."""
    return all(
        set(block) == {"type", "text"} for block in blocks if isinstance(block, dict)
    )


def _readable(blocks: Sequence[Any], plain: bool) -> str:
    """The text of blocks that are only text, else the blocks as JSON."""
    if plain or not blocks:
        return text_of(blocks)
    return json.dumps(blocks, ensure_ascii=False, indent=2)
