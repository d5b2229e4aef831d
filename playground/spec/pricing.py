"""Dollars from tokens. Knows the catalog's prices, not where the tokens came from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

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
    return stop_reason == "refusal" and not content and free


@dataclass(frozen=True, slots=True)
class Line:
    """One kind of tokens: how many, US dollars per million, and what they cost."""

    kind: str
    count: int
    rate: Decimal

    @property
    def dollars(self) -> Decimal:
        return self.count * self.rate / MILLION


Rates = Mapping[str, Decimal]
"""US dollars per million by kind of token; a web search counts as one."""


def cost(
    model: Model, usage: Mapping[str, Any], *, batch: bool = False
) -> Decimal | None:
    """US dollars for an API `usage` object; None when the model has no known price."""
    found = rates(model, usage, batch=batch)
    return None if found is None else total(lines(usage, found))


def rates(
    model: Model, usage: Mapping[str, Any], *, batch: bool = False
) -> dict[str, Decimal] | None:
    """What each kind of token cost in this request; None without a known price.

    Long prompts, fast mode, a place and batches change them (pricing page, Aug 2026).
    """
    read = sum(line.count for line in lines(usage, {}) if line.kind in PROMPT)
    price = price_for(model, read, usage.get("speed"))
    if price is None:
        return None
    factor = BATCH if batch else Decimal(1)
    if usage.get("inference_geo") == "us" and model.inference_geo:
        factor *= GEO_US
    found = {kind: getattr(price, kind) * factor for kind in (*PROMPT, "output")}
    return {**found, "web_search": SEARCH * MILLION}


def lines(usage: Mapping[str, Any], found: Rates) -> list[Line]:
    """Split a usage object by kind, in the order of the prompt; thinking is output.

    Counts that are missing, null or no numbers are 0. Cache writes without the split
    by lifetime are 5-minute writes.
    """
    split = usage.get("cache_creation")
    hour = _count(split, "ephemeral_1h_input_tokens")
    written = _count(usage, "cache_creation_input_tokens") - hour
    counts = {
        "input": _count(usage, "input_tokens"),
        "cache_read": _count(usage, "cache_read_input_tokens"),
        "cache_write_5m": max(_count(split, "ephemeral_5m_input_tokens"), written),
        "cache_write_1h": hour,
        "output": _count(usage, "output_tokens"),
        "web_search": _count(usage.get("server_tool_use"), "web_search_requests"),
    }
    return [Line(k, count, found.get(k, Decimal(0))) for k, count in counts.items()]


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
