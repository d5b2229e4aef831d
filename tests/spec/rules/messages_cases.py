"""What breaks the rules of messages.py, and the nearest body that does not."""

from tests.spec.bodies import (
    EPHEMERAL,
    OLD_HAIKU,
    TEXT,
    assistant,
    body,
    png,
    text,
    user,
)
from tests.spec.rules.case import Case

BEFORE = {"anthropic-version": "2023-06-01"}
DOCUMENT = {
    "type": "document",
    "source": {"type": "text", "media_type": "text/plain", "data": "x"},
}
THOUGHT = {"type": "thinking", "thinking": "", "signature": "x"}

CITATION = {
    "type": "char_location",
    "cited_text": "x",
    "document_index": 0,
    "document_title": None,
    "start_char_index": 0,
    "end_char_index": 1,
}


def found(*content: dict) -> dict:
    return {"type": "search_result", "source": "s", "title": "t", "content": [*content]}


CASES = [
    Case(
        "message_shape",
        body("x"),
        "messages.0",
        "messages.0: Input does not match the expected shape.",
        body(user("x")),
    ),
    Case(
        "role_unknown",
        body({"content": "x"}),
        "messages.0.role",
        "messages.0.role: Field required",
        body(user("x")),
    ),
    Case(
        "role_unknown",
        body({"role": "tool", "content": "x"}),
        "messages.0.role",
        "messages.0.role: Input should be 'user', 'assistant' or 'system'",
        body(user("x")),
    ),
    Case(
        "shape_of_message",
        body({"role": "user"}),
        "messages.0.content",
        "messages.0.content: Field required",
        body(user("x")),
    ),
    Case(
        "shape_of_message",
        body({"role": "user", "content": 7}),
        "messages.0.content",
        "messages.0.content: Input should be a valid list",
        body(user("7")),
    ),
    Case(
        "shape_of_message",
        body(user("x"), {**user("x"), "id": 1}),
        "messages.1.id",
        "messages.1.id: Extra inputs are not permitted",
        body(user("x"), user("x")),
    ),
    Case(
        "shape_of_message",
        body(user("x"), user(TEXT, 5)),
        "messages.1.content.1",
        "messages.1.content.1: Input does not match the expected shape.",
        body(user(TEXT, TEXT)),
    ),
    Case(
        "shape_of_message",
        body(user({"text": "x"})),
        "messages.0.content.0.type",
        "messages.0.content.0.type: Field required",
        body(user(TEXT)),
    ),
    Case(
        "beta_shape_of_message",
        body(user({"type": "txt"})),
        "messages.0.content.0.type",
        "messages.0.content.0: Input tag 'txt' found using 'type' does not match any of the expected tags: 'text', 'image', 'document', 'search_result', 'thinking', 'redacted_thinking', 'tool_use', 'tool_result', 'server_tool_use', 'web_search_tool_result', 'web_fetch_tool_result', 'code_execution_tool_result', 'bash_code_execution_tool_result', 'text_editor_code_execution_tool_result', 'tool_search_tool_result', 'container_upload'",
        body(user(TEXT)),
    ),
    Case(
        "shape_of_message",
        body(user({"type": "text"})),
        "messages.0.content.0.text",
        "messages.0.content.0.text.text: Field required",
        body(user(TEXT)),
    ),
    Case(
        "shape_of_message",
        body(user(text("x", parsed_output=1))),
        "messages.0.content.0.parsed_output",
        "messages.0.content.0.text.parsed_output: Extra inputs are not permitted",
        body(user(text("x", citations=None))),
    ),
    Case(
        "shape_of_message",
        body(assistant({**THOUGHT, "cache_control": EPHEMERAL}), user("x")),
        "messages.0.content.0.cache_control",
        "messages.0.content.0.thinking.cache_control: Extra inputs are not permitted",
        body(assistant(THOUGHT), user("x")),
    ),
    Case(
        "shape_of_message",
        body(user({"type": "text", "text": 5})),
        "messages.0.content.0.text",
        "messages.0.content.0.text.text: Input should be a valid string",
        body(user(text("5"))),
    ),
    Case(
        "cache_control_on_empty_text",
        body(user(text("", cache_control=EPHEMERAL))),
        "messages.0.content.0",
        "messages.0.content.0.text: cache_control cannot be set for empty text blocks",
        body(user(text("x", cache_control=EPHEMERAL))),
    ),
    Case(
        "empty_text",
        body(user("x"), user(TEXT, text(""))),
        "messages.1.content.1",
        "messages: text content blocks must be non-empty",
        body(user("x"), user(TEXT, TEXT)),
    ),
    Case(
        "blank_text",
        body(user(text(" \n"))),
        "messages.0.content.0",
        "messages: text content blocks must contain non-whitespace text",
        body(user(text(" \n."))),
    ),
    Case(
        "blank_text",
        body(user("\t")),
        "messages.0.content",
        "messages: text content blocks must contain non-whitespace text",
        body(user("\t.")),
    ),
    Case(
        "blank_text",
        body(user("x"), assistant(" "), model=OLD_HAIKU),
        "messages.1.content",
        "messages: text content blocks must contain non-whitespace text",
        body(user("x"), assistant("x"), model=OLD_HAIKU),
    ),
    Case(
        "image_in_assistant",
        body(assistant(png()), user("x")),
        "messages.0.content.0",
        "'image' blocks are not permitted within assistant turns",
        body(user(png()), user("x")),
    ),
    Case(
        "block_of_other_role",
        body(user(TEXT, THOUGHT)),
        "messages.0.content.1",
        "",
        body(assistant(TEXT, THOUGHT), user("x")),
        "warning",
    ),
    Case(
        "empty_message",
        body(user()),
        "messages.0",
        "messages.0: user messages must have non-empty content",
        body(user(TEXT)),
    ),
    Case(
        "empty_message",
        body(user("")),
        "messages.0",
        "messages.0: all messages must have non-empty content except for the optional final assistant message",
        body(user("x")),
    ),
    Case(
        "empty_message",
        body(user("x"), assistant(""), user("x")),
        "messages.1",
        "messages.1: all messages must have non-empty content except for the optional final assistant message",
        body(user("x"), assistant(""), model=OLD_HAIKU),
    ),
    Case(
        "document_in_assistant",
        body(assistant(DOCUMENT), user("x")),
        "messages.0.content.0",
        "'document' blocks are not permitted within assistant turns",
        body(assistant(DOCUMENT), user("x")),
        good_headers=BEFORE,
    ),
    Case(
        "citations_of_user",
        body(user(text("x", citations=[{}]))),
        "messages.0.content.0.citations",
        "messages.0.content.0.text.citations: not permitted in user messages",
        body(assistant(text("x", citations=[{}])), user(text("x", citations=[]))),
    ),
    Case(
        "citations_of_user",
        body(user(found(text("x", citations=[CITATION])))),
        "messages.0.content.0.content.0.citations",
        "messages.0.content.0.content.0.text.citations: not permitted in user messages",
        body(user({**found(text("x")), "citations": {"enabled": True}})),
    ),
]
