"""All that the editor shows of one head, gathered with a fixed number of queries.

Turns are loaded by `cards` only, and only those that are asked for.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from conversations import history, images, segments
from conversations.models import Conversation, Entry, Revision, Run, Turn
from playground import payload
from playground.claude import endpoints
from playground.runs import variants
from playground.spec import rules
from playground.spec.rules import Problem

from . import cards, failures, outcomes, problems, text

PREFILL_OFF = "off: the conversation already ends in a typed assistant turn"


@dataclass(frozen=True, slots=True)
class Screen:
    """A head with its problems and figures, and the run that is not part of it."""

    conversation: Conversation
    head: Revision
    # All of the head, and what *Send* with an empty composer sends of it.
    whole: payload.Outline
    made: payload.Outline
    found: Sequence[Problem]
    problems: problems.Sorted
    estimate: payload.Estimate
    endpoint: endpoints.Endpoint | None
    last: Turn | None
    last_run: Run | None
    run: Run | None
    # Why the API refused that run; one of `found` if it names a place.
    refusal: Problem | None
    can_redo: bool

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.head.entries

    @property
    def live(self) -> Run | None:
        return self.run if self.run is not None and self.run.is_live else None

    @property
    def ends_in_reply(self) -> bool:
        return self.last is not None and segments.ends_in_reply(self.last.segments)

    @property
    def prefill_off(self) -> str:
        """Why there can be no prefill now; empty when there can."""
        last = self.last
        typed = last is not None and last.role == Turn.Role.ASSISTANT
        return PREFILL_OFF if typed and not self.ends_in_reply else ""

    @property
    def next_role(self) -> str:
        if self.run is not None and self.run.is_live:
            return Turn.Role.USER  # after the reply that is on its way
        return Turn.Role.ASSISTANT if self._last_role == "user" else Turn.Role.USER

    @property
    def _last_role(self) -> str:
        return self.last.role if self.last is not None else ""

    @property
    def has_own_card(self) -> bool:
        """True when the run's card stands at the foot, in no turn's article."""
        return self.run is not None and all(
            entry.slot != self.run.slot for entry in self.entries
        )

    @property
    def order(self) -> list[str]:
        """The slots of all articles from the top to the foot."""
        slots = [entry.slot for entry in self.entries]
        return [*slots, self.run.slot] if self.run and self.has_own_card else slots


def of(conversation: Conversation, head: Revision | None = None) -> Screen:
    """Gather the screen of `head`, which is the conversation's unless it is given."""
    head = head or history.head(conversation)
    head.conversation = conversation
    last = last_turn(head)
    whole = payload.outline(head)
    made = as_sent(whole, last)
    checked = [problems.fixable_here(each) for each in payload.check(made)]
    found = [*_endpoint_problems(conversation), *checked]
    run = _run_beside(conversation, head)
    refusal = failures.on_screen(run, made, found)
    if refusal is not None and refusal.path and refusal not in found:
        found.append(refusal)
    return Screen(
        conversation=conversation,
        head=head,
        whole=whole,
        made=made,
        found=found,
        problems=problems.sort(made, found),
        estimate=payload.estimate(made),
        endpoint=endpoints.get(conversation.endpoint),
        last=last,
        last_run=_run_of(conversation, last),
        run=run,
        refusal=refusal,
        can_redo=history.can_redo(head),
    )


def last_turn(head: Revision) -> Turn | None:
    """Return the last turn that is not muted. One query at the most."""
    for entry in reversed(head.entries):
        if not entry.muted:
            return Turn.objects.get(pk=entry.turn)
    return None


def as_sent(made: payload.Outline, last: Turn | None) -> payload.Outline:
    """Return the outline of what *Send* with an empty composer sends.

    A reply at the end is made anew: only what a person typed of it goes along.
    """
    if last is None or not segments.ends_in_reply(last.segments):
        return made
    typed, _ = segments.cut_back(last.blocks, last.segments)
    if not typed:
        return replace(made, slots=made.slots[:-1], summaries=made.summaries[:-1])
    summary = rules.summarise({"role": last.role, "content": typed})
    return replace(made, summaries=[*made.summaries[:-1], summary])


def payload_as_sent(head: Revision) -> tuple[payload.Payload, bool]:
    """Return the payload of *Send*, and whether a reply at the end was left out."""
    made, last = payload.build(head), last_turn(head)
    if last is None or not segments.ends_in_reply(last.segments):
        return made, False
    typed, _ = segments.cut_back(last.blocks, last.segments)
    if typed:
        cut = {"role": last.role, "content": payload.sized(typed, made.images)}
        return replace(made, messages=[*made.messages[:-1], cut]), True
    slots, messages = made.slots[:-1], made.messages[:-1]
    return replace(made, slots=slots, messages=messages), True


def _endpoint_problems(conversation: Conversation) -> list[Problem]:
    if endpoints.get(conversation.endpoint) is not None:
        return []
    sentence = (
        f"The endpoint “{conversation.endpoint}” is not configured on this server. "
        "Choose another one."
    )
    return [Problem("endpoint", "error", "", sentence, rule="endpoint")]


def _run_of(conversation: Conversation, turn: Turn | None) -> Run | None:
    """Return the run that wrote the end of the turn."""
    made = segments.runs_in(turn.segments) if turn is not None else []
    if turn is None or not made or not segments.ends_in_reply(turn.segments):
        return None
    return _light(conversation).filter(pk=made[-1]).first()


def _run_beside(conversation: Conversation, head: Revision) -> Run | None:
    """Return the live run, or the newest on this head whose reply is not in it."""
    live = conversation.runs.live().last()  # type: ignore[attr-defined]
    if live is not None:
        return live
    newest = variants.waiting(head, set())
    if newest is None:
        return None
    for entry in head.entries:
        if entry.slot == newest.slot:
            turn = Turn.objects.get(pk=entry.turn)
            return None if newest.pk in variants.used([turn]) else newest
    return newest


def _light(conversation: Conversation) -> Any:
    return conversation.runs.only(*variants.LISTED)


def script(
    screen: Screen,
    waiting: Mapping[str, Sequence[cards.Reply]],
    only: Collection[str] | None = None,
) -> list[cards.Card]:
    """Return the articles from the top to the foot; with `only`, those of its slots.

    `waiting` are the replies that wait at each. Four queries, whatever the number.
    """
    wanted = [
        (number, entry)
        for number, entry in enumerate(screen.entries, 1)
        if only is None or entry.slot in only
    ]
    turns = Turn.objects.in_bulk([entry.turn for _, entry in wanted])
    shown = images.used_by(turns.values())
    replies = [t for t in turns.values() if t.role == Turn.Role.ASSISTANT]
    at_slots = variants.of_slots(screen.conversation, [t.slot for t in replies])
    used = _light(screen.conversation).in_bulk(list(variants.used(replies)))
    last = screen.last.pk if screen.last is not None else None
    found = []
    for number, entry in wanted:
        turn = turns[entry.turn]
        found.append(
            cards.turn_card(
                entry,
                turn,
                number,
                is_last=turn.pk == last and not entry.muted,
                blocks=cards.blocks_of(
                    turn,
                    shown,
                    screen.made.model,
                    open_end=screen.prefill_off != "" and turn.pk == last,
                ),
                runs=at_slots.get(entry.slot, ()),
                used=used,
                problems=screen.problems.slots.get(entry.slot, ()),
                run=_run_card(screen, entry.slot),
                waiting=waiting.get(entry.slot, ()),
            )
        )
    return [*found, *_foot(screen, only)]


def _foot(screen: Screen, only: Collection[str] | None) -> list[cards.Card]:
    run = screen.run
    if run is None or not screen.has_own_card:
        return []
    if only is not None and run.slot not in only:
        return []
    number = len(screen.entries) + 1
    return [
        cards.Card(
            run.slot, number, "assistant", note="reply", run=_run_card(screen, run.slot)
        )
    ]


def _run_card(screen: Screen, slot: str) -> cards.RunCard | None:
    run = screen.run
    if run is None or run.slot != slot:
        return None
    made = [cards.block_of(block, {}, screen.made.model) for block in run.content]
    told = outcomes.error(run)
    refusal = screen.refusal
    return cards.RunCard(
        run,
        run.is_live,
        outcomes.sentence(run),
        made,
        text.pretty(told) if told else "",
        problems.shown(refusal) if refusal else None,
        place(screen, refusal) if refusal else ("", ""),
    )


def place(screen: Screen, found: Problem) -> tuple[str, str]:
    """Return the name and the address on the page of where a problem is."""
    slot = screen.made.origin(found.path).slot
    for number, entry in enumerate(screen.entries, 1):
        if entry.slot == slot:
            return f"turn {number}", f"#turn-{slot}"
    field = problems.field_of(found.path) if found.path else ""
    return problems.PLACES.get(field, ("", ""))
