"""What one does with a reply in a browser: read it, go on with it, answer its calls."""

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Locator, Page, expect

from conversations.models import Conversation, Run
from playground.runs import ends
from tests import factories

from .test_walk import picture

TOOLS = [
    {"name": name, "input_schema": {"type": "object"}}
    for name in ("get_sky", "get_sea")
]


@pytest.fixture
def browser_context_args(browser_context_args: dict) -> dict:
    return {**browser_context_args, "viewport": {"width": 1440, "height": 900}}


@pytest.fixture
def me(live_url: str, page: Page) -> User:
    """The one person of this installation."""
    page.goto(live_url)
    return User.objects.get()


def replied(
    me: User, *content: dict[str, Any], params: Any = None, stop: str = "end_turn"
) -> Conversation:
    talk = factories.create_conversation(owner=me, params=params or {})
    run = factories.create_run(
        conversation=talk,
        status="done",
        message={"role": "assistant", "content": list(content)},
        has_reply=True,
        stop_reason=stop,
    )
    ends.place(run)
    return talk


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


def open_page(page: Page, live_url: str, talk: Conversation) -> Locator:
    page.goto(f"{live_url}/c/{talk.pk}/")
    return page.get_by_role("article", name="Assistant turn 2", exact=True)


def test_replies_are_formatted_and_raw_at_a_switch(
    live_url: str, page: Page, me: User
) -> None:
    talk = replied(me, text("# Ants\n\n**Six** legs \\*"))
    turn = open_page(page, live_url, talk)
    raw = page.get_by_role("button", name="Raw")
    expect(turn.get_by_role("heading", name="Ants")).to_be_visible()
    expect(raw).to_have_attribute("aria-pressed", "false")
    raw.click()
    expect(turn.locator(".text:visible")).to_have_text("# Ants\n\n**Six** legs \\*")
    page.reload()
    expect(raw).to_have_attribute("aria-pressed", "true")
    expect(turn.get_by_role("heading")).to_be_hidden()
    raw.click()
    expect(turn.locator("strong")).to_have_text("Six")


def test_copying_gives_the_exact_text(
    live_url: str, page: Page, me: User, context: Any
) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    exact = "# A\r\n\n**b** \0 c\n"
    turn = open_page(page, live_url, replied(me, text(exact)))
    turn.hover()
    turn.get_by_role("button", name="Copy", exact=True).click()
    expect(turn.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == exact


def test_a_cut_reply_goes_on_and_what_went_on_goes_alone(
    live_url: str, page: Page, me: User
) -> None:
    talk = replied(me, text("The first half of"), stop="max_tokens")
    turn = open_page(page, live_url, talk)
    turn.get_by_role("button", name="Continue").click()
    expect(turn.get_by_role("button", name="Drop")).to_be_visible()
    whole = turn.locator(".raw").inner_text()
    assert whole.startswith("The first half of")
    assert len(whole) > len("The first half of")
    turn.get_by_role("button", name="Retry").click()
    expect(turn.locator(".role")).to_contain_text("2 of 2")
    turn.get_by_role("button", name="Drop").click()
    expect(turn.get_by_role("button", name="Drop")).to_have_count(0)
    expect(turn.locator(".raw")).to_have_text("The first half of")
    assert Run.objects.filter(conversation=talk).count() == 3


def test_elsewhere_the_page_shows_the_turn_that_asks_to_go_on(
    live_url: str, page: Page, me: User
) -> None:
    params = {"model": "claude-opus-5-5"}
    talk = replied(me, text("The first half of"), params=params, stop="max_tokens")
    turn = open_page(page, live_url, talk)
    turn.get_by_role("button", name="Continue").click()
    asked = page.get_by_role("article", name="User turn 3", exact=True)
    expect(asked).to_contain_text("Continue from where you left off.")
    expect(page.get_by_role("article", name="Assistant turn 4")).to_contain_text("run")


def test_tool_calls_are_answered_in_place(live_url: str, page: Page, me: User) -> None:
    calls = [
        {"type": "tool_use", "id": f"toolu_{number}", "name": tool["name"], "input": {}}
        for number, tool in enumerate(TOOLS)
    ]
    talk = replied(me, *calls, params={"tools": TOOLS}, stop="tool_use")
    turn = open_page(page, live_url, talk)
    turn.get_by_label("Result of get_sky").fill(" blue\n")
    turn.get_by_label("Result of get_sea").fill("dry")
    turn.get_by_label("The tool failed").last.check()
    turn.get_by_label("Result of get_sea").press("Control+Enter")
    answer = page.get_by_role("article", name="User turn 3", exact=True)
    expect(answer).to_contain_text("toolu_1 failed")
    expect(page.get_by_role("article", name="Assistant turn 4")).to_contain_text("run")
    expect(turn.get_by_label("Result of get_sky")).to_have_count(0)
    talk.refresh_from_db()
    assert talk.head is not None
    blocks = list(talk.head.load_turns())[2][1].blocks
    assert [block.get("content") for block in blocks] == [" blue\n", "dry"]
    assert [block.get("is_error") for block in blocks] == [None, True]


def test_an_answer_to_a_call_outlives_a_change_elsewhere(
    live_url: str, page: Page, me: User, tmp_path: Path
) -> None:
    call = {"type": "tool_use", "id": "toolu_1", "name": "get_sky", "input": {}}
    talk = replied(me, call, params={"tools": TOOLS}, stop="tool_use")
    turn = open_page(page, live_url, talk)
    turn.get_by_label("Result of get_sky").fill("half a res")
    turn.get_by_label("The tool failed").check()
    files = turn.get_by_label("Images from get_sky")
    files.set_input_files(picture(tmp_path / "sky.png"))
    limit = page.get_by_label("Max tokens")
    limit.fill("2000")
    limit.press("Tab")
    expect(page.get_by_text(re.compile("revision 3"))).to_be_visible()
    expect(turn.get_by_label("Result of get_sky")).to_have_value("half a res")
    expect(turn.get_by_label("The tool failed")).to_be_checked()
    assert files.evaluate("field => field.files[0]?.name") == "sky.png"


def test_a_failure_is_kept_and_goes_on_in_one_click(
    live_url: str, page: Page, me: User
) -> None:
    words = "Write 80 words about ants. drill: cut"
    talk = factories.create_conversation(owner=me, turns=[("user", words)])
    page.goto(f"{live_url}/c/{talk.pk}/")
    page.get_by_role("button", name="Send", exact=False).last.click()
    card = page.get_by_role("article", name="Assistant turn 2", exact=True)
    expect(card).to_contain_text("broke off before its end")
    assert json.dumps(card.locator(".raw").inner_text()) != '""'
    card.get_by_role("button", name="Continue").click()
    expect(page.get_by_role("status")).to_contain_text("Failed")
    expect(card.get_by_role("button", name="Use this reply")).to_be_visible()
