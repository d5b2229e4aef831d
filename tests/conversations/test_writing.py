"""Start, rename, open to others, delete."""

import uuid
from collections.abc import Callable
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from conversations import editing, history
from conversations.models import Conversation, Revision, Run, Turn
from tests.factories import create_conversation, create_run, create_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]

HTMX = {"HX-Request": "true"}


@pytest.fixture
def anna() -> User:
    return create_user(username="anna")


@pytest.fixture
def browser(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client


def address(name: str, conversation: Conversation) -> str:
    return reverse(f"conversations:{name}", args=[conversation.pk])


def test_a_new_conversation_is_empty_and_ready_for_prefill(
    browser: Client, anna: User
) -> None:
    answer = browser.post(reverse("conversations:create"))
    conversation = Conversation.objects.get(owner=anna)
    assert answer.headers["Location"] == conversation.get_absolute_url()
    head = history.head(conversation)
    assert head.params == {"model": "claude-haiku-4-5", "max_tokens": 1024}
    assert head.entries == ()
    assert conversation.endpoint == "simulator"


def start(browser: Client, begun: str = "") -> str:
    """Press *New conversation*; returns the address that it opens."""
    answer = browser.post(reverse("conversations:create"), {"begun": begun})
    return answer.headers["Location"]


def test_a_conversation_that_was_left_untouched_is_opened_again(
    browser: Client, anna: User
) -> None:
    first = start(browser)
    earlier = timezone.now() - timedelta(days=9)
    Conversation.objects.update(updated_at=earlier)
    assert start(browser) == first
    assert Conversation.objects.get().updated_at > earlier


def renamed(conversation: Conversation) -> None:
    conversation.rename("Mine")


def written(conversation: Conversation) -> None:
    history.apply(
        conversation,
        1,
        lambda script: editing.append(script, editing.typed("user", "Hello")),
        summary="",
        author=None,
    )


def undone(conversation: Conversation) -> None:
    written(conversation)
    history.undo(conversation, 2)


def sent(conversation: Conversation) -> None:
    create_run(conversation=conversation)


def changed(**fields: object) -> Callable[[Conversation], object]:
    def change(conversation: Conversation) -> None:
        Conversation.objects.filter(pk=conversation.pk).update(**fields)

    return change


@pytest.mark.parametrize(
    "touch",
    [
        renamed,
        written,
        undone,
        sent,
        changed(visibility="team"),
        changed(example=True),
        changed(endpoint="elsewhere"),
        lambda talk: talk.revisions.update(params={"model": "claude-opus-5-5"}),
    ],
)
def test_one_that_anything_was_done_to_is_left_alone(
    browser: Client, touch: Callable[[Conversation], object]
) -> None:
    first = start(browser)
    touch(Conversation.objects.get())
    second = start(browser)
    assert second != first
    assert start(browser) == second


def test_one_with_unsaved_text_in_another_tab_is_left_alone(browser: Client) -> None:
    first = start(browser)
    drafts = f"nonsense \0 {first.split('/')[2]}"
    second = start(browser, drafts)
    assert second != first
    assert start(browser, drafts) == second


def test_nobody_is_led_into_the_conversation_of_somebody_else(
    browser: Client,
) -> None:
    first = start(browser)
    browser.force_login(create_user())
    assert start(browser) != first


def test_a_title_is_kept_as_typed(browser: Client, anna: User) -> None:
    conversation = create_conversation(owner=anna)
    answer = browser.post(address("rename", conversation), {"title": "<b> Ünï 😀"})
    conversation.refresh_from_db()
    assert answer.status_code == 302
    assert (conversation.title, conversation.named) == ("<b> Ünï 😀", True)


def test_htmx_gets_the_field_with_the_new_title(browser: Client, anna: User) -> None:
    conversation = create_conversation(owner=anna)
    answer = browser.post(
        address("rename", conversation), {"title": "New"}, headers=HTMX
    )
    assert 'aria-label="Title"' in answer.content.decode()
    assert 'value="New"' in answer.content.decode()


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("x" * 201, "at most 200 characters; this one has 201"),
        ("", "at least one character"),
        ("  ", "at least one character"),
        ("a\0b", "NUL"),
    ],
)
@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_title_that_does_not_fit_comes_back_with_a_sentence(
    browser: Client, anna: User, title: str, sentence: str, headers: dict
) -> None:
    conversation = create_conversation(owner=anna, title="Before")
    answer = browser.post(
        address("rename", conversation), {"title": title}, headers=headers
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert f'value="{title}"' in answer.content.decode()
    assert Conversation.objects.get().title == "Before"


def test_deleting_asks_first(browser: Client, anna: User) -> None:
    conversation = create_conversation(owner=anna)
    create_run(conversation=conversation)
    body = browser.get(address("delete", conversation)).content.decode()
    assert "1 revision, 1 run" in body
    assert Conversation.objects.exists()


def test_deleting_leaves_nothing(browser: Client, anna: User) -> None:
    conversation = create_conversation(owner=anna)
    create_run(conversation=conversation)
    answer = browser.post(address("delete", conversation))
    assert answer.headers["Location"] == "/"
    for model in (Conversation, Revision, Turn, Run):
        assert not model.objects.exists()


def test_htmx_is_sent_to_the_list_after_deleting(browser: Client, anna: User) -> None:
    conversation = create_conversation(owner=anna)
    answer = browser.post(address("delete", conversation), headers=HTMX)
    assert answer.headers["HX-Redirect"] == "/"


def test_the_owner_opens_a_conversation_to_the_team(
    browser: Client, anna: User
) -> None:
    conversation = create_conversation(owner=anna)
    browser.post(address("visibility", conversation), {"visibility": "team"})
    assert Conversation.objects.visible_to(create_user()).exists()
    browser.post(address("visibility", conversation), {"visibility": "private"})
    assert not Conversation.objects.visible_to(create_user()).exists()


def test_an_unknown_visibility_is_refused(browser: Client, anna: User) -> None:
    conversation = create_conversation(owner=anna)
    answer = browser.post(address("visibility", conversation), {"visibility": "public"})
    assert answer.status_code == 422
    assert Conversation.objects.get().visibility == "private"


@pytest.mark.parametrize("name", ["rename", "visibility"])
def test_a_get_changes_nothing(browser: Client, anna: User, name: str) -> None:
    assert (
        browser.get(address(name, create_conversation(owner=anna))).status_code == 405
    )


def test_a_conversation_that_is_not_there_is_404(browser: Client) -> None:
    gone = reverse("conversations:delete", args=[uuid.uuid4()])
    assert browser.post(gone).status_code == 404
