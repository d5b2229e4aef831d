"""Who may go on watching what they have opened."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.utils import timezone

from conversations import access
from conversations.access import Admission
from conversations.models import Conversation
from tests.factories import create_conversation, create_user

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Admission:
    session = SessionStore()
    session.create()
    return Admission.of(user, session.session_key)


def test_owner_and_team_go_on_watching() -> None:
    shared, own = create_conversation(team=True), create_conversation()
    watched = [shared.pk, own.pk]
    assert access.still_open(signed_in(own.owner), watched) == set(watched)
    assert access.still_open(signed_in(create_user()), watched) == {shared.pk}


def test_where_nobody_signs_in_there_is_no_session_to_end() -> None:
    own = create_conversation()
    assert access.still_open(Admission.of(own.owner, None), [own.pk]) == {own.pk}


def withdraw(_: Admission) -> None:
    Conversation.objects.update(visibility=Conversation.Visibility.PRIVATE)


def delete(_: Admission) -> None:
    Conversation.objects.all().delete()


def sign_out(admission: Admission) -> None:
    SessionStore(admission.session).delete()


def let_the_session_run_out(admission: Admission) -> None:
    over = timezone.now() - timedelta(seconds=1)
    Session.objects.filter(pk=admission.session).update(expire_date=over)


def deactivate(admission: Admission) -> None:
    User.objects.filter(pk=admission.user).update(is_active=False)


def change_the_password(admission: Admission) -> None:
    user = User.objects.get(pk=admission.user)
    user.set_password("another one")
    user.save()


def delete_the_account(admission: Admission) -> None:
    User.objects.get(pk=admission.user).delete()


@pytest.mark.parametrize(
    "end",
    [
        withdraw,
        delete,
        sign_out,
        let_the_session_run_out,
        deactivate,
        change_the_password,
        delete_the_account,
    ],
)
def test_a_teammate_stops_watching_with(end: Callable[[Admission], None]) -> None:
    shared = create_conversation(team=True)
    admission = signed_in(create_user())
    assert access.still_open(admission, [shared.pk]) == {shared.pk}
    end(admission)
    assert access.still_open(admission, [shared.pk]) == set()
