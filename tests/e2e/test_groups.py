"""Several replies to one request, in a browser: Run ×N, Compare, differences."""

import re

from playwright.sync_api import Page, Route, expect
from pytest_django import Settings

from conversations.models import Run

# Replies come when they come, on a busy machine too.
PATIENT = 20_000  # milliseconds
ASK = "Which word is it? Answer in one word. drill: vary"


def begin(page: Page, live_url: str, text: str = ASK) -> str:
    """A new conversation with the text in the composer; gives its address."""
    page.set_default_timeout(20_000)
    page.goto(live_url)
    page.get_by_role("button", name="New conversation").first.click()
    page.wait_for_url("**/c/**")  # and its scripts: before them, Enter adds a turn
    page.locator("#composer textarea.message").fill(text)
    return page.url


def run_times(page: Page, count: int) -> None:
    page.get_by_label("Number of replies").fill(str(count))
    page.get_by_role("button", name="Run ×N").click()


def test_run_three_times_and_use_the_second(live_url: str, page: Page) -> None:
    address = begin(page, live_url)
    run_times(page, 3)
    group = page.locator("details.group")
    expect(group).to_contain_text(
        re.compile("answers? (in 3|are the same)"), timeout=PATIENT
    )
    expect(page.locator("#status")).to_contain_text("Done: 3 replies", timeout=PATIENT)
    expect(page.locator("#composer textarea.message")).to_have_value("")

    folds = group.locator("details.answer:not([open]) > summary")
    for _ in range(folds.count()):
        folds.first.click()
    second = page.locator("li", has_text="Reply 2")
    answer = group.locator("details.answer", has=second).locator(".content .md")
    said = answer.inner_text()
    second.get_by_role("button", name="Use this reply").click()

    reply = page.get_by_role("article", name="Assistant turn 2")
    expect(reply.locator("> .body > .text.md")).to_have_text(said)
    expect(reply.get_by_label("Replies")).to_contain_text("2 of 3")
    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_label("Replies", exact=True)).to_have_count(0)

    page.goto(address)
    expect(page.locator("details.group")).to_have_attribute("open", "")


def test_replies_stream_into_their_places_and_all_can_be_stopped(
    live_url: str, page: Page
) -> None:
    begin(page, live_url, "Tell me more. drill: crawl")
    run_times(page, 2)
    streams = page.locator("details.group [data-run]")
    expect(streams).to_have_count(2)
    for index in range(2):
        expect(streams.nth(index)).to_contain_text(
            re.compile(r"\w+ \w+"), timeout=PATIENT
        )
    page.get_by_role("button", name="Stop all").click()
    expect(page.locator("#status")).to_contain_text(
        "Stopped: 2 replies", timeout=PATIENT
    )
    expect(streams).to_have_count(0)
    page.locator("li", has_text="Reply 1").get_by_text("Run again").click()
    expect(streams).to_have_count(1)
    page.locator("#composer-state").get_by_role("button", name="Stop").click()
    expect(streams).to_have_count(0)


def test_enter_in_the_number_runs_that_often(live_url: str, page: Page) -> None:
    begin(page, live_url)
    page.get_by_label("Number of replies").fill("1")
    page.get_by_label("Number of replies").press("Enter")
    expect(page.locator("#composer-errors")).to_contain_text("between 2 and 20")
    page.get_by_label("Number of replies").fill("2")
    page.get_by_label("Number of replies").press("Enter")
    expect(page.locator("#status")).to_contain_text("Done: 2 replies", timeout=PATIENT)
    assert page.get_by_label("Number of replies").input_value() == "2"


def test_compare_two_models_of_which_one_is_refused(live_url: str, page: Page) -> None:
    address = begin(page, live_url)
    page.get_by_label("Prefill").fill("It is")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(2)
    page.get_by_role("button", name="Compare…").click()

    page.locator("#c1-model").select_option("claude-opus-5-5")
    verdict = page.locator("#verdict-c1")
    expect(verdict).to_contain_text("Send anyway")
    expect(verdict).to_contain_text("Port the conversation to Claude Opus 5.5")
    expect(page.locator("#going")).to_contain_text("1 of 2 columns")
    page.get_by_label("Send anyway").check()
    expect(page.locator("#going")).to_contain_text("All 2 columns")

    page.get_by_role("button", name="Send", exact=True).click()
    columns = page.locator("article.column")
    expect(columns).to_have_count(2)
    expect(columns.nth(0)).to_contain_text("Done", timeout=PATIENT)
    expect(columns.nth(1)).to_contain_text("Failed", timeout=PATIENT)
    expect(columns.nth(1)).to_contain_text("prefill")

    columns.nth(0).get_by_role("button", name="Use this reply").click()
    page.wait_for_url(address)
    reply = page.get_by_role("article", name="Assistant turn 2")
    expect(reply).to_contain_text("It is")
    expect(reply.locator(".seam").first).to_be_attached()
    expect(page.get_by_label("Model", exact=True)).to_have_value("claude-haiku-4-5")


def test_columns_stream_on_their_own_page(live_url: str, page: Page) -> None:
    address = begin(page, live_url, "Tell me more. drill: crawl")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    same = "model=claude-haiku-4-5"  # which does not think first
    page.goto(f"{address}compare/?{same}&{same}")
    page.get_by_role("button", name="Send", exact=True).click()
    streams = page.locator("article.column [data-run]")
    for index in range(2):
        expect(streams.nth(index)).to_contain_text(
            re.compile(r"\w+ \w+"), timeout=PATIENT
        )
    columns = page.locator("article.column")
    columns.nth(0).get_by_role("button", name="Stop").click()
    expect(columns.nth(0)).to_contain_text("Stopped", timeout=PATIENT)
    expect(columns.nth(1).locator("[data-run]")).to_contain_text(re.compile(r"\w+"))
    page.get_by_role("button", name="Stop all").click()
    expect(streams).to_have_count(0)


def test_columns_show_what_ended_before_their_script_was_there(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 20
    held: list[Route] = []
    page.route(re.compile(r"/columns\."), lambda route: held.append(route))
    address = begin(page, live_url)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(1)
    page.goto(f"{address}compare/")
    page.get_by_role("button", name="Send", exact=True).click(no_wait_after=True)
    columns = page.locator("article.column")
    expect(columns.nth(0)).to_contain_text("Streaming", timeout=PATIENT)
    while Run.objects.filter(status__in=Run.LIVE).exists():
        page.wait_for_timeout(50)
    held[0].continue_()
    for index in range(2):
        expect(columns.nth(index)).to_contain_text("Done", timeout=PATIENT)


def test_the_difference_of_two_replies_is_marked(live_url: str, page: Page) -> None:
    begin(page, live_url, "Say three sentences about ants. drill: vary")
    run_times(page, 2)
    page.locator("details.group").get_by_role("button", name="Differences").click()
    expect(page.locator(".difference section")).to_have_count(1)
    expect(page.locator(".difference ins").first).to_be_visible()
    expect(page.locator(".difference del").first).to_be_visible()
    page.get_by_label("Reply", exact=True).select_option(index=1)
    page.get_by_label("Against").select_option(index=1)
    page.get_by_role("button", name="Show").click()
    expect(page).to_have_url(re.compile(r"from=\d+&to=\d+"))
    expect(page.locator(".difference section h2")).to_contain_text("Reply 1")
