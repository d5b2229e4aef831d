"""A group of runs as its card and its page show it: the answers, how often each came,
and the spread of their times and tokens.

Values for templates; only `at_head` and `of` ask the database.
"""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os.path import commonprefix
from typing import Any

from conversations.models import Revision, Run, Turn
from conversations.reading import Text
from playground import payload
from playground.runs import variants
from playground.runs.groups import Line
from playground.spec import catalog

from . import apart, cards, endings, leads, outcomes, spreads, text
from .problems import Shown, shown

EXCERPT = 120  # characters of an answer in its line
LONGEST = 20_000  # characters that are looked through for where answers differ


@dataclass(frozen=True, slots=True)
class Member:
    """The newest run at one position of a group.

    `label` says what it was sent with that not all of them were.
    """

    run: Run
    number: int
    label: str
    figures: outcomes.Figures
    sentence: str
    used: bool = False
    # The runs that stood here before it was run again.
    earlier: Sequence[Run] = ()
    # The turn that it continues.
    continues: Turn | None = None

    @property
    def blocks(self) -> list[cards.Block]:
        """The reply for reading. Made when it is asked for: it may be long."""
        model = catalog.get(self.run.model)
        if self.continues is None or not self.run.has_reply:
            return cards.reply_blocks(self.run, model)
        return leads.blocks(self.run, self.continues, model)

    @property
    def lead(self) -> Text | None:
        """What the reply goes on with, while it comes."""
        return leads.text(self.run, self.continues) if self.continues else None

    @property
    def live(self) -> bool:
        return self.run.is_live

    @property
    def name(self) -> str:
        return f"Reply {self.number}"


@dataclass(frozen=True, slots=True)
class Answer:
    """One text that came, and the members that gave it."""

    members: Sequence[Member]
    excerpt: str

    @property
    def first(self) -> Member:
        return self.members[0]

    @property
    def only_thinking(self) -> bool:
        """Whether nothing came that answers are compared by."""
        return not compared(self.first.run)


@dataclass(frozen=True, slots=True)
class Group:
    """All of a group. `told` sums the answers up, `cost` what all runs of it cost.

    `broken` are the replies that broke off: each by itself, and none of the `answers`.
    """

    id: str
    slot: str
    title: str
    told: str
    members: Sequence[Member]
    answers: Sequence[Answer]
    broken: Sequence[Answer]
    spreads: Sequence[spreads.Spread]
    cost: str
    compared: bool

    @property
    def live(self) -> bool:
        return any(member.live for member in self.members)

    @property
    def folded(self) -> bool:
        """One of its replies is in use, and none is on its way any more."""
        return not self.live and any(member.used for member in self.members)

    @property
    def shown(self) -> list[Answer]:
        """All that came, the complete ones first."""
        return [*self.answers, *self.broken]

    @property
    def answered(self) -> int:
        return sum(len(answer.members) for answer in self.answers)

    @property
    def first_answered(self) -> Member | None:
        """The one that others are compared with."""
        found = [member for member in self.members if member.run.has_reply]
        return found[0] if found else None

    @property
    def unanswered(self) -> list[Member]:
        """Those that ended without anything to use."""
        return [m for m in self.members if not m.live and not m.run.has_reply]

    @property
    def status(self) -> str:
        """The status line: how many of them stand how."""
        count = len(self.members)
        under_way = sum(member.live for member in self.members)
        if under_way:
            return f"Streaming {under_way} of {count} replies"
        words = [member.figures.status for member in self.members]
        stood = [
            f"{words.count(word)} {word.lower()}"
            if len(set(words)) > 1
            else f"{word}: {count} replies"
            for word in dict.fromkeys(words)
        ]
        return " · ".join([", ".join(stood), self.cost] if self.cost else stood)


def at_head(head: Revision, last: Turn | None, lines: Sequence[Line]) -> list[Group]:
    """Return the groups that the script shows whole: the newest at its end, and those
    on their way. Two queries, none where there is no such.
    """
    slots = {entry.slot for entry in head.entries}
    at_end = [
        line
        for line in lines
        if last is not None
        and (
            line.first.slot == last.slot
            or (line.first.slot not in slots and line.answered == last.pk)
        )
    ]
    whole = {line.group for line in [*at_end[-1:], *_live_in(lines, slots, at_end)]}
    if not whole:
        return []
    runs = head.conversation.runs.filter(group__in=whole)
    return of(runs, variants.used([last]) if last else ())


def _live_in(
    lines: Sequence[Line],
    slots: Collection[str],
    at_end: Sequence[Line],
) -> list[Line]:
    return [
        line
        for line in lines
        if line.live and (line.first.slot in slots or line in at_end)
    ]


def of(runs: Iterable[Run], used: Iterable[int] = ()) -> list[Group]:
    """Return the groups of these runs, in their order, each with its newest run at
    every position. `used` are the runs whose replies stand in the script. One query
    where they continue a turn, which is the same for all of a group.
    """
    found: dict[str, list[Run]] = {}
    for run in runs:
        found.setdefault(run.group, []).append(run)
    ends = [of[0].turns[-1] for of in found.values() if of[0].continues]
    turns = Turn.objects.in_bulk(ends) if ends else {}
    return [_group(name, of, set(used), turns) for name, of in found.items()]


def _group(
    name: str, runs: Sequence[Run], used: set[int], turns: Mapping[int, Turn]
) -> Group:
    newest = {run.position: run for run in sorted(runs, key=lambda run: run.pk)}
    latest = [newest[position] for position in sorted(newest)]
    labels = apart.labels(latest)
    answers = _answers(latest)
    broken = [[run] for run in latest if run.has_reply and broke_off(run)]
    members = {
        run.pk: Member(
            run,
            run.position,
            label,
            outcomes.Figures.of(run),
            _sentence(run),
            run.pk in used,
            [each for each in runs if each.position == run.position and each != run],
            turns.get(run.turns[-1]) if run.continues else None,
        )
        for run, label in zip(latest, labels, strict=True)
    }
    came = [*answers, *broken]
    shown = [
        Answer([members[run.pk] for run in of], excerpt)
        for of, excerpt in zip(came, _excerpts(came), strict=True)
    ]
    compared = any(labels)
    return Group(
        id=name,
        slot=latest[0].slot,
        title=f"Comparison of {len(latest)}" if compared else f"Run ×{len(latest)}",
        told=_told(answers, latest),
        members=list(members.values()),
        answers=shown[: len(answers)],
        broken=shown[len(answers) :],
        spreads=spreads.of(latest),
        cost=spreads.cost(runs),
        compared=compared,
    )


def _sentence(run: Run) -> str:
    """Return what happened; of an answer that is empty, what its stop reason means."""
    if run.status == Run.Status.DONE and run.stop_reason and not run.has_reply:
        return endings.sentence(run)
    return outcomes.sentence(run)


def problems_of(runs: Sequence[Run]) -> Mapping[int, Sequence[Shown]]:
    """Return what the rulebook says to each run's request, where it says something.

    All runs of a group send the same turns, so they are read once.
    """
    whole = payload.of_run(runs[0])
    found = {
        run.pk: payload.check(replace(whole, params=run.params, headers=run.headers))
        for run in runs
    }
    return {run: list(map(shown, told)) for run, told in found.items() if told}


# Which answers are the same


def broke_off(run: Run) -> bool:
    """True for a run that ended before its reply did: no answer to be counted."""
    return not run.is_live and run.status != Run.Status.DONE


def _answers(runs: Sequence[Run]) -> list[list[Run]]:
    """Return the runs with a complete answer by answer, the most frequent first."""
    found: dict[str, list[Run]] = {}
    for run in runs:
        if run.has_reply and run.status == Run.Status.DONE:
            found.setdefault(answer_of(run), []).append(run)
    return sorted(found.values(), key=len, reverse=True)


def answer_of(run: Run) -> str:
    """Return what makes two answers the same one."""
    return json.dumps(compared(run), sort_keys=True)


def compared(run: Run) -> list[dict[str, Any]]:
    """Return what of a reply is compared: all but its thinking, without what is new
    each time (ids) and what may be null (citations)."""
    return [
        {key: block[key] for key in block if key not in ("id", "citations", "caller")}
        for block in run.content
        if isinstance(block, dict)
        and block.get("type") not in ("thinking", "redacted_thinking")
    ]


def _told(answers: Sequence[Sequence[Run]], runs: Sequence[Run]) -> str:
    """Return how many different answers there are, and in how many complete replies
    where others of the runs ended without one."""
    count, live = sum(map(len, answers)), any(run.is_live for run in runs)
    if not count:
        return "No answer yet" if live else "No complete answer"
    left = sum(not run.is_live for run in runs) > count
    of = f"of {len(runs)} replies"
    if len(answers) > 1:
        among = f"{count} complete {of}" if left else f"{count}"
        told = f"{len(answers)} different answers in {among}"
    elif left:
        told = f"{count} complete {of}" + (", all the same" if count > 1 else "")
    else:
        told = f"All {count} answers are the same" if count > 1 else "1 answer"
    return f"{told} so far" if live else told


def _excerpts(answers: Sequence[Sequence[Run]]) -> list[str]:
    """Return a line of each answer, from where they begin to differ."""
    words = [" ".join(words_of(of[0])[:LONGEST].split()) for of in answers]
    shared = len(commonprefix(words)) if len(words) > 1 else 0
    start = max(words[0].rfind(" ", 0, shared) + 1, 0) if words else 0
    if start < EXCERPT // 2:  # all of it fits before the line is cut
        start = 0
    return [
        text.shown(("… " if start else "") + line[start : start + EXCERPT])
        for line in words
    ]


def words_of(run: Run) -> str:
    """Return what is compared of a reply as text: what is no text as JSON."""
    return "\n\n".join(
        block["text"]
        if block.get("type") == "text" and isinstance(block.get("text"), str)
        else text.pretty(block)
        for block in compared(run)
    )
