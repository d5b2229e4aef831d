"""Gives each person the examples, once. What was deleted stays deleted."""

from typing import Any

from django.contrib.auth.models import User
from django.db import transaction

from conversations import editing, history, images, pictures
from conversations.editing import Draft, Place, Script
from conversations.models import Image, Newcomer

from . import chart
from .lessons import LESSONS, PICTURE, Lesson


def welcome(user: User, endpoint: str) -> bool:
    """Make the examples for somebody who has not been given them. True when made.

    Two requests of a newcomer's first second may both ask: the unique row decides,
    in the transaction that makes the examples.
    """
    if Newcomer.objects.filter(user=user).exists():
        return False
    # The file lies there before any row says so.
    picture = images.store(_picture(), chart.NAME, user)
    with transaction.atomic():
        _, is_new = Newcomer.objects.get_or_create(user=user)
        if is_new:
            for lesson in LESSONS:
                _make(lesson, user, endpoint, picture)
    return is_new


def _make(lesson: Lesson, user: User, endpoint: str, picture: Image) -> None:
    places = tuple(
        Place(f"lesson{number}", Draft(role, _blocks(content, picture)))
        for number, (role, content) in enumerate(lesson.turns, 1)
    )
    history.begin(
        user,
        Script(places, lesson.params),
        endpoint=endpoint,
        title=lesson.title,
        hint=lesson.hint,
        example=True,
        summary="An example",
    )


def _blocks(content: tuple[str, ...], picture: Image) -> list[Any]:
    return [
        editing.image_block(picture.pk)
        if text == PICTURE
        else {"type": "text", "text": text}
        for text in content
    ]


def _picture() -> pictures.Picture:
    """The chart as a picture. Made here, so there is nothing to decode or to strip."""
    data = chart.png()
    return pictures.Picture(
        data=data,
        media_type="image/png",
        width=chart.WIDTH,
        height=chart.HEIGHT,
        original_format="PNG",
        original_media_type="image/png",
        original_width=chart.WIDTH,
        original_height=chart.HEIGHT,
        original_bytes=len(data),
        frames=1,
        done=(),
    )
