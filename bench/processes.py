"""The processes of a measurement, and what they have used of the machine."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def started(
    module: str, *arguments: object, env: Mapping[str, str] | None = None
) -> Iterator[int]:
    """Run `python -m module` until the end of the block; gives its process id.

    The module says in one line that it is ready.
    """
    process = subprocess.Popen(
        [sys.executable, "-m", module, *map(str, arguments)],
        env=dict(env) if env is not None else None,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    assert process.stdout is not None
    try:
        assert process.stdout.readline(), f"{module} did not start"
        yield process.pid
    finally:
        process.send_signal(signal.SIGTERM)
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def cpu(pid: int) -> float:
    """Return the seconds of the processor that a process has used (proc(5))."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def peak_memory(pid: int) -> int:
    """Return the most resident memory that a process has had, in bytes."""
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return 0


def manage(environment: Mapping[str, str], command: str) -> None:
    """Run a command of manage.py."""
    subprocess.run(
        [sys.executable, "manage.py", command, "--verbosity", "0"],
        env=dict(environment),
        check=True,
    )


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port
