"""A case: what breaks a rule, what is said then, and the nearest that is fine."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from playground.spec.rules import Problem, check_body

TODAY = date(2026, 11, 20)


@dataclass(frozen=True)
class Case:
    rule: str
    bad: Any
    path: str
    api_message: str
    good: Any
    severity: str = "error"
    headers: Mapping[str, str] = field(default_factory=dict)
    good_headers: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.rule


def found(body: Any, headers: Mapping[str, str], rule: str) -> list[Problem]:
    """The problems that one rule finds."""
    problems = check_body(body, headers, today=TODAY)
    return [problem for problem in problems if problem.rule == rule]
