"""Content blocks that an answer has only in a drill: searches, citations, news.

Shapes: anthropic 2.12.0 types. Everything in them is invented.
"""

from typing import Any

from playground.simulator.wire import made_id

Block = dict[str, Any]

REFUSED = {
    "type": "refusal",
    "category": "general_harms",
    "explanation": "The simulator declined because a drill asked it to.",
}
_DOCUMENT = "The simulator invented this document. Nothing in it is true."


def search_call(seed: str, query: str) -> Block:
    """The call of the web search that the server makes itself."""
    return {
        "type": "server_tool_use",
        "id": made_id("srvtoolu", seed),
        "name": "web_search",
        "input": {"query": query[:100] or "simulator"},
        "caller": {"type": "direct"},
    }


def search_result(call_id: str) -> Block:
    """What the search found."""
    found = {
        "type": "web_search_result",
        "url": "https://example.com/simulator",
        "title": "An invented page",
        "encrypted_content": "aW52ZW50ZWQ=",
        "page_age": "1 day",
    }
    return {
        "type": "web_search_tool_result",
        "tool_use_id": call_id,
        "content": [found],
        "caller": {"type": "direct"},
    }


def cited(text: str) -> Block:
    """The text with a citation of an invented document."""
    citation = {
        "type": "char_location",
        "cited_text": _DOCUMENT[:38],
        "document_index": 0,
        "document_title": "An invented document",
        "start_char_index": 0,
        "end_char_index": 38,
        "file_id": None,
    }
    return {"type": "text", "text": text, "citations": [citation]}


def unheard_of() -> Block:
    """A block of a type that no client knows."""
    return {
        "type": "simulated_novelty",
        "note": "A block that did not exist when your client was written.",
        "numbers": [1, 2, 3],
    }
