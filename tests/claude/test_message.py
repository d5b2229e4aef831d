"""The message is the one that the SDK would have made."""

import json
from pathlib import Path

import httpx2
import pytest
from anthropic import Anthropic
from django.conf import settings
from hypothesis import given
from hypothesis import settings as limits
from hypothesis import strategies as st

from playground.claude.message import Delta, Message
from playground.claude.sse import Splitter

RECORDED = Path(settings.BASE_DIR).parent / "shared/recorded/exchanges"

needs_recordings = pytest.mark.skipif(
    not RECORDED.exists(), reason="no recorded exchanges beside the project"
)


def recorded() -> list[Path]:
    return [
        path
        for path in sorted(RECORDED.glob("*.json"))
        if '"sse_raw"' in path.read_text("utf-8")
    ]


def by_sdk(raw: bytes) -> dict:
    """What the SDK makes of these bytes."""

    def answer(request: httpx2.Request) -> httpx2.Response:
        headers = {"content-type": "text/event-stream"}
        return httpx2.Response(200, headers=headers, content=raw)

    transport = httpx2.MockTransport(answer)
    with (
        httpx2.Client(transport=transport) as http,
        Anthropic(api_key="x", base_url="http://api", http_client=http) as client,
        client.beta.messages.stream(
            model="claude-haiku-4-5", max_tokens=9, messages=[]
        ) as stream,
    ):
        return stream.get_final_message().to_dict()


def by_us(raw: bytes) -> Message:
    message = Message()
    for name, data in Splitter().feed(raw):
        message.feed(name, data)
    return message


@needs_recordings
@pytest.mark.filterwarnings("ignore:Pydantic serializer")  # blocks the SDK cannot name
@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.stem[-60:])
def test_a_recorded_stream_gives_the_message_of_the_sdk(path):
    raw = json.loads(path.read_text("utf-8"))["sse_raw"].encode()
    assert by_us(raw).message == by_sdk(raw)


@needs_recordings
def test_recorded_streams_leave_nothing_unread():
    for path in recorded():
        raw = json.loads(path.read_text("utf-8"))["sse_raw"].encode()
        message = by_us(raw)
        assert message.message["stop_reason"], path.name
        assert message.unread == [], path.name


def event(kind: str, **fields: object) -> tuple[str, str]:
    return kind, json.dumps({"type": kind, **fields})


def begun(*blocks: dict) -> Message:
    message = Message()
    start = {"id": "msg_1", "content": [], "usage": {"input_tokens": 3}}
    message.feed(*event("message_start", message=start))
    for index, block in enumerate(blocks):
        message.feed(*event("content_block_start", index=index, content_block=block))
    return message


def add(message: Message, **delta: object) -> Delta | None:
    return message.feed(*event("content_block_delta", index=0, delta=delta))


def test_nothing_has_come_before_the_start():
    assert Message().message == {}


def test_a_delta_says_what_is_new():
    message = begun({"type": "text", "text": ""})
    assert add(message, type="text_delta", text="é") == Delta(0, "text", "é")
    add(message, type="text_delta", text="!")
    assert message.message["content"][0]["text"] == "é!"


def test_looking_in_between_changes_nothing():
    message = begun({"type": "text", "text": ""})
    for part in "abc":
        add(message, type="text_delta", text=part)
        assert message.message["content"][0]["text"].endswith(part)
    assert message.message["content"][0]["text"] == "abc"


def test_input_that_broke_off_is_as_much_as_can_be_read():
    message = begun({"type": "tool_use", "id": "t", "name": "n", "input": {}})
    add(message, type="input_json_delta", partial_json="")
    add(message, type="input_json_delta", partial_json='{"a": 1, "b": "x')
    assert message.message["content"][0]["input"] == {"a": 1, "b": "x"}


def test_input_that_is_no_json_is_kept_as_it_came():
    message = begun({"type": "tool_use", "id": "t", "name": "n", "input": {}})
    add(message, type="input_json_delta", partial_json="{]")
    assert message.message["content"][0]["input"] == {}
    assert message.unreadable_inputs == {0: "{]"}


def test_the_input_of_an_mcp_call_is_kept():
    message = begun({"type": "mcp_tool_use", "id": "t", "name": "n", "input": {}})
    add(message, type="input_json_delta", partial_json='{"a": 1}')
    assert message.message["content"][0]["input"] == {"a": 1}


def test_what_was_compacted_is_kept_to_go_back():
    message = begun({"type": "compaction", "content": None})
    told = {"content": "Ants.", "encrypted_content": "c2ln"}
    add(message, type="compaction_delta", **told)
    assert message.message["content"] == [{"type": "compaction", **told}]
    assert message.unread == []


def test_the_last_event_but_one_may_bring_more_than_counts():
    message = begun()
    usage = {"output_tokens": 9, "iterations": [{"type": "compaction"}]}
    edits = {"applied_edits": []}
    more = {"usage": usage, "context_management": edits}
    message.feed(*event("message_delta", delta={"stop_reason": "compaction"}, **more))
    assert message.message["usage"]["iterations"] == [{"type": "compaction"}]
    assert message.message["context_management"] == edits


def test_an_unknown_block_is_kept_whole():
    block = {"type": "hologram", "depth": 3}
    assert begun(block).message["content"] == [block]


def test_an_unknown_delta_is_kept_aside():
    message = begun({"type": "text", "text": ""})
    assert add(message, type="smell_delta", smell="rose") is None
    assert "rose" in message.unread[0][1]


def test_final_counts_replace_the_first_ones_where_they_are_given():
    message = begun()
    usage = {"input_tokens": None, "output_tokens": 7}
    delta = {"stop_reason": "end_turn", "stop_sequence": None}
    message.feed(*event("message_delta", delta=delta, usage=usage))
    assert message.message["usage"] == {"input_tokens": 3, "output_tokens": 7}
    assert message.message["stop_details"] is None


def test_a_message_that_starts_with_blocks_of_no_type_gives_them_one():
    message = Message()
    message.feed(*event("message_start", message={"content": [{}, 5]}))
    assert message.message["content"] == [{"type": ""}]


KEYS = st.sampled_from(
    ["type", "index", "delta", "message", "content", "content_block", "text", "usage"]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-2, 3) | st.sampled_from(["", "text"]),
    lambda inner: st.lists(inner) | st.dictionaries(KEYS, inner),
)
TYPES = st.sampled_from(
    [
        "message_start",
        "content_block_start",
        "content_block_delta",
        "content_block_stop",
        "message_delta",
        "x",
    ]
)


EVENTS = st.builds(
    lambda kind, fields: json.dumps({**fields, "type": kind}),
    TYPES,
    st.dictionaries(KEYS, JSON),
)


@limits(max_examples=40)
@given(st.lists(EVENTS | st.text(), max_size=6), st.booleans())
def test_nothing_that_comes_makes_it_fail(sent, has_begun):
    message = begun({"type": "text", "text": 5}) if has_begun else Message()
    add(message, type="text_delta", text="x")
    for data in sent:
        message.feed("any", data)
        content = message.message.get("content", [])
        assert all("type" in block for block in content)
