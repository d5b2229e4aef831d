"""The command that compares the folder of images with the rows, and tidies up."""

import dataclasses
import io
import os
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from django.contrib.auth.models import User
from django.core.management import call_command
from django.utils import timezone
from PIL import Image as Pixels

from conversations import editing, images, storage, tidying
from conversations.models import Image
from conversations.pictures import LIMITS
from tests.factories import create_conversation, create_image

pytestmark = pytest.mark.django_db


@pytest.fixture
def run(django_capture_on_commit_callbacks: Callable) -> Callable[..., str]:
    def call(*arguments: str) -> str:
        said = io.StringIO()
        with django_capture_on_commit_callbacks(execute=True):
            call_command("images", *arguments, stdout=said)
        return said.getvalue()

    return call


def aged(image: Image, hours: int) -> Image:
    then = timezone.now() - timedelta(hours=hours)
    Image.objects.filter(pk=image.pk).update(attached_at=then)
    return image


def old(path: Path) -> Path:
    os.utime(path, (0, 0))
    return path


def test_images_that_nothing_shows_go_after_a_day(run: Callable, anna: User) -> None:
    forgotten = aged(create_image(owner=anna, shade=1), hours=25)
    waiting = aged(create_image(owner=anna, shade=2), hours=23)
    shown = aged(create_image(owner=anna, shade=3), hours=25)
    turns = [("user", [editing.image_block(shown.pk)])]
    create_conversation(owner=anna, turns=turns)
    assert "not attached for a day: 1" in run()
    assert Image.objects.count() == 3
    assert "Removed images: 1" in run("--repair")
    assert set(Image.objects.all()) == {waiting, shown}
    assert not images.path(forgotten.hash).exists()


def test_a_running_server_removes_them_by_itself(
    anna: User, django_capture_on_commit_callbacks: Callable
) -> None:
    forgotten = aged(create_image(owner=anna, shade=1), hours=25)
    waiting = aged(create_image(owner=anna, shade=2), hours=23)
    with django_capture_on_commit_callbacks(execute=True):
        tidying.once()
    assert Image.objects.get() == waiting
    assert not images.path(forgotten.hash).exists()


def test_a_picture_attached_again_is_left_alone(run: Callable, anna: User) -> None:
    aged(create_image(owner=anna), hours=25)
    create_image(owner=anna)
    run("--repair")
    assert Image.objects.count() == 1


def test_files_that_belong_to_nothing_go(run: Callable, anna: User) -> None:
    image = create_image(owner=anna)
    stray = old(images.path(images.keep(b"of nobody")))
    fresh = images.path(images.keep(b"whose row is still to come"))
    small = images.thumbnail_path("ab" * 32)
    images.write(small, b"of an image that is gone")
    old(small)
    old(images.path(image.hash))
    assert "belong to nothing: 2" in run()
    assert stray.exists()
    run("--repair")
    assert not stray.exists()
    assert not small.exists()
    assert fresh.exists()
    assert images.path(image.hash).exists()


def test_a_lost_file_is_named_and_comes_back_with_its_picture(
    run: Callable, anna: User
) -> None:
    image = create_image(owner=anna, name="ants.png")
    images.path(image.hash).unlink()
    assert "'ants.png': attach it again" in run("--repair")
    create_image(owner=anna)
    assert "Images whose file is lost: 0" in run()


def test_a_lost_rendition_is_made_again_with_the_same_bytes(
    run: Callable, anna: User
) -> None:
    buffer = io.BytesIO()
    Pixels.radial_gradient("L").save(buffer, "PNG")
    facts = {"data": buffer.getvalue(), "width": 256, "height": 256}
    image = create_image(owner=anna, **facts)
    block = editing.image_block(image.pk)
    block["source"]["max_side"] = 100
    create_conversation(owner=anna, turns=[("user", [block])])
    [row] = image.renditions.all()
    before = images.path(row.hash).read_bytes()
    images.path(row.hash).unlink()
    assert "Renditions made: 1" in run("--repair")
    assert images.path(row.hash).read_bytes() == before
    assert storage.report().is_sound


def test_an_empty_installation_is_sound(run: Callable) -> None:
    assert "--repair" not in run()


def test_the_documentation_has_every_limit() -> None:
    page = (Path(__file__).parents[2] / "docs" / "images.md").read_text("utf-8")
    for field in dataclasses.fields(LIMITS):
        limit = getattr(LIMITS, field.name)
        line = f"| `{field.name}` | {int(limit):,} {limit.unit} | {limit.reason} |"
        assert line in page
