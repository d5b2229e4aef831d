"""What the page says goes away when it is no longer true."""

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, Route, expect

from .test_repairs import save
from .test_walk import picture


@pytest.fixture
def editor(live_url: str, page: Page) -> Page:
    page.clock.install()
    page.goto(live_url)
    page.get_by_role("button", name="New conversation").first.click()
    page.wait_for_load_state()
    expect(page.get_by_label("User message")).to_be_visible()
    return page


def test_a_picture_that_has_arrived_is_on_its_way_no_more(
    editor: Page, tmp_path: Path
) -> None:
    held: list[Route] = []
    editor.route("**/images/", lambda route: held.append(route))
    with editor.expect_request("**/images/"):
        editor.locator("#composer-file").set_input_files(picture(tmp_path / "a.png"))
    editor.get_by_label("User message").fill("What is this?")
    editor.get_by_role("button", name=re.compile("^Send")).click()
    notice = editor.locator("#notice")
    expect(notice).to_contain_text("still on its way")
    held.pop().continue_()
    expect(editor.locator("#composer .attached")).to_contain_text("640 × 420")
    expect(notice).to_be_empty()


def test_a_picture_that_was_given_up_is_on_its_way_no_more(
    editor: Page, tmp_path: Path
) -> None:
    held: list[Route] = []
    editor.route("**/images/", lambda route: held.append(route))
    with editor.expect_request("**/images/"):
        editor.locator("#composer-file").set_input_files(picture(tmp_path / "a.png"))
    editor.get_by_label("User message").fill("What is this?")
    editor.get_by_role("button", name=re.compile("^Send")).click()
    expect(editor.locator("#notice")).to_contain_text("still on its way")
    editor.get_by_role("button", name="Cancel a.png").click()
    expect(editor.locator("#notice")).to_be_empty()


def test_a_connection_that_is_back_is_told_for_three_seconds(
    editor: Page, tolerated: list[str]
) -> None:
    tolerated.append("net::ERR_FAILED")
    editor.route("**/events", lambda route: route.abort())
    editor.reload()
    notice = editor.locator("#notice")
    expect(notice).to_contain_text("connection to the server is lost", timeout=15_000)
    editor.unroute("**/events")
    expect(notice).to_contain_text("Connected again", timeout=15_000)
    editor.clock.fast_forward(3_000)
    expect(notice).to_be_empty(timeout=2_000)


def test_a_value_that_was_taken_back_is_no_longer_quoted(editor: Page) -> None:
    field = editor.get_by_label("Max tokens", exact=True)
    form = editor.locator("#setting-max_tokens")
    saved = field.input_value()
    field.fill("333")
    other = editor.context.new_page()
    other.goto(editor.url)
    save(other, "Max tokens", "222")
    expect(other.locator("#header-figures")).to_contain_text("revision 2")
    expect(editor.locator("#header-figures")).to_contain_text("revision 2")
    field.press("Tab")
    expect(form.get_by_role("alert")).to_contain_text("Changed meanwhile")
    expect(form).to_contain_text("222")
    other.get_by_role("button", name="Undo").click()
    expect(form.get_by_role("alert")).to_have_count(0)
    expect(form).not_to_contain_text("222")
    expect(form).to_contain_text("Not saved")
    expect(field).to_have_value("333")
    field.press("Enter")
    expect(form.get_by_role("alert")).to_contain_text(saved)
    field.press("Enter")
    expect(form.get_by_role("alert")).to_have_count(0)
    expect(form).not_to_contain_text("Not saved")
    editor.reload()
    expect(field).to_have_value("333")
