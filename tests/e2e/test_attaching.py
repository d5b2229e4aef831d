"""Pictures on their way: progress, cancel, another attempt, and files that come by
paste and drop. The network is Playwright's to hold, to break and to fill."""

import base64
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, Page, Route, expect

from .test_editor import add, begin
from .test_repairs import change_elsewhere

UPLOADS = "**/images/"


@pytest.fixture
def ants(tmp_path: Path) -> Path:
    path = tmp_path / "ants.png"
    Image.linear_gradient("L").save(path)
    return path


@pytest.fixture
def bees(tmp_path: Path) -> Path:
    path = tmp_path / "bees.png"
    Image.radial_gradient("L").save(path)
    return path


@pytest.fixture
def editor(live_url: str, page: Page) -> Page:
    begin(page, live_url)
    return page


def choose(page: Page, *paths: Path) -> None:
    page.locator("#composer-file").set_input_files([str(path) for path in paths])


def cards(page: Page) -> Locator:
    return page.locator("#composer-images .image")


def ready(page: Page) -> Locator:
    return page.locator("#composer-images .image:has(input[name=image])")


def test_a_cancelled_picture_is_gone_and_the_others_come_in(
    editor: Page, ants: Path, bees: Path
) -> None:
    held: list[Route] = []

    def hold(route: Route) -> None:
        is_ants = b"ants.png" in (route.request.post_data_buffer or b"")
        held.append(route) if is_ants else route.continue_()

    editor.route(UPLOADS, hold)
    choose(editor, ants, bees)
    expect(ready(editor)).to_have_count(1)
    expect(ready(editor)).to_contain_text("bees.png")
    expect(cards(editor)).to_have_count(2)
    expect(editor.get_by_role("progressbar", name="Sending ants.png")).to_be_visible()
    editor.get_by_role("button", name="Cancel ants.png").click()
    expect(cards(editor)).to_have_count(1)
    held.pop().abort()
    assert held == []
    choose(editor, bees)
    expect(ready(editor)).to_have_count(2)


def test_a_picture_that_waits_for_its_turn_is_cancelled_unsent(
    editor: Page, ants: Path
) -> None:
    held: list[Route] = []
    editor.route(UPLOADS, lambda route: held.append(route))
    choose(editor, ants, ants, ants)
    expect(cards(editor).nth(2)).to_contain_text("waiting for its turn")
    for _ in range(3):
        editor.get_by_role("button", name="Cancel ants.png").last.click()
    expect(cards(editor)).to_have_count(0)
    assert len(held) == 2
    for route in held:
        route.abort()


def test_what_the_network_lost_is_sent_again(
    editor: Page, ants: Path, tolerated: list[str]
) -> None:
    tolerated.append("ERR_FAILED")
    editor.route(UPLOADS, lambda route: route.abort(), times=1)
    choose(editor, ants)
    expect(cards(editor).get_by_role("alert")).to_contain_text(
        "Could not reach the server"
    )
    editor.get_by_role("button", name="Try again ants.png").click()
    expect(ready(editor)).to_have_count(1)
    expect(cards(editor).get_by_role("alert")).to_have_count(0)


def test_a_busy_server_is_asked_again_by_itself(
    editor: Page, ants: Path, tolerated: list[str]
) -> None:
    tolerated.append("status of 503")
    busy = {"status": 503, "headers": {"Retry-After": "2"}, "body": ""}
    editor.route(UPLOADS, lambda route: route.fulfill(**busy), times=1)  # type: ignore[arg-type]
    choose(editor, ants)
    expect(cards(editor)).to_contain_text("the server is busy")
    expect(ready(editor)).to_have_count(1)


def test_what_is_no_picture_says_so_and_offers_no_other_attempt(
    editor: Page, tmp_path: Path
) -> None:
    drawing = tmp_path / "logo.svg"
    drawing.write_text("<svg xmlns='http://www.w3.org/2000/svg'/>")
    choose(editor, drawing)
    expect(cards(editor).get_by_role("alert")).to_contain_text("is an SVG drawing")
    expect(editor.get_by_role("button", name="Try again")).to_have_count(0)
    editor.get_by_role("button", name="Remove logo.svg").click()
    expect(cards(editor)).to_have_count(0)


def test_what_is_too_large_is_told_before_it_is_sent(editor: Page, ants: Path) -> None:
    sent: list[Route] = []
    editor.route(UPLOADS, lambda route: sent.append(route))
    editor.locator("#composer-file").evaluate("field => field.dataset.most = 100")
    choose(editor, ants)
    expect(cards(editor).get_by_role("alert")).to_contain_text(
        "at most 1 kB are accepted"
    )
    assert sent == []


def test_the_cards_follow_the_chosen_model(editor: Page, ants: Path) -> None:
    choose(editor, ants)
    expect(ready(editor)).to_contain_text("on Claude Haiku 4.5")
    editor.get_by_label("Label of ants.png").fill("Image 1:")
    editor.get_by_label("Model", exact=True).select_option("claude-opus-5-5")
    expect(ready(editor)).to_contain_text("on Claude Opus 5.5")
    expect(editor.get_by_label("Label of ants.png")).to_have_value("Image 1:")


def test_a_label_is_typed_on_while_the_model_changes_elsewhere(
    editor: Page, ants: Path
) -> None:
    choose(editor, ants)
    label = editor.get_by_label("Label of ants.png")
    label.press_sequentially("Image")
    change_elsewhere(editor, model="claude-opus-5-5")
    expect(ready(editor)).to_contain_text("on Claude Opus 5.5")
    editor.keyboard.type(" 1:")
    expect(label).to_have_value("Image 1:")


@pytest.mark.parametrize("way", ["paste", "drop"])
def test_pictures_are_pasted_and_dropped(editor: Page, ants: Path, way: str) -> None:
    text = base64.b64encode(ants.read_bytes()).decode()
    files = editor.evaluate_handle(
        """text => {
            const data = new DataTransfer();
            const bytes = Uint8Array.from(atob(text), (each) => each.charCodeAt(0));
            data.items.add(new File([bytes], "ants.png", { type: "image/png" }));
            return data;
        }""",
        text,
    )
    name = {"paste": "clipboardData", "drop": "dataTransfer"}[way]
    target = {"paste": "#composer-text", "drop": "#inspector"}[way]
    editor.locator(target).evaluate(
        """(node, [way, name, files]) => {
            const event = new Event(way, { bubbles: true, cancelable: true });
            node.dispatchEvent(Object.assign(event, { [name]: files }));
        }""",
        [way, name, files],
    )
    expect(ready(editor)).to_contain_text("ants.png")


@pytest.mark.parametrize("is_slow", [False, True])
def test_a_picture_attached_while_a_turn_is_on_its_way_stays(
    editor: Page, ants: Path, bees: Path, is_slow: bool
) -> None:
    turns: list[Route] = []
    uploads: list[Route] = []
    choose(editor, ants)
    expect(ready(editor)).to_have_count(1)
    editor.route("**/turns/", lambda route: turns.append(route))
    if is_slow:
        editor.route(UPLOADS, lambda route: uploads.append(route))
    with editor.expect_request("**/turns/"):
        editor.get_by_role("button", name="Add", exact=True).click()
    with editor.expect_request(UPLOADS):
        choose(editor, bees)
    expect(ready(editor)).to_have_count(1 if is_slow else 2)
    turns.pop().continue_()
    expect(editor.get_by_role("article", name="User turn 1")).to_contain_text("ants")
    expect(cards(editor)).to_have_count(1)
    for route in uploads:
        route.continue_()
    expect(ready(editor)).to_contain_text("bees.png")


def test_a_picture_on_its_way_into_a_turn_says_how_far_it_is(
    editor: Page, ants: Path
) -> None:
    add(editor, "user", "Count the ants.")
    held: list[Route] = []
    editor.route("**/turns/*/images/", lambda route: answer_or_hold(route, held))
    editor.locator("article").hover()
    editor.get_by_role("button", name="Add image").click()
    dialog = editor.get_by_role("dialog")
    dialog.get_by_label("From a file").set_input_files(str(ants))
    dialog.get_by_role("button", name="Upload").click()
    expect(dialog.get_by_role("progressbar", name="Sending ants.png")).to_be_visible()
    held.pop().continue_()
    expect(editor.locator("article .image")).to_have_count(1)


def answer_or_hold(route: Route, held: list[Route]) -> None:
    if route.request.method == "POST":
        held.append(route)
    else:
        route.continue_()
