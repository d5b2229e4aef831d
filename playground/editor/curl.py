"""A request as a curl command for a shell: the key stays in a variable there."""

import shlex
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit, urlunsplit

from playground.claude.endpoints import ANTHROPIC_URL, Endpoint
from playground.payload import sources
from playground.payload.sources import Piece

LONGEST = 30_000  # bytes of a body in a command; a shell takes about 128,000
FILE = "request.json"


def command(url: str, headers: Mapping[str, str], pieces: Sequence[Piece]) -> str:
    """Return the command. A body that is long or has images is read from FILE, which
    is to be downloaded first: `needs_file`."""
    lines = [
        f"curl -N {shlex.quote(url)}",
        '-H "x-api-key: $ANTHROPIC_API_KEY"',
        "-H 'content-type: application/json'",
        *(f"-H {shlex.quote(f'{name}: {value}')}" for name, value in headers.items()),
    ]
    if needs_file(pieces):
        lines.append(f"--data-binary @{FILE}")
    else:
        body = b"".join(each for each in pieces if isinstance(each, bytes))
        lines.append(f"--data-raw {shlex.quote(body.decode())}")
    return " \\\n  ".join(lines)


def needs_file(pieces: Sequence[Piece]) -> bool:
    """Whether the command reads the body from a file."""
    return len(pieces) > 1 or sources.length(pieces) > LONGEST


def address(endpoint: Endpoint | None, here: str) -> str:
    """Return where the endpoint takes messages; `here` is this site's own simulator.

    Without the password that an address may carry. Anthropic's where the endpoint is
    not configured any more.
    """
    if endpoint is not None and endpoint.simulated:
        return here
    base = (endpoint.base_url if endpoint else None) or ANTHROPIC_URL
    parts = urlsplit(base)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=host)).rstrip("/") + "/v1/messages"
