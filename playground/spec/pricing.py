"""Dollars from tokens. Knows the catalog's prices, not where the tokens came from."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from playground.spec.catalog import Model, Price

MILLION = Decimal(1_000_000)
SEARCH = Decimal("0.01")
GEO_US = Decimal("1.1")
BATCH = Decimal("0.5")
"""Pricing page, Aug 2026: a web search, inference_geo "us", the batch discount."""


def cost(
    model: Model, usage: Mapping[str, Any], *, batch: bool = False
) -> Decimal | None:
    """US dollars for an API `usage` object; None when the model has no known price.

    Counts that are missing, null or no numbers are 0. Cache writes without the split by
    lifetime are 5-minute writes. Formula: pricing page, Aug 2026.
    """
    read = _count(usage, "cache_read_input_tokens")
    written = _count(usage, "cache_creation_input_tokens")
    split = usage.get("cache_creation")
    hour = _count(split, "ephemeral_1h_input_tokens")
    minutes = _count(split, "ephemeral_5m_input_tokens")
    minutes = max(minutes, written - hour)
    fresh = _count(usage, "input_tokens")
    price = price_for(model, fresh + read + minutes + hour, usage.get("speed"))
    if price is None:
        return None
    tokens = (
        fresh * price.input
        + minutes * price.cache_write_5m
        + hour * price.cache_write_1h
        + read * price.cache_read
        + _count(usage, "output_tokens") * price.output
    ) / MILLION
    if batch:
        tokens *= BATCH
    if usage.get("inference_geo") == "us" and model.inference_geo:
        tokens *= GEO_US
    return tokens + _count(usage.get("server_tool_use"), "web_search_requests") * SEARCH


def bounds(
    model: Model, input_tokens: int, max_tokens: int
) -> tuple[Decimal, Decimal] | None:
    """The least (nothing answered) and most (max_tokens answered) in US dollars.

    None when the model has no known price. Nothing is taken to come from the cache.
    """
    low = cost(model, {"input_tokens": input_tokens})
    high = cost(model, {"input_tokens": input_tokens, "output_tokens": max_tokens})
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
