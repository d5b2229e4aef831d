"""A difference as a page shows it: a part for each setting and turn that changed.

Values for `conversations/_difference.html`.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from .diffing import Difference, ParamChange, Piece, TurnChange
from .readable import shown

CONTEXT = 160  # characters of unchanged text that are shown beside a change
BLANKS = str.maketrans({" ": "␣", "\t": "⇥", "\n": "↵\n"})


@dataclass(frozen=True, slots=True)
class Part:
    """One turn or param that changes, ready for its template. `address` is the place
    on the page where the turn stands as it came to be."""

    name: str
    what: str
    pieces: Sequence[Piece]
    address: str = ""


def parts(found: Difference, *, beside: bool = False) -> list[Part]:
    """Return what changes: params first, then turns from the top.

    `beside` the script that it leads to turns are linked, and one that was added is not
    shown a second time.
    """
    return [
        *(Part(shown(p.key), _what(p), readable(p.pieces)) for p in found.params),
        *(_of_turn(turn, beside) for turn in found.turns),
    ]


def _of_turn(turn: TurnChange, beside: bool) -> Part:
    name, told = f"{turn.role.capitalize()} turn {turn.number}", ", ".join(turn.what)
    stands = beside and "removed" not in turn.what
    address = f"#turn-{turn.slot}" if stands else ""
    is_below = stands and "added" in turn.what
    return Part(name, told, () if is_below else readable(turn.pieces), address)


def _what(param: ParamChange) -> str:
    if param.before is None:
        return "added"
    return "removed" if param.after is None else "changed"


def readable(pieces: Sequence[Piece], *, whole: bool = False) -> list[Piece]:
    """Make blanks that come or go visible, and cut long unchanged stretches unless
    the `whole` text is wanted."""
    found = []
    for index, piece in enumerate(pieces):
        if whole and piece.kind == "same":
            words = piece.text
        elif piece.kind == "same":
            is_first, is_last = index == 0, index == len(pieces) - 1
            words = _excerpt(piece.text, is_first, is_last)
        else:
            words = piece.text if piece.text.strip() else piece.text.translate(BLANKS)
        found.append(Piece(piece.kind, shown(words)))
    return found


def _excerpt(words: str, is_first: bool, is_last: bool) -> str:
    before = "" if is_first else words[:CONTEXT]
    after = "" if is_last else words[-CONTEXT:]
    if len(words) <= len(before) + len(after) + CONTEXT:
        return words
    return f"{before} … {after}"
