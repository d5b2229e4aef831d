"""Server-sent events from raw bytes, however they are cut into chunks.

As the HTML standard has it: CR, LF or CRLF end a line, a blank line ends an event,
lines that start with a colon are comments. Knows nothing of what events mean.
"""

import re

_LINE_END = re.compile(rb"\r\n|\n|\r")
_EVENT = re.compile(r"event: ([^\r\n]*)\ndata: ([^\r\n]+)\n\n")


class Splitter:
    """Feed it chunks; it gives back each event as (name, data) when it is complete."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []  # of a line that has not ended
        self._after_cr = False  # a line feed now would belong to that CR
        self._is_first_line = True
        self._name = ""
        self._data: list[bytes] = []

    def feed(self, chunk: bytes) -> list[tuple[str, str]]:
        """The events that this chunk completes, in order."""
        between = not (self._parts or self._data or self._name or self._after_cr)
        if between and (found := _whole(chunk)):
            self._is_first_line = False
            return found
        if self._after_cr and chunk:
            self._after_cr = False
            chunk = chunk.removeprefix(b"\n")
        if b"\r" in chunk:
            self._after_cr = chunk.endswith(b"\r")
            lines = _LINE_END.split(chunk)
        else:
            lines = chunk.split(b"\n")
        events: list[tuple[str, str]] = []
        for line in lines[:-1]:
            if self._parts:
                line = b"".join((*self._parts, line))
                self._parts.clear()
            if self._is_first_line:
                self._is_first_line = False
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line:
                self._field(line)
            else:
                events += self._event()
        if lines[-1]:
            self._parts.append(lines[-1])
        return events

    def rest(self) -> list[tuple[str, str]]:
        """The event that lacked its blank line when the stream ended, if there is one.

        The standard drops it, since it may have been cut; that is the reader's to tell.
        """
        return self.feed(b"\n\n")

    def _field(self, line: bytes) -> None:
        name, _, value = line.partition(b":")
        if name == b"data":
            self._data.append(value.removeprefix(b" "))
        elif name == b"event":
            self._name = value.removeprefix(b" ").decode("utf-8", "replace")

    def _event(self) -> list[tuple[str, str]]:
        name, data = self._name, self._data
        self._name, self._data = "", []
        return [(name, b"\n".join(data).decode("utf-8", "replace"))] if data else []


def _whole(chunk: bytes) -> list[tuple[str, str]] | None:
    """Whole events of a name and one line of data each, else None.

    Nearly all chunks are that, and the price of a token shows in how they are read.
    """
    text = chunk.decode("utf-8", "replace")
    events, at = [], 0
    while at < len(text):
        found = _EVENT.match(text, at)
        if found is None:
            return None
        at = found.end()
        name, data = found.groups()
        events.append((name, data))
    return events
