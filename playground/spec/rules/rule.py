"""What a rule is and what it is given: the decorator, `Message` and `Request`.

A rule about one message may read its text; a rule about the request sees summaries.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any, Generic, TypeGuard, TypeVar

from playground.spec import catalog, shapes, tokens
from playground.spec.rules import keys
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.summary import Summary

DEFAULT_VERSION = "2026-10-21"
"""The anthropic-version that the SDK sends unless it is told otherwise."""

LONG_BATCH_BETA = "output-300k-2026-03-24"
"""Lets requests of a batch have longer answers (batch-processing page, 2026)."""

Subject = TypeVar("Subject")


@dataclass(frozen=True, slots=True)
class Rule(Generic[Subject]):
    """A named check, the source of its claim and when that was last confirmed."""

    name: str
    find: Callable[[Subject], Iterable[Problem]]
    source: str
    checked: str
    counting: bool = True
    """Whether count_tokens makes this check as well."""

    @property
    def claim(self) -> str:
        """What the rule wants, in a sentence."""
        return " ".join((self.find.__doc__ or "").partition("\n\n")[0].split())

    def __call__(self, subject: Subject) -> Iterator[Problem]:
        for problem in self.find(subject):
            yield replace(problem, rule=self.name)


class RequestRule(Rule["Request"]):
    """A rule over a whole request, which sees no text."""


class MessageRule(Rule["Message"]):
    """A rule over one message and its text; paths start at the message.

    An API message that begins with "messages.N" gets the place of the message later.
    """


def rule(
    source: str, checked: str, *, counting: bool = True
) -> Callable[[Callable[["Request"], Iterable[Problem]]], RequestRule]:
    """Make a function a rule over requests."""
    return lambda find: RequestRule(find.__name__, find, source, checked, counting)


def message_rule(
    source: str, checked: str
) -> Callable[[Callable[["Message"], Iterable[Problem]]], MessageRule]:
    """Make a function a rule over single messages."""
    return lambda find: MessageRule(find.__name__, find, source, checked)


@dataclass(frozen=True)
class Message:
    """One message as typed: any JSON value."""

    given: object

    @property
    def body(self) -> dict[str, Any]:
        return as_dict(self.given)

    @property
    def role(self) -> str:
        role = self.body.get("role")
        return role if isinstance(role, str) else ""

    @cached_property
    def blocks(self) -> list[tuple[int, dict[str, Any]]]:
        """The content blocks that are objects, with their places; none for text."""
        return [(i, b) for i, b in each_dict(self.body.get("content"))]

    @cached_property
    def nested(self) -> list[tuple[str, dict[str, Any]]]:
        """Every block with its path, those inside of results after their parent."""
        return list(_nested("", self.given))

    @cached_property
    def misfits(self) -> list[tuple[shapes.Misfit, shapes.Lifted]]:
        """Where it is not of its role's type, and whether a beta would lift that."""
        if self.role not in ("user", "assistant", "system"):
            return []
        shape: Any = self.role
        found = shapes.message_misfits(self.body, shape)
        wider = shapes.message_misfits(self.body, shape, beta=True) if found else []
        return [
            (misfit, lifted)
            for misfit, lifted in shapes.lifted(found, wider)
            if not self._is_of_other_role(misfit)
        ]

    def _is_of_other_role(self, misfit: shapes.Misfit) -> bool:
        """Whether it is in a block that a system turn does not take as a whole."""
        parts = misfit.path.split(".")
        if self.role != "system" or parts[0] != "content" or len(parts) < 2:
            return False
        block = as_dict(dict(self.blocks).get(int(parts[1])))
        return as_text(block.get("type")) in keys.BLOCKS - {"text"}

    @cached_property
    def texts(self) -> list[tuple[str, str]]:
        """Top-level text with its path; text content has the path "content"."""
        content = self.body.get("content")
        if isinstance(content, str):
            return [("content", content)]
        return [
            (f"content.{i}", block["text"])
            for i, block in self.blocks
            if block.get("type") == "text" and isinstance(block.get("text"), str)
        ]


@dataclass(frozen=True)
class Request:
    """A request without its text. Typed by a person: any value may be of any type."""

    params: Mapping[str, Any]
    headers: Mapping[str, Any]
    summaries: Sequence[Summary]
    today: date
    counting: bool = False
    batched: bool = False
    model: catalog.Model = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "model", catalog.get(self.params.get("model")))

    @cached_property
    def version(self) -> str:
        return self._header("anthropic-version") or DEFAULT_VERSION

    @cached_property
    def betas(self) -> frozenset[str]:
        parts = self._header("anthropic-beta").split(",")
        return frozenset(part.strip() for part in parts if part.strip())

    def has_beta(self, key: str) -> bool:
        """Whether a beta header is given that may turn this on."""
        wanted = keys.BETAS.get(key) or keys.LIKELY_BETAS.get(key, ("",))
        return any(beta.startswith(wanted) for beta in self.betas)

    def _header(self, name: str) -> str:
        for key, value in self.headers.items():
            if isinstance(key, str) and key.lower() == name and isinstance(value, str):
                return value
        return ""

    @cached_property
    def thinking(self) -> dict[str, Any]:
        return as_dict(self.params.get("thinking"))

    @cached_property
    def thinking_type(self) -> str:
        """The type asked for; empty when the field is absent or no text."""
        return as_text(self.thinking.get("type"))

    @cached_property
    def thinks(self) -> bool:
        """Whether the model will think with these params."""
        if self.thinking_type:
            return self.thinking_type in ("adaptive", "enabled")
        return self.model.thinking_default == "on"

    @cached_property
    def output_config(self) -> dict[str, Any]:
        return as_dict(self.params.get("output_config"))

    @cached_property
    def effort(self) -> str:
        return as_text(self.output_config.get("effort"))

    @cached_property
    def tool_choice(self) -> str:
        return as_text(as_dict(self.params.get("tool_choice")).get("type"))

    def longest(self, model: catalog.Model) -> int:
        """The tokens of that model's longest answer to such a request."""
        if self.batched and LONG_BATCH_BETA in self.betas:
            return max(model.max_output, model.batch_output)
        return model.max_output

    @property
    def final(self) -> Summary | None:
        return self.summaries[-1] if self.summaries else None

    @property
    def final_path(self) -> str:
        return f"messages.{len(self.summaries) - 1}"

    @cached_property
    def findings(self) -> dict[str, list[Problem]]:
        """The messages' own findings by rule, their paths made whole."""
        found: dict[str, list[Problem]] = {}
        for n, summary in self.notable:
            for problem in summary.findings:
                found.setdefault(problem.rule, []).append(_placed(problem, n))
        return found

    @cached_property
    def notable(self) -> list[tuple[int, Summary]]:
        """Places and summaries of all messages but plain text of user and assistant.

        Most rules look at these only, so that long conversations stay cheap.
        """
        return [(n, each) for n, each in enumerate(self.summaries) if not each.plain]

    @cached_property
    def estimate(self) -> tokens.Estimate:
        """The tokens of the whole prompt."""
        return tokens.request_tokens(self.params, self.summaries)

    @property
    def prompt_tokens(self) -> int:
        return self.estimate.total

    @cached_property
    def unless_beta(self) -> list[tuple[Problem, str]]:
        """What of the messages only a beta header allows, paths made whole."""
        return [
            (_placed(problem, n), key)
            for n, summary in self.notable
            for problem, key in summary.unless_beta
        ]

    def refuse(
        self, of: str, path: str, api_message: str, explanation: str, *fixes: Fix
    ) -> Problem:
        """An error that follows from the field `of` of the model's row.

        A warning instead when the model is unknown or that field is unverified.
        """
        if self.model.known and of not in self.model.unverified:
            return Problem(path, "error", api_message, explanation, fixes)
        doubt = f" This is not confirmed for {self.model.name}."
        return Problem(path, "warning", api_message, explanation + doubt, fixes)


def _nested(path: str, holder: object) -> Iterator[tuple[str, dict[str, Any]]]:
    for i, block in each_dict(as_dict(holder).get("content")):
        place = f"{path}content.{i}"
        yield place, block
        if block.get("type") in ("tool_result", "search_result"):
            yield from _nested(f"{place}.", block)


def _placed(problem: Problem, n: int) -> Problem:
    path = f"messages.{n}.{problem.path}" if problem.path else f"messages.{n}"
    text = problem.api_message
    if text.startswith("messages.N"):
        text = f"messages.{n}{text.removeprefix('messages.N')}"
    return replace(problem, path=path, api_message=text)


def as_dict(value: object) -> dict[str, Any]:
    """The value if it is an object, else an empty one."""
    return value if isinstance(value, dict) else {}


def as_text(value: object) -> str:
    """The value if it is text, else the empty text."""
    return value if isinstance(value, str) else ""


def each_dict(value: object) -> Iterator[tuple[int, dict[str, Any]]]:
    """The objects of a list with their places; nothing for anything else."""
    if isinstance(value, list):
        yield from ((i, each) for i, each in enumerate(value) if isinstance(each, dict))


def is_number(value: object) -> TypeGuard[int]:
    """Whether JSON calls it a whole number: true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)
