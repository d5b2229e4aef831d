"""Links: made and revoked by members, as far as SHARING allows."""

import re
from datetime import timedelta

import pytest
from django.conf import LazySettings
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations import sharing
from conversations.models import Conversation, Share
from tests.factories import create_conversation, create_user

from .shares import body, fork_of, publish, rewrite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]

HTMX = {"HX-Request": "true"}


def shares_of(conversation: Conversation) -> str:
    return reverse("conversations:shares", args=[conversation.pk])


def share_link(text: str) -> str:
    found = re.search(r'id="share-link"[^>]* value="([^"]+)"', text)
    assert found
    return found[1]


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
