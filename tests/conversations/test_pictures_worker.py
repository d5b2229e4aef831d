"""The worker: limited, killed, replaced, and never a hang or a leak."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from conversations import pictures
from conversations.pictures import Refused, Worker, wire
from tests.pictures import makers

ROOT = Path(__file__).resolve().parents[2]
only_linux = pytest.mark.skipif(
    sys.platform != "linux", reason="the address space is limited on Linux alone"
)


@pytest.fixture
def worker() -> Iterator[Worker]:
    worker = Worker()
    yield worker
    worker.close()


@pytest.fixture
def small(tmp_path: Path) -> Path:
    return makers.saved(tmp_path, makers.drawing(40, 30), "small.png")


def refusal(path: Path, worker: Worker) -> str:
    with pytest.raises(Refused) as caught:
        pictures.accept(path, path.name, worker=worker)
    return caught.value.code


def peak_memory(worker: Worker) -> int:
    status = Path(f"/proc/{worker.pid}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024


def test_a_slow_picture_is_given_up_and_the_next_one_works(
    tmp_path: Path, small: Path, worker: Worker
) -> None:
    slow = makers.saved(
        tmp_path, makers.noise(3000, 2000, "RGBA"), "slow.png", compress_level=1
    )
    worker.seconds = 0.01
    with pytest.raises(Refused, match=r"longer than 0\.01 seconds") as caught:
        pictures.accept(slow, "slow.png", worker=worker)
    assert caught.value.code == "time"
    assert worker.pid is None
    worker.seconds = 30
    assert pictures.accept(small, "small.png", worker=worker).width == 40


def test_a_worker_that_dies_at_work_is_a_refusal(
    small: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = wire.receive

    def kill_once_taken(pipe: Any) -> tuple[dict[str, Any], bytes]:
        message, data = receive(pipe)
        if "taken" in message and worker.pid:
            os.kill(worker.pid, signal.SIGKILL)
            # Whatever it still said is thrown away: it died before its answer.
            while pipe.read(1000):
                pass
        return message, data

    monkeypatch.setattr(wire, "receive", kill_once_taken)
    assert refusal(small, worker) == "crashed"
    monkeypatch.undo()
    assert pictures.accept(small, "small.png", worker=worker).width == 40


def test_a_worker_killed_while_idle_is_nobodys_trouble(
    small: Path, worker: Worker
) -> None:
    for _ in range(3):
        pictures.accept(small, "small.png", worker=worker)
        assert worker.pid
        os.kill(worker.pid, signal.SIGKILL)
    assert pictures.accept(small, "small.png", worker=worker).width == 40


@only_linux
def test_too_much_memory_is_a_refusal(tmp_path: Path, small: Path) -> None:
    flat = Image.new("RGB", (9000, 9000))
    large = makers.saved(tmp_path, flat, "large.png", compress_level=1)
    worker = Worker(memory=300_000_000)
    assert refusal(large, worker) == "memory"
    assert pictures.accept(small, "small.png", worker=worker).width == 40
    worker.close()


@pytest.mark.parametrize("python", [shutil.which("false"), "/no/such/python"])
def test_a_worker_that_cannot_start_is_a_refusal(
    small: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch, python: str
) -> None:
    monkeypatch.setattr(sys, "executable", python)
    assert refusal(small, worker) == "unavailable"
    assert worker.pid is None


def test_many_threads_share_one_worker(tmp_path: Path, worker: Worker) -> None:
    paths = [
        makers.saved(tmp_path, makers.drawing(30 + n, 20), f"{n}.png")
        for n in range(12)
    ]
    with ThreadPoolExecutor(8) as threads:
        accepted = list(
            threads.map(lambda path: pictures.accept(path, "x", worker=worker), paths)
        )
    assert [picture.width for picture in accepted] == list(range(30, 42))


def test_whoever_waits_too_long_is_told(small: Path) -> None:
    worker = Worker(patience=0.01)
    with worker._turn:
        assert refusal(small, worker) == "busy"


def test_a_worker_is_replaced_after_its_jobs(small: Path) -> None:
    worker = Worker(jobs=2)
    pids = []
    for _ in range(4):
        pictures.accept(small, "small.png", worker=worker)
        pids.append(worker.pid)
    assert pids[1] is None
    assert pids[3] is None
    assert pids[0] != pids[2]


def test_nothing_leaks(small: Path, worker: Worker) -> None:
    pictures.accept(small, "small.png", worker=worker)
    worker.close()
    before = sorted(os.listdir("/dev/fd"))
    for _ in range(3):
        pictures.accept(small, "small.png", worker=worker)
        pid = worker.pid
        worker.close()
        assert pid
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)
    assert sorted(os.listdir("/dev/fd")) == before


@only_linux
def test_a_photograph_is_never_in_memory_whole(
    tmp_path: Path, small: Path, worker: Worker
) -> None:
    path = makers.saved(tmp_path, makers.photograph(4000, 3000), "photo.jpg")
    pictures.accept(small, "small.png", worker=worker)
    before = peak_memory(worker)
    pictures.accept(path, "photo.jpg", upright=tmp_path / "kept", worker=worker)
    assert peak_memory(worker) - before < 3 * 4000 * 3000


def test_closing_ends_a_job_at_once(
    small: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    pictures.accept(small, "small.png", worker=worker)
    send = wire.send

    def close_first(pipe: Any, message: dict[str, Any], data: bytes = b"") -> None:
        assert worker.pid
        worker._closed += 1
        os.kill(worker.pid, signal.SIGKILL)
        send(pipe, message, data)

    monkeypatch.setattr(wire, "send", close_first)
    assert refusal(small, worker) == "unavailable"


def test_what_closing_interrupts_is_not_to_blame(
    small: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    receive = wire.receive

    def close_once_taken(pipe: Any) -> tuple[dict[str, Any], bytes]:
        message, data = receive(pipe)
        if "taken" in message:
            assert worker.pid
            worker._closed += 1
            os.kill(worker.pid, signal.SIGKILL)
            while pipe.read(1000):
                pass
        return message, data

    monkeypatch.setattr(wire, "receive", close_once_taken)
    assert refusal(small, worker) == "unavailable"


PARENT = """
import sys, time
from pathlib import Path
from conversations import pictures
pictures.accept(Path(sys.argv[1]), "x")
print("ready", flush=True)
time.sleep(100)
"""


def test_the_worker_dies_with_a_parent_that_was_killed(small: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(small)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert parent.stdout
    assert parent.stdout.readline() == b"ready\n"
    parent.kill()
    # The worker writes to the same stderr, which therefore ends when both are gone.
    assert parent.communicate(timeout=20) == (b"", b"")


def test_a_fork_leaves_the_worker_to_its_parent(small: Path) -> None:
    script = (
        "import os, sys; from pathlib import Path; from conversations import pictures\n"
        "path = Path(sys.argv[1]); pictures.accept(path, 'x')\n"
        "child = os.fork()\n"
        "print(pictures.accept(path, 'x').width, flush=True)\n"
        "if child: os.waitpid(child, 0); print(pictures.accept(path, 'x').width)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(small)],
        cwd=ROOT,
        capture_output=True,
        timeout=60,
        check=True,
    )
    assert done.stdout.split() == [b"40"] * 3
    assert done.stderr == b""


def test_the_server_itself_never_loads_the_decoder() -> None:
    script = (
        "import sys, conversations.pictures.pdf\n"
        "print([name for name in ('PIL', 'pypdf', 'django') if name in sys.modules])"
    )
    shown = subprocess.check_output([sys.executable, "-c", script], cwd=ROOT)
    assert shown.strip() == b"[]"


@only_linux
def test_the_worker_knows_no_secret_of_the_server(
    small: Path, worker: Worker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "hush-hush")
    pictures.accept(small, "small.png", worker=worker)
    assert b"hush-hush" not in Path(f"/proc/{worker.pid}/environ").read_bytes()


def test_every_limit_has_a_unit_and_a_reason() -> None:
    for name, limit in vars(pictures.LIMITS).items():
        assert limit > 0, name
        assert limit.unit, name
        assert len(limit.reason) > 20, name
