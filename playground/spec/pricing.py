"""Dollars from tokens. Knows the catalog's prices, not where the tokens came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from playground.spec import catalog
from playground.spec.catalog import Model, Price

MILLION = Decimal(1_000_000)
SEARCH = Decimal("0.01")
GEO_US = Decimal("1.1")
BATCH = Decimal("0.5")
"""Pricing page, Aug 2026: a web search, inference_geo "us", the batch discount."""
PROMPT = ("input", "cache_read", "cache_write_5m", "cache_write_1h")
"""The kinds of tokens that a prompt has, in the order of their lines."""


BILLED_REFUSALS = frozenset({"bio", "frontier_llm", "reasoning_extraction"})
"""Categories whose refusals are billed even before the first word (release notes, 24
Sep 2026); all others are free there since June, and none is in the middle."""


def is_free(stop_reason: object, details: object, content: object) -> bool:
    """True for a refusal that costs nothing."""
    category = details.get("category") if isinstance(details, Mapping) else None
    free = str(category) not in BILLED_REFUSALS
    return stop_reason == "refusal" and not _has_words(content) and free


def _has_words(content: object) -> bool:
    """Whether anything was written: a mark that a model took over is nothing."""
    blocks = content if isinstance(content, list) else []
    return any(
        not (isinstance(b, dict) and b.get("type") == "fallback") for b in blocks
    )


REPLY, COMPACTION, ADVISOR, DECLINED = "", "compaction", "advisor", "declined"
"""What a share of the tokens went into."""


@dataclass(frozen=True, slots=True)
class Share:
    """What is billed by itself of a request: its counts, in the usage's own keys.

    `path` leads to it in the usage object, `model` ran it; both are empty for the reply
    and `model` also where the reply's ran it.
    """

    what: str
    counts: Mapping[str, Any]
    path: str = ""
    model: str = ""

    def key(self, kind: str) -> str:
        """The name of its rate for a kind of token."""
        return f"{self.path}.{kind}" if self.path else kind


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of tokens: how many, US dollars per million, and what they cost."""

    kind: str
    count: int
    rate: Decimal
    share: Share

    @property
    def dollars(self) -> Decimal:
        return self.count * self.rate / MILLION


Rates = Mapping[str, Decimal]
"""US dollars per million by kind of token, for other shares than the reply behind their
path (`iterations.0.input`); a web search counts as one."""


def served_by(requested: object, message: Mapping[str, Any]) -> Model:
    """The model whose prices hold for the reply: a fallback may have written it.

    The message names it (migration guide of the claude-api skill, Jul 2026). A name
    that is not in the table is some gateway's for what was requested.
    """
    told = catalog.get(message.get("model"))
    return told if told.known else catalog.get(requested)


def shares(usage: Mapping[str, Any]) -> list[Share]:
    """The reply, and the iterations that the counts at the top leave out.

    The counts at the top are the sum of the reply's own iterations. All of `iterations`
    is billed, so what is missing comes on top of them: a compaction (compaction page,
    "Understanding usage", as others quote it, Oct 2026; BetaUsage.iterations in
    anthropic 2.12.0), an advisor, at the prices of its own model (its type there; that
    the top leaves it out is known from trackers of other people only), and a model that
    declined in the middle, before a fallback took over (claude-api skill, Jul 2026: the
    top is only the attempt that made the reply; one that had written nothing is told,
    but free).
    That refusals of three categories cost since 24 Sep 2026 is told of requests, not of
    such attempts.
    """
    told = usage.get("iterations")
    entries = told if isinstance(told, list) else []
    known = {n: each for n, each in enumerate(entries) if isinstance(each, Mapping)}
    own = [e.get("model") for e in known.values() if e.get("type") in _OF_REPLIES]
    found = [Share(REPLY, usage)]
    for n, entry in known.items():
        what = _apart(entry, own[-1] if own else None)
        if what is not None:
            model = "" if what == COMPACTION else str(entry.get("model") or "")
            found.append(Share(what, entry, f"iterations.{n}", model))
    return found


_OF_REPLIES = ("message", "fallback_message")


def _apart(entry: Mapping[str, Any], served: object) -> str | None:
    """What an iteration was for that is not of the reply; None for one that is."""
    kind, model = entry.get("type"), entry.get("model")
    if kind == "compaction":
        return COMPACTION
    if kind == "advisor_message":
        return ADVISOR
    # The reply's is the last one; a name that is missing says nothing.
    known = isinstance(model, str) and isinstance(served, str)
    declined = known and catalog.get(model).id != catalog.get(served).id
    if kind == "message" and declined and _count(entry, "output_tokens"):
        return DECLINED
    return None


def cost(
    model: Model, usage: Mapping[str, Any], *, batch: bool = False
) -> Decimal | None:
    """US dollars for an API `usage` object; None when the model has no known price."""
    found = rates(model, usage, batch=batch)
    return None if found is None else total(lines(usage, found))


def rates(
    model: Model, usage: Mapping[str, Any], *, batch: bool = False
) -> dict[str, Decimal] | None:
    """What each kind of token cost in this request, whose reply the model wrote.

    None when a model that took part has no known price. Long prompts, fast mode, a
    place and batches change prices (pricing page, Aug 2026).
    """
    found = {"web_search": SEARCH * MILLION}
    for share in shares(usage):
        own = catalog.get(share.model) if share.model else model
        read = sum(count for kind, count in _counts(share).items() if kind in PROMPT)
        speed = None if share.what == ADVISOR else usage.get("speed")
        price = price_for(own, read, speed)
        if price is None:
            return None
        factor = BATCH if batch else Decimal(1)
        if usage.get("inference_geo") == "us" and own.inference_geo:
            factor *= GEO_US
        for kind in (*PROMPT, "output"):
            found[share.key(kind)] = getattr(price, kind) * factor
    return found


def lines(usage: Mapping[str, Any], found: Rates) -> list[Line]:
    """Split a usage object by kind, in the order of the prompt; thinking is output.

    First the reply, then the other shares. Counts that are missing, null or no numbers
    are 0. Cache writes without the split by lifetime are 5-minute writes.
    """
    return [
        Line(kind, count, found.get(share.key(kind), Decimal(0)), share)
        for share in shares(usage)
        for kind, count in _counts(share).items()
    ]


def _counts(share: Share) -> dict[str, int]:
    counts = share.counts
    split = counts.get("cache_creation")
    hour = _count(split, "ephemeral_1h_input_tokens")
    written = _count(counts, "cache_creation_input_tokens") - hour
    return {
        "input": _count(counts, "input_tokens"),
        "cache_read": _count(counts, "cache_read_input_tokens"),
        "cache_write_5m": max(_count(split, "ephemeral_5m_input_tokens"), written),
        "cache_write_1h": hour,
        "output": _count(counts, "output_tokens"),
        "web_search": _count(counts.get("server_tool_use"), "web_search_requests"),
    }


def total(found: Iterable[Line]) -> Decimal:
    """US dollars of all lines."""
    return sum((line.dollars for line in found), Decimal(0))


def bounds(
    model: Model, params: Mapping[str, Any], input_tokens: int, max_tokens: int
) -> tuple[Decimal, Decimal] | None:
    """The least (nothing answered) and most (max_tokens answered) in US dollars.

    None when the model has no known price. Nothing is taken to come from the cache.
    `params` are the request's: speed and inference_geo change the price.
    """
    asked = {key: params.get(key) for key in ("speed", "inference_geo")}
    usage = {**asked, "input_tokens": input_tokens}
    low = cost(model, usage)
    high = cost(model, {**usage, "output_tokens": max_tokens})
    return None if low is None or high is None else (low, high)


def price_for(model: Model, prompt_tokens: int, speed: object = None) -> Price | None:
    """The price line for a prompt of that length (uncached + read + written)."""
    if speed == "fast" and model.fast_price:
        return model.fast_price
    if model.long_price_above is not None and prompt_tokens > model.long_price_above:
        return model.long_price
    return model.price


def _count(counts: object, key: str) -> int:
    value = counts.get(key) if isinstance(counts, Mapping) else None
    return value if isinstance(value, int) and value > 0 else 0
