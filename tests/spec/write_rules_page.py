"""Writes docs/rules.md from the rules and the cases that check them."""

from pathlib import Path

from playground.spec.rules_page import Example, page
from tests.spec.rules.case import TODAY
from tests.spec.rules.test_rules import CASES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def written() -> str:
    examples: dict[str, Example] = {}
    for case in CASES:
        examples.setdefault(case.rule, Example(case.bad, case.headers))
    return page(examples, TODAY)


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
