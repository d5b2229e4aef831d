"""Errors of the API by their wording, each with its rule, plain words and fixes.

The wording may change within a version (versioning page), so a text that matches
nothing is no mistake. Recorded or quoted 2024 to Oct 2026.
"""

from playground.spec.known_errors import account, params, shape, turns
from playground.spec.known_errors.wording import Known

__all__ = ["KNOWN", "Known"]

KNOWN: tuple[Known, ...] = (
    account.KEYS_AND_ACCOUNT
    + params.MODEL_AND_LIMITS
    + turns.TURNS
    + turns.TOOLS
    + params.THINKING
    + turns.MEDIA_AND_CACHE
    + params.SCHEMAS
    + account.FILES_AND_BATCHES
    + shape.SHAPE
)
"""Every wording; the first that matches counts."""
