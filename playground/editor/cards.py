"""Turns as the script shows them: stretches with their seams, images, variants.

Values for templates; nothing here asks the database.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations import segments
from conversations.models import Entry, Image, Run, Turn
from playground.spec import catalog

from . import media, text, writing
from .outcomes import Figures
from .problems import Shown


@dataclass(frozen=True, slots=True)
class Stretch:
    """A piece of text of one maker.

    `marked` is what a person typed before a reply; `seam` is where that ends.
    """

    shown: str
    marked: bool = False
    seam: bool = False


@dataclass(frozen=True, slots=True)
class Block:
    """One content block; `kind` chooses how it is drawn."""

    kind: str
    stretches: Sequence[Stretch] = ()
    exact: str = ""
    picture: media.Picture | None = None
    label: str = ""
    raw: str = ""


@dataclass(frozen=True, slots=True)
class Variants:
    """Which of the replies at this place is used, and its neighbours' runs."""

    position: int
    count: int
    before: int | None
    after: int | None


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


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply that waits to be used, and how far it came: "stopped, 52 tokens"."""

    run: int
    model: str
    told: str


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
    waiting: Sequence[Reply] = ()

    @property
    def stream(self) -> int | None:
        """The live run that continues this turn behind its seam."""
        live = self.run is not None and self.run.live and self.turn is not None
        return self.run.run.pk if live and self.run is not None else None

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
        if self.run:
            names += ["run", self.run.run.status] + (["live"] if self.run.live else [])
        return " ".join(names)


def note_of(turn: Turn, is_last: bool) -> str:
    """Return what kind of assistant turn it is: typed, about to be continued, made."""
    if turn.role != Turn.Role.ASSISTANT:
        return ""
    if segments.runs_in(turn.segments):
        return "reply"
    return "prefill" if is_last else "synthetic"


def blocks_of(
    turn: Turn, images: Mapping[int, Image], model: catalog.Model, *, open_end: bool
) -> list[Block]:
    """Return the turn's blocks for reading. `open_end`: a reply will continue it."""
    mixed = bool(segments.runs_in(turn.segments)) or open_end
    blocks = writing.as_blocks(turn.blocks)
    found = []
    for index, block in enumerate(blocks):
        if not writing.is_text(block):
            found.append(block_of(block, images, model))
            continue
        pieces = segments.stretches(index, block["text"], turn.segments)
        seam = open_end and index == len(blocks) - 1
        stretches = [
            Stretch(
                text.shown(piece),
                marked=mixed and run is None,
                seam=mixed and run is None and (seam or number < len(pieces)),
            )
            for number, (piece, run) in enumerate(pieces, 1)
        ]
        found.append(Block("text", stretches, exact=text.exact(block["text"])))
    return found


def block_of(block: Any, images: Mapping[int, Image], model: catalog.Model) -> Block:
    """Return one block that nobody has to attribute."""
    if writing.is_text(block):
        shown = [Stretch(text.shown(block["text"]))]
        return Block("text", shown, exact=text.exact(block["text"]))
    kind = str(block.get("type")) if isinstance(block, dict) else "block"
    picture = media.of_block(block, images, model)
    if picture is not None:
        return Block("image", picture=picture)
    if kind == "thinking":
        thought = str(block.get("thinking") or "")
        return Block("thinking", label="Thinking", raw=text.shown(thought))
    return Block("other", label=text.shown(kind), raw=text.pretty(block))


def variants_of(runs: Sequence[Run], used: Sequence[int]) -> Variants | None:
    """Return the navigation among the replies at a place; None for one in use."""
    if len(runs) < 2 and all(run.pk in used for run in runs):
        return None
    places = [index for index, run in enumerate(runs) if run.pk in used]
    at = places[-1] if places else -1
    before = runs[at - 1].pk if at > 0 else None
    after = runs[at + 1].pk if at + 1 < len(runs) else None
    return Variants(at + 1, len(runs), before, after)


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
    waiting: Sequence[Reply] = (),
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
    )
