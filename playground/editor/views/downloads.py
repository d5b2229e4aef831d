"""What is too large for a page: whole requests and event streams, as files.

They are sent a little at a time, so that a large one takes no more memory.
"""

from collections.abc import AsyncIterator, Iterator
from uuid import UUID

from asgiref.sync import sync_to_async
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from conversations import access, history
from playground import payload
from playground.payload import sources

from .. import curl, event_log, screen

TEXT = "text/plain; charset=utf-8"
LOST = (
    "An image of this request is missing on the server's disk, so the request cannot "
    "be written out."
)


@require_safe
async def request_json(request: HttpRequest, pk: UUID) -> HttpResponseBase:
    """The body that *Send* would send now."""
    user = await request.auser()

    def made() -> list[sources.Piece]:
        head = history.head(access.conversation(user, pk))
        return screen.payload_as_sent(head)[0].pieces()

    return await _body(await sync_to_async(made)(), curl.FILE)


@require_safe
async def run_json(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The body that a run sent, byte for byte."""
    user = await request.auser()

    def made() -> list[sources.Piece]:
        return payload.of_run(access.run(user, pk)).pieces()

    return await _body(await sync_to_async(made)(), f"run-{pk}-{curl.FILE}")


@require_safe
async def run_text(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The event stream of a run as it came, with its times in comments."""
    run = await sync_to_async(access.run)(await request.auser(), pk)
    return _file(event_log.raw(run), f"run-{pk}-events.txt", "text/plain")


async def _body(pieces: list[sources.Piece], name: str) -> HttpResponseBase:
    if await sync_to_async(sources.lost)(pieces):
        return HttpResponse(LOST, status=409, content_type=TEXT)
    response = _file(sources.written(pieces), name, "application/json")
    response["Content-Length"] = str(sources.length(pieces))
    return response


def _file(parts: Iterator[bytes], name: str, kind: str) -> HttpResponseBase:
    response = StreamingHttpResponse(
        _read(parts), content_type=f"{kind}; charset=utf-8"
    )
    response["Content-Disposition"] = content_disposition_header(True, name) or ""
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


async def _read(parts: Iterator[bytes]) -> AsyncIterator[bytes]:
    """Read on another thread: files and the database would hold up everybody."""

    @sync_to_async
    def following() -> bytes | None:
        return next(parts, None)

    while (part := await following()) is not None:
        yield part
