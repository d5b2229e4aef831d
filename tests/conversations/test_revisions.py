"""One revision to read, and the way back to it."""

import pytest
from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from conversations import editing, history
from conversations.models import Conversation, Revision
from tests.elements import Element, read
from tests.factories import create_conversation, create_image, create_reply, create_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


@pytest.fixture
def anna() -> User:
    return create_user(username="anna")


@pytest.fixture
def member(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client


@pytest.fixture
def conversation(anna: User) -> Conversation:
    """Revision 2 has another text than revision 1."""
    made = create_conversation(owner=anna, turns=[("user", "before")])
    history.apply(
        made,
        1,
        lambda script: editing.rewrite(script, "slot1", editing.typed("user", "after")),
        summary="Edited turn 1",
        author=anna,
    )
    return made


def page(conversation: Conversation, number: int, name: str = "revision") -> str:
    return reverse(f"conversations:{name}", args=[conversation.pk, number])


def text_at_head(conversation: Conversation) -> str:
    return history.head(conversation).load_turns()[0][1].text


def test_a_revision_says_who_made_it_and_shows_what_was(
    member: Client, conversation: Conversation
) -> None:
    text = member.get(page(conversation, 2)).content.decode()
    assert "Edited turn 1" in text
    assert "by anna" in text
    assert "This is what the editor shows." in text
    old = member.get(page(conversation, 1)).content.decode()
    assert '<div class="text">before</div>' in old
    assert "Restore this revision" in old


def changed(member: Client, conversation: Conversation, number: int) -> Element:
    return read(member.get(page(conversation, number))).one(".changed")


def test_a_revision_shows_what_it_changed_by_the_word(
    member: Client, conversation: Conversation
) -> None:
    shown = changed(member, conversation, 2)
    assert shown.one("summary").words == "What changed since revision 1"
    assert shown.one("h2").words == "User turn 1 changed"
    assert shown.one("h2 a")["href"] == "#turn-slot1"
    assert "before" in shown.one("del").words
    assert "after" in shown.one("ins").words


def test_a_turn_that_was_added_is_named_and_stands_below(
    member: Client, conversation: Conversation
) -> None:
    create_reply(conversation=conversation, text="An insect.")
    shown = changed(member, conversation, 3)
    assert shown.words.endswith("Assistant turn 2 added")
    assert shown.one("h2 a")["href"] == "#turn-reply"


def test_a_turn_that_was_taken_out_is_shown_whole(
    member: Client, conversation: Conversation, anna: User
) -> None:
    history.apply(
        conversation,
        2,
        lambda script: editing.delete(script, "slot1"),
        summary="Deleted turn 1",
        author=anna,
    )
    shown = changed(member, conversation, 3)
    assert "User turn 1 removed" in shown.words
    assert "after" in shown.one("del").words
    assert shown.all("h2 a") == []


def test_a_setting_that_was_changed_is_shown_like_a_text(
    member: Client, conversation: Conversation, anna: User
) -> None:
    history.apply(
        conversation,
        2,
        lambda script: editing.set_params(script, {"max_tokens": 2048}),
        summary="Set max tokens",
        author=anna,
    )
    shown = changed(member, conversation, 3)
    assert "max_tokens changed" in shown.words
    assert "1024" in shown.one("del").words
    assert "2048" in shown.one("ins").words


def test_the_first_revision_has_nothing_before_it(
    member: Client, conversation: Conversation
) -> None:
    shown = read(member.get(page(conversation, 1)))
    assert shown.all(".changed") == []
    assert "none before it" in shown.one("main").words


def test_a_revision_that_says_the_same_says_so(
    member: Client, conversation: Conversation, anna: User
) -> None:
    head = history.head(conversation)
    copy = Revision.objects.get(pk=head.pk)
    copy.pk, copy.number, copy.parent = None, 3, head
    copy.save(force_insert=True)
    assert "both say the same" in changed(member, conversation, 3).words


def test_turns_are_named_and_marked(member: Client, anna: User) -> None:
    picture = editing.image_block(create_image(owner=anna, name="ants.png").pk)
    conversation = create_conversation(
        owner=anna,
        turns=[("user", [picture]), ("assistant", "typed"), ("user", "b")],
        params={"system": "Be kind."},
    )
    create_reply(conversation=conversation)
    text = member.get(page(conversation, 2)).content.decode()
    for name in (
        "System prompt",
        "User turn 1",
        "Assistant turn 2",
        "Assistant turn 4",
    ):
        assert f'aria-label="{name}"' in text
    assert "turn assistant synthetic" in text
    assert "turn assistant reply" in text
    assert 'alt="ants.png"' in text
    assert "Reply by <b>claude-haiku-4-5</b>" in text


def test_the_last_typed_assistant_turn_is_a_prefill(member: Client, anna: User) -> None:
    turns = [("user", "a"), ("assistant", "The answer is (")]
    conversation = create_conversation(owner=anna, turns=turns)
    text = member.get(page(conversation, 1)).content.decode()
    assert "turn assistant prefill" in text
    assert 'The answer is (</span><span class="seam"' in text


def test_restoring_makes_a_new_revision_of_the_same_turns(
    member: Client, conversation: Conversation
) -> None:
    answer = member.post(page(conversation, 1, "restore"), {"base": 2})
    assert answer.headers["Location"] == conversation.get_absolute_url()
    head = history.head(conversation)
    assert (head.number, head.summary) == (3, "Restored revision 1")
    assert head.entries == conversation.revisions.get(number=1).entries


def test_restoring_brings_the_order_of_keys_back(member: Client, anna: User) -> None:
    conversation = create_conversation(owner=anna, params={"x": {"a": 1, "b": 2}})
    history.apply(
        conversation,
        1,
        lambda script: editing.set_params(script, {"x": {"b": 2, "a": 1}}),
        summary="",
        author=anna,
    )
    member.post(f"/c/{conversation.pk}/r/1/restore/", {"base": 2})
    assert list(history.head(conversation).params["x"]) == ["a", "b"]


def test_restoring_what_is_there_makes_no_revision(
    member: Client, conversation: Conversation
) -> None:
    member.post(page(conversation, 2, "restore"), {"base": 2})
    assert conversation.revisions.count() == 2


@pytest.mark.parametrize("base", ["1", "", "x", "9" * 40])
def test_a_head_that_moved_is_not_overwritten(
    member: Client, conversation: Conversation, base: str
) -> None:
    answer = member.post(page(conversation, 1, "restore"), {"base": base})
    assert answer.status_code == 409
    assert "Nothing was restored" in answer.content.decode()
    assert text_at_head(conversation) == "after"


@pytest.mark.parametrize("number", [0, 99, 10**30])
def test_a_revision_that_is_not_there_is_404(
    member: Client, conversation: Conversation, number: int
) -> None:
    assert member.get(page(conversation, number)).status_code == 404
