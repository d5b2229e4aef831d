"""Writes the page that lists every rule, with an example of each.

The examples are handed in: they are those that the tests check the rules with.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from playground.spec import catalog
from playground.spec.paths import parts
from playground.spec.rules import Problem, check_batch, check_body
from playground.spec.rules.encoding import HALF
from playground.spec.rules.order import PAGE
from playground.spec.rules.rule import Rule

LONGEST = 240
"""Characters of an example; what is longer is shown in part."""

SEVERITIES = {
    "error": "refused",
    "warning": "silent, or not certain",
    "note": "good to know",
}

EXAMPLES = Path(__file__).parent / "rules" / "examples.json"
_TEXT = 60
_INTRODUCTION = """\
# The rules

What the Messages API refuses, and what it does without saying so, as far as it can be
known before sending. {count} rules, last compared with Anthropic's pages and its SDK on
{checked}. This page is made from the rules themselves: see the end.

A problem is **refused** (the API answers with an error), **silent, or not certain**
(the API does something unexpected, or nobody has confirmed that it refuses), or **good
to know**. Texts marked *assumed* or *unverified* in a source were never seen; what they
stand for was. The rules are asked in the order of this page, so that the first error is
the one that the API would report; that order is an assumption, too.
"""
_END = """\
## How this page is made

`python -m tests.spec.write_rules_page` writes it from `playground/spec/rules` and from
the cases in `tests/spec/rules`; a test fails while it is out of date.
"""


@dataclass(frozen=True, slots=True)
class Example:
    """A body that breaks a rule, and its headers."""

    body: Any
    headers: Mapping[str, str] = field(default_factory=dict)


def page(examples: Mapping[str, Example], today: date) -> str:
    """The page in Markdown. `examples` are by name of rule; some rules have none."""
    count = sum(len(group) for group in PAGE.values())
    checked = f"{catalog.CHECKED.day} {catalog.CHECKED:%B %Y}"
    pieces = [_INTRODUCTION.format(count=count, checked=checked)]
    for title, group in PAGE.items():
        pieces.append(f"## {title}\n")
        for rule in group:
            pieces.append("\n".join(_rule(rule, examples.get(rule.name), today)))
    return "\n".join([*pieces, _END])


def told(examples: Mapping[str, Example], today: date) -> dict[str, dict[str, Any]]:
    """What each example shows, by name of rule: `excerpt` of the body and `problem`.

    Kept beside the rules, since some bodies are large and all belong to the tests.
    """
    found = {}
    for rule in (rule for group in PAGE.values() for rule in group):
        example = examples.get(rule.name)
        problems = [] if example is None else _found(rule, example, today)
        if example is not None and problems:
            problem = problems[0]
            excerpt = _excerpt(problem.path, example)
            said = problem.as_json() | {"status": problem.status}
            said["api_message"] = _shorter(problem.api_message)
            found[rule.name] = {"excerpt": excerpt, "problem": said}
    return found


def kept() -> dict[str, dict[str, Any]]:
    """What `told` said when the examples were last written down."""
    found: dict[str, dict[str, Any]] = json.loads(EXAMPLES.read_text("utf-8"))
    return found


def _rule(rule: Rule[Any], example: Example | None, today: date) -> Iterable[str]:
    yield f"### {rule.name}\n"
    yield f"{rule.claim}\n"
    problems = [] if example is None else _found(rule, example, today)
    if example is not None and problems:
        yield from _shown(problems[0], example)
    asked = "" if rule.counting else " Not asked when counting tokens."
    yield f"Source: {rule.source} (checked {rule.checked}).{asked}\n"


def _found(rule: Rule[Any], example: Example, today: date) -> list[Problem]:
    if isinstance(example.body, dict) and "requests" in example.body:
        requests = example.body["requests"]
        problems = check_batch(requests, example.headers, today=today)
    else:
        problems = check_body(example.body, example.headers, today=today)
    return [problem for problem in problems if problem.rule == rule.name]


def _shown(problem: Problem, example: Example) -> Iterable[str]:
    yield f"- Example: `{_excerpt(problem.path, example)}`"
    yield f"- {SEVERITIES[problem.severity].capitalize()}: {problem.explanation}"
    if problem.api_message:
        yield f"- API ({problem.status}): `` {_shorter(problem.api_message)} ``"
    if problem.fixes:
        labels = "; ".join(f"*{fix.label}*" for fix in problem.fixes)
        yield f"- Fixes: {labels}"
    yield ""


def _excerpt(path: str, example: Example) -> str:
    """What stands at a path, with the path; what is missing is shown by its holder."""
    if path in example.headers:
        return f"{path}: {example.headers[path]}"
    way, value = "", example.body
    for part in parts(path):
        if isinstance(value, dict) and str(part) in value:
            value = value[str(part)]
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            break
        way = f"{way}.{part}" if way else str(part)
    if not way:
        return f"no {path}"
    whole = json.dumps(_brief(value), ensure_ascii=False)
    text = HALF.sub(lambda half: f"\\u{ord(half[0]):04x}", whole)
    shown = f"{way} = {_shorter(text)}" if way else _shorter(text)
    return shown.replace("`", "'")


def _brief(value: Any) -> Any:
    if isinstance(value, str):
        return value if len(value) <= _TEXT else f"{value[:_TEXT]}…"
    if isinstance(value, list):
        return [_brief(each) for each in value[:4]] + (["…"] if len(value) > 4 else [])
    if isinstance(value, dict):
        few = list(value.items())[:6]
        rest = {"…": "…"} if len(value) > 6 else {}
        return {key: _brief(each) for key, each in few} | rest
    return value


def _shorter(text: str) -> str:
    text = re.sub(r"\s+", " ", text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
