"""Moments as the API writes them."""

from datetime import UTC, datetime

DAY = 24 * 60 * 60


def rfc3339(seconds: float) -> str:
    """Seconds since 1970 as "2026-11-01T12:00:00.250000Z"."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
