"""Serves images: to members at their own address, to visitors under a token."""

import re
from collections.abc import Callable

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, parse_etags, quote_etag
from django.views.decorators.http import require_safe

from conversations import access, images, pictures, sharing, thumbnails
from conversations.models import Image

from .requests import Request
from .shared import open_share

SHOWN = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
EXTENSIONS = {**SHOWN, "application/pdf": "pdf"}
# The bytes never change, but who may see them does: only the reader's own browser
# keeps them.
MEMBERS_CACHE = "private, max-age=31536000, immutable"
# A revoked link must end at once, so a visitor's browser asks each time.
VISITORS_CACHE = "private, no-cache"


@require_safe
def image(request: Request, pk: int) -> HttpResponse:
    """The bytes of an image the person may see."""
    return _bytes(request, access.image(request.user, pk), MEMBERS_CACHE)


@require_safe
def thumbnail(request: Request, pk: int) -> HttpResponse:
    """A small version of an image the person may see."""
    return _small(request, access.image(request.user, pk), MEMBERS_CACHE)


@login_not_required
@require_safe
def share_image(request: HttpRequest, token: str, image_pk: int) -> HttpResponse:
    """The bytes of an image that the share shows, and of no other."""
    return _of_share(request, token, image_pk, _bytes)


@login_not_required
@require_safe
def share_thumbnail(request: HttpRequest, token: str, image_pk: int) -> HttpResponse:
    """A small version of an image that the share shows, and of no other."""
    return _of_share(request, token, image_pk, _small)


def _of_share(
    request: HttpRequest, token: str, pk: int, answer: Callable[..., HttpResponse]
) -> HttpResponse:
    share = open_share(request, token)
    if isinstance(share, HttpResponse):
        return share
    found = sharing.shown_images(share).get(pk)
    if found is None:
        raise Http404
    response = answer(request, found, VISITORS_CACHE)
    response["X-Robots-Tag"] = "noindex"
    return response


def _bytes(request: HttpRequest, found: Image, cache: str) -> HttpResponse:
    def read() -> HttpResponse:
        # Not a FileResponse: under ASGI it is read whole by a thread anyway.
        response = HttpResponse(images.read(found), content_type=found.media_type)
        # No browser shows a PDF under the policy below.
        is_saved = found.media_type not in SHOWN
        name = content_disposition_header(is_saved, file_name(found))
        response["Content-Disposition"] = name or "inline"
        return response

    return _answer(request, found.hash, cache, read)


def _small(request: HttpRequest, found: Image, cache: str) -> HttpResponse:
    if found.media_type not in SHOWN:
        raise Http404

    def read() -> HttpResponse:
        data = thumbnails.read(found)
        return HttpResponse(data, content_type=thumbnails.MEDIA_TYPE)

    try:
        return _answer(request, f"{found.hash}-{thumbnails.SIDE}", cache, read)
    except pictures.Refused:
        # Nobody waits for a small picture: the large one is shown, this time.
        return _bytes(request, found, "private, no-store")


def _answer(
    request: HttpRequest, tag: str, cache: str, read: Callable[[], HttpResponse]
) -> HttpResponse:
    etag = quote_etag(tag)
    response: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        try:
            response = read()
        except FileNotFoundError as error:
            raise Http404 from error
    response["ETag"] = etag
    response["Cache-Control"] = cache
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    patch_vary_headers(response, ["Cookie"])
    return response


def file_name(found: Image) -> str:
    """Return the name to save under: the original's, with the master's extension."""
    stem = re.sub(r"\.\w{1,5}$", "", found.original_name)
    plain = re.sub(r"[^\w .()-]", "_", stem).strip(" .") or "image"
    return f"{plain[:100]}.{EXTENSIONS.get(found.media_type, 'bin')}"
