"""Writes docs/rules.md, and the examples of the page in the app, from the rules and
the cases that check them."""

import json
from pathlib import Path

from playground.spec.rules_page import EXAMPLES, Example, page, told
from tests.spec.rules.case import TODAY
from tests.spec.rules.test_rules import CASES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def examples() -> dict[str, Example]:
    found: dict[str, Example] = {}
    for case in CASES:
        found.setdefault(case.rule, Example(case.bad, case.headers))
    return found


def written() -> str:
    return page(examples(), TODAY)


def kept() -> str:
    return json.dumps(told(examples(), TODAY), indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
    EXAMPLES.write_text(kept(), encoding="utf-8")
