"""One turn: read, edited, inserted beside, and what its toolbar does."""

from uuid import UUID

from django.core.validators import slug_re
from django.http import Http404, HttpResponse, HttpResponseBadRequest
from django.shortcuts import render
from django.views.decorators.http import require_http_methods, require_safe
from django_htmx.http import reswap, retarget

from conversations import access, history
from conversations.editing import Script
from conversations.history import Conflict
from conversations.models import Conversation, Revision
from conversations.turn_rows import UnknownImage
from conversations.views.requests import Request

from .. import articles, changes, opened, page, patch, screen, waiting
from ..changes import Change
from ..forms import TurnForm
from . import asking


@require_http_methods(["GET", "HEAD", "POST"])
@asking.refusals_told
def turn(request: Request, pk: UUID, slot: str) -> HttpResponse:
    """GET: its article. POST: save it, or what `action` names."""
    conversation = access.conversation(request.user, pk)
    if request.method != "POST":
        return _article(request, conversation, slot)
    name = request.POST.get("action", "")
    if not name:
        return save(request, conversation, slot)
    base = asking.base_of(request, conversation)
    change = changes.action(access.revision_of(conversation, base), slot, name)
    if change is None:
        told = f"There is no action {name!r}."
        return HttpResponseBadRequest(told, content_type="text/plain; charset=utf-8")
    head = changes.commit(conversation, request.user, base, change)
    return patch.answer(request, screen.of(conversation, head), since=base)


def _article(request: Request, conversation: Conversation, slot: str) -> HttpResponse:
    shown = screen.of(conversation)
    cards = articles.script(shown, waiting.at_turns(shown), {slot})
    if not cards:
        raise Http404
    context = {"card": cards[0], "conversation": conversation.pk}
    return render(request, "editor/_turn.html", context)


def save(
    request: Request, conversation: Conversation, slot: str, *, send: bool = False
) -> HttpResponse:
    """Save what an editor holds, and with `send` send the conversation with it."""
    if not slug_re.match(slot):  # a field of the form says it, not the address
        raise Http404
    where = request.POST.get("where", "")
    base = asking.base_of(request, conversation)
    made_on = access.revision_of(conversation, base)
    form = TurnForm(request.POST)
    if form.is_valid():
        try:
            change = changes.turn(made_on, slot, form, where)
            return _saved(request, conversation, made_on, change, send=send)
        except UnknownImage as error:
            form.add_error(form.mode, str(error))
        except asking.REFUSALS as refusal:
            return _refused(request, conversation, slot, form, refusal)
    editor = opened.again(conversation, slot, base, form, where)
    return _form(request, conversation, editor, status=422)


def _saved(
    request: Request,
    conversation: Conversation,
    made_on: Revision,
    change: Change,
    *,
    send: bool,
) -> HttpResponse:
    notice = ""
    if not send:
        changes.commit(conversation, request.user, made_on.number, change)
    else:
        history.prepare(change.operation(Script.of(made_on)))
        sent = asking.send(request, conversation, made_on.number, change)
        notice = asking.not_sent(sent)
    # A fast reply may be there already.
    return asking.answer(request, conversation, also={change.shows}, notice=notice)


def _refused(
    request: Request,
    conversation: Conversation,
    slot: str,
    form: TurnForm,
    refusal: Exception,
) -> HttpResponse:
    """The form with everything typed; beside the other version if there is one."""
    where = request.POST.get("where", "")
    base = asking.base_of(request, conversation)
    editor = opened.again(conversation, slot, base, form, where)
    if isinstance(refusal, Conflict):
        editor = opened.conflicted(editor, refusal.head, request.user)
    else:
        editor = opened.with_error(
            editor, asking.sentence(refusal, conversation, request.user)
        )
    return _form(request, conversation, editor, status=409)


def _form(
    request: Request, conversation: Conversation, editor: opened.Editor, status: int
) -> HttpResponse:
    if not request.htmx:
        shown = screen.of(conversation)
        return page.full(request, shown, editor=editor, status=status)
    response = render(request, "editor/_editor.html", {"editor": editor}, status=status)
    return reswap(retarget(response, f"#{editor.id}"), "outerHTML")


@require_safe
def edit(request: Request, pk: UUID, slot: str) -> HttpResponse:
    """The open editor of a turn, in its article; without htmx the page with it."""
    conversation = access.conversation(request.user, pk)
    head = history.head(conversation)
    mode = "json" if request.GET.get("as") == "json" else "text"
    editor = opened.of(conversation, head, access.turn_of(head, slot), mode)
    if not request.htmx:
        return page.full(request, screen.of(conversation, head), editor=editor)
    response = render(request, "editor/_editor.html", {"editor": editor})
    return reswap(retarget(response, f"#turn-{slot} > .body"), "innerHTML")


@require_safe
def insert(request: Request, pk: UUID, slot: str) -> HttpResponse:
    """The open editor of a new turn above or below one."""
    conversation = access.conversation(request.user, pk)
    head = history.head(conversation)
    where = request.GET.get("where", "")
    if where not in changes.WHERE:
        raise Http404
    editor = opened.empty(conversation, head, access.turn_of(head, slot), where)
    if not request.htmx:
        return page.full(request, screen.of(conversation, head), editor=editor)
    response = render(request, "editor/_insert.html", {"editor": editor})
    swap = "beforebegin" if where == "above" else "afterend"
    return reswap(retarget(response, f"#turn-{slot}"), swap)  # type: ignore[arg-type]
