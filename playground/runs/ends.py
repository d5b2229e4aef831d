"""How a run ends: what is written, what it cost, whether its reply moves the head."""

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from decimal import Decimal
from json.encoder import encode_basestring_ascii
from typing import Any

from django.contrib.auth.models import User
from django.db import connection, transaction
from django.db.models import Q
from django.utils import timezone

from conversations import editing, history, reading
from conversations.editing import Draft, Script
from conversations.formatting import Continued
from conversations.models import Chunk, Conversation, Revision, Run, Turn
from conversations.models.conversation import storable
from playground.claude.message import Message
from playground.spec import catalog, pricing, tokens
from playground.spec.prefix import THOUGHTS

from . import content

log = logging.getLogger(__name__)

MOST_COST = 10**6  # US dollars; the column holds no more

APPEND = (
    f"INSERT INTO {Chunk._meta.db_table} (run_id, number, events) VALUES (%s, %s, %s)"
    " ON CONFLICT (run_id, number) DO UPDATE SET events = excluded.events"
)

Events = Sequence[tuple[int, str, str]]
Operation = Callable[[Script], Script]


def write(run: Run, worker: str, status: str, message: Message, **outcome: Any) -> bool:
    """Write the end of a live run that `worker` drives, and set it on the object.
    False when it is not live.

    `outcome` may hold `error`, `exchange`, `request_id`, times and `unsaved` (the
    events that are in no chunk yet). `late` is for the worker itself, which knows
    better than a sweeper that took it for dead.
    """
    unsaved, number = outcome.pop("unsaved", ()), outcome.pop("number", 0)
    open_to_us = Q(status__in=Run.LIVE)
    if outcome.pop("late", False):
        open_to_us |= Q(status=Run.Status.INTERRUPTED)
    values = _values(run, status, message) | outcome
    with transaction.atomic():
        ours = Run.objects.filter(open_to_us, pk=run.pk, worker=worker)
        done = ours.update(**values)
        if done:
            append_chunks([(run.pk, number, unsaved)])
    if done:
        for name, value in values.items():
            setattr(run, name, value)
    return bool(done)


def _values(run: Run, status: str, message: Message) -> dict[str, Any]:
    made = message.message or None
    if made and made.get("content"):
        made = {**made, "content": content.of(message)}
    usage, estimated = _usage(run, status, message)
    prices = _prices(run, usage, made or {}) if usage else {}
    return {
        "status": status,
        "message": made,
        "has_reply": bool(made and made.get("content")),
        "stop_reason": storable(str((made or {}).get("stop_reason") or ""))[:60],
        "usage": usage,
        "usage_is_estimated": estimated,
        "prices": {kind: f"{rate:f}" for kind, rate in (prices or {}).items()} or None,
        "cost": _cost(usage, prices) if usage and prices else None,
        "finished_at": timezone.now(),
    }


def _cost(usage: dict[str, Any], prices: Mapping[str, Decimal]) -> Decimal | None:
    """Return US dollars, or None for a sum that no counts of tokens come to: a
    compatible API may say anything, and the run has to end all the same."""
    cost = pricing.total(pricing.lines(usage, prices))
    return cost if abs(cost) < MOST_COST else None


def _prices(
    run: Run, usage: dict[str, Any], made: dict[str, Any]
) -> Mapping[str, Decimal]:
    prices = pricing.rates(pricing.served_by(run.model, made), usage) or {}
    told = (made.get("stop_reason"), made.get("stop_details"), made.get("content"))
    if pricing.is_free(*told):
        return dict.fromkeys(prices, Decimal(0))
    return prices


def _usage(
    run: Run, status: str, message: Message
) -> tuple[dict[str, Any] | None, bool]:
    """Return the usage and whether its output is our estimate.

    A stream that was cut before its last event but one never said how much it had
    written; what came is counted. Of thinking at most a summary came: how much it was
    is then null, and the count is the least.
    """
    made = message.message or {}
    usage = made.get("usage")
    if not usage or status == Run.Status.DONE or made.get("stop_reason"):
        return usage, False
    tokenizer = catalog.get(run.model).tokenizer
    written = sum(
        tokens.estimate_text(text, tokenizer) for text in _written_in(message)
    )
    said = usage.get("output_tokens")  # a compatible API may say anything
    most = max(written, said) if isinstance(said, int) else written
    usage = {**usage, "output_tokens": most}
    if any(block.get("type") in THOUGHTS for block in made.get("content") or []):
        usage["output_tokens_details"] = {"thinking_tokens": None}
    return usage, True


def _written_in(message: Message) -> Iterator[str]:
    """Yield what the model wrote, as far as it came: the input of calls too."""
    for block in message.message.get("content") or []:
        texts = (block.get("text"), block.get("thinking"))
        yield from (text for text in texts if isinstance(text, str))
    yield from message.inputs.values()


def append_chunks(chunks: Iterable[tuple[int, int, Events]]) -> None:
    """Append events to the logs of runs, each as (run, number, events), in one query.

    One writer a run, which counts the chunks that it has written. Should the answer
    to a commit get lost, the same chunk is written again, with what has come since.
    Twice a second for all live runs, while their tokens wait: no object is made for it.
    """
    rows = [(run, number, _written(events)) for run, number, events in chunks if events]
    with connection.cursor() as cursor:
        cursor.executemany(APPEND, rows)


def _written(events: Events) -> str:
    """What `Chunk.events` writes, at a third of the price."""
    quoted = encode_basestring_ascii
    lines = (f"[{ms},{quoted(name)},{quoted(data)}]" for ms, name, data in events)
    return f"[{','.join(lines)}]"


def replayed(run: Run) -> tuple[Message, dict[str, Any]]:
    """Return the message that the run's chunks add up to, and as outcome when its first
    words came and when it last gave a sign of life: whoever finds it dead may do so
    hours later. Reads its log once.
    """
    message, first, last = Message(), None, 0
    for events in run.chunks.values_list("events", flat=True):
        for last, name, data in events:
            if message.feed(name, data) is not None and first is None:
                first = last
    alive = run.heartbeat_at or timezone.now()
    begun = run.started_at
    if begun is None:
        return message, {"finished_at": alive}
    found = {"finished_at": max(alive, begun + timedelta(milliseconds=last))}
    if first is not None:
        found["first_token_at"] = begun + timedelta(milliseconds=first)
    return message, found


def place(run: Run) -> int | None:
    """Let a finished single send move the head, if what it answers is still last.

    Returns the number of the new head, or None when the reply waits as a variant.
    """
    if run.group or run.status != Run.Status.DONE or not run.has_reply:
        return None
    draft = reply_of(run)

    def operation(script: Script) -> Script:
        last = script.last
        answered = run.turns[-1] if run.turns else None
        if (last.turn if last else None) != answered:
            raise Overtaken
        return editing.place_reply(script, run.slot, draft, last.slot if last else None)

    try:
        with transaction.atomic():
            conversation = history.held(run.conversation_id)
            told = f"Reply by {run.model}"
            return _apply(conversation, operation, told, None).number
    except (Overtaken, history.HeadMoved):
        log.info("run %s waits as a variant: the head has moved on", run.pk)
        return None


class Overtaken(Exception):
    """The turn that the run answered is no longer the last."""


def use(run: Run, author: User) -> Revision:
    """Put the reply of a run into its slot, whatever stands there now."""
    draft = reply_of(run)
    answered = slot_answered(run)

    def operation(script: Script) -> Script:
        return editing.place_reply(script, run.slot, draft, answered)

    told = f"Chose the reply of run {run.pk} by {run.model}"
    with transaction.atomic():
        history.hold(run.conversation)
        return _apply(run.conversation, operation, told, author)


def slot_answered(run: Run) -> str | None:
    """Return the slot of the turn that the run answered, None for none."""
    return Turn.objects.get(pk=run.turns[-1]).slot if run.turns else None


def _apply(
    conversation: Conversation, operation: Operation, summary: str, author: User | None
) -> Revision:
    return history.apply(
        conversation, None, operation, summary=summary, author=author, is_held=True
    )


def reply_of(run: Run) -> Draft:
    """Return the run's reply as a turn; it completes the turn it continued."""
    if run.continues:
        sent = Turn.objects.get(pk=run.turns[-1])
        return editing.completed(sent, run.content, run.pk)
    return editing.reply_turn(run.content, run.pk)


def text_behind(run: Run) -> Continued | None:
    """Return the text that the run's reply goes on with, to be formatted with it."""
    if not run.continues:
        return None
    sent = Turn.objects.get(pk=run.turns[-1])
    blocks = reading.as_blocks(sent.blocks)
    key = f"run-{run.pk}" if run.group else run.slot  # of the card that shows it
    found = reading.continued(blocks, sent.segments, key=key)
    if found is not None:
        found.skip()  # what is finished is on the page
    return found
