"""Who may come where: every address of the site, found by walking its URLs.

An address that is not named below counts as a page of one conversation, and must be
closed to everybody who may not open that. So a new one is covered by itself.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from conversations import editing, history, sharing
from conversations.models import Conversation, Run
from tests.factories import (
    create_conversation,
    create_image,
    create_run,
    create_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]

# Open to anybody, and why.
PUBLIC = {
    "healthz": "machines that watch the site have no account, and it tells no content",
    "login": "one signs in there",
    "conversations:share": "the token is the key, given away on purpose",
    "conversations:share-image": "the images of such a page, under the same key",
    "conversations:share-thumbnail": "their small versions, under the same key",
    "simulator:simulator": "asks for a key of its own, as the API does",
}
# Open to whoever signs in, because they show and make one's own things only.
SIGNED_IN = {
    "logout": "ends one's own session",
    "conversations:index": "lists what one may open",
    "conversations:list": "lists what one may open",
    "conversations:create": "makes a conversation of one's own",
    "conversations:fork": "copies what the token already shows",
    "editor:rules": "tells of the API, not of conversations",
}
# Closed to a teammate even where the conversation is the team's.
OWNERS = {"conversations:delete", "conversations:visibility"}
# What a request must say to get as far as the conversation's own answer.
SAID: dict[str, dict[str, str]] = {
    "editor:settings": {"field": "max_tokens", "max_tokens": "5"},
    "editor:patch": {"since": "1"},
    "editor:count": {"base": "1"},
    "editor:insert": {"where": "above"},
    "conversations:visibility": {"visibility": "team"},
}
METHODS = ("get", "post")


def walk(
    patterns: list[URLPattern | URLResolver], spaces: tuple[str, ...] = ()
) -> Iterator[tuple[str, URLPattern, str]]:
    """Give each address's full name, pattern and readable route."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            inner = (pattern.namespace,) if pattern.namespace else ()
            yield from walk(pattern.url_patterns, (*spaces, *inner))
        else:
            assert pattern.name, f"{pattern.pattern} has no name"
            name = ":".join((*spaces, pattern.name))
            yield name, pattern, str(pattern.pattern)


ADDRESSES = {
    name: (pattern, route)
    for name, pattern, route in walk(get_resolver("playground.urls").url_patterns)
}
CLOSED = sorted(set(ADDRESSES) - set(PUBLIC) - set(SIGNED_IN))


class Things:
    """A conversation with one of everything that an address may name."""

    def __init__(self, *, team: bool) -> None:
        self.owner = create_user()
        self.image = create_image(owner=self.owner)
        picture = editing.image_block(self.image.pk)
        # Without max_tokens the request is refused here, so that nothing is sent.
        self.conversation = create_conversation(
            owner=self.owner,
            turns=[("user", [picture, {"type": "text", "text": "secret"}])],
            params={"max_tokens": None},
            team=team,
        )
        self.run = create_run(conversation=self.conversation, status=Run.Status.DONE)
        self.grouped = create_run(
            conversation=self.conversation,
            status=Run.Status.DONE,
            group="group1",
            position=1,
        )
        head = history.head(self.conversation)
        self.share = sharing.publish(head, self.owner)

    def address(self, name: str) -> str:
        pattern, route = ADDRESSES[name]
        known: dict[str, Any] = {
            "number": 1,
            "slot": "slot1",
            "share_pk": self.share.pk,
            "token": self.share.token,
            "image_pk": self.image.pk,
            "place": "0",
            "index": 0,
            "group": self.grouped.group,
            "path": "v1/models",
            "pk": self._pk(route),
        }
        unknown = set(pattern.pattern.converters) - set(known)
        assert not unknown, f"{name}: say here what {unknown} stands for"
        return reverse(
            name, kwargs={key: known[key] for key in pattern.pattern.converters}
        )

    def _pk(self, route: str) -> Any:
        if route.startswith("images/"):
            return self.image.pk
        return self.run.pk if route.startswith("runs/") else self.conversation.pk


def answers(client: Client, things: Things, name: str) -> dict[str, HttpResponseBase]:
    """Ask by each method; a method that the address does not know is left out."""
    said = SAID.get(name, {})
    asked = {
        method: getattr(client, method)(things.address(name), said)
        for method in METHODS
    }
    found = {key: value for key, value in asked.items() if value.status_code != 405}
    assert found, f"{name} answers neither GET nor POST"
    return found


def asks_to_sign_in(answer: HttpResponseBase) -> bool:
    return answer.headers.get("Location", "").startswith("/login/")


def signed_in(client: Client, person: User) -> Client:
    client.force_login(person)
    return client


def test_every_name_in_the_lists_is_an_address() -> None:
    named = {*PUBLIC, *SIGNED_IN, *OWNERS, *SAID}
    assert named <= set(ADDRESSES)


@pytest.mark.parametrize("name", [*CLOSED, *SIGNED_IN])
def test_without_signing_in_nothing_is_answered(client: Client, name: str) -> None:
    things = Things(team=True)
    for method, answer in answers(client, things, name).items():
        closed = asks_to_sign_in(answer) or answer.status_code in (401, 403, 404)
        assert closed, (method, answer.status_code)
    assert history.head(things.conversation).number == 1


@pytest.mark.parametrize("name", CLOSED)
def test_a_private_conversation_is_not_there_for_others(
    client: Client, name: str
) -> None:
    things = Things(team=False)
    stranger = signed_in(client, create_user())
    for method, answer in answers(stranger, things, name).items():
        assert answer.status_code == 404, method
    assert Conversation.objects.get().visibility == "private"
    assert history.head(things.conversation).number == 1


@pytest.mark.parametrize("name", sorted(set(CLOSED) - OWNERS))
def test_a_teammate_may_use_a_conversation_of_the_team(
    client: Client, name: str
) -> None:
    things = Things(team=True)
    teammate = signed_in(client, create_user())
    for method, answer in answers(teammate, things, name).items():
        assert not asks_to_sign_in(answer), method
        assert answer.status_code not in (401, 403, 404), method


@pytest.mark.parametrize("name", sorted(OWNERS))
def test_what_is_the_owners_alone_is_refused_to_a_teammate(
    client: Client, name: str
) -> None:
    things = Things(team=True)
    teammate = signed_in(client, create_user())
    for method, answer in answers(teammate, things, name).items():
        assert answer.status_code == 403, method
    assert Conversation.objects.filter(pk=things.conversation.pk).exists()


@pytest.mark.parametrize("name", CLOSED)
def test_the_owner_may_use_everything(client: Client, name: str) -> None:
    things = Things(team=False)
    for method, answer in answers(
        signed_in(client, things.owner), things, name
    ).items():
        assert not asks_to_sign_in(answer), method
        assert answer.status_code not in (401, 403, 404), method


@pytest.mark.parametrize("name", sorted(SIGNED_IN))
def test_what_is_open_to_all_who_sign_in_shows_nothing_private(
    client: Client, name: str
) -> None:
    things = Things(team=False)
    person = signed_in(client, create_user())
    for answer in answers(person, things, name).values():
        assert answer.status_code in (200, 302)
        assert b"secret" not in getattr(answer, "content", b"")
