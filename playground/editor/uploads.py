"""Images on their way into the composer: files to rows, and drafts to estimates."""

from collections.abc import Sequence
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from conversations import history, images, pictures
from conversations.editing import Draft
from conversations.models import Image
from conversations.views.requests import Request
from playground import payload

FIELD = "files"


def accept(request: Request, upload: UploadedFile) -> Image | pictures.Refused:
    """Store an upload as the person's image, or return why it is none."""
    try:
        return images.accept(upload, request.user)
    except pictures.Refused as refused:
        return refused


def attached(request: Request) -> tuple[QueryDict, list[str]]:
    """Return the posted fields with the files beside them attached as images, and
    the sentences about files that are no images."""
    data = request.POST.copy()
    refused = []
    for upload in request.FILES.getlist(FIELD):
        image = accept(request, upload)
        if isinstance(image, Image):
            data.appendlist("image", str(image.pk))
        else:
            refused.append(str(image))
    return data, refused


def messages(user: Any, drafts: Sequence[Draft]) -> list[dict[str, Any]]:
    """Return drafts as messages whose images have their sizes, for an estimate."""
    ids = [pk for draft in drafts for pk in history.image_ids(draft.blocks)]
    shown = Image.objects.filter(owner=user).in_bulk(ids)
    return [
        {"role": draft.role, "content": payload.sized(list(draft.blocks), shown)}
        for draft in drafts
    ]
