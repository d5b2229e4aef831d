"""What a file is, by its first bytes and never by its name.

Knows the signatures of formats, and nothing of how they are decoded."""

import re

# Enough for every signature below and for an XML prologue before <svg.
HEAD = 4096

# What a master can be; the API takes these and GIF.
SENT = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WebP": "image/webp",
}
# HEIC is accepted where its optional decoder is installed.
ACCEPTED = {
    **SENT,
    "GIF": "image/gif",
    "AVIF": "image/avif",
    "TIFF": "image/tiff",
    "BMP": "image/bmp",
    "HEIC": "image/heic",
}

_SIGNATURES = [
    (rb"\xff\xd8\xff", "JPEG"),
    (rb"\x89PNG\r\n\x1a\n", "PNG"),
    (rb"GIF8[79]a", "GIF"),
    (rb"RIFF....WEBP", "WebP"),
    (rb"II\*\0|MM\0\*|II\+\0|MM\0\+", "TIFF"),
    # The size of its second header tells a bitmap from a text that begins so.
    (rb"BM.{12}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "BMP"),
]
# Brands of ISO/IEC 23000-22 (AVIF: AV1 in HEIF) and 23008-12 (HEIC: HEVC in HEIF).
_AVIF = {b"avif", b"avis"}
_HEIC = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}

_SAVE_AS = "Save it as JPEG or PNG first."
_OTHERS = [
    (rb"....ftyp(mif1|msf1|miaf)", "a picture in an unknown coding", _SAVE_AS),
    (rb"\xff\x0a|\0\0\0\x0cJXL ", "a JPEG XL picture", _SAVE_AS),
    (rb"\xff\x4f\xff\x51|\0\0\0\x0cjP  ", "a JPEG 2000 picture", _SAVE_AS),
    (rb"\0\0[\x01\x02]\0", "an icon file", _SAVE_AS),
    (rb"8BPS", "a Photoshop file", _SAVE_AS),
    (rb".{0,1020}%PDF-", "a PDF document", "Attach a picture of the page instead."),
    (rb"%!PS", "a PostScript document", ""),
    (rb"....ftyp|\x1aE\xdf\xa3|RIFF....AVI ", "a video", "Attach a still instead."),
    (rb"PK\x03\x04|PK\x05\x06", "a ZIP archive or an office document", ""),
    (rb"\x1f\x8b|7z\xbc\xaf|Rar!|BZh|\xfd7zXZ", "a compressed file", ""),
    (rb"ID3|\xff[\xfb\xf3\xf2]|OggS|fLaC|RIFF....WAVE", "a sound file", ""),
    (rb"MZ|\x7fELF|\xcf\xfa\xed\xfe", "a program", ""),
]

# What may stand before the root element.
_PROLOGUE = rb"(\s|<\?.*?\?>|<!--.*?-->|<!DOCTYPE\s+svg[^>\[]*(\[.*?\])?\s*>)*"
_SVG = re.compile(_PROLOGUE + rb"<(\w+:)?svg[\s>/]", re.DOTALL | re.IGNORECASE)
_HTML = re.compile(
    rb"(\s|<\?.*?\?>|<!--.*?-->)*<(!doctype\s+html|html|head|body|script)[\s>]",
    re.DOTALL | re.IGNORECASE,
)
_SVG_ADVICE = "Export it as PNG first."


def kind(head: bytes) -> str | None:
    """The name of an accepted format, or None."""
    for signature, name in _SIGNATURES:
        if re.match(signature, head, re.DOTALL):
            return name
    brands = _brands(head)
    if brands & _AVIF:
        return "AVIF"
    return "HEIC" if brands & _HEIC else None


def described(head: bytes) -> tuple[str, str]:
    """What a file of another type is, with an article, and what to do about it."""
    for signature, found, advice in _OTHERS:
        if re.match(signature, head, re.DOTALL):
            return found, advice
    text = _as_text(head)
    if text is None:
        return "no picture of a known type", ""
    if _SVG.match(text):
        return "an SVG drawing", _SVG_ADVICE
    if _HTML.match(text):
        return "an HTML page", ""
    return "a text file, not a picture", ""


def webp_canvas(head: bytes) -> tuple[int, int] | None:
    """Width and height that a WebP declares; None where its first chunk is odd.

    Read here because the decoder allocates the whole canvas on opening.
    Source: RFC 9649, sections 2.5 to 2.7.
    """
    chunk, body = head[12:16], head[20:30]
    if len(body) < 10:
        return None
    if chunk == b"VP8X":
        width = int.from_bytes(body[4:7], "little") + 1
        return width, int.from_bytes(body[7:10], "little") + 1
    if chunk == b"VP8L":
        bits = int.from_bytes(body[1:5], "little")
        return (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    if chunk == b"VP8 ":
        width = int.from_bytes(body[6:8], "little") & 0x3FFF
        return width, int.from_bytes(body[8:10], "little") & 0x3FFF
    return None


def webp_may_be_lossless(head: bytes) -> bool:
    """False if the first frame is known to be lossy, so that exactness is gone."""
    return b"VP8 " not in head


def webp_is_plain(head: bytes) -> bool:
    """Whether a WebP declares neither an animation nor transparency.

    Source: RFC 9649, section 2.7 (flags of VP8X) and the header of VP8L.
    """
    if head[12:16] == b"VP8X":
        return not head[20:21] or not head[20] & 0b00010010
    if head[12:16] == b"VP8L":
        return not head[24:25] or not head[24] & 0b00010000
    return True


def _brands(head: bytes) -> set[bytes]:
    """The brands of an ISO base media file: its own and those it is compatible with."""
    if head[4:8] != b"ftyp":
        return set()
    end = min(int.from_bytes(head[:4], "big"), len(head))
    return {head[8:12], *(head[at : at + 4] for at in range(16, end, 4))}


def _as_text(head: bytes) -> bytes | None:
    """The bytes as UTF-8 without mark, if they read as text in a common encoding."""
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark):
            return head[: len(head) // 2 * 2].decode(encoding, "replace").encode()
    head = head.removeprefix(b"\xef\xbb\xbf")
    if re.search(rb"[\0-\x08\x0e-\x1a\x1c-\x1f]", head):
        return None
    try:
        head.decode()
    except UnicodeDecodeError as error:
        # The last character may be cut in two by the end of the head.
        if error.start < len(head) - 3:
            return None
    return head
