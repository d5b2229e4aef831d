"""A fork copies what a share shows, and nothing else."""

from dataclasses import replace

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import deleting, editing, history, images, segments, sharing
from conversations.models import Conversation, Run, Share
from tests.factories import (
    create_conversation,
    create_image,
    create_reply,
    create_user,
)

from .conftest import PARAMS
from .shares import body, fork_of, publish, rewrite

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
    asked, replied = [turn for _, turn in history.head(copy).load_turns()]
    assert asked.segments == []
    assert segments.runs_in(replied.segments) == []


def test_a_fork_keeps_which_stretches_a_model_wrote(anna: User) -> None:
    talk = create_conversation(owner=anna, turns=[("assistant", "The answer is (")])
    before = history.head(talk).load_turns()[0][1]
    mixed = editing.completed(before, [{"type": "text", "text": "B"}], 7)
    mixed = replace(mixed, segments=[*mixed.segments, segments.begin((0, 16), 8)])
    rewrite(talk, mixed)
    [(_, turn)] = history.head(sharing.fork(publish(talk), create_user())).load_turns()
    assert [segment["run"] for segment in turn.segments] == [None, segments.ELSEWHERE]
    assert turn.segments[1]["offset"] == len("The answer is (")


def test_a_forked_reply_reads_as_a_reply_without_a_run(anna: User) -> None:
    talk = create_conversation(owner=anna)
    run = create_reply(conversation=talk, text="It is *small*.")
    ben = create_user()
    member = Client(SERVER_NAME="127.0.0.1")
    member.force_login(ben)
    copy = sharing.fork(publish(talk), ben)
    for address in (copy.get_absolute_url(), history.head(copy).get_absolute_url()):
        page = body(member, address)
        assert "<em>small</em>" in page
        assert "assistant prefill" not in page
        assert run.get_absolute_url() not in page
    assert member.get(run.get_absolute_url()).status_code == 404


def test_a_fork_of_a_fork_keeps_its_replies(anna: User) -> None:
    talk = create_conversation(owner=anna)
    create_reply(conversation=talk)
    first = sharing.fork(publish(talk), create_user())
    second = sharing.fork(publish(first), create_user())
    *_, (_, turn) = history.head(second).load_turns()
    assert segments.ends_in_reply(turn.segments)


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
