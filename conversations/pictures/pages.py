"""Counts the pages of a document, which is read and never rendered. Runs in the
worker, where pypdf is imported once the first document comes."""

import logging
from pathlib import Path
from typing import Any

from . import refusals
from .limits import LIMITS

# Bytes that may stand before the header (ISO 32000-1, annex H, note 13).
_HEAD = 1024


def counted(path: Path, name: str) -> dict[str, Any]:
    """The facts of a `Pdf`. Raises Refused where the API would not take it."""
    size = path.stat().st_size
    if size == 0:
        raise refusals.empty(name)
    if size > LIMITS.PDF_BYTES:
        raise refusals.too_long_a_document(name, size)
    with path.open("rb") as file:
        if b"%PDF-" not in file.read(_HEAD):
            raise refusals.no_document(name)
        pages = _pages(file, name)
    if pages is None:
        raise refusals.encrypted(name)
    if pages > LIMITS.PDF_PAGES:
        raise refusals.too_many_pages(name, pages)
    return {"pages": pages}


def _pages(file: Any, name: str) -> int | None:
    """How many pages can be reached, whatever the document claims; None: encrypted."""
    from pypdf import PdfReader
    from pypdf.errors import DependencyError, FileNotDecryptedError

    # It tells of every oddity that it repairs.
    logging.getLogger("pypdf").setLevel(logging.CRITICAL)
    try:
        reader = PdfReader(file)
        if reader.is_encrypted:
            return None
        pages = len(reader.pages)
    # The last two: ways of encrypting that it cannot undo.
    except (FileNotDecryptedError, DependencyError, NotImplementedError):
        return None
    except MemoryError:
        raise
    # Broad on purpose, as for pictures: hostile bytes raise whatever they can.
    except Exception as error:
        raise refusals.damaged_document(name) from error
    if pages < 1:
        raise refusals.damaged_document(name)
    return pages
