"""What one can do about the end of a reply: go on, run again, answer its calls."""

from dataclasses import replace
from uuid import UUID

from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.views.decorators.http import require_POST

from conversations import access, editing, history
from conversations.editing import Draft, Script
from conversations.models import Conversation, Image, Run, Turn
from conversations.numbers import is_number
from conversations.views.requests import Request

from .. import (
    answering,
    changes,
    continuing,
    endings,
    fixing,
    patch,
    screen,
    uploads,
)
from ..changes import Change
from . import asking

NOTHING = "There is nothing in this reply that could go on. Run it again instead."
NO_CALLS = "These calls were answered, or the turn was changed. Nothing was done."
NO_STRETCH = "There is no such stretch any more. Nothing was done."


@require_POST
@asking.refusals_told
def go_on(request: Request, pk: UUID) -> HttpResponse:
    """*Continue* a reply that was cut short; the newest, unless one is named."""
    conversation = access.conversation(request.user, pk)
    run = _run(request, conversation)
    head = access.revision_of(conversation, asking.base_of(request, conversation))
    if run is None:
        return _send(request, conversation, None)
    if not endings.may_continue(run):
        return asking.answer(request, conversation, notice=NOTHING, status=409)
    try:
        change = continuing.change(head, run)
    except continuing.NothingToContinue:
        return asking.answer(request, conversation, notice=NOTHING, status=409)
    return _send(request, conversation, change)


def _run(request: Request, conversation: Conversation) -> Run | None:
    named = request.POST.get("run") or request.POST.get("anyway", "")
    if not named:
        return None
    run = access.run(request.user, asking.number(named))
    if run.conversation_id != conversation.pk:
        raise Http404
    return run


@require_POST
@asking.refusals_told
def again(request: Request, pk: UUID) -> HttpResponse:
    """*Run again* with another limit."""
    conversation = access.conversation(request.user, pk)
    typed = request.POST.get("max_tokens", "")
    if not is_number(typed):
        told = "The limit is a whole number of tokens."
        return HttpResponseBadRequest(told, content_type="text/plain; charset=utf-8")
    limit = int(typed)
    base = asking.base_of(request, conversation)
    seen = Script.of(access.revision_of(conversation, base)).last

    def operation(script: Script) -> Script:
        if script.last != seen:  # to run that again would cut it off
            raise history.HeadMoved
        return fixing.with_params(script, {"max_tokens": limit}, ["max_tokens"])

    change = Change(operation, f"Set max tokens to {limit:,}")
    return _send(request, conversation, change, whole=False)


@require_POST
@asking.refusals_told
def segment(request: Request, pk: UUID, slot: str, index: int) -> HttpResponse:
    """*Retry* or *Drop* what a run wrote behind another's words."""
    conversation = access.conversation(request.user, pk)
    base = asking.base_of(request, conversation)
    made_on = access.revision_of(conversation, base)
    change = _cut(access.turn_of(made_on, slot), index)
    if index == 0:
        change = continuing.taken_back(made_on, slot)
    if change is None:
        return asking.answer(request, conversation, notice=NO_STRETCH, status=409)
    if request.POST.get("action") == "retry":
        return _send(request, conversation, _at_the_end(change, slot))
    head = changes.commit(conversation, request.user, base, change)
    return patch.answer(request, screen.of(conversation, head), since=base)


def _cut(turn: Turn, index: int) -> Change | None:
    left = endings.before(turn, index)
    if left is None:
        return None
    draft = Draft(turn.role, *left)
    return Change(
        lambda script: editing.rewrite(script, turn.slot, draft),
        "Cut off a continuation",
        slots=frozenset([turn.slot]),
        shows=turn.slot,
    )


def _at_the_end(change: Change, slot: str) -> Change:
    """Return the change, refused where another turn is last by now: what is sent would
    be no retry."""

    def operation(script: Script) -> Script:
        if script.last is None or script.last.slot != slot:
            raise history.HeadMoved
        return change.operation(script)

    return replace(change, operation=operation)


@require_POST
@asking.refusals_told
def answer(request: Request, pk: UUID, slot: str) -> HttpResponse:
    """Answer the open calls of the last turn, and send if that is what was pressed."""
    conversation = access.conversation(request.user, pk)
    base = asking.base_of(request, conversation)
    turn = screen.last_turn(access.revision_of(conversation, base))
    calls = answering.open_calls(turn, screen.run_of(conversation, turn))
    if turn is None or turn.slot != slot or not calls:
        return asking.answer(request, conversation, notice=NO_CALLS, status=409)
    results, refused = _results(request, calls)
    if refused:
        return asking.answer(request, conversation, notice=refused, status=422)
    draft = answering.draft(calls, results)
    change = Change(
        lambda script: _appended(script, slot, draft),
        "Answered a tool call" if len(calls) == 1 else "Answered the tool calls",
        slots=frozenset([slot]),
    )
    if "send" in request.POST:
        return _send(request, conversation, change)
    head = changes.commit(conversation, request.user, base, change)
    return patch.answer(request, screen.of(conversation, head), since=base)


def _results(request: Request, calls: list[str]) -> tuple[list[answering.Result], str]:
    """Return the results with their images, and why a file is none."""
    found = []
    for number, result in enumerate(answering.given(calls, request.POST)):
        images = []
        for upload in answering.files(number, request.FILES):
            image = uploads.accept(request, upload)
            if not isinstance(image, Image):
                return [], str(image)
            images.append(image)
        found.append(replace(result, images=images))
    return found, ""


def _appended(script: Script, slot: str, draft: Draft) -> Script:
    last = script.last
    if last is None or last.slot != slot:
        raise history.HeadMoved
    return editing.append(script, draft)


def _send(
    request: Request,
    conversation: Conversation,
    change: Change | None,
    *,
    whole: bool = True,
) -> HttpResponse:
    base, anyway = asking.base_of(request, conversation), "anyway" in request.POST
    sent = asking.send(request, conversation, base, change, whole=whole, anyway=anyway)
    shown = screen.of(conversation)
    return patch.answer(request, shown, since=base, notice=asking.not_sent(sent))
