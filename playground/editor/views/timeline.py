"""Undo and redo."""

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from conversations import access, history
from conversations.models import Revision
from conversations.views.requests import Request

from .. import patch, screen
from . import asking


@require_POST
@asking.refusals_told
def undo(request: Request, pk: UUID) -> HttpResponse:
    """Move the head to its parent, and say whose change that was."""
    conversation = access.conversation(request.user, pk)
    base = asking.base_of(request, conversation)
    undone = access.revision_of(conversation, base)
    head = history.undo(conversation, base)
    told = (
        f"Undone: {_told(undone, request.user)}"
        if head.pk != undone.pk
        else "Nothing to undo."
    )
    shown = screen.of(conversation, head)
    return patch.answer(request, shown, since=base, notice=told)


@require_POST
@asking.refusals_told
def redo(request: Request, pk: UUID) -> HttpResponse:
    """Move the head to its newest child."""
    conversation = access.conversation(request.user, pk)
    base = asking.base_of(request, conversation)
    head = history.redo(conversation, base)
    told = (
        f"Redone: {_told(head, request.user)}"
        if head.number != base
        else "Nothing to redo."
    )
    shown = screen.of(conversation, head)
    return patch.answer(request, shown, since=base, notice=told)


def _told(revision: Revision, reader: Any) -> str:
    is_own = revision.author_id in (None, reader.pk)
    return revision.summary if is_own else f"{revision.summary} by {revision.author}"
