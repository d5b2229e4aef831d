"""Numbers as people read them."""

from decimal import Decimal

import pytest

from conversations import figures


@pytest.mark.parametrize(
    ("count", "words"),
    [
        (999, "999 bytes"),
        (1000, "1 kB"),
        (640_400, "640 kB"),
        (999_499, "999 kB"),
        (999_500, "1.0 MB"),
        (3_900_000, "3.9 MB"),
    ],
)
def test_bytes_are_said_in_powers_of_ten(count: int, words: str) -> None:
    assert figures.size(count) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("0", "$0"),
        ("0.0000000001", "under $0.0001"),
        ("0.000031", "under $0.0001"),
        ("0.0001", "$0.0001"),
        ("0.0028", "$0.0028"),
        ("0.25", "$0.2500"),
        ("1234.5", "$1,234.50"),
    ],
)
def test_small_sums_are_said_with_four_places(value: str, words: str) -> None:
    assert figures.dollars(Decimal(value)) == words


@pytest.mark.parametrize(
    ("value", "words"),
    [("0.25", "at least $0.2500"), ("0.000034", "at least $0.00003")],
)
def test_the_least_of_a_sum_is_never_said_to_be_below(value: str, words: str) -> None:
    assert figures.cost(Decimal(value), figures.AT_LEAST) == words


def test_cached_input_counts_as_input() -> None:
    usage = {"input_tokens": 1, "cache_read_input_tokens": 20, "output_tokens": 3}
    assert (figures.tokens_in(usage), figures.tokens_out(usage)) == (21, 3)


@pytest.mark.parametrize("usage", [None, [], "x", {"input_tokens": "many"}])
def test_a_usage_that_is_none_counts_nothing(usage: object) -> None:
    assert figures.tokens_in(usage) == figures.tokens_out(usage) == 0
