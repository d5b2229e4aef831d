"""The patch: only what changed, in the order of all."""

import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from conversations.models import Conversation
from tests import factories

from .conftest import head_of


def patch_of(client: Client, conversation: Conversation, since: int) -> str:
    address = f"/c/{conversation.pk}/patch/?since={since}"
    response = client.get(address, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def turns_in(patch: str) -> list[str]:
    return re.findall(r'data-turn="(\w+)"', patch)


def test_nothing_changed_draws_no_turn(
    annas: Client, conversation: Conversation
) -> None:
    patch = patch_of(annas, conversation, 1)
    assert turns_in(patch) == []
    assert 'data-revision="1" data-order="slot1 slot2"' in patch


def test_an_added_turn_draws_what_was_the_prefill_too(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    post("turns/", text="More")
    patch = patch_of(annas, conversation, 1)
    assert turns_in(patch)[0] == "slot2"
    assert len(turns_in(patch)) == 2
    assert ">synthetic<" in patch


def test_a_run_that_ended_since_is_drawn(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    run = factories.create_run(conversation=made, status="failed", error={})
    patch = patch_of(annas, made, 1)
    assert turns_in(patch) == ["reply"]
    assert 'data-order="slot1 reply"' in patch
    assert f"/runs/{run.pk}/" in patch


def test_a_live_run_has_its_place_and_a_stop(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    run = factories.create_run(conversation=made, status="streaming")
    patch = patch_of(annas, made, 1)
    assert f'class="stream" data-run="{run.pk}"' in patch
    assert ">Stop<" in patch
    assert ">Streaming</div>" in patch


def test_a_live_run_that_continues_streams_behind_the_seam(
    annas: Client, conversation: Conversation
) -> None:
    run = factories.create_run(
        conversation=conversation, status="streaming", slot="slot2", continues=True
    )
    patch = patch_of(annas, conversation, 1)
    assert turns_in(patch) == ["slot2"]
    assert f'<div class="stream" data-run="{run.pk}">' in patch
    assert f'<div class="text" data-goes-on="{run.pk}">' in patch


def test_problems_are_told_for_every_slot_that_has_them(
    post: Callable, conversation: Conversation
) -> None:
    answer = post("settings/", field="model", model="claude-opus-5-5")
    assert 'data-problems="slot2"' in answer.content.decode()


def test_a_patch_reads_only_the_turns_that_changed(annas: Client, anna: User) -> None:
    counts = []
    for number in (10, 100):
        turns = [("user", f"text {n}") for n in range(number)]
        made = factories.create_conversation(owner=anna, turns=turns)
        patch_of(annas, made, 1)
        with CaptureQueriesContext(connection) as counted:
            patch_of(annas, made, 1)
        counts.append(len(counted))
        loaded = [q for q in counted.captured_queries if '"blocks"' in q["sql"]]
        assert len(loaded) <= 2
    assert counts[0] == counts[1]


def test_undo_says_what_it_took_back_and_redo_brings_it_back(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", text="What is a bee?")
    undone = post("undo/").content.decode()
    assert "Undone: Edited turn 1</" in undone  # one's own, so without a name
    assert "What is an ant?" in undone
    assert "What is a bee?" in post("redo/").content.decode()
    assert head_of(conversation).number == 2


def test_undo_says_whose_change_a_colleagues_was(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", text="What is a bee?")
    bert = factories.create_user(username="bert")
    conversation.revisions.filter(number=2).update(author=bert)
    assert "Undone: Edited turn 1 by bert" in post("undo/").content.decode()
    assert "Redone: Edited turn 1 by bert" in post("redo/").content.decode()


def test_undo_of_what_is_no_longer_the_head_is_409(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", text="What is a bee?")
    response = post("undo/", base=1)
    assert response.status_code == 409
    assert head_of(conversation).number == 2
    assert "Nothing was done" in response.content.decode()


def test_a_fix_is_applied_once(
    post: Callable, annas: Client, conversation: Conversation
) -> None:
    post("settings/", field="model", model="claude-opus-5-5")
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    key = re.search(r'name="fix" value="([^"]+)"', page)[1].replace("&quot;", '"')
    answer = post("fix/", fix=key, apply=1)
    assert answer.status_code == 200
    assert "Done:" in answer.content.decode()
    assert head_of(conversation).number == 3
    assert post("fix/", fix="no such fix").status_code == 409


def test_using_another_reply_switches_the_variant(
    post: Callable, annas: Client, anna: User
) -> None:
    made = factories.create_conversation(owner=anna)
    first = factories.create_reply(conversation=made, text="First.")
    post("undo/", made)
    factories.create_reply(conversation=made, text="Second.")
    page = annas.get(f"/c/{made.pk}/").content.decode()
    assert "2 of 2" in page
    address = f"/runs/{first.pk}/use/"
    answer = annas.post(address, {"base": 3}, headers={"HX-Request": "true"})
    assert "First." in answer.content.decode()
    assert "1 of 2" in answer.content.decode()


@pytest.mark.parametrize("path", ["undo/", "redo/", "fix/"])
def test_strangers_change_nothing(
    conversation: Conversation, browser_of: Callable[[User], Client], path: str
) -> None:
    stranger = browser_of(factories.create_user())
    assert stranger.post(f"/c/{conversation.pk}/{path}").status_code == 404


@pytest.mark.parametrize("since", ["", "x", "-1"])
def test_nonsense_since_is_404(
    annas: Client, conversation: Conversation, since: str
) -> None:
    address = f"/c/{conversation.pk}/patch/?since={since}"
    assert annas.get(address).status_code == 404


def test_an_old_editor_on_a_page_kept_up_to_date_redraws_no_settings(
    post: Callable,
) -> None:
    post("settings/", field="model", model="claude-opus-5-5")
    answer = post("system/", base=1, shown=2, text="Be terse.").content.decode()
    assert 'data-part="system"' in answer
    assert 'data-part="setting-stop_sequences"' not in answer


def test_a_reply_that_was_overtaken_waits_at_its_turn(
    post: Callable, annas: Client, conversation: Conversation
) -> None:
    run = factories.create_run(
        conversation=conversation,
        status="stopped",
        has_reply=True,
        message={"content": [{"type": "text", "text": "Six legs"}]},
        usage={"input_tokens": 1, "output_tokens": 1},
    )
    patch = post("turns/", text="And bees?", role="user").content.decode()
    place = patch.split('data-part="waiting-slot2"')[1].split("</template>")[0]
    assert "1 reply is waiting here: stopped, 1 token<" in place
    annas.post(f"/runs/{run.pk}/use/")
    patch = patch_of(annas, conversation, 2)
    assert "Six legs" in patch
    assert "Use this reply" not in patch
    assert 'id="waiting-slot2"></div>' in patch
