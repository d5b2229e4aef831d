"""Fixes and ports: a change is shown as a difference, and made on *Apply*."""

from uuid import UUID

from django.http import HttpResponse
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from conversations import access
from conversations.history import UnknownImage
from conversations.models import Conversation, Revision
from conversations.views.requests import Request

from .. import changes, fixing, patch, problems, proposals, screen
from . import asking

GONE = "This problem is not there any more, so nothing was changed."
DIALOG = "#proposal"


@require_POST
@asking.refusals_told
def fix(request: Request, pk: UUID) -> HttpResponse:
    """Show what the fix whose button was pressed changes; with `apply` make it.

    A browser without scripts has no dialog: there the fix is made at once.
    """
    conversation = access.conversation(request.user, pk)
    made_on = _made_on(request, conversation)
    key = request.POST.get("fix", "")
    found = problems.find(screen.of(conversation, made_on).found, key)
    if found is None:
        shown, since = screen.of(conversation), asking.since_of(request)
        return patch.answer(request, shown, since=since, notice=GONE, status=409)
    problem, chosen = found
    change = fixing.fix(made_on, problem, chosen)
    if "apply" in request.POST or not request.htmx:
        return _made(request, conversation, made_on, change, f"Done: {chosen.label}")
    proposal = proposals.of(made_on, change, [problem.explanation])
    action = reverse("editor:fix", args=[pk])
    return in_dialog(
        proposals.html(
            request,
            conversation,
            made_on,
            proposal,
            action=action,
            fields=[("fix", key)],
        )
    )


def _made_on(request: Request, conversation: Conversation) -> Revision:
    """Return the revision that the difference was shown for, else the one seen."""
    typed = request.POST.get("made_on", "")
    number = asking.number(typed) if typed else asking.base_of(request, conversation)
    return access.revision_of(conversation, number)


def _made(
    request: Request,
    conversation: Conversation,
    made_on: Revision,
    change: changes.Change,
    notice: str,
) -> HttpResponse:
    status = 200
    try:
        changes.commit(conversation, request.user, made_on.number, change)
    except UnknownImage as error:
        notice, status = str(error), 409
    shown, since = screen.of(conversation), asking.since_of(request)
    return patch.answer(request, shown, since=since, notice=notice, status=status)


def in_dialog(content: SafeString) -> HttpResponse:
    return reswap(retarget(HttpResponse(content), DIALOG), "innerHTML")
