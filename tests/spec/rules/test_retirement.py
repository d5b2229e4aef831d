"""What the rules say of a model that may go any day."""

from datetime import date

import pytest

from playground.spec import catalog
from playground.spec.rules import check


@pytest.mark.parametrize(
    ("today", "words"),
    [
        (date(2026, 10, 1), "soon: all that Anthropic promises is not before 15 Oct"),
        (date(2026, 11, 23), "any day: Anthropic promised it only until 15 Oct 2026."),
    ],
)
def test_a_promise_that_has_run_out_is_said_to_be_over(today: date, words: str) -> None:
    assert catalog.get("claude-haiku-4-5").retires_not_before == date(2026, 10, 15)
    found = check({"model": "claude-haiku-4-5", "max_tokens": 1}, {}, [], today=today)
    told = [p.explanation for p in found if p.rule.endswith("retires_soon")]
    assert len(told) == 1
    assert words in told[0]
