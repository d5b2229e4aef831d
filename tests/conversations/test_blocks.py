"""Blocks other than text: nothing is dropped, and what is hostile does no harm."""

import json

import pytest
from django.template.loader import render_to_string

from conversations.blocks import part


def html(block: object) -> str:
    return render_to_string("conversations/_part.html", {"part": part(block)})


def test_thinking_is_folded_and_says_how_long_it_is() -> None:
    shown = html({"type": "thinking", "thinking": "one <two>", "signature": "s"})
    assert "Thinking, 2 words" in shown
    assert "one &lt;two&gt;" in shown
    assert " open" not in shown


def test_thinking_that_was_left_out_says_so() -> None:
    shown = html({"type": "thinking", "thinking": "", "signature": "s"})
    assert "Thinking, text omitted" in shown
    assert "goes back unchanged" in shown


def test_redacted_thinking_says_so() -> None:
    shown = html({"type": "redacted_thinking", "data": "b64"})
    assert "Thinking, redacted" in shown
    assert "Nobody can read it here" in shown


def test_a_call_shows_its_input_as_it_is() -> None:
    given = {"code": "a\n<b>", "n": 1.0}
    block = {"type": "tool_use", "id": "toolu_1", "name": "run", "input": given}
    shown = part(block)
    assert (shown.label, shown.name) == ("Tool call", "run")
    assert shown.fields == [("code", "a\n<b>"), ("n", "1.0")]
    assert json.loads(shown.json) == block
    assert "a\n&lt;b&gt;" in html(block)


def test_a_large_call_is_folded() -> None:
    call = {"type": "tool_use", "id": "t", "name": "run", "input": {"code": "x" * 5000}}
    assert not part(call).open


def test_a_search_shows_what_it_found() -> None:
    page = {"type": "web_search_result", "url": "https://example.com/", "title": "<b>"}
    shown = html({"type": "web_search_tool_result", "content": [page]})
    assert '<a href="https://example.com/" rel="noopener noreferrer nofollow"' in shown
    assert "&lt;b&gt;</a>" in shown
    assert "Web search result" in shown


def test_a_call_of_a_server_tool_is_folded_and_says_what_it_asks() -> None:
    given = {"query": "colour of\nthe sky " + "x" * 100}
    shown = part({"type": "server_tool_use", "name": "web_search", "input": given})
    assert not shown.open
    assert shown.note.startswith("colour of the sky x")
    assert len(shown.note) == 81


def test_a_server_tool_that_failed_says_why() -> None:
    error = {"type": "web_search_tool_result_error", "error_code": "max_uses_exceeded"}
    shown = part({"type": "web_search_tool_result", "content": error})
    assert (shown.failed, shown.note) == (True, "failed: max_uses_exceeded")


def test_a_result_of_a_tool_shows_its_text() -> None:
    content = [{"type": "text", "text": "12 °C"}]
    block = {"type": "tool_result", "tool_use_id": "t", "content": content}
    assert part(block).text == "12 °C"
    assert part({**block, "is_error": True}).note == "t failed"


@pytest.mark.parametrize(
    "block",
    [
        {"type": "hologram", "depth": [1, "<script>"]},
        {"type": "tool_use", "name": None, "input": 5},
        {"type": "tool_use", "name": "n", "input": "text"},
        {"type": "thinking"},
        {"type": "code_execution_tool_result", "content": {"stdout": 5}},
        {"type": "web_search_tool_result", "content": [{"url": "javascript:x"}, 3]},
        {"type": ["odd"]},
        None,
        "x",
    ],
)
def test_whatever_else_comes_is_shown_as_json(block: object) -> None:
    assert json.loads(part(block).json) == block
    assert "<script>" not in html(block)
    assert 'href="javascript' not in html(block)


def test_a_block_that_is_nested_deeply_is_shown() -> None:
    block = json.loads('{"type":"hologram","a":' + "[" * 850 + "]" * 850 + "}")
    assert json.loads(part(block).json) == block
