"""One run: its page, stopping it, using its reply."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST, require_safe

from conversations import access
from conversations.models import Conversation
from conversations.views.requests import Request
from playground.runs import ends, sending

from .. import panels, patch, screen
from . import asking


@require_safe
def run(request: Request, pk: int) -> HttpResponse:
    """What was sent and what came of it, by value."""
    found = access.run(request.user, pk)
    panel = panels.reply(request, found.conversation, found, with_request=True)
    return panels.page(request, found.conversation, f"Run {found.pk}", panel)


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """Ask for the end of a run."""
    found = access.run(request.user, pk)
    sending.stop(found)
    return _answer(request, found.conversation)


@require_POST
def use(request: Request, pk: int) -> HttpResponse:
    """Let the conversation go on with the reply of this run."""
    found = access.run(request.user, pk)
    conversation = found.conversation
    if not found.has_reply:
        told = "This run has no reply to use."
        return _answer(request, conversation, told, status=409)
    try:
        ends.use(found, request.user)
    except asking.REFUSALS as refusal:
        told = asking.sentence(refusal, conversation)
        return _answer(request, conversation, told, status=409)
    return _answer(request, conversation)


def _answer(
    request: Request, conversation: Conversation, notice: str = "", status: int = 200
) -> HttpResponse:
    shown = screen.of(conversation)
    since = asking.since_of(request)
    return patch.answer(request, shown, since=since, notice=notice, status=status)
