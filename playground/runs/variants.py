"""Which replies there are at a place, and which of them the conversation uses."""

from collections.abc import Iterable, Mapping, Sequence

from django.db.models import Max

from conversations import segments
from conversations.models import Conversation, Revision, Run, Turn

PLACES = 10  # that are looked through for earlier replies to the same turn

LISTED = (
    "slot",
    "status",
    "model",
    "has_reply",
    "stop_reason",
    "usage",
    "usage_is_estimated",
    "cost",
    "error",
    "request_id",
    "endpoint",
    "continues",
    "created_at",
    "started_at",
    "first_token_at",
    "finished_at",
    "conversation_id",
    "revision_id",
    "group",
)


def of_slots(conversation: Conversation, slots: Iterable[str]) -> dict[str, list[Run]]:
    """Return the replies that can be chosen at each slot, as their last runs, oldest
    first. One query, two more where a run has continued something.

    A run that another one continued is the beginning of that reply and none of its
    own, whatever stands in the script. Without messages, which may be long.
    """
    rows = conversation.runs.filter(slot__in=list(slots), has_reply=True)
    runs = list(rows.only(*LISTED))
    begun = _begun(run for run in runs if run.continues)
    found: dict[str, list[Run]] = {}
    for run in runs:
        if (run.slot, run.pk) not in begun:
            found.setdefault(run.slot, []).append(run)
    return found


def _begun(continuing: Iterable[Run]) -> set[tuple[str, int]]:
    """Return the runs that these have gone on from, each with the slot where.

    A copy of a turn has the same runs as that turn. Where a person shortened a reply
    before it went on, the whole of it is another one.
    """
    slot_of = {run.pk: run.slot for run in continuing}
    if not slot_of:
        return set()
    rows = Run.objects.filter(pk__in=slot_of).order_by().values_list("pk", "turns")
    sent = {pk: turns[-1] for pk, turns in rows if turns}
    kept = Turn.objects.filter(pk__in=set(sent.values()))
    marks = dict(kept.order_by().values_list("pk", "segments"))
    return {
        (slot_of[pk], last["run"])
        for pk, turn in sent.items()
        if (last := (marks.get(turn) or [{"run": None}])[-1])["run"] is not None
    }


def at_newest_place(conversation: Conversation) -> list[Run]:
    """Return the runs with a reply where the newest one stands or waits."""
    runs = conversation.runs.filter(has_reply=True)
    newest = runs.last()
    return list(runs.filter(slot=newest.slot)) if newest else []


def slot_of_answers(revision: Revision, turns: Sequence[int]) -> str | None:
    """Return where earlier replies to the last of these turns wait, so that all of
    them stay one set; None when there are none. At most two queries.
    """
    if revision.fresh.intersection(turns[-1:]):
        return None
    taken = [entry.slot for entry in revision.entries]
    runs = Run.objects.filter(conversation=revision.conversation_id, continues=False)
    newest = (
        runs.exclude(slot__in=taken)
        .values("slot")
        .annotate(newest=Max("pk"))
        .order_by("-newest")
        .values_list("newest", flat=True)[:PLACES]
    )
    for run in runs.filter(pk__in=list(newest)).only("slot", "turns").order_by("-pk"):
        if run.turns[-1:] == list(turns[-1:]):
            return run.slot
    return None


def unplaced(conversation: Conversation, slots: Iterable[str]) -> list[tuple[Run, str]]:
    """Return the runs with a reply whose slot is none of these, oldest first, each
    with the slot of the turn that it answered. Two queries.
    """
    runs = conversation.runs.filter(has_reply=True, group="")
    runs = runs.exclude(slot__in=list(slots)).only(*LISTED, "turns")
    answers = [(run, run.turns[-1]) for run in runs if run.turns]
    asked = Turn.objects.filter(pk__in={turn for _, turn in answers})
    slot_of = dict(asked.values_list("pk", "slot"))
    return [(run, slot_of[turn]) for run, turn in answers if turn in slot_of]


def used(turns: Sequence[Turn]) -> set[int]:
    """Return the runs whose replies stand in the turns."""
    return {run for turn in turns for run in segments.runs_in(turn.segments)}


def newest(conversation: Conversation) -> Run | None:
    """Return the newest run that is of no group, with the turns of its revision."""
    runs = conversation.runs.filter(group="").select_related("revision")
    return runs.only(*LISTED, "turns", "revision__turns").last()


def beside(revision: Revision, newest: Run | None) -> Run | None:
    """Return the newest run that was made on this revision, or on one from which it
    differs by settings alone. One query. `newest` is the conversation's."""
    runs = Run.objects.filter(conversation=revision.conversation_id, group="")
    if newest is not None and newest.revision.turns == revision.turns:
        return runs.get(pk=newest.pk)
    return runs.filter(revision=revision).last()


def astray(revision: Revision, newest: Run | None) -> Run | None:
    """Return the newest run if its reply waits where the revision shows nothing of it:
    what it answers was taken out meanwhile, and it never stood in the script. Two
    queries for such a run.
    """
    if newest is None or newest.is_live or not (newest.has_reply and newest.turns):
        return None
    slots = {entry.slot for entry in revision.entries}
    asked = Turn.objects.filter(pk=newest.turns[-1], slot__in=slots)
    if newest.slot in slots or asked.exists():
        return None
    stood = Turn.objects.filter(conversation=newest.conversation_id, slot=newest.slot)
    return None if newest.pk in used(list(stood.only("segments"))) else newest


def position(runs: Sequence[Run], used_runs: Mapping[int, int] | set[int]) -> int:
    """Return which of the runs is in use, counted from 1; 0 when none is."""
    for index, run in enumerate(runs, 1):
        if run.pk in used_runs:
            return index
    return 0
