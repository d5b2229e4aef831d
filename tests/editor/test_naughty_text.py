"""What is typed is what is sent, and what the page gives back."""

import html
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from conversations.models import Conversation
from playground import payload
from tests import factories

from .conftest import head_of

CORPUS = Path(__file__).parents[3] / "shared/corpora/text/blns/blns.json"
NAUGHTY = [
    "trailing spaces   ",
    "\n\nleading line breaks",
    "trailing line break\n",
    "tab\tand\x0bvertical\x0c",
    "nul \0 inside",
    "שלום \u202eright to left\u202c مرحبا",
    "👩‍👩‍👧‍👦 e\u0301 \ufeff \u2028 \u0085",
    "</textarea><script>alert(1)</script>{{ x }}{% y %}&amp;",
    " ",
    '"quoted"',
    "lone \r return",
]


def body_of(conversation: Conversation) -> dict[str, Any]:
    sent = payload.build(head_of(conversation)).body_bytes()
    found: dict[str, Any] = json.loads(sent)
    return found


def in_browser(area: str) -> str:
    """What a browser makes of a textarea's markup: the first line break goes."""
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", area, re.DOTALL)[1]
    return html.unescape(text.removeprefix("\n"))


@pytest.mark.parametrize("text", NAUGHTY)
def test_a_turn_is_sent_as_typed_and_comes_back(
    post: Callable, annas: Client, conversation: Conversation, text: str
) -> None:
    post("turns/slot1/", text=text.replace("\n", "\r\n"))
    assert body_of(conversation)["messages"][0]["content"][0]["text"] == text
    address = f"/c/{conversation.pk}/turns/slot1/edit/?as=text"
    shown = in_browser(
        annas.get(address, headers={"HX-Request": "true"}).content.decode()
    )
    if "\r" in text:
        assert json.loads(shown)[0]["text"] == text
    else:
        assert shown == text


@pytest.mark.parametrize("text", NAUGHTY)
def test_the_composer_adds_text_and_prefill_as_typed(
    post: Callable, conversation: Conversation, text: str
) -> None:
    post("turns/slot2/", action="delete")
    post("turns/", text=text, prefill=text)
    added = body_of(conversation)["messages"][1:]
    assert [message["content"][0]["text"] for message in added] == [text, text]


@pytest.mark.parametrize("text", NAUGHTY)
def test_the_system_prompt_is_sent_as_typed_and_comes_back(
    post: Callable, annas: Client, conversation: Conversation, text: str
) -> None:
    post("system/", text=text)
    assert body_of(conversation)["system"] == text
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    shown = in_browser(page.split('id="system-form"')[1])
    assert (json.loads(shown) if "\r" in text else shown) == text


@pytest.mark.parametrize("text", [t for t in NAUGHTY if "\n" not in t])
def test_a_stop_sequence_is_sent_as_typed_and_comes_back(
    post: Callable, annas: Client, conversation: Conversation, text: str
) -> None:
    post("settings/", field="stop_sequences", stop_sequences=text)
    assert body_of(conversation)["stop_sequences"] == [text]
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    shown = in_browser(page.split('id="setting-stop_sequences"')[1])
    post("settings/", field="stop_sequences", stop_sequences=shown)
    assert body_of(conversation)["stop_sequences"] == [text]


@pytest.mark.parametrize("text", [*NAUGHTY, "half \ud800 pair"])
def test_json_is_sent_as_typed_and_comes_back(
    post: Callable, annas: Client, conversation: Conversation, text: str
) -> None:
    blocks = [{"type": "text", "text": text}]
    post("turns/slot1/", **{"as": "json", "json": json.dumps(blocks)})
    assert body_of(conversation)["messages"][0]["content"] == blocks
    address = f"/c/{conversation.pk}/turns/slot1/edit/?as=json"
    shown = annas.get(address, headers={"HX-Request": "true"}).content.decode()
    assert json.loads(in_browser(shown)) == blocks
    assert annas.get(f"/c/{conversation.pk}/").status_code == 200
    assert annas.get(f"/c/{conversation.pk}/request/").status_code == 200


def test_other_parameters_come_back_equal(
    post: Callable, annas: Client, conversation: Conversation
) -> None:
    typed = {"metadata": {"user_id": "\0 \ud800 é \r\n"}, "z": [1.5, None, True]}
    post("settings/", field="other", other=json.dumps(typed))
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    shown = in_browser(page.split('id="setting-other"')[1])
    assert json.loads(shown) == typed


@pytest.mark.skipif(not CORPUS.is_file(), reason="the shared corpora are absent")
def test_the_corpus_of_naughty_strings_survives(
    post: Callable, conversation: Conversation
) -> None:
    for text in json.loads(CORPUS.read_text("utf-8")):
        post("turns/slot1/", text=text)
        sent = body_of(conversation)["messages"][0]["content"][0]["text"]
        assert sent == text.replace("\r\n", "\n")


def test_what_html_cannot_hold_is_beside_its_field(
    post: Callable, annas: Client, conversation: Conversation
) -> None:
    post("turns/slot1/", text="a\0b")
    page = annas.get(f"/c/{conversation.pk}/").content.decode()
    assert 'data-exact="&quot;a\\u0000b&quot;"' in page
    assert "a␀b" in page
    assert factories.MODEL in page
