"""Files on their way in: how many at once, and why one is not taken."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations import images, kept, pictures
from conversations.models import Conversation, Image
from playground.editor import uploads
from tests import factories


def ants(name: str = "ants.png") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, factories.png(40, 30))


def refusing(code: str) -> Callable[..., pictures.Picture]:
    def accept(path: Path, name: str, **rest: object) -> pictures.Picture:
        raise pictures.Refused(code, f"{name} is not taken.")

    return accept


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("bytes", 413),
        ("type", 415),
        ("damaged", 422),
        ("pixels", 422),
        ("busy", 503),
        ("unavailable", 503),
    ],
)
def test_the_status_says_why_and_the_card_says_it_in_words(
    post: Callable, monkeypatch: pytest.MonkeyPatch, code: str, status: int
) -> None:
    monkeypatch.setattr(pictures, "accept", refusing(code))
    response = post("images/", files=ants())
    assert response.status_code == status
    assert "ants.png is not taken." in response.content.decode()
    assert ("Retry-After" in response.headers) is (status == 503)


def test_who_comes_when_too_many_wait_is_told_to_come_again(
    post: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(images.MOST_WAITING):
        assert images._waiting.acquire(blocking=False)
    try:
        response = post("images/", files=ants())
    finally:
        for _ in range(images.MOST_WAITING):
            images._waiting.release()
    assert (response.status_code, response.headers["Retry-After"]) == (503, "2")
    assert post("images/", files=ants()).status_code == 200


def test_a_refused_upload_leaves_its_place_in_the_queue(
    post: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pictures, "accept", refusing("damaged"))
    for _ in range(images.MOST_WAITING + 1):
        assert post("images/", files=ants()).status_code == 422


def test_one_bad_file_among_several_keeps_the_good_ones(post: Callable) -> None:
    files = [ants(), SimpleUploadedFile("notes.txt", b"plain words")]
    response = post("images/", files=files)
    assert response.status_code == 415
    assert response.content.decode().count('name="image"') == 1


def test_the_upload_is_kept_upright_for_its_hour_and_no_longer(
    post: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    post("images/", files=ants())
    image = Image.objects.get()
    assert kept.of(image) == kept.path(image)
    monkeypatch.setattr(kept.time, "time", lambda: image.attached_at.timestamp() + 3700)
    assert kept.of(image) is None
    assert kept.sweep() == 1
    assert not kept.path(image).exists()


def test_the_newest_uploads_are_kept_when_there_are_too_many(
    post: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "MOST_BYTES", 0)
    post("images/", files=ants())
    assert list(kept.path(Image.objects.get()).parent.iterdir()) == []


def test_what_was_kept_goes_with_the_image(
    post: Callable, django_capture_on_commit_callbacks: Callable
) -> None:
    post("images/", files=ants())
    image = Image.objects.get()
    with django_capture_on_commit_callbacks(execute=True):
        images.remove_unused([image.pk])
    assert not kept.path(image).exists()
    assert not images.path(image.hash).exists()


def test_the_file_chooser_offers_what_is_accepted(
    annas: Client, conversation: Conversation, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    assert "image/avif,image/tiff,image/bmp" in page
    monkeypatch.setattr(uploads, "find_spec", lambda name: None)
    assert "heic" not in uploads.accepted()
    monkeypatch.setattr(uploads, "find_spec", lambda name: object())
    assert "image/heic" in uploads.accepted()
