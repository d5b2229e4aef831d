"""Servers that end in the middle of twenty runs, and two servers of one database."""

import json
import shutil
import signal
import sqlite3
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from playground.runs.keeper import BEAT

from .pages import Page, Person, wait_until
from .servers import free_port, server, set_up
from .stage import open_files
from .upstream import KEY, Upstream, begin, count, counted

RUNS = 20

Rows = list[tuple[int, str, str]]


def runs(data: Path) -> Rows:
    """The runs as (number, status, text), as the database has them."""
    database = sqlite3.connect(f"file:{data}/db.sqlite3?mode=ro", uri=True)
    with closing(database):
        rows = database.execute("SELECT id, status, message FROM conversations_run")
        return [(pk, status, _text(message)) for pk, status, message in rows]


def _text(message: str | None) -> str:
    content = (json.loads(message or "null") or {}).get("content") or []
    return "".join(block.get("text", "") for block in content)


def begin_run(person: Person, words: str = "Count, please.") -> str:
    """Send one turn in a new conversation; gives the conversation's path."""
    path = person.post("/c/").url.path
    fields = {"base": "1", "role": "user", "text": words, "send_key": path}
    assert person.post(f"{path}send/", **fields).status_code == 200
    return path


@contextmanager
def watched(person: Person, address: str) -> Iterator[list[Page]]:
    """Twenty runs under way, half of them with a page that watches and reconnects."""
    paths = [begin_run(person) for _ in range(RUNS)]
    with ExitStack() as stack:
        watch = [Page(address, f"{path}events") for path in paths[::2]]
        pages = [stack.enter_context(page) for page in watch]
        wait_until(lambda: all(page.texts for page in pages), "every page sees text")
        yield pages


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new installation; to make one takes longer than to copy it."""
    folder = tmp_path_factory.mktemp("made")
    set_up(folder)
    return folder


@pytest.fixture
def data(made: Path, tmp_path: Path) -> Path:
    return shutil.copytree(made, tmp_path / "data")


@pytest.fixture
def upstream() -> Iterator[Upstream]:
    with Upstream() as one:
        one.will(begin, count())
        yield one


@pytest.fixture
def variables(upstream: Upstream) -> dict[str, str]:
    return {"ANTHROPIC_API_KEY": KEY, "ANTHROPIC_BASE_URL": upstream.address}


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_that_ends_keeps_what_was_shown(
    data: Path, upstream: Upstream, variables: dict[str, str], number: int
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with ExitStack() as stack:
        with server(data, port, **variables) as process, Person(address) as person:
            pages = stack.enter_context(watched(person, address))
            wait_until(lambda: all_see_since(pages, 4 * BEAT), "every page saw a while")
            process.send_signal(number)
            ended = time.monotonic()
            process.wait(30)
            wait_until(lambda: not upstream.busy, "upstream is hung up on")
        before = [page.connections for page in pages]
        with server(data, port, **variables), Person(address) as person:
            wait_until(lambda: all_ended(runs(data)), "no run looks alive")
            wait_until(lambda: came_again(pages, before), "every page comes again")
        kept = {pk: text for pk, _, text in runs(data)}
        # A checkpoint that is later than one beat is a machine that is busy.
        sure = ended if number == signal.SIGTERM else ended - 3 * BEAT
        for page in pages:
            (run,) = page.texts
            assert counted(kept[run]) >= counted(page.shown_before(sure, run)) > 0
        assert {status for _, status, _ in runs(data)} == {"interrupted"}
        assert len(upstream.requests) == RUNS  # nothing was sent again
    for text in kept.values():
        counted(text)


def all_see_since(pages: list[Page], seconds: float) -> bool:
    """Whether every page has been shown text for so long."""
    return all(page.shown[0][0] < time.monotonic() - seconds for page in pages)


def all_count_to(pages: list[Page], number: int) -> bool:
    return all(counted(text) >= number for p in pages for text in p.texts.values())


def all_ended(rows: Rows) -> bool:
    return all(status not in ("pending", "streaming") for _, status, _ in rows)


def came_again(pages: list[Page], before: list[int]) -> bool:
    return all(p.connections > n for p, n in zip(pages, before, strict=True))


def test_a_stop_reaches_the_process_that_drives(
    data: Path, upstream: Upstream, variables: dict[str, str]
) -> None:
    ports = free_port(), free_port()
    here, there = (f"http://127.0.0.1:{port}" for port in ports)
    with (
        server(data, ports[0], **variables),
        server(data, ports[1], **variables),
        Person(here) as one,
        Person(there) as other,
    ):
        path = begin_run(one)
        with Page(there, f"{path}events") as page:
            wait_until(lambda: page.texts, "the other process shows the text")
            (run,) = page.texts
            other.post(f"/runs/{run}/stop/")
            wait_until(lambda: not upstream.busy, "upstream is hung up on")
            wait_until(lambda: page.ends, "the other process tells the end")
        ((_, status, text),) = runs(data)
    assert status == "stopped"
    assert counted(text) >= counted(page.texts[run]) > 0


def test_a_server_holds_nothing_of_runs_that_ended(
    data: Path, upstream: Upstream, variables: dict[str, str]
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with server(data, port, **variables) as process, Person(address) as person:
        begin_run(person)
        stop_all(person, data)
        before = open_files(process.pid)
        with watched(person, address):
            stop_all(person, data)
        wait_until(lambda: not open_files(process.pid) - before, "every file is closed")
        assert not upstream.busy
        assert {status for _, status, _ in runs(data)} == {"stopped"}


def stop_all(person: Person, data: Path) -> None:
    for pk, status, _ in runs(data):
        if status in ("pending", "streaming"):
            person.post(f"/runs/{pk}/stop/")
    wait_until(lambda: all_ended(runs(data)), "every run is stopped")


@contextmanager
def locked(data: Path) -> Iterator[None]:
    """Hold the write lock of the database, as a backup or a slow disk does."""
    database = sqlite3.connect(data / "db.sqlite3", isolation_level=None)
    with closing(database):
        database.execute("BEGIN IMMEDIATE")
        yield


def test_a_locked_database_delays_no_token_and_loses_none(
    data: Path, upstream: Upstream, variables: dict[str, str]
) -> None:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    with server(data, port, **variables), Person(address) as person:
        with watched(person, address) as pages:
            with locked(data):
                far = [counted(next(iter(p.texts.values()))) for p in pages]
                until = time.monotonic() + 2
                wait_until(lambda: time.monotonic() > until, "two seconds are over")
                for page, number in zip(pages, far, strict=True):
                    assert all_count_to([page], number + 50)
            stop_all(person, data)
            wait_until(lambda: all(p.ends for p in pages), "every page sees the end")
        kept = {pk: text for pk, _, text in runs(data)}
    for page in pages:
        assert [kept[run] for run in page.texts] == list(page.texts.values())
