"""Uploading images into the composer."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_POST

from conversations import access, pictures
from conversations.views.requests import Request

from .. import composer, screen, uploads

NO_FILE = "No file came with this request."


@require_POST
def upload(request: Request, pk: UUID) -> HttpResponse:
    """Store the files and answer with their cards; another status when one is none."""
    shown = screen.of(access.conversation(request.user, pk))
    files = request.FILES.getlist(uploads.FIELD)
    if not files:
        return HttpResponse(NO_FILE, status=422, content_type="text/plain")
    found = [(uploads.accept(request, file), file.name or "image") for file in files]
    context = {"pictures": [composer.picture(*each, shown) for each in found]}
    refused = [each for each, _ in found if isinstance(each, pictures.Refused)]
    status = uploads.status(refused)
    response = render(request, "editor/_attached_list.html", context, status=status)
    if status == 503:
        response["Retry-After"] = str(uploads.RETRY_SECONDS)
    return response
