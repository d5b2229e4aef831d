"""Two people, one script: nobody is overwritten silently. Titles, images, no-ops."""

import threading

import pytest
from django.contrib.auth.models import User
from django.db import connections

from conversations import editing, history, turn_rows
from conversations.editing import Script
from conversations.models import Conversation, Revision, Run, Turn
from tests.factories import (
    create_conversation,
    create_image,
    create_reply,
    create_run,
    create_user,
)

pytestmark = pytest.mark.django_db

THREE = (("user", "one"), ("assistant", "two"), ("user", "three"))


def rewrite(
    conversation: Conversation, base: int, slot: str, text: str, author: User
) -> Revision:
    return history.apply(
        conversation,
        base,
        lambda script: editing.rewrite(script, slot, editing.typed("user", text)),
        summary=f"Edited {slot}",
        author=author,
        touches=[slot],
    )


def texts(conversation: Conversation) -> list[str]:
    return [turn.text for _, turn in history.head(conversation).load_turns()]


def place_reply(run: Run, answered: str) -> Revision:
    draft = editing.reply_turn(run.content, run.pk)
    return history.apply(
        run.conversation,
        run.revision.number,
        lambda script: editing.place_reply(script, run.slot, draft, answered),
        summary="Reply",
        author=None,
    )


def test_edits_of_two_people_and_a_reply_all_survive() -> None:
    conversation = create_conversation(turns=THREE)
    anna, ben = conversation.owner, create_user()
    content = [{"type": "text", "text": "four"}]
    run = create_run(conversation=conversation, message={"content": content})
    rewrite(conversation, 1, "slot1", "Anna's one", anna)
    rewrite(conversation, 1, "slot3", "Ben's three", ben)
    place_reply(run, "slot3")
    assert texts(conversation) == ["Anna's one", "two", "Ben's three", "four"]


def test_the_same_turn_edited_twice_is_a_conflict_that_shows_the_other() -> None:
    conversation = create_conversation(turns=THREE)
    rewrite(conversation, 1, "slot1", "first", conversation.owner)
    with pytest.raises(history.Conflict) as conflict:
        rewrite(conversation, 1, "slot1", "second", create_user())
    assert conflict.value.slot == "slot1"
    assert conflict.value.head.number == 2
    assert texts(conversation)[0] == "first"


def test_a_turn_deleted_by_somebody_else_is_a_conflict() -> None:
    conversation = create_conversation(turns=THREE)
    history.apply(
        conversation,
        1,
        lambda script: editing.delete(script, "slot1"),
        summary="Deleted",
        author=create_user(),
        touches=["slot1"],
    )
    with pytest.raises(history.Conflict):
        rewrite(conversation, 1, "slot1", "too late", conversation.owner)


def test_a_turn_only_moved_or_muted_by_somebody_else_can_still_be_edited() -> None:
    conversation = create_conversation(turns=THREE)
    for operation in (
        lambda script: editing.move(script, "slot1", 2),
        lambda script: editing.mute(script, "slot1", True),
    ):
        number = history.head(conversation).number
        history.apply(conversation, number, operation, summary="", author=None)
    rewrite(conversation, 1, "slot1", "edited", conversation.owner)
    assert texts(conversation) == ["two", "three", "edited"]
    assert history.head(conversation).entries[2].muted


def test_the_same_param_set_twice_is_a_conflict_and_another_is_not() -> None:
    conversation = create_conversation()

    def set_param(name: str, value: object) -> None:
        history.apply(
            conversation,
            1,
            lambda script: editing.set_params(script, {name: value}),
            summary="Settings",
            author=None,
            params=[name],
        )

    set_param("max_tokens", 5)
    set_param("model", "claude-opus-5-5")
    with pytest.raises(history.Conflict):
        set_param("max_tokens", 6)
    assert history.head(conversation).params["max_tokens"] == 5
    assert history.head(conversation).params["model"] == "claude-opus-5-5"


def test_an_operation_that_changes_nothing_makes_no_revision() -> None:
    conversation = create_conversation(turns=THREE)
    same = history.apply(
        conversation,
        1,
        lambda script: editing.move(script, "slot1", -1),
        summary="Moved",
        author=None,
    )
    assert same.number == 1
    assert conversation.revisions.count() == 1


def test_untouched_turns_are_the_same_rows_in_the_next_revision() -> None:
    conversation = create_conversation(turns=THREE)
    before = history.head(conversation).entries
    after = rewrite(conversation, 1, "slot2", "x", conversation.owner).entries
    assert (before[0], before[2]) == (after[0], after[2])
    assert before[1].turn != after[1].turn
    assert Turn.objects.count() == 4


def test_a_commit_on_a_head_that_moved_writes_nothing() -> None:
    conversation = create_conversation()
    old = history.head(conversation)
    rewrite(conversation, 1, "slot1", "new", conversation.owner)
    with pytest.raises(history.HeadMoved):
        history.commit(conversation, old, Script(), "Late", None)
    assert conversation.revisions.count() == 2


def test_undo_of_a_head_that_moved_is_refused() -> None:
    conversation = create_conversation()
    rewrite(conversation, 1, "slot1", "new", conversation.owner)
    with pytest.raises(history.HeadMoved):
        history.undo(conversation, 1)


def test_the_first_revision_cannot_be_undone() -> None:
    conversation = create_conversation()
    assert history.undo(conversation, 1).number == 1
    assert history.redo(conversation, 1).number == 1


def test_redo_goes_to_the_newest_of_several_continuations() -> None:
    conversation = create_conversation()
    for text in ("first", "second"):
        rewrite(conversation, 1, "slot1", text, conversation.owner)
        history.undo(conversation, history.head(conversation).number)
    history.redo(conversation, 1)
    assert texts(conversation) == ["second"]


def test_the_title_follows_the_first_user_turn_until_somebody_names_it() -> None:
    conversation = create_conversation(turns=[("assistant", "no"), ("user", " a\nb ")])
    assert conversation.title == "a b"
    rewrite(conversation, 1, "slot2", "word " * 40, conversation.owner)
    assert conversation.title == ("word " * 16).rstrip() + "…"
    conversation.rename("Mine")
    rewrite(conversation, 2, "slot2", "other", conversation.owner)
    assert Conversation.objects.get().title == "Mine"


def test_the_title_goes_back_and_forth_with_undo_and_redo() -> None:
    conversation = create_conversation(turns=[("user", "first")])
    rewrite(conversation, 1, "slot1", "second", conversation.owner)
    history.undo(conversation, 2)
    assert Conversation.objects.get().title == "first"
    history.redo(conversation, 1)
    assert Conversation.objects.get().title == "second"


def test_without_words_of_a_user_there_is_no_title() -> None:
    conversation = create_conversation(turns=[("user", "first")])
    rewrite(conversation, 1, "slot1", " ", conversation.owner)
    assert Conversation.objects.get().title == ""


@pytest.mark.parametrize("text", ["a\0b", "half \ud83d of a smile", "ﷺ" * 100])
def test_any_text_can_be_the_first_user_turn(text: str) -> None:
    conversation = create_conversation(turns=[("user", text)])
    assert texts(conversation) == [text]
    assert "\0" not in Conversation.objects.get().title


@pytest.mark.parametrize(
    "blocks", [[], "plain", ["x", None], [{"type": "text"}], [{"text": 1}], [[[]]]]
)
def test_whatever_was_typed_as_json_is_kept(blocks: object) -> None:
    script = editing.append(Script(), editing.Draft("user", blocks))
    conversation = history.begin(create_user(), script, endpoint="simulator")
    [(_, turn)] = history.head(conversation).load_turns()
    assert turn.blocks == blocks


def test_an_image_of_somebody_else_cannot_be_used() -> None:
    theirs = create_image(owner=create_user())
    with pytest.raises(turn_rows.UnknownImage):
        create_conversation(turns=[("user", [editing.image_block(theirs.pk)])])
    assert not Conversation.objects.exists()


@pytest.mark.parametrize("image", [0, -1, True, None, "1", 1.5, 2**80, [1], {}])
def test_an_image_that_cannot_be_is_refused(image: object) -> None:
    block = {"type": "image", "source": {"type": "image_ref", "image": image}}
    with pytest.raises(turn_rows.UnknownImage):
        create_conversation(turns=[("user", [block])])


def test_an_image_nested_in_a_tool_result_is_checked_too() -> None:
    theirs = create_image(owner=create_user())
    result = {
        "type": "tool_result",
        "tool_use_id": "t",
        "content": [editing.image_block(theirs.pk)],
    }
    with pytest.raises(turn_rows.UnknownImage):
        create_conversation(turns=[("user", [result])])


def test_a_teammate_may_edit_a_turn_that_shows_the_owners_image() -> None:
    owner = create_user()
    block = editing.image_block(create_image(owner=owner).pk)
    conversation = create_conversation(owner=owner, turns=[("user", [block])])
    with_text = [block, {"type": "text", "text": "new"}]
    history.apply(
        conversation,
        1,
        lambda script: editing.rewrite(
            script, "slot1", editing.Draft("user", with_text)
        ),
        summary="Edited",
        author=create_user(),
        touches=["slot1"],
    )
    assert texts(conversation) == ["new"]


def test_a_reply_remembers_the_run_it_came_from() -> None:
    conversation = create_conversation()
    run = create_reply(conversation=conversation)
    _, turn = history.head(conversation).load_turns()[-1]
    assert turn.segments == [{"block": 0, "offset": 0, "run": run.pk}]


@pytest.mark.django_db(transaction=True)
def test_edits_made_in_the_same_instant_all_survive() -> None:
    conversation = create_conversation(turns=[("user", "?")] * 6)
    barrier = threading.Barrier(6, timeout=20)

    def edit(slot: str) -> None:
        try:
            mine = Conversation.objects.get(pk=conversation.pk)
            barrier.wait()
            rewrite(mine, 1, slot, slot, conversation.owner)
        finally:
            connections.close_all()

    threads = [
        threading.Thread(target=edit, args=[f"slot{number}"]) for number in range(1, 7)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert texts(conversation) == [f"slot{number}" for number in range(1, 7)]
