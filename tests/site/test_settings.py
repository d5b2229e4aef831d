import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

ROOT = Path(__file__).resolve().parents[2]


def start(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess:
    """Run Python with these variables and none of the tests' own."""
    environment = {"PATH": os.environ["PATH"], "DATA_DIR": str(folder)} | variables
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("command", [["manage.py", "check"], ["-m", "playground"]])
def test_nonsense_stops_the_start_with_one_line(
    command: list[str], tmp_path: Path
) -> None:
    ended = start(tmp_path, *command, PORT="abc")
    assert ended.returncode == 2
    assert ended.stdout == ""
    assert ended.stderr == (
        "PORT cannot be 'abc': expected a whole number from 1 to 65535.\n"
    )


def test_a_data_folder_that_cannot_be_made_stops_the_start(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    ended = start(tmp_path / "file" / "data", "manage.py", "check")
    assert ended.returncode == 2
    assert re.fullmatch("DATA_DIR cannot be .*: expected a folder .*\n", ended.stderr)


@pytest.mark.parametrize(
    "url", ["postgres://me:sk-secret@127.0.0.1:1/play", "sqlite:////nowhere/play"]
)
def test_a_database_that_is_not_there_is_one_line(url: str, tmp_path: Path) -> None:
    ended = start(tmp_path, "manage.py", "migrate", DATABASE_URL=url)
    assert ended.returncode == 1
    assert ended.stderr.startswith("The database of DATABASE_URL cannot be opened: ")
    assert ended.stderr.count("\n") == 1
    assert "sk-secret" not in ended.stderr


def test_a_team_installation_passes_the_deployment_check(tmp_path: Path) -> None:
    ended = start(
        tmp_path,
        *["manage.py", "check", "--deploy", "--fail-level", "WARNING"],
        ACCESS="accounts",
        HOST="0.0.0.0",
        PUBLIC_URL="https://play.example.org",
    )
    assert (ended.returncode, ended.stderr) == (0, "")


def test_a_server_on_every_address_wants_a_public_url(tmp_path: Path) -> None:
    command = ["manage.py", "check", "--deploy"]
    ended = start(tmp_path, *command, ACCESS="accounts", HOST="0.0.0.0")
    assert "playground.W001" in ended.stderr


def test_the_public_url_gives_hosts_cookies_and_hsts(tmp_path: Path) -> None:
    names = [
        *["ALLOWED_HOSTS", "CSRF_TRUSTED_ORIGINS", "SESSION_COOKIE_SECURE"],
        *["CSRF_COOKIE_SECURE", "SECURE_HSTS_SECONDS"],
    ]
    code = "from playground import settings as s; print(" + ",".join(
        f"s.{name}" for name in names
    )
    ended = start(
        tmp_path,
        "-c",
        code + ")",
        ACCESS="accounts",
        PUBLIC_URL="https://Play.org:444/",
    )
    assert ended.stdout == (
        "['127.0.0.1', 'localhost', '[::1]', '127.0.0.1', 'play.org'] "
        "['https://play.org:444'] True True 31536000\n"
    )


@pytest.mark.django_db
def test_sqlite_waits_for_writers_instead_of_failing() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("a question to SQLite")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA journal_mode")
        assert cursor.fetchone() == ("wal",)
        cursor.execute("PRAGMA synchronous")
        assert cursor.fetchone() == (1,)
    assert connection.transaction_mode == "IMMEDIATE"


def test_the_readme_lists_every_variable_and_no_other() -> None:
    table = (ROOT / "README.md").read_text("utf-8").partition("## Settings")[2]
    listed = re.findall(r"^\| `([A-Z_]+)` \|", table, re.MULTILINE)
    assert sorted(listed) == sorted(settings.ENVIRONMENT.names)
