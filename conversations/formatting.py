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
    parts, start = [], 0
    for offset, _ in marks:
        # At the end of a line: at the beginning of one it could be no list any more.
        at = max(start, len(text[:offset].rstrip()))
        parts.append(text[start:at])
        start = at
    signed = rendering.render(SIGN.join([*parts, text[start:]]))
    found = signed.split(SIGN)
    within = any(piece.rfind("<") > piece.rfind(">") for piece in found[:-1])
    if within or "".join(found) != plain or len(found) != len(marks) + 1:
        return plain + "".join(mark for _, mark in marks)
    made = [piece + mark for piece, (_, mark) in zip(found[:-1], marks, strict=True)]
    return "".join([*made, found[-1]])


def stands_apart(text: str) -> bool:
    """True when what follows the text begins a line of its own and is no part of a
    list, a table or code that the text has begun: then it can be formatted alone.
    """
    return text.endswith("\n") and rendering.last_block(text + SIGN) == "paragraph"
