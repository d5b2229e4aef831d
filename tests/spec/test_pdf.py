"""What a PDF tells from its bytes."""

import base64
import zlib

import pytest

from playground.spec import pdf


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
    assert pdf.read(encoded(raw)) == (pages, "")


def test_pages_inside_compressed_objects_are_counted():
    inside = zlib.compress(b"<< /Type /Page >> << /Type /Page >>")
    raw = b"%PDF-1.7 << /Type /ObjStm /N 2 >> stream\n" + inside + b"\nendstream"
    assert pdf.read(encoded(raw)) == (2, "")


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
    assert pdf.read(data) == (0, fault)
