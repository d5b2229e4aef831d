"""What an answer looks at in a request: last words, prefill, images, tools, wishes.

Reads tolerantly: values that the rules do not check may be of any type.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from playground.simulator import drills, pictures
from playground.simulator.drills import Drill
from playground.simulator.pictures import Picture
from playground.simulator.request import Request

READ = 8_000
"""Characters at each end of a text in which wishes are looked for."""

Length = Literal["word", "letter", "yes_no", "sentence", "several"]

_SHORT: tuple[tuple[Length, re.Pattern[str]], ...] = (
    ("letter", re.compile(r"\b(?:one|a single|only the|just the) letter\b", re.I)),
    ("yes_no", re.compile(r"\byes\W+or\W+no\b|\byes/no\b", re.I)),
    (
        "word",
        re.compile(r"\b(?:one|a single|exactly one|only one|1)[ -]word\b", re.I),
    ),
    (
        "sentence",
        re.compile(
            r"\b(?:one|a single|1)[ -](?:short )?sentence\b"
            r"|\b(?:briefly|brief|be short|be concise|short answer|in short)\b",
            re.I,
        ),
    ),
)
# Asked for as a form, not spoken of as a subject.
_JSON = re.compile(
    r"\b(?:in|as|into|valid|only|return|output|answer|respond|reply|produce|give"
    r"|extract|format)\b(?:(?!\b(?:about|what|of)\b)[^.?!\n]){0,60}\bjson\b"
    r"|\bjson (?:object|only|format|array|list|with)\b",
    re.I,
)
_OPTION = re.compile(
    r"(?:^|(?<=[\s,;]))(?:\(([A-Z])\)|([A-Z])[).:](?=\s))[ \t]*([^\n]*?)"
    r"(?=\s*(?:$|\n|[\s,;]\([A-Z]\)|[\s,;][A-Z]\)))",
    re.M,
)


@dataclass(frozen=True)
class Prompt:
    """A view of a request. Made for one answer."""

    request: Request

    @cached_property
    def prefill(self) -> str | None:
        """The text that the answer continues, if the last turn is an assistant's."""
        messages = self.request.messages
        if not messages or messages[-1].get("role") != "assistant" or self.paused:
            return None
        return text_of(messages[-1].get("content"))

    @cached_property
    def paused(self) -> str | None:
        """The id of the server's own call in which a paused turn came back."""
        messages = self.request.messages
        if not messages or messages[-1].get("role") != "assistant":
            return None
        blocks = list(_blocks(messages[-1].get("content")))
        if not blocks or blocks[-1].get("type") != "server_tool_use":
            return None
        return str(blocks[-1].get("id"))

    @cached_property
    def drills(self) -> list[Drill]:
        """What to rehearse: words in the last user turn; `vary` in the metadata too."""
        metadata = self.request.params.get("metadata")
        who = metadata.get("user_id") if isinstance(metadata, dict) else None
        varies = [drills.BY_NAME["vary"]] if isinstance(who, str) else []
        asked = drills.found(text_of(self.last_user.get("content")))
        return asked + [d for d in varies if d in drills.found(who or "")]

    def drilled(self, name: str) -> bool:
        """Whether this drill is asked for."""
        return drills.BY_NAME[name] in self.drills

    @cached_property
    def last_user(self) -> dict[str, Any]:
        turns = (m for m in reversed(self.request.messages) if m.get("role") == "user")
        return next(turns, {})

    @cached_property
    def question(self) -> str:
        """The text of the last user turn, the middle left out when it is long."""
        return _ends(text_of(self.last_user.get("content")))

    @cached_property
    def system(self) -> str:
        """The system prompt, shortened in the same way."""
        return _ends(text_of(self.request.params.get("system")))

    @cached_property
    def instructions(self) -> str:
        """Everything that may say what form the answer should have."""
        return f"{self.system}\n{self.question}"

    @cached_property
    def length(self) -> Length:
        for text in (self.question, self.system):
            for length, pattern in _SHORT:
                if pattern.search(text):
                    return length
        return "several"

    @cached_property
    def options(self) -> list[tuple[str, str]]:
        """Multiple choice: letters and texts, from the last user turn; none below 2."""
        found = {
            match[1] or match[2]: match[3].strip(" \t,;")
            for match in _OPTION.finditer(self.question)
        }
        return list(found.items()) if len(found) > 1 else []

    @cached_property
    def wants_json(self) -> bool:
        return bool(_JSON.search(self.instructions))

    @cached_property
    def wants_json_list(self) -> bool:
        return bool(re.search(r"\bjson (?:array|list)\b", self.instructions, re.I))

    @cached_property
    def schema(self) -> dict[str, Any] | None:
        """The schema of output_config.format, when there is one."""
        config = self.request.params.get("output_config")
        form = config.get("format") if isinstance(config, dict) else None
        schema = form.get("schema") if isinstance(form, dict) else None
        return schema if isinstance(schema, dict) else None

    @cached_property
    def tools(self) -> list[dict[str, Any]]:
        """The tools that have a schema; the others are not the client's to define."""
        return [
            each
            for each in _list(self.request.params.get("tools"))
            if isinstance(each, dict)
            and isinstance(each.get("name"), str)
            and each.get("type", "custom") in ("custom", None)
        ]

    @cached_property
    def calls(self) -> list[dict[str, Any]]:
        """The tools to call: one, or all of them in a drill."""
        choice = self.request.params.get("tool_choice")
        choice = choice if isinstance(choice, dict) else {}
        if not self.drilled("all tools") or choice.get("type") in ("none", "tool"):
            return [self.tool] if self.tool else []
        return self.tools[:1] if choice.get("disable_parallel_tool_use") else self.tools

    @cached_property
    def tool(self) -> dict[str, Any] | None:
        """The tool to call: forced, or named by the user's words."""
        tools = self.tools
        choice = self.request.params.get("tool_choice")
        choice = choice if isinstance(choice, dict) else {"type": "auto"}
        named = [t for t in tools if re.search(_whole(t["name"]), self.question)]
        match choice.get("type"):
            case "none":
                return None
            case "tool":
                forced = (t for t in tools if t["name"] == choice.get("name"))
                return next(forced, None)
            case "any":
                return next(iter(named or tools), None)
        return next(iter(named), None)

    @cached_property
    def tool_results(self) -> list[str]:
        return [
            text_of(block.get("content"))
            for block in _blocks(self.last_user.get("content"))
            if block.get("type") == "tool_result"
        ]

    @cached_property
    def pictures(self) -> list[Picture]:
        """Every image of the request, in order."""
        return pictures.of(self.request)

    @cached_property
    def stop_sequences(self) -> list[str]:
        listed = _list(self.request.params.get("stop_sequences"))
        return [each for each in listed if isinstance(each, str) and each]

    @cached_property
    def max_tokens(self) -> int:
        limit = self.request.params.get("max_tokens")
        return limit if isinstance(limit, int) else self.request.model.max_output

    @cached_property
    def limit(self) -> int:
        """How many tokens fit: max_tokens, or what is left of the context window."""
        left = self.request.model.context_window - self.request.input_tokens
        return max(1, min(self.max_tokens, left))

    @property
    def limit_reason(self) -> str:
        """The stop reason when the limit is reached (context-windows page)."""
        if self.limit < self.max_tokens:
            return "model_context_window_exceeded"
        return "max_tokens"

    @cached_property
    def thinks(self) -> bool:
        """Whether thinking is on: asked for, or by the model's default."""
        kind = self._thinking.get("type")
        if kind is not None:
            return kind in ("adaptive", "enabled")
        return self.request.model.thinking_default == "on"

    @cached_property
    def shows_thinking(self) -> bool:
        display = self._thinking.get("display") or self.request.model.display_default
        return display != "omitted"

    @property
    def _thinking(self) -> dict[str, Any]:
        thinking = self.request.params.get("thinking")
        return thinking if isinstance(thinking, dict) else {}


def text_of(content: object) -> str:
    """The text of content: a string, or the text blocks of a list joined."""
    if isinstance(content, str):
        return content
    texts = (b.get("text") for b in _blocks(content) if b.get("type") == "text")
    return "\n".join(text for text in texts if isinstance(text, str))


def _ends(text: str) -> str:
    if len(text) <= 2 * READ:
        return text
    return f"{text[:READ]}\n{text[-READ:]}"


def _whole(name: str) -> str:
    return rf"(?<![\w-]){re.escape(name)}(?![\w-])"


def _blocks(content: object) -> Iterator[dict[str, Any]]:
    return (each for each in _list(content) if isinstance(each, dict))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
