"""The SDK's clients: one for each endpoint and event loop, nothing left to chance.

Connections belong to an event loop, and so does a client.
"""

import asyncio
from weakref import WeakKeyDictionary

import httpx2
from anthropic import DEFAULT_TIMEOUT, AsyncAnthropic, DefaultAioHttpClient
from django.conf import settings

from playground.claude.attempts import ATTEMPTS, Watching
from playground.claude.endpoints import SIMULATOR, Endpoint, available
from playground.simulator.transport import SimulatorTransport

SIMULATOR_URL = "http://simulator.invalid"
SIMULATOR_KEY = "simulator"
LIMITS = httpx2.Limits(max_connections=2000, max_keepalive_connections=200)

# What the client was made from is part of the key, so that changed settings count.
_Key = tuple[Endpoint, str, float]
_Loop = asyncio.AbstractEventLoop
_clients: WeakKeyDictionary[_Loop, dict[_Key, AsyncAnthropic]] = WeakKeyDictionary()


class _AioHttpClient(Watching, DefaultAioHttpClient):
    """The SDK's client over aiohttp, its attempts watched."""


def client_for(endpoint: Endpoint) -> AsyncAnthropic:
    """The client of this endpoint for the running event loop."""
    key = (endpoint, key_of(endpoint), settings.SIMULATOR_SPEED)
    of_loop = _clients.setdefault(asyncio.get_running_loop(), {})
    if key not in of_loop:
        of_loop[key] = _client(endpoint)
    return of_loop[key]


def key_of(endpoint: Endpoint) -> str:
    """The secret that goes with requests to this endpoint."""
    return SIMULATOR_KEY if endpoint.simulated else settings.ANTHROPIC_API_KEY


def http_client(endpoint: Endpoint) -> httpx2.AsyncClient:
    """What carries the bytes: in process for the simulator, else aiohttp."""
    if endpoint.simulated:
        transport = SimulatorTransport(settings.SIMULATOR_SPEED)
        return Watching(transport=transport, trust_env=False)
    return _AioHttpClient(timeout=DEFAULT_TIMEOUT, limits=LIMITS)


async def warm() -> None:
    """Pay for the SDK's first use now: over a second of imports and schema building."""
    client = client_for(SIMULATOR)
    await client.post(
        "/v1/messages/count_tokens",
        cast_to=httpx2.Response,
        body={
            "model": "claude-haiku-4-5",
            "messages": [{"role": "user", "content": "Hello"}],
        },
    )
    for endpoint in available():
        client_for(endpoint)


async def close() -> None:
    """Close the clients of the running event loop and their connections."""
    for client in _clients.pop(asyncio.get_running_loop(), {}).values():
        await client.close()


def _client(endpoint: Endpoint) -> AsyncAnthropic:
    client = AsyncAnthropic(
        api_key=key_of(endpoint),
        auth_token=None,
        credentials=None,
        config=None,
        profile=None,
        webhook_key="",
        base_url=endpoint.base_url or SIMULATOR_URL,
        timeout=DEFAULT_TIMEOUT,
        max_retries=ATTEMPTS - 1,
        default_headers={},
        default_query={},
        open_telemetry=False,
        http_client=http_client(endpoint),
        middleware=(),
    )
    # ANTHROPIC_CUSTOM_HEADERS is read whatever the arguments are; no public way out.
    client._custom_headers = {}
    return client
