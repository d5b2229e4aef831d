"""Fixes and ports in a browser: looked at first, then applied, with the keyboard."""

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from conversations.models import Conversation, Run
from playground.middleware import local_user
from tests import factories
from tests.e2e.accessibility import hindrances

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return factories.create_conversation(
        owner=local_user.get(),
        turns=[("user", "Which insects?"), ("assistant", "The answer is ( ")],
        params={"model": "claude-haiku-4-5"},
    )


def open_fix(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_fix_is_looked_at_cancelled_and_applied_by_keyboard(
    live_url: str, page: Page, conversation: Conversation
) -> None:
    page.goto(f"{live_url}{conversation.get_absolute_url()}")
    name = "Remove the space at the end"
    open_fix(page, name)
    dialog = page.get_by_role("dialog", name=name)
    expect(dialog.locator("del")).to_contain_text("␣")
    expect(dialog.get_by_role("button", name="Apply")).to_be_focused()

    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.get_by_role("button", name=name, exact=True)).to_be_focused()
    expect(page.locator("#header-figures")).to_contain_text("revision 1")

    open_fix(page, name)
    page.keyboard.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#header-figures")).to_contain_text("revision 2")
    expect(page.locator("#notice")).to_contain_text(f"Done: {name}")
    expect(page.get_by_role("button", name=name, exact=True)).to_have_count(0)
    turn = page.get_by_role("article", name="Assistant turn 2")
    assert turn.evaluate("turn => turn.contains(document.activeElement)")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_dialog_hinders_nobody_on_a_narrow_screen(
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
    scheme: str,
) -> None:
    page = new_context(viewport=NARROW, color_scheme=scheme).new_page()
    page.goto(f"{live_url}{conversation.get_absolute_url()}")
    open_fix(page, "Remove the space at the end")
    assert hindrances(page) == []
    box = page.get_by_role("dialog").bounding_box()
    assert box is not None
    assert 0 <= box["x"] <= NARROW["width"] - box["width"]
    wide = "document.querySelector('#proposal').scrollWidth"
    assert page.evaluate(wide) <= NARROW["width"]


def test_a_conversation_is_ported_after_a_look_at_all_of_it(
    live_url: str, page: Page, conversation: Conversation
) -> None:
    page.goto(f"{live_url}{conversation.get_absolute_url()}")
    page.locator("#setting-model").get_by_role("button", name="Port to…").click()
    dialog = page.get_by_role("dialog", name="Port to another model")
    expect(dialog.get_by_label("Port to")).to_have_value("claude-haiku-5-5")
    dialog.get_by_label("Port to").select_option("claude-opus-5-5")
    expect(dialog.locator("ins").first).to_contain_text("opus")
    expect(dialog).to_contain_text("does not continue an assistant turn")
    assert hindrances(page) == []
    dialog.get_by_role("button", name="Apply").click()
    expect(dialog).to_be_hidden()
    expect(page.get_by_label("Model", exact=True)).to_have_value("claude-opus-5-5")
    expect(page.get_by_role("article")).to_have_count(1)
    expect(page.locator("#header-figures")).to_contain_text("revision 2")


def test_an_error_that_came_back_leads_to_its_place(
    live_url: str, page: Page, conversation: Conversation
) -> None:
    message = "max_tokens: 1024 > 512, which is the maximum allowed number of tokens"
    error = {"type": "invalid_request_error", "message": message}
    factories.create_run(
        conversation=conversation,
        status=Run.Status.FAILED,
        error={
            "sentence": "Refused.",
            "status": 400,
            "body": json.dumps({"type": "error", "error": error}),
        },
    )
    page.set_viewport_size(NARROW)
    page.goto(f"{live_url}{conversation.get_absolute_url()}")
    page.get_by_role("link", name="See Max tokens").click()
    expect(page.get_by_label("Max tokens", exact=True)).to_be_focused()
    expect(page.locator("#problems-max_tokens")).to_contain_text("What the API says")
