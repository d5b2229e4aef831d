"""Problem and Fix: what a rule says. Plain values that know no rule and no model."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, slots=True)
class Fix:
    """A change that removes a problem: a function of `spec.fixes` and its arguments."""

    name: str
    label: str
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the API would refuse ("error"), do silently ("warning") or soon do ("note").

    `path` leads to the place in the request body ("messages.3.content.1",
    "max_tokens"). `api_message` is the API's own wording, empty unless an error;
    `explanation` says it in plain words. `rule` is the name of the rule's function.
    """

    path: str
    severity: Severity
    api_message: str
    explanation: str
    fixes: tuple[Fix, ...] = ()
    status: int = 400
    error_type: str = "invalid_request_error"
    rule: str = ""

    def as_json(self) -> dict[str, Any]:
        """A dict of JSON values, without what is default."""
        return {
            "path": self.path,
            "severity": self.severity,
            "api_message": self.api_message,
            "explanation": self.explanation,
            "rule": self.rule,
            "fixes": [[f.name, f.label, dict(f.arguments)] for f in self.fixes],
        }

    @classmethod
    def from_json(cls, stored: Mapping[str, Any]) -> "Problem":
        """The counterpart of `as_json`."""
        fixes = tuple(Fix(*parts) for parts in stored["fixes"])
        return cls(**{**stored, "fixes": fixes})
