"""What breaks the rules of documents.py, and the nearest body that does not."""

import base64
from typing import Any

from tests.pictures.documents import written_by_hand
from tests.spec.bodies import OLD_HAIKU, body, user
from tests.spec.rules.case import Case


def pdf(raw: bytes) -> dict[str, Any]:
    data = base64.b64encode(raw).decode()
    source = {"type": "base64", "media_type": "application/pdf", "data": data}
    return {"type": "document", "source": source}


def pages(count: int) -> dict[str, Any]:
    tree = b"<< /Type /Pages /Count %d >>" % count
    return pdf(written_by_hand(b"<< /Type /Catalog /Pages 2 0 R >>", tree))


def marks(count: int) -> dict[str, Any]:
    """Pages, but no tree of them."""
    return pdf(b"%PDF-1.7\n" + b"<< /Type /Page >>\n" * count)


SAID = "messages.0.content.0.pdf.source.base64.data"
CASES = [
    Case(
        "pdf_unreadable",
        body(user(pdf(b"hello"))),
        "messages.0.content.0",
        f"{SAID}: The PDF specified was not valid.",
        body(user(pages(1))),
    ),
    Case(
        "pdf_unreadable",
        body(user(pdf(b""))),
        "messages.0.content.0",
        f"{SAID}: PDF cannot be empty",
        body(user(pages(1))),
    ),
    Case(
        "pdf_unreadable",
        body(user(pdf(b"%PDF-1.7 trailer << /Encrypt 5 0 R >>"))),
        "messages.0.content.0",
        f"{SAID}: The PDF specified is password protected.",
        body(user(pdf(b"%PDF-1.7 trailer << /Info 5 0 R >>"))),
    ),
    Case(
        "too_many_pages",
        body(user(pages(60)), user(pages(41)), model=OLD_HAIKU),
        "messages.1.content.0",
        "A maximum of 100 PDF pages may be provided.",
        body(user(pages(60)), user(pages(40)), model=OLD_HAIKU),
    ),
    Case(
        "too_many_pages",
        body(user(pages(601))),
        "messages.0.content.0",
        "A maximum of 600 PDF pages may be provided.",
        body(user(pages(600))),
    ),
    Case(
        "too_many_pages",
        body(user(marks(101)), model=OLD_HAIKU),
        "messages.0.content.0",
        "A maximum of 100 PDF pages may be provided.",
        body(user(marks(100)), model=OLD_HAIKU),
        severity="warning",
    ),
]
