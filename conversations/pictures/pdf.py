"""Documents beside the pictures: looked at in the same worker, sent as they are."""

from dataclasses import dataclass
from pathlib import Path

from . import refusals
from .limits import LIMITS
from .worker import SHARED, Worker

MEDIA_TYPE = "application/pdf"


@dataclass(frozen=True, slots=True)
class Pdf:
    """What is known of a document without rendering it."""

    pages: int
    bytes: int


def inspect(path: Path, name: str = "This document", *, worker: Worker = SHARED) -> Pdf:
    """Count the pages of the PDF at `path`; `name` is for sentences alone.

    Blocks, so call it in a thread. Raises Refused for what the API would not take
    (damaged, encrypted, over PDF_PAGES or PDF_BYTES), OSError where there is no file.
    Models with a small context take fewer pages: that is for who knows the model.
    """
    size = path.stat().st_size
    if size > LIMITS.PDF_BYTES:
        raise refusals.too_long_a_document(name, size)
    job = {"do": "document", "path": str(path.resolve()), "name": name}
    facts, _ = worker.run(job)
    pages = facts.get("pages")
    # The worker read hostile bytes: its word is checked.
    if not isinstance(pages, int) or not 0 < pages <= LIMITS.PDF_PAGES:
        raise refusals.crashed(name)
    return Pdf(pages=pages, bytes=size)
