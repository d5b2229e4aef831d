"""The events of a run with their times, a page at a time and as they came.

A page begins where the one before it ended, at a chunk and an event in it: what is
before that is not read again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from conversations.models import Run
from conversations.numbers import is_number

from . import text

PAGE = 200  # events
LONGEST = 600  # characters of one event's data that are shown
AT_ONCE = 20  # chunks that are read at once, half a second of a run each


@dataclass(frozen=True, slots=True)
class Event:
    """One event, ready to read."""

    at: str
    name: str
    data: str
    # Characters that are not shown.
    left_out: int = 0


@dataclass(frozen=True, slots=True)
class Page:
    """Some events, and where the next page begins; empty at the end."""

    events: Sequence[Event]
    next: str = ""


def page(run: Run, beginning: str = "") -> Page | None:
    """Return the events from a place that `Page.next` named; None for no such place.

    Reads as many chunks as the page needs, and one more.
    """
    place = _place(beginning)
    if place is None:
        return None
    chunk, skipped = place
    found: list[Event] = []
    for number, events in _chunks(run, chunk):
        events = events[skipped:] if number == chunk else events
        before = skipped if number == chunk else 0
        room = PAGE - len(found)
        found += [_shown(*event) for event in events[:room]]
        if len(events) > room:
            return Page(found, f"{number}.{before + room}")
    return Page(found)


def _place(beginning: str) -> tuple[int, int] | None:
    chunk, _, index = (beginning or "0.0").partition(".")
    if not (chunk and index and is_number(chunk + index, digits=17)):
        return None
    return int(chunk), int(index)


def _chunks(run: Run, first: int) -> Iterator[tuple[int, list[tuple[int, str, str]]]]:
    """Yield number and events of the chunks from `first` on, few at a time."""
    while True:
        rows = run.chunks.filter(number__gte=first).values_list("number", "events")
        found = list(rows[:AT_ONCE])
        yield from found
        if len(found) < AT_ONCE:
            return
        first = found[-1][0] + 1


def _shown(milliseconds: int, name: str, data: str) -> Event:
    left_out = max(0, len(data) - LONGEST)
    return Event(
        f"{milliseconds / 1000:.3f}",
        text.shown(name) or "–",
        text.shown(data[:LONGEST]),
        left_out,
    )


def raw(run: Run) -> Iterator[bytes]:
    """Yield the stream as it came, with the milliseconds of each event in a comment.

    Comments are part of the format: what reads the stream skips them.
    """
    for _, events in _chunks(run, 0):
        yield "".join(_written(*event) for event in events).encode()


def _written(milliseconds: int, name: str, data: str) -> str:
    first = f"event: {name}\n" if name else ""
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f": {milliseconds} ms\n{first}{lines}\n"
