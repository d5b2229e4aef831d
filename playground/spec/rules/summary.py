"""Summary: all that other rules may know of one message. Small.

It depends on the message alone, never on model, params or neighbours, so it can be
kept for as long as the message is.
"""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from playground.spec.prefix import THOUGHTS
from playground.spec.rules.problem import Problem


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
    counted: bool = True  # otherwise the pages are a guess and may be fewer


class Call(NamedTuple):
    """A tool_use, server_tool_use, tool_result or server tool result block."""

    place: int
    id: str
    name: str = ""


class Mark(NamedTuple):
    """A cache_control breakpoint."""

    path: str
    ttl: str


Bound = Literal["", "intact", "moved", "altered", "elsewhere"]
"""Thinking blocks: nothing is known; as they came behind what they came behind; as they
came, but something before them, the system prompt or the tools changed; themselves
changed; signed at another endpoint."""


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
    cited: tuple[str, ...] = ()
    """Paths of text blocks with a non-empty citations list."""
    enabled_citations: bool = False
    tokens_old: int = 0
    tokens_new: int = 0
    """Estimated tokens of everything but images, by tokenizer generation."""
    thinking_tokens: int = 0
    """How many of `tokens_old` are thinking."""
    size: int = 0
    """Characters of everything but images: about its bytes in the request."""
    findings: tuple[Problem, ...] = ()
    unless_beta: tuple[tuple[Problem, str], ...] = ()
    """What is refused unless a beta header allows it, and the key or type of that."""
    plain: bool = False
    """Text of user or assistant, of which there is nothing to say."""
    bound: Bound = ""
    """Told by whoever keeps the message (`replace`): what became of its thinking."""
    made_by: str = ""
    """Told likewise: the id of the model that wrote it."""

    @property
    def empty(self) -> bool:
        return self.content == "missing" or not self.types

    @property
    def thinking(self) -> bool:
        return bool(self.thoughts)

    @property
    def thoughts(self) -> tuple[int, ...]:
        """Places of the thinking blocks."""
        return tuple(i for i, kind in enumerate(self.types) if kind in THOUGHTS)
