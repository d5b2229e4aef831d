"""Content blocks other than text and images as a page shows them: thinking, calls of
tools and their results, and whatever else comes, as JSON. All of it is hostile input.

Values for templates; nothing here asks the database.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeGuard

from .citations import address
from .readable import pretty, shown

GIST = 80  # characters
LONGEST_OPEN = 1_500  # characters; what is longer is folded

SUMMARY = (
    "What the API shows of it, which is a summary as a rule; all of it is billed. It "
    "goes back unchanged with its signature."
)
OMITTED = (
    "Its text was left out of the answer (thinking.display is “omitted”, which newer "
    "models take when nothing is set). The signature goes back unchanged."
)
REDACTED = (
    "The API has encrypted this thinking. Nobody can read it here; it goes back "
    "unchanged."
)

MEDIA = ("image", "document")


@dataclass(frozen=True, slots=True)
class Found:
    """Something that a server tool found: a page or a file."""

    title: str
    url: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """One block. `kind` is thinking, call, result or other; `name` what is called.

    `fields` are names and values for reading, `text` stands as it is, and `json` is
    the whole block where the rest does not say it all.
    """

    kind: str
    label: str
    name: str = ""
    note: str = ""
    fields: Sequence[tuple[str, str]] = ()
    text: str = ""
    found: Sequence[Found] = ()
    json: str = ""
    open: bool = False
    failed: bool = False
    # Of a call that a person answers.
    id: str = ""


def is_media(block: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it is an image or a document."""
    return isinstance(block, dict) and block.get("type") in MEDIA


def is_image(block: Any) -> bool:
    return isinstance(block, dict) and block.get("type") == "image"


def is_result(block: Any) -> TypeGuard[dict[str, Any]]:
    """Whether it is the result of a tool that we were asked to call."""
    return isinstance(block, dict) and block.get("type") == "tool_result"


def media_within(block: Any) -> list[tuple[int, dict[str, Any]]]:
    """Return the images and documents of a tool result, each with its index there."""
    content = block.get("content") if is_result(block) else None
    if not isinstance(content, list):
        return []
    return [(index, each) for index, each in enumerate(content) if is_media(each)]


def part(block: Any) -> Part:
    """Return a block for reading; one of a type unknown here as its JSON."""
    kind = block.get("type") if isinstance(block, dict) else None
    if not isinstance(kind, str):
        return Part("other", "block", json=pretty(block))
    if kind in ("thinking", "redacted_thinking"):
        return _thinking(block, kind)
    if kind.endswith("tool_use") and isinstance(block.get("name"), str):
        return _call(block, kind)
    if kind.endswith("tool_result"):
        return _result(block, kind)
    if kind == "compaction" and isinstance(block.get("content"), str):
        text = shown(block["content"])
        return Part("other", "Compaction", text=text, open=_is_short(text))
    return Part("other", shown(kind), json=pretty(block))


def _is_short(text: str) -> bool:
    return len(text) <= LONGEST_OPEN


# Thinking


def _thinking(block: dict[str, Any], kind: str) -> Part:
    if kind == "redacted_thinking":
        return Part("thinking", "Thinking, redacted", note=REDACTED)
    thought = block.get("thinking")
    if not isinstance(thought, str):
        return Part("other", "thinking", json=pretty(block))
    if not thought:
        return Part("thinking", "Thinking, text omitted", note=OMITTED)
    words = len(thought.split())
    label = f"Thinking, {words:,} word{'s' * (words != 1)}"
    return Part("thinking", label, note=SUMMARY, text=shown(thought))


# Calls

OWNERS = {
    "tool_use": "Tool call",
    "server_tool_use": "Server tool call",
    "mcp_tool_use": "MCP tool call",
}


def _call(block: dict[str, Any], kind: str) -> Part:
    given = block.get("input")
    fields = _fields(given) if isinstance(given, dict) else [("input", _value(given))]
    server = block.get("server_name")
    note = f"of {shown(server)}" if isinstance(server, str) else _id(block, "id")
    if kind == "server_tool_use":
        note = _gist(fields)
    size = sum(len(value) for _, value in fields)
    own = kind == "tool_use" and isinstance(block.get("id"), str)
    return Part(
        "call",
        OWNERS.get(kind, shown(kind)),
        name=shown(block["name"]),
        note=note,
        fields=fields,
        json=pretty(block),
        open=kind == "tool_use" and size <= LONGEST_OPEN,
        id=block["id"] if own else "",
    )


def _gist(fields: Sequence[tuple[str, str]]) -> str:
    """The first words of what a tool of the server was asked: its call is folded."""
    line = " ".join(fields[0][1].split()) if fields else ""
    return line if len(line) <= GIST else f"{line[:GIST]}…"


def _id(block: dict[str, Any], key: str) -> str:
    """The id by which a call and its result belong together."""
    value = block.get(key)
    return shown(value) if isinstance(value, str) else ""


def _fields(value: dict[str, Any]) -> list[tuple[str, str]]:
    return [(shown(key), _value(each)) for key, each in value.items()]


def _value(value: Any) -> str:
    """Text as it is, since escaped lines of code are no reading; the rest as JSON."""
    return shown(value) if isinstance(value, str) else pretty(value)


# Results

TEXTS = ("stdout", "stderr", "content", "text")


def _result(block: dict[str, Any], kind: str) -> Part:
    label = "Tool result" if kind == "tool_result" else shown(kind).replace("_", " ")
    label = (
        label.removesuffix(" tool result") + " result" if "_tool_" in kind else label
    )
    content = block.get("content")
    code = content.get("error_code") if isinstance(content, dict) else None
    failed = block.get("is_error") is True or code is not None
    text, found = _said(content), _found(content)
    note = _id(block, "tool_use_id")
    if found:
        note = f"{len(found)} found"
    if failed:
        note = f"failed: {shown(str(code))}" if code else f"{note} failed".strip()
    return Part(
        "result",
        label[:1].upper() + label[1:],
        note=note,
        text=text,
        found=found,
        json=pretty(block),
        open=kind == "tool_result" and _is_short(text),
        failed=failed,
    )


def _said(content: Any) -> str:
    """Return the text of a result: a string, text blocks, or what a program wrote."""
    if isinstance(content, str):
        return shown(content)
    if isinstance(content, dict):
        lines = [content.get(key) for key in TEXTS]
        return shown(
            "\n".join(each for each in lines if isinstance(each, str) and each)
        )
    if not isinstance(content, list):
        return ""
    texts = [each.get("text") for each in content if isinstance(each, dict)]
    return shown("\n\n".join(text for text in texts if isinstance(text, str)))


def _found(content: Any) -> list[Found]:
    """Return the pages that a search or a fetch came back with."""
    each = content if isinstance(content, list) else [content]
    found = []
    for page in (page for page in each if isinstance(page, dict)):
        url, title = page.get("url"), page.get("title")
        if not isinstance(url, str):
            continue
        name = shown(title) if isinstance(title, str) and title else shown(url)
        age = page.get("page_age") or page.get("retrieved_at")
        note = shown(age) if isinstance(age, str) else ""
        found.append(Found(name, address(url), note))
    return found
