"""Documents are counted, and refused where the API would refuse them."""

from pathlib import Path

import pytest

from conversations.pictures import LIMITS, Refused, pdf
from tests.pictures import documents, makers

CATALOG = b"<< /Type /Catalog /Pages 2 0 R >>"


def refused(folder: Path, data: bytes) -> Refused:
    with pytest.raises(Refused) as caught:
        pdf.inspect(makers.written(folder, data, "x.pdf"), "x.pdf")
    return caught.value


def test_pages_are_counted(tmp_path: Path) -> None:
    data = documents.pdf(3)
    found = pdf.inspect(makers.written(tmp_path, data, "x.pdf"))
    assert found == pdf.Pdf(pages=3, bytes=len(data))


def test_the_claimed_count_is_not_believed(tmp_path: Path) -> None:
    data = documents.written_by_hand(
        CATALOG,
        b"<< /Type /Pages /Count 1 /Kids [3 0 R 4 0 R] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] >>",
    )
    assert pdf.inspect(makers.written(tmp_path, data, "x.pdf")).pages == 2


def test_a_document_with_a_broken_table_is_still_counted(tmp_path: Path) -> None:
    data = documents.pdf(2).replace(b"startxref\n", b"startxref\n9")
    assert pdf.inspect(makers.written(tmp_path, data, "x.pdf")).pages == 2


def test_an_encrypted_document_is_refused(tmp_path: Path) -> None:
    refusal = refused(tmp_path, documents.pdf(1, password="secret"))
    assert refusal.code == "encrypted"
    assert "without a password" in refusal.sentence


def test_an_encryption_that_nobody_knows_is_still_one(tmp_path: Path) -> None:
    data = documents.written_by_hand(CATALOG, b"<< /Type /Pages /Kids [] /Count 0 >>")
    data = data.replace(b"/Root", b"/Encrypt << /Filter /Own /V 99 >> /Root")
    assert refused(tmp_path, data).code == "encrypted"


def test_pages_beyond_the_limit_are_refused(tmp_path: Path) -> None:
    refusal = refused(tmp_path, documents.pdf(LIMITS.PDF_PAGES + 1))
    assert refusal.code == "pages"
    assert "has 601 pages; at most 600" in refusal.sentence
    path = makers.written(tmp_path, documents.pdf(LIMITS.PDF_PAGES), "y.pdf")
    assert pdf.inspect(path).pages == 600


def test_a_document_too_large_for_a_request_is_not_read(tmp_path: Path) -> None:
    path = tmp_path / "x.pdf"
    with path.open("wb") as file:
        file.truncate(LIMITS.PDF_BYTES + 1)
    with pytest.raises(Refused, match=r"at most 23\.5 MB"):
        pdf.inspect(path, "x.pdf")


HOSTILE = {
    "only a header": b"%PDF-1.7\n",
    "no pages": documents.written_by_hand(CATALOG, b"<< /Type /Pages /Kids [] >>"),
    "pages within themselves": documents.written_by_hand(
        CATALOG, b"<< /Type /Pages /Count 1 /Kids [2 0 R] >>"
    ),
    "a root that is nowhere": documents.written_by_hand(b"<< >>", root=77),
    "a table that points at itself": b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \n"
    b"trailer << /Size 1 /Root 1 0 R /Prev 9 >>\nstartxref\n9\n%%EOF",
    "a million brackets": b"%PDF-1.7\n1 0 obj\n" + b"[" * 1_000_000,
    "half a document": documents.pdf(5)[:200],
}


@pytest.mark.parametrize("data", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_documents_are_damaged(tmp_path: Path, data: bytes) -> None:
    assert refused(tmp_path, data).code == "damaged"


def test_cut_at_every_tenth_it_is_counted_or_damaged(tmp_path: Path) -> None:
    whole = documents.pdf(4)
    for tenth in range(1, 10):
        cut = makers.written(tmp_path, whole[: len(whole) * tenth // 10], "x.pdf")
        try:
            found: object = pdf.inspect(cut).pages
        except Refused as refusal:
            found = refusal.code
        assert found in {1, 2, 3, 4, "damaged"}


@pytest.mark.parametrize("data", [b"", b"plain words", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_document_is_told(tmp_path: Path, data: bytes) -> None:
    assert refused(tmp_path, data).code in {"type", "empty"}
