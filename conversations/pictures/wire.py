"""Messages between the server and its worker: JSON with bytes behind, over a pipe.

JSON and never pickle: who subverts the worker must not reach the server."""

import json
import struct
from io import RawIOBase
from typing import Any

# Lengths of the JSON and of the bytes that follow.
_HEADER = struct.Struct(">II")
# More than any master with its facts.
LONGEST = 16_000_000


def send(pipe: RawIOBase, message: dict[str, Any], data: bytes = b"") -> None:
    """Write one message whole. Raises OSError when nobody reads any more."""
    text = json.dumps(message).encode()
    rest = memoryview(_HEADER.pack(len(text), len(data)) + text + data)
    while rest:
        rest = rest[pipe.write(rest) or 0 :]


def receive(pipe: RawIOBase) -> tuple[dict[str, Any], bytes]:
    """Read one message whole. Raises EOFError at the end, ValueError on nonsense."""
    text, data = _HEADER.unpack(_exactly(pipe, _HEADER.size))
    if text + data > LONGEST:
        raise ValueError(f"a message of {text + data} bytes")
    message = json.loads(_exactly(pipe, text))
    if not isinstance(message, dict):
        raise ValueError("a message that is no object")
    return message, _exactly(pipe, data)


def _exactly(pipe: RawIOBase, length: int) -> bytes:
    received = bytearray()
    while len(received) < length:
        part = pipe.read(length - len(received))
        if not part:
            raise EOFError(f"{len(received)} of {length} bytes")
        received += part
    return bytes(received)
