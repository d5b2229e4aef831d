"""One long answer watched in several windows at once."""

import re
from collections.abc import Callable

from playwright.sync_api import BrowserContext, Page, expect
from pytest_django import Settings

from conversations import editing, history
from conversations.editing import Script
from playground.middleware import local_user

PHONE = {"width": 390, "height": 844}
PARAMS = {"model": "claude-haiku-4-5", "max_tokens": 8000}
ASK = "Tell me about ants in 3000 words, with lists."
TOKENS = 4000
# Shifts are added up, but for those that a person's own click or key brings about.
OBSERVE = """
window.shift = 0;
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) {
    if (!entry.hadRecentInput) window.shift += entry.value;
  }
}).observe({ type: "layout-shift", buffered: true });
"""


def opened(page: Page, address: str) -> Page:
    page.add_init_script(OBSERVE)
    page.goto(address)
    expect(page.get_by_role("article", name="User turn 1")).to_be_visible()
    return page


def test_three_windows_show_a_long_answer_alike_and_without_a_jump(
    live_url: str,
    page: Page,
    new_context: Callable[..., BrowserContext],
    settings: Settings,
) -> None:
    settings.SIMULATOR_SPEED = 400
    asked = editing.append(Script((), PARAMS), editing.typed("user", ASK))
    talk = history.begin(local_user.get(), asked, endpoint="simulator")
    address = live_url + talk.get_absolute_url()
    phone = new_context(viewport=PHONE).new_page()
    windows = [opened(each, address) for each in (page, page.context.new_page(), phone)]
    page.get_by_role("button", name=re.compile("^Send")).click()
    said = []
    for window in windows:
        expect(window.get_by_role("status")).to_contain_text("Done", timeout=90_000)
        reply = window.get_by_role("article", name="Assistant turn 2")
        said.append(reply.locator(".text").last.text_content())
    usage = talk.runs.get().usage
    shifts = [window.evaluate("window.shift") for window in windows]
    assert usage["output_tokens"] >= TOKENS
    assert said[0] == said[1] == said[2]
    assert max(shifts) <= 0.02, shifts
