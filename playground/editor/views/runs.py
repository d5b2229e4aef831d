"""One run: its page and what is on it, stopping it, using its reply."""

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.views.decorators.http import require_POST, require_safe

from conversations import access, history
from conversations.models import Run
from conversations.views.requests import Request
from playground.payload import params
from playground.runs import ends, sending
from playground.runs import groups as grouped

from .. import apart, event_log, page, reply_panel, request_panel
from . import asking, groups

NO_GROUP = "This run is in no group. Press Run again in its conversation."


@require_safe
def run(request: Request, pk: int) -> HttpResponse:
    """What came of it, and what was sent, by value."""
    found = access.run(request.user, pk)
    panel = reply_panel.html(request, found.conversation, found, own_page=True)
    if request.htmx:
        return HttpResponse(panel)
    modules = ["editor/run.js"] if found.is_live else []
    title = f"Run {found.pk}"
    return page.panel(request, found.conversation, title, panel, modules=modules)


@require_safe
def run_request(request: Request, pk: int) -> HttpResponse:
    """The exact request that it sent."""
    found = access.run(request.user, pk)
    panel = request_panel.of_run(request, found)
    return _panel(request, found, f"Request of run {found.pk}", panel)


@require_safe
def run_events(request: Request, pk: int) -> HttpResponse:
    """Its events `from` a place on; with `rows` for the table that is there."""
    found = access.run(request.user, pk)
    shown = event_log.page(found, request.GET.get("from", ""))
    if shown is None:
        raise Http404
    rows = request.htmx and "rows" in request.GET
    name = "editor/_event_rows.html" if rows else "editor/_events.html"
    context = {"run": found, "page": shown, "more": rows}
    panel = render_to_string(name, context, request)
    return _panel(request, found, f"Events of run {found.pk}", panel)


def _panel(request: Request, found: Run, title: str, panel: SafeString) -> HttpResponse:
    if request.htmx:
        return HttpResponse(panel)
    return page.panel(request, found.conversation, title, panel)


@require_POST
def stop(request: Request, pk: int) -> HttpResponse:
    """Ask for the end of a run; `own_page` is where a run's own page asks."""
    found = access.run(request.user, pk)
    sending.stop(found)
    if "own_page" in request.POST:
        return redirect(found)
    return groups.answer(request, found.conversation, found.group)


@require_POST
def again(request: Request, pk: int) -> HttpResponse:
    """Send what one run of a group had sent once more, at its place in the group."""
    found = access.run(request.user, pk)
    conversation = found.conversation
    if not found.group:
        return groups.answer(request, conversation, notice=NO_GROUP, status=409)
    try:
        # The page's key is one for all of its buttons.
        key = f"{asking.send_key(request)}-{found.pk}"
        grouped.again(found, request.user, key)
    except asking.REFUSALS as refusal:
        told = asking.sentence(refusal, conversation, request.user)
        return groups.answer(request, conversation, found.group, told, 409)
    return groups.answer(request, conversation, found.group)


@require_POST
def use(request: Request, pk: int) -> HttpResponse:
    """Let the conversation go on with the reply of this run."""
    found = access.run(request.user, pk)
    conversation = found.conversation
    if not found.has_reply:
        told = "This run has no reply to use."
        return groups.answer(request, conversation, found.group, told, 409)
    try:
        ends.use(found, request.user)
    except asking.REFUSALS as refusal:
        told = asking.sentence(refusal, conversation, request.user)
        return groups.answer(request, conversation, found.group, told, 409)
    return groups.answer(request, conversation, notice=_keeps(found))


def _keeps(found: Run) -> str:
    """Say that a reply by another model changes no setting; empty for the same one."""
    model = params.body(history.head(found.conversation).params).get("model")
    if model == found.model:
        return ""
    keeps, by = apart.model_name(model), apart.model_name(found.model)
    return f"The reply is by {by}. The conversation keeps its own model, {keeps}."
