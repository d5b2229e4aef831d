"""Smaller versions of images: made once, kept, sent, and removed with their image."""

import io

import pytest
from django.contrib.auth.models import User
from PIL import Image as Pixels

from conversations import deleting, editing, history, images, pictures, renditions
from conversations.models import Conversation, Image, Rendition
from playground import payload
from playground.spec import fixes
from tests.factories import create_conversation, create_image, create_user

pytestmark = pytest.mark.django_db


def wide(owner: User) -> Image:
    """A stored image of 400 × 200 pixels."""
    buffer = io.BytesIO()
    Pixels.linear_gradient("L").resize((400, 200)).save(buffer, "PNG")
    return create_image(owner=owner, data=buffer.getvalue(), width=400, height=200)


def block(image: Image, **source: object) -> dict[str, object]:
    found = editing.image_block(image.pk)
    return {**found, "source": {**found["source"], **source}}


def scaled_conversation(owner: User, image: Image, side: object = 100) -> Conversation:
    turns = [("user", [block(image, max_side=side)])]
    return create_conversation(owner=owner, turns=turns)


def test_what_a_block_says_is_made_before_it_is_committed() -> None:
    anna = create_user()
    image = wide(anna)
    scaled_conversation(anna, image)
    [row] = image.renditions.all()
    assert (row.max_side, row.width, row.height) == (100, 100, 50)
    assert images.path(row.hash).stat().st_size == row.size


def test_a_rendition_is_never_made_again(monkeypatch: pytest.MonkeyPatch) -> None:
    anna = create_user()
    image = wide(anna)
    scaled_conversation(anna, image)
    monkeypatch.setattr(pictures, "rendition", lambda *args: pytest.fail("remade"))
    talk = scaled_conversation(anna, image)
    made = payload.build(history.head(talk))
    assert len(made.body_bytes()) < image.base64_size + 500


def test_the_request_has_the_size_of_the_rendition() -> None:
    anna = create_user()
    talk = scaled_conversation(anna, wide(anna))
    made = payload.build(history.head(talk))
    [row] = Rendition.objects.all()
    [seen] = made.summaries[0].images
    assert (seen.width, seen.height) == (100, 50)
    data = made.body()["messages"][0]["content"][0]["source"]["data"]
    assert seen.bytes == len(data) == renditions.sent(row.image, 100).base64_size
    assert made.hashes() == {f"{row.image_id}@100": row.hash}
    assert payload.estimate(made).input.images == 4 * 2


@pytest.mark.parametrize("side", [400, 4000, 0, -1, True, "100", None, 1.5])
def test_other_sides_send_the_master(side: object) -> None:
    anna = create_user()
    image = wide(anna)
    made = payload.build(history.head(scaled_conversation(anna, image, side)))
    assert made.hashes() == {str(image.pk): image.hash}
    assert not Rendition.objects.exists()


def test_a_master_that_cannot_be_scaled_is_sent_and_counted_as_it_is() -> None:
    anna = create_user()
    image = wide(anna)
    talk = scaled_conversation(anna, image)
    Rendition.objects.all().delete()
    images.path(image.hash).unlink()
    [seen] = payload.build(history.head(talk)).summaries[0].images
    assert seen.width == 400


def test_the_fix_for_all_images_finds_their_sizes() -> None:
    anna = create_user()
    image = wide(anna)
    talk = create_conversation(owner=anna, turns=[("user", [block(image)])])
    made = payload.build(history.head(talk))
    before = payload.assemble(made.params, made.messages)
    after = fixes.apply("set_max_side_of_all", before, "messages", max_side=100)
    source = after["messages"][0]["content"][0]["source"]
    assert editing.without_sizes(source) == {
        "type": "image_ref",
        "image": image.pk,
        "max_side": 100,
    }


def test_files_of_renditions_go_with_the_last_that_names_them() -> None:
    anna = create_user()
    image = wide(anna)
    talk = scaled_conversation(anna, image)
    copy = images.copy_for(image, create_user())
    [digest] = {row.hash for row in Rendition.objects.all()}
    deleting.delete(talk)
    assert not Image.objects.filter(pk=image.pk).exists()
    assert images.path(digest).exists()
    images.remove_unused([copy.pk])
    assert images.in_use({digest}) == set()
