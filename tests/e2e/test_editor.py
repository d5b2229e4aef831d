"""Writing a conversation by hand in a browser, turn by turn."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect


@pytest.fixture
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


def begin(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_role("button", name="New conversation").first.click()
    page.wait_for_url(re.compile(r"/c/[0-9a-f-]+/$"))


def add(page: Page, role: str, text: str) -> None:
    page.locator("#composer").get_by_label("Role").select_option(role)
    page.locator("#composer-text").fill(text)
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("#composer-text")).to_have_value("")


def turn(page: Page, name: str) -> Locator:
    return page.get_by_role("article", name=name, exact=True)


def press(turn: Locator, name: str) -> None:
    turn.hover()
    turn.get_by_role("button", name=name, exact=True).click()


def script(page: Page) -> list[str]:
    return page.locator("#script > article .text").all_inner_texts()


def test_turns_are_written_changed_and_taken_back(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    add(page, "assistant", "Two")
    add(page, "user", "Three")
    expect(turn(page, "User turn 3")).to_contain_text("Three")
    expect(turn(page, "Assistant turn 2")).to_contain_text("synthetic")

    press(turn(page, "User turn 1"), "Edit")
    turn(page, "User turn 1").get_by_label("Turn text").fill("  Uno\n\n ")
    turn(page, "User turn 1").get_by_role("button", name="Save", exact=True).click()
    expect(turn(page, "User turn 1").get_by_label("Turn text")).to_have_count(0)
    press(turn(page, "User turn 1"), "Edit")
    field = turn(page, "User turn 1").get_by_label("Turn text")
    expect(field).to_have_value("  Uno\n\n ")
    field.press("Escape")
    expect(field).to_have_count(0)

    press(turn(page, "Assistant turn 2"), "Edit JSON")
    area = turn(page, "Assistant turn 2").get_by_label("Turn JSON")
    area.fill('[{"type": "text",\n "text": }]')
    turn(page, "Assistant turn 2").get_by_role(
        "button", name="Save", exact=True
    ).click()
    expect(turn(page, "Assistant turn 2")).to_contain_text("line 2, column 10")
    area.fill('"Dos"')
    turn(page, "Assistant turn 2").get_by_role(
        "button", name="Save", exact=True
    ).click()
    expect(turn(page, "Assistant turn 2")).to_contain_text("Dos")

    press(turn(page, "User turn 3"), "Insert above")
    new = page.get_by_role("article", name="New turn")
    expect(new.get_by_label("Role")).to_have_value("assistant")
    new.get_by_label("Turn text").fill("Between")
    new.get_by_role("button", name="Save", exact=True).click()
    expect(turn(page, "Assistant turn 3")).to_contain_text("Between")
    expect(new).to_have_count(0)

    press(turn(page, "User turn 4"), "Move up")
    expect(turn(page, "User turn 3")).to_contain_text("Three")
    press(turn(page, "User turn 3"), "Duplicate")
    expect(turn(page, "User turn 4")).to_contain_text("Three")
    press(turn(page, "User turn 4"), "Mute")
    expect(turn(page, "User turn 4")).to_contain_text("muted")
    press(turn(page, "User turn 3"), "Delete")
    expect(page.get_by_role("article")).to_have_count(4)
    assert [text.strip() for text in script(page)] == ["Uno", "Dos", "Three", "Between"]

    page.get_by_role("button", name="Undo", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(5)
    expect(page.locator("#notice")).to_contain_text("Undone: Deleted turn 3")
    page.get_by_role("button", name="Redo", exact=True).click()
    expect(page.get_by_role("article")).to_have_count(4)
    page.reload()
    assert [text.strip() for text in script(page)] == ["Uno", "Dos", "Three", "Between"]


def test_new_turns_above_and_below_one_turn_keep_their_own_words(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    new = page.get_by_role("article", name="New turn").get_by_label("Turn text")
    for where in ("above", "below"):
        press(turn(page, "User turn 1"), f"Insert {where}")
        field = page.locator(f"[id^=insert-][id$={where}]").get_by_label("Turn text")
        expect(field).to_have_value("")
        field.fill(f"Words for {where}")
        page.wait_for_function(
            "words => JSON.stringify(localStorage).includes(words)", arg=f"for {where}"
        )
    page.reload()
    for number, where in enumerate(("above", "below")):
        press(turn(page, "User turn 1"), f"Insert {where}")
        expect(new.nth(number)).to_have_value(f"Words for {where}")


def test_two_tabs_editing_one_turn_lose_nothing(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "Hello")
    other = page.context.new_page()
    other.goto(page.url)
    for tab in (page, other):
        press(turn(tab, "User turn 1"), "Edit")
        turn(tab, "User turn 1").get_by_label("Turn text").fill(f"From {tab is page}")
    other.bring_to_front()
    turn(other, "User turn 1").get_by_role("button", name="Save", exact=True).click()
    expect(turn(other, "User turn 1").get_by_label("Turn text")).to_have_count(0)

    page.bring_to_front()
    mine = turn(page, "User turn 1")
    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.get_by_role("alert")).to_contain_text("From False")
    add(other, "assistant", "A change from the other tab")
    expect(turn(page, "Assistant turn 2")).to_be_visible()
    expect(mine.get_by_label("Turn text")).to_have_value("From True")
    mine.get_by_role("button", name="Save", exact=True).click()
    expect(mine.get_by_label("Turn text")).to_have_count(0)
    expect(mine).to_contain_text("From True")


def test_settings_save_themselves_and_keep_nonsense(live_url: str, page: Page) -> None:
    begin(page, live_url)
    field = page.get_by_label("Max tokens", exact=True)
    field.fill("abc")
    field.blur()
    expect(page.locator("#setting-max_tokens")).to_contain_text("a whole number")
    expect(field).to_have_value("abc")
    field.fill("300")
    field.blur()
    expect(page.locator("#settings-figures")).to_contain_text("300")
    expect(page.locator("#setting-max_tokens [role=alert]")).to_have_count(0)
    field.fill("99999999")
    field.blur()
    problems = page.locator("#problems-max_tokens")
    expect(problems).to_be_visible()
    field.fill("9" * 23)
    field.blur()
    expect(page.locator("#setting-max_tokens [role=alert]")).to_be_visible()
    expect(problems).to_be_hidden()  # it speaks of what is saved
    field.fill("300")
    field.blur()
    expect(page.locator("#setting-max_tokens [role=alert]")).to_have_count(0)
    page.get_by_label("Model", exact=True).select_option("claude-opus-5-5")
    expect(page.locator("#setting-model")).to_contain_text("$4 in")
    page.get_by_label("System prompt", exact=True).fill("Be terse.")
    page.get_by_label("Stop sequences", exact=True).fill("END\n STOP ")
    page.get_by_label("Stop sequences", exact=True).blur()
    expect(page.locator("#header-figures")).to_contain_text("revision 7")
    page.reload()
    expect(field).to_have_value("300")
    expect(page.get_by_label("System prompt", exact=True)).to_have_value("Be terse.")
    expect(page.get_by_label("Stop sequences", exact=True)).to_have_value("END\n STOP ")


def test_a_turn_is_deleted_from_its_editor_and_undo_brings_all_of_it_back(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    add(page, "assistant", "Two")
    press(turn(page, "User turn 1"), "Edit")
    page.get_by_label("Turn text").fill("One, half written")
    turn(page, "User turn 1").get_by_role("button", name="Delete").click()
    expect(turn(page, "Assistant turn 1")).to_be_focused()
    expect(page.get_by_label("Turn text")).to_have_count(0)
    page.get_by_role("button", name="Undo", exact=True).click()
    press(turn(page, "User turn 1"), "Edit")
    expect(page.get_by_label("Turn text")).to_have_value("One, half written")
    page.get_by_role("button", name="Use the saved text").click()
    expect(page.get_by_label("Turn text")).to_have_value("One")


def test_a_new_turn_has_nothing_to_delete(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    press(turn(page, "User turn 1"), "Insert below")
    new = page.get_by_role("article", name="New turn")
    expect(new.get_by_role("button", name="Cancel")).to_be_visible()
    expect(new.get_by_role("button", name="Delete")).to_have_count(0)
