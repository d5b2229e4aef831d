"""What is typed is kept, whatever the network, another tab or a key does."""

from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from conversations.models import Conversation, Run
from playground.middleware import local_user
from tests import factories


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return factories.create_conversation(
        owner=local_user.get(), turns=[("user", "First"), ("assistant", "Second")]
    )


@pytest.fixture
def editor(live_url: str, conversation: Conversation, page: Page) -> Page:
    page.goto(live_url + conversation.get_absolute_url())
    return page


def press_on(page: Page, turn: str, button: str) -> None:
    article = page.get_by_role("article", name=turn)
    article.get_by_role("button", name=button, exact=True).click()


def test_the_composers_text_survives_a_reload_until_it_is_added(editor: Page) -> None:
    text = "  half a thought\n\n"
    editor.get_by_label("User message").fill(text)
    editor.reload()
    expect(editor.get_by_label("User message")).to_have_value(text)
    editor.get_by_role("button", name="Add", exact=True).click()
    expect(editor.get_by_role("article", name="User turn 3")).to_be_visible()
    editor.reload()
    expect(editor.locator("#composer-text")).to_have_value("")


def test_an_open_editors_text_survives_a_reload(editor: Page) -> None:
    press_on(editor, "User turn 1", "Edit")
    editor.get_by_label("Turn text").fill("First, but better")
    editor.reload()
    press_on(editor, "User turn 1", "Edit")
    expect(editor.get_by_label("Turn text")).to_have_value("First, but better")
    editor.get_by_role("button", name="Use the saved text").click()
    expect(editor.get_by_label("Turn text")).to_have_value("First")


def test_an_unreachable_server_keeps_the_text_and_says_so(
    editor: Page, tolerated: list[str]
) -> None:
    tolerated += ["ERR_FAILED", "htmx:afterRequest", "htmx:sendError"]
    editor.route("**/turns/", lambda route: route.abort())
    editor.get_by_label("User message").fill("Not lost")
    editor.get_by_role("button", name="Add", exact=True).click()
    expect(editor.locator("#notice")).to_contain_text("Could not reach the server")
    expect(editor.get_by_label("User message")).to_have_value("Not lost")
    editor.unroute("**/turns/")
    editor.get_by_role("button", name="Add", exact=True).click()
    expect(editor.get_by_role("article", name="User turn 3")).to_contain_text(
        "Not lost"
    )
    expect(editor.locator("#notice")).not_to_contain_text("Could not reach")


def test_what_is_typed_while_an_answer_is_awaited_stays(editor: Page) -> None:
    message = editor.locator("#composer-text")

    def slowly(route: Route) -> None:
        message.evaluate("field => field.value += ' and more'")
        route.continue_()

    editor.route("**/turns/", slowly)
    message.fill("Added")
    editor.get_by_role("button", name="Add", exact=True).click()
    expect(editor.get_by_role("article", name="User turn 3")).to_contain_text("Added")
    expect(message).to_have_value("Added and more")


def test_a_double_click_on_send_sends_once(
    editor: Page, conversation: Conversation
) -> None:
    editor.get_by_label("User message").fill("Once")
    editor.get_by_role("button", name="Send", exact=True).dblclick()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    assert Run.objects.filter(conversation=conversation).count() == 1


def test_a_double_click_on_run_again_runs_once(
    editor: Page, conversation: Conversation
) -> None:
    editor.get_by_label("User message").fill("Once")
    editor.get_by_role("button", name="Send", exact=True).click()
    expect(editor.get_by_role("article", name="Assistant turn 4")).to_be_visible()
    editor.locator("#composer").get_by_role("button", name="Run again").dblclick()
    expect(editor.get_by_text("2 of 2")).to_be_visible()
    expect(editor.locator("#notice")).to_be_empty()
    assert Run.objects.filter(conversation=conversation).count() == 2


def test_a_double_click_on_undo_takes_two_steps_back(editor: Page) -> None:
    for text in ("Third", "Fourth"):
        editor.get_by_label("User message").fill(text)
        editor.get_by_role("button", name="Add", exact=True).click()
        expect(editor.get_by_role("article").last).to_contain_text(text)
    editor.get_by_role("button", name="Undo").dblclick()
    expect(editor.get_by_role("button", name="Undo")).to_be_disabled()
    expect(editor.get_by_role("article")).to_have_count(2)


def test_what_stands_in_the_system_prompt_is_sent(
    editor: Page, conversation: Conversation
) -> None:
    editor.locator("#system-text").evaluate("field => field.value = 'Be brief.'")
    editor.get_by_label("User message").fill("Hello")
    editor.get_by_role("button", name="Send", exact=True).click()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    assert Run.objects.get(conversation=conversation).params["system"] == "Be brief."


def test_keys_send_save_cancel_and_explain_themselves(editor: Page) -> None:
    editor.get_by_label("User message").fill("By keys")
    editor.keyboard.press("Control+s")
    turn = editor.get_by_role("article", name="User turn 3")
    expect(turn).to_contain_text("By keys")
    press_on(editor, "User turn 3", "Edit")
    expect(editor.get_by_label("Turn text")).to_be_focused()
    editor.keyboard.type(", edited")
    editor.keyboard.press("Control+s")
    expect(turn).to_contain_text("By keys, edited")
    press_on(editor, "User turn 3", "Edit")
    expect(editor.get_by_label("Turn text")).to_be_focused()
    editor.keyboard.press("Escape")
    expect(editor.get_by_label("Turn text")).to_be_hidden()
    editor.keyboard.press("?")
    expect(editor.get_by_role("dialog", name="Keys")).to_contain_text("Ctrl Enter")
    editor.keyboard.press("Escape")
    editor.locator("#composer-text").focus()
    editor.keyboard.press("Control+Enter")
    expect(editor.get_by_role("article", name="Assistant turn 4")).to_be_visible()


def test_an_open_editor_stays_when_somebody_else_changes_its_turn(
    editor: Page,
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    press_on(editor, "User turn 1", "Edit")
    editor.get_by_label("Turn text").fill("Mine")
    other = new_context().new_page()
    other.goto(live_url + conversation.get_absolute_url())
    press_on(other, "User turn 1", "Edit")
    other.get_by_label("Turn text").fill("Theirs")
    press_on(other, "User turn 1", "Save")
    expect(editor.get_by_text("Changed elsewhere")).to_be_visible()
    expect(editor.get_by_label("Turn text")).to_have_value("Mine")
    press_on(editor, "User turn 1", "Save")
    expect(editor.locator(".theirs")).to_contain_text("Theirs")
    expect(editor.get_by_label("Turn text")).to_have_value("Mine")
    press_on(editor, "User turn 1", "Save")
    expect(editor.get_by_role("article", name="User turn 1")).to_contain_text("Mine")


def test_a_name_being_typed_is_not_replaced_by_a_change(
    editor: Page,
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    title = editor.get_by_label("Title", exact=True)
    title.fill("A new na")
    other = new_context().new_page()
    other.goto(live_url + conversation.get_absolute_url())
    press_on(other, "User turn 1", "Duplicate")
    expect(editor.get_by_role("article")).to_have_count(3)
    editor.keyboard.type("me")
    expect(title).to_be_focused()
    expect(title).to_have_value("A new name")
