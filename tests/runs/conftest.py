"""The stage of the drills."""

from collections.abc import Iterator
from typing import Any

import pytest
from anthropic import DEFAULT_TIMEOUT
from pytest_django import Settings

from playground.claude import attempts
from playground.runs import keeper
from tests import live

from .pages import wait_until
from .stage import Stage
from .upstream import KEY, Upstream


@pytest.fixture(autouse=True)
def _no_run_was_looked_at() -> None:
    keeper._still.clear()


@pytest.fixture(scope="module")
def sockets(django_db_setup: None, django_db_blocker: Any) -> Iterator[Stage]:
    """The site and an upstream, for all drills of a file: each costs a second."""
    with Upstream() as upstream:
        with django_db_blocker.unblock(), live.served() as address:
            yield Stage(address, upstream)
        wait_until(lambda: not upstream.connections, "every connection is closed")


@pytest.fixture
def stage(
    sockets: Stage,
    transactional_db: None,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Stage]:
    """Where a drill is played; after it everything must be as before."""
    monkeypatch.setattr(attempts, "FIRST_WAIT", 0.01)
    settings.ANTHROPIC_API_KEY = KEY
    settings.ANTHROPIC_BASE_URL = sockets.upstream.address
    sockets.be_patient(DEFAULT_TIMEOUT)
    sockets.warm_up()
    yield sockets
    sockets.clear_up()
