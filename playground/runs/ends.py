"""How a run ends: what is written, what it cost, whether its reply moves the head."""

import logging
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone

from conversations import editing, history
from conversations.editing import Draft, Script
from conversations.models import Chunk, Revision, Run, Turn
from playground.claude.message import Message
from playground.spec import catalog, pricing, tokens

log = logging.getLogger(__name__)

Events = Sequence[tuple[int, str, str]]


def write(run: Run, worker: str, status: str, message: Message, **outcome: Any) -> bool:
    """Write the end of a live run that `worker` drives. False when it is not live.

    `outcome` may hold `error`, `request_id`, `first_token_at` and `unsaved` (the
    events that are in no chunk yet).
    """
    unsaved = outcome.pop("unsaved", ())
    values = _values(run, status, message) | outcome
    with transaction.atomic():
        done = Run.objects.live().filter(pk=run.pk, worker=worker).update(**values)
        if done:
            append_chunk(run.pk, unsaved)
    return bool(done)


def _values(run: Run, status: str, message: Message) -> dict[str, Any]:
    made = message.message or None
    usage, estimated = _usage(run, status, message)
    model = catalog.get(run.model)
    return {
        "status": status,
        "message": made,
        "has_reply": bool(made and made.get("content")),
        "stop_reason": str((made or {}).get("stop_reason") or "")[:60],
        "usage": usage,
        "usage_is_estimated": estimated,
        "cost": pricing.cost(model, usage) if usage else None,
        "finished_at": timezone.now(),
    }


def _usage(
    run: Run, status: str, message: Message
) -> tuple[dict[str, Any] | None, bool]:
    """Return the usage and whether its output is our estimate.

    A stream that was cut never said how much it had written; what came is counted.
    """
    made = message.message or {}
    usage = made.get("usage")
    if not usage or status == Run.Status.DONE:
        return usage, False
    tokenizer = catalog.get(run.model).tokenizer
    written = sum(
        tokens.estimate_text(text, tokenizer)
        for block in made.get("content") or []
        for key in ("text", "thinking")
        if isinstance(text := block.get(key), str)
    )
    said = usage.get("output_tokens")  # a compatible API may say anything
    most = max(written, said) if isinstance(said, int) else written
    return {**usage, "output_tokens": most}, True


def append_chunk(run: int, events: Events) -> None:
    """Append events to the run's log. One writer a run, so numbers follow."""
    if not events:
        return
    number = Chunk.objects.filter(run=run).count()
    Chunk.objects.create(run_id=run, number=number, events=[list(e) for e in events])


def replayed(run: Run) -> Message:
    """Return the message that the run's chunks add up to."""
    message = Message()
    for events in run.chunks.values_list("events", flat=True):
        for _, name, data in events:
            message.feed(name, data)
    return message


def place(run: Run) -> int | None:
    """Let a finished single send move the head, if what it answers is still last.

    Returns the number of the new head, or None when the reply waits as a variant.
    """
    if run.group or run.status != Run.Status.DONE or not run.has_reply:
        return None
    draft = reply_of(run)

    def operation(script: Script) -> Script:
        last = next((p for p in reversed(script.places) if not p.muted), None)
        answered = run.turns[-1] if run.turns else None
        if (last.turn if last else None) != answered:
            raise Overtaken
        return editing.place_reply(script, run.slot, draft, last.slot if last else None)

    try:
        return _apply(run, operation, None).number
    except (Overtaken, history.HeadMoved):
        log.info("run %s waits as a variant: the head has moved on", run.pk)
        return None


class Overtaken(Exception):
    """The turn that the run answered is no longer the last."""


def use(run: Run, author: Any) -> Revision:
    """Put the reply of a run into its slot, whatever stands there now."""
    draft = reply_of(run)
    answered = None
    if run.turns:
        answered = Turn.objects.get(pk=run.turns[-1]).slot

    def operation(script: Script) -> Script:
        return editing.place_reply(script, run.slot, draft, answered)

    return _apply(run, operation, author)


def _apply(run: Run, operation: Any, author: Any) -> Revision:
    current = history.head(run.conversation)
    return history.apply(
        run.conversation,
        current.number,
        operation,
        summary=f"Reply by {run.model}",
        author=author,
    )


def reply_of(run: Run) -> Draft:
    """Return the run's reply as a turn; it completes the turn it continued."""
    if run.continues:
        sent = Turn.objects.get(pk=run.turns[-1])
        return editing.completed(sent, run.content, run.pk)
    return editing.reply_turn(run.content, run.pk)
