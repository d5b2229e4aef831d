"""Shares: made and revoked by members, read and forked by whoever has the link."""

import uuid

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import (
    require_http_methods,
    require_POST,
    require_safe,
)

from conversations import access, sharing
from conversations.forms import ShareForm
from conversations.models import Conversation, Share

from .requests import Request
from .script import script
from .shared import open_share, refuse_if_off


@require_http_methods(["GET", "HEAD", "POST"])
def shares(request: Request, pk: uuid.UUID) -> HttpResponse:
    """The dialog: what is in a link, *Create link*, and the links there are."""
    refuse_if_off()
    conversation = access.conversation(request.user, pk)
    if request.method != "POST":
        return _dialog(request, conversation, ShareForm())
    form = ShareForm(request.POST)
    if not form.is_valid():
        return _dialog(request, conversation, form, status=422)
    number = form.cleaned_data["revision"]
    if number is None and conversation.head is not None:
        number = conversation.head.number
    sharing.publish(
        access.revision_of(conversation, number),
        request.user,
        with_settings=form.cleaned_data["with_settings"],
        with_figures=form.cleaned_data["with_figures"],
    )
    if not request.htmx:
        return redirect("conversations:shares", pk=pk)
    return _dialog(request, conversation, ShareForm(), is_new=True)


@require_POST
def revoke(request: Request, pk: uuid.UUID, share_pk: int) -> HttpResponse:
    """Close a link for good."""
    refuse_if_off()
    sharing.revoke(access.share_to_revoke(request.user, pk, share_pk))
    if not request.htmx:
        return redirect("conversations:shares", pk=pk)
    return _dialog(request, access.conversation(request.user, pk), ShareForm())


def _dialog(
    request: Request,
    conversation: Conversation,
    form: ShareForm,
    *,
    is_new: bool = False,
    status: int = 200,
) -> HttpResponse:
    """Render the dialog, or the page around it where there is no script."""
    links = list(
        Share.objects.open()
        .filter(revision__conversation=conversation)
        .select_related("revision", "creator")
    )
    context = {
        "conversation": conversation,
        "head": conversation.head,
        "form": form,
        "links": [(link, _absolute(request, link)) for link in links],
        "is_new": is_new,
        "newest": _absolute(request, links[0]) if links else "",
        "for_team_only": settings.SHARING == "team",
        "is_own": conversation.owner_id == request.user.pk,
        "has_team": settings.ACCESS == "accounts",
    }
    template = "_shares" if request.htmx else "shares"
    path = f"conversations/{template}.html"
    return render(request, path, context, status=status)


def _absolute(request: HttpRequest, link: Share) -> str:
    """The address to give away: PUBLIC_URL's where there is one."""
    path = link.get_absolute_url()
    if settings.PUBLIC_URL:
        return f"{settings.PUBLIC_URL}{path}"
    return request.build_absolute_uri(path)


@login_not_required
@require_safe
def share(request: HttpRequest, token: str) -> HttpResponse:
    """What a visitor reads: frozen, without a session, without a script."""
    found = open_share(request, token)
    if isinstance(found, HttpResponse):
        return found
    if request.method == "GET":
        sharing.count_view(found)
    places = [
        (entry, turn) for entry, turn in found.revision.load_turns() if not entry.muted
    ]
    shown = script(places, sharing.shown_params(found), with_figures=found.with_figures)
    context = {"share": found, "script": shown}
    response = render(request, "conversations/share.html", context)
    response["X-Robots-Tag"] = "noindex"
    # Not no-referrer: with it a browser says "null" where Fork comes from, and the
    # form is taken for a forged one. Other sites still learn nothing.
    response["Referrer-Policy"] = "same-origin"
    response["Cache-Control"] = "private, no-cache"
    return response


@require_http_methods(["GET", "HEAD", "POST"])
def fork(request: Request, token: str) -> HttpResponse:
    """Copy what the share shows into the viewer's own list.

    A GET comes from the login page, which returns to the address that asked for it.
    """
    found = open_share(request, token)
    if isinstance(found, HttpResponse):
        raise Http404
    if request.method != "POST":
        return redirect(found)
    return redirect(sharing.fork(found, request.user))
