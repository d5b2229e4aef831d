"""Starts, names, opens and deletes conversations. Turns are the editor's business."""

import uuid

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import HttpResponseClientRedirect

from conversations import access, deleting, endpoint, history
from conversations.editing import Script
from conversations.forms import TitleForm, VisibilityForm
from conversations.models import Conversation

from .requests import Request

# Prefill works with this model, and a newcomer's first requests cost next to nothing.
FIRST_PARAMS = {"model": "claude-haiku-4-5", "max_tokens": 1024}
MOST_BEGUN = 1000  # conversations with unsaved text that a browser may name


@require_POST
def create(request: Request) -> HttpResponse:
    """Open an empty conversation: the newest one that was left untouched, else a
    new one."""
    asked = endpoint.default()
    conversation = _untouched(request, asked)
    if conversation is None:
        script = Script(params=FIRST_PARAMS)
        conversation = history.begin(request.user, script, endpoint=asked)
    return redirect(conversation)


def _untouched(request: Request, asked: str) -> Conversation | None:
    """Return the person's own, at the top of the list again. Not one in which they
    have begun to write in this browser: another tab may show it."""
    rows = Conversation.objects.filter(owner=request.user, endpoint=asked)
    begun = request.POST.get("begun", "").split()[:MOST_BEGUN]
    found = rows.untouched(FIRST_PARAMS).exclude(pk__in=filter(_is_id, begun))
    newest = found.newest_first().first()
    if newest is not None:
        newest.updated_at = timezone.now()
        newest.save(update_fields=["updated_at"])
    return newest


def _is_id(text: str) -> bool:
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True


@require_POST
def rename(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Give the conversation a name; a title that does not fit comes back with 422."""
    conversation = access.conversation(request.user, pk)
    form = TitleForm(request.POST)
    if form.is_valid():
        conversation.rename(form.cleaned_data["title"])
        if not request.htmx:
            return redirect(conversation)
        form = TitleForm()
    template = "_title" if request.htmx else "rename"
    return render(
        request,
        f"conversations/{template}.html",
        {"conversation": conversation, "form": form},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Ask, then really delete. Nobody but the owner may."""
    conversation = access.own_conversation(request.user, pk)
    if request.method != "POST":
        context = {
            "conversation": conversation,
            "revisions": conversation.revisions.count(),
            "runs": conversation.runs.count(),
        }
        return render(request, "conversations/delete.html", context)
    deleting.delete(conversation)
    index = reverse("conversations:index")
    return HttpResponseClientRedirect(index) if request.htmx else redirect(index)


@require_POST
def visibility(request: Request, pk: uuid.UUID) -> HttpResponse:
    """Open the conversation to everybody who signs in, or close it again."""
    conversation = access.own_conversation(request.user, pk)
    form = VisibilityForm(request.POST)
    if form.is_valid():
        conversation.visibility = form.cleaned_data["visibility"]
        conversation.save(update_fields=["visibility"])
        if not request.htmx:
            return redirect(conversation)
    return render(
        request,
        "conversations/_visibility.html",
        {"conversation": conversation, "form": form, "is_own": True},
        status=422 if form.errors else 200,
    )
