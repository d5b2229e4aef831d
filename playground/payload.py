"""A revision as a request: body, headers, and which turn each path comes from.

Used by preview, count, send and export. Image references become base64 only here, at
the last moment; rules and estimates read summaries, never text.
"""

import base64
import json
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from typing import Any
from uuid import UUID

from conversations import images, renditions
from conversations.models import Entry, Image, Revision, Run, Turn
from conversations.models.image import is_reference, referred
from conversations.models.json import dumps
from conversations.renditions import Sent
from playground.spec import catalog, pricing, rules, tokens
from playground.spec.rules import Problem, Summary

API_VERSION = "2026-10-21"
# The one key of params that is no key of the body: the SDK's own word for it.
EXTRA_HEADERS = "extra_headers"
SENDABLE_HEADERS = ("anthropic-version", "anthropic-beta")
SUMMARIES_KEPT = 20_000  # about a kilobyte each


@dataclass(frozen=True, slots=True)
class Origin:
    """What a path of the body belongs to on the screen; None where it does not."""

    slot: str | None = None
    block: int | None = None
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """All that rules and estimates need of a request: no text, no image bytes.

    `slots` names the slot of each message; muted turns have none.
    """

    params: dict[str, Any]
    headers: dict[str, str]
    slots: list[str]
    summaries: list[Summary]
    refused_headers: tuple[str, ...] = ()

    @property
    def model(self) -> catalog.Model:
        return catalog.get(self.params.get("model"))

    def origin(self, path: str) -> Origin:
        """Map a path such as `messages.3.content.1` to its turn and block."""
        first, *rest = path.split(".")
        if first != "messages":
            return Origin(param=first)
        if not rest or not rest[0].isdigit() or int(rest[0]) >= len(self.slots):
            return Origin(param="messages")
        block = None
        if len(rest) > 2 and rest[1] == "content" and rest[2].isdigit():
            block = int(rest[2])
        return Origin(self.slots[int(rest[0])], block)


@dataclass(frozen=True, slots=True)
class Payload(Outline):
    """Exactly what is sent. `messages` still hold image references."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    images: dict[int, Image] = field(default_factory=dict)

    def body(self) -> dict[str, Any]:
        """Return the request body with every image as base64. Reads files."""
        return self._body(cache(_encode))

    def body_bytes(self) -> bytes:
        """Return the bytes that go over the wire: ASCII JSON, nothing repaired."""
        return dumps(self.body()).encode("ascii")

    def preview(self) -> str:
        """Return the body for reading: indented, images abbreviated."""
        return json.dumps(self._body(_abbreviate), ensure_ascii=False, indent=2)

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of every image as it is sent, by its id; that of a
        rendition by id and longest side: `7@2000`."""
        found = {}
        for source in _references(self.messages):
            image = self.images.get(_id(source))
            if image is not None:
                sent = renditions.of_source(image, source)
                side = f"@{source['max_side']}" if sent.scaled else ""
                found[f"{image.pk}{side}"] = sent.hash
        return found

    def _body(self, data: Callable[[Sent], str]) -> dict[str, Any]:
        def source(image: Image, reference: dict[str, Any]) -> dict[str, Any]:
            sent = renditions.of_source(image, reference)
            return {
                "type": "base64",
                "media_type": sent.media_type,
                "data": data(sent),
            }

        messages = _with_sources(self.messages, self.images, source)
        return assemble(self.params, messages)


def assemble(params: Mapping[str, Any], messages: object) -> dict[str, Any]:
    """Put messages where people expect them: after the params, before `stream`."""
    return {**params, "messages": messages, "stream": True}


def build(revision: Revision) -> Payload:
    """Return what the revision would send. Three queries, whatever its length."""
    turns = [turn for entry, turn in revision.load_turns() if not entry.muted]
    return _payload(revision.conversation_id, revision.params, turns)


def of_run(run: Run) -> Payload:
    """Return what the run sent, from the values that it kept."""
    rows = Turn.objects.in_bulk(run.turns)
    turns = [rows[pk] for pk in run.turns]
    made = _payload(run.conversation_id, run.params, turns)
    return replace(made, headers=dict(run.headers))


def outline(revision: Revision) -> Outline:
    """Return what rules and estimates need, reading only turns not read before."""
    entries = [entry for entry in revision.entries if not entry.muted]
    params, headers, refused = _split(revision.params)
    return Outline(
        params,
        headers,
        [entry.slot for entry in entries],
        _summaries_of(revision.conversation_id, entries),
        refused,
    )


def _payload(
    conversation: UUID, saved: Mapping[str, Any], turns: Sequence[Turn]
) -> Payload:
    shown = images.used_by(turns)
    params, headers, refused = _split(saved)
    return Payload(
        params,
        headers,
        [turn.slot for turn in turns],
        [_summary(conversation, turn, shown) for turn in turns],
        refused,
        messages=[_message(turn, shown) for turn in turns],
        images=shown,
    )


def _split(
    saved: Mapping[str, Any],
) -> tuple[dict[str, Any], dict[str, str], tuple[str, ...]]:
    """Part params into body and headers. Returns the headers that may not go too."""
    params = {key: value for key, value in saved.items() if key != EXTRA_HEADERS}
    headers = {"anthropic-version": API_VERSION}
    refused = []
    extra = saved.get(EXTRA_HEADERS)
    for name, value in extra.items() if isinstance(extra, Mapping) else ():
        if name.lower() in SENDABLE_HEADERS and _is_header_value(value):
            headers[name.lower()] = value
        else:
            refused.append(name)
    return params, headers, tuple(refused)


def _is_header_value(value: object) -> bool:
    return isinstance(value, str) and value.isascii() and value.isprintable()


# Summaries: one a turn, kept as long as there is room, since turns never change.
# The conversation is part of the key because it is unique beyond this database.

_summaries: OrderedDict[tuple[UUID, int], Summary] = OrderedDict()


def _summaries_of(conversation: UUID, entries: Sequence[Entry]) -> list[Summary]:
    found = {
        entry.turn: kept
        for entry in entries
        if (kept := _summaries.get((conversation, entry.turn))) is not None
    }
    missing = [entry.turn for entry in entries if entry.turn not in found]
    if missing:
        turns = Turn.objects.in_bulk(missing)
        shown = images.used_by(turns.values())
        for pk, turn in turns.items():
            found[pk] = _summary(conversation, turn, shown)
    return [found[entry.turn] for entry in entries]


def forget(conversation: UUID) -> None:
    """Drop what is kept of the conversation's turns.

    For a transaction that was taken back: SQLite gives the numbers of its turns to
    the next ones.
    """
    for key in [key for key in list(_summaries) if key[0] == conversation]:
        _summaries.pop(key, None)


def _summary(conversation: UUID, turn: Turn, shown: Mapping[int, Image]) -> Summary:
    key = (conversation, turn.pk)
    known = _summaries.get(key)
    if known is not None:
        return known
    message = _message(turn, shown)
    made = rules.summarise(message)
    if all(_is_settled(source, shown) for source in _references(message)):
        _summaries[key] = made
    while len(_summaries) > SUMMARIES_KEPT:
        _summaries.popitem(last=False)
    return made


def _message(turn: Turn, shown: Mapping[int, Image]) -> dict[str, Any]:
    """The turn as a message whose references say what the rules measure."""
    content = _with_sources(turn.blocks, shown, _sized)
    return {"role": turn.role, "content": content}


def _sized(image: Image, reference: dict[str, Any]) -> dict[str, Any]:
    """The reference with what the rules measure instead of the bytes."""
    sent = renditions.of_source(image, reference)
    if image.pages is not None:
        return {**reference, "pages": image.pages, "bytes": sent.base64_size}
    return {
        **reference,
        "media_type": sent.media_type,
        "width": sent.width,
        "height": sent.height,
        "bytes": sent.base64_size,
    }


def sized(content: Any, shown: Mapping[int, Image]) -> Any:
    """Return content whose references to the images say their sizes."""
    return _with_sources(content, shown, _sized)


def _is_settled(source: dict[str, Any], shown: Mapping[int, Image]) -> bool:
    image = shown.get(_id(source))
    return image is None or renditions.is_settled(image, source.get("max_side"))


def _with_sources(
    value: Any,
    shown: Mapping[int, Image],
    source: Callable[[Image, dict[str, Any]], dict[str, Any]],
) -> Any:
    """Return the value with references to these images replaced, nested ones too."""
    if isinstance(value, list):
        return [_with_sources(item, shown, source) for item in value]
    if not isinstance(value, dict):
        return value
    if is_reference(value):
        image = shown.get(_id(value))
        return value if image is None else source(image, value)
    return {key: _with_sources(item, shown, source) for key, item in value.items()}


def _references(value: Any) -> Iterator[dict[str, Any]]:
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list):
            waiting.extend(value)
        elif isinstance(value, dict):
            if is_reference(value):
                yield value
            else:
                waiting.extend(value.values())


def _id(source: Mapping[str, Any]) -> int:
    """The id that a reference holds; 0, which no image has, where it is none."""
    pk = referred(source)
    return pk if isinstance(pk, int) and not isinstance(pk, bool) else 0


def _encode(sent: Sent) -> str:
    return base64.b64encode(images.path(sent.hash).read_bytes()).decode("ascii")


def _abbreviate(sent: Sent) -> str:
    return f"… {sent.base64_size:,} characters of base64 …"


def check(made: Outline) -> list[Problem]:
    """Return what the API would refuse or punish, the first error first."""
    sent = {**made.params, "stream": True}
    found = rules.check(sent, made.headers, made.summaries)
    headers = [
        Problem(
            path=f"{EXTRA_HEADERS}.{name}",
            severity="error",
            api_message="",
            explanation=f"The header {name!r} is not sent: only anthropic-version "
            "and anthropic-beta can be set here, as plain text.",
            rule="sendable_headers",
        )
        for name in made.refused_headers
    ]
    return headers + found


def refusals(problems: Iterable[Problem]) -> list[Problem]:
    """Return those that stop a send until somebody says *Send anyway*."""
    return [problem for problem in problems if problem.severity == "error"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens and US dollars before sending, estimated here. Costs may be unknown."""

    input: tokens.Estimate
    max_output: int
    low: Decimal | None
    high: Decimal | None


def estimate(made: Outline, more: Sequence[Mapping[str, Any]] = ()) -> Estimate:
    """Estimate the request, with `more` messages that are still being typed."""
    summaries = [*made.summaries, *(rules.summarise(message) for message in more)]
    total = tokens.request_tokens(made.params, summaries)
    limit = made.params.get("max_tokens")
    most = limit if isinstance(limit, int) and not isinstance(limit, bool) else 0
    most = max(0, min(most, made.model.max_output))
    bounds = pricing.bounds(made.model, total.total, most)
    return Estimate(total, most, *(bounds or (None, None)))
