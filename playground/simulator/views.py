"""The engine over HTTP: who may call, what was sent, and the answer as it comes."""

import asyncio

from asgiref.sync import sync_to_async
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.views.decorators.csrf import csrf_exempt

from playground.simulator import engine, keys, wire
from playground.simulator.wire import Refusal


# A key opens it, not a session; so no other site can use a person's cookies on it.
@csrf_exempt
@login_not_required
async def simulator(request: HttpRequest, path: str) -> HttpResponseBase:
    """Any request of the Messages API."""
    try:
        await _check_key(request)
        body = await _body(request)
    except Refusal as refusal:
        return await _sent(engine.refused(refusal, wire.new_id("req")))
    query = request.META.get("QUERY_STRING", "")
    answer = await engine.respond(
        request.method or "",
        f"/{path}?{query}" if query else f"/{path}",
        request.headers,
        body,
        speed=settings.SIMULATOR_SPEED,
        base=request.build_absolute_uri(request.path.removesuffix(f"/{path}")),
    )
    return await _sent(answer)


async def _check_key(request: HttpRequest) -> None:
    """In a team only people with an account may use it; alone, any key will do."""
    given = engine.key_of({name.lower(): v for name, v in request.headers.items()})
    good = bool(given)
    if good and settings.ACCESS == "accounts":
        good = await sync_to_async(keys.verify)(given)
    if not good:
        raise engine.unauthenticated(given)


async def _body(request: HttpRequest) -> bytes:
    """The bytes sent. Read past Django's own limit, which answers 400 and not 413."""
    body = await asyncio.to_thread(request.read, engine.MAX_BODY + 1)
    if len(body) > engine.MAX_BODY:
        raise engine.too_large()
    # Django closes it after an answer that ends well, and a drill may break one off.
    request._stream.close()
    return body


async def _sent(answer: engine.Response) -> HttpResponseBase:
    response: HttpResponseBase
    if answer.streams:
        response = StreamingHttpResponse(answer.chunks, status=answer.status)
        # A proxy in between that collects the answer would undo the streaming.
        response["x-accel-buffering"] = "no"
    else:
        whole = b"".join([chunk async for chunk in answer.chunks])
        response = HttpResponse(whole, status=answer.status)
    for name, value in answer.headers.items():
        response[name] = value
    return response
