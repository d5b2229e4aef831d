"""What a visitor of a link sees, and what nobody sees."""

import re

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations import deleting, editing, history, sharing
from conversations.models import Conversation, Share
from tests.factories import create_conversation, create_image, create_reply

from .shares import body, image_of, publish, rewrite

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


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
    # It only changes how the page looks.
    assert re.findall(r"<script[^>]*>", text) == ['<script src="/static/view.js">']
    assert not re.findall(r"\bhx-", text)
    assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
    assert "csrf" not in text
    assert answer.cookies == {}
    assert answer.headers["X-Robots-Tag"] == "noindex"
    assert answer.headers["Referrer-Policy"] == "same-origin"


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


def test_the_title_is_taken_from_what_is_shown(client: Client, anna: User) -> None:
    turns = [("user", "The password is hunter2"), ("user", "What is an ant?")]
    conversation = create_conversation(owner=anna, turns=turns)
    first = history.head(conversation)
    muted = history.apply(
        conversation,
        1,
        lambda script: editing.mute(script, "slot1", True),
        summary="",
        author=anna,
    )
    rewrite(conversation, "Newer words")
    for revision, (_, title) in zip((first, muted), turns, strict=True):
        share = sharing.publish(revision, anna)
        text = body(client, share.get_absolute_url())
        assert f"<title>{title}</title>" in text
        assert "Newer" not in text
        assert ("hunter2" in text) == (revision == first)


def test_a_title_that_somebody_gave_is_shared(anna: User) -> None:
    conversation = create_conversation(owner=anna, turns=[("user", "Ants?")])
    conversation.rename("Insects, in short")
    share = sharing.publish(history.head(conversation), anna)
    assert share.title == "Insects, in short"


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
    assert '<span class="prefilled">It is (</span><span class="seam"' in text
    assert "</span>A)</div>" in text


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
