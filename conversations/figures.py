"""Numbers as people read them. Knows no page and no model."""

from decimal import Decimal
from typing import Any

INPUT = ("input_tokens", "cache_creation_input_tokens", "cache_read_input_tokens")
LEAST = Decimal("0.0001")  # dollars; what is below is said to be below
ABOUT, AT_LEAST = "about ", "at least "
UNCOUNTED = " (hidden thinking not counted)"


def dollars(value: Decimal) -> str:
    """Return US dollars in words: $1.20, $0.0044, under $0.0001."""
    if value == 0:
        return "$0"
    if value >= 1:
        return f"${value:,.2f}"
    if value < LEAST:
        return f"under ${LEAST}"
    return f"${value:.4f}"


def cost(value: Decimal, about: str = "") -> str:
    """Return US dollars behind `ABOUT`, `AT_LEAST` or nothing."""
    if about == AT_LEAST and 0 < value < LEAST:
        return f"{about}${round(value, -value.adjusted()):f}"
    told = dollars(value)
    return about + told if told[:1] == "$" else told


def size(count: int) -> str:
    """Return bytes in words: 999 bytes, 640 kB, 3.9 MB (powers of ten)."""
    if count < 1000:
        return f"{count} bytes"
    if count < 999_500:
        return f"{count / 1000:.0f} kB"
    return f"{count / 1_000_000:.1f} MB"


def tokens_in(usage: Any) -> int:
    """Return all input tokens of the API's usage object, cached ones included."""
    return sum(_count(usage, key) for key in INPUT)


def tokens_out(usage: Any) -> int:
    return _count(usage, "output_tokens")


def hides_thinking(usage: Any) -> bool:
    """True where an estimate had to leave out thinking that nobody could count."""
    details = usage.get("output_tokens_details") if isinstance(usage, dict) else None
    return isinstance(details, dict) and details.get("thinking_tokens", 0) is None


def _count(usage: Any, key: str) -> int:
    """A compatible endpoint may report anything; what is no number counts as none."""
    value = usage.get(key) if isinstance(usage, dict) else None
    return value if isinstance(value, int) else 0
