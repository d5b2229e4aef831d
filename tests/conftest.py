"""What every test stands on: a clean environment, people, a server, a browser."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import AsyncClient, Client
from pytest_django import Settings

from playground.middleware import local_user

BROWSER_TESTS = Path(__file__).parent / "e2e"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Browser tests come last: once Playwright has started, its event loop stays in
    the main thread, where other tests want to run one of their own."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


@pytest.fixture(autouse=True)
def _own_ground(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No variable of the machine reaches a test, and no file of one another."""
    for name in list(os.environ):
        if name.startswith("ANTHROPIC_"):
            monkeypatch.delenv(name)
    settings.DATA_DIR = tmp_path / "data"
    settings.MEDIA_ROOT = settings.DATA_DIR / "images"
    local_user.forget()


@pytest.fixture
def client() -> Client:
    """A browser without cookies on this machine, as ACCESS=local wants it."""
    return Client(SERVER_NAME="127.0.0.1")


@pytest.fixture
def async_client() -> AsyncClient:
    return AsyncClient(SERVER_NAME="127.0.0.1")


@pytest.fixture
def accounts(settings: Settings) -> Iterator[None]:
    """People sign in: `client.force_login(user)` has a meaning."""
    settings.ACCESS = "accounts"
    return
