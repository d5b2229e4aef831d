"""A conversation that is deleted elsewhere while somebody has it open."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import Page, Request, expect
from pytest_django import Settings

from conversations import editing, history
from conversations.editing import Script
from conversations.models import Conversation
from playground.middleware import local_user
from playground.runs import live as watching

GONE = "This conversation is not there any more"
SEND = re.compile("^Send")
PARAMS = {"model": "claude-haiku-4-5", "max_tokens": 2000}


@pytest.fixture(autouse=True)
def _what_is_gone_is_not_found(tolerated: list[str]) -> None:
    tolerated.append("Response Status Error Code 404")


@pytest.fixture
def talk(transactional_db: None) -> Conversation:
    asked = editing.append(Script((), PARAMS), editing.typed("user", "Which ants?"))
    return history.begin(local_user.get(), asked, endpoint="simulator")


def delete(page: Page, live_url: str, talk: Conversation) -> None:
    """As somebody does it in another tab."""
    other = page.context.new_page()
    other.goto(live_url + reverse("conversations:delete", args=[talk.pk]))
    other.get_by_role("button", name=re.compile("^Delete")).last.click()
    expect(other).not_to_have_url(re.compile("delete"))
    other.close()


def expect_gone(page: Page) -> None:
    expect(page.locator("#notice")).to_contain_text(GONE)
    expect(page.get_by_role("status")).to_have_text("Not there any more")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_have_count(0)
    expect(page.get_by_role("button", name=SEND)).to_be_disabled()


def test_a_page_whose_conversation_is_deleted_in_mid_stream_ends_and_keeps_the_text(
    live_url: str, page: Page, talk: Conversation, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 30
    page.clock.install()
    page.goto(live_url + talk.get_absolute_url())
    page.get_by_role("button", name=SEND).click()
    expect(page.locator(".progress")).to_contain_text("tokens")
    message = page.get_by_label("User message")
    message.fill("Typed meanwhile")
    expect(page.locator("#composer-estimate")).to_contain_text("and up")
    delete(page, live_url, talk)
    expect_gone(page)
    expect(page.locator(".progress, [data-run] .cursor")).to_have_count(0)
    expect(page.locator(f"#conversations a[href*='{talk.pk}']")).to_have_count(0)
    asked: list[Request] = []
    page.on("request", lambda each: str(talk.pk) in each.url and asked.append(each))
    message.press_sequentially(", and more")
    page.get_by_label("Max tokens").fill("1500")
    page.get_by_label("Max tokens").blur()
    page.clock.fast_forward(60_000)
    expect(message).to_have_value("Typed meanwhile, and more")
    assert "and more" in page.evaluate(f"localStorage['draft {talk.pk} composer']")
    assert asked == []


def test_a_page_on_which_nothing_happens_learns_that_its_conversation_is_gone(
    live_url: str, page: Page, talk: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching, "LONGEST_WATCH", 1.0)
    page.goto(live_url + talk.get_absolute_url())
    delete(page, live_url, talk)
    expect_gone(page)


def test_what_is_sent_to_a_deleted_conversation_stays_in_its_field(
    live_url: str, page: Page, talk: Conversation
) -> None:
    page.goto(live_url + talk.get_absolute_url())
    page.get_by_label("User message").fill("Too late?")
    expect(page.locator("#composer-estimate")).to_contain_text("and up")
    delete(page, live_url, talk)
    page.get_by_role("button", name=SEND).click()
    expect_gone(page)
    expect(page.get_by_label("User message")).to_have_value("Too late?")


def test_the_page_of_a_run_that_is_deleted_offers_no_stop(
    live_url: str, page: Page, talk: Conversation, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 30
    page.goto(live_url + talk.get_absolute_url())
    page.get_by_role("button", name=SEND).click()
    expect(page.locator(".progress")).to_contain_text("tokens")
    page.goto(live_url + talk.runs.get().get_absolute_url())
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    delete(page, live_url, talk)
    expect(page.locator("#notice")).to_contain_text(GONE)
    expect(page.get_by_role("button", name="Stop")).to_have_count(0)
