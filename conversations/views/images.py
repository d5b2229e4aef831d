"""Serves images: to members at their own address, to visitors under a token."""

import re

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header, parse_etags, quote_etag
from django.views.decorators.http import require_safe

from conversations import access, images, sharing
from conversations.models import Image

from .requests import Request
from .shared import open_share

EXTENSIONS = {
    "image/jpeg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
}
# The bytes never change, but who may see them does: only the reader's own browser
# keeps them.
MEMBERS_CACHE = "private, max-age=31536000, immutable"
# A revoked link must end at once, so a visitor's browser asks each time.
VISITORS_CACHE = "private, no-cache"


@require_safe
def image(request: Request, pk: int) -> HttpResponse:
    """The bytes of an image the person may see."""
    return _bytes(request, access.image(request.user, pk), MEMBERS_CACHE)


@login_not_required
@require_safe
def share_image(request: HttpRequest, token: str, image_pk: int) -> HttpResponse:
    """The bytes of an image that the share shows, and of no other."""
    share = open_share(request, token)
    if isinstance(share, HttpResponse):
        return share
    found = sharing.shown_images(share).get(image_pk)
    if found is None:
        raise Http404
    response = _bytes(request, found, VISITORS_CACHE)
    response["X-Robots-Tag"] = "noindex"
    return response


def _bytes(request: HttpRequest, found: Image, cache: str) -> HttpResponse:
    etag = quote_etag(found.hash)
    response: HttpResponse
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponseNotModified()
    else:
        try:
            data = images.read(found)
        except FileNotFoundError as error:
            raise Http404 from error
        # Not a FileResponse: under ASGI it is read whole by a thread anyway.
        response = HttpResponse(data, content_type=found.media_type)
        name = content_disposition_header(False, file_name(found))
        response["Content-Disposition"] = name or "inline"
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
