"""A port under way: the body so far, from which model to which, and what was done."""

from dataclasses import dataclass, field
from typing import Any

from playground.spec import fixes
from playground.spec.catalog import Model
from playground.spec.fixes.bodies import blocks_of

Body = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Change:
    """What is different now and why. A path may lead to what is no longer there.

    `made` is False where the body stays as it is and only its effect differs.
    """

    path: str
    explanation: str
    made: bool = True


@dataclass(slots=True)
class Port:
    """A port under way."""

    body: Body
    source: Model
    target: Model
    changes: list[Change] = field(default_factory=list)

    def apply(self, path: str, words: str, fix: str, **arguments: Any) -> None:
        self.body = fixes.apply(fix, self.body, path, **arguments)
        self.changes.append(Change(path, words))

    def note(self, path: str, words: str) -> None:
        self.changes.append(Change(path, words, made=False))

    def config(self, key: str) -> Any:
        held = self.body.get("output_config")
        return held.get(key) if isinstance(held, dict) else None

    @property
    def thinking(self) -> dict[str, Any]:
        held = self.body.get("thinking")
        return held if isinstance(held, dict) else {}

    @property
    def messages(self) -> list[Any]:
        held = self.body.get("messages")
        return held if isinstance(held, list) else []

    @property
    def prefilled(self) -> bool:
        """Whether it ends in an assistant turn, and not in a call without result."""
        last = self.messages[-1] if self.messages else None
        return (
            isinstance(last, dict)
            and last.get("role") == "assistant"
            and not any(
                isinstance(block, dict) and block.get("type") == "tool_use"
                for block in blocks_of(last)
            )
        )

    @property
    def forced(self) -> bool:
        choice = self.body.get("tool_choice")
        return isinstance(choice, dict) and choice.get("type") in ("any", "tool")
