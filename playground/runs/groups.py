"""Several runs of one request at one place: *Run ×N* and comparisons.

Their replies wait as variants: a group never moves the head, and what it sends of a
turn that ends in a reply is found or saved beside the revisions.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from django.contrib.auth.models import User
from django.db.models import Count, Min, Q

from conversations import editing, history, turn_rows
from conversations.models import Conversation, Revision, Run, Turn
from playground import payload
from playground.payload import Payload
from playground.spec.rules import Problem

from . import driver, sending, variants
from .sending import Operation

FEWEST, MOST = 2, 20  # replies of one *Run ×N*
MOST_COLUMNS = 6  # of one comparison


@dataclass(frozen=True, slots=True)
class Column:
    """One side of a comparison: params as a revision keeps them, and whether they are
    sent although the rulebook refuses them."""

    params: Mapping[str, Any]
    anyway: bool = False


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of it: the runs, by position, or the problems that kept them back.

    `problems` has a list for each column; a column that was kept back has no run.
    """

    revision: Revision
    group: str
    runs: Sequence[Run] = ()
    problems: Sequence[Sequence[Problem]] = field(default_factory=list)


def run_times(
    conversation: Conversation,
    user: User,
    count: int,
    *,
    base: int,
    send_key: str,
    operation: Operation | None = None,
    summary: str = "Edited",
    touches: Collection[str] = (),
    anyway: bool = False,
) -> Sent:
    """Commit `operation` (if any) made on revision `base`, and send the head `count`
    times. Like `sending.send`, but that the head keeps the reply at its end.
    """
    group = _group(conversation, send_key)
    with sending.held(conversation, Q(group=group)) as (head, known):
        if known:
            return Sent(known[0].revision, group, known)
        revision, _ = sending.commit(
            conversation,
            user,
            base,
            head,
            operation=operation,
            summary=summary,
            touches=touches,
            whole=True,
        )
        columns = [Column(revision.params, anyway)] * count
        return _make(conversation, revision, user, group, columns)


def compare(
    conversation: Conversation,
    user: User,
    columns: Sequence[Column],
    *,
    base: int,
    send_key: str,
) -> Sent:
    """Send revision `base`, which must be the head, once with each column's params.

    A column that is refused and not to go anyway gets no run; its number stays free.
    Raises HeadMoved.
    """
    group = _group(conversation, send_key)
    with sending.held(conversation, Q(group=group)) as (head, known):
        if known:
            return Sent(known[0].revision, group, known)
        if head.number != base:
            raise history.HeadMoved
        return _make(conversation, head, user, group, columns)


def _group(conversation: Conversation, send_key: str) -> str:
    """The same key in the same conversation is the same group."""
    return uuid5(NAMESPACE_URL, f"{conversation.pk}/{send_key}").hex


def _make(
    conversation: Conversation,
    revision: Revision,
    user: User,
    group: str,
    columns: Sequence[Column],
) -> Sent:
    turns, slot = _sendable(conversation, revision, user)
    whole = payload.of_turns(conversation, revision.params, turns)
    runs: list[Run] = []
    sent: list[Payload] = []
    problems = []
    for position, column in enumerate(columns, 1):
        made = payload.with_params(whole, column.params)
        found = sending.problems_of(conversation, made)
        problems.append(found)
        if sending.may_go(found, anyway=column.anyway):
            run = sending.run_of(conversation, revision, made, turns, slot)
            run.author, run.group, run.position = user, group, position
            run.send_key = f"{group}:{position}"
            runs.append(run)
            sent.append(made)
            slot = run.slot
    Run.objects.bulk_create(runs)
    for run, made in zip(runs, sent, strict=True):
        driver.start(run, made)
    return Sent(revision, group, runs, problems)


def _sendable(
    conversation: Conversation, revision: Revision, author: User
) -> tuple[list[Turn], str | None]:
    """Return the turns to send, and the slot of the reply at the end that is made
    anew. Of a turn that ends in a reply only what a person typed is sent.
    """
    turns = revision.load_sent()
    typed = editing.cut_back(turns[-1] if turns else None)
    if typed is None:
        return turns, None
    *before, last = turns
    if not typed.blocks:
        return before, last.slot
    kept = turn_rows.kept_turn(conversation, last.slot, typed, author)
    return [*before, kept], None


def again(run: Run, user: User, send_key: str) -> Run:
    """Send what a run of a group had sent once more, at its place in the group.

    The same `send_key` again returns the same run. Raises AlreadyRunning.
    """
    known = Run.objects.filter(conversation=run.conversation_id, send_key=send_key)
    if found := known.first():
        return found
    fresh = Run(author=user, send_key=send_key)
    for name in BY_VALUE:
        setattr(fresh, name, getattr(run, name))
    sending.save(fresh)
    driver.start(fresh)
    return fresh


BY_VALUE = (
    "conversation_id",
    "revision_id",
    "slot",
    "continues",
    "group",
    "position",
    "endpoint",
    "model",
    "turns",
    "params",
    "headers",
    "images",
    "override",
)


# What there is


@dataclass(frozen=True, slots=True)
class Line:
    """A group in short: how many places it has, and how many of them are live.

    `first` is its oldest run, without its message.
    """

    group: str
    first: Run
    count: int
    live: int

    @property
    def answered(self) -> int | None:
        """The turn that all of it answers, None for none."""
        return self.first.turns[-1] if self.first.turns else None


def lines(conversation: Conversation) -> list[Line]:
    """Return the groups of a conversation, oldest first. Two queries."""
    rows = list(
        conversation.runs.exclude(group="")
        .order_by()
        .values("group")
        .annotate(
            oldest=Min("pk"),
            count=Count("position", distinct=True),
            live=Count("pk", filter=Q(status__in=Run.LIVE)),
        )
        .order_by("oldest")
    )
    shown = conversation.runs.only(*SHOWN)
    firsts = shown.in_bulk([row["oldest"] for row in rows])
    return [
        Line(row["group"], firsts[row["oldest"]], row["count"], row["live"])
        for row in rows
    ]


def used_in(head: Revision) -> set[int]:
    """Return the runs whose replies stand in the script. One query."""
    turns = Turn.objects.filter(pk__in=[entry.turn for entry in head.entries])
    return variants.used(list(turns.only("segments")))


SHOWN = ("group", "slot", "turns", "model", "created_at", "conversation_id")


def stop(conversation: Conversation, group: str) -> None:
    """Ask for the end of all runs of the group that are under way."""
    for run in conversation.runs.filter(group=group, status__in=Run.LIVE):
        sending.stop(run)
