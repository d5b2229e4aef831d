"""Answers to tool calls: one user turn with a result for each call that is open."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import QueryDict

from conversations import editing
from conversations.editing import Draft
from conversations.models import Image, Run, Turn
from conversations.reading import as_blocks

from . import text


@dataclass(frozen=True, slots=True)
class Result:
    """What a person gave as the result of a call."""

    text: str
    is_error: bool
    images: Sequence[Image] = ()


CUT_OFF = frozenset({"max_tokens", "model_context_window_exceeded", "refusal"})
"""Stop reasons in the middle of something."""


def breaks_off(run: Run, blocks: Sequence[Any]) -> bool:
    """True where the run was cut off in the call at the end of the blocks.

    Such a call can neither be answered nor go back: the reply is to be made again, with
    a higher limit (handling-stop-reasons page, Aug 2026), and cannot be resumed there
    (streaming page, Aug 2026). One that a person has changed since is theirs.
    """
    is_cut = run.stop_reason in CUT_OFF
    if run.status != Run.Status.DONE and not run.stop_reason:
        is_cut = True
    last = blocks[-1] if blocks and is_cut else None
    is_call = isinstance(last, dict) and last.get("type") == "tool_use"
    return is_call and run.content[-1:] == [last]


def open_calls(turn: Turn | None, run: Run | None) -> list[str]:
    """Return the ids of the calls that an assistant turn at the end waits for, none if
    the `run` that wrote its end broke off in one: all of them want a result at once.
    """
    if turn is None or turn.role != Turn.Role.ASSISTANT:
        return []
    if run is not None and breaks_off(run, turn.blocks):
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
