"""What stands over the script hides no button and little text; labels are whole."""

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation
from playground.middleware import local_user
from tests import factories

from .test_editor import press, turn


@pytest.fixture
def me(transactional_db: None) -> User:
    return local_user.get()


@pytest.fixture
def conversation(me: User) -> Conversation:
    texts = [("user", "One"), ("assistant", "Two"), ("user", "Three")]
    return factories.create_conversation(owner=me, turns=texts)


@pytest.fixture
def editor(live_url: str, conversation: Conversation, page: Page) -> Page:
    page.set_viewport_size({"width": 1440, "height": 900})
    page.goto(live_url + conversation.get_absolute_url())
    return page


def is_on_top(button: Locator) -> bool:
    return button.evaluate("""button => {
        const { x, y, width, height } = button.getBoundingClientRect();
        return button.contains(document.elementFromPoint(x + width / 2, y + height / 2));
    }""")


def test_the_toolbar_of_a_turn_hides_no_button_of_the_system_prompt(
    editor: Page,
) -> None:
    editor.get_by_label("System prompt").fill("Be terse.")
    first = turn(editor, "User turn 1")
    first.hover(position={"x": 200, "y": 40})
    form = editor.locator("#system-form")
    for name in ("Save", "Save and send", "Edit as JSON"):
        assert is_on_top(form.get_by_role("button", name=name, exact=True))
    for name in ("Edit", "Delete"):
        button = first.get_by_role("button", name=name, exact=True)
        editor.wait_for_timeout(400)  # the toolbar is in its place
        assert is_on_top(button)
    first.get_by_role("button", name="Edit", exact=True).click(delay=100)
    expect(first.get_by_label("Turn text")).to_be_focused()


def test_one_toolbar_shows_at_once_and_never_none_at_the_focus(editor: Page) -> None:
    first = turn(editor, "User turn 1").locator(".tools")
    second = turn(editor, "Assistant turn 2").locator(".tools")
    press(turn(editor, "User turn 1"), "Mute")
    expect(turn(editor, "User turn 1")).to_contain_text("muted")
    turn(editor, "Assistant turn 2").hover()
    expect(first).to_have_css("opacity", "0")
    expect(second).to_have_css("opacity", "1")
    editor.keyboard.press("Tab")
    expect(first).to_have_css("opacity", "1")


def test_a_muted_synthetic_turn_keeps_its_number_and_its_height(editor: Page) -> None:
    second = turn(editor, "Assistant turn 2")
    before = second.bounding_box()
    press(second, "Mute")
    expect(second).to_contain_text("muted")
    assert second.bounding_box() == before
    number = second.locator(".number").bounding_box()
    assert before
    assert number
    assert number["x"] >= before["x"]


def test_on_a_phone_the_words_in_a_toolbar_stand_on_one_line(editor: Page) -> None:
    editor.set_viewport_size({"width": 390, "height": 844})
    first = turn(editor, "User turn 1")
    first.get_by_role("button", name="Tools").click()
    heights = first.locator(".tools").evaluate("""tools => {
        const found = {};
        for (const control of tools.querySelectorAll("button, a")) {
            const words = document.createRange();
            words.selectNodeContents(control);
            const { y, height } = words.getBoundingClientRect();
            const row = Math.round(control.getBoundingClientRect().y);
            if (height) (found[row] ??= new Set()).add(Math.round(y));
        }
        return Object.values(found).map((each) => each.size);
    }""")
    assert len(heights) > 1
    assert set(heights) == {1}
