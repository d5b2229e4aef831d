"""The composer: add, send, continue, and what sending would cost."""

from uuid import UUID

from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_POST, require_safe
from django_htmx.http import reswap, retarget

from conversations import access
from conversations.models import Conversation
from conversations.turn_rows import UnknownImage
from conversations.views.requests import Request
from playground import payload
from playground.runs import groups

from .. import changes, composer, counting, page, patch, screen, uploads
from ..forms import ComposerForm, TimesForm, sentences
from . import asking, settings, turns

NOTHING_TO_ADD = "Write something first, or attach an image."


@require_POST
@asking.refusals_told
def add(request: Request, pk: UUID) -> HttpResponse:
    """Append what the composer holds to the script, without sending."""
    conversation = access.conversation(request.user, pk)
    base = asking.base_of(request, conversation)
    form = _form(request, conversation)
    if form.is_valid():
        change = changes.added(form)
        if change is None:
            form.add_error("text", NOTHING_TO_ADD)
            return _again(request, conversation, form)
        try:
            head = changes.commit(conversation, request.user, base, change)
        except UnknownImage as error:
            form.add_error("text", str(error))
        else:
            return patch.answer(request, screen.of(conversation, head), since=base)
    return _again(request, conversation, form)


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
    return _send(request, conversation, ComposerForm)


@require_POST
@asking.refusals_told
def times(request: Request, pk: UUID) -> HttpResponse:
    """*Run ×N*: commit what the composer holds, and send the conversation N times."""
    return _send(request, access.conversation(request.user, pk), TimesForm)


def _send(
    request: Request, conversation: Conversation, kind: type[ComposerForm]
) -> HttpResponse:
    form = _form(request, conversation, kind)
    if form.is_valid():
        change = changes.added(form)
        if change is None and not screen.of(conversation).made.slots:
            form.add_error("text", asking.NOTHING_TO_SEND)
            return _again(request, conversation, form)
        try:
            return _sent(request, conversation, form, change)
        except UnknownImage as error:
            form.add_error("text", str(error))
    return _again(request, conversation, form)


def _sent(
    request: Request,
    conversation: Conversation,
    form: ComposerForm,
    change: changes.Change | None,
) -> HttpResponse:
    base = asking.base_of(request, conversation)
    anyway = "anyway" in request.POST
    if isinstance(form, TimesForm):
        made = groups.run_times(
            conversation,
            request.user,
            form.cleaned_data["count"],
            base=base,
            send_key=asking.send_key(request),
            operation=change.operation if change else None,
            summary=change.summary if change else "",
            anyway=anyway,
        )
        revision = made.revision
        notice = "" if made.runs else asking.refused(made.problems[0])
    else:
        sent = asking.send(request, conversation, base, change, anyway=anyway)
        revision, notice = sent.revision, asking.not_sent(sent)

    def draw() -> HttpResponse:
        is_head = revision.pk == conversation.head_id
        shown = screen.of(conversation, revision if is_head else None)
        return patch.answer(request, shown, since=base, notice=notice)

    return draw() if notice or not request.htmx else asking.DrawnLater(draw)


@require_POST
def estimate(request: Request, pk: UUID) -> HttpResponse:
    """What sending the composer's content would cost, as it is being typed."""
    shown = screen.of(access.conversation(request.user, pk))
    form = ComposerForm(request.POST)
    form.is_valid()  # what cannot be sent is said when it is sent
    drafts = form.drafts() if "image" in form.cleaned_data else []
    messages = uploads.messages(request.user, drafts)
    told = None
    if messages:
        told = counting.counted(shown.endpoint, payload.build(shown.head), messages)
    return HttpResponse(composer.estimate(shown, messages, told))


@require_safe
@asking.refusals_told
def count(request: Request, pk: UUID) -> HttpResponse:
    """The page's figures once the endpoint has counted what the head `base` sends.

    Nothing new when there is no count, or when the head has moved on: then the page
    is about to ask again.
    """
    base = asking.number(request.GET.get("base", ""))
    shown = screen.of(access.conversation(request.user, pk))
    if shown.head.number != base or not shown.can_be_counted:
        return HttpResponse(status=204)
    made, _ = screen.payload_as_sent(shown.head)
    told = counting.counted(shown.endpoint, made)
    if told is None:
        return HttpResponse(status=204)
    counting.keep(shown.head, shown.endpoint, told)
    again = screen.of(shown.conversation, shown.head)
    return patch.answer(request, again, since=base)


def _form(
    request: Request,
    conversation: Conversation,
    kind: type[ComposerForm] = ComposerForm,
) -> ComposerForm:
    data: QueryDict = request.POST
    refused: list[str] = []
    if request.FILES:  # a browser without scripts sends files with the form
        data, refused = uploads.attached(request)
    # Only who types a prefill pays for knowing whether there can be one.
    off = screen.of(conversation).prefill_off if data.get("prefill") else ""
    return kind(data, prefill_off=off, refused=refused)


def _again(
    request: Request, conversation: Conversation, form: ComposerForm
) -> HttpResponse:
    """The sentence at its place. The page keeps what was typed; without htmx it is
    made anew with all of it."""
    if not request.htmx:
        return page.full(request, screen.of(conversation), form=form, status=422)
    context = {"errors": sentences(form)}
    response = render(request, "editor/_composer_errors.html", context, status=422)
    return reswap(retarget(response, "#composer-errors"), "outerHTML")
