"""A list of settings that is gone through with the keys is one choice, not ten."""

import re
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from conversations import history
from conversations.models import Conversation, Run
from playground.middleware import local_user
from tests import factories


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return factories.create_conversation(
        owner=local_user.get(),
        turns=[("user", "Hi")],
        params={"model": "claude-opus-5-5"},
    )


@pytest.fixture
def editor(live_url: str, conversation: Conversation, page: Page) -> Page:
    page.clock.install()
    page.goto(live_url + conversation.get_absolute_url())
    return page


@pytest.fixture
def model(editor: Page) -> Locator:
    return editor.get_by_label("Model", exact=True)


def step(field: Locator, times: int) -> str:
    """Go down the list, and return what is chosen then."""
    field.focus()
    for _ in range(times):
        field.press("ArrowDown")
    return field.input_value()


def revision_shown(page: Page) -> Locator:
    return page.locator("#patch")


def test_a_choice_is_saved_once_when_the_field_is_left(
    editor: Page, model: Locator, conversation: Conversation
) -> None:
    chosen = step(model, 4)
    editor.keyboard.press("Tab")
    expect(revision_shown(editor)).to_have_attribute("data-revision", "2")
    assert conversation.revisions.count() == 2
    assert history.head(conversation).params["model"] == chosen


@pytest.mark.parametrize("name", ["Model", "Effort", "Thinking"])
def test_enter_makes_the_choice_and_keeps_the_focus(
    editor: Page, conversation: Conversation, name: str
) -> None:
    field = editor.get_by_label(name, exact=True)
    chosen = step(field, 2)
    field.press("Enter")
    expect(revision_shown(editor)).to_have_attribute("data-revision", "2")
    expect(field).to_be_focused()
    expect(field).to_have_value(chosen)
    assert conversation.revisions.count() == 2


def test_a_pause_makes_the_choice_and_undo_takes_all_of_it_back(
    editor: Page, model: Locator, conversation: Conversation
) -> None:
    before = model.input_value()
    step(model, 3)
    editor.clock.run_for(1000)
    expect(revision_shown(editor)).to_have_attribute("data-revision", "2")
    expect(model).to_be_focused()
    editor.get_by_role("button", name="Undo", exact=True).click()
    expect(model).to_have_value(before)
    assert conversation.revisions.count() == 2


def test_undo_at_once_takes_back_the_choice_that_it_interrupts(
    editor: Page, model: Locator, conversation: Conversation
) -> None:
    model.select_option("claude-sonnet-5")
    expect(revision_shown(editor)).to_have_attribute("data-revision", "2")
    step(model, 2)
    editor.get_by_role("button", name="Undo", exact=True).click()
    expect(model).to_have_value("claude-sonnet-5")
    expect(revision_shown(editor)).to_have_attribute("data-revision", "2")
    assert conversation.revisions.count() == 3


def test_a_choice_with_the_mouse_is_saved_at_once(editor: Page, model: Locator) -> None:
    step(model, 1)
    editor.keyboard.press("Tab")
    expect(revision_shown(editor)).to_have_attribute("data-revision", "2")
    editor.clock.pause_at(datetime.now() + timedelta(hours=1))  # no pause ever ends
    model.click()  # opens the list, which belongs to no page
    editor.keyboard.press("Escape")
    model.select_option("claude-sonnet-5")
    expect(revision_shown(editor)).to_have_attribute("data-revision", "3")


def test_a_send_takes_the_choice_along_that_was_not_made_yet(
    editor: Page, model: Locator, conversation: Conversation
) -> None:
    chosen = step(model, 2)
    model.press("Control+Enter")
    expect(editor.locator("#status")).to_contain_text("Done")
    assert Run.objects.get(conversation=conversation).model == chosen
    assert conversation.revisions.count() == 3  # the choice, the reply


def test_a_page_that_goes_leaves_the_choice_behind(
    editor: Page, model: Locator, conversation: Conversation
) -> None:
    chosen = step(model, 2)
    editor.reload()
    expect(editor.locator("#patch")).to_have_attribute("data-revision", "2")
    expect(model).to_have_value(chosen)
    assert history.head(conversation).params["model"] == chosen


def test_steps_while_the_last_choice_is_saved_are_a_choice_of_their_own(
    editor: Page, model: Locator, conversation: Conversation
) -> None:
    waiting: list[Route] = []
    editor.route(re.compile("/settings/$"), lambda route: waiting.append(route))
    step(model, 1)
    with editor.expect_request(re.compile("/settings/$")):
        model.press("Enter")
    chosen = step(model, 1)
    waiting[0].continue_()
    expect(revision_shown(editor)).to_have_attribute("data-revision", "2")
    expect(editor.locator("#setting-model .stale")).to_have_count(0)
    editor.unroute(re.compile("/settings/$"))
    editor.keyboard.press("Tab")
    expect(revision_shown(editor)).to_have_attribute("data-revision", "3")
    assert history.head(conversation).params["model"] == chosen
