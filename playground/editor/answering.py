"""Answers to tool calls: one user turn with a result for each call that is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from conversations import editing
from conversations.editing import Draft
from conversations.models import Image, Turn
from conversations.reading import as_blocks

from . import text


@dataclass(frozen=True, slots=True)
class Result:
    """What a person gave as the result of a call."""

    text: str
    is_error: bool
    images: Sequence[Image] = ()


def open_calls(turn: Turn | None) -> list[str]:
    """Return the ids of the calls that an assistant turn at the end waits for."""
    if turn is None or turn.role != Turn.Role.ASSISTANT:
        return []
    return [
        block["id"]
        for block in as_blocks(turn.blocks)
        if isinstance(block, dict)
        and block.get("type") == "tool_use"
        and isinstance(block.get("id"), str)
    ]


def given(calls: Sequence[str], data: QueryDict) -> list[Result]:
    """Return what the form says of each call, in the order of the calls."""
    return [
        Result(
            text.typed(data.get(f"result-{number}") or ""),
            f"error-{number}" in data,
        )
        for number in range(len(calls))
    ]


def files(number: int, data: Any) -> list[UploadedFile]:
    """Return the files beside one result."""
    found: list[UploadedFile] = data.getlist(f"files-{number}")
    return found


def draft(calls: Sequence[str], results: Sequence[Result]) -> Draft:
    """Return the user turn that answers the calls."""
    pairs = zip(calls, results, strict=True)
    return Draft(Turn.Role.USER, [_block(call, result) for call, result in pairs])


def _block(call: str, result: Result) -> dict[str, Any]:
    block: dict[str, Any] = {"type": "tool_result", "tool_use_id": call}
    if result.images:
        said = [{"type": "text", "text": result.text}] if result.text else []
        block["content"] = [*said, *map(_image, result.images)]
    elif result.text:
        block["content"] = result.text
    if result.is_error:
        block["is_error"] = True
    return block


def _image(image: Image) -> dict[str, Any]:
    if image.pages is not None:
        return editing.document_block(image.pk)
    return editing.image_block(image.pk)
