"""The site and an upstream on real sockets of this process, and what they hold open."""

import asyncio
import os
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx2
from django.db import connection, connections

from conversations import editing, history
from conversations.editing import Script
from conversations.models import Conversation, Run
from playground.claude import client, endpoints
from playground.middleware import local_user
from playground.runs import sending
from playground.runs.live import hub

from .pages import Page, Person, wait_until
from .talking import HAIKU
from .upstream import ANSWER, Step, Upstream

QUESTION = "What is the Latin word for ant?"


class Stage:
    """Where drills are played: each with a page that watches, and with none."""

    def __init__(self, address: str, upstream: Upstream) -> None:
        self.address = address
        self.upstream = upstream
        self._before: Counter[str] = Counter()

    def talk(self, drill: str = "") -> Conversation:
        """A conversation of the local user with the upstream; with the words of a
        drill, one with the simulator."""
        endpoint = "simulator" if drill else "anthropic"
        asked = editing.typed(
            "user", f"{QUESTION} drill: {drill}" if drill else QUESTION
        )
        script = editing.append(Script((), HAIKU), asked)
        return history.begin(local_user.get(), script, endpoint=endpoint)

    def send(self, talk: Conversation, base: int = 1) -> Run:
        key = os.urandom(8).hex()
        run = sending.send(talk, local_user.get(), base=base, send_key=key).run
        assert run is not None
        return run

    def page(self, talk: Conversation) -> Page:
        return Page(self.address, f"/c/{talk.pk}/events")

    def person(self) -> Person:
        return Person(self.address)

    def play(self, *steps: Step, drill: str = "") -> list[Run]:
        """Send twice at once, watched and not, and return both runs at their ends.

        What the page saw is what was kept, to the letter.
        """
        with self.under_way(*steps, drill=drill) as runs:
            pass
        return runs

    @contextmanager
    def under_way(self, *steps: Step, drill: str = "") -> Iterator[list[Run]]:
        """The same, for what happens while the upstream answers."""
        self.upstream.will(*steps)
        seen, unseen = self.talk(drill), self.talk(drill)
        with self.page(seen) as page:
            watched, alone = self.send(seen), self.send(unseen)
            yield [watched, alone]
            wait_until(lambda: watched.pk in page.ends, "the page is told of the end")
            self.ended(watched)
            self.ended(alone)
        assert page.texts.get(watched.pk, "") == said(watched)
        assert page.ends[watched.pk] == watched.status

    def answering(self, *runs: Run) -> None:
        """Wait until the upstream answers each of these runs."""
        wait_until(lambda: self.upstream.busy == len(runs), "the upstream is asked")

    def asked(self, times: int) -> None:
        wait_until(
            lambda: len(self.upstream.requests) == times and not self.upstream.busy,
            f"the upstream has answered {times} times",
        )

    def asked_at_least(self, times: int) -> None:
        wait_until(
            lambda: len(self.upstream.requests) >= times,
            f"the upstream is asked {times} times",
        )

    def saying(self, *runs: Run) -> None:
        """Wait until some text of each of these runs has come."""
        for run in runs:

            def has_text(run: Run = run) -> bool:
                live = hub.runs.get(run.pk)
                return live is not None and live.first_delta is not None

            wait_until(has_text, f"run {run.pk} says something")

    def hung_up(self) -> None:
        """Wait until the upstream has nobody left to answer."""
        wait_until(lambda: not self.upstream.busy, "the upstream is hung up on")

    def ended(self, run: Run) -> Run:
        """Wait for the end of a run, and return it as it is then."""

        def is_over() -> bool:
            run.refresh_from_db()
            return not run.is_live and run.pk not in hub.runs

        wait_until(is_over, f"run {run.pk} ends")
        return run

    def be_patient(self, seconds: float | httpx2.Timeout) -> None:
        """How long the site waits for the next bytes of an answer."""

        async def change() -> None:
            for endpoint in endpoints.available():
                client.client_for(endpoint).timeout = seconds

        assert hub.loop is not None
        asyncio.run_coroutine_threadsafe(change(), hub.loop).result(30)

    def warm_up(self) -> None:
        """Have open what stays open, and note it."""
        self.upstream.forget()
        self.play(*ANSWER)
        self.upstream.forget()
        self._before = self._held()

    def clear_up(self) -> None:
        """Fail when something is held that was not held before."""
        left: Counter[str] = Counter()

        def is_clean() -> bool:
            left.clear()
            left.update(self._held() - self._before)
            return not left

        try:
            wait_until(is_clean, "everything is closed")
        except AssertionError:
            raise AssertionError(f"left behind: {dict(left)}") from None

    def _held(self) -> Counter[str]:
        held = open_files()
        held["requests upstream"] = self.upstream.busy
        held["runs in memory"] = len(hub.runs)
        held["viewers"] = sum(len(each) for each in hub.viewers.values())
        held["live runs"] = Run.objects.live().count()
        assert hub.loop is not None
        return held + asyncio.run_coroutine_threadsafe(_tasks(), hub.loop).result(30)


def open_files(process: int | str = "self") -> Counter[str]:
    """The open files and sockets of a process, by kind or path; the database aside,
    whose connections stay with the threads that the site keeps."""
    folder = Path(f"/proc/{process}/fd")
    found: Counter[str] = Counter()
    for number in folder.iterdir() if folder.exists() else ():
        with suppress(FileNotFoundError):  # the folder's own
            found[number.readlink().as_posix().partition(":[")[0]] += 1
    if connection.vendor == "postgresql":
        del found["socket"]
    return Counter({name: n for name, n in found.items() if ".sqlite3" not in name})


async def _tasks() -> Counter[str]:
    found = asyncio.all_tasks() - {asyncio.current_task()}
    return Counter(f"task {task.get_coro().__qualname__}" for task in found)  # type: ignore[union-attr]


def said(run: Run) -> str:
    """The text that was kept of a run."""
    return "".join(block.get("text", "") for block in run.content)


def at_once(*calls: Callable[[], object]) -> None:
    """Make the calls from a thread each, at the same moment."""
    barrier = threading.Barrier(len(calls))
    errors = []

    def call(each: Callable[[], object]) -> None:
        barrier.wait()
        try:
            each()
        except Exception as error:
            errors.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=call, args=[each]) for each in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not errors, errors
