"""Replies as HTML, formatted once: what was rendered is kept as long as there is room.

A reply never changes, and its text is its own key, so copies and variants share it.
"""

from collections import OrderedDict
from collections.abc import Sequence
from threading import Lock

from django.utils.safestring import SafeString, mark_safe

from . import rendering

KEPT = 16_000_000
"""Characters of text and HTML that are kept."""
SIGN = "\ue000"
"""Stands in the text where a mark will be; Unicode gives it no meaning."""

Mark = tuple[int, str]
"""Where in the text, and safe HTML of ours to put there."""

_kept: OrderedDict[tuple[str, tuple[Mark, ...]], SafeString] = OrderedDict()
_size = 0
_lock = Lock()


def html(text: str, marks: Sequence[Mark] = ()) -> SafeString:
    """Return Markdown as safe HTML, with the marks in it.

    Marks that would change how the text reads, within a link or the head of a list,
    stand at its end.
    """
    key = (text, tuple(marks))
    with _lock:
        found = _kept.get(key)
        if found is not None:
            _kept.move_to_end(key)
            return found
    found = mark_safe(_marked(*key) if marks else rendering.render(text))
    _keep(key, found)
    return found


def _keep(key: tuple[str, tuple[Mark, ...]], made: SafeString) -> None:
    global _size
    with _lock:
        if key in _kept:
            return
        _kept[key] = made
        _size += len(key[0]) + len(made)
        while _size > KEPT and _kept:
            (text, _), old = _kept.popitem(last=False)
            _size -= len(text) + len(old)


def _marked(text: str, marks: Sequence[Mark]) -> str:
    plain = html(text)
    signed = rendering.render(_signed(text, marks))
    made = _put(signed, plain, marks) if signed.count(SIGN) == len(marks) else None
    return plain + "".join(mark for _, mark in marks) if made is None else made


def _signed(text: str, marks: Sequence[Mark]) -> str:
    """Return the text with a sign at the place of each mark."""
    parts, start = [], 0
    for offset, _ in marks:
        # At the end of a line: at the beginning of one it could be no list any more.
        at = max(start, len(text[:offset].rstrip()))
        parts.append(text[start:at])
        start = at
    return SIGN.join([*parts, text[start:]])


def _put(signed: str, plain: str, marks: Sequence[Mark]) -> str | None:
    """Return the HTML with the first of the marks for its signs; None where the signs
    have changed how it reads."""
    pieces = signed.split(SIGN)
    within = any(piece.rfind("<") > piece.rfind(">") for piece in pieces[:-1])
    if within or "".join(pieces) != plain:
        return None
    made = [piece + mark for piece, (_, mark) in zip(pieces[:-1], marks, strict=False)]
    return "".join([*made, pieces[-1]])


class Continued:
    """Markdown that goes on behind text that is there, formatted together with the
    block that the text ends in: half a line is none, and neither is half a list.

    Like `rendering.Growing`, with the marks of the text that is there.
    """

    def __init__(self, text: str, marks: Sequence[Mark] = ()) -> None:
        self._plain = rendering.Growing()
        self._plain.feed(text)
        self._marks = list(marks)
        # The same with signs, for as long as one is in the open block.
        self._signed: rendering.Growing | None = None
        if marks and SIGN not in text:
            self._signed = rendering.Growing()
            self._signed.feed(_signed(text, marks))

    def feed(self, text: str) -> None:
        self._plain.feed(text)
        if self._signed is not None:
            self._signed.feed(text)

    def take(self) -> rendering.Grown:
        """Format what is open, and let go of the blocks that have finished."""
        plain = self._plain.take()
        if self._signed is None:
            return plain
        signed = self._signed.take()
        done = _put(signed.done, plain.done, self._marks)
        if done is None:  # the two may have been cut at different places
            self._signed = None
            return plain
        del self._marks[: signed.done.count(SIGN)]
        if not self._marks:
            self._signed = None
        # What does not fit now is half a link, perhaps, and will.
        return rendering.Grown(
            done, _put(signed.open, plain.open, self._marks) or plain.open
        )

    def skip(self) -> None:
        """Let go of the blocks that have finished, which are shown already."""
        plain = self._plain.skip()
        if self._signed is None:
            return
        signed = self._signed.skip()
        del self._marks[: signed.count(SIGN)]
        if not self._marks or signed.replace(SIGN, "") != plain:
            self._signed = None


def stands_apart(text: str) -> bool:
    """True when what follows the text begins a line of its own and is no part of a
    list, a table or code that the text has begun: then it can be formatted alone.
    """
    return text.endswith("\n") and rendering.last_block(text + SIGN) == "paragraph"
