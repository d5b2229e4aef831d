"""What every test stands on: a clean environment, people, a server, a browser."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from django.test import AsyncClient, Client
from playwright.sync_api import BrowserContext, ConsoleMessage
from pytest_django import Settings

from playground.middleware import local_user

from . import browser, live

ROOT = Path(__file__).resolve().parents[1]
# A loaded machine is slow now and then; that is no mistake of the code under test.
hypothesis.settings.register_profile(
    "ours", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("ours")

BROWSER_TESTS = ROOT / "tests" / "e2e"


def pytest_configure(config: pytest.Config) -> None:
    """Tests that start the server as people do need its static files, collected once
    by the first process."""
    if hasattr(config, "workerinput"):
        return
    manifest = ROOT / ".static" / "staticfiles.json"
    collected = manifest.stat().st_mtime if manifest.exists() else 0
    sources = (ROOT / "static").rglob("*")
    if any(path.stat().st_mtime > collected for path in sources):
        command = ["manage.py", "collectstatic", "--no-input", "--verbosity", "0"]
        environment = os.environ | {"DJANGO_SETTINGS_MODULE": "playground.settings"}
        subprocess.run(
            [sys.executable, *command], cwd=ROOT, env=environment, check=True
        )


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Browser tests come last: once Playwright has started, its event loop stays in
    the main thread, where other tests want to run one of their own."""
    for item in items:
        if BROWSER_TESTS in item.path.parents:
            item.add_marker("browser")
    items.sort(key=_needs_browser)
    if browser.find() is None:
        config.hook.pytest_deselected(items=list(filter(_needs_browser, items)))
        items[:] = [item for item in items if not _needs_browser(item)]


def _needs_browser(item: pytest.Item) -> bool:
    return item.get_closest_marker("browser") is not None


def pytest_report_header() -> str:
    return f"browser: {browser.find() or browser.NONE_FOUND}"


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


class LoopbackAsyncClient(AsyncClient):
    """Django's own always asks for the host "testserver"."""

    def _base_scope(self, **request: Any) -> dict[str, Any]:
        scope = super()._base_scope(**request)
        others = [pair for pair in scope["headers"] if pair[0] != b"host"]
        return scope | {"headers": [(b"host", b"127.0.0.1"), *others]}


@pytest.fixture
def async_client() -> AsyncClient:
    return LoopbackAsyncClient()


@pytest.fixture
def accounts(settings: Settings) -> Iterator[None]:
    """People sign in: `client.force_login(user)` has a meaning."""
    settings.ACCESS = "accounts"
    return


# A server and a browser


@pytest.fixture
def live_url(transactional_db: None) -> Iterator[str]:
    """The address of the real site, served from this process on a socket."""
    with live.served() as address:
        yield address


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict) -> dict:
    # Playwright keeps its event loop in this thread from here on, so Django would
    # take every use of the database for one from async code.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    return browser_type_launch_args | {
        "executable_path": browser.find(),
        "args": browser.FLAGS,
    }


@pytest.fixture
def tolerated() -> list[str]:
    """Texts that the browser's console may show in this test: append to it."""
    return []


@pytest.fixture
def new_context(
    new_context: Callable[..., BrowserContext], tolerated: list[str]
) -> Iterator[Callable[..., BrowserContext]]:
    """Another person's browser. Errors in any page of any of them fail the test,
    breaches of the content security policy among them."""
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.text.startswith("htmx:sendAbort"):
            # An estimate that a newer one, or the next patch, has made pointless.
            # It says so in two lines, and this is the second.
            complaints.remove(
                next(
                    text for text in complaints if text.startswith("htmx:afterRequest")
                )
            )
        elif message.type == "error" and not _is_refusal(message):
            complaints.append(f"{message.text} ({message.location.get('url')})")

    def watched(**kwargs: Any) -> BrowserContext:
        context = new_context(**kwargs)
        context.set_default_timeout(10_000)
        context.on("console", note)
        context.on("weberror", lambda error: complaints.append(str(error.error)))
        return context

    yield watched
    unexpected = [
        complaint
        for complaint in complaints
        if not any(text in complaint for text in tolerated)
    ]
    assert unexpected == []


def _is_refusal(message: ConsoleMessage) -> bool:
    """Chromium reports each 4xx; those of forms are answers, those of files are not."""
    return (
        "the server responded with a status of 4" in message.text
        and "/static/" not in message.location.get("url", "")
    )
