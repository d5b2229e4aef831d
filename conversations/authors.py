"""Whose change came in between, in words."""

from typing import Any

from .models import Revision


def changed_by(revision: Revision, reader: Any) -> str:
    """Return what stands behind "changed" to `reader`; empty where nobody wrote it."""
    if revision.author is None:
        return ""
    if revision.author_id == reader.pk:
        return " by you, in another tab"
    return f" by {revision.author}"
