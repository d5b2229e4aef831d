"""Makes documents, good and hostile, for the tests of the page counter."""

import io

from pypdf import PdfWriter


def pdf(pages: int = 1, *, password: str = "") -> bytes:
    """Blank pages of a postcard; RC4, which needs no other package."""
    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(width=288, height=432)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    buffer = io.BytesIO()
    writer.write(buffer)
    return buffer.getvalue()


def written_by_hand(*objects: bytes, root: int = 1) -> bytes:
    """A document of these objects, numbered from 1, with a table that fits."""
    data = b"%PDF-1.7\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(data))
        data += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root %d 0 R >>\n" % (count, root)
    start = b"startxref\n%d\n%%%%EOF\n" % len(data)
    head = b"xref\n0 %d\n0000000000 65535 f \n" % count
    return data + head + table + trailer + start
