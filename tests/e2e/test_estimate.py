"""The line that says what sending a draft costs stays true while the rest changes."""

import re

import pytest
from playwright.sync_api import Page, Request, expect
from pytest_django import Settings

from conversations import history
from conversations.editing import Script
from playground.middleware import local_user

SEND = re.compile("^Send")
THINKS = {
    "model": "claude-haiku-4-5",
    "max_tokens": 4000,
    "thinking": {"type": "enabled", "budget_tokens": 1500},
}


@pytest.fixture
def asked(page: Page) -> list[Request]:
    """The requests for an estimate, as they go out."""
    found: list[Request] = []
    page.on("request", lambda each: "/estimate/" in each.url and found.append(each))
    return found


def opened(page: Page, live_url: str, params: dict | None = None) -> Page:
    script = Script((), params or {"model": "claude-haiku-4-5", "max_tokens": 1024})
    talk = history.begin(local_user.get(), script, endpoint="simulator")
    page.goto(live_url + talk.get_absolute_url())
    return page


def tokens(page: Page) -> int:
    told = page.locator("#composer-estimate").inner_text()
    return int(re.findall(r"[\d,]+", told)[0].replace(",", ""))


def test_a_draft_typed_during_a_reply_is_counted_with_the_reply(
    live_url: str, page: Page, settings: Settings, asked: list[Request]
) -> None:
    settings.SIMULATOR_SPEED = 60
    opened(page, live_url)
    page.get_by_label("User message").fill("Write 150 words about bees.")
    page.get_by_role("button", name=SEND).click()
    expect(page.locator("[data-run]")).to_be_visible()
    page.get_by_label("User message").fill("And what of wasps?")
    expect(page.locator("#composer-estimate")).to_contain_text("and up")
    before, requests = tokens(page), len(asked)
    with page.expect_response("**/estimate/"):
        expect(page.get_by_role("status")).to_contain_text("Done")
    expect(page.locator("#composer-estimate")).not_to_contain_text(f": {before} ")
    assert tokens(page) > before + 100
    assert len(asked) == requests + 1


def test_a_draft_costs_what_the_model_chosen_after_it_costs(
    live_url: str, page: Page
) -> None:
    opened(page, live_url)
    page.get_by_label("User message").fill("word " * 2000)
    estimate = page.locator("#composer-estimate")
    expect(estimate).to_contain_text("and up")
    cheap = estimate.inner_text().split("$")[1]
    page.get_by_label("Model", exact=True).select_option("claude-opus-5-5")
    expect(estimate).not_to_contain_text(f"${cheap}")
    expect(estimate).to_contain_text("and up")


def test_a_refusal_goes_when_a_setting_has_removed_its_reason(
    live_url: str, page: Page
) -> None:
    opened(page, live_url, THINKS)
    page.get_by_label("User message").fill("Name one ant.")
    page.get_by_label("Prefill").fill("The ant")
    estimate = page.locator("#composer-estimate")
    expect(estimate).to_contain_text("Would be refused")
    page.get_by_label("Thinking", exact=True).select_option(label="Disabled")
    expect(estimate).to_contain_text("and up")


def test_an_empty_composer_asks_for_no_estimate_when_a_setting_changes(
    live_url: str, page: Page, asked: list[Request]
) -> None:
    opened(page, live_url)
    for model in ("claude-opus-5-5", "claude-haiku-4-5"):
        with page.expect_response("**/settings/"):
            page.get_by_label("Model", exact=True).select_option(model)
        expect(page.locator("#undo-redo")).to_contain_text("Undo")
    page.get_by_label("User message").fill("Now.")
    expect(page.locator("#composer-estimate")).to_contain_text("and up")
    assert len(asked) == 1


def test_a_draft_that_outlives_a_reload_has_its_figures_again(
    live_url: str, page: Page
) -> None:
    opened(page, live_url)
    page.get_by_label("User message").fill("Kept over a reload")
    estimate = page.locator("#composer-estimate")
    expect(estimate).to_contain_text("and up")
    page.reload()
    expect(page.get_by_label("User message")).to_have_value("Kept over a reload")
    expect(estimate).to_contain_text("and up")
