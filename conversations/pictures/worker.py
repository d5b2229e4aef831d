"""The server's side of the worker: starts, feeds, times, kills and replaces it.

Pillow is never imported here, and no byte of an upload is read."""

import atexit
import logging
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from io import RawIOBase
from pathlib import Path
from typing import Any, cast

from . import refusals, wire
from .limits import LIMITS
from .refusals import Refused

logger = logging.getLogger(__name__)

_ROOT = Path(__file__).resolve().parents[2]
# All that the worker gets of the environment: keys and passwords are not for it.
_ENVIRONMENT = (
    "PATH",
    "LANG",
    "LC_ALL",
    "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH",
    "PYTHONDONTWRITEBYTECODE",
    "PYTHONPYCACHEPREFIX",
)
# Of glibc: what large pictures took goes back to the system once they are done.
_MALLOC = {"MALLOC_MMAP_THRESHOLD_": "131072", "MALLOC_ARENA_MAX": "1"}


class _Unheard(Exception):
    """The worker was gone before it took the job, so the job is not to blame."""


class Worker:
    """One process that does one job at a time. Any number of threads may call.

    Started by the first job. A job that takes longer than `seconds` ends with the
    process, as does `close`; the next job gets a new one.
    """

    def __init__(
        self,
        *,
        seconds: float = LIMITS.SECONDS,
        memory: int = LIMITS.WORKER_MEMORY,
        jobs: int = LIMITS.WORKER_JOBS,
        patience: float = LIMITS.QUEUE_SECONDS,
    ) -> None:
        self.seconds = seconds
        self.memory = memory
        self.jobs = jobs
        self.patience = patience
        self._turn = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._jobs = 0
        self._closed = 0

    def run(
        self, job: dict[str, Any], data: bytes = b""
    ) -> tuple[dict[str, Any], bytes]:
        """Queue for the worker and have it do `job`, which has a `name`.

        Blocks for at most `patience`, a start and `seconds`. Raises Refused.
        """
        closed = self._closed
        if not self._turn.acquire(timeout=self.patience):
            raise refusals.busy(job["name"])
        try:
            answer, result = self._answer(job, data, closed)
        finally:
            self._turn.release()
        if "refused" in answer:
            logger.info("Picture refused: %(refused)s %(cause)s", answer)
            raise Refused(answer["refused"], answer["sentence"])
        return answer, result

    def close(self) -> None:
        """End the process at once, with the job it is doing and all that wait.

        A later job starts a new one.
        """
        self._closed += 1
        process = self._process
        if process:
            process.kill()
        with self._turn:
            self._discard()

    def forget(self) -> None:
        """For the child of a fork: the process belongs to the parent alone."""
        process, self._process = self._process, None
        self._turn = threading.Lock()
        if process:
            # Neither waited for nor warned about when it is collected.
            process.returncode = 0
            _close_pipes(process)

    @property
    def pid(self) -> int | None:
        """The process's id, while there is one."""
        process = self._process
        return process.pid if process else None

    def _answer(
        self, job: dict[str, Any], data: bytes, closed: int
    ) -> tuple[dict[str, Any], bytes]:
        try:
            return self._ask(self._started(job["name"], closed), job, data, closed)
        except _Unheard:
            # It was killed while it had nothing to do. A second time is no accident.
            pass
        try:
            return self._ask(self._started(job["name"], closed), job, data, closed)
        except _Unheard as error:
            raise refusals.unavailable(job["name"]) from error

    def _started(self, name: str, closed: int) -> subprocess.Popen[bytes]:
        if closed != self._closed:
            raise refusals.unavailable(name)
        if self._process and self._process.poll() is None:
            return self._process
        self._discard()
        try:
            process = self._process = _start(self.seconds, self.memory)
        except OSError as error:
            logger.exception("The worker for pictures does not start")
            raise refusals.unavailable(name) from error
        with _killing(process, after=LIMITS.START_SECONDS):
            try:
                # Looked at after the process is known to `close`, so that one of
                # the two always sees the other.
                ready = closed == self._closed and bool(wire.receive(_out(process)))
            except (OSError, EOFError, ValueError):
                logger.exception("The worker for pictures does not start")
                ready = False
        if not ready:
            self._discard()
            raise refusals.unavailable(name)
        return process

    def _ask(
        self,
        process: subprocess.Popen[bytes],
        job: dict[str, Any],
        data: bytes,
        closed: int,
    ) -> tuple[dict[str, Any], bytes]:
        taken = False
        answer: dict[str, Any] | None = None
        with _killing(process, after=self.seconds) as late:
            try:
                wire.send(_in(process), job, data)
                taken = bool(wire.receive(_out(process)))
                answer, result = wire.receive(_out(process))
            except (OSError, EOFError, ValueError):
                # What happened is told below, once nobody kills it any more.
                pass
        if answer is not None:
            if late.is_set() or self._spent(answer):
                self._discard()
            return answer, result
        self._discard()
        if late.is_set():
            raise refusals.too_slow(job["name"], self.seconds)
        if closed != self._closed:
            # It was ended on purpose, with the server or by hand.
            raise refusals.unavailable(job["name"])
        if not taken:
            raise _Unheard
        logger.warning("The worker for pictures died with %s", process.returncode)
        raise refusals.crashed(job["name"])

    def _spent(self, answer: dict[str, Any]) -> bool:
        self._jobs += 1
        # After a refused allocation nobody knows what state a library is in.
        return self._jobs >= self.jobs or answer.get("refused") == "memory"

    def _discard(self) -> None:
        process, self._process = self._process, None
        self._jobs = 0
        if process:
            process.kill()
            _close_pipes(process)
            process.wait()


# The one that everybody uses. At exit it is ended and waited for; the child of a fork
# has none of its own.
SHARED = Worker()
atexit.register(SHARED.close)
os.register_at_fork(after_in_child=SHARED.forget)


def _start(seconds: float, memory: int) -> subprocess.Popen[bytes]:
    # Not multiprocessing: it can be killed at any moment without a lock or a queue
    # left behind, it runs no code of the server's __main__, and it sees the end of
    # its pipe when the server dies, however that happens.
    environment = {key: os.environ[key] for key in _ENVIRONMENT if key in os.environ}
    paths = [str(_ROOT), os.environ.get("PYTHONPATH", "")]
    environment |= _MALLOC
    environment["PYTHONPATH"] = os.pathsep.join(path for path in paths if path)
    package = __name__.rpartition(".")[0]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", package, str(seconds), str(memory)],
        bufsize=0,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd="/",
        env=environment,
        # Ctrl+C in the server's terminal is not for it.
        start_new_session=True,
    )


@contextmanager
def _killing(
    process: subprocess.Popen[bytes], *, after: float
) -> Iterator[threading.Event]:
    """Kill the process if the block takes longer; the event tells whether it did."""
    late = threading.Event()

    def kill() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(after, kill)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()
        # From here on it certainly kills nobody.
        timer.join()


def _in(process: subprocess.Popen[bytes]) -> RawIOBase:
    return cast(RawIOBase, process.stdin)


def _out(process: subprocess.Popen[bytes]) -> RawIOBase:
    return cast(RawIOBase, process.stdout)


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    _in(process).close()
    _out(process).close()
