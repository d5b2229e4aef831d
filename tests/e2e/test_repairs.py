"""What people ran into once, walked through in a browser again."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import BrowserContext, Page, Route, expect
from pytest_django import Settings

from conversations import editing, history
from conversations.models import Conversation

from .test_editor import add, begin, press, turn


def save(page: Page, label: str, value: str) -> None:
    field = page.get_by_label(label, exact=True)
    field.fill(value)
    field.press("Tab")


def test_a_setting_put_right_is_saved_again_and_again(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    for number, label, name, bad, good, better, kept in (
        (3, "Max tokens", "max_tokens", "abc", "200", "300", "300"),
        (5, "Other parameters", "other", "{", '{"a":1}', '{"a":2}', '{\n  "a": 2\n}'),
    ):
        field = page.get_by_label(label, exact=True)
        error = page.locator(f"#setting-{name} [role=alert]")
        save(page, label, bad)
        expect(error).to_be_visible()
        save(page, label, good)
        expect(error).to_have_count(0)
        save(page, label, better)
        expect(page.locator("#header-figures")).to_contain_text(f"revision {number}")
        expect(error).to_have_count(0)
        page.reload()
        expect(field).to_have_value(kept)


def test_a_stopped_reply_waits_at_the_turn_it_answered(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 20
    begin(page, live_url)
    page.locator("#composer-text").fill("Tell me about ants.")
    page.locator("#composer [data-send]").click()
    expect(page.locator(".stream .text, .stream div").first).not_to_be_empty()
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.get_by_role("button", name="Use this reply")).to_be_visible()
    add(page, "user", "And bees?")
    waiting = turn(page, "User turn 1").locator(".waiting")
    expect(waiting).to_contain_text("1 reply is waiting here: stopped, about")
    page.reload()
    waiting.locator("summary").click()
    waiting.get_by_role("button", name="Use this reply").click()
    expect(turn(page, "Assistant turn 2")).to_contain_text("Reply by")
    expect(turn(page, "User turn 3")).to_contain_text("And bees?")
    expect(waiting.locator("details")).to_have_count(0)


def test_a_setting_changed_while_the_server_is_away_is_saved_later(
    live_url: str, page: Page, tolerated: list[str]
) -> None:
    tolerated += ["ERR_INTERNET_DISCONNECTED", "htmx:"]
    begin(page, live_url)
    thinking = page.get_by_label("Thinking", exact=True)
    page.context.set_offline(True)
    save(page, "Max tokens", "777")
    expect(page.locator("#setting-max_tokens")).to_contain_text("Not saved")
    thinking.select_option("disabled")
    expect(page.locator("#setting-thinking")).to_contain_text("Not saved")
    page.context.set_offline(False)
    expect(page.locator("#header-figures")).to_contain_text("revision 3")
    expect(page.get_by_text("Not saved")).to_have_count(0)
    page.reload()
    expect(page.get_by_label("Max tokens", exact=True)).to_have_value("777")
    expect(thinking).to_have_value("disabled")


def test_a_setting_whose_answer_was_lost_is_no_conflict(
    live_url: str, page: Page, tolerated: list[str]
) -> None:
    tolerated += ["ERR_FAILED", "htmx:"]
    begin(page, live_url)

    def lose(route: Route) -> None:
        route.fetch()
        route.abort()

    page.route("**/settings/", lose, times=1)
    save(page, "Max tokens", "777")
    expect(page.locator("#setting-max_tokens")).to_contain_text("Not saved")
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator("#header-figures")).to_contain_text("revision 2")
    expect(page.get_by_text("Not saved")).to_have_count(0)
    expect(page.locator("#setting-max_tokens [role=alert]")).to_have_count(0)
    expect(page.get_by_label("Max tokens", exact=True)).to_have_value("777")


def change_elsewhere(page: Page, **params: Any) -> Conversation:
    """Change settings as somebody else does, until the page knows."""
    talk = Conversation.objects.get(pk=page.url.split("/")[-2])
    head = history.apply(
        talk,
        None,
        lambda script: editing.set_params(script, params),
        summary="Changed elsewhere",
        author=None,
    )
    expect(page.locator("#header-figures")).to_contain_text(f"revision {head.number}")
    return talk


def test_a_setting_that_changed_elsewhere_while_one_typed_shows_both(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    field = page.get_by_label("Stop sequences", exact=True)
    conflict = page.locator("#setting-stop_sequences [role=alert]")
    field.press_sequentially("mine")
    talk = change_elsewhere(page, stop_sequences=["theirs"])
    expect(field).to_have_value("mine")
    page.locator("#composer-text").fill("Tell me about ants.")
    page.locator("#composer [data-send]").click()
    expect(conflict).to_contain_text("theirs")
    expect(field).to_have_value("mine")
    expect(page.locator("#notice")).to_contain_text("Not sent")
    assert not talk.runs.exists()
    save(page, "Stop sequences", "ours")
    expect(conflict).to_have_count(0)
    page.locator("#composer [data-send]").click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    assert talk.runs.get().params["stop_sequences"] == ["ours"]


def drafts(page: Page) -> list[str]:
    keys: list[str] = page.evaluate("Object.keys(localStorage)")
    return [key for key in keys if key.startswith("draft ")]


def test_the_other_version_of_a_system_prompt_can_be_taken(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    field = page.get_by_label("System prompt", exact=True)
    field.press_sequentially("Mine")
    talk = change_elsewhere(page, system="Theirs")
    page.locator("#composer-text").focus()
    expect(page.locator("#system .theirs")).to_contain_text("Theirs")
    page.get_by_role("button", name="Use the other version").click()
    expect(field).to_have_value("Theirs")
    expect(field).to_be_focused()
    expect(page.locator("#system .theirs, #system .stale")).to_have_count(0)
    assert not drafts(page)
    page.get_by_role("button", name="Bring it back").click()
    expect(field).to_have_value("Mine")
    field.press("Escape")
    expect(field).to_have_value("Theirs")
    # The focus comes back to the field once it is there; not while something is typed.
    expect(field).to_be_focused()
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-request")).to_have_count(0)
    page.locator("#composer-text").fill("Tell me about ants.")
    page.locator("#composer [data-send]").click()
    expect(page.get_by_role("status")).to_contain_text("Done")
    assert talk.runs.get().params["system"] == "Theirs"


def test_esc_takes_an_edit_of_the_system_prompt_back(live_url: str, page: Page) -> None:
    begin(page, live_url)
    field = page.get_by_label("System prompt", exact=True)
    save(page, "System prompt", "Be brief.")
    expect(page.locator("#header-figures")).to_contain_text("revision 2")
    field.press("End")
    field.press_sequentially(" And rude.")
    field.press("Escape")
    expect(field).to_have_value("Be brief.")
    page.reload()
    expect(field).to_have_value("Be brief.")
    expect(page.locator("#header-figures")).to_contain_text("revision 2")


def test_the_other_version_of_a_setting_can_be_taken(live_url: str, page: Page) -> None:
    begin(page, live_url)
    for label, name, mine, theirs, other in (
        ("Stop sequences", "stop_sequences", "mine", ["theirs"], "theirs"),
        ("Max tokens", "max_tokens", "77", 55, "55"),
    ):
        field = page.get_by_label(label, exact=True)
        field.fill("")
        field.press_sequentially(mine)
        change_elsewhere(page, **{name: theirs})
        field.press("Tab")
        form = page.locator(f"#setting-{name}")
        expect(form.locator("[role=alert]")).to_contain_text(other)
        field.press_sequentially("8")
        form.get_by_role("button", name="Use the other version").click()
        expect(field).to_have_value(other)
        expect(form.locator("[role=alert], .stale")).to_have_count(0)
        assert not drafts(page)
    expect(page.locator("#header-figures")).to_contain_text("revision 3")
    page.reload()
    expect(page.get_by_label("Stop sequences", exact=True)).to_have_value("theirs")


def test_a_setting_left_as_it_was_shows_what_it_is_by_now(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    field = page.get_by_label("Max tokens", exact=True)
    field.press("End")
    field.press("7")
    change_elsewhere(page, max_tokens=55)
    expect(field).to_have_value("10247")
    field.press("Backspace")
    field.press("Tab")
    expect(field).to_have_value("55")
    save(page, "Max tokens", "56")
    expect(page.locator("#header-figures")).to_contain_text("revision 3")


def test_a_setting_typed_while_the_model_changes_elsewhere_is_kept_and_saved(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    field = page.get_by_label("Max tokens", exact=True)
    field.fill("")
    field.press_sequentially("2222")
    change_elsewhere(page, model="claude-opus-5-5")
    expect(field).to_be_focused()
    field.press("Tab")
    expect(page.locator("#setting-max_tokens")).to_contain_text("up to 128,000")
    expect(field).to_have_value("2222")
    expect(page.get_by_label("Model", exact=True)).to_have_value("claude-opus-5-5")


def test_a_second_choice_made_while_the_first_is_saved_counts(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    held: list[Route] = []
    page.route("**/settings/", lambda route: held.append(route), times=1)
    thinking = page.get_by_label("Thinking", exact=True)
    with page.expect_request("**/settings/"):
        thinking.select_option("enabled")
    thinking.select_option("disabled")
    held.pop().continue_()
    expect(page.locator("#header-figures")).to_contain_text("revision 3")
    expect(thinking).to_have_value("disabled")


def test_a_new_turn_says_whose_role_it_asks_for(live_url: str, page: Page) -> None:
    begin(page, live_url)
    add(page, "user", "One")
    press(turn(page, "User turn 1"), "Insert below")
    expect(page.get_by_label("Role", exact=True)).to_have_count(1)
    expect(page.get_by_label("Role of the new turn")).to_have_value("assistant")
    page.get_by_role("tab", name="History").click()
    expect(page.get_by_label("Undo the last change")).to_be_visible()
    expect(page.get_by_role("button", name="Undo", exact=True)).to_have_count(1)


def test_a_title_that_does_not_fit_says_so_below_the_header(
    live_url: str, page: Page
) -> None:
    begin(page, live_url)
    sent = []
    page.on("request", lambda request: sent.append(request.url))
    title = page.get_by_label("Title", exact=True)
    title.fill("a" * 500)
    title.press("Enter")
    error = page.locator("#title .error")
    expect(error).to_contain_text("at most")
    header = page.locator("header.top").bounding_box()
    assert header["height"] < 70
    assert error.bounding_box()["y"] >= header["height"] - 14
    title.fill("Ants")
    title.press("Enter")
    expect(page).to_have_title("Ants · Playground")
    expect(page.get_by_role("link", name="Ants").first).to_be_visible()
    assert len([url for url in sent if url.endswith("/title/")]) == 2


def test_every_panel_opens_without_scripts(
    live_url: str, new_context: Callable[..., BrowserContext]
) -> None:
    page = new_context(java_script_enabled=False).new_page()
    begin(page, live_url)
    for name in ("Request", "Reply", "History"):
        page.get_by_role("tab", name=name).click()
        expect(page.get_by_role("heading", name=name).first).to_be_visible()
        page.get_by_role("link", name="Back to the conversation").click()
    page.get_by_role("button", name="Share").click()
    expect(page.get_by_role("button", name="Create link")).to_be_visible()


def test_a_reply_on_its_way_is_counted_and_said_to_be_there(
    live_url: str, page: Page, settings: Settings
) -> None:
    settings.SIMULATOR_SPEED = 5
    begin(page, live_url)
    page.locator("#composer-text").fill("Tell me about ants.")
    page.locator("#composer-text").press("Control+Enter")
    expect(page.locator(".progress")).to_contain_text(" s · about ")
    expect(page.get_by_role("button", name="Stop", exact=True)).to_be_visible()
    page.locator("#composer-text").press("Control+Enter")
    expect(page.locator("#notice")).to_contain_text("already on its way")
    page.get_by_role("button", name="Stop", exact=True).click()
    expect(page.locator(".progress")).to_have_count(0)


def test_a_notice_and_an_open_menu_cover_no_turn(live_url: str, page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 720})
    begin(page, live_url)
    add(page, "user", "One")
    page.get_by_role("button", name="Undo", exact=True).click()
    script = page.locator("#script").bounding_box()
    notice = page.locator("#notice").bounding_box()
    assert script
    assert notice
    assert notice["x"] >= script["x"] + script["width"]
    page.get_by_role("button", name="Redo", exact=True).click()
    page.set_viewport_size({"width": 390, "height": 844})
    page.locator(".more").first.click()
    more = page.locator(".turn.open .more").bounding_box()
    body = page.locator(".turn.open > .body").bounding_box()
    assert more
    assert body
    assert more["y"] + more["height"] <= body["y"] - 6
