"""Images that are there already, and images that only the API fetches."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations import deleting, editing, images
from conversations.models import Conversation, Image
from playground import payload
from playground.editor import uploads
from tests import factories

from .conftest import head_of

URL = "https://example.org/ants.png?size=<big>&x=1"


@pytest.fixture
def mine(annas: Client, conversation: Conversation) -> Callable[..., str]:
    def show(page: int = 1) -> str:
        address = f"/c/{conversation.pk}/images/?page={page}"
        return annas.get(address, headers={"HX-Request": "true"}).content.decode()

    return show


def last_blocks(conversation: Conversation) -> list[Any]:
    *_, (_, turn) = head_of(conversation).load_turns()
    return turn.blocks


def test_my_images_are_mine_and_the_last_attached_comes_first(
    mine: Callable, anna: User
) -> None:
    for shade, name in enumerate(("old.png", "new.png")):
        factories.create_image(owner=anna, name=name, shade=shade)
    factories.create_image(owner=factories.create_user(), name="foreign.png", shade=9)
    shown = mine()
    assert shown.index("new.png") < shown.index("old.png")
    assert "foreign.png" not in shown


def test_my_images_come_in_pages(
    mine: Callable, anna: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "IMAGES_A_PAGE", 1)
    for shade in range(2):
        factories.create_image(owner=anna, name=f"shade-{shade}.png", shade=shade)
    assert "shade-1.png" in mine()
    assert "Older" in mine()
    assert "shade-0.png" in mine(2)
    assert "Newer" in mine(2)


def test_an_image_of_mine_is_attached_again(
    post: Callable, conversation: Conversation, anna: User
) -> None:
    image = factories.create_image(owner=anna)
    card = post("images/", image=image.pk).content.decode()
    assert f'name="image" value="{image.pk}"' in card


def test_an_image_chosen_again_outlives_the_conversation_it_came_from(
    post: Callable, anna: User, django_capture_on_commit_callbacks: Callable
) -> None:
    image = factories.create_image(owner=anna)
    turns = [("user", [editing.image_block(image.pk)])]
    before = factories.create_conversation(owner=anna, turns=turns)
    post("images/", image=image.pk)
    with django_capture_on_commit_callbacks(execute=True):
        deleting.delete(before)
    assert images.read(Image.objects.get())


def test_an_image_of_another_is_not(post: Callable) -> None:
    image = factories.create_image(owner=factories.create_user())
    assert post("images/", image=image.pk).status_code == 422


def test_an_image_by_url_is_the_apis_own_source_and_nobody_here_fetches_it(
    post: Callable, conversation: Conversation
) -> None:
    card = post("images/", url=URL).content.decode()
    assert "unknown" in card
    assert 'value="url:https://example.org/ants.png?size=&lt;big&gt;&amp;x=1"' in card
    assert "<img" not in card
    shown = post("turns/", image=f"url:{URL}", text="What is it?").content.decode()
    assert "only the API fetches it" in shown
    assert "<img" not in shown
    block = last_blocks(conversation)[0]
    assert block == {"type": "image", "source": {"type": "url", "url": URL}}
    body = payload.build(head_of(conversation)).body()
    assert body["messages"][-1]["content"][0] == block


@pytest.mark.parametrize("url", ["ftp://x/y", "javascript:alert(1)", "https://a\nb"])
def test_what_is_no_address_is_refused(post: Callable, url: str) -> None:
    response = post("images/", url=url)
    assert response.status_code == 422
    assert "https://" in response.content.decode()


def test_an_estimate_is_made_with_images_of_both_kinds(
    post: Callable, anna: User
) -> None:
    image = factories.create_image(owner=anna)
    answer = post("estimate/", image=[image.pk, f"url:{URL}"], text="Hi")
    assert "Estimated here" in answer.content.decode()


def test_without_a_script_the_page_comes_back_with_the_card(
    post: Callable, anna: User
) -> None:
    image = factories.create_image(owner=anna)
    page = post("images/", htmx=False, image=image.pk).content.decode()
    assert "<html" in page
    assert f'name="image" value="{image.pk}"' in page


def test_an_image_stands_in_a_tool_result_by_json(post: Callable, anna: User) -> None:
    image = factories.create_image(owner=anna)
    call = {"type": "tool_use", "id": "toolu_1", "name": "look", "input": {}}
    result = {
        "type": "tool_result",
        "tool_use_id": "toolu_1",
        "content": [editing.image_block(image.pk)],
    }
    turns = [("user", "Look."), ("assistant", [call]), ("user", [result])]
    talk = factories.create_conversation(owner=anna, turns=turns)
    made = payload.build(head_of(talk))
    [source] = [
        b["source"] for b in made.body()["messages"][2]["content"][0]["content"]
    ]
    assert source["type"] == "base64"
    assert [each.path for each in made.summaries[2].images] == ["content.0.content.0"]
    assert payload.estimate(made).input.images == 1


@pytest.fixture
def answered(anna: User) -> Conversation:
    """A turn with a tool result and words."""
    blocks = [
        {"type": "tool_result", "tool_use_id": "toolu_1", "content": "seen"},
        {"type": "text", "text": "and?"},
    ]
    return factories.create_conversation(owner=anna, turns=[("user", blocks)])


def test_an_image_of_mine_goes_into_a_turn_before_its_words(
    post: Callable, answered: Conversation, anna: User
) -> None:
    image = factories.create_image(owner=anna)
    before = last_blocks(answered)
    post("turns/slot1/images/", to=answered, image=image.pk)
    assert last_blocks(answered) == [
        before[0],
        editing.image_block(image.pk),
        before[1],
    ]
    assert head_of(answered).summary == "Added to turn 1"


def test_a_file_and_an_address_go_into_a_turn(
    post: Callable, answered: Conversation
) -> None:
    files = SimpleUploadedFile("ants.png", factories.png())
    assert post("turns/slot1/images/", to=answered, files=files).status_code == 200
    post("turns/slot1/images/", to=answered, url=URL)
    kinds = [block["type"] for block in last_blocks(answered)]
    assert kinds == ["tool_result", "image", "image", "text"]


def test_what_is_no_image_does_not_go_into_a_turn(
    post: Callable, answered: Conversation
) -> None:
    files = SimpleUploadedFile("notes.txt", b"plain words")
    for data in ({"files": files}, {"image": "ants"}, {}):
        assert post("turns/slot1/images/", to=answered, **data).status_code == 422
    foreign = factories.create_image(owner=factories.create_user())
    post("turns/slot1/images/", to=answered, image=foreign.pk)
    assert head_of(answered).number == 1


def test_the_dialog_of_a_turn_offers_files_and_my_images(
    annas: Client, answered: Conversation, anna: User
) -> None:
    factories.create_image(owner=anna, name="ants.png")
    address = f"/c/{answered.pk}/turns/slot1/images/"
    dialog = annas.get(address, headers={"HX-Request": "true"}).content.decode()
    for part in ('type="file"', "ants.png", f'action="{address}"', 'name="base"'):
        assert part in dialog
    assert "<html" in annas.get(address).content.decode()
    assert address in annas.get(f"/c/{answered.pk}/").content.decode()
