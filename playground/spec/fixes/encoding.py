"""Fixes of text that JSON cannot carry."""

from typing import Any

from playground.spec import paths
from playground.spec.fixes.bodies import Body
from playground.spec.rules.encoding import HALF

REPLACEMENT = "\ufffd"


def replace_halves(body: Body, path: str) -> Body:
    """Put the replacement character in place of each half of a character, in a text or
    in the names of an object."""
    parts = paths.parts(path)
    found = paths.at(body, parts)
    if isinstance(found, dict):
        whole: Any = {_whole(name): value for name, value in found.items()}
    else:
        whole = _whole(found)
    changed: Body = paths.changed(body, parts, paths.put(whole)) if parts else whole
    return changed


def _whole(text: Any) -> Any:
    return HALF.sub(REPLACEMENT, text) if isinstance(text, str) else text
