"""A reply on its way, as a person sees it."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings

from playground.runs import live as watching
from playground.runs import queue

HIDE, SHOW = (
    f"""() => {{
        Object.defineProperty(document, "hidden", {{ value: {is_hidden}, configurable: true }});
        document.dispatchEvent(new Event("visibilitychange"));
    }}"""
    for is_hidden in ("true", "false")
)
LIST = "A list of ten ants, please, in 400 words"


def send(page: Page, live_url: str, text: str) -> None:
    page.goto(live_url)
    page.get_by_role("button", name="New conversation").first.click()
    page.get_by_label("User message").fill(text)
    page.get_by_role("button", name=re.compile("^Send")).click()


def until(page: Page, condition: str) -> None:
    """Wait until the script element fulfils a condition, frame by frame."""
    page.evaluate(f"""() => new Promise((fulfilled, failed) => {{
        const script = document.getElementById("script");
        setTimeout(() => failed(new Error("never: {condition}")), 20000);
        const look = () => {condition} ? fulfilled() : requestAnimationFrame(look);
        look();
    }})""")


def test_a_reply_is_formatted_while_it_is_written(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 60
    send(page, live_url, LIST)
    reply = page.get_by_role("article", name="Assistant turn 2")
    expect(reply.locator("ol li")).to_have_count(10)
    expect(page.get_by_role("status")).to_have_text("Streaming")
    expect(reply.locator(".cursor")).to_have_count(1)
    expect(reply.locator("ol + p")).to_be_visible()
    first = reply.locator("ol").element_handle()
    expect(reply.locator("p").nth(3)).to_be_visible()
    # What is finished stays the same element: it is not rendered again.
    assert first is not None
    assert first.evaluate("list => list.isConnected")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")
    expect(reply.locator(".cursor")).to_have_count(0)


def test_the_next_item_of_a_list_begins_a_line_before_it_is_formatted(
    live_url: str, page: Page
) -> None:
    page.goto(live_url)
    page.get_by_role("button", name="New conversation").first.click()
    draw = """async (block) => {
        const { Block } = await import("/static/editor/growing.js");
        const into = document.createElement("div");
        document.querySelector("main").append(into);
        const made = new Block({ type: "text", ...block });
        made.place(into, false);
        made.draw();
        return into.querySelector(".md").innerText;
    }"""
    items = {"text": "1. One\n2. Two\n\nNext", "open": "<ol><li>One</li></ol>"}
    code = {"text": "```\na\n  b", "open": "<pre><code>a\n</code></pre>"}
    assert page.evaluate(draw, items | {"upto": 6}) == "One\n2. Two\n\nNext"
    assert page.evaluate(draw, code | {"upto": 6}) == "a\n  b"


def test_no_character_of_the_stream_is_lost_or_doubled(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 300
    send(page, live_url, LIST)
    streaming = page.locator("[data-run] .raw")
    streaming.wait_for(state="attached")
    page.evaluate("""() => {
        const seen = window.seen = [];
        const look = () => {
            const raw = document.querySelector("[data-run] .raw");
            if (raw) seen.push(raw.textContent);
            requestAnimationFrame(look);
        };
        look();
    }""")
    expect(page.get_by_role("status")).to_contain_text("Done")
    reply = page.get_by_role("article", name="Assistant turn 2")
    whole = reply.locator(".text").last.text_content()
    seen = page.evaluate("window.seen")
    assert whole is not None
    assert len(seen) > 5
    assert all(whole.startswith(text) for text in seen)


def test_a_reader_who_has_gone_up_is_left_there(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 150
    page.set_viewport_size({"width": 1200, "height": 420})
    send(page, live_url, LIST)
    script = page.locator("#script")
    expect(page.locator("[data-run] p").nth(2)).to_be_visible()
    script.hover()
    while script.evaluate("script => script.scrollTop"):
        page.mouse.wheel(0, -5000)
    page.evaluate("window.before = document.getElementById('script').scrollHeight")
    until(page, "script.scrollHeight > window.before + 60")
    assert script.evaluate("script => script.scrollTop") == 0


def test_a_reader_is_let_go_up_right_after_the_script_has_followed(
    live_url: str, page: Page
) -> None:
    """The event of our own scrolling comes when the reader's wheel has been heard."""
    page.set_viewport_size({"width": 1200, "height": 420})
    send(page, live_url, LIST)
    expect(page.get_by_role("status")).to_contain_text("Done")
    stayed = page.evaluate("""async () => {
        const script = document.getElementById("script");
        const { follow } = await import(
            performance.getEntriesByType("resource")
                .find(({ name }) => name.includes("/editor/end.")).name
        );
        const frames = async (left) => {
            while (left--) await new Promise(requestAnimationFrame);
        };
        await frames(20);
        const grow = () => script.append(
            Object.assign(document.createElement("p"), { textContent: "more" })
        );
        grow();
        follow();
        const top = script.scrollTop;
        script.dispatchEvent(new WheelEvent("wheel", { deltaY: -100 }));
        await frames(2);
        grow();
        follow();
        await frames(2);
        return script.scrollTop === top;
    }""")
    assert stayed


def test_a_failed_attempt_says_when_the_next_one_comes(
    live_url: str, page: Page
) -> None:
    send(page, live_url, "Which ants are red? drill: overload twice")
    expect(page.locator(".progress")).to_contain_text(
        re.compile(r"overloaded, trying again( in \d s)? \([23] of 4\)")
    )
    expect(page.get_by_role("status")).to_have_text("Waiting")
    expect(page.get_by_role("status")).to_contain_text("Done", timeout=20_000)


def test_streaming_is_said_again_once_it_streams(live_url: str, page: Page) -> None:
    send(page, live_url, "Red ants? drill: rate limit. drill: crawl")
    expect(page.get_by_role("status")).to_have_text("Waiting")
    expect(page.get_by_role("status")).to_have_text("Streaming", timeout=20_000)
    page.get_by_role("button", name="Stop", exact=True).click()


def test_each_of_several_replies_says_whether_it_streams_or_waits(
    live_url: str, page: Page
) -> None:
    send(page, live_url, "Red ants? drill: overload")
    expect(page.get_by_role("status")).to_have_text("Waiting")
    page.get_by_role("button", name="Stop", exact=True).click()
    page.get_by_label("Number of replies").fill("2")
    page.get_by_role("button", name="Run ×N").click()
    expect(page.get_by_role("status")).to_have_text("Waiting for 2 of 2 replies")
    page.get_by_role("button", name="Side by side").click()
    second = page.get_by_role("article", name="Reply 2")
    expect(second).to_contain_text(re.compile(r"Waiting · overloaded.* of 4\)"))
    expect(second).to_contain_text("It was tried 4 times.", timeout=20_000)


def test_a_failure_says_how_many_attempts_were_made(live_url: str, page: Page) -> None:
    send(page, live_url, "Which ants are red? drill: overload")
    failed = page.get_by_role("article", name="Assistant turn 2")
    expect(failed).to_contain_text("It was tried 4 times.", timeout=20_000)


def test_a_run_that_waits_for_its_turn_says_so_and_can_be_stopped(
    live_url: str, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "MOST_LIVE", 0)
    send(page, live_url, "Which ants are red?")
    expect(page.locator(".progress")).to_have_text("for its turn, next")
    expect(page.get_by_role("status")).to_have_text("Waiting")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")


def test_a_reply_that_ends_while_the_page_is_hidden_is_no_longer_counted(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 40
    send(page, live_url, "Say something about ants in 30 words")
    expect(page.locator(".progress")).to_contain_text("tokens")
    page.evaluate(HIDE)
    other = page.context.new_page()
    other.goto(page.url)
    expect(other.get_by_role("status")).to_contain_text("Done")
    page.evaluate(SHOW)
    expect(page.get_by_role("status")).to_contain_text("Done")
    expect(page.locator(".progress")).to_have_count(0)


def test_a_page_opened_in_the_background_shows_what_ended_before_it_was_seen(
    live_url: str, page: Page
) -> None:
    send(page, live_url, "Which ants are red?")
    expect(page.get_by_role("status")).to_contain_text("Done")
    behind = page.context.new_page()
    behind.add_init_script(f"({HIDE})()")
    behind.goto(page.url)
    page.get_by_label("Number of replies").fill("2")
    page.get_by_role("button", name="Run ×N").click()
    expect(page.get_by_role("status")).to_contain_text("Done: 2 replies")
    behind.evaluate(SHOW)
    expect(behind.get_by_role("status")).to_contain_text("Done: 2 replies")


def test_a_reply_that_was_overtaken_says_where_it_waits(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 60
    send(page, live_url, "Say something about ants in 100 words")
    expect(page.locator(".progress")).to_contain_text("tokens")
    page.get_by_label("User message").fill("And of bees?")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article", name="User turn 2")).to_be_visible()
    expect(page.get_by_role("status")).to_have_text("Streaming")
    expect(page.locator("#notice")).to_contain_text("waits under the turn it answers")
    waiting = page.get_by_role("article", name="User turn 1")
    expect(waiting.get_by_role("button", name="Use this reply")).to_be_visible()


def test_nothing_else_is_sent_while_a_reply_is_on_its_way(
    live_url: str, page: Page
) -> None:
    send(page, live_url, "Which ants are red? drill: silence")
    expect(page.get_by_role("status")).to_have_text("Streaming")
    expect(page.get_by_role("button", name="Run ×N")).to_be_disabled()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")
    expect(page.get_by_role("button", name="Run ×N")).to_be_enabled()


def test_a_stream_that_fell_silent_says_for_how_long(live_url: str, page: Page) -> None:
    page.clock.install()
    send(page, live_url, "Which ants are red? drill: silence")
    expect(page.locator(".progress")).to_contain_text(" s · about ")
    expect(page.locator("[data-run] p").first).to_be_visible()
    page.clock.fast_forward(30_000)
    expect(page.locator(".progress")).to_contain_text(re.compile(r"nothing for \d\d s"))
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("Stopped")


def test_a_page_without_its_server_does_not_count_on(
    live_url: str,
    page: Page,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
    tolerated: list[str],
) -> None:
    tolerated.append("net::ERR_FAILED")
    settings.SIMULATOR_SPEED = 10
    monkeypatch.setattr(watching, "LONGEST_WATCH", 1.0)
    send(page, live_url, LIST)
    expect(page.locator(".progress")).to_contain_text(" s · about ")
    page.route("**/events", lambda route: route.abort())
    expect(page.locator(".progress")).to_contain_text("no connection to the server")
    page.unroute("**/events")
    expect(page.locator(".progress")).to_contain_text(" s · about ")
