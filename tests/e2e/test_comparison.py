"""Putting a comparison together in a browser: columns come and go in place, and what
was typed in them is not lost."""

from collections.abc import Callable
from functools import partial

import pytest
from playwright.sync_api import BrowserContext, Locator, Page, Route, expect

from conversations import editing, history
from conversations.models import Conversation, Run
from playground.middleware import local_user
from tests import factories

PROMPT = "  A long prompt,\n\nwith lines. "


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return factories.create_conversation(
        owner=local_user.get(), turns=[("user", "Hello")]
    )


@pytest.fixture
def address(live_url: str, conversation: Conversation) -> str:
    return f"{live_url}{conversation.get_absolute_url()}compare/"


@pytest.fixture
def comparing(page: Page, address: str) -> Page:
    page.goto(address)
    return page


def columns(page: Page) -> Locator:
    return page.locator("fieldset.column")


def system(page: Page, number: int) -> Locator:
    return columns(page).nth(number - 1).get_by_label("System prompt")


def leave(field: Locator, text: str) -> None:
    """Type, and have the rulebook asked about it."""
    with field.page.expect_response("**/compare/"):
        field.fill(text)
        field.blur()


def come_back(page: Page, how: str) -> None:
    if how == "reload":
        page.reload()
        return
    page.get_by_role("link", name="Back to the conversation").click()
    page.get_by_role("button", name="Compare…").click()


@pytest.mark.parametrize("how", ["reload", "back"])
def test_columns_and_what_was_typed_come_back(comparing: Page, how: str) -> None:
    comparing.get_by_role("button", name="Add column").click()
    expect(columns(comparing)).to_have_count(3)
    third = columns(comparing).nth(2)
    third.get_by_label("Model", exact=True).select_option("claude-haiku-4-5")
    third.get_by_text("More settings").click()
    third.get_by_label("Other parameters").fill('{"top_k": }')
    leave(system(comparing, 3), PROMPT)
    come_back(comparing, how)
    expect(columns(comparing)).to_have_count(3)
    expect(system(comparing, 3)).to_have_value(PROMPT)
    expect(third.locator("#c2-model")).to_have_value("claude-haiku-4-5")
    expect(third.locator("#c2-other")).to_have_value('{"top_k": }')
    expect(comparing.locator(".restored")).to_contain_text("not sent")


def test_text_that_was_typed_last_comes_back_too(comparing: Page) -> None:
    system(comparing, 2).press_sequentially("Just typed")
    comparing.reload()
    expect(system(comparing, 2)).to_have_value("Just typed")


def test_one_can_begin_anew_and_think_better_of_it(comparing: Page) -> None:
    leave(system(comparing, 2), PROMPT)
    comparing.reload()
    comparing.get_by_role("button", name="Begin anew").press("Enter")
    expect(system(comparing, 2)).to_have_value("")
    expect(comparing.locator("#c0-model")).to_be_focused()
    comparing.get_by_role("button", name="Bring them back").press("Enter")
    expect(system(comparing, 2)).to_have_value(PROMPT)
    comparing.get_by_role("button", name="Begin anew").press("Enter")
    expect(system(comparing, 2)).to_have_value("")
    comparing.reload()
    expect(system(comparing, 2)).to_have_value("")
    expect(comparing.locator(".restored")).to_have_count(0)


def test_columns_that_could_not_be_brought_back_are_not_overwritten(
    comparing: Page, tolerated: list[str]
) -> None:
    tolerated += ["htmx:sendError", "htmx:afterRequest", "Failed to load resource"]
    leave(system(comparing, 2), PROMPT)
    comparing.route("**/compare/", answer_only_reads)
    comparing.reload()
    expect(comparing.locator("#notice")).to_contain_text("Could not reach the server")
    system(comparing, 2).fill("Typed meanwhile")
    comparing.unroute("**/compare/")
    comparing.get_by_role("button", name="Try again").click()
    expect(system(comparing, 2)).to_have_value(PROMPT)
    kept = comparing.evaluate("Object.values(localStorage).join()")
    assert "Typed meanwhile" in kept
    assert "A long prompt" in kept


def answer_only_reads(route: Route) -> None:
    if route.request.method == "POST":
        route.abort()
    else:
        route.continue_()


def test_what_was_sent_is_not_offered_again(comparing: Page, address: str) -> None:
    leave(system(comparing, 1), PROMPT)
    comparing.get_by_role("button", name="Send", exact=True).click()
    expect(comparing.locator("article.column")).to_have_count(2)
    assert Run.objects.get(position=1).params["system"] == PROMPT
    comparing.goto(address)
    assert comparing.evaluate("Object.keys(localStorage)") == []
    expect(system(comparing, 1)).to_have_value("")
    expect(comparing.locator(".restored")).to_have_count(0)


def test_a_column_that_stayed_behind_is_kept(comparing: Page, address: str) -> None:
    leave(columns(comparing).nth(1).get_by_label("Max tokens"), "99999999")
    leave(system(comparing, 2), PROMPT)
    comparing.get_by_role("button", name="Send", exact=True).click()
    expect(comparing.locator("article.column")).to_have_count(1)
    comparing.goto(address)
    expect(system(comparing, 2)).to_have_value(PROMPT)


def test_a_group_that_is_compared_again_shows_its_own_columns(
    comparing: Page, conversation: Conversation
) -> None:
    comparing.get_by_role("button", name="Send", exact=True).click()
    again = comparing.get_by_role("button", name="Compare again…")
    group = again.get_attribute("href") or ""
    expect(comparing.locator("article.column")).to_have_count(2)
    comparing.get_by_role("link", name="Back to the conversation").click()
    comparing.get_by_role("button", name="Compare…").click()
    leave(system(comparing, 1), PROMPT)
    comparing.goto(comparing.url.partition("/c/")[0] + group)
    expect(system(comparing, 1)).to_have_value("")
    leave(system(comparing, 1), "Another")
    comparing.reload()
    expect(system(comparing, 1)).to_have_value("Another")
    come_back(comparing, "back")
    expect(system(comparing, 1)).to_have_value("Another")


def test_a_send_that_is_refused_keeps_all_and_says_where(
    comparing: Page, conversation: Conversation
) -> None:
    leave(system(comparing, 1), PROMPT)
    leave(columns(comparing).nth(1).get_by_label("Max tokens"), "many")
    comparing.set_viewport_size({"width": 390, "height": 844})
    send = comparing.get_by_role("button", name="Send", exact=True)
    send.press("Enter")
    error = comparing.locator("#verdict-c1 .field-error")
    expect(error).to_be_in_viewport()
    expect(send).to_be_focused()
    expect(system(comparing, 1)).to_have_value(PROMPT)
    comparing.reload()
    expect(system(comparing, 1)).to_have_value(PROMPT)
    assert not Run.objects.exists()


def test_a_conversation_that_moved_is_told_and_the_next_send_goes(
    comparing: Page, conversation: Conversation
) -> None:
    leave(system(comparing, 1), PROMPT)
    more = editing.typed("user", "More")
    change = partial(editing.append, draft=more)
    history.apply(conversation, 1, change, summary="", author=local_user.get())
    send = comparing.get_by_role("button", name="Send", exact=True)
    send.click()
    expect(comparing.locator("#notice")).to_contain_text("changed meanwhile")
    expect(comparing.locator("#sends")).to_contain_text("revision 2")
    expect(system(comparing, 1)).to_have_value(PROMPT)
    send.click()
    expect(comparing.locator("article.column")).to_have_count(2)


@pytest.mark.parametrize("by_key", [True, False])
def test_a_column_that_is_added_has_the_focus_and_the_page_stays(
    comparing: Page, by_key: bool
) -> None:
    system(comparing, 2).fill(PROMPT)
    comparing.evaluate("window.stays = true")
    add = comparing.get_by_role("button", name="Add column")
    if by_key:
        add.press("Enter")
    else:
        add.click()
    expect(comparing.locator("#c2-model")).to_be_focused()
    expect(system(comparing, 2)).to_have_value(PROMPT)
    expect(system(comparing, 3)).to_have_value(PROMPT)
    expect(comparing.locator("#going")).to_contain_text("3 columns")
    assert comparing.evaluate("window.stays")
    assert comparing.evaluate("scrollY") == 0


def test_on_a_phone_the_added_column_comes_into_view(
    new_context: Callable[..., BrowserContext], address: str
) -> None:
    context = new_context(
        viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True
    )
    page = context.new_page()
    page.goto(address)
    page.get_by_role("button", name="Add column").tap()
    expect(page.locator("#c2-model")).to_be_focused()
    expect(page.locator("#c2-model")).to_be_in_viewport()


@pytest.mark.parametrize(("gone", "focused"), [(1, "c0"), (2, "c1"), (3, "c1")])
def test_after_remove_the_neighbour_has_the_focus(
    comparing: Page, gone: int, focused: str
) -> None:
    comparing.get_by_role("button", name="Add column").click()
    expect(columns(comparing)).to_have_count(3)
    for number in (1, 2, 3):
        system(comparing, number).fill(f"Prompt {number}")
    comparing.get_by_role("button", name=f"Remove column {gone}").press("Enter")
    expect(columns(comparing)).to_have_count(2)
    expect(comparing.locator(f"#column-{focused}")).to_be_focused()
    left = [f"Prompt {number}" for number in (1, 2, 3) if number != gone]
    for number, prompt in enumerate(left, 1):
        expect(system(comparing, number)).to_have_value(prompt)
        expect(columns(comparing).nth(number - 1)).to_have_accessible_name(
            f"Column {number}"
        )
    comparing.keyboard.press("Enter")  # which removes nothing else
    expect(columns(comparing)).to_have_count(2)


def test_what_is_typed_while_a_column_goes_stays(comparing: Page) -> None:
    held: list[Route] = []
    columns(comparing).nth(1).get_by_text("More settings").click()
    comparing.route("**/compare/", lambda route: held.append(route))
    with comparing.expect_request("**/compare/"):
        comparing.get_by_role("button", name="Remove column 1").press("Enter")
    system(comparing, 2).fill("Typed meanwhile")
    held[0].continue_()
    expect(columns(comparing)).to_have_count(1)
    expect(system(comparing, 1)).to_have_value("Typed meanwhile")
    expect(comparing.locator("#c0-other")).to_be_visible()


def test_the_last_column_cannot_be_removed_nor_a_seventh_added(
    comparing: Page,
) -> None:
    add = comparing.get_by_role("button", name="Add column")
    for number in range(3, 7):
        add.click()
        expect(columns(comparing)).to_have_count(number)
    expect(add).to_be_disabled()
    expect(comparing.locator("#c5-model")).to_be_focused()
    remove = comparing.get_by_role("button", name="Remove column 1")
    for number in range(5, 0, -1):
        remove.click()
        expect(columns(comparing)).to_have_count(number)
    expect(remove).to_be_hidden()
    expect(add).to_be_enabled()
