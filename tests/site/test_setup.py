"""What the Makefile does on machines that lack something, with stand-ins for them."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests import browser

ROOT = Path(__file__).resolve().parents[2]

# A Python as Debian packages it: it has venv, and lacks what venv needs.
BARE_PYTHON = f"""#!/bin/sh
case "$2" in *ensurepip*) exit 1;; esac
case "$1" in -m) echo "$@" >> "$0.calls"; exit 0;; esac
exec {sys.executable} "$@"
"""


def write_program(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)


def make_venv(programs: Path) -> subprocess.CompletedProcess[str]:
    """Run the script with nothing but these programs."""
    return subprocess.run(
        [shutil.which("sh") or "sh", ROOT / ".ci" / "venv", "somewhere"],
        env={"PATH": str(programs)},
        capture_output=True,
        text=True,
        check=False,
    )


def test_without_a_python_that_is_new_enough_one_line_says_so(tmp_path: Path) -> None:
    write_program(tmp_path, "python3", "#!/bin/sh\nexit 1\n")
    ended = make_venv(tmp_path)
    assert ended.returncode == 1
    assert ended.stderr.startswith("Python 3.11 or newer is needed")
    assert ended.stderr.count("\n") == 1


def test_without_venv_one_line_names_the_package(tmp_path: Path) -> None:
    write_program(tmp_path, "python3", BARE_PYTHON)
    write_program(tmp_path, "id", "#!/bin/sh\necho 1000\n")
    ended = make_venv(tmp_path)
    assert ended.returncode == 1
    assert f"python3.{sys.version_info[1]}-venv" in ended.stderr
    assert ended.stderr.count("\n") == 1


def test_without_venv_root_installs_the_package(tmp_path: Path) -> None:
    write_program(tmp_path, "python3", BARE_PYTHON)
    write_program(tmp_path, "id", "#!/bin/sh\necho 0\n")
    write_program(tmp_path, "apt-get", '#!/bin/sh\necho "$@" >> "$0.calls"\n')
    assert make_venv(tmp_path).returncode == 0
    update, install = (tmp_path / "apt-get.calls").read_text().splitlines()
    assert update.startswith("update")
    assert install.endswith(f"python3.{sys.version_info[1]}-venv")
    assert (tmp_path / "python3.calls").read_text() == "-m venv somewhere\n"


def test_playwrights_own_chromium_comes_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "chromium-1234" / "chrome-linux64"
    folder.mkdir(parents=True)
    write_program(folder, "chrome", "#!/bin/sh\n")
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path))
    assert browser.find() == str(folder / "chrome")


def test_without_any_chromium_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(browser, "CACHES", ())
    monkeypatch.setattr(browser, "APPLICATIONS", ())
    monkeypatch.delenv("PLAYWRIGHT_BROWSERS_PATH", raising=False)
    assert browser.find() is None
