"""How large a master may be. Integers only, so that everyone rounds alike."""

from .limits import LIMITS

PATCH = 28


def patches(width: int, height: int) -> int:
    """Squares of 28 pixels that cover the image; one is one token."""
    return -(-width // PATCH) * -(-height // PATCH)


def fitted(
    width: int,
    height: int,
    *,
    side: int = LIMITS.MASTER_SIDE,
    most: int = LIMITS.MASTER_PATCHES,
) -> tuple[int, int]:
    """The largest size of the same shape within `side` pixels and `most` patches.

    Never larger than given. The short side is rounded half up and at least 1.
    """
    long, short = max(width, height), min(width, height)
    length = min(long, side)
    while patches(length, across := _rounded(length * short, long)) > most:
        length -= 1
    return (length, across) if width >= height else (across, length)


def scaled(width: int, height: int, factor: float) -> tuple[int, int]:
    """The size times a factor below 1, in whole pixels and at least one."""
    return max(1, int(width * factor)), max(1, int(height * factor))


def _rounded(numerator: int, denominator: int) -> int:
    return max(1, (2 * numerator + denominator) // (2 * denominator))
