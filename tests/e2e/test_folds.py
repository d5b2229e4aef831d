"""What a reader opens in a reply while it streams."""

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from conversations import editing, history
from conversations.editing import Script
from playground.middleware import local_user

PARAMS = {
    "model": "claude-haiku-4-5",
    "max_tokens": 4000,
    "thinking": {"type": "enabled", "budget_tokens": 2000},
}


@pytest.fixture(autouse=True)
def pace(settings: Settings) -> None:
    settings.SIMULATOR_SPEED = 40


def asked(page: Page, live_url: str, text: str) -> str:
    """A conversation with thinking on that asks this; gives its address."""
    page.set_default_timeout(20_000)
    script = editing.append(Script((), PARAMS), editing.typed("user", text))
    talk = history.begin(local_user.get(), script, endpoint="simulator")
    page.goto(live_url + talk.get_absolute_url())
    return live_url + talk.get_absolute_url()


def open_with_keys(fold: Locator) -> None:
    """Open the thinking and stay on it."""
    expect(fold).not_to_have_attribute("open", "")
    fold.locator("summary").focus()
    fold.locator("summary").press("Enter")
    expect(fold).to_have_attribute("open", "")


def stays_open(fold: Locator) -> None:
    expect(fold).to_have_attribute("open", "")
    expect(fold.locator("summary")).to_be_focused()


def test_thinking_that_was_opened_stays_open_when_the_reply_has_ended(
    live_url: str, page: Page
) -> None:
    asked(page, live_url, "Say something about ants in 30 words")
    page.get_by_role("button", name="Send", exact=True).click()
    thinking = page.get_by_role("article").last.locator("details.thinking")
    open_with_keys(thinking)
    expect(page.get_by_role("status")).to_contain_text("Done")
    expect(page.locator("[data-run]")).to_have_count(0)
    stays_open(thinking)


def test_thinking_that_was_opened_stays_open_when_the_run_is_stopped(
    live_url: str, page: Page
) -> None:
    asked(page, live_url, "Ants? drill: think long")
    page.get_by_role("button", name="Send", exact=True).click()
    thinking = page.get_by_role("article").last.locator("details.thinking")
    open_with_keys(thinking)
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")
    expect(page.locator("[data-run]")).to_have_count(0)
    stays_open(thinking)


def test_one_of_several_replies_keeps_its_thinking_open_when_others_end(
    live_url: str, page: Page
) -> None:
    asked(page, live_url, "Ants? drill: think long")
    page.get_by_label("Number of replies").fill("3")
    page.get_by_role("button", name="Run ×N").click()
    second = page.get_by_role("region", name="Reply 2").locator("details.thinking")
    open_with_keys(second)
    other = page.context.new_page()
    other.goto(page.url)
    for number in (1, 2):
        other.get_by_role("button", name=f"Stop reply {number}").click()
        ended = page.get_by_role("region", name=f"Reply {number}")
        expect(ended).to_contain_text("Stopped")
        stays_open(second)
    page.get_by_role("button", name="Stop all").click()


def test_a_column_keeps_its_thinking_open_when_it_ends(
    live_url: str, page: Page
) -> None:
    address = asked(page, live_url, "Ants? drill: think long")
    page.goto(f"{address}compare/?model=claude-haiku-4-5&model=claude-haiku-4-5")
    page.get_by_role("button", name="Send", exact=True).click()
    column = page.locator("article.column").nth(1)
    open_with_keys(column.locator("details.thinking"))
    other = page.context.new_page()
    other.goto(page.url)
    other.get_by_role("button", name="Stop all").click()
    expect(column).to_contain_text("Stopped")
    stays_open(column.locator("details.thinking"))
