"""What the API wrote goes back to it as it was written: thinking with its signature,
calls, results of its own tools, and whatever else came as JSON.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from conversations import editing, history
from conversations.models import Conversation, Run, Turn
from playground import payload
from playground.claude.message import Message
from playground.claude.sse import Splitter
from playground.editor import json_input
from playground.runs import ends
from tests import factories

RECORDED = Path(settings.BASE_DIR).parent / "shared/recorded/exchanges"
WORKER = "test"

pytestmark = pytest.mark.django_db


def recorded() -> list[Path]:
    return [
        path
        for path in sorted(RECORDED.glob("*.json"))
        if '"sse_raw"' in path.read_text("utf-8")
    ]


def reply_to(talk: Conversation, events: list[tuple[str, str]]) -> Run:
    """The end of a run to which these events came, placed in the conversation."""
    run = factories.create_run(conversation=talk, status="streaming", worker=WORKER)
    message = Message()
    for name, data in events:
        message.feed(name, data)
    assert ends.write(run, WORKER, Run.Status.DONE, message)
    run.refresh_from_db()
    assert ends.place(run)
    return run


def sent(talk: Conversation) -> str:
    """The body of the next request, with the reply in it."""
    head = history.head(Conversation.objects.get(pk=talk.pk))
    return payload.build(head).body_bytes().decode()


def event(kind: str, **fields: str) -> tuple[str, str]:
    """An event whose fields are JSON as it is."""
    rest = "".join(f',"{name}": {value}' for name, value in fields.items())
    return kind, f'{{"type":"{kind}"{rest}}}'


def answer(*blocks: list[tuple[str, str]]) -> list[tuple[str, str]]:
    start = '{"id":"msg_1","role":"assistant","content":[],"usage":{"input_tokens":1}}'
    end = '{"stop_reason":"end_turn","stop_sequence":null}'
    return [
        event("message_start", message=start),
        *(each for block in blocks for each in block),
        event("message_delta", delta=end, usage="{}"),
        event("message_stop"),
    ]


def begun(index: int, block: str) -> tuple[str, str]:
    return event("content_block_start", index=str(index), content_block=block)


def delta(index: int, **fields: str) -> tuple[str, str]:
    told = ",".join(f'"{name}":{value}' for name, value in fields.items())
    return event("content_block_delta", index=str(index), delta=f"{{{told}}}")


ODD_BLOCKS = [
    '{"type":"hologram","z":1,"a":{"b": 1e5, "a":1.0, "n":12345678901234567890123}}',
    '{"data":"AQ==\\u00e9\\/","type":"redacted_thinking"}',
    '{"type":"web_search_tool_result","tool_use_id":"srvtoolu_1","content":'
    '[{"type":"web_search_result","title":"é \\u00e9","page_age":null,"rank":1E2}]}',
]


@pytest.mark.parametrize("block", ODD_BLOCKS)
def test_a_block_that_came_whole_goes_back_byte_for_byte(block: str) -> None:
    talk = factories.create_conversation()
    reply_to(talk, answer([begun(0, block)]))
    assert block in sent(talk)


def test_input_that_came_in_pieces_goes_back_as_it_was_written() -> None:
    talk = factories.create_conversation()
    raw = '{"n": 1e5, "z":1.0, "a":"\\u00e9\\ud83d", "big":123456789012345678901}'
    call = '{"type":"tool_use","id":"toolu_1","name":"f","input":{}}'
    pieces = [
        delta(0, type='"input_json_delta"', partial_json=json.dumps(part))
        for part in ("", raw[:20], raw[20:])
    ]
    reply_to(talk, answer([begun(0, call), *pieces]))
    assert f'"name":"f","input":{raw}}}' in sent(talk)


def test_thinking_and_its_signature_go_back_unchanged() -> None:
    talk = factories.create_conversation()
    thought, signature = " a\r\n\t\u2028é\0 ", "Er+/==" * 50
    reply_to(
        talk,
        answer(
            [
                begun(0, '{"type":"thinking","thinking":"","signature":""}'),
                delta(0, type='"thinking_delta"', thinking=json.dumps(thought)),
                delta(0, type='"signature_delta"', signature=json.dumps(signature)),
            ]
        ),
    )
    [block] = json.loads(sent(talk))["messages"][-1]["content"]
    assert list(block.items()) == [
        ("type", "thinking"),
        ("thinking", thought),
        ("signature", signature),
    ]


def test_a_source_goes_back_as_it_was_written() -> None:
    talk = factories.create_conversation()
    source = '{"type":"char_location","cited_text":"é","start_char_index": 0}'
    begin = begun(0, '{"type":"text","text":"","citations":[]}')
    words = delta(0, type='"text_delta"', text='"So."')
    cite = delta(0, type='"citations_delta"', citation=source)
    reply_to(talk, answer([begin, words, cite]))
    assert f'"citations":[{source}]' in sent(talk)


def test_editing_the_text_leaves_the_other_blocks_as_they_were() -> None:
    talk = factories.create_conversation()
    text = begun(1, '{"type":"text","text":"Hello"}')
    reply_to(talk, answer([begun(0, ODD_BLOCKS[0])], [text]))
    turn = Turn.objects.latest("pk")
    typed = json_input.content(json.dumps(turn.blocks).replace("Hello", "Goodbye"))
    draft = editing.edited(turn, typed)
    head = history.head(talk)
    history.apply(
        talk,
        head.number,
        lambda script: editing.rewrite(script, turn.slot, draft),
        summary="",
        author=talk.owner,
    )
    body = sent(talk)
    assert ODD_BLOCKS[0] in body
    assert "Goodbye" in body


def test_a_reply_that_broke_off_keeps_what_can_be_read() -> None:
    talk = factories.create_conversation()
    call = '{"type":"tool_use","id":"toolu_1","name":"f","input":{}}'
    piece = delta(0, type='"input_json_delta"', partial_json=json.dumps('{"a": 1, "b'))
    run = reply_to(talk, answer([begun(0, call), piece]))
    assert run.content[0]["input"] == {"a": 1}


def value_of(key: str, data: str) -> str:
    start = data.index(f'"{key}":') + len(key) + 3
    return data[start : json.JSONDecoder().raw_decode(data, start)[1]]


@pytest.mark.skipif(not RECORDED.exists(), reason="no recorded exchanges here")
@pytest.mark.parametrize("path", recorded(), ids=lambda path: path.stem[-60:])
def test_recorded_replies_go_back_as_they_came(path: Path) -> None:
    """Blocks that came whole and the input of calls byte for byte; strings equal."""
    talk = factories.create_conversation()
    raw = json.loads(path.read_text("utf-8"))["sse_raw"].encode()
    events = Splitter().feed(raw)
    message = Message()
    for name, data in events:
        message.feed(name, data)
    if not message.message["content"]:
        return  # a refusal before the first word
    reply_to(talk, events)
    body = sent(talk)
    found: list[Any] = json.loads(body)["messages"][-1]["content"]
    wanted = message.message["content"]
    assert found == [{k: v for k, v in b.items() if v is not None} for b in wanted]
    assert list(map(list, found)) == [
        [k for k, v in b.items() if v is not None] for b in wanted
    ]
    for index, data in message.begun.items():
        if None not in wanted[index].values():
            assert value_of("content_block", data) in body
    for given in message.inputs.values():
        assert given in body
