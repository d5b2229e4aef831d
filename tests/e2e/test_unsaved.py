"""What is open when something is sent belongs to it, and the focus stays where it was."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect

from conversations import history
from conversations.models import Conversation, Run
from playground.middleware import local_user
from tests import factories

from .test_replies import TOOLS, replied, text


@pytest.fixture
def me(transactional_db: None) -> User:
    return local_user.get()


@pytest.fixture
def conversation(me: User) -> Conversation:
    return factories.create_conversation(
        owner=me, turns=[("user", "First"), ("assistant", "Second")]
    )


@pytest.fixture
def editor(live_url: str, conversation: Conversation, page: Page) -> Page:
    page.goto(live_url + conversation.get_absolute_url())
    return page


def send_by_key(page: Page, message: str) -> None:
    page.get_by_label("User message").fill(message)
    page.get_by_label("User message").press("Control+Enter")


def test_a_setting_that_cannot_be_saved_holds_the_send_back(
    editor: Page, conversation: Conversation
) -> None:
    other = editor.get_by_label("Other parameters")
    other.fill('{"top_k": }')
    send_by_key(editor, "Third")
    expect(editor.locator("#notice")).to_contain_text("Not sent")
    expect(editor.locator("#notice")).to_contain_text("Other parameters")
    expect(other).to_be_focused()
    assert not Run.objects.filter(conversation=conversation).exists()
    other.fill('{"metadata": {"user_id": "me"}}')
    editor.get_by_role("button", name="Send", exact=True).click()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    run = Run.objects.get(conversation=conversation)
    assert run.params["metadata"] == {"user_id": "me"}
    expect(editor.get_by_label("User message")).to_have_value("")


def test_an_open_editor_is_saved_before_the_conversation_is_sent(
    editor: Page, conversation: Conversation
) -> None:
    first = editor.get_by_role("article", name="User turn 1")
    first.get_by_role("button", name="Edit", exact=True).click()
    editor.get_by_label("Turn text").fill("First, but better")
    editor.get_by_role("button", name="Send", exact=True).click()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    expect(first).to_contain_text("First, but better")
    expect(editor.get_by_label("Turn text")).to_have_count(0)
    run = Run.objects.get(conversation=conversation)
    sent = run.revision.load_turns()[0][1]
    assert sent.text == "First, but better"


def test_save_and_send_under_the_system_prompt_does_both(
    editor: Page, conversation: Conversation
) -> None:
    system = editor.get_by_label("System prompt")
    system.press_sequentially("Be brief.")
    editor.locator("#system-form").get_by_text("Save and send").click()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    assert Run.objects.get(conversation=conversation).params["system"] == "Be brief."


def test_the_key_in_the_system_prompt_sends_what_is_in_the_composer(
    editor: Page, conversation: Conversation
) -> None:
    editor.get_by_label("User message").fill("Third")
    system = editor.get_by_label("System prompt")
    system.fill("Be brief.")
    system.press("Control+Enter")
    expect(editor.get_by_role("article", name="User turn 3")).to_contain_text("Third")
    expect(editor.get_by_role("status")).to_contain_text("Done")
    assert Run.objects.get(conversation=conversation).params["system"] == "Be brief."


def test_a_typed_result_outlives_a_reload_and_is_sent_with_the_composer(
    live_url: str, page: Page, me: User
) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_sky", "input": {}}
    talk = replied(me, text("Look:"), call, params={"tools": TOOLS}, stop="tool_use")
    page.goto(live_url + talk.get_absolute_url())
    page.get_by_label("Result of get_sky").fill("blue")
    page.reload()
    expect(page.get_by_label("Result of get_sky")).to_have_value("blue")
    send_by_key(page, "Is that so?")
    reply = page.get_by_role("article", name="Assistant turn 5")
    expect(reply).to_contain_text("Reply by")
    turns = history.head(talk).load_turns()
    assert [turn.role for _, turn in turns[2:]] == ["user", "user", "assistant"]
    assert turns[2][1].blocks[0]["content"] == "blue"


def test_settings_that_are_no_json_outlive_a_reload(editor: Page) -> None:
    editor.get_by_label("Other parameters").fill('{"tools": [')
    editor.get_by_label("User message").focus()
    expect(editor.locator("#setting-other [role=alert]")).to_be_visible()
    editor.reload()
    expect(editor.get_by_label("Other parameters")).to_have_value('{"tools": [')


def test_after_sending_one_types_on_in_the_composer(editor: Page) -> None:
    send_by_key(editor, "Third")
    expect(editor.get_by_role("article", name="User turn 3")).to_be_visible()
    expect(editor.get_by_label("User message")).to_be_focused()
    expect(editor.get_by_role("status")).to_contain_text("Done")
    editor.keyboard.type("Why?")
    expect(editor.get_by_label("User message")).to_have_value("Why?")
    editor.get_by_role("button", name="Send", exact=True).click()
    expect(editor.get_by_role("article", name="User turn 5")).to_be_visible()
    expect(editor.get_by_label("User message")).to_be_focused()


def test_the_focus_goes_to_the_neighbour_of_a_turn_that_is_deleted(
    editor: Page,
) -> None:
    second = editor.get_by_role("article", name="Assistant turn 2")
    second.get_by_role("button", name="Delete").focus()
    editor.keyboard.press("Enter")
    expect(second).to_have_count(0)
    expect(editor.get_by_role("article", name="User turn 1")).to_be_focused()


def test_the_focus_stays_at_a_turn_that_is_saved(editor: Page) -> None:
    first = editor.get_by_role("article", name="User turn 1")
    first.get_by_role("button", name="Edit", exact=True).click()
    editor.get_by_label("Turn text").fill("First, but better")
    editor.keyboard.press("Control+s")
    expect(editor.get_by_label("Turn text")).to_have_count(0)
    expect(first).to_be_focused()
