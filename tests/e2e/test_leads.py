"""Several replies that go on with the same prefill, each shown behind it."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests import factories

from .test_replies import me

__all__ = ["me"]
TURNS = [("user", "Which ants are red? drill: vary"), ("assistant", "Red are the")]


@pytest.fixture
def address(live_url: str, me: User, settings: Settings) -> str:
    settings.SIMULATOR_SPEED = 12
    talk = factories.create_conversation(
        owner=me, turns=TURNS, params={"max_tokens": 30}
    )
    return live_url + talk.get_absolute_url()


def test_columns_show_the_prefill_before_each_reply(page: Page, address: str) -> None:
    page.goto(f"{address}compare/?model=claude-haiku-4-5&model=claude-haiku-4-5")
    page.get_by_role("button", name="Send", exact=True).click()
    for number in (1, 2):
        column = page.get_by_role("article", name=f"Reply {number}")
        expect(column.locator("[data-goes-on]")).to_contain_text("Red are the some")
        expect(column.locator(".prefilled + .seam")).to_have_count(1)
        expect(column.locator(".prefilled")).to_have_text("Red are the")
    for number in (1, 2):
        column = page.get_by_role("article", name=f"Reply {number}")
        expect(column).to_contain_text("Done", timeout=20_000)
        expect(column.locator(".content")).to_contain_text("Red are the something")
        expect(column.locator(".prefilled + .seam")).to_have_count(1)


def test_run_times_shows_the_prefill_before_each_reply(
    page: Page, address: str
) -> None:
    page.goto(address)
    page.get_by_label("Number of replies").fill("2")
    page.get_by_role("button", name="Run ×N").click()
    second = page.get_by_role("region", name="Reply 2")
    expect(second.locator("[data-goes-on]")).to_contain_text("Red are the some")
    expect(second.locator(".prefilled + .seam")).to_have_count(1)
    expect(page.locator("#status")).to_contain_text("Done", timeout=20_000)
    answer = page.locator("details.answer[open] .content")
    expect(answer).to_contain_text("Red are the something")
    expect(answer.locator(".prefilled + .seam")).to_have_count(1)
