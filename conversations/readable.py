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
    text = json.dumps(value, ensure_ascii=False, indent=2)
    return SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
