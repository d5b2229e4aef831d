"""Turns: edited as text and as JSON, inserted, and what their toolbar does."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations import pictures
from conversations.models import Conversation, Image
from tests import factories

from .conftest import head_of, texts


def test_saving_replaces_the_text_and_draws_only_that_turn(
    post: Callable, conversation: Conversation
) -> None:
    answer = post("turns/slot1/", text="What is a bee?").content.decode()
    assert texts(conversation) == ["What is a bee?", "An insect."]
    assert 'data-turn="slot1"' in answer
    assert 'data-turn="slot2"' not in answer
    assert 'data-order="slot1 slot2"' in answer


def test_without_htmx_saving_returns_to_the_page(
    post: Callable, conversation: Conversation
) -> None:
    response = post("turns/slot1/", htmx=False, text="What is a bee?")
    assert (response.status_code, response["Location"]) == (
        302,
        f"/c/{conversation.pk}/",
    )


@pytest.mark.parametrize(
    ("action", "order"),
    [
        ("up", ["An insect.", "What is an ant?"]),
        ("down", ["What is an ant?", "An insect."]),
        ("duplicate", ["What is an ant?", "An insect.", "An insect."]),
        ("delete", ["What is an ant?"]),
    ],
)
def test_the_toolbar_changes_the_script(
    post: Callable, conversation: Conversation, action: str, order: list[str]
) -> None:
    assert post("turns/slot2/", action=action).status_code == 200
    assert texts(conversation) == order


def test_a_turn_is_muted_and_unmuted(
    post: Callable, conversation: Conversation
) -> None:
    assert ">Unmute<" in post("turns/slot1/", action="mute").content.decode()
    assert [entry.muted for entry in head_of(conversation).entries] == [True, False]
    post("turns/slot1/", action="unmute")
    assert not head_of(conversation).entries[0].muted


@pytest.mark.parametrize(
    ("where", "order"),
    [("above", ["New", "What is an ant?"]), ("below", ["What is an ant?", "New"])],
)
def test_a_turn_is_inserted_beside_another(
    post: Callable, conversation: Conversation, where: str, order: list[str]
) -> None:
    post("turns/slot1/", where=where, role="assistant", text="New")
    assert texts(conversation)[:2] == order
    assert {turn.role for _, turn in head_of(conversation).load_turns()} == {
        "user",
        "assistant",
    }


def test_a_new_turn_has_the_role_that_its_neighbour_is_not(
    annas: Client, conversation: Conversation
) -> None:
    address = f"/c/{conversation.pk}/turns/slot1/insert/?where=below"
    form = annas.get(address, headers={"HX-Request": "true"})
    assert '<option value="assistant" selected>' in form.content.decode()
    assert form["HX-Retarget"] == "#turn-slot1"


def test_the_editor_opens_in_the_article_of_its_turn(
    annas: Client, conversation: Conversation
) -> None:
    address = f"/c/{conversation.pk}/turns/slot1/edit/?as=text"
    form = annas.get(address, headers={"HX-Request": "true"})
    assert form["HX-Retarget"] == "#turn-slot1 > .body"
    assert 'aria-label="Turn text"' in form.content.decode()


def test_without_htmx_the_page_comes_with_the_open_editor(
    annas: Client, conversation: Conversation
) -> None:
    page = annas.get(f"/c/{conversation.pk}/turns/slot1/edit/?as=json")
    assert 'aria-label="Turn JSON"' in page.content.decode()
    assert "An insect." in page.content.decode()


def test_json_may_be_a_string_or_a_list_of_blocks(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", **{"as": "json", "json": '"Just text"'})
    assert texts(conversation)[0] == "Just text"
    blocks = '[{"type": "tool_result", "tool_use_id": "t1"}]'
    post("turns/slot1/", **{"as": "json", "json": blocks})
    saved = head_of(conversation).load_turns()[0][1].blocks
    assert saved == [{"type": "tool_result", "tool_use_id": "t1"}]


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ('[{"type": "text",\n "text": }]', "line 2, column 10"),
        ('[{"type": "text", "type": "text"}]', "given twice"),
        ('[{"type": "text", "n": NaN}]', "NaN is no JSON value"),
        ('[{"type": "text", "n": 1e999}]', "too large"),
        ("7", "a list of blocks or a string"),
        ("[1]", "Block 1 is no object"),
        ("[" * 100_000, "nested too deeply"),
        ("[" + "9" * 5000 + "]", "too many digits"),
        (
            '[{"type": "image", "source": {"type": "image_ref", "image": 99}}]',
            "There is no image 99",
        ),
    ],
)
def test_json_that_cannot_be_saved_stays_with_its_sentence(
    post: Callable, conversation: Conversation, typed: str, sentence: str
) -> None:
    response = post("turns/slot1/", **{"as": "json", "json": typed})
    shown = response.content.decode()
    assert response.status_code == 422
    assert sentence in shown
    assert typed[:20].replace('"', "&quot;") in shown
    assert head_of(conversation).number == 1


def test_images_and_other_blocks_survive_an_edit_of_the_text(
    post: Callable, anna: User
) -> None:
    image = factories.create_image(owner=anna)
    picture = {"type": "image", "source": {"type": "image_ref", "image": image.pk}}
    made = factories.create_conversation(
        owner=anna, turns=[("user", [picture, {"type": "text", "text": "Old"}])]
    )
    post("turns/slot1/", made, text="New")
    blocks = head_of(made).load_turns()[0][1].blocks
    assert blocks == [picture, {"type": "text", "text": "New"}]


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("path", ["turns/slot1/", "send/"])
def test_images_are_scaled_before_the_commit_that_others_wait_for(
    transactional_db: None,
    annas: Client,
    conversation: Conversation,
    post: Callable,
    path: str,
    no_driver: list[int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    upload = SimpleUploadedFile("a.png", factories.png(300, 200), "image/png")
    post("images/", files=upload)
    within: list[bool] = []
    scale = pictures.rendition

    def noting(*arguments: Any) -> Any:
        within.append(connection.in_atomic_block)
        return scale(*arguments)

    monkeypatch.setattr(pictures, "rendition", noting)
    source = {"type": "image_ref", "image": Image.objects.get().pk, "max_side": 100}
    blocks = [{"type": "image", "source": source}, {"type": "text", "text": "Look"}]
    fields = {"as": "json", "json": json.dumps(blocks), "slot": "slot1", "anyway": "1"}
    assert post(path, **fields).status_code == 200
    assert texts(conversation)[0] == "Look"
    assert within == [False]


def test_an_edit_looks_its_images_up_together(
    post: Callable, conversation: Conversation, anna: User
) -> None:
    def queries(images: int) -> int:
        made = [factories.create_image(owner=anna).pk for _ in range(images)]
        post("turns/", text="Look", role="user", image=made)
        slot = head_of(conversation).entries[-1].slot
        with CaptureQueriesContext(connection) as counted:
            post(f"turns/{slot}/", text="Look again")
        return len(counted)

    queries(1)  # what is looked up once
    assert queries(12) == queries(2)


def test_two_people_editing_one_turn_see_both_versions(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", text="Theirs")
    response = post("turns/slot1/", base=1, text="Mine\n")
    shown = response.content.decode()
    assert response.status_code == 409
    assert ">Theirs</pre>" in shown
    assert ">\nMine\n</textarea>" in shown
    assert "by you, in another tab" in shown
    assert 'name="base" value="2"' in shown
    assert texts(conversation)[0] == "Theirs"


def test_a_conflict_says_whose_the_other_version_is(
    post: Callable, conversation: Conversation, browser_of: Callable
) -> None:
    Conversation.objects.update(visibility=Conversation.Visibility.TEAM)
    post("turns/slot1/", text="Theirs")
    post("turns/slot2/", action="delete")
    ben = browser_of(factories.create_user(username="ben"))
    for slot, told in [("slot1", "changed"), ("slot2", "deleted")]:
        mine = {"base": 1, "text": "Mine", "role": "user"}
        address = f"/c/{conversation.pk}/turns/{slot}/"
        refused = ben.post(address, mine, headers={"HX-Request": "true"})
        assert f"{told} meanwhile by anna." in refused.content.decode()
    again = post("turns/slot1/", base=1, action="delete").content.decode()
    assert "changed meanwhile by you, in another tab. Nothing was done" in again


def test_saving_after_the_conflict_saves_knowingly(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", text="Theirs")
    answer = post("turns/slot1/", base=2, shown=1, text="Mine")
    assert answer.status_code == 200
    assert texts(conversation)[0] == "Mine"


def test_different_turns_are_no_conflict(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot2/", text="Theirs")
    answer = post("turns/slot1/", base=1, text="Mine")
    assert texts(conversation) == ["Mine", "Theirs"]
    assert 'data-turn="slot2"' in answer.content.decode()


def test_the_text_of_a_deleted_turn_is_kept_and_comes_back_at_the_end(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", action="delete")
    refused = post("turns/slot1/", base=1, role="user", text="Mine")
    assert refused.status_code == 409
    assert "deleted meanwhile" in refused.content.decode()
    post("turns/slot1/", base=2, role="user", text="Mine")
    assert texts(conversation) == ["An insect.", "Mine"]


def test_a_deleted_turn_comes_back_with_what_stands_in_no_text_box(
    post: Callable, conversation: Conversation
) -> None:
    address = {"type": "url", "url": "https://example.org/ant.png"}
    picture = {"type": "image", "source": address}
    content = [picture, {"type": "text", "text": "What is this?"}]
    post("turns/slot1/", **{"as": "json"}, json=json.dumps(content))
    post("turns/slot1/", base=2, action="delete")
    post("turns/slot1/", base=3, role="user", text="What was this?")
    back = head_of(conversation).load_turns()[-1][1]
    assert back.blocks == [picture, {"type": "text", "text": "What was this?"}]


def test_a_turn_changed_meanwhile_is_not_deleted(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", text="Theirs")
    response = post("turns/slot1/", base=1, action="delete")
    assert response.status_code == 409
    assert "Nothing was done" in response.content.decode()
    assert len(texts(conversation)) == 2


def test_saving_the_same_text_makes_no_revision(
    post: Callable, conversation: Conversation
) -> None:
    answer = post("turns/slot1/", text="What is an ant?")
    assert head_of(conversation).number == 1
    assert 'data-turn="slot1"' in answer.content.decode()


def test_text_that_a_browser_would_change_is_edited_as_json(
    annas: Client, anna: User
) -> None:
    made = factories.create_conversation(owner=anna, turns=[("user", "a\rb \ud800")])
    form = annas.get(f"/c/{made.pk}/turns/slot1/edit/?as=text").content.decode()
    assert "a\\rb \\ud800" in form
    assert 'aria-label="Turn JSON"' in form


@pytest.mark.parametrize("path", ["turns/slot9/", "turns/slot9/edit/"])
def test_a_slot_that_there_is_not_is_404(
    annas: Client, conversation: Conversation, path: str
) -> None:
    assert annas.get(f"/c/{conversation.pk}/{path}").status_code == 404


def test_strangers_get_404_and_change_nothing(
    conversation: Conversation, browser_of: Callable[[User], Client]
) -> None:
    stranger = browser_of(factories.create_user())
    address = f"/c/{conversation.pk}/turns/slot1/"
    assert stranger.post(address, {"text": "Mine", "base": 1}).status_code == 404
    assert stranger.get(f"{address}edit/").status_code == 404
    assert head_of(conversation).number == 1


def test_an_action_that_there_is_not_is_refused(post: Callable) -> None:
    assert post("turns/slot1/", action="burn").status_code == 400


def test_nonsense_as_a_revision_is_404(post: Callable) -> None:
    assert post("turns/slot1/", base="abc", text="x").status_code == 404
    assert post("turns/slot1/", base="77", text="x").status_code == 404
