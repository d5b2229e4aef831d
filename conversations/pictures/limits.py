"""What a picture may cost at most, in one table: every number with its reason."""

from dataclasses import dataclass


class Limit(int):
    """A number that knows its unit and why it is that number."""

    unit: str
    reason: str

    def __new__(cls, value: int, unit: str, reason: str) -> "Limit":
        limit = super().__new__(cls, value)
        limit.unit = unit
        limit.reason = reason
        return limit


@dataclass(frozen=True)
class Limits:
    """Iterate with `dataclasses.fields` to print the table."""

    MAX_BYTES: Limit = Limit(
        100_000_000,
        "bytes",
        "a 100-megapixel scan fits; a larger upload is hardly ever a picture",
    )
    MAX_PIXELS: Limit = Limit(
        128_000_000,
        "pixels x frames",
        "the largest phone and camera sensors fit; 128 million RGBA pixels are half"
        " a gigabyte, and the decoder may need that twice",
    )
    MAX_WEBP_PIXELS: Limit = Limit(
        80_000_000,
        "pixels",
        "the decoder of animated and transparent WebP takes 16 bytes a pixel; a"
        " plain one is shrunk as it is decoded and may have MAX_PIXELS",
    )
    MAX_VIDEO_PIXELS: Limit = Limit(
        64_000_000,
        "pixels",
        "AVIF and HEIC are decoded whole by video decoders, which take up to 20"
        " bytes a pixel; phones make 50 million",
    )
    MAX_SIDE: Limit = Limit(
        65_535,
        "pixels",
        "the longest side a JPEG can have; a longer strip has nothing to show",
    )
    MASTER_SIDE: Limit = Limit(
        2576, "pixels", "the most capable models scale a longer side down to this"
    )
    MASTER_PATCHES: Limit = Limit(
        4784,
        "patches of 28 x 28 pixels",
        "the most capable models see at most this many; one patch is one token",
    )
    MASTER_BYTES: Limit = Limit(
        1_000_000,
        "bytes",
        "quality beyond it is not seen, and twenty such images still fit a request",
    )
    KEPT_PIXELS: Limit = Limit(
        50_000_000,
        "pixels",
        "an upright upload that must be encoded again is not kept larger than"
        " phones take it",
    )
    PDF_BYTES: Limit = Limit(
        23_500_000,
        "bytes",
        "a request has at most 32 MB, in which a document is a third longer as"
        " base64 and the conversation needs room too",
    )
    PDF_PAGES: Limit = Limit(
        600, "pages", "the API takes no more in one request, and 100 for some models"
    )
    SECONDS: Limit = Limit(
        30, "seconds", "the slowest accepted picture takes a tenth of it on a laptop"
    )
    QUEUE_SECONDS: Limit = Limit(
        60, "seconds", "whoever waits longer for his turn should be told so"
    )
    START_SECONDS: Limit = Limit(
        30, "seconds", "starting the worker takes a third of one on an idle machine"
    )
    WORKER_MEMORY: Limit = Limit(
        1_500_000_000,
        "bytes of address space",
        "the largest accepted picture fits, and a small server survives it; not"
        " enforced on macOS, where the pixel limits alone must do",
    )
    WORKER_JOBS: Limit = Limit(
        50, "pictures", "then the worker is replaced, so that no leak adds up"
    )


LIMITS = Limits()
