"""Strict types made from the SDK's own TypedDicts, and what does not fit them.

Types only: nothing of the SDK runs here. Built on first use. A release of the SDK that
knows more widens them by itself; what the API says of a misfit is pydantic's wording,
as recorded in 2024-2026, and "Input does not match the expected shape." for objects.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Literal

from pydantic import ValidationError

from playground.spec.strict import (
    HEADERS,
    SAID,
    SILENT,
    WRONG,
    adapter,
    betas,
    count_params_type,
    hints_of,
    members,
    message_type,
    params_type,
    tag_of,
)

Shape = Literal["params", "user", "assistant", "system"]
Kind = Literal["extra", "missing", "tag", "value"]
Lifted = Literal["", "beta", "unknown"]
"""Whether a beta header makes a misfit fit: no, yes, or not one that the SDK knows."""

__all__ = ["Kind", "Lifted", "Misfit", "Shape", "betas", "blocks", "lifted"]
__all__ += ["message_misfits", "misfits"]
__all__ += ["counted", "parameters", "tools"]

MOST = 30
"""Misfits reported at once."""

_UNSHAPED = "Input does not match the expected shape."


@dataclass(frozen=True, slots=True)
class Misfit:
    """Where a value is not of its type, in the API's words.

    `path` leads to it; `said` is the API's own path, which also names the type chosen
    among several ("messages.0.content.0.text.text").
    """

    path: str
    said: str
    kind: Kind
    text: str
    empty: bool = False
    """Whether null stands there."""

    @property
    def key(self) -> str:
        return self.path.rpartition(".")[2]

    @property
    def holder(self) -> str:
        """What the API calls the thing that holds the key: "text", "thinking" …"""
        names = [each for each in self.said.split(".")[:-1] if not each.isdecimal()]
        return names[-1] if names else ""


def misfits(value: object, shape: Shape, *, beta: bool = False) -> list[Misfit]:
    """What in a value is not as the SDK's types have it, in the order of the value.

    `shape` is the role of a message, or "params": a request without its messages.
    """
    try:
        adapter(shape, beta).validate_python(value)
    except ValidationError as error:
        found = error.errors(include_url=False)[:MOST]
        return [_misfit(each) for each in found]
    return []


SLICE = 1_000
"""Blocks that are looked at in one go: nothing else can run meanwhile."""


def message_misfits(
    message: Mapping[str, Any], role: Shape, *, beta: bool = False
) -> list[Misfit]:
    """The same of a message, which may have any number of blocks."""
    content = message.get("content")
    if not isinstance(content, list) or len(content) <= SLICE:
        return misfits(message, role, beta=beta)
    found: list[Misfit] = []
    for start in range(0, len(content), SLICE):
        part = {**message, "content": content[start : start + SLICE]}
        for each in misfits(part, role, beta=beta):
            in_content = each.path.startswith("content.")
            if start == 0 or in_content:
                found.append(_shifted(each, start) if in_content else each)
        if len(found) >= MOST:
            break
    return found[:MOST]


def _shifted(misfit: Misfit, by: int) -> Misfit:
    def moved(path: str) -> str:
        first, place, *rest = path.split(".")
        return ".".join([first, str(int(place) + by), *rest])

    return replace(misfit, path=moved(misfit.path), said=moved(misfit.said))


def lifted(
    found: Sequence[Misfit], wider: Sequence[Misfit]
) -> Iterator[tuple[Misfit, Lifted]]:
    """Each misfit with what would make it none, given those of the beta types."""
    still = {(misfit.path, misfit.kind) for misfit in wider}
    for misfit in found:
        if (misfit.path, misfit.kind) not in still:
            yield misfit, "beta"
        else:
            listed = misfit.kind == "tag" and misfit.key.isdecimal()
            yield misfit, "unknown" if listed else ""


@cache
def parameters(*, beta: bool = False) -> frozenset[str]:
    """The names of all request parameters that the SDK knows."""
    return frozenset(hints_of(params_type(beta))) - HEADERS | {"stream"}


@cache
def counted() -> frozenset[str]:
    """Those of them that a request to count tokens has."""
    return frozenset(hints_of(count_params_type())) - HEADERS


@cache
def blocks(*, beta: bool = False) -> frozenset[str]:
    """The types of all content blocks that the SDK lets a message have."""
    content = hints_of(message_type("user", beta))["content"]
    return frozenset(
        tag_of(each, "type") for each in members(content) if tag_of(each, "type")
    )


@cache
def tools(*, beta: bool = False) -> frozenset[str]:
    """The types of all tools that the SDK knows, "custom" among them."""
    listed = members(hints_of(params_type(beta))["tools"])
    return frozenset(tag_of(each, "type") for each in listed if tag_of(each, "type"))


# --- from a validation error to a misfit

_VALUES = {"dict_type": _UNSHAPED, "model_type": _UNSHAPED}


def _misfit(error: Any) -> Misfit:
    where = [each for each in error["loc"] if str(each)[:1] not in (SAID, SILENT)]
    said = [str(each).lstrip(SAID) for each in error["loc"] if str(each)[:1] != SILENT]
    kind, text = error["type"], error["msg"]
    if kind == "extra_forbidden":
        return _made(where, said, "extra", "Extra inputs are not permitted")
    if kind == "missing":
        return _made(where, said, "missing", "Field required")
    context = error.get("ctx", {})
    if kind == "union_tag_invalid" and context["tag"] != WRONG:
        text = f"Input tag '{context['tag'].lstrip(SAID)}' found using 'type' does not "
        text += "match any of the expected tags: "
        text += context["expected_tags"].replace(SAID, "").replace("\\x00", "")
        for ours in (", 'image_ref'", ", 'file_ref'"):  # not the API's
            text = text.replace(ours, "")
        return _made(where, said, "tag", text)
    if kind == "union_tag_invalid":
        listed = "list" in context["expected_tags"]
        text = "Input should be a valid list" if listed else _UNSHAPED
    elif kind == "union_tag_not_found":
        if isinstance(error["input"], dict):
            return _made([*where, "type"], [*said, "type"], "missing", "Field required")
        text = _UNSHAPED
    made = _made(where, said, "value", _VALUES.get(kind, text))
    return replace(made, empty=error["input"] is None)


def _made(where: list[Any], said: list[str], kind: Kind, text: str) -> Misfit:
    kept: list[str] = []
    for part in map(str, where):
        if not part or "." in part:  # no path can lead there
            break
        kept.append(part)
    return Misfit(".".join(kept), ".".join(said), kind, text)
