"""What goes out, what comes back, and how the connection ends."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings as project

from playground.claude import client, endpoints
from playground.claude.message import Message
from playground.claude.stream import Opened, count_tokens, stream
from playground.simulator.transport import SimulatorTransport

from .wire import (
    BODY,
    HEADERS,
    KEY,
    Chunks,
    Heard,
    Raw,
    anthropic,
    collect,
    events,
    leave,
    serve,
)

PING = b'event: ping\ndata: {"type": "ping"}\n\n'
STOP = b'event: message_stop\ndata: {"type":"message_stop"}\n\n'
VARIABLES = (
    "API_KEY",
    "AUTH_TOKEN",
    "BASE_URL",
    "PROFILE",
    "CONFIG_DIR",
    "WEBHOOK_SIGNING_KEY",
    "IDENTITY_TOKEN",
    "FEDERATION_RULE_ID",
    "ORGANIZATION_ID",
    "WORKSPACE_ID",
    "SCOPE",
    "MODEL",
)


def test_the_body_leaves_byte_for_byte(monkeypatch, settings):
    server = serve(monkeypatch, settings, lambda request: events(STOP))
    collect()
    assert server.requests[0].content == BODY
    assert server.requests[0].headers["content-type"] == "application/json"
    assert server.requests[0].url.path == "/v1/messages"


def test_our_headers_and_our_key_go_with_it(monkeypatch, settings):
    server = serve(monkeypatch, settings, lambda request: events(STOP))
    collect(**{"anthropic-version": "2023-06-01", "anthropic-beta": "a,b"})
    headers = server.requests[0].headers
    assert headers["anthropic-version"] == "2023-06-01"
    assert headers["anthropic-beta"] == "a,b"
    assert headers["authorization"] == f"Bearer {KEY}"


def test_no_variable_of_the_environment_reaches_a_request(monkeypatch, settings):
    for name in VARIABLES:
        monkeypatch.setenv(f"ANTHROPIC_{name}", "http://garbage.invalid")
    custom = "x-garbage: 1\nauthorization: Bearer garbage\nanthropic-version: garbage"
    monkeypatch.setenv("ANTHROPIC_CUSTOM_HEADERS", custom)
    server = serve(monkeypatch, settings, lambda request: events(STOP))
    collect()
    sent = server.requests[0]
    assert "garbage" not in f"{sent.url}{sent.headers.raw}"
    assert sent.url.host == "api.anthropic.com"
    assert sent.headers["authorization"] == f"Bearer {KEY}"
    assert sent.headers["anthropic-version"] == "2026-10-21"


def test_every_event_comes_in_order_with_all_its_bytes(monkeypatch, settings):
    cut = (PING + STOP)[:30], (PING + STOP)[30:]
    serve(monkeypatch, settings, lambda request: events(*cut, **{"set-cookie": "c=1"}))
    (opened, *came), error = collect()
    assert error is None
    assert isinstance(opened, Opened)
    assert (opened.request_id, opened.exchange.status) == ("req_1", 200)
    assert opened.exchange.came["set-cookie"] == "(left out)"
    assert opened.exchange.sent["authorization"] == "(left out)"
    assert opened.exchange.sent["anthropic-version"] == "2026-10-21"
    assert KEY not in str(opened)
    stop = Raw("message_stop", '{"type":"message_stop"}')
    assert came == [Raw("ping", '{"type": "ping"}'), stop]


RECORDED = Path(project.BASE_DIR).parent / "shared/recorded/exchanges"


@pytest.mark.skipif(not RECORDED.exists(), reason="no recordings beside the project")
def test_recorded_streams_are_kept_whole_however_they_are_cut(monkeypatch, settings):
    replayed = 0
    for path in sorted(RECORDED.glob("*.json")):
        exchange = json.loads(path.read_text("utf-8"))
        if exchange["status"] != 200 or not exchange.get("sse_raw"):
            continue
        raw = exchange["sse_raw"].encode()
        parts = [raw[n : n + 97] for n in range(0, len(raw), 97)]
        serve(monkeypatch, settings, lambda request, parts=parts: events(*parts))
        (_, *came), _ = collect()
        kept = [(each.name, json.loads(each.data)) for each in came]
        sent = [(each["event"], each["data"]) for each in exchange["sse_events"]]
        assert kept == sent, path.name
        replayed += 1
    assert replayed > 10


def test_a_failed_attempt_is_repeated_with_the_same_bytes(monkeypatch, settings):
    answers = iter([httpx2.Response(529), events(STOP)])
    server = serve(monkeypatch, settings, lambda request: next(answers))
    _, error = collect()
    assert error is None
    assert [each.content for each in server.requests] == [BODY, BODY]


def test_cancelling_closes_the_connection(monkeypatch, settings):
    chunks = Chunks(PING, held=True)
    serve(monkeypatch, settings, lambda request: events(chunks))

    async def read_one() -> None:
        heard = Heard()
        streaming = asyncio.create_task(stream(anthropic(), BODY, HEADERS, heard))
        await heard.until(2)
        await leave(streaming)

    async_to_sync(read_one)()
    assert chunks.is_closed


def test_what_a_listener_raises_ends_the_stream(monkeypatch, settings):
    chunks = Chunks(PING, PING, STOP)
    serve(monkeypatch, settings, lambda request: events(chunks))

    class Broken(Heard):
        def came(self, events: object) -> None:
            raise LookupError("a bug")

    with pytest.raises(LookupError, match="a bug"):
        async_to_sync(stream)(anthropic(), BODY, HEADERS, Broken())
    assert chunks.is_closed
    assert chunks.given == 1


def test_a_proxy_that_drops_names_does_not_make_the_end_invisible(
    monkeypatch, settings
):
    unnamed = b'data: {"type":"message_stop"}\n\n'
    serve(monkeypatch, settings, lambda request: events(unnamed))
    assert collect()[1] is None


def test_tokens_are_counted_by_the_endpoint(monkeypatch, settings):
    answer = httpx2.Response(200, json={"input_tokens": 14})
    server = serve(monkeypatch, settings, lambda request: answer)
    assert async_to_sync(count_tokens)(anthropic(), BODY) == 14
    assert server.requests[0].url.path == "/v1/messages/count_tokens"
    assert server.requests[0].content == BODY


def test_without_a_key_there_is_only_the_simulator(settings):
    settings.ANTHROPIC_API_KEY = ""
    assert [each.name for each in endpoints.available()] == ["simulator"]
    assert endpoints.default().simulated
    assert endpoints.get("anthropic") is None


def test_with_a_key_anthropic_comes_first_and_the_simulator_stays(settings):
    settings.ANTHROPIC_API_KEY = KEY
    settings.ANTHROPIC_BASE_URL = "http://user:hunter2@proxy.example/api"
    first, second = endpoints.available()
    assert (first.name, second.name) == ("anthropic", "simulator")
    assert "proxy.example" in first.label
    assert "hunter2" not in first.label


def simulated(**params: object) -> tuple[list, Exception | None]:
    body = {
        "model": "claude-opus-5-5",
        "max_tokens": 300,
        "messages": [{"role": "user", "content": "Use get_weather, please"}],
        "stream": True,
        **params,
    }
    return collect(endpoints.SIMULATOR, json.dumps(body).encode())


TOOL = {
    "name": "get_weather",
    "input_schema": {"type": "object", "properties": {"city": {"type": "string"}}},
}


@pytest.mark.parametrize("params", [{}, {"tools": [TOOL]}, {"max_tokens": 3}])
def test_the_simulator_adds_up_to_what_it_answers_without_streaming(params):
    (_, *came), error = simulated(**params)
    assert error is None
    message = Message()
    for each in came:
        message.feed(each.name, each.data)

    async def whole() -> dict:
        async with httpx2.AsyncClient(transport=SimulatorTransport()) as http:
            sdk = client.AsyncAnthropic(
                api_key="x", base_url="http://simulator.invalid", http_client=http
            )
            made = await sdk.messages.create(
                model="claude-opus-5-5",
                messages=[{"role": "user", "content": "Use get_weather, please"}],
                **{"max_tokens": 300, **params},
            )
            return made.to_dict()

    assert message.message == async_to_sync(whole)()


def test_the_simulator_can_be_warmed_and_closed():
    async def both() -> None:
        await client.warm()
        await client.close()

    async_to_sync(both)()


def test_a_connection_that_does_not_close_is_left_to_itself(monkeypatch, settings):
    monkeypatch.setattr("playground.claude.stream.CLOSING", 0.01)

    class Stuck(Chunks):
        async def aclose(self) -> None:
            await asyncio.Event().wait()

    serve(monkeypatch, settings, lambda request: events(Stuck(PING, held=True)))

    @async_to_sync
    async def read_and_leave() -> None:
        heard = Heard()
        streaming = asyncio.create_task(stream(anthropic(), BODY, HEADERS, heard))
        await heard.until(1)
        async with asyncio.timeout(5):
            await leave(streaming)

    read_and_leave()
