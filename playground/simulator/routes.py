"""What each address of the API does. Refusals are raised, responses returned."""

from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from datetime import date
from typing import Any
from urllib.parse import unquote

from playground.simulator import (
    listing,
    multipart,
    signatures,
    streaming,
    wire,
)
from playground.simulator.answers import Answer, answer
from playground.simulator.call import Call, Response, once
from playground.simulator.prompt import Prompt
from playground.simulator.request import Request, invalid, parse, read
from playground.simulator.wire import Refusal

Route = Callable[..., Awaitable[Response]]

WEB_PAGE = b"<!doctype html><title>Log in</title><h1>Please log in to the network</h1>"
JSON_LINES = "application/x-jsonl"
"""The type of batch results."""


async def messages(call: Call) -> Response:
    request, given = await call.work(lambda: answered(call, call.body, call.headers))
    call.workspace.meter.spend(0, request.input_tokens, given.output_tokens)
    if given.manner == "page":
        headers = wire.headers("text/html; charset=utf-8", call.request_id)
        return Response(200, headers, once(WEB_PAGE))
    if request.params.get("stream") is True:
        headers = wire.headers(wire.EVENT_STREAM, call.request_id)
        chunks = streaming.stream(request, given, call.speed)
        return Response(200, headers, chunks, streams=True)
    if given.manner == "error":
        raise Refusal(529, "overloaded_error", "Overloaded")
    headers = wire.headers(wire.JSON, call.request_id)
    chunks = streaming.at_once(request, given, call.speed)
    breaks = given.manner in ("cut", "silence")
    return Response(200, headers, chunks, streams=breaks)


def answered(
    call: Call,
    body: bytes | Mapping[str, Any],
    headers: Mapping[str, str],
    *,
    batched: bool = False,
) -> tuple[Request, Answer]:
    """The request in a body and what is answered to it. Raises Refusal."""
    request = read(body, headers, batched=batched)
    signatures.check(request)
    before = _attempts_before(headers)
    for drill in Prompt(request).drills:
        if drill.refusal is not None and drill.refuses(before):
            raise drill.refusal
    given = answer(request)
    given.cached = call.workspace.cache.use(request)
    return request, given


def _attempts_before(headers: Mapping[str, str]) -> int:
    """How often the SDK has tried already; whoever does not count starts anew."""
    count = headers.get("x-stainless-retry-count", "")
    return int(count) if count.isascii() and count.isdigit() and len(count) < 9 else 0


async def count_tokens(call: Call) -> Response:
    def count() -> int:
        request = read(call.body, call.headers, counting=True)
        signatures.check(request)
        return request.input_tokens

    return call.json({"input_tokens": await call.work(count)})


async def complete(call: Call) -> Response:
    model = (await call.work(lambda: parse(call.body))).get("model")
    words = f'"{model}" is not supported on this API. Please use the Messages API '
    raise invalid(f"{words}instead.")


async def list_models(call: Call) -> Response:
    return call.json(listing.page(call.query, date.today()))


async def one_model(call: Call, id: str) -> Response:
    return call.json(listing.one(id, date.today()))


# Batches


async def create_batch(call: Call) -> Response:
    def create() -> dict[str, Any]:
        whole = parse(call.body)
        batches = call.workspace.batches
        kept = {k: v for k, v in call.headers.items() if k.startswith("anthropic-")}
        return batches.create(whole, len(call.body), kept).as_json(call.base)

    return call.json(await call.work(create))


async def list_batches(call: Call) -> Response:
    await _settle(call)
    return call.json(call.workspace.batches.page(dict(call.query), call.base))


async def one_batch(call: Call, id: str) -> Response:
    await _settle(call)
    return call.json(call.workspace.batches.one(id).as_json(call.base))


async def cancel_batch(call: Call, id: str) -> Response:
    await _settle(call)
    return call.json(call.workspace.batches.cancel(id).as_json(call.base))


async def delete_batch(call: Call, id: str) -> Response:
    await _settle(call)
    return call.json(call.workspace.batches.delete(id))


async def batch_results(call: Call, id: str) -> Response:
    await _settle(call)
    lines = call.workspace.batches.results(id)
    headers = wire.headers(JSON_LINES, call.request_id)
    return Response(200, headers, _each(lines), streams=True)


async def _each(lines: Sequence[bytes]) -> AsyncIterator[bytes]:
    for line in lines:
        yield line


async def _settle(call: Call) -> None:
    def one(params: Mapping[str, Any], headers: Mapping[str, str]) -> dict[str, Any]:
        request, given = answered(call, params, headers, batched=True)
        message = streaming.whole(request, given)
        message["usage"]["service_tier"] = "batch"
        return message

    batches = call.workspace.batches
    if batches.is_due():
        await call.work(lambda: batches.settle(one), always_off=True)


# Files


async def upload_file(call: Call) -> Response:
    def upload() -> dict[str, Any]:
        kind = call.headers.get("content-type", "")
        return call.workspace.files.upload(multipart.parts(kind, call.body))

    return call.json(await call.work(upload))


async def list_files(call: Call) -> Response:
    return call.json(call.workspace.files.page(call.query))


async def one_file(call: Call, id: str) -> Response:
    return call.json(call.workspace.files.one(id).metadata())


async def file_content(call: Call, id: str) -> Response:
    raise call.workspace.files.refuse_content(id)


async def delete_file(call: Call, id: str) -> Response:
    return call.json(call.workspace.files.delete(id))


_ROUTES: dict[str, dict[str, Route]] = {
    "messages": {"POST": messages},
    "messages/count_tokens": {"POST": count_tokens},
    "messages/batches": {"POST": create_batch, "GET": list_batches},
    "messages/batches/*": {"GET": one_batch, "DELETE": delete_batch},
    "messages/batches/*/cancel": {"POST": cancel_batch},
    "messages/batches/*/results": {"GET": batch_results},
    "complete": {"POST": complete},
    "models": {"GET": list_models},
    "models/*": {"GET": one_model},
    "files": {"POST": upload_file, "GET": list_files},
    "files/*": {"GET": one_file, "DELETE": delete_file},
    "files/*/content": {"GET": file_content},
}


def find(method: str, path: str) -> tuple[Route, list[str]]:
    """What answers a path, and the ids in it. Raises Refusal 404 and 405."""
    version, *steps = path.strip("/").split("/")
    for pattern, methods in _ROUTES.items():
        ids = _ids(pattern.split("/"), steps)
        if version != "v1" or ids is None:
            continue
        if method not in methods:
            raise Refusal(405, "invalid_request_error", "Method Not Allowed")
        return methods[method], ids
    raise Refusal(404, "not_found_error", "Not found")


def _ids(pattern: list[str], steps: list[str]) -> list[str] | None:
    """What stands at the stars; None when the steps are others."""
    if len(pattern) != len(steps):
        return None
    pairs = list(zip(pattern, steps, strict=True))
    if any(want not in ("*", step) for want, step in pairs):
        return None
    return [unquote(step) for want, step in pairs if want == "*"]
