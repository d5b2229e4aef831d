"""Where a reader finds the script when a conversation is opened, or opened again."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from conversations import editing, history
from conversations.editing import Script
from conversations.models import Conversation
from playground.middleware import local_user

from .test_streaming import until
from .test_watching import PHONE

PARAMS = {"model": "claude-haiku-4-5", "max_tokens": 4000}
SEND = re.compile("^Send")
AT_END = "script.scrollHeight - script.scrollTop - script.clientHeight < 2"
NINTH = "script.querySelector('[aria-label=\\'User turn 9\\']')"
REPLY = "script.querySelector('[data-run]')"
WORDS = 1500
LONG = "Ten ants and one bee went out for a walk, and this is what they saw. " * 6


def conversation(turns: int) -> Conversation:
    script = Script((), PARAMS)
    for number in range(turns):
        role = "assistant" if number % 2 else "user"
        text = f"{number}. {LONG} Say it in {WORDS} words."
        script = editing.append(script, editing.typed(role, text))
    return history.begin(local_user.get(), script, endpoint="simulator")


@pytest.fixture
def long(transactional_db: None) -> Conversation:
    """So long that turns out of sight have no real heights."""
    return conversation(35)


def read(page: Page, live_url: str, talk: Conversation, fragment: str = "") -> None:
    page.goto(live_url + talk.get_absolute_url() + fragment)
    expect(page.get_by_role("article").first).to_be_attached()


def above(place: str) -> str:
    """How far a place is above the upper edge of the script, as a script says it."""
    edge = "script.getBoundingClientRect().top"
    return f"({edge} - {place}.getBoundingClientRect().top)"


def tell(page: Page, what: str) -> float:
    script = "const script = document.getElementById('script');"
    return page.evaluate(f"() => {{ {script} return {what}; }}")


def at_rest(page: Page) -> None:
    """Wait until the script has come to a stand: a wheel moves it for some frames."""
    page.evaluate("""() => new Promise((rests) => {
        const script = document.getElementById("script");
        let [before, frames] = [script.scrollTop, 0];
        const look = () => {
            frames = script.scrollTop === before ? frames + 1 : 0;
            before = script.scrollTop;
            if (frames < 20) requestAnimationFrame(look);
            else rests();
        };
        look();
    })""")


def top(page: Page) -> int:
    return page.evaluate("document.getElementById('script').scrollTop")


def scroll_to_the_ninth_turn(page: Page) -> float:
    page.get_by_role("article", name="User turn 9").evaluate(
        "turn => turn.scrollIntoView()"
    )
    page.locator("#script").hover()
    page.mouse.wheel(0, 80)
    until(page, f"{above(NINTH)} > 15")
    return tell(page, above(NINTH))


def test_a_conversation_that_nobody_has_read_opens_at_its_top(
    live_url: str, page: Page, long: Conversation
) -> None:
    read(page, live_url, long)
    assert top(page) == 0


@pytest.mark.parametrize("width", [1200, 390])
def test_a_reload_comes_back_to_the_turn_that_was_being_read(
    live_url: str, page: Page, long: Conversation, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 700})
    read(page, live_url, long)
    before = scroll_to_the_ninth_turn(page)
    page.reload()
    until(page, f"Math.abs({above(NINTH)} - {before}) < 3")
    page.goto(live_url)  # and so does whoever goes elsewhere and opens it again
    read(page, live_url, long)
    until(page, f"Math.abs({above(NINTH)} - {before}) < 3")


def test_a_reload_at_the_end_stays_at_the_end(live_url: str, page: Page) -> None:
    read(page, live_url, conversation(15))
    page.locator("#script").hover()
    page.mouse.wheel(0, 100_000)
    until(page, AT_END)
    page.reload()
    until(page, f"script.scrollTop > 1000 && {AT_END}")


def test_an_address_with_a_fragment_goes_to_its_place(
    live_url: str, page: Page, long: Conversation
) -> None:
    read(page, live_url, long)
    scroll_to_the_ninth_turn(page)
    page.goto(live_url)
    read(page, live_url, long, "#system")
    assert top(page) < 20


def test_a_reply_on_its_way_is_followed_wherever_it_is_opened(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 60
    talk = conversation(9)
    page.set_viewport_size(PHONE)
    read(page, live_url, talk)
    page.get_by_role("button", name=SEND).click()
    expect(page.locator("[data-run] p").first).to_be_visible()
    for again in (page.reload, lambda: read(page, live_url, talk)):
        again()
        until(page, f"script.querySelector('[data-run] p') && {AT_END}")
        page.evaluate("window.before = document.getElementById('script').scrollHeight")
        until(page, f"script.scrollHeight > window.before + 40 && {AT_END}")
    newcomer = page.context.new_page()
    read(newcomer, live_url, talk)
    until(newcomer, f"script.querySelector('[data-run] p') && {AT_END}")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")


def test_a_reload_in_mid_stream_leaves_a_reader_above_where_they_were(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 60
    talk = conversation(9)
    page.set_viewport_size(PHONE)
    read(page, live_url, talk)
    page.get_by_role("button", name=SEND).click()
    until(page, f"{REPLY}?.offsetHeight > 700")
    page.locator("#script").hover()
    page.mouse.wheel(0, -300)
    until(page, f"!({AT_END})")
    at_rest(page)
    before = tell(page, above(REPLY))
    page.reload()
    until(page, f"{REPLY} && Math.abs({above(REPLY)} - {before}) < 3")
    page.evaluate("window.before = document.getElementById('script').scrollHeight")
    until(page, "script.scrollHeight > window.before + 60")
    until(page, f"Math.abs({above(REPLY)} - {before}) < 3")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")
