import logging
import re

import pytest

from playground import logs


def line(message: str, *arguments: object) -> str:
    record = logging.LogRecord("site", logging.INFO, "", 1, message, arguments, None)
    logs.RequestIdFilter().filter(record)
    return logs.LineFormatter("%(request_id)s %(message)s").format(record)


def test_lines_outside_of_requests_say_so() -> None:
    assert line("started") == "- started"


def test_lines_of_one_request_share_its_id() -> None:
    with logs.request() as outer, logs.request() as inner:
        assert outer == inner
        assert line("hello") == f"{outer} hello"
    assert re.fullmatch("[0-9a-f]{12}", outer)
    assert line("afterwards") == "- afterwards"


@pytest.mark.parametrize("ending", ["\n", "\r", "\x1b[2J", "\u2028", "\x85"])
def test_text_from_outside_cannot_begin_a_line_of_its_own(ending: str) -> None:
    shown = line("GET %s", f"/x{ending}2026 forged")
    assert shown.isprintable()
    assert len(shown.splitlines()) == 1
