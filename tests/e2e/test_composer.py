"""The composer refuses, attaches, forks and streams as people expect of it."""

import contextlib
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Error, Page, Route, expect

from .test_walk import add, picture

SENT = re.compile("^Send")


@pytest.fixture
def editor(live_url: str, page: Page) -> Page:
    page.goto(live_url)
    page.get_by_role("button", name="New conversation").first.click()
    page.wait_for_load_state()
    return page


def test_a_refusal_keeps_every_word_and_says_why(editor: Page) -> None:
    add(editor, "user", "One?")
    expect(editor.get_by_role("article")).to_have_count(1)
    editor.get_by_label("Prefill").fill("kept")
    editor.evaluate(
        "() => document.querySelector('#composer-role').append(new Option('x', 'x'))"
    )
    editor.get_by_label("Role", exact=True).select_option("x")
    editor.get_by_label("User message").fill("kept too")
    editor.get_by_role("button", name="Add", exact=True).click()
    expect(editor.locator("#composer-errors")).not_to_be_empty()
    expect(editor.get_by_label("User message")).to_have_value("kept too")
    expect(editor.get_by_label("Prefill")).to_have_value("kept")


def test_another_tab_does_not_begin_where_this_one_is_typing(
    editor: Page, context: BrowserContext
) -> None:
    editor.get_by_label("User message").fill("Not sent yet")
    editor.wait_for_function("() => Object.keys(localStorage).length")
    other = context.new_page()
    other.goto(editor.url)
    other.get_by_role("button", name="New conversation").first.click()
    expect(other).not_to_have_url(editor.url)
    expect(other.get_by_label("User message")).to_have_value("")
    expect(editor.get_by_label("User message")).to_have_value("Not sent yet")


def test_an_empty_composer_says_what_is_missing(editor: Page) -> None:
    editor.get_by_role("button", name="Add", exact=True).click()
    expect(editor.locator("#composer-errors")).to_contain_text("Write something first")


def test_a_user_turn_and_its_prefill_follow_a_synthetic_turn(editor: Page) -> None:
    add(editor, "user", "Ant? (A) Apoidea (C) Formicidae")
    expect(editor.get_by_role("article")).to_have_count(1)
    add(editor, "assistant", "The answer is (C)")
    expect(editor.get_by_role("article")).to_have_count(2)
    editor.get_by_label("User message").fill("Butterfly? (A) Apis (B) Rhopalocera")
    editor.get_by_label("Prefill").fill("The answer is (")
    editor.get_by_role("button", name=SENT).click()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    expect(editor.get_by_role("article")).to_have_count(4)


def test_the_button_opens_the_file_dialog(editor: Page, tmp_path: Path) -> None:
    with editor.expect_file_chooser() as chooser:
        editor.get_by_role("button", name="Attach image").click()
    chooser.value.set_files(picture(tmp_path / "ants.png"))
    expect(editor.locator("#composer")).to_contain_text("640 × 420")


def test_a_share_is_forked_where_it_is_read(
    editor: Page, new_context: Callable[..., BrowserContext]
) -> None:
    add(editor, "user", "Take this along")
    expect(editor.get_by_role("article")).to_have_count(1)
    editor.get_by_role("button", name="Share", exact=True).click()
    editor.get_by_role("button", name="Create link").click()
    link = editor.get_by_label("Share link").first.input_value()
    reader = new_context().new_page()
    reader.goto(link)
    reader.get_by_role("button", name="Fork").click()
    expect(reader.get_by_role("article", name="User turn 1")).to_contain_text(
        "Take this along"
    )
    expect(reader.get_by_label("User message")).to_be_visible()
    reader.wait_for_load_state()


def test_what_was_estimated_goes_with_what_was_sent(editor: Page) -> None:
    editor.get_by_label("User message").fill("How many tokens is this?")
    expect(editor.locator("#composer-estimate")).not_to_be_empty()
    editor.get_by_role("button", name=SENT).click()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    expect(editor.locator("#composer-estimate")).to_be_empty()


def test_an_estimate_that_comes_late_does_not_outlive_what_was_sent(
    editor: Page,
) -> None:
    held: list[Route] = []
    editor.route("**/estimate/", lambda route: held.append(route))
    with editor.expect_request("**/estimate/"):
        editor.get_by_label("User message").fill("How many tokens is this?")
    editor.get_by_role("button", name=SENT).click()
    expect(editor.get_by_label("User message")).to_have_value("")
    late = held.pop(0)
    editor.unroute("**/estimate/")
    with contextlib.suppress(Error):  # given up meanwhile
        late.continue_()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    expect(editor.locator("#composer-estimate")).to_be_empty()
