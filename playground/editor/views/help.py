"""Help: every rule that is known, as the rulebook has it."""

from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversations.views.requests import Request
from playground.spec import catalog, rules_page
from playground.spec.rules import Problem
from playground.spec.rules.order import PAGE
from playground.spec.rules.rule import Rule

from .. import text


@dataclass(frozen=True, slots=True)
class Line:
    """One rule with what its example shows, if it has one."""

    name: str
    claim: str
    source: str
    checked: str
    counting: bool
    excerpt: str = ""
    problem: Problem | None = None
    severity: str = ""


@require_safe
def rules(request: Request) -> HttpResponse:
    """The rules by what they are about, in the order in which they are asked."""
    checked: date = catalog.CHECKED
    groups = _groups()
    count = sum(len(lines) for _, lines in groups)
    context = {"groups": groups, "count": count, "checked": checked}
    return render(request, "editor/rules.html", context)


@cache
def _groups() -> list[tuple[str, list[Line]]]:
    kept = rules_page.kept()
    return [
        (title, [_line(rule, kept.get(rule.name)) for rule in group])
        for title, group in PAGE.items()
    ]


def _line(rule: Rule[Any], example: dict[str, Any] | None) -> Line:
    # A template would call the rule itself.
    line = Line(rule.name, rule.claim, rule.source, rule.checked, rule.counting)
    if example is None:
        return line
    problem = Problem.from_json(example["problem"])
    return replace(
        line,
        excerpt=text.shown(example["excerpt"]),
        problem=problem,
        severity=rules_page.SEVERITIES[problem.severity],
    )
