"""The text of a run as HTML while it streams, formatted once for all who watch.

Knows no viewer: what is new is handed to them by the hub.
"""

from time import thread_time
from typing import Any

from conversations.formatting import Continued

# An open block is formatted anew when it has grown by this part of itself. So one long
# block, which costs its whole length each time, is formatted more rarely.
GROWTH = 32
# Seconds of work for one look at an open block, which hold up every stream. One that
# takes longer, a very long list for instance, is formatted when the reply has ended.
DEAREST = 0.1


class Formatted:
    """The text of one block as HTML, as far as it has been formatted.

    `behind`: the text of the turn that it continues, whose finished blocks the page
    has; those that come go on with its last one.
    """

    def __init__(self, behind: Continued | None = None) -> None:
        self._growing = behind or Continued("")
        self._new: list[str] = []
        self._done: list[str] = []
        self._open = ""
        self._fed = self._upto = 0  # in the browser's units
        self._is_dear = False

    def feed(self, text: str) -> None:
        self._new.append(text)  # read when it is looked at: this is done for each token

    @property
    def is_due(self) -> bool:
        self._read()
        new = self._fed - self._upto
        return new > 0 and new * GROWTH >= len(self._open) and not self._is_dear

    def take(self) -> dict[str, Any]:
        """Format what is open. Returns what is new: the HTML of blocks that are done,
        that of the open one, and up to which unit of the text that reaches."""
        self._read()
        began = thread_time()
        grown = self._growing.take()
        self._is_dear = not grown.done and thread_time() - began > DEAREST
        self._open, self._upto = grown.open, self._fed
        if grown.done:
            self._done.append(grown.done)
        return {"done": grown.done, "open": grown.open, "upto": self._upto}

    def whole(self) -> dict[str, Any]:
        """Return the same for somebody who has seen nothing of it."""
        done = "".join(self._done)
        return {"done": done, "open": self._open, "upto": self._upto}

    def _read(self) -> None:
        text = "".join(self._new)
        self._new.clear()
        self._growing.feed(text)
        self._fed += units(text)


def units(text: str) -> int:
    """Return how long a browser takes the text to be: in units of UTF-16."""
    if text.isascii():
        return len(text)
    return len(text.encode("utf-16-le", "surrogatepass")) // 2
