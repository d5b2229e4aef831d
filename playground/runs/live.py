"""Who watches the runs that are under way in this process.

Lives on the event loop; other threads come in through `hub.call`. A viewer first gets
the whole so far, then what is new as it comes. Each event is encoded once and sent to
every viewer, or waits with it; one who does not keep up gets the whole again.
"""

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterable
from uuid import UUID

from conversations.access import Admission
from playground.claude.attempts import Attempt

from .live_run import LiveRun, event
from .viewer import Send, Viewer

log = logging.getLogger(__name__)

HEARTBEAT = 15.0  # seconds; proxies close connections that are silent for 30 to 60
LONGEST_WATCH = 900.0  # seconds; the browser comes again and is authorised anew
FORMATTED_EVERY = 0.25  # seconds between two looks at an open block
FORMATTING = 0.03  # the share of the loop's time: text must not wait for its looks
HANGING_UP = 1.0  # seconds that a driver may take to hang up
MOST_WAITING = 5_000  # events that wait for a slow viewer: under a megabyte
END = b"event: end\n"


class Hub:
    """The live runs and the viewers of this process."""

    def __init__(self) -> None:
        self.loop: asyncio.AbstractEventLoop | None = None
        self.stopping: asyncio.Event | None = None
        self.runs: dict[int, LiveRun] = {}
        self.heads: dict[UUID, int] = {}
        self.viewers: dict[UUID, set[Viewer]] = {}

    def call(self, function: Callable[..., object], *arguments: object) -> bool:
        """Run `function` on the event loop, from any thread. False without one."""
        if self.loop is None or self.loop.is_closed():
            return False
        self.loop.call_soon_threadsafe(function, *arguments)
        return True

    # What happens to runs

    def begin(self, live: LiveRun) -> None:
        """Show the run to those who watch; again when it got its turn."""
        self.runs[live.run] = live
        self._tell(live, "run", live.whole)

    def feed(self, live: LiveRun, events: Iterable[tuple[str, str]]) -> None:
        """Take what came of the run's answer, and show what it says."""
        told = live.feed(events)
        if told:
            self._spread(live, told)

    def format(self, live: LiveRun) -> None:
        """Show the text of the run's blocks formatted, as far as it has come."""
        for index, formatted in live.formatted.items():
            if formatted.is_due:
                told = {"run": live.run, "index": index, **formatted.take()}
                self._tell(live, "format", lambda told=told: told)  # type: ignore[misc]

    def queue(self, live: LiveRun, ahead: int) -> None:
        """Show how many runs are before one that waits."""
        live.ahead = ahead
        self._tell(live, "queue", lambda: {"run": live.run, "ahead": ahead})

    async def keep_formatting(self) -> None:
        """Format the runs that are watched, one after the other, until cancelled."""
        while True:
            await asyncio.sleep(FORMATTED_EVERY)
            for live in list(self.runs.values()):
                if live.conversation in self.viewers:
                    began = time.perf_counter()
                    try:
                        self.format(live)
                    except Exception:
                        # One text must not cost all the others their looks.
                        log.exception("run %s cannot be formatted", live.run)
                    took = time.perf_counter() - began
                    await asyncio.sleep(took / FORMATTING - took)

    def retry(self, live: LiveRun, attempt: Attempt) -> None:
        """Show that an attempt has failed and when the next one comes."""
        live.attempt = attempt
        live.attempt_at = time.monotonic() + attempt.wait_seconds
        self._tell(live, "attempt", live.coming)

    def end(self, live: LiveRun, status: str, head: int | None) -> None:
        """Say how the run ended; `head` is the number of the head afterwards."""
        live.status = status
        self.runs.pop(live.run, None)
        told = {"run": live.run, "status": status, "number": head}
        self._tell(live, "end", lambda: told)

    def move(self, conversation: UUID, number: int) -> None:
        """Note where the head of a conversation is now."""
        for viewer in self.viewers.get(conversation, ()):
            self.heads[conversation] = number
            self._tell_head(viewer, number)

    def _tell(self, live: LiveRun, name: str, data: Callable[[], object]) -> None:
        """Encode an event once, and only when somebody watches."""
        if live.conversation in self.viewers:
            self._spread(live, event(name, data()))

    def _spread(self, live: LiveRun, told: bytes) -> None:
        for viewer in self.viewers.get(live.conversation, ()):
            if len(viewer.waiting) < MOST_WAITING:
                viewer.tell(told)
            else:
                self._begin_anew(live.conversation, viewer)
                if live.run not in self.runs:  # the whole does not hold its end
                    viewer.tell(told)

    def _tell_head(self, viewer: Viewer, number: int) -> None:
        if viewer.head != number:
            viewer.head = number
            viewer.tell(event("head", {"number": number}))

    def _begin_anew(self, conversation: UUID, viewer: Viewer) -> None:
        """Let the viewer have the whole of everything, whatever it has had. Of what
        waits only ends are kept: a run that is over is in no whole."""
        viewer.waiting = [each for each in viewer.waiting if each.startswith(END)]
        viewer.head = None
        self._tell_head(viewer, self.heads[conversation])
        for live in self.runs.values():
            if live.conversation == conversation:
                viewer.tell(event("run", live.whole()))

    # Who watches

    async def watch(
        self,
        conversation: UUID,
        head: int,
        send: Send | None = None,
        admission: Admission | None = None,
    ) -> AsyncIterator[bytes]:
        """Yield server-sent events for one page until it goes, it may not be shown any
        more, or we stop. Those that come while the next ones are waited for go to
        `send`, when there is one."""
        viewer = Viewer(send, admission)
        self.viewers.setdefault(conversation, set()).add(viewer)
        self.heads.setdefault(conversation, head)
        self._begin_anew(conversation, viewer)
        closing = time.monotonic() + LONGEST_WATCH
        heart = asyncio.create_task(_beat(viewer, closing))
        try:
            yield b"retry: 2000\n\n"
            while time.monotonic() < closing and not self.is_stopping:
                if viewer.is_shut_out:
                    yield event("gone", {})
                    return
                # Empty after a silence, or when the server stops.
                yield viewer.take() or b": still here\n\n"
                await viewer.wait()
        finally:
            heart.cancel()
            self._leave(conversation, viewer)

    @property
    def is_stopping(self) -> bool:
        return self.stopping is not None and self.stopping.is_set()

    def _leave(self, conversation: UUID, viewer: Viewer) -> None:
        viewers = self.viewers[conversation]
        viewers.discard(viewer)
        if not viewers:
            del self.viewers[conversation]
            self.heads.pop(conversation, None)

    def admissions(self) -> dict[Admission, set[UUID]]:
        """What each admission watches."""
        found: dict[Admission, set[UUID]] = {}
        for conversation, viewers in self.viewers.items():
            for viewer in viewers:
                if viewer.admission is not None:
                    found.setdefault(viewer.admission, set()).add(conversation)
        return found

    def shut_out(self, admission: Admission, conversations: Iterable[UUID]) -> None:
        """End what these watch there: access was withdrawn, or they signed out."""
        for conversation in conversations:
            for viewer in self.viewers.get(conversation, ()):
                if viewer.admission == admission:
                    viewer.shut_out()

    # Who drives

    def own(self) -> list[LiveRun]:
        """The runs that this process drives."""
        return [live for live in self.runs.values() if not live.remote]

    def stop_all(self) -> None:
        """End every stream to a browser and every run: the server goes down."""
        if self.stopping is not None:
            self.stopping.set()
        for viewers in self.viewers.values():
            for viewer in viewers:
                viewer.ring()
        for live in self.own():
            self.cancel(live.run, "interrupted")

    def cancel(self, run: int, ending: str) -> None:
        """End a run of this process; its driver writes `ending` as its status.

        Asked again at once, nothing happens: that would hit the driver while it hangs
        up. A driver that is stuck there is told again a moment later.
        """
        live, now = self.runs.get(run), time.monotonic()
        if live is None or live.task is None:
            return
        if live.cancelled is None or now - live.cancelled > HANGING_UP:
            live.ending = ending if live.cancelled is None else live.ending
            live.cancelled = now
            live.task.cancel()


async def _beat(viewer: Viewer, closing: float) -> None:
    """Ring now and then whatever happens, at last when the page has to come again; a
    time-out for each wait would cost more than the wait."""
    while (left := closing - time.monotonic()) > 0:
        await asyncio.sleep(min(HEARTBEAT, left))
        viewer.ring()


hub = Hub()
