"""Whole numbers in addresses and forms."""


def is_number(typed: str, *, digits: int = 9) -> bool:
    """Whether it is a whole number of at most so many digits.

    `int` takes the digits of any script as well, and a database takes only so many.
    """
    return typed.isascii() and typed.isdigit() and len(typed) <= digits
