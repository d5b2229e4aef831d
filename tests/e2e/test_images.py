"""Images under the hands: attached, cut with a pointer and by the keyboard, ordered."""

from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from .test_editor import begin


@pytest.fixture
def ants(tmp_path: Path) -> Path:
    path = tmp_path / "ants.png"
    picture = Image.linear_gradient("L").resize((400, 200))
    picture.save(path)
    return path


@pytest.fixture
def bees(tmp_path: Path) -> Path:
    path = tmp_path / "bees.bmp"
    Image.radial_gradient("L").resize((300, 300)).save(path)
    return path


def attach(page: Page, *paths: Path) -> None:
    page.locator("#composer-file").set_input_files([str(path) for path in paths])
    cards = page.locator("#composer-images .image:has(input[name=image])")
    expect(cards).to_have_count(len(paths), timeout=20_000)


def test_an_image_is_cut_and_the_turn_shows_what_is_left(
    live_url: str, page: Page, ants: Path, bees: Path
) -> None:
    begin(page, live_url)
    attach(page, ants, bees)
    names = page.locator("#composer-images dt:first-child")
    page.get_by_role("button", name=f"Move {names.nth(0).text_content()} later").click()
    expect(names).to_have_count(2)

    card = page.locator("#composer-images .image", has_text="ants.png")
    card.get_by_role("button", name="Crop, turn, redact…").click()
    dialog = page.locator("#picture")
    dialog.get_by_label("width").fill("100")
    dialog.get_by_label("height").fill("60")
    dialog.get_by_role("button", name="Crop", exact=True).click()
    expect(card).to_contain_text("100 × 60")
    expect(dialog).to_be_hidden()

    page.get_by_label("User message").fill("What is this?")
    page.get_by_role("button", name="Add", exact=True).click()
    turn = page.get_by_role("article", name="User turn 1")
    expect(turn.locator(".image")).to_have_count(2)
    expect(page.locator("#composer-images .image")).to_have_count(0)

    bee = turn.locator(".image", has_text="bees.bmp")
    bee.get_by_role("button", name="Crop, turn, redact, label…").click()
    stage = dialog.locator(".stage")
    expect(stage).to_be_visible()
    box = stage.bounding_box()
    assert box
    page.mouse.move(box["x"] + 10, box["y"] + 10)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] + 50, box["y"] + box["height"] / 2)
    page.mouse.up()
    width = int(dialog.get_by_label("width").input_value())
    left = int(dialog.get_by_label("x", exact=True).input_value())
    assert 0 < left < 300
    assert left + width == 300
    dialog.get_by_role("button", name="Crop", exact=True).click()
    expect(bee).to_contain_text(f"{width} ×")

    bee.get_by_role("button", name="Remove").click()
    expect(turn.locator(".image")).to_have_count(1)
