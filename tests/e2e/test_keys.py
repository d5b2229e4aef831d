"""Keys of the editor that press what stands elsewhere on the page."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from tests import factories

from .test_replies import me

__all__ = ["me"]


@pytest.fixture
def editor(live_url: str, page: Page, me: User) -> Page:
    turns = [("user", "Hello"), ("assistant", "Hi"), ("user", "Ants? drill: crawl")]
    talk = factories.create_conversation(owner=me, turns=turns)
    page.goto(live_url + talk.get_absolute_url())
    return page


def test_a_reply_is_stopped_from_the_composer(editor: Page, settings: Settings) -> None:
    editor.locator("#composer-text").focus()
    editor.keyboard.press("Control+Enter")
    expect(editor.get_by_role("status")).to_have_text("Streaming")
    editor.keyboard.type("Next")
    editor.keyboard.press("Control+.")
    expect(editor.get_by_role("status")).to_contain_text("Stopped")
    expect(editor.locator("#composer-text")).to_have_value("Next")
    expect(editor.locator("#composer-text")).to_be_focused()


def test_undo_and_redo_are_pressed_outside_of_fields_only(editor: Page) -> None:
    turns = editor.get_by_role("article")
    editor.locator("#composer-text").fill("And bees?")
    editor.keyboard.press("Control+s")
    expect(turns).to_have_count(4)
    editor.locator("#composer-text").focus()
    editor.keyboard.type("Typed")
    editor.keyboard.press("Control+z")
    expect(editor.locator("#composer-text")).not_to_have_value("Typed")
    expect(turns).to_have_count(4)
    editor.keyboard.press("Alt+ArrowUp")
    editor.keyboard.press("Control+z")
    expect(turns).to_have_count(3)
    editor.keyboard.press("Control+Shift+z")
    expect(turns).to_have_count(4)


def test_the_composer_is_reached_from_anywhere_and_below_the_last_turn(
    editor: Page,
) -> None:
    editor.get_by_role("button", name="Share").focus()
    editor.keyboard.press("Alt+End")
    expect(editor.locator("#composer-text")).to_be_focused()
    editor.keyboard.press("Alt+ArrowUp")
    expect(editor.get_by_role("article", name="User turn 3")).to_be_focused()
    editor.keyboard.press("Alt+ArrowDown")
    expect(editor.locator("#composer-text")).to_be_focused()
    editor.get_by_label("Model", exact=True).focus()
    editor.keyboard.press("Alt+ArrowDown")  # opens the list
    expect(editor.get_by_label("Model", exact=True)).to_be_focused()


def test_no_key_reaches_the_page_below_a_dialog_that_lists_them(editor: Page) -> None:
    editor.locator("#composer-text").fill("And bees?")
    editor.keyboard.press("Control+s")
    turns = editor.get_by_role("article", include_hidden=True)
    expect(turns).to_have_count(4)
    editor.get_by_role("button", name="Keys").click()
    keys = editor.get_by_role("dialog", name="Keys")
    for words in ("Stop the reply", "Undo the last change", "Go to the composer"):
        expect(keys).to_contain_text(words)
    editor.keyboard.press("Control+z")
    editor.keyboard.press("Alt+End")
    expect(keys.get_by_role("button", name="Close")).to_be_visible()
    editor.keyboard.press("Escape")
    expect(turns).to_have_count(4)
    expect(editor.locator("#composer-text")).not_to_be_focused()
