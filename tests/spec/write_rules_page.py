"""Writes docs/rules.md, and the examples of the page in the app, from the rules and
the cases that check them."""

import json
from pathlib import Path
from typing import Any

from playground.spec.rules_page import EXAMPLES, Example, page, told
from tests.spec.bodies import body
from tests.spec.rules.case import TODAY
from tests.spec.rules.test_rules import CASES

PAGE = Path(__file__).parents[2] / "docs" / "rules.md"


def examples() -> dict[str, Example]:
    found: dict[str, Example] = {}
    for case in CASES:
        found.setdefault(case.rule, Example(case.bad, case.headers))
    return found | batch_examples()


def batch_examples() -> dict[str, Example]:
    """A batch that breaks each rule of theirs, but for those of its size."""

    def batch(*requests: Any) -> Example:
        return Example({"requests": list(requests)})

    def item(**params: Any) -> dict[str, Any]:
        return {"custom_id": "a", "params": body(**params)}

    return {
        "batch_shape": batch("x"),
        "batch_empty": batch(),
        "batch_custom_id": batch({**item(), "custom_id": "a b"}),
        "batch_custom_id_twice": batch(item(), item()),
        "batch_stream": batch(item(stream=True)),
        "batch_nothing": batch(item(max_tokens=0)),
        "batch_param": batch(item(speed="fast")),
    }


def written() -> str:
    return page(examples(), TODAY)


def kept() -> str:
    return json.dumps(told(examples(), TODAY), indent=1) + "\n"


if __name__ == "__main__":
    PAGE.write_text(written(), encoding="utf-8")
    EXAMPLES.write_text(kept(), encoding="utf-8")
