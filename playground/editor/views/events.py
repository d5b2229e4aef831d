"""The live stream of a page: its runs and where the head is."""

import uuid
from collections.abc import AsyncIterator
from typing import cast

from asgiref.sync import sync_to_async
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.views.decorators.http import require_safe

from conversations import access
from conversations.access import Admission
from playground.runs.live import hub


class _EventStream(StreamingHttpResponse):
    """Gives its bytes as they are: Django would pass each token through two more
    generators."""

    def __init__(self, events: AsyncIterator[bytes], content_type: str) -> None:
        super().__init__(events, content_type=content_type)
        self._events = events

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._events


@require_safe
async def events(request: HttpRequest, pk: uuid.UUID) -> HttpResponseBase:
    """Stream server-sent events until the page goes or the server stops."""
    user = await request.auser()
    conversation = await sync_to_async(access.conversation)(user, pk)
    number = conversation.head.number if conversation.head else 0
    # None where no server is: a test that asks Django itself.
    send = getattr(request, "scope", {}).get("send")
    session = getattr(request, "session", None)
    admission = Admission.of(cast(User, user), session.session_key if session else None)
    watch = hub.watch(conversation.pk, number, send, admission)
    response = _EventStream(watch, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    # Some proxies hold back what streams unless they are told.
    response["X-Accel-Buffering"] = "no"
    return response
