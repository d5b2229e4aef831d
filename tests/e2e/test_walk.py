"""The main job in one sitting, as a person does it in a browser."""

import re
import struct
import zlib
from collections.abc import Callable
from pathlib import Path

from django.contrib.auth import get_user_model
from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

SYSTEM = "You are a terse classics tutor."
PREFILL = "The answer is ("


def picture(path: Path, width: int = 640, height: int = 420) -> Path:
    """Write a small PNG with two bands of colour."""
    rows = b"".join(
        b"\0" + (b"\x2b\x5c\x8a" if y < height // 2 else b"\xd6\xbd\x66") * width
        for y in range(height)
    )

    def chunk(kind: bytes, data: bytes) -> bytes:
        body = kind + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )
    return path


def add(page: Page, role: str, text: str) -> None:
    page.get_by_label("Role", exact=True).select_option(role)
    page.locator("#composer textarea.message").fill(text)
    page.get_by_role("button", name="Add", exact=True).click()


def test_write_send_reload_search_and_share(
    live_url: str,
    page: Page,
    new_context: Callable[..., BrowserContext],
    tmp_path: Path,
) -> None:
    page.set_default_timeout(20_000)
    page.goto(live_url)
    page.get_by_role("button", name="New conversation").first.click()
    expect(page.get_by_label("Model", exact=True)).to_have_value("claude-haiku-4-5")

    _write_the_system_prompt(page)
    add(page, "user", "What is the Latin word for ant? (A) Apoidea, (C) Formicidae")
    expect(page.get_by_role("article", name="User turn 1")).to_be_visible()
    add(page, "assistant", "The answer is (C)")
    synthetic = page.get_by_role("article", name="Assistant turn 2")
    expect(synthetic).to_contain_text("prefill")
    expect(page.get_by_label("Prefill")).to_be_disabled()

    page.get_by_label("Attach image").set_input_files(picture(tmp_path / "ants.png"))
    expect(page.locator("#composer")).to_contain_text("640 × 420")
    add(page, "user", "Which colours does the picture have?")
    expect(synthetic).to_contain_text("synthetic")
    page.get_by_label("Prefill").fill(PREFILL)
    page.get_by_role("button", name=re.compile("^Send")).click()

    reply = page.get_by_role("article", name="Assistant turn 4")
    expect(reply).to_contain_text(PREFILL)
    expect(page.get_by_role("status")).to_contain_text("Done")
    expect(reply).to_contain_text("Reply by")  # in its final form
    expect(reply.locator(".seam")).to_have_count(1)
    said = reply.locator(".text").inner_text()
    assert len(said) > len(PREFILL)

    page.reload()
    expect(page.get_by_role("article")).to_have_count(4)
    assert reply.locator(".text").inner_text() == said
    expect(
        page.get_by_role("article", name="User turn 3").locator("img")
    ).to_be_visible()

    page.get_by_label("Search conversations").fill("formicidae")
    expect(page.locator("#conversations a")).to_have_count(1)

    link = _share(page)
    stranger = new_context().new_page()
    stranger.goto(link)
    expect(stranger.get_by_role("article").last).to_contain_text(said)
    shown = stranger.locator("article img").first
    expect(shown).to_be_visible()
    assert shown.evaluate("image => image.naturalWidth") > 0
    expect(stranger.get_by_role("button", name="Edit")).to_have_count(0)


def _write_the_system_prompt(page: Page) -> None:
    page.get_by_label("System prompt").fill(SYSTEM)
    page.get_by_label("System prompt").press("Tab")
    expect(page.locator("header")).to_contain_text("revision 2")


def _share(page: Page) -> str:
    page.get_by_role("button", name="Share", exact=True).click()
    page.get_by_role("button", name="Create link").click()
    return page.get_by_label("Share link").first.input_value()


def test_a_share_opens_where_nobody_is_signed_in(
    live_url: str,
    page: Page,
    new_context: Callable[..., BrowserContext],
    settings: Settings,
) -> None:
    settings.ACCESS = "accounts"
    get_user_model().objects.create_user("anna", password="a long secret word")
    page.goto(live_url)
    page.get_by_label("Username").fill("anna")
    page.get_by_label("Password").fill("a long secret word")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="New conversation").first.click()
    add(page, "user", "Only for those who have the link")
    expect(page.get_by_role("article")).to_have_count(1)
    link = _share(page)

    stranger = new_context().new_page()
    stranger.goto(link)
    expect(stranger.get_by_role("article")).to_contain_text("Only for those who")
    stranger.goto(page.url)
    expect(stranger.get_by_label("Password")).to_be_visible()

    page.get_by_role("button", name="Revoke").click()
    expect(page.get_by_role("button", name="Revoke")).to_have_count(0)
    answer = stranger.goto(link)
    assert answer is not None
    assert answer.status == 404
