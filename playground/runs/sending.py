"""Sends the head: commits what is open, asks the rulebook, makes the run."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from django.contrib.auth.models import User
from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from conversations import editing, history
from conversations.editing import Draft, Script
from conversations.models import Conversation, Revision, Run, Turn, new_slot
from conversations.models.conversation import storable
from playground import payload
from playground.claude import endpoints
from playground.payload import Outline, Payload
from playground.spec.rules import Problem

from . import driver, variants
from .live import hub

Operation = Callable[[Script], Script]


class AlreadyRunning(Exception):
    """A run is under way at this place; `run` is that one."""

    def __init__(self, run: Run | None) -> None:
        super().__init__("A reply is already on its way.")
        self.run = run


@dataclass(frozen=True, slots=True)
class Sent:
    """What came of a send: the head, the run, or the problems that kept it back."""

    revision: Revision
    run: Run | None = None
    problems: list[Problem] = field(default_factory=list)


class _NothingToKeep(Exception):
    """Undoes a cut that was only made to send, when nothing was sent."""

    def __init__(self, problems: list[Problem]) -> None:
        super().__init__()
        self.problems = problems


def send(
    conversation: Conversation,
    user: User,
    *,
    base: int,
    send_key: str,
    operation: Operation | None = None,
    summary: str = "Edited",
    touches: Collection[str] = (),
    anyway: bool = False,
    whole: bool = False,
) -> Sent:
    """Commit `operation` (if any) made on revision `base`, and send the new head.

    A last turn that a run wrote is cut back to what a person typed, unless `whole`.
    The same `send_key` again returns the same run. Refused requests keep the commit
    and return their problems; `anyway` sends them all the same. Raises like
    `history.apply`, and AlreadyRunning. Without an operation, a head whose last turn
    the sender has not seen is HeadMoved.
    """
    try:
        with held(conversation, Q(send_key=send_key)) as (head, known):
            if known:
                return Sent(known[0].revision, known[0])
            revision, slot = commit(
                conversation,
                user,
                base,
                head,
                operation=operation,
                summary=summary,
                touches=touches,
                whole=whole,
            )
            turns = revision.load_sent()
            made = payload.of_turns(conversation, revision.params, turns)
            problems = problems_of(conversation, made)
            if not may_go(problems, anyway=anyway):
                if operation is None:
                    raise _NothingToKeep(problems)
                return Sent(revision, None, problems)
            run = run_of(conversation, revision, made, turns, slot)
            run.author, run.send_key = user, send_key
            save(run)
            driver.start(run, made)
    except _NothingToKeep as kept_back:
        conversation.refresh_from_db()
        return Sent(history.head(conversation), None, kept_back.problems)
    return Sent(revision, run, problems)


@contextmanager
def held(conversation: Conversation, key: Q) -> Iterator[tuple[Revision, list[Run]]]:
    """Hold the conversation to send it, and give its head and the runs that an earlier
    send under the same `key` has made.

    All or nothing, and nothing is remembered of turns that were taken back.
    """
    try:
        with transaction.atomic():
            head = history.hold(conversation)
            known = conversation.runs.filter(key).select_related("revision")
            yield head, list(known)
    except Exception:
        payload.forget(conversation.pk)
        raise


def commit(
    conversation: Conversation,
    user: User,
    base: int,
    head: Revision,
    *,
    operation: Operation | None,
    summary: str,
    touches: Collection[str],
    whole: bool,
) -> tuple[Revision, str | None]:
    """Return the revision to send and the slot that a cut has emptied; without an
    operation and a cut that is `head`. Raises as `send` says."""
    if operation is None:
        _refuse_unseen(conversation, base, head)
    emptied: list[str] = []

    def sendable(script: Script) -> Script:
        emptied.clear()
        if operation is not None:
            script = operation(script)
        return script if whole else cut_back(script, emptied)

    revision = history.apply(
        conversation,
        base,
        sendable,
        summary=summary if operation else "Took the reply back to run again",
        author=user,
        touches=touches,
        is_held=True,
    )
    return revision, emptied[0] if emptied else None


def _refuse_unseen(conversation: Conversation, base: int, head: Revision) -> None:
    """Raise HeadMoved when another turn is last than on the page that sends.

    To send what stands there would cut back, and pay for, a reply nobody has seen.
    """
    if head.number == base:
        return
    seen = conversation.revisions.get(number=base)
    if seen.last != head.last:
        raise history.HeadMoved


def cut_back(script: Script, emptied: list[str]) -> Script:
    """Cut a reply at the end back to the typed part, or take its turn out."""
    last = script.last
    if last is None:
        return script
    turn = last.turn
    typed = editing.cut_back(
        turn if isinstance(turn, Draft) else Turn.objects.get(pk=turn)
    )
    if typed is None:
        return script
    if typed.blocks:
        return editing.rewrite(script, last.slot, typed)
    emptied.append(last.slot)
    return editing.delete(script, last.slot)


def problems_of(conversation: Conversation, made: Outline) -> list[Problem]:
    """Return what stands against sending this to the conversation's endpoint."""
    if endpoints.get(conversation.endpoint) is None:
        return [
            Problem(
                path="endpoint",
                severity="error",
                api_message="",
                explanation=f"The endpoint {conversation.endpoint!r} is not "
                "configured on this server. Choose another one under Settings.",
                rule="endpoint",
            )
        ]
    return payload.check(made)


def may_go(problems: Sequence[Problem], *, anyway: bool) -> bool:
    """Whether a request with these problems is sent; without an endpoint never."""
    if any(problem.rule == "endpoint" for problem in problems):
        return False
    return anyway or not payload.refusals(problems)


def save(run: Run) -> None:
    """Save a new run. Raises AlreadyRunning when one is under way at its place."""
    try:
        with transaction.atomic():
            run.save(force_insert=True)
    except IntegrityError:
        here = Run.objects.live().filter(revision=run.revision_id)
        place = here.filter(group=run.group, position=run.position)
        raise AlreadyRunning(place.first()) from None


def run_of(
    conversation: Conversation,
    revision: Revision,
    made: Payload,
    turns: Sequence[Turn],
    slot: str | None,
) -> Run:
    """Return an unsaved run of these turns by value; `slot` is that of the reply
    that it makes anew, if there is one."""
    sent = [turn.pk for turn in turns]
    continues = bool(turns) and turns[-1].role == Turn.Role.ASSISTANT
    if continues:
        slot = turns[-1].slot
    return Run(
        conversation_id=conversation.pk,
        revision_id=revision.pk,
        slot=slot or variants.slot_of_answers(revision, sent) or new_slot(),
        continues=continues,
        endpoint=conversation.endpoint,
        model=storable(str(made.params.get("model") or ""))[:200],
        turns=sent,
        params=made.params,
        headers=made.headers,
        images=made.hashes(),
        override=made.override or None,
    )


def stop(run: Run) -> None:
    """Ask for the end of a run, wherever it is driven. Asking twice is once.

    Here first: upstream is hung up on also while the database is locked.
    """
    hub.call(hub.cancel, run.pk, Run.Status.STOPPED)
    Run.objects.live().filter(pk=run.pk, stop_requested_at__isnull=True).update(
        stop_requested_at=timezone.now()
    )
