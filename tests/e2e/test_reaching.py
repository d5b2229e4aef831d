"""Pages that cannot fetch what is new: they go on trying by themselves."""

import re

import pytest
from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from .test_groups import begin
from .test_streaming import send

# How a server answers that is starting anew, or is out of reach.
FAILURES = {"gateway": 502, "no network": 0}


class Failing:
    """The network, whose first answers of some kind are failures."""

    def __init__(self, page: Page, what: str, times: int, status: int) -> None:
        self.asked, self.times, self.status = 0, times, status
        page.route(re.compile(what), self.answer)

    def answer(self, route: Route) -> None:
        if route.request.headers.get("hx-request") != "true":
            return route.fallback()
        self.asked += 1
        if self.asked > self.times:
            route.continue_()
        elif self.status:
            route.fulfill(status=self.status, body="<h1>Bad gateway</h1>")
        else:
            route.abort()


@pytest.fixture(autouse=True)
def failures(tolerated: list[str]) -> None:
    tolerated += ["net::ERR_FAILED", "502", "htmx:responseError", "htmx:afterRequest"]


@pytest.mark.parametrize("status", FAILURES.values(), ids=FAILURES)
def test_the_end_of_a_run_is_fetched_until_it_is_there(
    live_url: str, page: Page, settings: Settings, status: int
) -> None:
    settings.SIMULATOR_SPEED = 100
    failing = Failing(page, "/patch/", 2, status)
    send(page, live_url, "Say something about ants in 30 words")
    expect(page.get_by_role("status")).to_contain_text("Done")
    assert failing.asked >= 3
    expect(page.locator("#notice p")).to_have_count(0)


def test_a_page_that_stays_behind_says_so_and_then_that_it_is_not_any_more(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 30  # else its end may come with the answer to the send
    Failing(page, "/patch/", 5, 502)
    send(page, live_url, "Say something about ants in 40 words")
    expect(page.locator("#notice")).to_contain_text("trying again", timeout=20_000)
    expect(page.get_by_role("status")).to_contain_text("Done", timeout=20_000)
    expect(page.locator("#notice")).to_contain_text("up to date again")


def test_an_answer_that_is_no_patch_is_not_passed_over(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 30  # else its end may come with the answer to the send
    page.route("**/patch/**", lambda route: route.fulfill(body="<h1>Sign in</h1>"))
    send(page, live_url, "Which ants are red?")
    expect(page.locator("#notice")).to_contain_text("please reload it")


def test_columns_are_fetched_until_they_are_there(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 30
    address = begin(page, live_url, "Say something about ants in 40 words")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    same = "model=claude-haiku-4-5"
    page.goto(f"{address}compare/?{same}&{same}")
    page.get_by_role("button", name="Send", exact=True).click()
    columns = page.locator("article.column")
    expect(columns).to_have_count(2)
    failing = Failing(page, r"/compare/\w+/", 4, 502)
    for index in range(2):
        expect(columns.nth(index)).to_contain_text("Done", timeout=20_000)
    assert failing.asked > 4


def test_the_page_of_a_run_fetches_its_end_until_it_is_there(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 20
    send(page, live_url, "Say something about ants in 30 words")
    expect(page.get_by_role("status")).to_have_text("Streaming")
    page.get_by_role("tab", name="Reply").click()
    page.get_by_role("link", name="Open this run as a page").click()
    expect(page.locator("#reply[data-live]")).to_be_visible()
    failing = Failing(page, r"/runs/\d+/", 2, 502)
    expect(page.locator("#reply")).to_contain_text("end_turn", timeout=20_000)
    assert failing.asked >= 3
    expect(page.locator("#notice")).to_contain_text("up to date again")
