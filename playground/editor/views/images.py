"""Images of the composer and of turns: uploading, and the tools on each."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import reswap, trigger_client_event

from conversations import access, history, pictures
from conversations.models import Conversation, Image
from conversations.turn_rows import UnknownImage
from conversations.views.requests import Request

from .. import (
    changes,
    composer,
    media,
    page,
    places,
    retouching,
    screen,
    uploads,
)
from ..forms import ComposerForm, sentences
from ..retouching import ToolForm
from ..writing import as_blocks
from . import asking

NO_FILE = "No file came with this request."


@require_http_methods(["GET", "HEAD", "POST"])
def images(request: Request, pk: UUID) -> HttpResponse:
    """GET: the person's images to choose from. POST: attach files, one of those, or
    an address; answers with their cards."""
    conversation = access.conversation(request.user, pk)
    if request.method != "POST":
        address = reverse("editor:images", args=[pk])
        return _mine(request, conversation, {"address": address})
    shown = screen.of(conversation)
    if not request.FILES and ("image" in request.POST or "url" in request.POST):
        return _chosen(request, shown)
    files = request.FILES.getlist(uploads.FIELD)
    if not files:
        return HttpResponse(NO_FILE, status=422, content_type="text/plain")
    found = [(uploads.accept(request, file), file.name or "image") for file in files]
    cards = [composer.picture(*each, shown) for each in found]
    refused = [each for each, _ in found if isinstance(each, pictures.Refused)]
    return _cards(request, pk, cards, uploads.status(refused))


def _cards(
    request: Request, pk: UUID, cards: list[media.Picture], status: int = 200
) -> HttpResponse:
    context = {"pictures": cards, "conversation": pk}
    response = render(request, "editor/_attached_list.html", context, status=status)
    if status == 503:
        response["Retry-After"] = str(uploads.RETRY_SECONDS)
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@asking.refusals_told
def turn_images(request: Request, pk: UUID, slot: str) -> HttpResponse:
    """GET: what may be put into that turn. POST: put files, images or an address
    there."""
    conversation = access.conversation(request.user, pk)
    if request.method != "POST":
        head = history.head(conversation)
        access.turn_of(head, slot)
        address = reverse("editor:turn-images", args=[pk, slot])
        context = {"address": address, "slot": slot, "base": head.number}
        return _mine(request, conversation, context | {"accept": uploads.accepted()})
    base = asking.base_of(request, conversation)
    made_on = access.revision_of(conversation, base)
    data, refused = uploads.attached(request)
    form = ComposerForm(data, refused=refused)
    if not form.is_valid() or not form.attached():
        told = " ".join(sentences(form)) or NO_FILE
        return asking.answer(request, conversation, notice=told, status=422)
    change = retouching.addition(made_on, slot, form.attached_blocks())
    try:
        head = changes.commit(conversation, request.user, base, change)
    except UnknownImage as error:
        return asking.answer(request, conversation, notice=str(error), status=422)
    return asking.answer(request, conversation, head)


def _mine(
    request: Request, conversation: Conversation, context: dict[str, Any]
) -> HttpResponse:
    page_number = request.GET.get("page", "")
    context |= {
        "conversation": conversation,
        "page": uploads.mine(request.user, page_number),
    }
    template = "_mine" if request.htmx else "mine"
    return render(request, f"editor/{template}.html", context)


def _chosen(request: Request, shown: screen.Screen) -> HttpResponse:
    """The cards of images that are there already, or elsewhere."""
    data, _ = uploads.attached(request)
    form = ComposerForm(data)
    if not form.is_valid():
        return _told(" ".join(sentences(form)))
    if not request.htmx:
        return page.full(request, shown, form=form)
    cards = composer.attached(request, shown, form)
    if not cards:
        return _told("That image is not there any more.")
    uploads.hold(cards)
    return _cards(request, shown.conversation.pk, cards)


@require_http_methods(["GET", "HEAD", "POST"])
def image(request: Request, pk: UUID, image_pk: int) -> HttpResponse:
    """GET: the tools on an attached image. POST: use one; its card comes back."""
    conversation = access.conversation(request.user, pk)
    found = _picture(request, image_pk)
    address = reverse("editor:image", args=[pk, image_pk])
    if request.method != "POST":
        return _dialog(request, conversation, address, retouching.dialog(found))
    form = ToolForm(request.POST)
    if not form.is_valid() or form.cleaned_data["action"] not in retouching.DONE:
        return _told(form.sentence() or "There is no such tool here.")
    try:
        made = retouching.retouched(found, request.user, form)
    except pictures.Refused as refused:
        return _told(str(refused))
    card = media.of(made, screen.of(conversation).made.model)
    context = {"picture": card, "conversation": pk}
    return render(request, "editor/_attached.html", context)


def _picture(request: Request, pk: int) -> Image:
    """An image the person may see; a document has no tools."""
    found = access.image(request.user, pk)
    if found.pages is not None:
        raise Http404
    return found


def _told(sentence: str) -> HttpResponse:
    response = HttpResponse(sentence, status=422, content_type="text/plain")
    notice = {"text": sentence, "failed": True}
    return trigger_client_event(reswap(response, "none"), "notice", notice)


@require_http_methods(["GET", "HEAD", "POST"])
@asking.refusals_told
def block(request: Request, pk: UUID, slot: str, place: str) -> HttpResponse:
    """GET: the tools on the image at that place of a turn. POST: use one."""
    conversation = access.conversation(request.user, pk)
    if request.method != "POST":
        return _tools_of_block(request, conversation, slot, place)
    base = asking.base_of(request, conversation)
    form = ToolForm(request.POST)
    made_on = access.revision_of(conversation, base)
    if not form.is_valid():
        return asking.answer(request, conversation, notice=form.sentence(), status=422)
    try:
        at = places.read(place)
        change = retouching.change(made_on, slot, at, form, request.user)
    except places.Elsewhere:
        return asking.answer(request, conversation, notice=retouching.MOVED, status=409)
    head = changes.commit(conversation, request.user, base, change)
    return asking.answer(request, conversation, head)


def _tools_of_block(
    request: Request, conversation: Conversation, slot: str, place: str
) -> HttpResponse:
    blocks = as_blocks(access.turn_at_head(conversation, slot).blocks)
    try:
        at = places.read(place)
        pk = retouching.image_id(places.at(blocks, at))
    except places.Elsewhere as error:
        raise Http404 from error
    found = _picture(request, pk or 0)
    context = {"slot": slot, **retouching.dialog(found, blocks, at)}
    address = reverse("editor:block", args=[conversation.pk, slot, place])
    return _dialog(request, conversation, address, context)


def _dialog(
    request: Request, conversation: Conversation, address: str, context: dict[str, Any]
) -> HttpResponse:
    base = history.head(conversation).number
    context |= {"conversation": conversation, "address": address, "base": base}
    template = "_tools" if request.htmx else "tools"
    return render(request, f"editor/{template}.html", context)
