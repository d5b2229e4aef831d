"""The editor's page, and what has changed on it since a revision."""

from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from conversations import access
from conversations.views.requests import Request

from .. import page, patch, screen
from .asking import number


@require_safe
def show(request: Request, pk: UUID) -> HttpResponse:
    """The whole editor."""
    return page.full(request, screen.of(access.conversation(request.user, pk)))


@require_safe
def changes(request: Request, pk: UUID) -> HttpResponse:
    """The patch from the revision `since` to the head."""
    conversation = access.conversation(request.user, pk)
    since = number(request.GET.get("since", ""))
    return patch.answer(request, screen.of(conversation), since=since)
