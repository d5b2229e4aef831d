"""How the pages look and whether everybody can use them, on wide and narrow screens,
light and dark."""

from collections.abc import Callable

import pytest
from django.urls import reverse
from playwright.sync_api import BrowserContext, Page, expect

from conversations import editing, history, sharing
from conversations.models import Conversation
from playground.middleware import local_user
from tests import factories
from tests.e2e.accessibility import hindrances

WIDE = {"width": 1440, "height": 900}
NARROW = {"width": 390, "height": 844}
SCREENS = [(WIDE, "light"), (WIDE, "dark"), (NARROW, "dark"), (NARROW, "light")]
THUMB = 40  # px: what a thumb hits

TURNS = [
    ("user", "What is the Latin word for ant?\n\n  (C) Formicidae"),
    ("assistant", "The answer is (C)"),
    ("user", "And for butterfly? " + "Nothing_breaks_this_word" * 12),
    ("assistant", "The answer is ("),
]


@pytest.fixture
def conversation(transactional_db: None) -> Conversation:
    return factories.create_conversation(
        owner=local_user.get(),
        turns=TURNS,
        params={"system": "Be terse.", "model": "claude-opus-5-5"},
        title="Latin names, multiple choice",
    )


@pytest.fixture
def pictured(transactional_db: None) -> Conversation:
    image = factories.create_image(owner=local_user.get())
    blocks = [editing.image_block(image.pk)]
    return factories.create_conversation(
        owner=local_user.get(), turns=[("user", blocks)]
    )


PAGES = ["editor", "list", "share", "revision", "rules"]
GROUPS = ["compare", "group", "difference"]


@pytest.fixture(params=PAGES + GROUPS)
def address(request: pytest.FixtureRequest, conversation: Conversation) -> str:
    """The path of each kind of page."""
    head = history.head(conversation)
    share = sharing.publish(head, conversation.owner)
    if request.param in [*GROUPS, "editor"]:
        create_group(conversation)
    own = conversation.get_absolute_url()
    return {
        "compare": f"{own}compare/",
        "group": f"{own}compare/g1/",
        "difference": f"{own}difference/?group=g1",
        "editor": conversation.get_absolute_url(),
        "list": "/",
        "share": share.get_absolute_url(),
        "revision": head.get_absolute_url(),
        "rules": "/help/rules/",
    }[request.param]


def create_group(conversation: Conversation) -> None:
    """Two replies that differ and one request that failed."""
    said = [TURNS[0][1], TURNS[2][1]]
    for position, text in enumerate(said, 1):
        factories.create_run(
            conversation=conversation,
            group="g1",
            position=position,
            params={"model": factories.MODEL, "max_tokens": position},
            status="done",
            has_reply=True,
            message={"content": [{"type": "text", "text": text}]},
            usage={"input_tokens": 9, "output_tokens": 9},
        )
    factories.create_run(
        conversation=conversation, group="g1", position=3, status="failed"
    )


def test_no_page_hinders_anybody_or_scrolls_sideways(
    live_url: str, address: str, page: Page
) -> None:
    page.goto(live_url + address)
    for size, scheme in SCREENS:
        page.set_viewport_size(size)
        page.emulate_media(color_scheme=scheme)
        assert hindrances(page) == [], (size, scheme)
        assert page.evaluate("document.documentElement.scrollWidth") <= size["width"]


def test_open_tools_editors_and_dialogs_hinder_nobody(
    live_url: str, conversation: Conversation, page: Page
) -> None:
    page.goto(live_url + conversation.get_absolute_url())
    page.get_by_role("article", name="User turn 1").get_by_role(
        "button", name="Edit JSON"
    ).click()
    expect(page.get_by_label("Turn JSON")).to_be_focused()
    assert hindrances(page) == []
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_role("button", name="Create link")).to_be_visible()
    assert hindrances(page) == []


def test_the_columns_become_drawers_on_a_phone(
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(viewport=NARROW, has_touch=True, is_mobile=True).new_page()
    page.goto(live_url + conversation.get_absolute_url())
    nav = page.get_by_role("navigation", name="Conversations")
    expect(nav).to_be_hidden()
    page.get_by_role("button", name="Conversations", exact=True).tap()
    expect(nav.get_by_role("link", name="Latin names")).to_be_visible()
    page.keyboard.press("Escape")
    expect(nav).to_be_hidden()
    page.locator("[popovertarget=inspector]").first.tap()
    expect(page.get_by_role("tab", name="Settings")).to_be_visible()
    expect(page.get_by_label("Max tokens", exact=True)).to_be_visible()


def test_a_thumb_reaches_every_button_of_a_phone(
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(viewport=NARROW, has_touch=True, is_mobile=True).new_page()
    page.goto(live_url + conversation.get_absolute_url())
    turn = page.get_by_role("article", name="User turn 1")
    expect(turn.get_by_role("button", name="Edit", exact=True)).to_be_hidden()
    turn.get_by_role("button", name="Tools").tap()
    expect(turn.get_by_role("button", name="Edit", exact=True)).to_be_visible()
    small = page.evaluate(
        """least => [...document.querySelectorAll("main button, main select, header button")]
            .filter(each => each.checkVisibility({opacityProperty: true}))
            .filter(each => each.getBoundingClientRect().height < least)
            .map(each => each.outerHTML.slice(0, 90))""",
        THUMB,
    )
    assert small == []


def test_the_composer_covers_no_turn(
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(viewport=NARROW).new_page()
    page.goto(live_url + conversation.get_absolute_url())
    page.get_by_label("User message").fill("line\n" * 40)
    # In one moment: the composer grows with its estimate.
    turn, composer = page.locator("#script").evaluate(
        """script => {
            script.scrollTop = script.scrollHeight;
            return [script.querySelector("article:last-of-type"),
                    document.getElementById("composer")]
                .map(each => each.getBoundingClientRect().toJSON());
        }"""
    )
    assert turn["bottom"] <= composer["top"] + 1
    assert composer["bottom"] <= NARROW["height"]


@pytest.mark.parametrize("width", [320, 390, 640, 900, 1024, 1100, 1150, 1340, 1440])
def test_the_title_has_its_place_at_every_width(
    live_url: str, conversation: Conversation, page: Page, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_url + conversation.get_absolute_url())
    expect(page.locator(".count")).to_be_visible()
    title = page.get_by_label("Title", exact=True).bounding_box()
    assert title is not None
    assert title["width"] > 150
    assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("path", ["run", "difference"])
def test_a_phone_shows_the_heading_below_the_buttons(
    live_url: str, conversation: Conversation, page: Page, path: str
) -> None:
    create_group(conversation)
    own = conversation.get_absolute_url()
    run = reverse("editor:run", args=[conversation.runs.latest("pk").pk])
    page.set_viewport_size(NARROW)
    page.goto(live_url + {"run": run, "difference": f"{own}difference/?group=g1"}[path])
    heading = page.locator(".top h1").bounding_box()
    button = page.get_by_role("link", name="Back to the conversation").bounding_box()
    assert heading is not None
    assert button is not None
    assert heading["width"] > 200
    assert heading["y"] >= button["y"] + button["height"] + 6


def test_what_is_translucent_is_seen_alike_in_both_schemes(
    live_url: str, pictured: Conversation, page: Page
) -> None:
    page.goto(live_url + pictured.get_absolute_url())
    under = "each => getComputedStyle(each).backgroundImage"
    seen = set()
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        seen.add(page.locator(".turn .image img").evaluate(under))
    [only] = seen
    assert "rgb(255, 255, 255)" in only


def test_a_narrow_window_keeps_no_empty_place_for_tools(
    live_url: str, pictured: Conversation, page: Page
) -> None:
    page.set_viewport_size(NARROW)
    page.goto(live_url + pictured.get_absolute_url())
    opacity = "each => getComputedStyle(each).opacity"
    assert page.locator(".turn .image-tools").evaluate(opacity) == "1"


PLACES = """() => [...document.querySelectorAll(".composer .row :is(button, a, select)")]
    .map(each => each.getBoundingClientRect()).map(({x, y}) => [x, y])"""


@pytest.mark.parametrize(("width", "rows"), [(1440, 1), (1150, 2)])
def test_an_estimate_is_read_whole_and_moves_no_button(
    live_url: str, conversation: Conversation, page: Page, width: int, rows: int
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(live_url + conversation.get_absolute_url())
    before = page.evaluate(PLACES)
    assert len({y for _, y in before}) == rows
    page.get_by_label("User message").fill("And a bee?")
    estimate = page.locator("#composer-estimate")
    expect(estimate).to_contain_text("and up")
    assert estimate.evaluate("each => each.scrollWidth <= each.clientWidth")
    assert page.evaluate(PLACES) == before


SHIFTS = """window.shift = 0;
new PerformanceObserver(list => {
  for (const entry of list.getEntries()) window.shift += entry.value;
}).observe({type: "layout-shift", buffered: true});"""


def test_opening_the_editor_moves_nothing_after_it_is_drawn(
    live_url: str, conversation: Conversation, page: Page
) -> None:
    page.add_init_script(SHIFTS)
    page.goto(live_url + conversation.get_absolute_url())
    expect(page.get_by_role("article")).to_have_count(4)
    page.wait_for_load_state("load")
    assert page.evaluate("window.shift") < 0.01


def test_an_editor_that_comes_in_pieces_moves_nothing_that_was_drawn(
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(viewport=NARROW).new_page()
    html = page.request.get(live_url + conversation.get_absolute_url()).text()
    page.goto(live_url + "/healthz")
    page.evaluate(SHIFTS)
    page.evaluate(
        """async pieces => {
            document.open();
            for (const piece of pieces) {
                document.write(piece);
                await new Promise(drawn => requestAnimationFrame(
                    () => requestAnimationFrame(drawn)));
            }
            document.close();
        }""",
        [html[at : at + 600] for at in range(0, len(html), 600)],
    )
    expect(page.get_by_role("article")).to_have_count(4)
    assert page.evaluate("window.shift") < 0.01


def test_without_scripts_the_page_is_whole_and_adds_a_turn(
    live_url: str,
    conversation: Conversation,
    new_context: Callable[..., BrowserContext],
) -> None:
    page = new_context(java_script_enabled=False, viewport=WIDE).new_page()
    page.goto(live_url + conversation.get_absolute_url())
    page.get_by_label("Role", exact=True).select_option("user")
    page.get_by_label("User message").fill("By a plain form")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("article", name="User turn 5")).to_contain_text(
        "By a plain form"
    )


def test_a_share_is_printed_without_its_buttons(
    live_url: str, conversation: Conversation, page: Page
) -> None:
    share = sharing.publish(history.head(conversation), conversation.owner)
    page.goto(live_url + share.get_absolute_url())
    page.emulate_media(media="print")
    expect(page.get_by_role("button", name="Fork")).to_be_hidden()
    expect(page.get_by_role("article", name="User turn 1")).to_be_visible()
