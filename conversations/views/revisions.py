"""One revision to read, and the way back to it."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from conversations import access, authors, differences, diffing, history
from conversations.editing import Script
from conversations.forms import RestoreForm
from conversations.models import Revision

from .requests import Request
from .script import script


@require_safe
def revision(request: Request, pk: uuid.UUID, number: int) -> HttpResponse:
    """A revision as it was, who made it and when."""
    found = access.revision(request.user, pk, number)
    return _page(request, found)


@require_POST
def restore(request: Request, pk: uuid.UUID, number: int) -> HttpResponse:
    """Commit this revision's script on the head; nothing in between is lost.

    A head that moved since the page was made is answered with 409: whoever moved
    it would otherwise find that change undone without a word.
    """
    found = access.revision(request.user, pk, number)
    conversation = access.conversation(request.user, pk)
    form = RestoreForm(request.POST)
    head = history.head(conversation)
    if not form.is_valid() or form.cleaned_data["base"] != head.number:
        return _page(request, found, moved=head)
    wanted = Script.of(found)
    if wanted != Script.of(head):
        summary = f"Restored revision {number}"
        try:
            history.commit(conversation, head, wanted, summary, request.user)
        except history.HeadMoved:
            return _page(request, found, moved=history.head(conversation))
    return redirect(conversation)


def _changed(found: Revision) -> list[differences.Part]:
    if found.parent is None:
        return []
    difference = diffing.scripts(Script.of(found.parent), Script.of(found))
    return differences.parts(difference, beside=True)


def _page(
    request: Request, found: Revision, moved: Revision | None = None
) -> HttpResponse:
    conversation = found.conversation
    head = history.head(conversation)
    context = {
        "conversation": conversation,
        "revision": found,
        "head": head,
        "is_head": head.pk == found.pk,
        "script": script(found.load_turns(), found.params),
        "parent": found.parent,
        "changed": _changed(found),
        "children": found.children.order_by("number"),
        "moved": moved,
        "moved_by": authors.changed_by(moved, request.user) if moved else "",
    }
    status = 409 if moved else 200
    return render(request, "conversations/revision.html", context, status=status)
