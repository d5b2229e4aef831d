"""Numbers in words for the screen: tokens, dollars, bytes, seconds."""

from decimal import Decimal
from typing import Any

from conversations import figures
from conversations.figures import LEAST, cost, size
from playground.spec import pricing

__all__ = [
    "LEAST",
    "cost",
    "counted",
    "dollars",
    "number",
    "output_tokens",
    "prompt_tokens",
    "seconds",
    "size",
    "tokens_apart",
]


def number(value: object) -> str:
    """Return `5,944`; a dash for what is no whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "–"


def counted(value: int, noun: str) -> str:
    """Return `1 token`, `5,944 tokens`."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def dollars(value: Decimal | None) -> str:
    """Return US dollars as everywhere; "unknown" for None."""
    return "unknown" if value is None else figures.dollars(value)


def seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f} s" if value < 10 else f"{value:,.0f} s"


def prompt_tokens(usage: Any) -> int | None:
    """Return all input tokens of a usage object, cached ones included."""
    return figures.tokens_in(usage) if isinstance(usage, dict) else None


def output_tokens(usage: Any) -> int | None:
    value = usage.get("output_tokens") if isinstance(usage, dict) else None
    return value if isinstance(value, int) else None


def tokens_apart(usage: Any) -> int:
    """Return the tokens, in and out, that are billed beside those of the reply."""
    if not isinstance(usage, dict):
        return 0
    apart = pricing.shares(usage)[1:]
    return sum(
        figures.tokens_in(s.counts) + figures.tokens_out(s.counts) for s in apart
    )
