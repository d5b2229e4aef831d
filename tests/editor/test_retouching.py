"""Tools on an image, in a turn and in the composer: each makes another image."""

import io
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image as Pixels

from conversations import editing, images
from conversations.models import Conversation, Image
from tests import factories

from .conftest import head_of

BOX = {"x": 10, "y": 0, "width": 20, "height": 15}


@pytest.fixture
def image(anna: User) -> Image:
    """80 × 40 pixels: the left half black, the right half white."""
    return halves(anna)


def halves(owner: User, name: str = "halves.png") -> Image:
    picture = Pixels.new("L", (80, 40))
    picture.paste(255, (40, 0, 80, 40))
    buffer = io.BytesIO()
    picture.save(buffer, "PNG")
    facts = {"data": buffer.getvalue(), "width": 80, "height": 40}
    return factories.create_image(owner=owner, name=name, **facts)


@pytest.fixture
def shown(anna: User, image: Image) -> Conversation:
    """A conversation whose only turn shows the image, a sentence and another image."""
    other = factories.create_image(owner=anna)
    blocks: list[Any] = [
        editing.image_block(image.pk),
        {"type": "text", "text": "and"},
        editing.image_block(other.pk),
    ]
    return factories.create_conversation(owner=anna, turns=[("user", blocks)])


@pytest.fixture
def use(post: Callable, shown: Conversation) -> Callable:
    """Use a tool on the block at `index` of the turn."""

    def press(action: str, index: int = 0, **data: Any) -> Any:
        path = f"turns/slot1/blocks/{index}/"
        return post(path, to=shown, action=action, **data)

    return press


def blocks_of(conversation: Conversation) -> list[Any]:
    [(_, turn)] = head_of(conversation).load_turns()
    return turn.blocks


def pixels(block: dict[str, Any]) -> Pixels.Image:
    image = Image.objects.get(pk=block["source"]["image"])
    return Pixels.open(io.BytesIO(images.read(image))).convert("L")


def test_a_crop_shows_what_was_within_the_rectangle(
    use: Callable, shown: Conversation
) -> None:
    assert use("crop", x=30, y=10, width=20, height=30).status_code == 200
    cropped = pixels(blocks_of(shown)[0])
    assert cropped.size == (20, 30)
    assert (cropped.getpixel((0, 0)), cropped.getpixel((19, 29))) == (0, 255)
    assert head_of(shown).summary == "Cropped an image of turn 1"


def test_what_is_redacted_is_gone_from_the_bytes(
    use: Callable, shown: Conversation
) -> None:
    use("redact", x=60, y=0, width=20, height=40)
    redacted = pixels(blocks_of(shown)[0])
    assert (redacted.getpixel((50, 20)), redacted.getpixel((70, 20))) == (255, 0)


@pytest.mark.parametrize(
    ("action", "size", "top"), [("left", (40, 80), 255), ("right", (40, 80), 0)]
)
def test_a_quarter_turn(
    use: Callable, shown: Conversation, action: str, size: tuple[int, int], top: int
) -> None:
    use(action)
    turned = pixels(blocks_of(shown)[0])
    assert (turned.size, turned.getpixel((20, 5))) == (size, top)


def test_the_image_before_stays_in_the_revision_before(
    use: Callable, shown: Conversation, image: Image
) -> None:
    use("over")
    [(_, turn)] = shown.revisions.get(number=1).load_turns()
    assert turn.blocks[0]["source"]["image"] == image.pk
    assert pixels(turn.blocks[0]).getpixel((0, 0)) == 0
    assert pixels(blocks_of(shown)[0]).getpixel((0, 0)) == 255


def test_a_changed_image_is_scaled_as_the_one_before(
    post: Callable, anna: User, image: Image
) -> None:
    block = editing.image_block(image.pk)
    block["source"]["max_side"] = 40
    talk = factories.create_conversation(owner=anna, turns=[("user", [block])])
    post("turns/slot1/blocks/0/", to=talk, action="over")
    [made] = blocks_of(talk)
    assert made["source"]["max_side"] == 40
    [row] = Image.objects.get(pk=made["source"]["image"]).renditions.all()
    assert (row.width, row.height) == (40, 20)


def test_images_change_places_and_the_words_between_stay(
    use: Callable, shown: Conversation
) -> None:
    first, words, last = blocks_of(shown)
    use("later")
    assert blocks_of(shown) == [last, words, first]
    use("earlier", index=2)
    assert blocks_of(shown) == [first, words, last]
    use("earlier")
    assert head_of(shown).number == 3


def test_a_label_is_a_text_block_before_the_image(
    use: Callable, shown: Conversation
) -> None:
    use("label", index=2, label="Image 2: ")
    assert blocks_of(shown)[2] == {"type": "text", "text": "Image 2: "}
    assert blocks_of(shown)[3]["type"] == "image"


def test_an_image_is_taken_out(use: Callable, shown: Conversation) -> None:
    use("remove")
    assert [block["type"] for block in blocks_of(shown)] == ["text", "image"]


def result(*content: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_use_id": "toolu_1", "content": list(content)}


@pytest.fixture
def answered(anna: User, image: Image) -> Conversation:
    """A tool result with a sentence and two images, and a third image beside it."""
    pictures = [
        editing.image_block(each.pk)
        for each in (
            image,
            *(factories.create_image(owner=anna, shade=n) for n in (1, 2)),
        )
    ]
    within = result({"type": "text", "text": "seen"}, *pictures[:2])
    return factories.create_conversation(
        owner=anna, turns=[("user", [within, pictures[2]])]
    )


@pytest.fixture
def press(post: Callable, answered: Conversation) -> Callable:
    """Use a tool on the block at that place, and return the blocks of the turn."""

    def use(action: str, place: str, **data: Any) -> list[Any]:
        path = f"turns/slot1/blocks/{place}/"
        assert post(path, to=answered, action=action, **data).status_code == 200
        return blocks_of(answered)

    return use


def test_an_image_of_a_tool_result_is_cropped_turned_and_redacted(
    press: Callable,
) -> None:
    press("crop", "0-1", x=30, y=0, width=20, height=40)
    press("left", "0-1")
    [within, _] = press("redact", "0-1", x=0, y=0, width=40, height=5)
    text, changed, _ = within["content"]
    assert text == {"type": "text", "text": "seen"}
    assert pixels(changed).size == (40, 20)
    assert pixels(changed).getpixel((0, 0)) == 0
    assert pixels(changed).getpixel((0, 9)) == 255


def test_an_image_of_a_tool_result_is_labelled_moved_and_taken_out(
    press: Callable, answered: Conversation
) -> None:
    _, first, second = blocks_of(answered)[0]["content"]
    [within, _] = press("later", "0-1")
    assert within["content"][1:] == [second, first]
    label = {"type": "text", "text": "Image 2:"}
    [within, _] = press("label", "0-2", label="Image 2:")
    assert within["content"][1:] == [second, label, first]
    [within, _] = press("remove", "0-1")
    assert within["content"][1:] == [label, first]


def test_an_image_goes_into_a_tool_result_and_out_again(
    press: Callable, answered: Conversation
) -> None:
    before = blocks_of(answered)
    [within] = press("into", "1")
    assert within["content"][-1] == before[1]
    assert press("out", "0-3") == before


def test_a_tool_result_of_words_alone_takes_an_image(
    post: Callable, anna: User, image: Image
) -> None:
    block = editing.image_block(image.pk)
    words = {**result(), "content": "seen"}
    talk = factories.create_conversation(owner=anna, turns=[("user", [block, words])])
    post("turns/slot1/blocks/0/", to=talk, action="into")
    assert blocks_of(talk) == [result({"type": "text", "text": "seen"}, block)]


def test_the_script_shows_the_images_of_a_tool_result_with_their_tools(
    annas: Client, answered: Conversation
) -> None:
    page = annas.get(f"/c/{answered.pk}/").content.decode()
    for place in ("0-1", "0-2", "1"):
        assert f"/turns/slot1/blocks/{place}/" in page
    assert "Out of the result" in page
    assert "Into the result" in page
    head = annas.get(f"/c/{answered.pk}/r/1/").content.decode()
    assert head.count("thumbnail") == 3


@pytest.mark.parametrize(
    "place",
    ["0", "0-0", "0-9", "1-0", "7-1", "0-1-0", "x", "0-"]
    + [pytest.param("9" * 5000, id="long")],
)
def test_there_is_no_image_at_another_place(
    annas: Client, post: Callable, answered: Conversation, place: str
) -> None:
    path = f"turns/slot1/blocks/{place}/"
    assert annas.get(f"/c/{answered.pk}/{path}").status_code == 404
    assert post(path, to=answered, action="over").status_code == 409
    assert head_of(answered).number == 1


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        ({"action": "crop", **BOX, "x": 80}, "outside"),
        ({"action": "crop"}, "which rectangle"),
        ({"action": "redact", **BOX, "width": 0}, "width"),
        ({"action": "melt"}, "melt"),
        ({}, "required"),
    ],
)
def test_what_cannot_be_done_is_said_and_nothing_is_changed(
    post: Callable, shown: Conversation, data: dict[str, Any], sentence: str
) -> None:
    response = post("turns/slot1/blocks/0/", to=shown, **data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert head_of(shown).number == 1


def test_another_image_than_the_person_saw_is_left_alone(
    use: Callable, shown: Conversation
) -> None:
    assert use("over", image=999).status_code == 409
    assert use("over", index=1).status_code == 409
    assert use("over", index=7).status_code == 409
    assert head_of(shown).number == 1


def test_a_turn_that_changed_meanwhile_is_a_conflict(
    use: Callable, shown: Conversation
) -> None:
    use("later")
    assert use("over", base=1).status_code == 409


def test_a_lost_file_is_said(use: Callable, image: Image) -> None:
    images.path(image.hash).unlink()
    response = use("over")
    assert response.status_code == 422
    assert "lost" in response.content.decode()


def test_the_dialog_has_a_rectangle_for_the_keyboard(
    annas: Client, shown: Conversation
) -> None:
    address = f"/c/{shown.pk}/turns/slot1/blocks/0/"
    dialog = annas.get(address, headers={"HX-Request": "true"}).content.decode()
    for name in ("x", "y", "width", "height"):
        assert f'name="{name}"' in dialog
    assert "Open at full size" in dialog
    assert "<html" in annas.get(address).content.decode()


def test_the_proposed_label_counts_no_document(
    annas: Client, anna: User, image: Image
) -> None:
    document = {"type": "document", "source": {"type": "text", "data": "Ants"}}
    blocks = [document, *[editing.image_block(image.pk)] * 2]
    talk = factories.create_conversation(owner=anna, turns=[("user", blocks)])
    for place, label in [(1, "Image 1:"), (2, "Image 2:")]:
        address = f"/c/{talk.pk}/turns/slot1/blocks/{place}/"
        assert f'value="{label}"' in annas.get(address).content.decode()


def test_in_the_composer_the_card_of_the_new_image_comes_back(
    annas: Client, post: Callable, conversation: Conversation, image: Image
) -> None:
    response = post(f"images/{image.pk}/", action="crop", **BOX)
    made = Image.objects.latest("pk")
    assert f'name="image" value="{made.pk}"' in response.content.decode()
    assert (made.width, made.height) == (20, 15)
    assert head_of(conversation).number == 1


def test_in_the_composer_a_refusal_keeps_the_card(
    post: Callable, conversation: Conversation, image: Image
) -> None:
    response = post(f"images/{image.pk}/", action="crop", **{**BOX, "x": 500})
    assert response.status_code == 422
    assert response.headers["HX-Reswap"] == "none"
    assert "outside" in response.headers["HX-Trigger"]


def test_labels_of_attached_images_stand_before_each(
    post: Callable, conversation: Conversation, image: Image, anna: User
) -> None:
    other = factories.create_image(owner=anna)
    data = {"image": [image.pk, other.pk], "label": ["Image 1:", ""]}
    post("turns/", text="Compare.", **data)
    *_, (_, turn) = head_of(conversation).load_turns()
    assert turn.blocks == [
        {"type": "text", "text": "Image 1:"},
        editing.image_block(image.pk),
        editing.image_block(other.pk),
        {"type": "text", "text": "Compare."},
    ]
