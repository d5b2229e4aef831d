"""The list: who sees what, in which group, found by which words."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from conversations import editing, history, sharing
from conversations.models import Conversation, Newcomer
from conversations.views.listing import listing
from tests.factories import (
    create_conversation,
    create_image,
    create_run,
    create_user,
)

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("accounts")]


@pytest.fixture
def anna() -> User:
    return create_user(username="anna")


@pytest.fixture
def reader(client: Client, anna: User) -> Client:
    client.force_login(anna)
    return client


def titles(user: User, q: str = "") -> list[str]:
    groups = listing(user, q).groups
    return [row.conversation.title for _, rows in groups for row in rows]


def touched(conversation: Conversation, days: int) -> None:
    Conversation.objects.filter(pk=conversation.pk).update(
        updated_at=timezone.now() - timedelta(days=days)
    )


def test_conversations_stand_under_their_day(anna: User) -> None:
    for days in (0, 1, 3, 7, 30):
        touched(create_conversation(owner=anna, title=f"{days} days"), days)
    create_conversation(owner=anna, title="lesson", example=True)
    groups = [
        (name, [row.conversation.title for row in rows])
        for name, rows in listing(anna).groups
    ]
    assert groups == [
        ("Today", ["0 days"]),
        ("Yesterday", ["1 days"]),
        ("Last week", ["3 days", "7 days"]),
        ("Earlier", ["30 days"]),
        ("Examples", ["lesson"]),
    ]


def test_one_sees_ones_own_and_the_teams(anna: User) -> None:
    create_conversation(title="private")
    create_conversation(title="team", team=True)
    create_conversation(owner=anna, title="mine")
    assert titles(anna) == ["mine", "team"]


def test_a_row_has_model_turns_and_marks(reader: Client, anna: User) -> None:
    picture = editing.image_block(create_image(owner=anna).pk)
    conversation = create_conversation(
        owner=anna, turns=[("user", [picture, picture]), ("user", "b")], team=True
    )
    sharing.publish(history.head(conversation), anna)
    create_run(conversation=conversation)
    body = reader.get(reverse("conversations:index")).content.decode()
    for mark in ("haiku-4-5", "2 turns", "1 image", "team", "shared", "running"):
        assert f">{mark}</span>" in body


def test_an_image_that_the_head_does_not_show_any_more_is_not_counted(
    anna: User,
) -> None:
    picture = editing.image_block(create_image(owner=anna).pk)
    conversation = create_conversation(owner=anna, turns=[("user", [picture])])
    history.apply(
        conversation,
        1,
        lambda script: editing.delete(script, "slot1"),
        summary="",
        author=anna,
    )
    assert listing(anna).groups[0][1][0].marks == ()


def test_a_conversation_of_somebody_else_names_its_owner(anna: User) -> None:
    create_conversation(owner=create_user(username="ben"), team=True)
    assert listing(anna).groups[0][1][0].marks == ("by ben",)


def test_the_number_of_queries_does_not_grow_with_the_rows(
    reader: Client, anna: User
) -> None:
    def queries() -> int:
        with CaptureQueriesContext(
            connection,
        ) as caught:
            assert reader.get(reverse("conversations:index")).status_code == 200
        return len(caught)

    for _ in range(2):
        create_conversation(owner=anna)
    before = queries()
    for _ in range(10):
        conversation = create_conversation(owner=anna, team=True)
        sharing.publish(history.head(conversation), anna)
        create_run(conversation=conversation)
    assert queries() == before


def test_a_hundred_are_shown_and_older_ones_on_demand(
    reader: Client, anna: User
) -> None:
    for number in range(101):
        create_conversation(owner=anna, title=f"number {number}.")
    index = reverse("conversations:index")
    first = reader.get(index).content.decode()
    assert "number 1." in first
    assert "number 0." not in first
    assert "Show older" in first
    older = reader.get(index + listing(anna).older).content.decode()
    assert "number 0." in older
    assert "Show older" not in older


@pytest.mark.parametrize("shown", ["x", "-1", "", "9" * 30, "²"])
def test_nonsense_in_the_address_shows_the_list(reader: Client, shown: str) -> None:
    answer = reader.get(reverse("conversations:index"), {"shown": shown, "q": "\0"})
    assert answer.status_code == 200


def test_newcomers_read_what_this_is_and_find_the_examples_first(
    client: Client,
) -> None:
    client.force_login(create_user(welcomed=False))
    body = client.get(reverse("conversations:index")).content.decode()
    assert "playground for Claude’s Messages API" in body
    assert body.index("Examples") < body.index("start here")
    assert body.count("start here") == 1


def test_the_examples_are_made_at_the_first_visit_only(client: Client) -> None:
    user = create_user(welcomed=False)
    client.force_login(user)
    client.get(reverse("conversations:index"))
    Conversation.objects.all().delete()
    client.get(reverse("conversations:index"))
    assert not Conversation.objects.exists()
    assert Newcomer.objects.filter(user=user).count() == 1


def test_the_fragment_is_the_list_alone(reader: Client, anna: User) -> None:
    create_conversation(owner=anna, title="mine")
    body = reader.get(reverse("conversations:list")).content.decode()
    assert body.strip().startswith('<div id="listing">')
    assert "mine" in body
    assert "Delete" not in body


def test_the_open_conversation_is_marked(reader: Client, anna: User) -> None:
    current = create_conversation(owner=anna).pk
    create_conversation(owner=anna)
    answer = reader.get(reverse("conversations:list"), {"current": str(current)})
    assert answer.content.decode().count('aria-current="page"') == 1


# Search


@pytest.mark.parametrize(
    "query",
    ["latin", "LATIN names", "ant", "names ant TUTOR", "tutor", " latin\n ant ", "tin"],
)
def test_every_word_is_found_in_title_system_or_turns(anna: User, query: str) -> None:
    create_conversation(
        owner=anna,
        title="Latin names",
        turns=[("user", "What is an ant?")],
        params={"system": "You are a tutor."},
    )
    create_conversation(owner=anna, title="Other", turns=[("user", "Something")])
    assert titles(anna, query) == ["Latin names"]


def test_all_words_must_be_there(anna: User) -> None:
    create_conversation(owner=anna, title="Latin")
    assert titles(anna, "latin greek") == []


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("ÄRGER", "ärger"),
        ("straße", "STRASSE"),
        ("ΟΔΟΣ", "οδος"),
        ("Пример", "ПРИМЕР"),
        ("100%_sure\\", "0%_s"),
        ("日本語", "本"),
        ("😀 smile", "😀"),
    ],
)
def test_case_is_folded_in_every_script(anna: User, text: str, query: str) -> None:
    create_conversation(owner=anna, title="t", turns=[("user", text)])
    assert titles(anna, query) == ["t"]


@pytest.mark.parametrize("query", ["%", "_", "\\", "'", '"', "\ud800", "a\0b"])
def test_signs_of_the_query_language_mean_themselves(anna: User, query: str) -> None:
    create_conversation(owner=anna, title="t", turns=[("user", "plain")])
    assert titles(anna, query) == []


def test_a_nul_in_text_and_query_does_no_harm(anna: User) -> None:
    create_conversation(owner=anna, title="t", turns=[("user", "one\0two")])
    assert titles(anna, "two\0one") == ["t"]


def test_a_system_prompt_in_blocks_is_searched(anna: User) -> None:
    system = [{"type": "text", "text": "Be Kind"}]
    create_conversation(owner=anna, title="t", params={"system": system})
    assert titles(anna, "kind") == ["t"]


def test_text_that_an_edit_replaced_is_not_found(anna: User) -> None:
    conversation = create_conversation(
        owner=anna, title="t", turns=[("user", "before")], params={"system": "old"}
    )

    def operation(script: editing.Script) -> editing.Script:
        new = editing.rewrite(script, "slot1", editing.typed("user", "after"))
        return editing.set_params(new, {"system": "new"})

    history.apply(conversation, 1, operation, summary="", author=anna)
    assert titles(anna, "before") == titles(anna, "old") == []
    assert titles(anna, "after new") == ["t"]
    history.undo(conversation, 2)
    assert titles(anna, "before old") == ["t"]


def test_search_looks_only_where_one_may_look(anna: User) -> None:
    create_conversation(turns=[("user", "secret")])
    assert titles(anna, "secret") == []


def test_a_search_without_hits_says_so_and_keeps_the_words(reader: Client) -> None:
    answer = reader.get(reverse("conversations:index"), {"q": 'no "such'})
    assert "No conversation has all of these words" in answer.content.decode()
    assert 'value="no &quot;such"' in answer.content.decode()


def test_an_endless_query_is_cut(anna: User) -> None:
    create_conversation(owner=anna, title="t", turns=[("user", "a")])
    with CaptureQueriesContext(connection) as caught:
        assert titles(anna, " ".join("a" * n for n in range(1, 300))) == []
    assert len(caught) < 40
