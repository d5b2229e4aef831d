"""What the read-only pages show of a revision: its turns with names and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from conversations import images, segments
from conversations.models import Entry, Image, Run, Turn

# Shown apart from the other params: the model in a line, the system prompt as the
# first item of the script.
APART = ("model", "max_tokens", "system")


@dataclass(frozen=True, slots=True)
class Line:
    """One turn as `conversations/_turn.html` shows it.

    `origin` is the word below the role: synthetic, prefill, reply, or nothing.
    """

    number: int
    turn: Turn
    muted: bool
    origin: str
    run: Run | None

    @property
    def is_prefill(self) -> bool:
        return self.origin == "prefill"


@dataclass(frozen=True, slots=True)
class Script:
    """The turns in order, their images, and the params in two parts."""

    lines: tuple[Line, ...]
    images: Mapping[int, Image]
    params: Mapping[str, Any]

    @property
    def system(self) -> Turn | None:
        """The system prompt in the shape of a turn, or None where there is none."""
        system = self.params.get("system")
        return Turn(role=Turn.Role.SYSTEM, blocks=system) if system else None

    @property
    def other_params(self) -> dict[str, Any]:
        return {key: self.params[key] for key in self.params if key not in APART}


def script(
    places: Sequence[tuple[Entry, Turn]],
    params: Mapping[str, Any],
    *,
    with_figures: bool = True,
) -> Script:
    """Read what the pages need of these turns. Two queries, whatever their number."""
    turns = [turn for _, turn in places]
    runs = _runs(turns) if with_figures else {}
    sent = [number for number, (entry, _) in enumerate(places, 1) if not entry.muted]
    last = sent[-1] if sent else 0
    lines = (
        Line(
            number,
            turn,
            entry.muted,
            _origin(turn, number == last),
            runs.get(_last_run(turn)),
        )
        for number, (entry, turn) in enumerate(places, 1)
    )
    return Script(tuple(lines), images.used_by(turns), params)


def _runs(turns: Sequence[Turn]) -> dict[int | None, Run]:
    wanted = {run for turn in turns if (run := _last_run(turn)) is not None}
    return {run.pk: run for run in Run.objects.filter(pk__in=wanted)}


def _last_run(turn: Turn) -> int | None:
    runs = segments.runs_in(turn.segments)
    return runs[-1] if runs else None


def _origin(turn: Turn, is_last: bool) -> str:
    if turn.role != Turn.Role.ASSISTANT:
        return ""
    open_end = is_last and not turn.has_calls
    if open_end and not segments.ends_in_reply(turn.segments):
        return "prefill"
    return "reply" if turn.segments else "synthetic"
