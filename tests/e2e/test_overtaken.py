"""A reply on its way that the conversation has moved on from."""

import pytest
from playwright.sync_api import Locator, Page, expect
from pytest_django import Settings

from .test_streaming import send


@pytest.fixture
def page_with_reply(live_url: str, page: Page, settings: Settings) -> Page:
    """A page on which a reply streams that will not end by itself."""
    settings.SIMULATOR_SPEED = 200
    send(page, live_url, "Which ants are red? drill: silence")
    expect(page.locator("[data-run] p").first).not_to_be_empty()
    return page


def article(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name)


def edit_and_send(page: Page, text: str) -> None:
    first = article(page, "User turn 1")
    first.get_by_role("button", name="Edit", exact=True).click()
    page.get_by_label("Turn text").fill(text)
    page.get_by_role("button", name="Save and send").click()


def test_the_older_of_two_goes_on_in_sight_and_can_be_stopped(
    page_with_reply: Page,
) -> None:
    page = page_with_reply
    edit_and_send(page, "Which bees are red? drill: silence")
    expect(page.locator("[data-run]")).to_have_count(2)
    older = article(page, "User turn 1").locator(".waiting [data-run]")
    expect(older).not_to_be_empty()
    newer = article(page, "Assistant turn 2").locator("[data-run]")
    expect(newer).not_to_be_empty()
    page.get_by_role("button", name="Stop run").click()
    expect(page.locator("#notice")).to_contain_text("Use this reply")
    expect(page.locator("[data-run]")).to_have_count(1)
    expect(page.get_by_role("status").first).to_have_text("Streaming")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status").first).to_contain_text("Stopped")


def test_add_leaves_the_reply_at_its_question_and_one_click_uses_it(
    page_with_reply: Page,
) -> None:
    page = page_with_reply
    page.get_by_label("User message").fill("And of bees?")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(article(page, "User turn 2")).to_be_visible()
    expect(article(page, "User turn 1").locator("[data-run] p").first).to_be_visible()
    expect(page.get_by_role("button", name="Send", exact=True)).to_be_enabled()
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_role("button", name="Use this reply").click()
    expect(article(page, "Assistant turn 2")).to_contain_text("Reply by")
    expect(article(page, "User turn 3")).to_contain_text("And of bees?")


def test_one_that_ends_without_a_word_is_told_of(
    live_url: str, page: Page, tolerated: list[str]
) -> None:
    send(page, live_url, "Which ants are red? drill: late")
    expect(page.get_by_role("status")).to_have_text("Streaming")
    page.get_by_label("User message").fill("And of bees?")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(article(page, "User turn 1").locator("[data-run]")).to_have_count(1)
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator("#notice")).to_contain_text("tells what came of it")
    expect(page.locator("[data-run]")).to_have_count(0)
