"""multipart/form-data (RFC 7578) into its parts. Knows nothing of what they are for."""

import re
from dataclasses import dataclass

from playground.simulator.request import invalid

MAX_PARTS = 20
_PARAMETER = re.compile(r';\s*([\w*-]+)=(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))')


@dataclass(frozen=True, slots=True)
class Part:
    """One field. `filename` and `media_type` are empty where none were sent."""

    name: str
    content: bytes
    filename: str = ""
    media_type: str = ""


def parts(content_type: str, body: bytes) -> list[Part]:
    """The parts of a body. Raises Refusal when it is no form."""
    kind = content_type.partition(";")[0].strip().lower()
    boundary = _parameters(content_type).get("boundary", "")
    if kind != "multipart/form-data" or not boundary:
        raise invalid("Content-Type must be multipart/form-data with a boundary")
    mark = b"--" + boundary.encode("latin-1", "replace")
    # What comes first stands before the form, what comes last closes it.
    _, *found = (b"\r\n" + body).split(b"\r\n" + mark, MAX_PARTS + 1)
    if not found or not found[-1].startswith(b"--"):
        raise invalid("The form in the request body does not end")
    return [_part(each) for each in found[:-1]]


def _part(raw: bytes) -> Part:
    head, separator, content = raw.partition(b"\r\n\r\n")
    if not separator:
        raise invalid("A part of the form has no headers")
    headers: dict[str, str] = {}
    for line in head.decode("utf-8", "replace").split("\r\n"):
        name, _, value = line.partition(":")
        headers[name.strip().lower()] = value.strip()
    given = _parameters(headers.get("content-disposition", ""))
    return Part(
        given.get("name", ""),
        content,
        given.get("filename", ""),
        headers.get("content-type", ""),
    )


def _parameters(header: str) -> dict[str, str]:
    return {
        name.lower(): re.sub(r"\\(.)", r"\1", quoted) if quoted else bare
        for name, quoted, bare in _PARAMETER.findall(header)
    }
