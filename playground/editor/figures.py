"""Numbers in words for the screen: tokens, dollars, bytes, seconds."""

from decimal import Decimal
from typing import Any

LEAST = Decimal("0.0001")  # dollars; what is below is said to be below


def number(value: object) -> str:
    """Return `5,944`; a dash for what is no whole number."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    return "–"


def counted(value: int, noun: str) -> str:
    """Return `1 token`, `5,944 tokens`."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def dollars(value: Decimal | None) -> str:
    """Return US dollars: $1.20, $0.0044, under $0.0001; "unknown" for None."""
    if value is None:
        return "unknown"
    if value == 0:
        return "$0"
    if value >= 1:
        return f"${value:,.2f}"
    if value < LEAST:
        return f"under ${LEAST}"
    return f"${value:.4f}"


def size(value: int) -> str:
    """Return bytes as a person reads them: `640 kB`, `3.9 MB`."""
    if value < 1000:
        return f"{value} bytes"
    if value < 1_000_000:
        return f"{value / 1000:.0f} kB"
    return f"{value / 1_000_000:.1f} MB"


def seconds(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.2f} s" if value < 10 else f"{value:,.0f} s"


def prompt_tokens(usage: Any) -> int | None:
    """Return all input tokens of a usage object, cached ones included."""
    if not isinstance(usage, dict):
        return None
    keys = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
    counts = [usage.get(key) for key in keys]
    return sum(count for count in counts if isinstance(count, int))


def output_tokens(usage: Any) -> int | None:
    value = usage.get("output_tokens") if isinstance(usage, dict) else None
    return value if isinstance(value, int) else None
