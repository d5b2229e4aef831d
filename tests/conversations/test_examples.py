"""The examples: eight lessons, once a person, none refused by the rulebook."""

import threading

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.core.management import call_command
from django.db import connections

from conversations import examples, history
from conversations.examples import chart
from conversations.examples.lessons import LESSONS
from conversations.models import Conversation, Image
from playground import payload
from tests.factories import create_user

pytestmark = pytest.mark.django_db


def test_there_is_one_example_for_each_lesson() -> None:
    user = create_user(welcomed=False)
    assert examples.welcome(user, "simulator")
    made = Conversation.objects.filter(owner=user).order_by("pk")
    assert {c.title for c in made} == {lesson.title for lesson in LESSONS}
    assert len(made) == 8
    assert all(c.example and c.hint and c.endpoint == "simulator" for c in made)


def test_nobody_gets_them_twice() -> None:
    user = create_user(welcomed=False)
    examples.welcome(user, "simulator")
    Conversation.objects.all().delete()
    assert not examples.welcome(user, "simulator")
    assert not Conversation.objects.exists()


def test_the_rulebook_refuses_none_of_them() -> None:
    examples.welcome(create_user(welcomed=False), "simulator")
    for conversation in Conversation.objects.all():
        outline = payload.outline(history.head(conversation))
        problems = payload.check(outline)
        assert payload.refusals(problems) == [], conversation.title


def test_hints_fit_their_column_and_titles_theirs() -> None:
    for lesson in LESSONS:
        assert len(lesson.hint) <= Conversation._meta.get_field("hint").max_length
        assert len(lesson.title) <= 80


def test_the_picture_is_what_its_row_says() -> None:
    examples.welcome(create_user(welcomed=False), "simulator")
    image = Image.objects.get()
    assert (image.width, image.height) == (chart.WIDTH, chart.HEIGHT)
    assert image.uses.count() == 1


def test_the_picture_decodes(tmp_path: object) -> None:
    from io import BytesIO

    from PIL import Image as Decoder

    with Decoder.open(BytesIO(chart.png())) as picture:
        picture.load()
        assert (picture.format, picture.size) == ("PNG", (chart.WIDTH, chart.HEIGHT))
        colours = {colour for _, colour in picture.convert("RGB").getcolors()}
    assert colours == set(chart.PALETTE)


def test_prepare_makes_the_local_user_and_the_examples_once() -> None:
    for _ in range(2):
        call_command("prepare", verbosity=0)
    user = User.objects.get()
    assert user.username == "local"
    assert not user.has_usable_password()
    assert Conversation.objects.filter(owner=user).count() == len(LESSONS)


def test_prepare_makes_nobody_under_accounts(settings: LazySettings) -> None:
    settings.ACCESS = "accounts"
    call_command("prepare", verbosity=0)
    assert not User.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_first_visits_at_once_make_them_once() -> None:
    user = create_user(welcomed=False)
    barrier = threading.Barrier(4, timeout=20)
    made: list[bool] = []

    def visit() -> None:
        try:
            barrier.wait()
            made.append(examples.welcome(user, "simulator"))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=visit) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [False, False, False, True]
    assert Conversation.objects.count() == len(LESSONS)
