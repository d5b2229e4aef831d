"""A reply that goes on with text that is there, while it streams and at its end."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from playwright.sync_api import Page, expect
from pytest_django import Settings

from playground.runs import live as watching
from tests import factories

from .test_replies import me, open_page, replied, text

__all__ = ["me"]

SHORT = {"max_tokens": 12}  # of one paragraph, so that its look is not waited for
CUT = "# Ants\n\nThey have *six* legs.\n\nAn ant can carry"
# Notes the texts of the blocks, and where the words end, each time that they change.
NOTE = """() => {
  const seen = window.seen = [];
  const look = () => {
    const turn = document.querySelector("article.assistant");
    const shown = [...turn?.querySelectorAll(".text") ?? []].filter((each) => each.getClientRects().length);
    const words = document.createRange();
    if (shown.length) words.selectNodeContents(shown.at(-1));
    const end = shown.length ? [...words.getClientRects()].at(-1) : null;
    const blocks = shown.flatMap((each) => [...each.matches(".md") ? each.children : [each]]);
    const now = {
      blocks: blocks.map((each) => each.textContent).filter(Boolean),
      bottom: end && Math.round(end.bottom - turn.getBoundingClientRect().top),
      isLive: turn?.matches(".live"),
    };
    if (JSON.stringify(seen.at(-1)) !== JSON.stringify(now)) seen.push(now);
    requestAnimationFrame(look);
  };
  look();
}"""
Look = dict[str, Any]


@pytest.fixture(autouse=True)
def pace(settings: Settings) -> None:
    settings.SIMULATOR_SPEED = 15


def follow(page: Page, button: str) -> tuple[list[Look], Look]:
    """Press the button; gives what was seen while the reply came, and the end."""
    page.evaluate(NOTE)
    page.get_by_role("button", name=button, exact=True).click()
    page.locator("article.assistant.live").wait_for()
    expect(page.locator("article.assistant:not(.live)")).to_be_visible()
    *seen, end = page.evaluate("window.seen")
    return [each for each in seen if each["isLive"]], end


def grows(seen: list[Look], end: Look) -> bool:
    """Whether what was seen grew to the end in its last block alone."""
    return len(seen) > 2 and all(
        each["blocks"][:-1] == end["blocks"][:-1]
        and end["blocks"][-1].startswith(each["blocks"][-1])
        for each in seen
    )


def test_what_continues_a_reply_stands_in_its_last_paragraph(
    live_url: str, page: Page, me: User
) -> None:
    talk = replied(me, text(CUT), stop="max_tokens", params=SHORT)
    turn = open_page(page, live_url, talk)
    seen, end = follow(page, "Continue")
    assert grows(seen, end)
    assert seen[-1] == end | {"isLive": True}
    expect(turn.locator(".md > p:last-child .seam")).to_have_count(1)


def test_a_stream_that_breaks_off_doubles_nothing_of_what_it_continues(
    live_url: str,
    page: Page,
    me: User,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    settings.SIMULATOR_SPEED = 8
    monkeypatch.setattr(watching, "LONGEST_WATCH", 0.4)
    talk = replied(me, text(CUT), stop="max_tokens", params=SHORT)
    open_page(page, live_url, talk)
    assert grows(*follow(page, "Continue"))


def test_the_seam_and_what_is_finished_stay_while_a_reply_is_continued(
    live_url: str, page: Page, me: User, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 30
    talk = replied(me, text(CUT), stop="max_tokens")
    turn = open_page(page, live_url, talk)
    page.get_by_role("button", name="Continue", exact=True).click()
    expect(turn.locator("[data-goes-on].md")).to_contain_text("An ant can carry some")
    first = turn.locator("h1").element_handle()
    page.get_by_role("button", name="Raw").click()
    raw = turn.locator("[data-goes-on].raw")
    expect(raw).to_contain_text("An ant can carry something")
    expect(raw.locator(".seam + .streaming")).to_have_count(1)
    expect(turn.locator("[data-goes-on].md > p")).to_have_count(4)
    expect(turn.locator("[data-goes-on].md .seam")).to_have_count(1)
    assert first is not None
    assert first.evaluate("heading => heading.isConnected")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")


def test_what_continues_a_prefill_stands_where_it_will_stand(
    live_url: str, page: Page, me: User
) -> None:
    turns = [("user", "Hello"), ("assistant", "They have")]
    talk = factories.create_conversation(owner=me, turns=turns, params=SHORT)
    open_page(page, live_url, talk)
    seen, end = follow(page, "Send")
    assert grows(seen, end)
    assert seen[-1] == end | {"isLive": True}
