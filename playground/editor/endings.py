"""How a run ended, and what one can do next about it, right where it stands."""

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from conversations import segments
from conversations.models import Run, Turn
from playground.spec import pricing

from . import answering, continuing, figures, outcomes, problems, text
from .problems import Shown

if TYPE_CHECKING:  # the screen's groups show runs with their endings
    from .screen import Screen

CUT_SHORT = frozenset({"max_tokens", "pause_turn", "compaction"})
SPENT = (
    "It is not tried again by itself: while a spending limit is used up, every try "
    "fails. Raise the limit in the Claude Console first."
)
BROKEN_OFF = "This reply broke off ({}). Go on from its end, or run it again."
NO_WORDS = "This reply broke off ({}) before its first word. Run it again."
HALF_A_CALL = (
    "The tool call at its end is not whole: it cannot be answered or sent back."
)
REFUSED = "{} would be refused:"
REFUSED_TOO = "{} would be refused, as Send would."
ANYWAY = "Sends it whole, although the rules say that the API refuses it"
NEEDLESS = ("", "end_turn", "tool_use")
"""What needs no words: it is finished, or its calls have fields right here."""
FORESEEABLE = 366 * 86400
"""Seconds of the longest wait whose end is told: an endpoint may ask for any, and the
calendar has an end."""
MODEL = ("Choose another model", "#setting-model")


@dataclass(frozen=True, slots=True)
class Button:
    """Something to press: where it goes, and what it says there."""

    label: str
    url: str
    name: str = ""
    value: str = ""
    hint: str = ""
    # Its accessible name, where the page may have another one with this label.
    told: str = ""


@dataclass(frozen=True, slots=True)
class Continuation:
    """A stretch of a turn that a run wrote behind another: it can go alone."""

    run: int
    buttons: Sequence[Button]


@dataclass(frozen=True, slots=True)
class Ending:
    """What became of a reply in a sentence, and the ways on from there."""

    sentence: str = ""
    buttons: Sequence[Button] = ()
    links: Sequence[tuple[str, str]] = ()
    parts: Sequence[Continuation] = ()
    # That it would be refused to go on, and the problems that no place has already.
    refused: str = ""
    problems: Sequence[Shown] = ()


@dataclass(frozen=True, slots=True)
class Again:
    """*Run again*: where it goes, what to do first, and the time it is worth while."""

    url: str
    note: str = ""
    at: datetime | None = None


def again(screen: "Screen", run: Run) -> Again:
    """Return the way to run again what a run had sent: whole, if it had gone on."""
    went_on = run.continues and screen.ends_in_reply
    name = "editor:continue" if went_on else "editor:send"
    url = reverse(name, args=[screen.conversation.pk])
    told = outcomes.error(run)
    wait = told.get("retry_after")
    if isinstance(wait, int | float) and run.finished_at and 0 <= wait <= FORESEEABLE:
        at = run.finished_at + timedelta(seconds=math.ceil(wait))
        return Again(url, "It may work again from", at)
    if told.get("kind") == "rate_limit_error" and told.get("retryable") is False:
        return Again(url, SPENT)
    return Again(url)


def of_turn(screen: "Screen") -> Ending | None:
    """Return the ending of the last turn, which a run wrote; None where there is
    nothing to say."""
    run, turn = screen.last_run, screen.last
    if run is None or turn is None or screen.run is not None:
        return None
    parts = _parts(screen, turn)
    if run.stop_reason in NEEDLESS and run.status == Run.Status.DONE:
        return Ending(parts=parts) if parts else None
    buttons, links = _buttons(screen, run, turn), _links(run.stop_reason)
    ending = Ending(sentence(run), buttons, links, parts)
    return _refused(screen, ending, "Continue", run.pk)


def of_run(screen: "Screen", run: Run) -> Ending:
    """Return the ending of a run whose reply is not in the script."""
    is_plain = run.status != Run.Status.DONE or (
        run.stop_reason == "end_turn" and run.has_reply
    )
    told = "" if is_plain else sentence(run)
    ending = Ending(told, _buttons(screen, run, None), _links(run.stop_reason))
    return _refused(screen, ending, "To run it again", None)


def _refused(screen: "Screen", ending: Ending, what: str, run: int | None) -> Ending:
    """Say what stands against going on from the end of the script, and offer to go on
    all the same: *Send anyway* of the composer would make the reply anew."""
    going = screen.going
    if going is None or not going.refused:
        return ending
    url = reverse("editor:continue", args=[screen.conversation.pk])
    pressed = Button(
        "Send anyway", url, "anyway", str(run or ""), ANYWAY, "Send anyway, whole"
    )
    told = (REFUSED if going.found else REFUSED_TOO).format(what)
    return replace(
        ending,
        buttons=_behind(ending.buttons, pressed),
        refused=told,
        problems=[problems.shown(each) for each in going.found],
    )


def _behind(buttons: Sequence[Button], pressed: Button) -> list[Button]:
    """Put it behind *Continue*; where it is not for that, at the end."""
    is_same = [b.url == pressed.url and bool(pressed.value) for b in buttons]
    at = is_same.index(True) + 1 if True in is_same else len(buttons)
    return [*buttons[:at], pressed, *buttons[at:]]


def sentence(run: Run) -> str:
    """Return what the stop reason means, with what the API told beside it."""
    told = _sentence(run)
    return f"{told} {HALF_A_CALL}" if answering.breaks_off(run, run.content) else told


def _sentence(run: Run) -> str:
    if run.status != Run.Status.DONE:
        told = BROKEN_OFF if is_usable(run) else NO_WORDS
        return told.format(Run.Status(run.status).label.lower())
    if run.stop_reason == "refusal":
        return _refusal(run)
    if run.stop_reason == "end_turn" and not run.has_reply:
        return "The model had nothing to say to this. Ask it to go on, or say more."
    told = outcomes.advice(run)
    matched = (run.message or {}).get("stop_sequence")
    if run.stop_reason == "stop_sequence" and isinstance(matched, str):
        return f"The model wrote the stop sequence {text.pretty(matched)}. {told}"
    return told


def _refusal(run: Run) -> str:
    made: dict[str, Any] = run.message or {}
    details = made.get("stop_details")
    details = details if isinstance(details, dict) else {}
    category, why = details.get("category"), details.get("explanation")
    about = f" ({text.shown(category)})" if isinstance(category, str) else ""
    said = f" It says: “{text.shown(why)}”" if isinstance(why, str) and why else ""
    if pricing.is_free(run.stop_reason, details, run.content):
        price = "Declined before the first word, so nothing is billed."
    elif run.content:
        price = "Declined in the middle of the reply: what came is billed."
    else:
        price = "Requests of this category are billed although they were declined."
    return f"The model declined{about}.{said} {price} {outcomes.advice(run)}"


def _buttons(screen: "Screen", run: Run, turn: Turn | None) -> list[Button]:
    found = []
    if may_continue(run) and _holds_words(run, turn):
        url = reverse("editor:continue", args=[screen.conversation.pk])
        found.append(
            Button("Continue", url, "run", str(run.pk), _hint(screen, run, turn))
        )
    if run.stop_reason == "max_tokens":
        found += _raised(screen, run)
    if run.stop_reason == "refusal" and turn is not None:
        url = reverse("editor:turn", args=[screen.conversation.pk, turn.slot])
        found.append(Button("Take the reply out", url, "action", "delete"))
    return found


def may_continue(run: Run) -> bool:
    """True when the reply was cut short in a way that it can go on from."""
    if run.status in Run.LIVE:
        return False
    if run.status != Run.Status.DONE:
        return run.has_reply
    if not run.has_reply:
        return run.stop_reason == "end_turn"
    return run.stop_reason in CUT_SHORT


def is_usable(run: Run) -> bool:
    """False where all that came before it broke off was thinking, which is not signed
    then, or a call that is not whole: the API takes neither back."""
    if run.status == Run.Status.DONE:
        return run.has_reply
    return run.has_reply and bool(continuing.finished(run.content))


def _holds_words(run: Run, turn: Turn | None) -> bool:
    """False where all that came was thinking, or a call that broke off."""
    if not run.has_reply or run.stop_reason in continuing.AS_IT_IS:
        return True
    return bool(continuing.finished(run.content if turn is None else turn.blocks))


def _hint(screen: "Screen", run: Run, turn: Turn | None) -> str:
    blocks = run.content if turn is None else turn.blocks
    if not blocks:
        return "Adds a user turn that asks to go on"
    if run.stop_reason in continuing.AS_IT_IS:
        return "Sends the reply back as it is, with the same tools"
    if continuing.goes_behind(screen.made, continuing.finished(blocks)):
        return "Sends the reply as a prefill, so that the model goes on behind it"
    return "Adds a user turn that quotes the end of the reply and asks to go on"


def _raised(screen: "Screen", run: Run) -> list[Button]:
    """Offer twice the limit, as far as the model goes."""
    now, most = screen.made.params.get("max_tokens"), screen.made.model.max_output
    if not isinstance(now, int) or isinstance(now, bool) or not 0 <= now < most:
        return []
    limit = min(max(2 * now, 1024), most)
    url = reverse("editor:again", args=[screen.conversation.pk])
    label = f"Raise to {figures.number(limit)} and run again"
    return [Button(label, url, "max_tokens", str(limit))]


def _links(stop_reason: str) -> list[tuple[str, str]]:
    if stop_reason in ("refusal", "model_context_window_exceeded"):
        return [MODEL]
    return []


def _parts(screen: "Screen", turn: Turn) -> list[Continuation]:
    """Return the stretches that runs wrote behind others, each with its buttons."""
    found = []
    for index in range(1, len(turn.segments)):
        before, here = turn.segments[index - 1]["run"], turn.segments[index]["run"]
        if here is None or before is None:
            continue
        args = [screen.conversation.pk, turn.slot, index]
        url = reverse("editor:segment", args=args)
        retry = Button(
            "Retry",
            url,
            "action",
            "retry",
            "Cuts it off, with what follows, and sends again",
        )
        drop = Button("Drop", url, "action", "drop", "Cuts it off, with what follows")
        found.append(Continuation(here, [retry, drop]))
    return found or _asked(screen, turn)


def _asked(screen: "Screen", turn: Turn) -> list[Continuation]:
    """Return the whole reply as one, if a turn of ours had asked for it to go on."""
    if continuing.asked_before(screen.head, turn.slot) is None:
        return []
    pk = screen.conversation.pk
    again = reverse("editor:send", args=[pk])
    back = reverse("editor:segment", args=[pk, turn.slot, 0])
    retry = Button("Retry", again, hint="Takes this reply back and sends again")
    drop = Button(
        "Drop", back, "action", "drop", "Takes it out, with what asked for it"
    )
    return [Continuation(segments.runs_in(turn.segments)[-1], [retry, drop])]


def before(turn: Turn, index: int) -> tuple[list[Any], list[Any]] | None:
    """Return the turn cut before one of its stretches; None if a run wrote no such."""
    marks = turn.segments
    if not 0 < index < len(marks) or marks[index]["run"] is None:
        return None
    return segments.cut(turn.blocks, marks, segments.position(marks[index]))
