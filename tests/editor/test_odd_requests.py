"""Requests that no page of ours makes: an answer in a sentence, never a 500."""

import html
import json
import re
from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation, Run
from tests import factories

from .conftest import head_of

HALF = "\\ud800"
DEEP = "[" * 101 + "]" * 101


@pytest.mark.parametrize("base", ["0", "999"])
@pytest.mark.parametrize("path", ["turns/", "send/", "continue/", "system/"])
def test_a_base_that_there_is_not_is_404(post: Callable, path: str, base: str) -> None:
    assert post(path, base=base, text="Hello").status_code == 404


@pytest.mark.parametrize("image", ["9" * 20, "9" * 5000])
def test_an_image_id_that_no_database_holds_is_refused(
    post: Callable, image: str
) -> None:
    answer = post("turns/", image=image, text="Look")
    assert (answer.status_code, b"no valid id" in answer.content) == (422, True)
    assert post("estimate/", image=image, text="Look").status_code == 200


def test_an_estimate_does_not_mind_the_role(post: Callable) -> None:
    assert b"tokens in" in post("estimate/", role="nobody", text="Hello").content


@pytest.mark.parametrize(
    ("path", "data"),
    [
        ("turns/slot1/", {"as": "json", "json": f'[{{"type": "x", "a": {DEEP}}}]'}),
        ("settings/", {"field": "other", "other": f'{{"metadata": {DEEP}}}'}),
        ("system/", {"as": "json", "text": DEEP}),
    ],
)
def test_json_without_end_is_refused_before_it_breaks_the_page(
    post: Callable, annas: Client, conversation: Conversation, path: str, data: dict
) -> None:
    answer = post(path, **data)
    assert (answer.status_code, b"too deeply" in answer.content) == (422, True)
    assert annas.get(f"/c/{conversation.pk}/").status_code == 200


@pytest.mark.parametrize(
    "content",
    [
        f'[{{"type": "{HALF}"}}]',
        f'[{{"type": "text", "text": "a", "{HALF}": 1}}]',
        f'[{{"type": "tool_result", "tool_use_id": "{HALF}", "content": [5]}}]',
    ],
)
def test_half_a_character_in_a_block_breaks_no_page(
    post: Callable, annas: Client, conversation: Conversation, content: str
) -> None:
    answer = post("turns/slot1/", **{"as": "json", "json": content})
    assert answer.status_code == 200
    for path in ("", "r/2/", "turns/slot1/edit/"):
        assert annas.get(f"/c/{conversation.pk}/{path}").status_code == 200


def test_a_fix_may_take_out_a_key_that_no_column_holds(
    post: Callable, annas: Client, conversation: Conversation
) -> None:
    answer = post("settings/", field="other", other=f'{{"{HALF}\\u0000": 1}}')
    assert answer.status_code == 200
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    key = re.search('name="fix" value="([^"]*remove_param[^"]*)"', page)
    assert key is not None
    fix = html.unescape(key[1])
    assert post("fix/", fix=fix).status_code == 200
    assert post("fix/", fix=fix, apply="1").status_code == 200
    assert set(head_of(conversation).params) == {"model", "max_tokens"}


@pytest.mark.parametrize("slot", ["\0", "a/b", "ä"])
def test_sending_an_editor_of_no_slot_is_404(post: Callable, slot: str) -> None:
    assert post("send/", slot=slot, text="Hello").status_code == 404


def test_a_send_key_is_only_a_key(post: Callable, anna: User, no_driver: list) -> None:
    talk = factories.create_conversation(owner=anna)
    for key in ("a\0b", "x" * 9_999):
        assert post("continue/", to=talk, send_key=key).status_code < 500
    assert Run.objects.count() == 1


@pytest.mark.parametrize("path", ["difference/?group=%00", "compare/?group=%00"])
def test_a_group_that_no_database_can_be_asked_for_is_404(
    annas: Client, conversation: Conversation, path: str
) -> None:
    assert annas.get(f"/c/{conversation.pk}/{path}").status_code == 404


@pytest.mark.parametrize("model", ["a\\u0000b", HALF])
def test_a_model_that_no_column_holds_is_sent_as_typed(
    post: Callable, conversation: Conversation, model: str, no_driver: list
) -> None:
    post("settings/", field="override", override=f'{{"model": "{model}"}}')
    assert post("send/", anyway="1", role="user", text="Hello").status_code == 200
    assert conversation.runs.get().params["model"] == json.loads(f'"{model}"')


def test_a_refused_action_is_no_html(post: Callable) -> None:
    answer = post("turns/slot1/", action="<b>")
    assert answer.status_code == 400
    assert answer["Content-Type"].startswith("text/plain")
