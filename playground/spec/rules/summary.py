"""Summary: all that other rules may know of one message. Small, and fit for JSON.

It depends on the message alone, never on model, params or neighbours, so it can be
kept for as long as the message is.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, NamedTuple

from playground.spec.rules.problem import Problem

VERSION = 1
"""Part of a cache key: raised when the same message would be summarised otherwise."""


class Image(NamedTuple):
    """An image block. Sizes are 0 where they cannot be known (URL, file, broken)."""

    path: str
    media_type: str
    width: int
    height: int
    bytes: int  # length of the base64 text, which is what the API measures


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
    "tool_uses": Call,
    "tool_results": Call,
    "server_uses": Call,
    "server_results": Call,
    "marks": Mark,
}


@dataclass(frozen=True, slots=True)
class Summary:
    """What the rules need of one message. Paths start at the message ("content.1")."""

    role: str = ""
    content: Literal["text", "blocks", "missing", "invalid"] = "missing"
    types: tuple[str, ...] = ()
    """Type of each block; text content counts as one text block; "" is unknown."""
    directive: bool = False
    """A system message that only carries output_config (beta)."""
    beta_keys: tuple[str, ...] = ()
    """Keys of a system message that only a beta header makes known."""
    ends_in_whitespace: bool = False
    blank: bool = False
    """Every text block is empty or white space, and there is nothing but text."""
    tool_uses: tuple[Call, ...] = ()
    tool_results: tuple[Call, ...] = ()
    server_uses: tuple[Call, ...] = ()
    server_results: tuple[Call, ...] = ()
    images: tuple[Image, ...] = ()
    marks: tuple[Mark, ...] = ()
    cited: tuple[int, ...] = ()
    """Indices of text blocks with a non-empty citations list."""
    enabled_citations: bool = False
    tokens_old: int = 0
    tokens_new: int = 0
    """Estimated tokens of everything but images, by tokenizer generation."""
    findings: tuple[Problem, ...] = ()

    @property
    def empty(self) -> bool:
        return self.content == "missing" or not self.types

    @property
    def thinking(self) -> bool:
        return "thinking" in self.types or "redacted_thinking" in self.types

    def tokens(self, tokenizer: str) -> int:
        return self.tokens_new if tokenizer == "new" else self.tokens_old

    def as_json(self) -> dict[str, Any]:
        """A dict of JSON values, without what is default."""
        stored = {k: v for k, v in asdict(self).items() if v != _DEFAULTS[k]}
        if self.findings:
            stored["findings"] = [found.as_json() for found in self.findings]
        return stored

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Summary":
        """The counterpart of `as_json`."""
        values: dict[str, Any] = {
            k: tuple(v) if isinstance(v, list) else v for k, v in stored.items()
        }
        for key, item in _ITEMS.items():
            values[key] = tuple(item(*parts) for parts in values.get(key, ()))
        found = values.get("findings", ())
        values["findings"] = tuple(Problem.from_json(each) for each in found)
        return cls(**values)


_DEFAULTS = {each.name: each.default for each in fields(Summary)}
