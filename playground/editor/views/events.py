"""The live stream of a page: its runs and where the head is."""

import uuid

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from conversations import access
from playground.runs.live import hub


@require_safe
async def events(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Stream server-sent events until the page goes or the server stops."""
    user = await request.auser()
    conversation = await sync_to_async(access.conversation)(user, pk)
    number = conversation.head.number if conversation.head else 0
    response = StreamingHttpResponse(
        hub.watch(conversation.pk, number), content_type="text/event-stream"
    )
    response["Cache-Control"] = "no-store"
    # Some proxies hold back what streams unless they are told.
    response["X-Accel-Buffering"] = "no"
    return response
