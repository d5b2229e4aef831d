"""Turns as the script shows them: stretches with their seams, images, variants.

Values for templates; nothing here asks the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from conversations import reading, segments
from conversations.blocks import Part, is_result, media_within, part
from conversations.models import Entry, Image, Run, Turn
from conversations.reading import Text
from playground.runs import variants
from playground.runs.groups import Line
from playground.spec import catalog

from . import media, places, writing
from .endings import Again, Ending
from .outcomes import Figures
from .problems import Shown

if TYPE_CHECKING:
    from .groups import Group


@dataclass(frozen=True, slots=True)
class Pictured:
    """An image or a document at its place in the turn; `within` a tool result, or
    where there is one that it `may_enter`."""

    picture: media.Picture
    place: str
    within: bool = False
    may_enter: bool = False
    kind: str = "image"


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A call that waits for its result; `number` is its place among those."""

    part: Part
    number: int
    kind: str = "open call"


Block = Text | Part | Pictured | OpenCall


@dataclass(frozen=True, slots=True)
class Variants:
    """Which of the replies at this place is used, and its neighbours' runs."""

    position: int
    count: int
    before: int | None
    after: int | None

    @property
    def other(self) -> int | None:
        """The only reply there is, where a text stands that is none: no two ways
        lead to it."""
        return self.after if (self.position, self.count) == (0, 1) else None


@dataclass(frozen=True, slots=True)
class RunCard:
    """A run whose reply is not in the script: under way, failed, or beaten."""

    run: Run
    live: bool
    sentence: str
    blocks: Sequence[Block] = ()
    error: str = ""
    # Why the API refused it, and the name and address of the place it names.
    refusal: Shown | None = None
    place: tuple[str, str] = ("", "")
    ending: Ending | None = None
    again: Again | None = None
    usable: bool = True


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that waits to be used, and how far it came: "stopped, 52 tokens"."""

    run: int
    model: str
    told: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at one turn: replies on their way, those that can be used, and groups
    that are only told of."""

    live: list[Run] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    groups: list[Line] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Card:
    """One article of the script. Without a turn it is a run's alone."""

    slot: str
    number: int
    role: str
    turn: int | None = None
    note: str = ""
    muted: bool = False
    blocks: Sequence[Block] = ()
    variants: Variants | None = None
    figures: Figures | None = None
    problems: Sequence[Shown] = ()
    run: RunCard | None = None
    ending: Ending | None = None
    # True when open calls of this turn can be answered in place.
    calls: bool = False
    waiting: Waiting | None = None
    # Groups of runs that are shown whole.
    groups: "Sequence[Group]" = ()

    @property
    def stream(self) -> int | None:
        """The live run that goes on within the last text of this turn.

        Any other reply comes below: it begins a block of its own.
        """
        last = self.blocks[-1] if self.blocks and self.turn is not None else None
        if self.run is None or not self.run.live or not isinstance(last, Text):
            return None
        return self.run.run.pk if last.takes_reply else None

    @property
    def label(self) -> str:
        return f"{self.role.capitalize()} turn {self.number}"

    @property
    def classes(self) -> str:
        """The classes of the article beside `turn`."""
        names = [self.role]
        if self.note in ("synthetic", "prefill"):
            names.append(self.note)
        if self.muted:
            names.append("muted")
        if self.groups:
            names.append("grouped")
        if self.run:
            names += ["run", self.run.run.status] + (["live"] if self.run.live else [])
        return " ".join(names)


def note_of(turn: Turn, is_last: bool) -> str:
    """Return what kind of assistant turn it is: typed, about to be continued, made."""
    if turn.role != Turn.Role.ASSISTANT:
        return ""
    if segments.holds_reply(turn.segments):
        return "reply"
    return "prefill" if is_last and not turn.has_calls else "synthetic"


def blocks_of(
    turn: Turn, images: Mapping[int, Image], model: catalog.Model, *, open_end: bool
) -> list[Block]:
    """Return the turn's blocks for reading. `open_end`: a reply will continue it."""
    content = writing.as_blocks(turn.blocks)
    texts = reading.texts(content, turn.segments, key=turn.slot, open_end=open_end)
    return _blocks(content, texts, images, model)


def reply_blocks(run: Run, model: catalog.Model) -> list[Block]:
    """Return the blocks of a run's reply, which is in no turn."""
    begun = [segments.begin((0, 0), run.pk)]
    return blocks_in(run.content, begun, f"run-{run.pk}", model)


def blocks_in(
    content: Sequence[Any], marks: Sequence[Any], key: str, model: catalog.Model
) -> list[Block]:
    """Return blocks for reading that are in no turn, with their segments."""
    return _blocks(content, reading.texts(content, marks, key=key), {}, model)


def _blocks(
    content: Sequence[Any],
    texts: Mapping[int, Text | None],
    images: Mapping[int, Image],
    model: catalog.Model,
) -> list[Block]:
    found: list[Block] = []
    results = any(map(is_result, content))
    for index, block in enumerate(content):
        if index in texts:
            found += [text] if (text := texts[index]) is not None else []
        elif (picture := media.of_block(block, images, model)) is not None:
            found.append(Pictured(picture, str(index), may_enter=results))
        else:
            found.append(part(block))
        for inner, each in media_within(block):
            if (picture := media.of_block(each, images, model)) is not None:
                place = places.written((index, inner))
                found.append(Pictured(picture, place, within=True))
    return found


def with_calls(blocks: Sequence[Block], calls: Sequence[str]) -> list[Block]:
    """Return the blocks, with a place for the result under each of the open calls.

    Those of one id are told apart by their order: nothing keeps an API from that.
    """
    numbers: dict[str, list[int]] = {}
    for number, call in enumerate(calls):
        numbers.setdefault(call, []).append(number)
    return [
        OpenCall(replace(block, open=True), numbers[block.id].pop(0))
        if isinstance(block, Part) and numbers.get(block.id)
        else block
        for block in blocks
    ]


def variants_of(runs: Sequence[Run], used: Sequence[int]) -> Variants | None:
    """Return the navigation among the replies at a place; None for one in use.

    `used` are the runs in the turn, in order; the last one's reply is in use.
    """
    in_use = variants.position(runs, set(used[-1:]))
    if len(runs) < 2 and in_use == len(runs):
        return None
    at = in_use - 1
    before = runs[at - 1].pk if at > 0 else None
    after = runs[at + 1].pk if at + 1 < len(runs) else None
    return Variants(in_use, len(runs), before, after)


def turn_card(
    entry: Entry,
    turn: Turn,
    number: int,
    *,
    is_last: bool,
    blocks: Sequence[Block],
    runs: Sequence[Run],
    used: Mapping[int, Run],
    problems: Sequence[Shown],
    run: RunCard | None,
    ending: Ending | None = None,
    waiting: Waiting | None = None,
    groups: "Sequence[Group]" = (),
) -> Card:
    """Return the article of a turn. `used` are the runs that wrote stretches of it."""
    note = note_of(turn, is_last)
    made = segments.runs_in(turn.segments)
    last = used.get(made[-1]) if made else None
    return Card(
        slot=entry.slot,
        number=number,
        role=turn.role,
        turn=turn.pk,
        note=note,
        muted=entry.muted,
        blocks=blocks,
        variants=None if run and len(runs) < 2 else variants_of(runs, made),
        figures=Figures.of(last) if last else None,
        problems=problems,
        run=run,
        waiting=waiting,
        ending=ending,
        calls=any(isinstance(block, OpenCall) for block in blocks),
        groups=groups,
    )
