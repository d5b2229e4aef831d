"""What a form and a page can hold of a text: forms write line breaks their own way,
and HTML has no NUL, no lone carriage return and no half of a surrogate pair.
"""

import re

from conversations.readable import SURROGATE, exact, pretty, shown

__all__ = ["exact", "fits_textarea", "in_textarea", "pretty", "shown", "typed"]

UNTYPEABLE = re.compile("[\r\ud800-\udfff]")


def typed(value: str) -> str:
    """Return a form's text with its line breaks as LF; nothing else is changed."""
    return value.replace("\r\n", "\n")


def in_textarea(text: str) -> str:
    """Return the text for a textarea; `exact` beside it where this is not all."""
    return SURROGATE.sub("\ufffd", text)


def fits_textarea(text: str) -> bool:
    """False when a browser would send back another text than it was given."""
    return UNTYPEABLE.search(text) is None
