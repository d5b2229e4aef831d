"""Where the focus goes when what had it is gone: nobody starts at the top again."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, expect
from pytest_django import Settings

from .test_editor import add, begin, press, turn

PATIENT = 20_000  # milliseconds


def written(page: Page) -> None:
    expect(page.get_by_label("User message")).to_be_focused()


def send(page: Page, text: str) -> None:
    page.locator("#composer-text").fill(text)
    page.locator("#composer-text").press("Control+Enter")


@pytest.mark.parametrize("by_key", [True, False])
def test_after_stop_one_types_on(
    live_url: str, page: Page, settings: Settings, by_key: bool
) -> None:
    settings.SIMULATOR_SPEED = 20
    begin(page, live_url)
    send(page, "Tell me about ants.")
    stop = page.get_by_role("button", name="Stop", exact=True)
    expect(page.locator(".stream .text").first).not_to_be_empty()
    if by_key:
        stop.press("Enter")
    else:
        stop.click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")
    written(page)


def test_after_stop_no_keyboard_pops_up_on_a_touch_screen(
    live_url: str,
    new_context: Callable[..., BrowserContext],
    settings: Settings,
) -> None:
    settings.SIMULATOR_SPEED = 20
    context = new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    begin(page, live_url)
    expect(page.locator("body")).to_be_focused()
    send(page, "Tell me about ants.")
    expect(page.locator(".stream .text").first).not_to_be_empty()
    page.get_by_role("button", name="Stop", exact=True).tap()
    expect(page.get_by_role("status")).to_contain_text("Stopped")
    expect(page.locator("#composer")).to_be_focused()


def test_after_run_again_one_types_on(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "Tell me about ants.")
    send(page, "")
    expect(page.get_by_role("status")).to_contain_text("Done")
    page.locator("#composer").get_by_role("button", name="Run again").press("Enter")
    expect(page.get_by_label("Replies", exact=True)).to_contain_text("2 of 2")
    expect(page.get_by_role("status")).to_contain_text("Done")
    written(page)


@pytest.mark.parametrize("by_key", [True, False])
def test_a_reply_that_is_used_has_the_focus(
    live_url: str, page: Page, by_key: bool
) -> None:
    begin(page, live_url)
    page.locator("#composer-text").fill("Which word? In one word. drill: vary")
    page.get_by_role("button", name="Run ×N").click()
    group = page.locator("details.group")
    expect(group).to_contain_text(
        re.compile("answers? (in 3|are the same)"), timeout=PATIENT
    )
    use = group.locator("li:visible").get_by_role("button", name="Use this reply").first
    if by_key:
        use.press("Enter")
    else:
        use.click()
    expect(turn(page, "Assistant turn 2").get_by_label("Replies")).to_be_visible()
    expect(turn(page, "Assistant turn 2")).to_be_focused()


@pytest.mark.parametrize("place", ["#undo-redo", "#history"])
def test_undo_and_redo_hand_the_focus_to_each_other(
    live_url: str, page: Page, place: str
) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    add(page, "assistant", "Two")
    if place == "#history":
        page.get_by_role("tab", name="History").click()
    buttons = page.locator(f"{place} button")
    undo, redo = buttons.nth(0), buttons.nth(1)
    undo.focus()
    settling = page.locator(".htmx-settling")
    for count, then in ((1, undo), (0, redo), (1, redo), (2, undo)):
        expect(settling).to_have_count(0)  # nobody's fingers are that quick
        page.keyboard.press("Enter")
        expect(page.get_by_role("article")).to_have_count(count)
        if place == "#history":
            head = page.locator("#history .head")
            expect(head).to_contain_text(f"revision {count + 1}")
        expect(then).to_be_focused()


def test_the_focus_stays_in_the_open_share_dialog(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    page.get_by_role("button", name="Share").press("Enter")
    dialog = page.get_by_role("dialog", name="Share")
    for number in (1, 2):
        press_settled(dialog.get_by_role("button", name="Create link"))
        expect(dialog.get_by_role("button", name="Revoke")).to_have_count(number)
        expect(dialog.get_by_label("Share link")).to_be_focused()
    for number in (1, 0):
        press_settled(dialog.get_by_role("button", name="Revoke").first)
        expect(dialog.get_by_role("button", name="Revoke")).to_have_count(number)
        expect(dialog).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_role("button", name="Share")).to_be_focused()


def press_settled(button: Locator) -> None:
    """Press what has just come once it goes by script; until then it loads a page."""
    expect(button).to_be_visible()
    expect(button.page.locator(".htmx-added")).to_have_count(0)
    button.press("Enter")


@pytest.mark.parametrize("name", ["Insert above", "Insert below"])
def test_escape_from_a_new_turn_leads_back_to_its_button(
    live_url: str, page: Page, name: str
) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    add(page, "assistant", "Two")
    press(turn(page, "User turn 1"), name)
    expect(page.get_by_label("Turn text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Turn text")).to_have_count(0)
    expect(turn(page, "User turn 1").get_by_role("button", name=name)).to_be_focused()


def test_on_a_narrow_screen_escape_from_a_new_turn_leads_to_its_neighbour(
    live_url: str, page: Page
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    begin(page, live_url)
    add(page, "user", "One")
    page.get_by_role("button", name="Tools").click()
    turn(page, "User turn 1").get_by_role("button", name="Insert below").click()
    expect(page.get_by_label("Turn text")).to_be_focused()
    page.keyboard.press("Escape")
    expect(page.get_by_label("Turn text")).to_have_count(0)
    inside = "turn => turn.contains(document.activeElement)"
    assert turn(page, "User turn 1").evaluate(inside)


def test_a_new_conversation_is_written_at_once(live_url: str, page: Page) -> None:
    begin(page, live_url)
    written(page)
    add(page, "user", "One")
    page.reload()
    expect(page.locator("body")).to_be_focused()


def test_after_a_restore_one_types_on(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    add(page, "assistant", "Two")
    page.get_by_role("tab", name="History").click()
    page.get_by_role("link", name="Added").last.click()
    page.get_by_role("button", name="Restore this revision").press("Enter")
    expect(page.get_by_role("article")).to_have_count(1)
    written(page)


def test_a_notice_that_is_closed_leaves_the_focus_on_the_page(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    page.get_by_role("button", name="Undo", exact=True).click()
    page.locator("#notice").get_by_role("button", name="Close").press("Enter")
    written(page)


def test_who_leaves_a_field_by_a_click_beside_it_is_left_there(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    turn(page, "User turn 1").locator(".text").click()
    send_elsewhere = page.get_by_role("button", name="Undo", exact=True)
    send_elsewhere.evaluate("button => button.click()")
    expect(page.get_by_role("article")).to_have_count(0)
    expect(page.locator("#main")).to_be_focused()


def test_a_new_turn_that_is_saved_has_the_focus(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    press(turn(page, "User turn 1"), "Insert above")
    expect(page.get_by_label("Turn text")).to_be_focused()
    page.keyboard.type("Before")
    page.keyboard.press("Control+s")
    expect(page.get_by_label("Turn text")).to_have_count(0)
    expect(page.locator("#script > article").first).to_contain_text("Before")
    expect(page.locator("#script > article").first).to_be_focused()


def test_mute_hands_the_focus_to_unmute(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    for name, then in (("Mute", "Unmute"), ("Unmute", "Mute")):
        turn(page, "User turn 1").get_by_role("button", name=name, exact=True).press(
            "Enter"
        )
        button = turn(page, "User turn 1").get_by_role("button", name=then, exact=True)
        expect(button).to_be_focused()
