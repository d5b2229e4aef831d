"""Bytes of images: to whom, with which headers."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import editing, images
from conversations.models import Image
from conversations.views.images import file_name
from tests.factories import create_conversation, create_image, create_user, png

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


@pytest.fixture
def anna() -> User:
    return create_user(username="anna")


@pytest.fixture
def member(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client


def test_the_bytes_come_as_they_are_kept(member: Client, anna: User) -> None:
    image = create_image(owner=anna, name="ants & co.jpeg")
    answer = member.get(image.get_absolute_url())
    assert answer.content == png()
    assert answer.headers["Content-Type"] == "image/png"
    assert answer.headers["Content-Disposition"] == 'inline; filename="ants _ co.png"'


def test_a_browser_keeps_them_and_runs_nothing(member: Client, anna: User) -> None:
    headers = member.get(create_image(owner=anna).get_absolute_url()).headers
    assert "immutable" in headers["Cache-Control"]
    assert "private" in headers["Cache-Control"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_browser_that_has_them_gets_no_bytes(member: Client, anna: User) -> None:
    address = create_image(owner=anna).get_absolute_url()
    etag = member.get(address).headers["ETag"]
    answer = member.get(address, headers={"If-None-Match": etag})
    assert answer.status_code == 304
    assert answer.content == b""
    assert member.get(address, headers={"If-None-Match": '"x"'}).status_code == 200


def test_an_etag_opens_nothing_to_a_stranger(client: Client, anna: User) -> None:
    image = create_image(owner=anna)
    client.force_login(create_user())
    etag = {"If-None-Match": f'"{image.hash}"'}
    assert client.get(image.get_absolute_url(), headers=etag).status_code == 404


def test_a_teammate_sees_what_a_team_conversation_shows(
    client: Client, anna: User
) -> None:
    image = create_image(owner=anna)
    turns = [("user", [editing.image_block(image.pk)])]
    create_conversation(owner=anna, turns=turns, team=True)
    client.force_login(create_user())
    assert client.get(image.get_absolute_url()).status_code == 200


def test_a_lost_file_is_404(member: Client, anna: User) -> None:
    image = create_image(owner=anna)
    images.path(image.hash).unlink()
    assert member.get(image.get_absolute_url()).status_code == 404


@pytest.mark.parametrize(
    ("original", "expected"),
    [
        ("ants.jpg", "ants.png"),
        ("no extension", "no extension.png"),
        ('a"b\r\nX: y.png', "a_b__X_ y.png"),
        ("../../etc/passwd", "_.._etc_passwd.png"),
        (".png", "image.png"),
        ("...", "image.png"),
        ("жук.png", "жук.png"),
        ("x" * 250 + ".png", "x" * 100 + ".png"),
    ],
)
def test_the_name_to_save_under_is_harmless(original: str, expected: str) -> None:
    image = Image(original_name=original, media_type="image/png")
    assert file_name(image) == expected
