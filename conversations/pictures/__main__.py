"""The worker: prepares one picture at a time and dies with whoever started it.

Started by `worker.py` with its limits as arguments, never by hand."""

import os
import resource
import signal
import sys
from io import FileIO
from typing import Any

from . import refusals, tools, wire
from .refusals import Refused


def main() -> None:
    seconds, memory = float(sys.argv[1]), int(sys.argv[2])
    # The server ends its worker itself; Ctrl+C in a terminal is meant for the server.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    jobs = FileIO(os.dup(0), "r")
    answers = FileIO(os.dup(1), "w")
    # What a library prints must not get between the answers.
    os.dup2(2, 1)
    _confine(memory)
    try:
        wire.send(answers, {"ready": True})
        while _work(jobs, answers, seconds):
            pass
    except (EOFError, BrokenPipeError):
        pass


def _confine(memory: int) -> None:
    # Streams are more urgent than pictures.
    os.nice(5)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # It opens one upload at a time.
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    if sys.platform == "linux":
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))


def _work(jobs: FileIO, answers: FileIO, seconds: float) -> bool:
    """Do one job; False when this worker should be replaced."""
    job, data = wire.receive(jobs)
    # The server kills a late worker. Should the server itself have been killed
    # meanwhile, the alarm does, even in the middle of a decoder's loop.
    signal.alarm(int(seconds) + 2)
    wire.send(answers, {"taken": True})
    facts, result = _answer(job, data)
    wire.send(answers, facts, result)
    signal.alarm(0)
    return facts.get("refused") != "memory"


def _answer(job: dict[str, Any], data: bytes) -> tuple[dict[str, Any], bytes]:
    name = job["name"]
    try:
        return tools.JOBS[job["do"]](job, data)
    except MemoryError:
        refused = refusals.too_much_memory(name)
    except Refused as error:
        refused = error
    cause = repr(refused.__cause__) if refused.__cause__ else ""
    answer = {"refused": refused.code, "sentence": refused.sentence, "cause": cause}
    return answer, b""


if __name__ == "__main__":
    main()
