"""PDFs: attached as they are, their pages counted, sent as the API's documents."""

import base64
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations import editing, images, sharing
from conversations.models import Conversation, Image
from playground import payload
from tests import factories
from tests.pictures.documents import pdf

from .conftest import head_of


def upload(post: Callable, data: bytes, name: str = "ants.pdf") -> Any:
    return post("images/", files=SimpleUploadedFile(name, data))


@pytest.fixture
def document(post: Callable) -> Image:
    """Three pages."""
    assert upload(post, pdf(3)).status_code == 200
    return Image.objects.get()


@pytest.fixture
def talk(document: Image, anna: User) -> Conversation:
    blocks = [editing.document_block(document.pk), {"type": "text", "text": "Sum up."}]
    return factories.create_conversation(owner=anna, turns=[("user", blocks)])


def test_the_card_counts_the_pages_and_says_what_they_cost(post: Callable) -> None:
    card = upload(post, pdf(3)).content.decode()
    document = Image.objects.get()
    assert "3 pages" in card
    assert "about 7,535 tokens" in card
    assert f'value="file:{document.pk}"' in card
    assert "Crop" not in card
    assert images.read(document) == pdf(3)


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (pdf(password="ant"), "encrypted"),
        (b"%PDF-1.7\nnothing", "damaged"),
        (pdf(601), "at most 600"),
    ],
)
def test_what_the_api_would_refuse_is_refused(
    post: Callable, data: bytes, sentence: str
) -> None:
    response = upload(post, data)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert not Image.objects.exists()


def test_it_is_sent_as_a_document_block(post: Callable, document: Image) -> None:
    attached = f"file:{document.pk}"
    shown = post("turns/", image=attached, text="Sum up.").content.decode()
    assert "3 pages" in shown


def test_the_body_holds_the_very_bytes(talk: Conversation) -> None:
    made = payload.build(head_of(talk))
    block = made.body()["messages"][0]["content"][0]
    assert block["type"] == "document"
    assert block["source"]["media_type"] == "application/pdf"
    assert base64.b64decode(block["source"]["data"]) == pdf(3)
    assert "characters of base64" in made.preview()


def test_its_pages_and_size_are_known_before_sending(
    talk: Conversation, document: Image
) -> None:
    made = payload.build(head_of(talk))
    [seen] = made.summaries[0].documents
    assert (seen.pages, seen.bytes, seen.fault) == (3, document.base64_size, "")
    assert made.summaries[0].size > document.base64_size
    assert payload.estimate(made).input.text > 3 * 2500
    assert payload.refusals(payload.check(made)) == []


def test_more_pages_than_the_model_reads_are_a_problem(
    post: Callable, anna: User
) -> None:
    upload(post, pdf(101))
    block = editing.document_block(Image.objects.get().pk)
    talk = factories.create_conversation(owner=anna, turns=[("user", [block])])
    [problem] = payload.refusals(payload.check(payload.build(head_of(talk))))
    assert problem.path == "messages.0.content.0"
    assert "100" in problem.explanation


def test_it_is_saved_and_not_shown(annas: Client, document: Image) -> None:
    answer = annas.get(document.get_absolute_url())
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert annas.get(document.thumbnail_url).status_code == 404


def test_there_are_no_tools_to_crop_it(
    annas: Client, post: Callable, talk: Conversation, document: Image
) -> None:
    assert annas.get(f"/c/{talk.pk}/turns/slot1/blocks/0/").status_code == 404
    assert annas.get(f"/c/{talk.pk}/images/{document.pk}/").status_code == 404
    assert post("turns/slot1/blocks/0/", to=talk, action="over").status_code == 422
    assert post("turns/slot1/blocks/0/", to=talk, action="remove").status_code == 200


def test_a_fork_has_its_own(talk: Conversation, document: Image) -> None:
    share = sharing.publish(head_of(talk), talk.owner)
    ben = factories.create_user()
    fork = sharing.fork(share, ben)
    own = ben.images.get()
    [(_, turn)] = head_of(fork).load_turns()
    assert turn.blocks[0] == editing.document_block(own.pk)
    assert own.pages == 3


def test_a_share_gives_it_under_its_token(
    client: Client, talk: Conversation, document: Image
) -> None:
    share = sharing.publish(head_of(talk), talk.owner)
    address = f"{share.get_absolute_url()}images/{document.pk}/"
    assert f'href="{address}"' in client.get(share.get_absolute_url()).content.decode()
    assert client.get(address).content == pdf(3)


def test_it_is_among_my_images(
    annas: Client, conversation: Conversation, document: Image
) -> None:
    address = f"/c/{conversation.pk}/images/"
    shown = annas.get(address, headers={"HX-Request": "true"}).content.decode()
    assert f'value="file:{document.pk}"' in shown
    assert "3 pages" in shown
