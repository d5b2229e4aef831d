"""Summary: all that other rules may know of one message. Small, and fit for JSON.

It depends on the message alone, never on model, params or neighbours, so it can be
kept for as long as the message is.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple

from playground.spec.rules.problem import Problem

VERSION = 2
"""Part of a cache key: raised when the same message would be summarised otherwise."""


class Image(NamedTuple):
    """An image block. Sizes are 0 where they cannot be known (URL, file, broken)."""

    path: str
    media_type: str
    width: int
    height: int
    bytes: int  # length of the base64 text, which is what the API measures
    exact: bool = False  # oversized_image "error": refuse rather than scale down
    screenshot: bool = False  # result of a toolset, which is never scaled down
    upload: bool = False  # can be scaled when the request is built


class Document(NamedTuple):
    """A PDF. `pages` is 0 where they cannot be counted."""

    path: str
    bytes: int
    pages: int
    fault: Literal["", "empty", "invalid", "encrypted"] = ""


class Call(NamedTuple):
    """A tool_use, server_tool_use, tool_result or server tool result block."""

    place: int
    id: str
    name: str = ""


class Mark(NamedTuple):
    """A cache_control breakpoint."""

    path: str
    ttl: str


_ITEMS = {
    "images": Image,
    "documents": Document,
    "tool_uses": Call,
    "tool_results": Call,
    "server_uses": Call,
    "server_results": Call,
    "marks": Mark,
}


Bound = Literal["", "intact", "moved", "altered"]
"""Thinking blocks: nothing is known; as they came behind what they came behind; as they
came, but something before them, the system prompt or the tools changed; themselves
changed."""


@dataclass(frozen=True, slots=True)
class Summary:
    """What the rules need of one message. Paths start at the message ("content.1")."""

    role: str = ""
    content: Literal["text", "blocks", "missing", "invalid"] = "missing"
    types: tuple[str, ...] = ()
    """Type of each block; text content counts as one text block; "" is unknown."""
    directive: bool = False
    """A system message that only carries output_config (beta)."""
    effort_change: bool = False
    """A system message that changes the effort (beta)."""
    ends_in_whitespace: bool = False
    blank: bool = False
    """Every text block is empty or white space, and there is nothing but text."""
    opens_json: bool = False
    """The text begins as a JSON object or list would."""
    tool_uses: tuple[Call, ...] = ()
    tool_results: tuple[Call, ...] = ()
    server_uses: tuple[Call, ...] = ()
    server_results: tuple[Call, ...] = ()
    images: tuple[Image, ...] = ()
    documents: tuple[Document, ...] = ()
    marks: tuple[Mark, ...] = ()
    cited: tuple[int, ...] = ()
    """Indices of text blocks with a non-empty citations list."""
    enabled_citations: bool = False
    tokens_old: int = 0
    tokens_new: int = 0
    """Estimated tokens of everything but images, by tokenizer generation."""
    size: int = 0
    """Characters of everything but images: about its bytes in the request."""
    findings: tuple[Problem, ...] = ()
    unless_beta: tuple[Problem, ...] = ()
    """What is refused unless a beta header allows it."""
    plain: bool = False
    """Text of user or assistant, of which there is nothing to say."""
    bound: Bound = ""
    """Told by whoever keeps the message (`replace`): what became of its thinking."""
    made_by: str = ""
    """Told likewise: the id of the model that thought it."""

    @property
    def empty(self) -> bool:
        return self.content == "missing" or not self.types

    @property
    def thinking(self) -> bool:
        return bool(self.thoughts)

    @property
    def thoughts(self) -> tuple[int, ...]:
        """Places of the thinking blocks."""
        kinds = ("thinking", "redacted_thinking")
        return tuple(i for i, kind in enumerate(self.types) if kind in kinds)

    def tokens(self, tokenizer: str) -> int:
        return self.tokens_new if tokenizer == "new" else self.tokens_old

    def as_json(self) -> dict[str, Any]:
        """A dict of JSON values, without what is default."""
        stored = {k: v for k, v in asdict(self).items() if v != _DEFAULTS[k]}
        for key in ("findings", "unless_beta"):
            if found := getattr(self, key):
                stored[key] = [problem.as_json() for problem in found]
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Summary":
        """The counterpart of `as_json`."""
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()
        }
        for key, item in _ITEMS.items():
            values[key] = tuple(item(*parts) for parts in values.get(key, ()))
        for key in ("findings", "unless_beta"):
            found = values.get(key, ())
            values[key] = tuple(Problem.from_json(each) for each in found)
        return cls(**values)


_DEFAULTS = {each.name: each.default for each in fields(Summary)}
