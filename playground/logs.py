"""Log lines: one event a line, each with the id of the request it belongs to.

Ids are made here and never taken from outside, so that nobody can write into the
lines of another request.
"""

import logging
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

NO_REQUEST = "-"
request_id: ContextVar[str] = ContextVar("request_id", default=NO_REQUEST)


@contextmanager
def request() -> Iterator[str]:
    """Everything logged inside carries one id: the one there is, or a new one."""
    name = request_id.get()
    if name != NO_REQUEST:
        yield name
        return
    name = uuid.uuid4().hex[:12]
    token = request_id.set(name)
    try:
        yield name
    finally:
        request_id.reset(token)


class RequestIdFilter(logging.Filter):
    """Gives every record a `request_id`."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class LineFormatter(logging.Formatter):
    """Keeps a message on its line, whatever text from outside is in it.

    Tracebacks follow on lines of their own.
    """

    def formatMessage(self, record: logging.LogRecord) -> str:
        line = super().formatMessage(record)
        return "".join(
            character if character.isprintable() else ascii(character)[1:-1]
            for character in line
        )
