"""Why a picture was not taken, in a sentence for the person who attached it."""

from .limits import LIMITS

ACCEPTED = "JPEG, PNG, GIF, WebP, AVIF, TIFF and BMP pictures are accepted."


class Refused(ValueError):
    """A picture that is not taken. `sentence` is for people, `code` for programs.

    Codes: type, empty, bytes, pixels, side, damaged, time, memory, crashed, busy,
    unavailable; box for a rectangle; encrypted and pages for documents.
    """

    def __init__(self, code: str, sentence: str) -> None:
        super().__init__(sentence)
        self.code = code
        self.sentence = sentence


def quoted(name: str) -> str:
    """The name as a sentence shows it: one line, not longer than fits a card."""
    line = " ".join(name.split()) or "This file"
    if line == "This file":
        return line
    return f"“{line}”" if len(line) <= 60 else f"“{line[:40]}…{line[-16:]}”"


def wrong_type(name: str, found: str, advice: str = "") -> Refused:
    words = [f"{quoted(name)} is {found}.", ACCEPTED, advice]
    return Refused("type", " ".join(word for word in words if word))


def empty(name: str) -> Refused:
    return Refused("empty", f"{quoted(name)} is empty: it has no bytes at all.")


def too_many_bytes(name: str, size: int) -> Refused:
    most = LIMITS.MAX_BYTES // 1_000_000
    return Refused(
        "bytes",
        f"{quoted(name)} has {size / 1e6:.1f} MB; at most {most} MB are accepted.",
    )


def too_many_pixels(name: str, width: int, height: int, frames: int) -> Refused:
    most = LIMITS.MAX_PIXELS // 1_000_000
    megapixels = width * height * frames / 1e6
    size = f"{width} × {height} pixels"
    if frames > 1:
        size = f"{frames} frames of {size}"
    return Refused(
        "pixels",
        f"{quoted(name)} has {size}, {megapixels:.1f} megapixels; at most {most} are"
        " accepted. Save a smaller version and attach that.",
    )


def too_large_to_decode(
    name: str, kind: str, width: int, height: int, most: int
) -> Refused:
    return Refused(
        "memory",
        f"{quoted(name)} has {width} × {height} pixels; decoding {_a(kind)} of more"
        f" than {most // 1_000_000} megapixels needs too much memory. Save it as JPEG"
        " or PNG.",
    )


def no_heic_decoder(name: str) -> Refused:
    return Refused(
        "type",
        f"{quoted(name)} is a HEIC picture, and this server has no decoder for that."
        " Save or share it as JPEG and attach that. (Whoever runs the server can add"
        " the decoder with: pip install pillow-heif.)",
    )


def too_long_a_side(name: str, width: int, height: int) -> Refused:
    return Refused(
        "side",
        f"{quoted(name)} has {width} × {height} pixels; a side may have at most"
        f" {LIMITS.MAX_SIDE:d}.",
    )


def damaged(name: str, kind: str) -> Refused:
    return Refused(
        "damaged",
        f"{quoted(name)} is damaged: it begins like {_a(kind)} picture but cannot be"
        " decoded. It may have been cut off; save or download it again.",
    )


def outside(name: str, width: int, height: int) -> Refused:
    return Refused(
        "box",
        f"A rectangle lies outside of {quoted(name)}, which has"
        f" {width} × {height} pixels, or is empty.",
    )


def too_long_a_document(name: str, size: int) -> Refused:
    return Refused(
        "bytes",
        f"{quoted(name)} has {size / 1e6:.1f} MB; a document may have at most"
        f" {LIMITS.PDF_BYTES / 1e6:g} MB, or no request could hold it.",
    )


def no_document(name: str) -> Refused:
    return Refused("type", f"{quoted(name)} is no PDF document.")


def encrypted(name: str) -> Refused:
    return Refused(
        "encrypted",
        f"{quoted(name)} is encrypted, and Claude cannot read it. Save it without a"
        " password, or print it to a new PDF, and attach that.",
    )


def too_many_pages(name: str, pages: int) -> Refused:
    return Refused(
        "pages",
        f"{quoted(name)} has {pages} pages; at most {LIMITS.PDF_PAGES:d} fit a request."
        " Attach a part of it.",
    )


def damaged_document(name: str) -> Refused:
    return Refused(
        "damaged",
        f"{quoted(name)} is damaged: it begins like a PDF but its pages cannot be"
        " found. It may have been cut off; save or download it again.",
    )


def too_slow(name: str, seconds: float) -> Refused:
    return Refused(
        "time",
        f"{quoted(name)} took longer than {seconds:g} seconds to prepare. Save a"
        " smaller or simpler version and attach that.",
    )


def too_much_memory(name: str) -> Refused:
    return Refused(
        "memory",
        f"{quoted(name)} needs too much memory to decode. Save a smaller version and"
        " attach that.",
    )


def crashed(name: str) -> Refused:
    return Refused(
        "crashed",
        f"{quoted(name)} could not be prepared: the decoder gave up on it. Save it"
        " again with another program and attach that.",
    )


def busy(name: str) -> Refused:
    return Refused(
        "busy",
        f"{quoted(name)} had to wait too long because many pictures are being"
        " prepared. Attach it again in a minute.",
    )


def unavailable(name: str) -> Refused:
    return Refused(
        "unavailable",
        f"{quoted(name)} cannot be prepared right now; the server's log says why.",
    )


def _a(kind: str) -> str:
    return f"an {kind}" if kind[0] in "Aa" else f"a {kind}"
