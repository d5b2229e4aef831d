"""Text and JSON as a page can show them: HTML has no NUL, no lone carriage return and
no half of a surrogate pair. What is kept is never changed.
"""

import json
import re

UNSHOWABLE = re.compile("[\0\r\ud800-\udfff]")
SURROGATE = re.compile("[\ud800-\udfff]")
SIGNS = {"\0": "␀", "\r": "␍"}


def shown(text: str) -> str:
    """Return the text for reading, with a sign for what HTML cannot hold."""
    return UNSHOWABLE.sub(lambda found: SIGNS.get(found[0], "\ufffd"), text)


def pretty(value: object) -> str:
    """Return JSON for reading and editing. It parses back to an equal value."""
    try:
        text = json.dumps(value, ensure_ascii=False, indent=2)
    except RecursionError:  # a model may nest deeper than indenting can go
        text = json.dumps(value, ensure_ascii=False)
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def exact(text: str) -> str:
    """Return the text as ASCII JSON if HTML cannot hold it, else nothing.

    The page puts it where a script finds it, which restores the field from it.
    """
    return json.dumps(text) if UNSHOWABLE.search(text) else ""
