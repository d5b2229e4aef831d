"""The override and the page of a run, in a browser."""

import re
from pathlib import Path

from playwright.sync_api import APIResponse, Page, Route, expect
from pytest_django import Settings

from .test_composer import SENT
from .test_editor import add, begin

OVERRIDE = '{"max_tokens": 30}'


def send(page: Page, words: str) -> None:
    page.get_by_label("User message").fill(words)
    page.get_by_role("button", name=SENT).first.click()


def override(page: Page, typed: str) -> None:
    field = page.get_by_role("textbox", name="Override", exact=True)
    field.fill(typed)
    field.press("Tab")


def test_an_override_is_told_and_sent(live_url: str, page: Page) -> None:
    begin(page, live_url)
    override(page, '{"max_tokens": ')
    field = page.get_by_role("textbox", name="Override", exact=True)
    expect(page.locator("#setting-override [role=alert]")).to_contain_text("not JSON")
    expect(field).to_have_value('{"max_tokens": ')
    override(page, OVERRIDE)
    badge = page.get_by_role("link", name="Override active")
    expect(badge).to_be_visible()
    expect(page.locator("#setting-max_tokens")).to_contain_text(
        "Changed by the override"
    )
    page.get_by_role("tab", name="Request").click()
    expect(page.locator("#request-body")).to_contain_text('"max_tokens": 30')
    send(page, "Write 200 words, please.")
    expect(page.get_by_role("status")).to_contain_text("Done")
    page.get_by_role("tab", name="Reply").click()
    panel = page.get_by_role("tabpanel", name="Reply")
    expect(panel).to_contain_text("max_tokens")
    expect(panel.get_by_text("Override active")).to_be_visible()


def test_the_badge_leads_to_the_field_from_any_panel(live_url: str, page: Page) -> None:
    begin(page, live_url)
    override(page, OVERRIDE)
    badge = page.get_by_role("link", name="Override active")
    expect(badge).to_be_visible()
    page.get_by_role("tab", name="History").click()
    badge.click()
    expect(page.get_by_role("textbox", name="Override", exact=True)).to_be_in_viewport()


def test_the_page_of_a_run_under_way_becomes_that_of_its_end(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 12
    begin(page, live_url)
    send(page, "Write 50 words, please.")
    expect(page.get_by_role("status")).to_contain_text("Streaming")
    page.get_by_role("tab", name="Reply").click()
    page.get_by_role("link", name="Open this run as a page").click()
    expect(page.locator("[data-run] .text:visible").first).not_to_be_empty()
    response = page.get_by_role("heading", name="Raw response")
    expect(response).to_be_visible(timeout=30_000)
    expect(page.locator("[data-run]")).to_have_count(0)
    expect(page.get_by_role("table")).to_contain_text("Output")


def test_a_page_that_opened_just_before_the_end_comes_to_know_of_it(
    live_url: str, page: Page, settings: Settings, tolerated: list[str]
) -> None:
    settings.SIMULATOR_SPEED = 12
    tolerated.append("net::ERR_FAILED")
    begin(page, live_url)
    page.route("**/events", lambda route: route.abort())  # too late
    send(page, "Write 40 words, please.")
    page.get_by_role("tab", name="Reply").click()
    page.get_by_role("link", name="Open this run as a page").click()
    expect(page.locator("[data-live]")).to_have_count(1)
    address = page.url
    other = page.context.new_page()
    other.goto(address)
    expect(other.get_by_role("heading", name="Raw response")).to_be_visible(
        timeout=20_000
    )
    page.unroute_all()
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.get_by_role("heading", name="Raw response")).to_be_visible()


def test_an_answer_that_is_older_than_the_end_is_asked_for_again(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 12
    begin(page, live_url)
    send(page, "Write 60 words, please.")
    page.get_by_role("tab", name="Reply").click()
    page.get_by_role("link", name="Open this run as a page").click()
    expect(page.locator("[data-live]")).to_have_count(1)
    held: list[tuple[Route, APIResponse]] = []

    def hold(route: Route) -> None:
        if held or "hx-request" not in route.request.headers:
            return route.continue_()
        held.append((route, route.fetch()))

    page.route(re.compile(r"/runs/\d+/$"), hold)
    with page.expect_request(lambda request: "hx-request" in request.headers):
        page.reload()
    other = page.context.new_page()
    other.goto(page.url)
    response = "Raw response"
    expect(other.get_by_role("heading", name=response)).to_be_visible(timeout=20_000)
    route, early = held[0]
    assert response not in early.text()
    route.fulfill(response=early)
    expect(page.get_by_role("heading", name=response)).to_be_visible()


def test_what_was_opened_stays_open_when_the_panel_is_fetched_again(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    send(page, "Hello.")
    expect(page.get_by_role("status")).to_contain_text("Done")
    page.get_by_role("tab", name="Reply").click()
    page.locator("summary", has_text="Events with their times").click()
    expect(page.locator("#run-events")).to_contain_text("message_stop")
    with page.expect_response(re.compile("/reply/")):
        add(page, "user", "And this?")
    expect(page.locator("#run-events")).to_be_visible()


def test_what_went_over_the_wire_opens_by_key(
    live_url: str, page: Page, tmp_path: Path
) -> None:
    begin(page, live_url)
    send(page, "It's an ant.")
    expect(page.get_by_role("status")).to_contain_text("Done")
    page.get_by_role("link", name=re.compile(r"^run \d")).first.click()
    for name in ("The request as it was sent", "Headers", "Events with their times"):
        page.locator("summary", has_text=name).press("Enter")
    expect(page.locator("#run-request-body")).to_contain_text("It's an ant.")
    expect(page.locator("dl.wire").last).to_contain_text("request-id")
    expect(page.locator("#run-events")).to_contain_text("message_stop")
    with page.expect_download() as begun:
        page.get_by_role("link", name="Download request.json").click()
    assert b"It's an ant." in Path(begun.value.path()).read_bytes()
