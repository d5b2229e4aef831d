"""Small versions of images: made once, for the same people as the image itself."""

import io

import pytest
from django.contrib.auth.models import User
from django.test import Client
from PIL import Image as Pixels

from conversations import images, pictures, sharing
from conversations.models import Image, Share
from tests.factories import create_image, create_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


@pytest.fixture
def image(anna: User) -> Image:
    buffer = io.BytesIO()
    Pixels.radial_gradient("L").resize((900, 600)).save(buffer, "PNG")
    facts = {"data": buffer.getvalue(), "width": 900, "height": 600}
    return create_image(owner=anna, **facts)


def test_a_thumbnail_is_small_and_keeps_the_proportions(
    member: Client, image: Image
) -> None:
    answer = member.get(image.thumbnail_url)
    assert Pixels.open(io.BytesIO(answer.content)).size == (320, 213)
    assert answer.headers["Content-Type"] == "image/webp"
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "sandbox; default-src 'none'"


def test_a_thumbnail_is_made_once(
    member: Client, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = member.get(image.thumbnail_url)
    monkeypatch.setattr(pictures, "thumbnail", lambda *args: pytest.fail("again"))
    assert member.get(image.thumbnail_url).content == first.content
    again = {"If-None-Match": first.headers["ETag"]}
    assert member.get(image.thumbnail_url, headers=again).status_code == 304


def test_while_the_worker_is_busy_the_image_itself_is_shown(
    member: Client, image: Image, monkeypatch: pytest.MonkeyPatch
) -> None:
    def busy(*args: object) -> bytes:
        raise pictures.Refused("busy", "later")

    monkeypatch.setattr(pictures, "thumbnail", busy)
    answer = member.get(image.thumbnail_url)
    assert answer.content == images.read(image)
    assert "no-store" in answer.headers["Cache-Control"]


def test_strangers_get_no_thumbnail(client: Client, image: Image) -> None:
    client.force_login(create_user())
    assert client.get(image.thumbnail_url).status_code == 404


def test_a_lost_image_has_no_thumbnail(member: Client, image: Image) -> None:
    images.path(image.hash).unlink()
    assert member.get(image.thumbnail_url).status_code == 404


def test_a_share_shows_its_own_thumbnails_only(
    client: Client, shown_and_hidden: tuple[Share, int, int]
) -> None:
    share, shown, hidden = shown_and_hidden
    page = client.get(share.get_absolute_url()).content.decode()
    address = f"{share.get_absolute_url()}images/{shown}/thumbnail/"
    assert f'src="{address}"' in page
    answer = client.get(address)
    assert answer.status_code == 200
    assert "no-cache" in answer.headers["Cache-Control"]
    assert client.get(address.replace(f"/{shown}/", f"/{hidden}/")).status_code == 404
    sharing.revoke(share)
    assert client.get(address).status_code == 404
