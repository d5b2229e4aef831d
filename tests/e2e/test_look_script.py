"""The script in the browser: patches, the inspector, pictures, the clipboard."""

from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from conversations.models import Conversation
from playground.middleware import local_user
from tests import factories

TURNS = [
    ("user", "one"),
    ("assistant", "two"),
    ("user", "three"),
    ("assistant", "four"),
]


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return factories.create_conversation(owner=local_user.get(), turns=TURNS)


@pytest.fixture
def editor(live_url: str, conversation: Conversation, page: Page) -> Page:
    page.goto(live_url + conversation.get_absolute_url())
    return page


def texts(page: Page) -> list[str]:
    return page.locator("article .text").all_inner_texts()


def press_on(page: Page, turn: str, button: str) -> None:
    article = page.get_by_role("article", name=turn)
    article.get_by_role("button", name=button, exact=True).click()


def test_a_moved_turn_takes_its_number_and_the_others_stay_where_they_are(
    editor: Page,
) -> None:
    editor.evaluate(
        "document.querySelectorAll('article').forEach(a => a.marked = true)"
    )
    press_on(editor, "User turn 1", "Move down")
    expect(editor.get_by_role("article", name="Assistant turn 1")).to_contain_text(
        "two"
    )
    expect(editor.get_by_role("article", name="User turn 2")).to_contain_text("one")
    assert texts(editor) == ["two", "one", "three", "four"]
    kept = editor.locator("article").evaluate_all(
        "all => all.filter(a => a.marked).length"
    )
    assert kept >= 3


def test_as_few_turns_as_possible_are_moved(editor: Page) -> None:
    moved = editor.evaluate(
        """async () => {
          const { staying } = await import("/static/editor/order.js");
          return [[1, 2, 3, 0], [3, 0, 1, 2], [0, 1, 2, 3], [3, 2, 1, 0], []]
            .map(now => now.length - staying(now).size);
        }"""
    )
    assert moved == [1, 1, 0, 3, 0]


def test_the_focus_stays_on_the_button_of_a_turn_that_moves(editor: Page) -> None:
    press_on(editor, "User turn 1", "Move down")
    moved = editor.get_by_role("article", name="User turn 2")
    expect(moved.get_by_role("button", name="Move down")).to_be_focused()
    editor.keyboard.press("Enter")
    expect(editor.get_by_role("article", name="User turn 3")).to_contain_text("one")


def test_another_tab_follows_by_itself(
    editor: Page,
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    other = new_context().new_page()
    other.goto(live_url + conversation.get_absolute_url())
    press_on(editor, "User turn 3", "Delete")
    expect(other.get_by_role("article")).to_have_count(3)
    assert texts(other) == ["one", "two", "four"]
    editor.get_by_role("button", name="Undo", exact=True).first.click()
    expect(other.get_by_role("article")).to_have_count(4)


def test_a_reply_streams_into_every_open_page_and_is_the_same_after_a_reload(
    editor: Page,
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    other = new_context().new_page()
    other.goto(live_url + conversation.get_absolute_url())
    editor.get_by_label("User message").fill("Say something.")
    editor.get_by_role("button", name="Send", exact=True).click()
    for page in (editor, other):
        expect(page.get_by_role("status")).to_contain_text("Done")
        expect(page.get_by_role("article", name="Assistant turn 6")).to_be_visible()
    said = texts(editor)
    assert texts(other) == said
    editor.reload()
    assert texts(editor) == said


def test_a_broken_stream_is_attached_to_again(
    editor: Page, conversation: Conversation, tolerated: list[str]
) -> None:
    tolerated.append("ERR_FAILED")
    attempts: list[str] = []

    def refuse_twice(route: Route) -> None:
        attempts.append(route.request.url)
        route.abort() if len(attempts) < 3 else route.continue_()

    editor.route("**/events", refuse_twice)
    editor.reload()
    editor.wait_for_event("response", lambda response: response.url.endswith("/events"))
    assert len(attempts) == 3


def test_a_hidden_page_holds_no_connection(editor: Page) -> None:
    hide = """hidden => {
      Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
      document.dispatchEvent(new Event("visibilitychange"));
    }"""
    with editor.expect_event(
        "requestfailed", lambda request: request.url.endswith("/events")
    ):
        editor.evaluate(hide, True)
    with editor.expect_request("**/events"):
        editor.evaluate(hide, False)


def test_the_inspectors_tabs_are_walked_with_arrows(editor: Page) -> None:
    editor.get_by_role("tab", name="Settings").focus()
    editor.keyboard.press("ArrowRight")
    expect(editor.get_by_role("tab", name="Request")).to_be_focused()
    expect(editor.get_by_role("tabpanel", name="Request")).to_contain_text('"messages"')
    expect(editor.get_by_role("tabpanel", name="Settings")).to_be_hidden()
    editor.keyboard.press("End")
    expect(editor.get_by_role("tab", name="History")).to_be_focused()


def test_an_open_panel_is_fetched_again_after_a_change(editor: Page) -> None:
    editor.get_by_role("tab", name="Request").click()
    panel = editor.get_by_role("tabpanel", name="Request")
    expect(panel).to_contain_text('"one"')
    press_on(editor, "User turn 1", "Delete")
    expect(panel).not_to_contain_text('"one"')


def test_pictures_are_attached_pasted_removed_and_kept_over_a_reload(
    editor: Page, tmp_path: Path
) -> None:
    for shade in (10, 200):
        (tmp_path / f"{shade}.png").write_bytes(factories.png(40, 30, shade))
    files = [tmp_path / "10.png", tmp_path / "200.png"]
    editor.get_by_label("Attach image").set_input_files(files)
    cards = editor.locator("#composer .attached .image")
    expect(cards.locator("dl")).to_have_count(2)
    cards.first.get_by_role("button", name="Remove").click()
    expect(cards).to_have_count(1)
    editor.reload()
    expect(cards).to_have_count(1)
    editor.locator("#composer-role").select_option("user")
    editor.get_by_role("button", name="Add", exact=True).click()
    expect(
        editor.get_by_role("article", name="User turn 5").locator("img")
    ).to_be_visible()
    expect(cards).to_have_count(0)


def test_a_file_that_is_no_picture_says_so_on_its_card(
    editor: Page, tmp_path: Path
) -> None:
    (tmp_path / "notes.png").write_text("no picture")
    editor.get_by_label("User message").fill("Kept")
    editor.get_by_label("Attach image").set_input_files(tmp_path / "notes.png")
    card = editor.locator("#composer .attached .image")
    expect(card.locator(".error")).to_be_visible()
    expect(editor.get_by_label("User message")).to_have_value("Kept")
    card.get_by_role("button", name="Remove").click()
    expect(card).to_have_count(0)


def test_a_turn_is_copied_exactly(
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    context = new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(live_url + conversation.get_absolute_url())
    press_on(page, "User turn 3", "Copy")
    expect(page.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == "three"
