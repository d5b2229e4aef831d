"""The composer: add, send, continue, and what sending would cost."""

from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST
from django_htmx.http import reswap, retarget

from conversations import access
from conversations.history import UnknownImage
from conversations.models import Conversation
from conversations.views.requests import Request
from playground.runs import sending

from .. import changes, composer, counting, page, patch, screen, uploads
from ..forms import ComposerForm
from . import asking, settings, turns

NOTHING_TO_ADD = "Write something first, or attach an image."
NOTHING_TO_SEND = "There is nothing to send yet. Write the first user turn."


@require_POST
@asking.refusals_told
def add(request: Request, pk: UUID) -> HttpResponse:
    """Append what the composer holds to the script, without sending."""
    conversation = access.conversation(request.user, pk)
    base = asking.base_of(request, conversation)
    shown = screen.of(conversation)
    form = _form(request, shown)
    if form.is_valid():
        change = changes.added(form)
        if change is None:
            form.add_error("text", NOTHING_TO_ADD)
            return _again(request, shown, form)
        try:
            head = changes.commit(conversation, request.user, base, change)
        except UnknownImage as error:
            form.add_error("text", str(error))
        else:
            return patch.answer(request, screen.of(conversation, head), since=base)
    return _again(request, shown, form)


@require_POST
@asking.refusals_told
def send(request: Request, pk: UUID) -> HttpResponse:
    """Commit what is open, composer or editor, and send the conversation."""
    conversation = access.conversation(request.user, pk)
    slot = request.POST.get("slot", "")
    if slot == settings.SYSTEM:
        return settings.save_system(request, conversation, send=True)
    if slot:
        return turns.save(request, conversation, slot, send=True)
    shown = screen.of(conversation)
    form = _form(request, shown)
    if form.is_valid():
        change = changes.added(form)
        if change is None and not shown.made.slots:
            form.add_error("text", NOTHING_TO_SEND)
            return _again(request, shown, form)
        try:
            return _sent(request, conversation, form, change)
        except UnknownImage as error:
            form.add_error("text", str(error))
    return _again(request, shown, form)


def _sent(
    request: Request,
    conversation: Conversation,
    form: ComposerForm,
    change: changes.Change | None,
) -> HttpResponse:
    base = asking.base_of(request, conversation)
    sent = sending.send(
        conversation,
        request.user,
        base=base,
        send_key=form.cleaned_data["send_key"],
        operation=change.operation if change else None,
        summary=change.summary if change else "",
        anyway="anyway" in request.POST,
    )
    shown = screen.of(conversation)
    return patch.answer(request, shown, since=base, notice=asking.not_sent(sent))


@require_POST
@asking.refusals_told
def go_on(request: Request, pk: UUID) -> HttpResponse:
    """*Continue*: send the conversation with the reply at its end, whole."""
    conversation = access.conversation(request.user, pk)
    base = asking.base_of(request, conversation)
    sent = sending.send(
        conversation,
        request.user,
        base=base,
        send_key=asking.send_key(request),
        whole=True,
    )
    shown = screen.of(conversation)
    return patch.answer(request, shown, since=base, notice=asking.not_sent(sent))


@require_POST
def estimate(request: Request, pk: UUID) -> HttpResponse:
    """What sending the composer's content would cost, as it is being typed."""
    shown = screen.of(access.conversation(request.user, pk))
    form = ComposerForm(request.POST)
    form.is_valid()  # what cannot be sent is said when it is sent
    drafts = form.drafts() if "image" in form.cleaned_data else []
    messages = uploads.messages(request.user, drafts)
    told = counting.counted(shown, messages) if messages else None
    return HttpResponse(composer.estimate(shown, messages, told))


def _form(request: Request, shown: screen.Screen) -> ComposerForm:
    data: QueryDict = request.POST
    refused: list[str] = []
    if request.FILES:  # a browser without scripts sends files with the form
        data, refused = uploads.attached(request)
    return ComposerForm(data, prefill_off=shown.prefill_off, refused=refused)


def _again(request: Request, shown: screen.Screen, form: ComposerForm) -> HttpResponse:
    """The sentence at its place. The page keeps what was typed; without htmx it is
    made anew with all of it."""
    if not request.htmx:
        return page.full(request, shown, form=form, status=422)
    context = {"errors": composer.errors(form)}
    response = render(request, "editor/_composer_errors.html", context, status=422)
    return reswap(retarget(response, "#composer-errors"), "outerHTML")
