"""Finds a Chromium for the browser tests: Playwright's own, or the system's.

Run as a module it tries to install Debian's where there is none, and says in one
line what the outcome is.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
CACHES = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
APPLICATIONS = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
)
# As root Chromium needs --no-sandbox; the rest keeps it from calling anywhere.
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
NONE_FOUND = "No Chromium here: the browser tests are left out."


def find() -> str | None:
    """The path of a Chromium that can be started, or None."""
    for cache in (os.environ.get("PLAYWRIGHT_BROWSERS_PATH"), *CACHES):
        if cache and (own := _playwrights_own(Path(cache).expanduser())):
            return own
    for name in NAMES:
        if path := shutil.which(name):
            return path
    return next((path for path in APPLICATIONS if os.access(path, os.X_OK)), None)


def _playwrights_own(cache: Path) -> str | None:
    """`playwright install` puts each version into a folder of its own."""
    patterns = (
        "chromium-*/chrome-linux*/chrome",
        "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    )
    found = [path for pattern in patterns for path in cache.glob(pattern)]
    usable = [path for path in found if os.access(path, os.X_OK)]
    return str(max(usable)) if usable else None


def install() -> None:
    """Debian's package, where that is possible without asking anybody."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print("Installing Debian's chromium for the browser tests.", flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    update = ["apt-get", "update", "-q"]
    package = ["apt-get", "install", "-yq", "--no-install-recommends", "chromium"]
    for command in (update, package):
        subprocess.run(command, env=environment, stdout=subprocess.DEVNULL, check=False)


def main() -> None:
    if find() is None:
        install()
    if find() is None:
        print(NONE_FOUND)


if __name__ == "__main__":
    sys.exit(main())
