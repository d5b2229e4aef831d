"""Housekeeping of a running server: uploads go after their hour, images that nothing
shows after their day."""

import logging
import threading

from django.db import DatabaseError, connections

from . import kept, storage

SECONDS = 300

logger = logging.getLogger(__name__)
_over = threading.Event()


def begin() -> None:
    """Tidy up every few minutes from now on, in a thread of its own."""
    _over.clear()
    threading.Thread(target=_go_on, name="tidying", daemon=True).start()


def end() -> None:
    _over.set()


def once() -> None:
    """Tidy up now. What fails is logged, and tried again the next time."""
    try:
        kept.sweep()
        storage.remove_unused()
    except (DatabaseError, OSError):
        logger.exception("Tidying up failed")


def _go_on() -> None:
    while not _over.wait(SECONDS):
        once()
        connections.close_all()
