"""All that the editor shows of one head, gathered with a fixed number of queries.

Turns are loaded by `articles` only, and only those that are asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from conversations import editing, history, segments
from conversations.models import Conversation, Entry, Revision, Run, Turn
from playground import payload
from playground.claude import endpoints
from playground.payload import sources
from playground.runs import groups as grouped
from playground.runs import variants
from playground.spec import rules
from playground.spec.rules import Problem

from . import (
    counting,
    failures,
    going_on,
    groups,
    outcomes,
    problems,
)
from .going_on import GoingOn
from .groups import Group

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
    # Runs under way that do not answer what the script ends with, oldest first: it was
    # changed since, or sent again.
    overtaken: Sequence[Run]
    # A newer run than those, whose reply has no place here, and its status line.
    astray: Run | None
    astray_line: str
    # Why the API refused that run; one of `found` if it names a place.
    refusal: Problem | None
    # What stands against going on with the reply at the end, where that is offered.
    going: GoingOn | None
    can_redo: bool
    # All groups in short, and those that are shown whole: the newest one of what
    # comes at the end, and what is on its way.
    lines: Sequence[grouped.Line]
    groups: Sequence[Group]

    @property
    def entries(self) -> tuple[Entry, ...]:
        return self.head.entries

    @property
    def live(self) -> Run | None:
        return self.run if self.run is not None and self.run.is_live else None

    @property
    def under_way(self) -> Run | None:
        """The run that *Stop* of the composer stops: the live one, else the newest."""
        return self.live or (self.overtaken[-1] if self.overtaken else None)

    @property
    def can_be_counted(self) -> bool:
        """Whether the endpoint should be asked how many tokens *Send* sends."""
        real = self.endpoint is not None and not self.endpoint.simulated
        open_question = self.estimate.counted is None and not self.problems.refused
        return real and open_question and bool(self.made.slots)

    @property
    def ends_in_reply(self) -> bool:
        return self.last is not None and segments.ends_in_reply(self.last.segments)

    @property
    def of_the_whole(self) -> Sequence[Problem]:
        """The problems at places that only a reply has that goes on, not *Send*."""
        beside = [] if self.refusal in (None, *self.found) else [self.refusal]
        return [*(self.going.found if self.going else ()), *filter(None, beside)]

    @property
    def prefill_off(self) -> str:
        """Why there can be no prefill now; empty when there can."""
        last = self.last
        typed = last is not None and last.role == Turn.Role.ASSISTANT
        return PREFILL_OFF if typed and not self.ends_in_reply else ""

    @property
    def next_role(self) -> str:
        if self.run is not None or self.foot:
            return Turn.Role.USER  # a reply is what stands above the composer
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
        return [*(entry.slot for entry in self.entries), *self.foot]

    @property
    def foot(self) -> list[str]:
        """The slots of articles that hold no turn, but a run or a group."""
        slots = {entry.slot for entry in self.entries}
        beside = [self.run.slot] if self.run and self.has_own_card else []
        beside += [group.slot for group in self.groups if group.slot not in slots]
        return list(dict.fromkeys(beside))

    @property
    def live_group(self) -> Group | None:
        return next((group for group in self.groups if group.live), None)

    @property
    def status(self) -> str:
        """The status line: of what is on its way, else of what came last."""
        run = self.under_way or self.run or self.astray or self.last_run
        group = self.live_group
        if group is None and self.groups and not self.groups[-1].folded:
            group = self.groups[-1]
        if group is None or (self.under_way and not group.live):
            return self._line_of(run)
        newest = group.members[-1].run.pk
        is_older = run is not None and run.pk > newest and not group.live
        return self._line_of(run) if is_older else group.status

    def _line_of(self, run: Run | None) -> str:
        is_astray = run is not None and run is self.astray
        return self.astray_line if is_astray else outcomes.status_line(run)


def of(conversation: Conversation, head: Revision | None = None) -> Screen:
    """Gather the screen of `head`, which is the conversation's unless it is given."""
    head = head or history.head(conversation)
    head.conversation = conversation
    last = last_turn(head)
    whole = payload.outline(head)
    made = as_sent(whole, last)
    endpoint = endpoints.get(conversation.endpoint)
    checked = [problems.fixable_here(each) for each in payload.check(made)]
    found = [*_endpoint_problems(conversation), *checked]
    live, overtaken = _under_way(conversation, head)
    newest = variants.newest(conversation)
    run = live or _run_beside(head, newest)
    astray = variants.astray(head, newest) if run is None else None
    lines = grouped.lines(conversation)
    last_run = run_of(conversation, last)
    going = going_on.of(whole, last, last_run, run, found)
    is_of_head = run is not None and run.revision_id == head.pk
    refused = run if is_of_head else None  # else of other settings
    refusal, is_own = _refusal(refused, made, going, found)
    if refusal is not None and refusal.path and refusal not in found and not is_own:
        found.append(refusal)
    return Screen(
        conversation=conversation,
        head=head,
        whole=whole,
        made=made,
        found=found,
        problems=problems.sort(made, found),
        estimate=payload.estimate(made, counted=counting.known(head, endpoint)),
        endpoint=endpoint,
        last=last,
        last_run=last_run,
        run=run,
        overtaken=overtaken,
        astray=astray,
        astray_line=_astray_line(head, astray),
        refusal=refusal,
        going=going,
        can_redo=history.can_redo(head),
        lines=lines,
        groups=groups.at_head(head, last, lines),
    )


def _refusal(
    run: Run | None,
    made: payload.Outline,
    going: GoingOn | None,
    found: Sequence[Problem],
) -> tuple[Problem | None, bool]:
    """Return why the API refused the run, and whether at a place that *Send* lacks."""
    if going is None:
        return failures.on_screen(run, made, found), False
    refusal = failures.on_screen(run, going.made, [*found, *going.found])
    return refusal, refusal is not None and going.is_own(refusal, made)


def last_turn(head: Revision) -> Turn | None:
    """Return the last turn that is not muted. One query at the most."""
    last = head.last
    return head.load([last.turn])[last.turn] if last is not None else None


def as_sent(made: payload.Outline, last: Turn | None) -> payload.Outline:
    """Return the outline of what *Send* with an empty composer sends.

    A reply at the end is made anew: only what a person typed of it goes along.
    """
    typed = editing.cut_back(last)
    if typed is None:
        return made
    if not typed.blocks:
        return replace(made, slots=made.slots[:-1], summaries=made.summaries[:-1])
    summary = rules.summarise({"role": typed.role, "content": typed.blocks})
    return replace(made, summaries=[*made.summaries[:-1], summary])


def payload_as_sent(head: Revision) -> tuple[payload.Payload, bool]:
    """Return the payload of *Send*, and whether a reply at the end was left out."""
    made, typed = payload.build(head), editing.cut_back(last_turn(head))
    if typed is None:
        return made, False
    if typed.blocks:
        content = sources.sized(typed.blocks, made.images)
        cut = {"role": typed.role, "content": content}
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


def run_of(conversation: Conversation, turn: Turn | None) -> Run | None:
    """Return the run that wrote the end of the turn."""
    made = segments.runs_in(turn.segments) if turn is not None else []
    if turn is None or not made or not segments.ends_in_reply(turn.segments):
        return None
    return light(conversation).filter(pk=made[-1]).first()


def _under_way(
    conversation: Conversation, head: Revision
) -> tuple[Run | None, list[Run]]:
    """Return the newest live run whose reply may come to stand at the end, and the
    others. An empty script has no other place to show one."""
    live = list(conversation.runs.live().filter(group=""))  # type: ignore[attr-defined]
    end = [head.last.turn] if head.last else []
    here = [run for run in live if run.turns[-1:] == end or not head.entries]
    beside = here[-1] if here else None
    return beside, [run for run in live if run is not beside]


def _run_beside(head: Revision, newest: Run | None) -> Run | None:
    """Return the newest run to these turns whose reply is not in them."""
    found = variants.beside(head, newest)
    if found is None or found.is_live:
        return None
    for entry in head.entries:
        if entry.slot == found.slot:
            turn = head.load([entry.turn])[entry.turn]
            return None if found.pk in variants.used([turn]) else found
    return found


def _astray_line(head: Revision, run: Run | None) -> str:
    if run is None:
        return ""
    return outcomes.astray_line(run, history.way_to(head, run.revision_id))


def light(conversation: Conversation) -> Any:
    """Return the runs without what may be long: messages, what was sent."""
    return conversation.runs.only(*variants.LISTED)


def place(screen: Screen, found: Problem) -> tuple[str, str]:
    """Return the name and the address on the page of where a problem is."""
    slot = screen.made.origin(found.path).slot
    if slot is None and screen.going is not None:
        slot = screen.going.made.origin(found.path).slot
    for number, entry in enumerate(screen.entries, 1):
        if entry.slot == slot:
            return f"turn {number}", f"#turn-{slot}"
    field = problems.field_of(found.path, screen.made) if found.path else ""
    return problems.PLACES.get(field, ("", ""))
