"""Somebody else changed what is being written: both versions are there to choose from."""

import pytest
from playwright.sync_api import Locator, Page, expect

from conversations import editing, history
from conversations.models import Conversation
from playground.middleware import local_user
from tests import factories

LONG = "A long paragraph of somebody else, about ants and bees. " * 120


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return factories.create_conversation(
        owner=local_user.get(), turns=[("user", "First"), ("assistant", "Second")]
    )


@pytest.fixture
def first(live_url: str, conversation: Conversation, page: Page) -> Locator:
    page.goto(live_url + conversation.get_absolute_url())
    return page.get_by_role("article", name="User turn 1")


def change_elsewhere(conversation: Conversation, text: str) -> None:
    history.apply(
        conversation,
        None,
        lambda script: editing.rewrite(script, "slot1", editing.typed("user", text)),
        summary="Edited turn 1",
        author=None,
    )


def collide(first: Locator, conversation: Conversation, theirs: str) -> Locator:
    """Save a text over `theirs`, and return the box that tells of both."""
    first.get_by_role("button", name="Edit", exact=True).click()
    first.get_by_label("Turn text").fill("Mine " * 400)
    change_elsewhere(conversation, theirs)
    expect(first.get_by_text("Changed elsewhere meanwhile.")).to_be_visible()
    first.get_by_role("button", name="Save", exact=True).click()
    box = first.get_by_role("alert")
    expect(box).to_contain_text("Save replaces this version with yours")
    return box


@pytest.mark.parametrize("width", [1440, 390])
def test_both_versions_are_in_sight_however_long_they_are(
    first: Locator, conversation: Conversation, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 844})
    if width == 390:
        first.get_by_role("button", name="Tools").click()
    box = collide(first, conversation, LONG)
    expect(box.get_by_text("This turn was changed")).to_be_in_viewport()
    expect(first.get_by_label("Turn text")).to_be_in_viewport()
    expect(box.get_by_role("button", name="Use the other")).to_be_in_viewport()


def test_a_conflict_that_is_told_is_not_promised_again(
    first: Locator, conversation: Conversation, page: Page
) -> None:
    collide(first, conversation, "Theirs")
    page.get_by_label("User message").fill("x")
    expect(page.locator("#patch")).to_have_attribute("data-revision", "2")
    expect(first.get_by_text("Changed elsewhere meanwhile.")).to_have_count(0)
    change_elsewhere(conversation, "Theirs, once more")
    expect(first.get_by_text("Changed elsewhere meanwhile.")).to_be_visible()


def test_the_other_version_is_one_click_away_and_mine_is_kept(
    first: Locator, conversation: Conversation
) -> None:
    box = collide(first, conversation, "Theirs")
    box.get_by_role("button", name="Use the other version").click()
    expect(first.get_by_label("Turn text")).to_have_count(0)
    expect(first).to_contain_text("Theirs")
    first.get_by_role("button", name="Edit", exact=True).click()
    first.get_by_role("button", name="Bring it back").click()
    expect(first.get_by_label("Turn text")).to_have_value("Mine " * 400)
