"""What is remembered of turns, runs and heads, which never change, while there is room.

Requests are answered on several threads, and a dictionary in order breaks where one
of them looks through it while another one puts something in.
"""

from collections import OrderedDict
from threading import Lock
from typing import Generic, TypeVar
from uuid import UUID

Part = TypeVar("Part")
Value = TypeVar("Value")


class Memory(Generic[Part, Value]):
    """Values by conversation and part of it; beyond `most`, the oldest are dropped."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[tuple[UUID, Part], Value] = OrderedDict()
        self._lock = Lock()

    def get(self, conversation: UUID, part: Part) -> Value | None:
        with self._lock:
            return self._kept.get((conversation, part))

    def keep(self, conversation: UUID, part: Part, value: Value) -> None:
        with self._lock:
            self._kept[conversation, part] = value
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, conversation: UUID) -> None:
        """Drop what is kept of the conversation.

        For a transaction that was taken back: SQLite gives the numbers of its turns
        to the next ones.
        """
        with self._lock:
            for key in [key for key in self._kept if key[0] == conversation]:
                del self._kept[key]
