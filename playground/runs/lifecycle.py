"""Starts and stops the engine with the server. Called by the ASGI lifespan."""

import asyncio
import contextvars
import logging
from typing import Any
from uuid import UUID

from asgiref.sync import sync_to_async
from django.utils import timezone

from conversations import pictures, tidying
from conversations.history import head_moved
from playground.claude import client, endpoints, models
from playground.spec import rules

from . import driver, keeper
from .live import hub

log = logging.getLogger(__name__)

DRAIN = 3.0  # seconds that runs get to write their ends when the server stops

_tasks: list[asyncio.Task[None]] = []


async def startup() -> None:
    """Sweep what a crash left, warm the SDK, begin to beat."""
    hub.loop = asyncio.get_running_loop()
    hub.stopping = asyncio.Event()
    hub.runs.clear()
    head_moved.connect(_on_head_moved, dispatch_uid="runs.lifecycle")
    swept = await sync_to_async(keeper.sweep_own_dead)()
    if swept:
        log.warning("%s runs of an earlier process marked as interrupted", swept)
    await client.warm()
    await asyncio.to_thread(_warm_rules)
    tidying.begin()
    today = timezone.localdate()
    real = [each for each in endpoints.available() if not each.simulated]
    lists = [models.refresh_quietly(each, today) for each in real]
    for work in (keeper.keep(), hub.keep_formatting(), *lists):
        _tasks.append(hub.loop.create_task(work, context=contextvars.Context()))


def _warm_rules() -> None:
    """Have the strict types built before the first person types: about a second.

    The unknown key makes the rulebook look at the beta types as well.
    """
    body = {
        "model": "claude-haiku-4-5",
        "max_tokens": 1,
        "messages": [{"role": "user", "content": "Hello"}],
        "warm": True,
    }
    rules.check_body(body, {})


def begin_shutdown() -> None:
    """End streams and runs, before the server starts to wait for them."""
    hub.stop_all()


async def shutdown() -> None:
    """Let runs write their ends, then close what is open."""
    hub.stop_all()
    await driver.drain(DRAIN)
    for task in _tasks:
        task.cancel()
    await asyncio.gather(*_tasks, return_exceptions=True)
    _tasks.clear()
    head_moved.disconnect(dispatch_uid="runs.lifecycle")
    await client.close()
    tidying.end()
    pictures.close()
    hub.loop = hub.stopping = None


def _on_head_moved(conversation: UUID, number: int, **_: Any) -> None:
    hub.call(hub.move, conversation, number)
