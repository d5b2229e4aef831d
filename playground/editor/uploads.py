"""Images on their way into the composer: files to rows, and drafts to estimates."""

from collections.abc import Iterable, Sequence
from importlib.util import find_spec
from typing import Any

from django.contrib.auth.models import User
from django.core.files.uploadedfile import UploadedFile
from django.core.paginator import Page, Paginator
from django.http import QueryDict

from conversations import editing, images, pictures, turn_rows
from conversations.editing import Draft
from conversations.models import Image
from conversations.views.requests import Request
from playground.payload import sources

from . import media

FIELD = "files"
# By the codes of `pictures.Refused`; 422 where the picture itself is the trouble.
STATUS = {"bytes": 413, "type": 415, "busy": 503, "unavailable": 503}
RETRY_SECONDS = 2
IMAGES_A_PAGE = 24
KINDS = ["jpeg", "png", "gif", "webp", "avif", "tiff", "bmp"]


def accepted() -> str:
    """Return what a file chooser offers.

    HEIC only where it can be decoded: phones turn it into JPEG where it is not asked
    for.
    """
    heic = ["heic", "heif"] if find_spec("pillow_heif") else []
    images = [f"image/{kind}" for kind in [*KINDS, *heic]]
    return ",".join([*images, "application/pdf"])


def status(refused: Iterable[pictures.Refused]) -> int:
    """Return the status that says why; 503 only if nothing but waiting helps."""
    found = {STATUS.get(each.code, 422) for each in refused}
    return min(found, default=200)


def accept(request: Request, upload: UploadedFile) -> Image | pictures.Refused:
    """Store an upload as the person's image, or return why it is none."""
    try:
        return images.accept(upload, request.user)
    except pictures.Refused as refused:
        return refused


def attached(request: Request) -> tuple[QueryDict, list[str]]:
    """Return the posted fields with what came beside them attached as images: files,
    and an address; and the sentences about files that are no images."""
    data = request.POST.copy()
    refused = []
    for upload in request.FILES.getlist(FIELD):
        image = accept(request, upload)
        if isinstance(image, Image):
            data.appendlist("image", media.value_of(image))
        else:
            refused.append(str(image))
    if address := request.POST.get("url", "").strip():
        data.appendlist("image", f"{editing.BY_URL}{address}")
    return data, refused


def hold(cards: Iterable[media.Picture]) -> None:
    """Note that the composer shows these images, wherever else they go."""
    images.attach_again(card.id for card in cards if card.id is not None)


def mine(user: User, number: str) -> Page[Image]:
    """Return a page of the person's images, those attached last first."""
    found = user.images.order_by("-attached_at", "-pk")
    return Paginator(found, IMAGES_A_PAGE).get_page(number)


def messages(user: Any, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """Return drafts as messages whose images have their sizes, for an estimate."""
    ids = [pk for draft in drafts for pk in turn_rows.image_ids(draft.blocks)]
    shown = Image.objects.filter(owner=user).in_bulk(ids)
    return [
        {"role": draft.role, "content": sources.sized(list(draft.blocks), shown)}
        for draft in drafts
    ]
