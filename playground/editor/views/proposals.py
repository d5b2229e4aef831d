"""Fixes and ports: a change is shown as a difference, and made on *Apply*."""

from uuid import UUID

from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from conversations import access
from conversations.models import Conversation, Revision
from conversations.turn_rows import UnknownImage
from conversations.views.requests import Request
from playground.payload import params

from .. import changes, fixing, page, ports, problems, proposals, screen, text
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
    shown = screen.of(conversation, made_on)
    found = problems.find([*shown.found, *shown.of_the_whole], key)
    if found is None:
        return asking.answer(request, conversation, notice=GONE, status=409)
    problem, chosen = found
    whole = problem not in shown.found
    change = fixing.fix(made_on, problem, chosen, whole=whole)
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
    return asking.answer(request, conversation, notice=notice, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@asking.refusals_told
def port(request: Request, pk: UUID) -> HttpResponse:
    """GET: what a port to the `target` changes. POST: make it, as one revision."""
    conversation = access.conversation(request.user, pk)
    made_on = _made_on(request, conversation)
    posted = request.method == "POST"
    target = request.POST.get("target", "") if posted else request.GET.get("target", "")
    if not posted and not target:
        current = params.body(made_on.params).get("model")
        target = ports.suggested(current, timezone.localdate())
    try:
        made = ports.to(made_on, target)
    except ports.NoTarget as error:
        return _port(request, conversation, made_on, None, str(error))
    if posted:
        told = f"{made.change.summary}."
        return _made(request, conversation, made_on, made.change, told)
    return _port(request, conversation, made_on, made)


def _port(
    request: Request,
    conversation: Conversation,
    made_on: Revision,
    made: ports.Port | None,
    error: str = "",
) -> HttpResponse:
    address = reverse("editor:port", args=[conversation.pk])
    current = params.body(made_on.params).get("model")
    choice = {
        "address": address,
        "current": text.shown(str(current or "")),
        "targets": ports.targets(current, timezone.localdate()),
        "chosen": made.target.id if made else "",
        "error": error,
        "plain": not request.htmx,
    }
    content = render_to_string("editor/_port.html", choice, request)
    if made is not None:
        content += proposals.html(
            request,
            conversation,
            made_on,
            ports.proposal(made_on, made),
            action=address,
            fields=[("target", made.target.id)],
            is_titled=True,
            plain=not request.htmx,
        )
    if request.htmx:
        return in_dialog(content, 422 if error else 200)
    return page.panel(request, conversation, "Port to…", content, 422 if error else 200)


def in_dialog(content: SafeString, status: int = 200) -> HttpResponse:
    answer = HttpResponse(content, status=status)
    return reswap(retarget(answer, DIALOG), "innerHTML")
