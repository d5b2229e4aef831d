"""What a PDF tells from its bytes."""

import base64
import io
import zlib

import pytest
from pypdf import PdfWriter

from playground.spec import pdf
from tests.pictures import documents


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


@pytest.mark.parametrize(
    ("raw", "pages"),
    [
        (b"%PDF-1.4 << /Type /Page >> << /Type/Page/Parent 1 0 R >>", 2),
        (b"%PDF-1.4 << /Type /Pages /Kids [] /Count 12 >>", 12),
        (b"%PDF-1.4 << /Count 7 /Kids [] /Type /Pages >>", 7),
        (b"%PDF-1.4 nothing to see", 0),
    ],
)
def test_pages_are_counted(raw: bytes, pages: int):
    assert pdf.read(encoded(raw))[:2] == (pages, "")


def test_pages_inside_compressed_objects_are_counted():
    inside = zlib.compress(b"<< /Type /Page >> << /Type /Page >>")
    raw = b"%PDF-1.7 << /Type /ObjStm /N 2 >> stream\n" + inside + b"\nendstream"
    assert pdf.read(encoded(raw))[:2] == (2, "")


def saved_again(raw: bytes, *, without: int = 0) -> bytes:
    """The same, its pages turned or some taken out, with all of that put behind it."""
    writer = PdfWriter(io.BytesIO(raw), incremental=True)
    for page in writer.pages:
        page.rotate(90)
    for _ in range(without):
        writer.remove_page(0)
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def test_pages_that_were_saved_again_count_once():
    once = documents.pdf(60)
    assert pdf.read(encoded(saved_again(once))) == (60, "", True)
    assert pdf.read(encoded(saved_again(once, without=20))) == (40, "", True)


def test_a_page_tree_in_compressed_objects_is_found():
    tree = b"<< /Type /Pages /Count 3 >> << /Type /Catalog /Pages 2 0 R >>"
    inside = b"2 0 1 28 " + tree
    raw = b"%%PDF-1.7 << /N 2 /First 9 /Type /ObjStm >> stream\n%s\nendstream"
    raw = raw % zlib.compress(inside) + b" << /Type /XRef /Root 1 0 R >>"
    assert pdf.read(encoded(raw)) == (3, "", True)


@pytest.mark.parametrize(
    "more", [b"", b" %PDF-1.4 1 0 obj << /Pages 2 0 R >> 2 0 obj << /Count 9 >>"]
)
def test_pages_without_a_certain_tree_are_a_guess(more: bytes):
    raw = b"%PDF-1.4 << /Type /Page >> trailer << /Root 1 0 R >>"
    assert pdf.read(encoded(raw + more)) == (1, "", False)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        ("", "empty"),
        ("not base64!", "invalid"),
        (encoded(b"hello"), "invalid"),
        (encoded(b"%PDF-1.7 trailer << /Encrypt 3 0 R >>"), "encrypted"),
    ],
)
def test_what_cannot_be_read_is_named(data: str, fault: str):
    assert pdf.read(data)[:2] == (0, fault)
