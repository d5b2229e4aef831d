"""Deleting really deletes, and takes nothing of anybody else along."""

import pytest
from django.apps import apps
from pytest_django import DjangoCaptureOnCommitCallbacks

from conversations import deleting, editing, history, images, sharing
from conversations.models import (
    Chunk,
    Conversation,
    Image,
    Newcomer,
    Run,
)
from tests.factories import create_conversation, create_image, create_run, create_user

pytestmark = pytest.mark.django_db


def delete(conversation: Conversation, run: DjangoCaptureOnCommitCallbacks) -> None:
    with run(execute=True):
        deleting.delete(conversation)


def show(image: Image, owner: object) -> Conversation:
    turns = [("user", [editing.image_block(image.pk)])]
    return create_conversation(owner=owner, turns=turns)  # type: ignore[arg-type]


def test_no_row_and_no_file_is_left(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    anna = create_user()
    image = create_image(owner=anna)
    conversation = show(image, anna)
    run = create_run(conversation=conversation)
    Chunk.objects.create(run=run, number=1, events=[])
    sharing.publish(history.head(conversation), anna)
    delete(conversation, django_capture_on_commit_callbacks)
    for model in apps.get_app_config("conversations").get_models():
        assert model is Newcomer or not model.objects.exists(), model
    assert not images.path(image.hash).exists()


def test_an_image_that_another_conversation_shows_stays(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    anna = create_user()
    image = create_image(owner=anna)
    show(image, anna)
    delete(show(image, anna), django_capture_on_commit_callbacks)
    assert images.read(Image.objects.get())


def test_an_image_that_was_attached_once_more_waits_for_its_form(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    anna = create_user()
    conversation = show(create_image(owner=anna), anna)
    create_image(owner=anna)
    delete(conversation, django_capture_on_commit_callbacks)
    assert images.read(Image.objects.get())


def test_the_same_bytes_of_another_person_stay(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    anna, ben = create_user(), create_user()
    mine, theirs = create_image(owner=anna), create_image(owner=ben)
    show(theirs, ben)
    assert mine.hash == theirs.hash
    delete(show(mine, anna), django_capture_on_commit_callbacks)
    assert Image.objects.get() == theirs
    assert images.read(theirs)


def test_other_conversations_keep_everything(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    other = create_conversation(turns=[("user", "stays")])
    create_run(conversation=other)
    delete(create_conversation(owner=other.owner), django_capture_on_commit_callbacks)
    assert history.head(other).load_turns()[0][1].text == "stays"
    assert Run.objects.count() == 1


def test_an_image_still_in_an_old_revision_is_kept(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    anna = create_user()
    image = create_image(owner=anna)
    conversation = show(image, anna)
    history.apply(
        conversation,
        1,
        lambda script: editing.delete(script, "slot1"),
        summary="",
        author=anna,
    )
    with django_capture_on_commit_callbacks(execute=True):
        assert images.remove_unused([image.pk]) == 0
    assert images.read(image)
