"""A revision as a request: body, headers, and which turn each path comes from.

Used by preview, count, send and export. Image references become base64 only here, at
the last moment; rules and estimates read summaries, never text.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from functools import cache
from secrets import token_hex
from typing import Any, TypeVar
from uuid import UUID

from conversations import images, renditions
from conversations.models import Conversation, Image, Revision, Run, Turn
from conversations.models.image import references
from conversations.models.json import wire
from conversations.renditions import Sent
from playground.spec import catalog, pricing, rules, tokens
from playground.spec.rules import Problem, Summary

from . import params, replies, sources, turns
from .replies import Past


@dataclass(frozen=True, slots=True)
class Origin:
    """What a path of the body belongs to on the screen; None where it does not."""

    slot: str | None = None
    block: int | None = None
    param: str | None = None


@dataclass(frozen=True, slots=True)
class Outline:
    """All that rules and estimates need of a request: no text, no image bytes.

    `slots` names the slot of each message; muted turns have none. `params` are those
    of the body, the `override` merged into them. `refused` are paths that do not go.
    `past` tells where each turn comes from, as far as it matters at the `endpoint`.
    """

    params: dict[str, Any]
    headers: dict[str, str]
    slots: list[str]
    summaries: list[Summary]
    refused: tuple[str, ...] = ()
    override: dict[str, Any] = field(default_factory=dict)
    endpoint: str = ""
    past: Sequence[Past] = ()

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
        return self._body(cache(sources.encoded))

    def body_bytes(self) -> bytes:
        """Return the bytes that go over the wire: JSON, nothing repaired, and what the
        API wrote as it wrote it."""
        return b"".join(sources.written(self.pieces()))

    def pieces(self) -> list[sources.Piece]:
        """Return the same bytes with images still to be read, for `sources.written`:
        however many there are, no more than one piece of one is in memory then."""
        images, mark = [], token_hex()

        def marked(sent: Sent) -> str:
            images.append(sent)
            return mark

        first, *rest = wire(self._body(marked)).split(mark.encode())
        found: list[sources.Piece] = [first]
        for sent, after in zip(images, rest, strict=True):
            found += [sent, after]
        return found

    def preview(self) -> str:
        """Return the body for reading: indented, images abbreviated."""
        body = self._body(sources.abbreviated)
        return json.dumps(body, ensure_ascii=False, indent=2)

    def hashes(self) -> dict[str, str]:
        """Return the SHA-256 of every image as it is sent, by its id; that of a
        rendition by id and longest side: `7@2000`."""
        found = {}
        for source in references(self.messages):
            image = images.of_source(source, self.images)
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

        messages = sources.replaced(self.messages, self.images, source)
        return assemble(self.params, messages)


def assemble(sent: Mapping[str, Any], messages: object) -> dict[str, Any]:
    """Put messages where people expect them: after the params, before `stream`."""
    return {**sent, "messages": messages, "stream": True}


Made = TypeVar("Made", bound=Outline)


def build(revision: Revision) -> Payload:
    """Return what the revision would send. A fixed number of queries."""
    loaded = revision.load_sent()
    return of_turns(revision.conversation, revision.params, loaded)


def of_run(run: Run) -> Payload:
    """Return what the run sent, from the values that it kept."""
    rows = Turn.objects.in_bulk(run.turns)
    made = _payload(run.conversation_id, {}, [rows[pk] for pk in run.turns])
    headers, override = dict(run.headers), run.override or {}
    return replace(made, params=run.params, headers=headers, override=override)


def outline(revision: Revision) -> Outline:
    """Return what rules and estimates need, reading only turns not read before."""
    entries = [entry for entry in revision.entries if not entry.muted]
    parts = params.split(revision.params)
    pk = revision.conversation_id
    found = turns.of(pk, [entry.turn for entry in entries], revision.load)
    known = [(entry.turn, found[entry.turn]) for entry in entries]
    return Outline(
        parts.body,
        parts.headers,
        [entry.slot for entry in entries],
        [each.summary for _, each in known],
        parts.refused,
        parts.override,
        revision.conversation.endpoint,
        replies.past(pk, known),
    )


def of_turns(
    conversation: Conversation, saved: Mapping[str, Any], loaded: Sequence[Turn]
) -> Payload:
    """Return what params as a revision keeps them and these turns would send."""
    made = _payload(conversation.pk, saved, loaded)
    known = [(t.pk, turns.read(conversation.pk, t, made.images)) for t in loaded]
    past = replies.past(conversation.pk, known)
    return replace(made, endpoint=conversation.endpoint, past=past)


def _payload(
    conversation: UUID, saved: Mapping[str, Any], loaded: Sequence[Turn]
) -> Payload:
    shown = images.used_by(loaded)
    parts = params.split(saved)
    return Payload(
        parts.body,
        parts.headers,
        [turn.slot for turn in loaded],
        [turns.read(conversation, turn, shown).summary for turn in loaded],
        parts.refused,
        parts.override,
        messages=[turns.as_message(turn, shown) for turn in loaded],
        images=shown,
    )


def with_params(made: Made, saved: Mapping[str, Any]) -> Made:
    """Return the same messages with other params, as a revision keeps them."""
    parts = params.split(saved)
    return replace(
        made,
        params=parts.body,
        headers=parts.headers,
        refused=parts.refused,
        override=parts.override,
    )


def forget(conversation: UUID) -> None:
    """Drop what is kept of the conversation's turns, after a rollback."""
    turns.forget(conversation)
    replies.forget(conversation)


def check(made: Outline, more: Sequence[Mapping[str, Any]] = ()) -> list[Problem]:
    """Return what the API would refuse or punish, the first error first, with `more`
    messages that are still being typed."""
    sent = {**made.params, "stream": True}
    told = replies.told(made.summaries, made.past, made.params, made.endpoint)
    summaries = [*told, *(rules.summarise(message) for message in more)]
    found = rules.check(sent, made.headers, summaries)
    return [*map(_unsent, made.refused), *found]


def _unsent(path: str) -> Problem:
    where, _, name = path.partition(".")
    said = f"“{name}” cannot be overridden, so it is sent as the page shows it."
    if path == params.EXTRA_BODY:
        said = "The override is no JSON object, so nothing of it is sent."
    if where == params.EXTRA_HEADERS:
        said = (
            f"The header {name!r} is not sent: only anthropic-version and "
            "anthropic-beta can be set here, as plain text."
        )
    return Problem(path, "error", "", said, rule=f"sendable_{where}")


def refusals(problems: Iterable[Problem]) -> list[Problem]:
    """Return those that stop a send until somebody says *Send anyway*."""
    return [problem for problem in problems if problem.severity == "error"]


@dataclass(frozen=True, slots=True)
class Estimate:
    """Tokens and US dollars before sending. Costs may be unknown."""

    input: tokens.Estimate
    max_output: int
    low: Decimal | None
    high: Decimal | None
    counted: int | None = None
    """All input tokens, where an endpoint has counted them."""

    @property
    def total(self) -> int:
        """All input tokens: counted, else estimated here."""
        return self.input.total if self.counted is None else self.counted


def estimate(
    made: Outline,
    more: Sequence[Mapping[str, Any]] = (),
    counted: int | None = None,
) -> Estimate:
    """Estimate the request, with `more` messages that are still being typed.

    `counted` are its input tokens if an endpoint has counted them.
    """
    summaries = [*made.summaries, *(rules.summarise(message) for message in more)]
    total = tokens.request_tokens(made.params, summaries)
    limit = made.params.get("max_tokens")
    most = limit if isinstance(limit, int) and not isinstance(limit, bool) else 0
    most = max(0, min(most, made.model.max_output))
    count = total.total if counted is None else counted
    low, high = pricing.bounds(made.model, made.params, count, most) or (None, None)
    return Estimate(total, most, low, high, counted)
