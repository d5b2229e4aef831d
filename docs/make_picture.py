"""Makes docs/editor.png: a real server, a real browser, a conversation worth showing.

    make picture

The answers in it are the simulator's: invented, and they say so.
"""

import os
import re
import runpy
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

from tests import browser

ROOT = Path(__file__).parents[1]
SIZE = {"width": 1440, "height": 900}


@contextmanager
def served() -> Iterator[str]:
    """The address of a playground with an empty data folder of its own."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port = one.getsockname()[1]
    with tempfile.TemporaryDirectory() as data:
        environment = os.environ | {"DATA_DIR": data, "PORT": str(port)}
        for command in ("migrate", "prepare"):
            subprocess.run(
                [sys.executable, "manage.py", command],
                cwd=ROOT,
                env=environment,
                check=True,
                stdout=subprocess.DEVNULL,
            )
        command = [sys.executable, "-m", "playground"]
        server = subprocess.Popen(command, cwd=ROOT, env=environment)
        try:
            yield _when_ready(f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait()


def _when_ready(address: str) -> str:
    for _ in range(200):
        try:
            urllib.request.urlopen(f"{address}/healthz").close()
        except urllib.error.URLError:
            time.sleep(0.1)
        else:
            return address
    raise SystemExit("The server did not answer.")


def write(page: Page, address: str, picture: Path) -> None:
    """Write the conversation that the picture shows."""
    page.goto(address)
    page.get_by_role("button", name="New conversation").first.click()
    page.get_by_label("System prompt").fill(
        "You are a terse tutor. Answer with one letter only."
    )
    page.get_by_label("System prompt").press("Tab")
    expect(page.locator("header")).to_contain_text("revision 2")
    page.get_by_label("Attach image").set_input_files(picture)
    expect(page.locator("#composer")).to_contain_text("560 × 350")
    add(page, "user", "Which bar is the highest? (A) blue, (B) red, (C) green")
    add(page, "assistant", "The answer is (C")
    add(page, "user", "And the lowest? (A) blue, (B) red, (C) green")
    page.get_by_label("Prefill").fill("The answer is (")
    page.get_by_role("button", name=re.compile("^Send")).click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    add(page, "user", "As JSON, please.")
    page.get_by_label("Model", exact=True).select_option("claude-opus-5-5")
    page.get_by_label("Prefill").fill('{"lowest": "')
    page.get_by_role("button", name=re.compile("^Send")).click()
    expect(page.get_by_role("button", name="Send anyway")).to_be_visible()
    page.get_by_role("button", name="Close").click()
    expect(page.locator("#conversations")).to_contain_text("opus-5-5")


def add(page: Page, role: str, text: str) -> None:
    turns = page.get_by_role("article").count()
    page.get_by_label("Role", exact=True).select_option(role)
    page.locator("#composer textarea.message").fill(text)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(turns + 1)


def main() -> None:
    picture = Path(tempfile.mkdtemp()) / "quarters.png"
    # By its path: the package around it wants a Django that is set up.
    chart = runpy.run_path(str(ROOT / "conversations" / "examples" / "chart.py"))
    picture.write_bytes(chart["png"]())
    with served() as address, sync_playwright() as playwright:
        chromium = playwright.chromium.launch(
            executable_path=browser.find(), args=browser.FLAGS
        )
        page = chromium.new_page(viewport=SIZE)
        write(page, address, picture)
        page.mouse.move(0, 0)
        page.screenshot(path=ROOT / "docs" / "editor.png")
        chromium.close()


if __name__ == "__main__":
    main()
