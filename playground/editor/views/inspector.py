"""The panels of the inspector that are loaded when they are opened."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe

from conversations import access
from conversations import history as heads
from conversations.models import Conversation, Run
from conversations.numbers import is_number
from conversations.views.requests import Request

from .. import history_panel, page, reply_panel, request_panel


@require_safe
def request(asked: Request, pk: UUID) -> HttpResponse:
    """The exact request that *Send* would send now."""
    conversation = access.conversation(asked.user, pk)
    panel = request_panel.html(asked, conversation, heads.head(conversation))
    return _answer(asked, conversation, "Request", panel)


@require_safe
def reply(request: Request, pk: UUID) -> HttpResponse:
    """What the newest run, or the one that `run` names, came to."""
    conversation = access.conversation(request.user, pk)
    panel = reply_panel.html(request, conversation, _run(request, conversation))
    return _answer(request, conversation, "Reply", panel)


def _run(request: Request, conversation: Conversation) -> Run | None:
    wanted = request.GET.get("run", "")
    if not wanted:
        return conversation.runs.last()
    if not is_number(wanted, digits=17):
        raise Http404
    run = conversation.runs.filter(pk=int(wanted)).first()
    if run is None:
        raise Http404
    return run


@require_safe
def history(request: Request, pk: UUID) -> HttpResponse:
    """The revisions, newest first, grouped by author."""
    conversation = access.conversation(request.user, pk)
    panel = history_panel.html(request, conversation, heads.head(conversation))
    return _answer(request, conversation, "History", panel)


def _answer(
    request: Request, conversation: Conversation, title: str, panel: SafeString
) -> HttpResponse:
    if request.htmx:
        return HttpResponse(panel)
    return page.panel(request, conversation, title, panel)
