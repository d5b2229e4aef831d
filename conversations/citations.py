"""The sources that a model names for a text. What they say comes from anywhere: shown
as text, and an address is a link only if it is one of the web.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from .readable import pretty, shown

SCHEMES = ("https://", "http://")


@dataclass(frozen=True, slots=True)
class Source:
    """One citation: what it is called, the place in it, and the words that are cited.

    `url` is empty unless it may be a link; `json` is filled for kinds unknown here.
    """

    number: int
    title: str
    where: str = ""
    quote: str = ""
    url: str = ""
    json: str = ""


def read(block: Mapping[str, Any], first: int) -> list[Source]:
    """Return the sources of a text block, numbered from `first`."""
    found = block.get("citations")
    cited = found if isinstance(found, list) else []
    return [_source(each, number) for number, each in enumerate(cited, first)]


def address(value: object) -> str:
    """Return an address that may be a link, else nothing."""
    if not isinstance(value, str) or not value.startswith(SCHEMES):
        return ""
    return value if value.isprintable() and len(value) < 2000 else ""


def _source(cited: Any, number: int) -> Source:
    kind = cited.get("type") if isinstance(cited, dict) else None
    where = PLACES.get(kind) if isinstance(kind, str) else None
    if where is None:
        return Source(number, shown(str(kind or "A source")), json=pretty(cited))
    url = address(cited.get("url") or cited.get("source"))
    title = _said(cited, "title") or _said(cited, "document_title")
    index = cited.get("document_index")
    nameless = f"Document {index + 1}" if isinstance(index, int) else "A source"
    return Source(
        number,
        title or url or _said(cited, "source") or nameless,
        where=where(cited),
        quote=_said(cited, "cited_text"),
        url=url,
    )


def _said(cited: Mapping[str, Any], key: str) -> str:
    value = cited.get(key)
    return shown(value) if isinstance(value, str) else ""


def _span(name: str, first: str, last: str, base: int) -> Callable[[Any], str]:
    """Name the place from one field to another, which is past the end; `base` is what
    the API counts from."""

    def place(cited: Mapping[str, Any]) -> str:
        start, end = cited.get(first), cited.get(last)
        if not (isinstance(start, int) and isinstance(end, int)):
            return ""
        start, end = start - base + 1, end - base
        return f"{name} {start:,}" if end <= start else f"{name}s {start:,} to {end:,}"

    return place


PLACES: Mapping[str, Callable[[Any], str]] = {
    "char_location": _span("character", "start_char_index", "end_char_index", 0),
    "page_location": _span("page", "start_page_number", "end_page_number", 1),
    "content_block_location": _span("part", "start_block_index", "end_block_index", 0),
    "search_result_location": _span("part", "start_block_index", "end_block_index", 0),
    "web_search_result_location": lambda cited: "",
}
