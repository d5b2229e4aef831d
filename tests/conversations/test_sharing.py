"""Links: what a visitor sees, what nobody sees, and what a fork copies."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations import deleting, editing, history, images, sharing
from conversations.models import Conversation, Run, Share
from tests.factories import (
    create_conversation,
    create_image,
    create_reply,
    create_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]

HTMX = {"HX-Request": "true"}
QUESTION = (("user", "What is the capital?"),)
PARAMS = {"system": "Be brief.", "stop_sequences": ["END"]}


@pytest.fixture
def anna() -> User:
    return create_user(username="anna")


@pytest.fixture
def conversation(anna: User) -> Conversation:
    return create_conversation(
        owner=anna, turns=QUESTION, params=PARAMS, title="Capitals"
    )


@pytest.fixture
def member(anna: User) -> Client:
    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(anna)
    return client


def publish(conversation: Conversation, **included: bool) -> Share:
    return sharing.publish(history.head(conversation), conversation.owner, **included)


def shares_of(conversation: Conversation) -> str:
    return reverse("conversations:shares", args=[conversation.pk])


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def share_link(text: str) -> str:
    found = re.search(r'id="share-link"[^>]* value="([^"]+)"', text)
    assert found
    return found[1]


# Making links


def test_create_link_shows_the_whole_address(
    member: Client, conversation: Conversation
) -> None:
    answer = member.post(shares_of(conversation), {"with_settings": "on"}, headers=HTMX)
    share = Share.objects.get()
    link = share_link(answer.content.decode())
    assert link == f"http://127.0.0.1/s/{share.token}/"
    assert (share.with_settings, share.with_figures) == (True, False)
    assert share.expires_at - timezone.now() > timedelta(days=29)


def test_the_address_is_that_of_the_public_site(
    member: Client, conversation: Conversation, settings: LazySettings
) -> None:
    settings.PUBLIC_URL = "https://play.example.org"
    answer = member.post(shares_of(conversation), headers=HTMX)
    assert share_link(answer.content.decode()).startswith("https://play.example.org/s/")


def test_without_a_script_the_dialog_is_a_page(
    member: Client, conversation: Conversation
) -> None:
    answer = member.post(shares_of(conversation), follow=True)
    text = answer.content.decode()
    assert "<html" in text
    assert share_link(text).endswith(Share.objects.get().get_absolute_url())


def test_what_is_shared_is_the_revision_that_was_seen(
    member: Client, conversation: Conversation
) -> None:
    rewrite(conversation, "Something else?")
    member.post(shares_of(conversation), {"revision": 1})
    assert Share.objects.get().revision.number == 1


@pytest.mark.parametrize("number", ["99", "-1", "x", "9" * 30])
def test_a_revision_that_is_not_there_is_not_shared(
    member: Client, conversation: Conversation, number: str
) -> None:
    answer = member.post(shares_of(conversation), {"revision": number}, headers=HTMX)
    assert answer.status_code in (404, 422)
    assert not Share.objects.exists()


def test_the_dialog_lists_open_links_with_their_views(
    client: Client, member: Client, conversation: Conversation
) -> None:
    share = publish(conversation)
    sharing.revoke(publish(conversation))
    body(client, share.get_absolute_url())
    text = body(member, shares_of(conversation))
    assert "1 view<" in text
    assert text.count(">Revoke</button>") == 1


def test_revoking_closes_the_link_for_good(
    client: Client, member: Client, conversation: Conversation
) -> None:
    share = publish(conversation)
    member.post(reverse("conversations:revoke", args=[conversation.pk, share.pk]))
    assert client.get(share.get_absolute_url()).status_code == 404
    share.refresh_from_db()
    first = share.revoked_at
    sharing.revoke(share)
    share.refresh_from_db()
    assert share.revoked_at == first


def test_a_link_of_another_conversation_cannot_be_revoked(
    member: Client, conversation: Conversation
) -> None:
    theirs = publish(create_conversation())
    address = reverse("conversations:revoke", args=[conversation.pk, theirs.pk])
    assert member.post(address).status_code == 404
    theirs.refresh_from_db()
    assert theirs.is_open


# Reading


def rewrite(conversation: Conversation, text: str) -> None:
    history.apply(
        conversation,
        history.head(conversation).number,
        lambda script: editing.rewrite(script, "slot1", editing.typed("user", text)),
        summary="Edited",
        author=conversation.owner,
    )


def test_a_visitor_reads_the_frozen_revision(
    client: Client, conversation: Conversation
) -> None:
    share = publish(conversation)
    rewrite(conversation, "Changed later")
    conversation.rename("Renamed later")
    text = body(client, share.get_absolute_url())
    assert "What is the capital?" in text
    assert "Capitals" in text
    assert "later" not in text


def test_the_page_writes_nothing_and_comes_from_here_alone(
    client: Client, conversation: Conversation
) -> None:
    answer = client.get(publish(conversation).get_absolute_url())
    text = answer.content.decode()
    assert "<script" not in text
    assert not re.findall(r"\bhx-", text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert "csrf" not in text
    assert answer.cookies == {}
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "no-referrer"


def test_muted_turns_are_not_shown(client: Client, conversation: Conversation) -> None:
    history.apply(
        conversation,
        1,
        lambda script: editing.append(
            editing.mute(script, "slot1", True), editing.typed("user", "Shown")
        ),
        summary="",
        author=None,
    )
    text = body(client, publish(conversation).get_absolute_url())
    assert "Shown" in text
    assert "capital" not in text


@pytest.mark.parametrize("included", [True, False])
def test_settings_are_shown_where_they_are_included(
    client: Client, conversation: Conversation, included: bool
) -> None:
    share = publish(conversation, with_settings=included)
    text = body(client, share.get_absolute_url())
    assert ("Be brief." in text) is included
    assert ("stop_sequences" in text) is included
    assert "claude-haiku-4-5" in text


@pytest.mark.parametrize("included", [True, False])
def test_figures_are_shown_where_they_are_included(
    client: Client, conversation: Conversation, included: bool
) -> None:
    create_reply(conversation=conversation, cost="0.0028")
    share = publish(conversation, with_figures=included)
    text = body(client, share.get_absolute_url())
    assert ("10 in · 5 out" in text) is included
    assert ("$0.0028" in text) is included
    assert "Hello to you." in text


def test_the_seam_between_typed_and_generated_text_is_visible(
    client: Client, conversation: Conversation
) -> None:
    prefill = [{"type": "text", "text": "It is ("}]
    run = create_reply(conversation=conversation)
    reply = [{"type": "text", "text": "A)"}]
    blocks, seams = editing.segments.complete(prefill, [], reply, run.pk)
    draft = editing.Draft("assistant", blocks, seams)
    history.apply(
        conversation,
        history.head(conversation).number,
        lambda script: editing.rewrite(script, run.slot, draft),
        summary="",
        author=None,
    )
    text = body(client, publish(conversation).get_absolute_url())
    assert '<span class="prefilled">It is (</span><span class="seam"></span>A)' in text


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"),
        ("  two  spaces \n\n", '<div class="text">  two  spaces \n\n</div>'),
        ("nul \0 here", "nul ␀ here"),
        ("half \ud83d smile", "half \ufffd smile"),
        ("{{ secret }} {% csrf_token %}", "{{ secret }} {% csrf_token %}"),
    ],
)
def test_text_is_shown_as_typed(
    client: Client, anna: User, typed: str, shown: str
) -> None:
    conversation = create_conversation(owner=anna, turns=[("user", typed)])
    assert shown in body(client, publish(conversation).get_absolute_url())


@pytest.mark.parametrize(
    "content",
    [
        [],
        ["x"],
        [None],
        [{"type": "tool_use", "id": "t", "name": "\ud800", "input": {"k": "\0"}}],
        [{"type": "text", "text": 5}],
        [
            {
                "type": "image",
                "source": {"type": "url", "url": "https://x.example/i.png"},
            }
        ],
        [{"type": ["odd"]}],
    ],
)
def test_whatever_was_typed_as_json_can_be_shared(
    client: Client, anna: User, content: object
) -> None:
    conversation = create_conversation(
        owner=anna,
        turns=[("user", content)],
        params={"model": ["odd"], "max_tokens": {"odd": 1}, "system": [1, "\ud800"]},
    )
    text = body(client, publish(conversation).get_absolute_url())
    assert 'src="http' not in text


def test_dead_links_all_look_the_same(client: Client, anna: User) -> None:
    """Unknown, revoked, expired and deleted: nobody learns that there was one."""
    dead = [publish(create_conversation(owner=anna)) for _ in range(3)]
    sharing.revoke(dead[0])
    Share.objects.filter(pk=dead[1].pk).update(expires_at=timezone.now())
    deleting.delete(dead[2].revision.conversation)
    unknown = reverse("conversations:share", args=["x" * 32])
    answers = [
        client.get(address)
        for address in (unknown, *(share.get_absolute_url() for share in dead))
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    assert len({tuple(sorted(_stable(answer.headers))) for answer in answers}) == 1


def _stable(headers: object) -> list[tuple[str, str]]:
    return [item for item in headers.items() if item[0] != "X-Request-ID"]  # type: ignore[attr-defined]


@pytest.mark.parametrize("token", ["%00", "a%00b", "a b", "é", "..", "x" * 5000])
def test_a_token_that_cannot_be_is_not_found(client: Client, token: str) -> None:
    assert client.get(f"/s/{token}/").status_code == 404


# Images of a share


@pytest.fixture
def shown_and_hidden(anna: User) -> tuple[Share, int, int]:
    """A share, the image it shows, and one of a muted turn."""
    shown = create_image(owner=anna, shade=1).pk
    hidden = create_image(owner=anna, shade=2).pk
    conversation = create_conversation(
        owner=anna,
        turns=[("user", [editing.image_block(pk)]) for pk in (shown, hidden)],
    )
    history.apply(
        conversation,
        1,
        lambda script: editing.mute(script, "slot2", True),
        summary="",
        author=None,
    )
    return publish(conversation), shown, hidden


def image_of(share: Share, pk: int) -> str:
    return reverse("conversations:share-image", args=[share.token, pk])


def test_images_answer_under_the_token(
    client: Client, shown_and_hidden: tuple[Share, int, int]
) -> None:
    share, shown, _ = shown_and_hidden
    assert image_of(share, shown) in body(client, share.get_absolute_url())
    answer = client.get(image_of(share, shown))
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "image/png"
    assert "no-cache" in answer.headers["Cache-Control"]


def test_images_that_the_share_does_not_show_do_not_answer(
    client: Client, anna: User, shown_and_hidden: tuple[Share, int, int]
) -> None:
    share, shown, hidden = shown_and_hidden
    other = create_image(owner=anna, shade=3).pk
    for pk in (hidden, other, 10**30):
        assert client.get(image_of(share, pk)).status_code == 404
    sharing.revoke(share)
    assert client.get(image_of(share, shown)).status_code == 404


# Forks


def fork_of(share: Share) -> str:
    return reverse("conversations:fork", args=[share.token])


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


# SHARING


def test_with_sharing_off_nothing_of_it_is_there(
    client: Client, member: Client, conversation: Conversation, settings: LazySettings
) -> None:
    share = publish(conversation)
    settings.SHARING = "off"
    assert client.get(share.get_absolute_url()).status_code == 404
    assert member.get(share.get_absolute_url()).status_code == 404
    assert member.get(shares_of(conversation)).status_code == 404
    assert member.post(shares_of(conversation)).status_code == 404
    assert member.post(fork_of(share)).status_code == 404


def test_with_sharing_for_the_team_strangers_are_asked_to_sign_in(
    client: Client, conversation: Conversation, settings: LazySettings
) -> None:
    share = publish(conversation)
    settings.SHARING = "team"
    for token in (share.token, "unknown"):
        answer = client.get(reverse("conversations:share", args=[token]))
        assert answer.headers["Location"] == f"/login/?next=/s/{token}/"
    client.force_login(create_user())
    assert "capital" in body(client, share.get_absolute_url())
