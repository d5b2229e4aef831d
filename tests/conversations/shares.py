"""What the tests of shares do again and again."""

from django.test import Client
from django.urls import reverse

from conversations import editing, history, sharing
from conversations.editing import Draft
from conversations.models import Conversation, Share


def publish(conversation: Conversation, **included: bool) -> Share:
    return sharing.publish(history.head(conversation), conversation.owner, **included)


def rewrite(conversation: Conversation, text: str | Draft) -> None:
    """Have other words, or another turn, in slot1."""
    draft = editing.typed("user", text) if isinstance(text, str) else text
    history.apply(
        conversation,
        history.head(conversation).number,
        lambda script: editing.rewrite(script, "slot1", draft),
        summary="Edited",
        author=conversation.owner,
    )


def body(client: Client, address: str) -> str:
    answer = client.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def image_of(share: Share, pk: int) -> str:
    return reverse("conversations:share-image", args=[share.token, pk])


def fork_of(share: Share) -> str:
    return reverse("conversations:fork", args=[share.token])
