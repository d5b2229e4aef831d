"""Read one message into its Summary: the only walk over a message and its text."""

from dataclasses import replace
from typing import Any

from playground.spec import pdf, vision
from playground.spec.rules.order import MESSAGE_RULES
from playground.spec.rules.rule import Message, as_dict, as_text, is_number
from playground.spec.rules.shape import unless_beta, without_repeats
from playground.spec.rules.summary import Call, Document, Image, Mark, Summary
from playground.spec.tokens import message_tokens, thinking_tokens


def read(message: object) -> Summary:
    """The summary of any JSON value."""
    made = _summary(Message(message))
    return replace(made, plain=_is_plain(made))


def _is_plain(made: Summary) -> bool:
    """Whether only its role, its length and how it begins and ends matter."""
    like = Summary(
        role=made.role,
        content=made.content,
        types=made.types,
        ends_in_whitespace=made.ends_in_whitespace,
        opens_json=made.opens_json,
        tokens_old=made.tokens_old,
        tokens_new=made.tokens_new,
        size=made.size,
    )
    spoken = made.role in ("user", "assistant") and set(made.types) == {"text"}
    return spoken and made == like


def _summary(message: Message) -> Summary:
    content = message.body.get("content")
    texts = [text for _, text in message.texts]
    types = _types(content)
    old, new = message_tokens(message.body)
    blocks = message.blocks
    return Summary(
        role=message.role,
        content=_kind(message.body),
        types=types,
        directive=content == [] and "output_config" in message.body,
        effort_change="effort" in as_dict(message.body.get("output_config")),
        ends_in_whitespace=types[-1:] == ("text",) and _ends_in_whitespace(texts),
        blank=set(types) == {"text"} and not any(text.strip() for text in texts),
        opens_json=_opens_json(texts),
        tool_uses=_calls(blocks, ("tool_use",), "id"),
        tool_results=_calls(blocks, ("tool_result",), "tool_use_id"),
        server_uses=_calls(blocks, ("server_tool_use",), "id"),
        server_results=tuple(
            Call(i, as_text(block.get("tool_use_id")), as_text(block.get("type")))
            for i, block in blocks
            if as_text(block.get("type")).endswith("_tool_result")
        ),
        images=tuple(
            _image(path, block, path.count(".") > 1 and _is_screen(message, path))
            for path, block in message.nested
            if block.get("type") == "image"
        ),
        documents=tuple(
            _document(path, as_dict(block.get("source")))
            for path, block in message.nested
            if block.get("type") == "document"
            and as_dict(block.get("source")).get("type") in ("base64", "file_ref")
        ),
        marks=tuple(
            Mark(path, as_text(as_dict(block["cache_control"]).get("ttl")) or "5m")
            for path, block in message.nested
            if isinstance(block.get("cache_control"), dict)
        ),
        cited=tuple(
            path
            for path, block in message.nested
            if block.get("type") == "text" and block.get("citations")
        ),
        enabled_citations=any(
            as_dict(block.get("citations")).get("enabled") is True
            for _, block in message.nested
        ),
        tokens_old=old,
        tokens_new=new,
        thinking_tokens=thinking_tokens(message.body),
        size=_size(content),
        findings=tuple(
            without_repeats(found for each in MESSAGE_RULES for found in each(message))
        ),
        unless_beta=unless_beta(message),
    )


def _kind(body: Any) -> Any:
    if "content" not in body:
        return "missing"
    if isinstance(body["content"], str):
        return "text"
    return "blocks" if isinstance(body["content"], list) else "invalid"


def _types(content: object) -> tuple[str, ...]:
    if isinstance(content, str):
        return ("text",) if content else ()
    if not isinstance(content, list):
        return ()
    return tuple(as_text(as_dict(block).get("type")) for block in content)


def _ends_in_whitespace(texts: list[str]) -> bool:
    return bool(texts) and texts[-1] != texts[-1].rstrip()


def _opens_json(texts: list[str]) -> bool:
    first = next((text for text in texts if text.strip()), "")
    return first.lstrip()[:1] in ("{", "[") or first.lstrip().startswith("```json")


def _calls(
    blocks: list[tuple[int, dict[str, Any]]], types: tuple[str, ...], key: str
) -> tuple[Call, ...]:
    return tuple(
        Call(i, as_text(block.get(key)), as_text(block.get("name")))
        for i, block in blocks
        if block.get("type") in types
    )


def _is_screen(message: Message, path: str) -> bool:
    """Whether the result that holds an image belongs to a toolset."""
    place = int(path.split(".")[1])
    return any(i == place and block.get("toolset_name") for i, block in message.blocks)


def _image(path: str, block: dict[str, Any], screen: bool) -> Image:
    source = as_dict(block.get("source"))
    exact = as_dict(block.get("transformations")).get("oversized_image") == "error"
    media_type = as_text(source.get("media_type"))
    if source.get("type") == "image_ref":
        width, height, size = (
            source[key] if is_number(source.get(key)) else 0
            for key in ("width", "height", "bytes")
        )
        return Image(path, media_type, width, height, size, exact, screen, True)
    data = as_text(source.get("data"))
    found = vision.header(vision.first_bytes(data))
    width, height = (found.width, found.height) if found else (0, 0)
    return Image(path, media_type, width, height, len(data), exact, screen)


def _document(path: str, source: dict[str, Any]) -> Document:
    if source.get("type") == "file_ref":
        size, pages = (
            source[key] if is_number(source.get(key)) else 0
            for key in ("bytes", "pages")
        )
        return Document(path, size, pages)
    data = as_text(source.get("data"))
    return Document(path, len(data), *pdf.read(data))


def _size(value: object) -> int:
    """Characters of text in a value, images left out."""
    if isinstance(value, str):
        return len(value)
    if isinstance(value, list):
        return sum(map(_size, value))
    if isinstance(value, dict):
        if value.get("type") == "image":
            return 0
        if value.get("type") == "file_ref":
            size = value.get("bytes")
            return size if is_number(size) else 0
        return sum(len(str(key)) + _size(inner) for key, inner in value.items())
    return 1
