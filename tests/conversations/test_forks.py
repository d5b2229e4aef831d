"""A fork copies what a share shows, and nothing else."""

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import deleting, editing, history, images
from conversations.models import Conversation, Run, Share
from tests.factories import (
    create_conversation,
    create_image,
    create_reply,
    create_user,
)

from .conftest import PARAMS
from .shares import body, fork_of, publish

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


def test_a_fork_copies_only_what_is_shown(
    client: Client, shown_and_hidden: tuple[Share, int, int]
) -> None:
    share, shown, _ = shown_and_hidden
    ben = create_user()
    client.force_login(ben)
    client.post(fork_of(share))
    copy = Conversation.objects.get(owner=ben)
    head = history.head(copy)
    [(_, turn)] = head.load_turns()
    [own] = images.used_by([turn]).values()
    assert turn.blocks == [editing.image_block(own.pk)]
    assert own.owner == ben
    assert own.pk != shown
    assert copy.visibility == Conversation.Visibility.PRIVATE


@pytest.mark.parametrize("included", [True, False])
def test_a_fork_takes_the_settings_that_are_shown(
    client: Client, conversation: Conversation, included: bool
) -> None:
    ben = create_user()
    client.force_login(ben)
    client.post(fork_of(publish(conversation, with_settings=included)))
    params = history.head(Conversation.objects.get(owner=ben)).params
    shown = {"model": "claude-haiku-4-5", "max_tokens": 1024}
    assert params == (shown | PARAMS if included else shown)


def test_a_fork_takes_no_runs_along(client: Client, conversation: Conversation) -> None:
    create_reply(conversation=conversation)
    ben = create_user()
    client.force_login(ben)
    client.post(fork_of(publish(conversation)))
    copy = Conversation.objects.get(owner=ben)
    assert not Run.objects.filter(conversation=copy).exists()
    assert [turn.segments for _, turn in history.head(copy).load_turns()] == [[], []]


def test_a_fork_outlives_the_original(client: Client, anna: User) -> None:
    picture = create_image(owner=anna)
    blocks = [editing.image_block(picture.pk)]
    conversation = create_conversation(owner=anna, turns=[("user", blocks)])
    ben = create_user()
    client.force_login(ben)
    client.post(fork_of(publish(conversation)))
    deleting.delete(conversation)
    [own] = ben.images.all()
    assert client.get(own.get_absolute_url()).status_code == 200


def test_fork_is_offered_to_who_is_signed_in(
    client: Client, member: Client, conversation: Conversation
) -> None:
    share = publish(conversation)
    assert ">Fork</button>" in body(member, share.get_absolute_url())
    text = body(client, share.get_absolute_url())
    assert "Fork</button>" not in text
    assert f"/login/?next={share.get_absolute_url()}" in text


def test_who_signs_in_to_fork_comes_back_to_the_share(
    member: Client, conversation: Conversation
) -> None:
    share = publish(conversation)
    answer = member.get(fork_of(share))
    assert answer.headers["Location"] == share.get_absolute_url()
