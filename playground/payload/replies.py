"""What became of replies since runs made them: who wrote them, and whether their
thinking still stands behind what it was signed for.

Thinking is bound to the model, the endpoint and everything before it (see
`spec.prefix`). Runs keep what they sent, so it can be compared.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple
from uuid import UUID

from conversations import segments
from conversations.models import Run
from playground.spec.prefix import THOUGHTS, Prefix, print_of
from playground.spec.rules import Summary
from playground.spec.rules.summary import Bound

from . import turns
from .memory import Memory
from .turns import Known

KEPT = 20_000


@dataclass(frozen=True, slots=True)
class Made:
    """How a run made the thinking of a turn. All but `model` is empty without any."""

    model: str
    endpoint: str = ""
    start: int = 0
    """The block of the turn that its reply begins with."""
    prefix: bytes = b""
    before: bytes = b""
    """The fingerprint of the thinking that was sent along last."""
    became: Bound = ""
    """What a look at the turn alone tells."""


class Past(NamedTuple):
    """A turn of a request, and how its reply was made if it holds one."""

    known: Known
    made: Made | None
    summary: Summary
    """Its own, told who wrote it."""


_made: Memory[int, Past] = Memory(KEPT)


def past(conversation: UUID, known: Sequence[tuple[int, Known]]) -> list[Past]:
    """Return where turns come from: `known` are they with their ids.

    One to four queries for replies not seen before, none otherwise.
    """
    made = _made_of(conversation, known)
    return [made.get(pk) or Past(each, None, each.summary) for pk, each in known]


def told(
    summaries: Sequence[Summary],
    pasts: Sequence[Past],
    params: Mapping[str, Any],
    endpoint: str,
) -> list[Summary]:
    """Return the summaries of a request's messages, told what became of replies."""
    pairs = list(zip(summaries, pasts, strict=False))
    # A turn of which a part is sent is no more what its run made of it.
    found = [p.summary if s is p.known.summary else s for s, p in pairs]
    found += summaries[len(pairs) :]
    if not any(past.known.thought for _, past in pairs):
        return found
    prefix, before = Prefix(params), b""
    for n, (_, past) in enumerate(pairs):
        if past.made is not None and found[n].thoughts:
            bound = _bound(past.made, past.known, prefix, before, endpoint)
            if bound not in ("", "intact"):
                found[n] = replace(found[n], bound=bound)
        prefix.add(past.known.summary.role, past.known.spoken)
        before = past.known.thought or before
    return found


def _bound(
    made: Made, each: Known, prefix: Prefix, before: bytes, endpoint: str
) -> Bound:
    if made.became == "altered":
        return "altered"
    if made.endpoint != endpoint:
        return "elsewhere"
    # Thinking may be taken away before it, but not put in or leave a gap.
    gap = bool(before) and made.before != before
    ahead = prefix.digest("assistant", b"".join(each.prints[: made.start]))
    if made.became == "intact" and (gap or made.prefix != ahead):
        return "moved"
    return made.became


# How runs made them


def _made_of(conversation: UUID, known: Iterable[tuple[int, Known]]) -> dict[int, Past]:
    found: dict[int, Past] = {}
    missing: dict[int, Known] = {}
    for pk, each in known:
        kept = _made.get(conversation, pk)
        if kept is not None and kept.known is each:
            found[pk] = kept
        elif each.run is not None or each.summary.thoughts:
            missing[pk] = each
    made = _looked_up(conversation, missing) if missing else {}
    for pk, each in missing.items():
        one = made.get(pk)
        told = replace(each.summary, made_by=one.model) if one else each.summary
        found[pk] = Past(each, one, told)
        _made.keep(conversation, pk, found[pk])
    return found


def _looked_up(conversation: UUID, missing: Mapping[int, Known]) -> dict[int, Made]:
    """Read the runs: their models, and what they sent where they thought."""
    by = {pk: run for pk, each in missing.items() if (run := each.run) is not None}
    by |= _of_slots(conversation, {pk: missing[pk] for pk in missing.keys() - by})
    rows = Run.objects.filter(pk__in=set(by.values()))
    models = dict(rows.values_list("pk", "model"))
    thought = {run for pk, run in by.items() if missing[pk].summary.thoughts}
    runs = rows.only("endpoint", "turns", "params", "message").in_bulk(thought)
    sent = turns.of(conversation, {pk for run in runs.values() for pk in run.turns})
    return {
        pk: _compared(missing[pk], runs[run], models[run], sent)
        if missing[pk].summary.thoughts
        else Made(models[run])
        for pk, run in by.items()
        if run in models
    }


def _of_slots(conversation: UUID, typed: Mapping[int, Known]) -> dict[int, int]:
    """The runs whose replies stood where thinking stands that somebody changed."""
    if not typed:
        return {}
    rows = Run.objects.filter(
        conversation=conversation, slot__in={each.slot for each in typed.values()}
    )
    newest = dict(rows.with_reply().order_by("pk").values_list("slot", "pk"))
    return {pk: newest[t.slot] for pk, t in typed.items() if t.slot in newest}


def _compared(each: Known, run: Run, model: str, sent: Mapping[int, Known]) -> Made:
    prefix, before = Prefix(run.params), b""
    for pk in run.turns:
        if pk in sent:
            prefix.add(sent[pk].summary.role, sent[pk].spoken)
            before = sent[pk].thought or before
    begins = ((b, offset) for b, offset, of in each.segments if of == run.pk)
    start, offset = next(begins, (0, 0))
    became = "" if offset else _became(each, run, start)
    ahead = prefix.digest("assistant")
    return Made(model, run.endpoint, start, ahead, before, became)


def _became(each: Known, run: Run, start: int) -> Bound:
    """Compare the turn, up to its last thinking, with the reply as it came."""
    end = each.summary.thoughts[-1] + 1
    reply = segments.as_input(run.content)
    for kind, mine, block in zip(
        each.summary.types[start:end], each.prints[start:end], reply, strict=False
    ):
        if mine != print_of(block):
            return "altered" if kind in THOUGHTS else "moved"
    return "intact" if end - start <= len(reply) else ""


def forget(conversation: UUID) -> None:
    """Drop what is kept of the conversation's replies (see `Memory.forget`)."""
    _made.forget(conversation)
