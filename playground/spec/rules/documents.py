"""Rules about PDFs: sound, readable, and not too long."""

from collections.abc import Iterator
from dataclasses import replace

from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, rule
from playground.spec.rules.summary import Document

_DELETE = Fix("delete_block", "Delete this document")


@rule("code bases to 2026; encrypted: pdf-support page, wording assumed", "2026-11")
def pdf_unreadable(request: Request) -> Iterator[Problem]:
    """A PDF is one, is not empty and is not encrypted."""
    for n, each in request.notable:
        for document in each.documents:
            path = f"messages.{n}.{document.path}"
            said = f"{path}.pdf.source.base64.data"
            if document.fault == "empty":
                text, words = f"{said}: PDF cannot be empty", "This PDF is empty."
            elif document.fault == "invalid":
                text = f"{said}: The PDF specified was not valid."
                words = "This cannot be read as a PDF."
            elif document.fault == "encrypted":
                text = f"{said}: The PDF specified is password protected."
                words = "Encrypted PDFs are refused: remove the password first."
            else:
                continue
            yield Problem(path, "error", text, words, (_DELETE,))


# Pages that are only guessed may be fewer, so they refuse nothing.
@rule("pdf-support page, Aug 2026; code bases to 2026", "2026-11")
def too_many_pages(request: Request) -> Iterator[Problem]:
    """All PDFs of a request together have at most 600 pages, 100 on small models."""
    limit = request.model.max_images
    for guessing in (False, True):
        pages = 0
        for n, document in _documents(request):
            pages += document.pages if document.counted or guessing else 0
            if pages > limit:
                path = f"messages.{n}.{document.path}"
                text = f"A maximum of {limit} PDF pages may be provided."
                words = f"{request.model.name} reads {limit} PDF pages in a request; "
                words += f"up to this one there are {pages:,}."
                found = request.refuse("max_images", path, text, words, _DELETE)
                if guessing:
                    words += " They could not be counted exactly."
                    found = replace(found, severity="warning", explanation=words)
                yield found
                return


def _documents(request: Request) -> Iterator[tuple[int, Document]]:
    for n, each in request.notable:
        yield from ((n, document) for document in each.documents)
