"""Settings and the system prompt: each saved by itself as soon as it is changed."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from asgiref.sync import async_to_sync
from django.http import Http404, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST
from django_htmx.http import reswap, retarget

from conversations import access, authors
from conversations.history import Conflict
from conversations.models import Conversation, Revision
from conversations.views.requests import Request
from playground.claude import endpoints
from playground.claude import models as lists
from playground.claude.errors import Failure

from .. import changes, page, parts, patch, screen, settings_panel, text
from ..forms import SystemForm, sentences
from ..parameters import SETTINGS, Setting
from ..settings_panel import Typed
from . import asking

SYSTEM = "system"  # stands where an editor names its slot


@require_http_methods(["GET", "HEAD", "POST"])
@asking.refusals_told
def setting(request: Request, pk: UUID) -> HttpResponse:
    """GET: the one field that `field` names, as it is saved. POST: save it."""
    conversation = access.conversation(request.user, pk)
    if request.method != "POST":
        return _saved(request, conversation, request.GET.get("field", ""))
    name = request.POST.get("field", "")
    if name == "endpoint":
        return _endpoint(request, conversation)
    if name not in SETTINGS:
        raise Http404("There is no such setting.")
    base = asking.base_of(request, conversation)
    made_on = access.revision_of(conversation, base)
    form = SETTINGS[name](request.POST)
    if not form.is_valid():
        return _again(
            request, conversation, name, Typed(_values(form), " ".join(sentences(form)))
        )
    change = changes.setting(form, made_on.params)
    try:
        head = changes.commit(conversation, request.user, base, change)
    except Conflict as conflict:
        typed = _conflict(request, form, name, conversation, conflict.head)
        return _again(request, conversation, name, typed, status=409)
    # What came in between may stand in this field too.
    since, before = asking.since_of(request), head.parent
    is_news = before is not None and before.number != since
    redraw = "redraw" in request.POST or is_news
    return asking.answer(request, conversation, head, own=name, redraw=redraw)


@require_POST
@asking.refusals_told
def models(request: Request, pk: UUID) -> HttpResponse:
    """Read the models that the endpoint lists; they override the table."""
    conversation = access.conversation(request.user, pk)
    endpoint = endpoints.get(conversation.endpoint)
    if endpoint is None or endpoint.simulated:
        told, status = "There is no list of models to read at this endpoint.", 409
    else:
        today = timezone.localdate()
        try:
            count = async_to_sync(lists.refresh)(endpoint, today)
            word = "model" if count == 1 else "models"
            told, status = f"{count} {word} read from {endpoint.label}.", 200
        except Failure as failure:
            told, status = f"The models could not be read. {failure}", 409
    # What every field offers may have changed, and the price of every picture.
    shown = screen.of(conversation)
    return patch.answer(request, shown, since=None, notice=told, status=status)


def _endpoint(request: Request, conversation: Conversation) -> HttpResponse:
    """The endpoint belongs to the conversation and is in no revision."""
    chosen = request.POST.get("endpoint", "")
    if endpoints.get(chosen) is None:
        error = "This endpoint is not configured on this server. Choose another one."
        typed = Typed({"endpoint": conversation.endpoint}, error)
        return _again(request, conversation, "endpoint", typed)
    conversation.endpoint = chosen
    conversation.save(update_fields=["endpoint"])
    return asking.answer(request, conversation, own="endpoint")


def _values(form: Setting) -> Mapping[str, str]:
    """Return what was typed, field by field, as the form takes it."""
    return {name: text.typed(form.data.get(name) or "") for name in form.fields}


def _conflict(
    request: Request,
    form: Setting,
    name: str,
    conversation: Conversation,
    head: Revision,
) -> Typed:
    by = authors.changed_by(head, request.user)
    theirs = settings_panel.one(screen.of(conversation, head), name).value
    error = f"Changed meanwhile{by}. Saving again replaces what is saved now:"
    return Typed(_values(form), error, theirs or "nothing", head.number)


def _again(
    request: Request,
    conversation: Conversation,
    name: str,
    typed: Typed,
    status: int = 422,
) -> HttpResponse:
    """The field again, with what was typed and why it was not saved."""
    shown = screen.of(conversation)
    if not request.htmx:
        return page.full(request, shown, typed={name: typed}, status=status)
    return _field(request, shown, name, typed, status)


def _saved(request: Request, conversation: Conversation, name: str) -> HttpResponse:
    if name not in SETTINGS:
        raise Http404("There is no such setting.")
    shown = screen.of(conversation)
    return _field(request, shown, name) if request.htmx else page.full(request, shown)


def _field(
    request: Request,
    shown: screen.Screen,
    name: str,
    typed: Typed | None = None,
    status: int = 200,
) -> HttpResponse:
    field = settings_panel.one(shown, name, typed)
    response = HttpResponse(parts.setting(request, shown, field), status=status)
    return reswap(retarget(response, f"#{field.id}"), "outerHTML")


@require_http_methods(["GET", "HEAD", "POST"])
@asking.refusals_told
def system(request: Request, pk: UUID) -> HttpResponse:
    """GET: the field, `as` text or JSON. POST: save it."""
    conversation = access.conversation(request.user, pk)
    if request.method != "POST":
        return _system(request, conversation)
    return save_system(request, conversation)


def save_system(
    request: Request, conversation: Conversation, *, send: bool = False
) -> HttpResponse:
    """Save the system prompt, and with `send` send the conversation then."""
    form = SystemForm(request.POST)
    if not form.is_valid():
        return _system_again(
            request, conversation, form, error=" ".join(sentences(form))
        )
    base = asking.base_of(request, conversation)
    notice = ""
    try:
        change = changes.system(form.value)
        head = changes.commit(conversation, request.user, base, change)
    except Conflict as conflict:
        return _system_conflict(request, conversation, form, conflict.head)
    if send:
        notice = asking.not_sent(asking.send(request, conversation, head.number))
    return asking.answer(request, conversation, own=SYSTEM, notice=notice)


def _system(request: Request, conversation: Conversation) -> HttpResponse:
    shown = screen.of(conversation)
    typed: dict[str, Any] = {}
    if request.GET.get("as") == "json":
        value = shown.head.params.get("system", "")
        typed = {"as_json": True, "value": text.pretty(value), "exact": ""}
    if not request.htmx:
        return page.full(request, shown, system=typed)
    response = HttpResponse(parts.system(request, shown, **typed))
    return reswap(retarget(response, "#system"), "outerHTML")


def _system_conflict(
    request: Request, conversation: Conversation, form: SystemForm, head: Revision
) -> HttpResponse:
    by = authors.changed_by(head, request.user)
    value = head.params.get("system", "")
    told = {
        "conflict": f"Changed meanwhile{by}. Saving replaces this version with yours:",
        "theirs": text.shown(value) if isinstance(value, str) else text.pretty(value),
        "base": head.number,
    }
    told["theirs"] = told["theirs"] or "(none)"
    return _system_again(request, conversation, form, status=409, **told)


def _system_again(
    request: Request,
    conversation: Conversation,
    form: SystemForm,
    *,
    status: int = 422,
    **told: Any,
) -> HttpResponse:
    words = text.typed(form.data.get("text") or "")
    told |= {
        "as_json": form.as_json,
        "value": text.in_textarea(words),
        "exact": text.exact(words),
    }
    shown = screen.of(conversation)
    if not request.htmx:
        return page.full(request, shown, system=told, status=status)
    html = parts.system(request, shown, **told)
    return reswap(retarget(HttpResponse(html, status=status), "#system"), "outerHTML")
