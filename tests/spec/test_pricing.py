"""Pricing against sums done by hand."""

from decimal import Decimal

import pytest

from playground.spec import catalog, pricing

MILLION = 1_000_000


def usd(model: str, **usage: object) -> Decimal | None:
    return pricing.cost(catalog.get(model), usage)


def test_input_and_output():
    # 1,000 x $4 + 500 x $20 per million
    assert usd("claude-opus-5-5", input_tokens=1000, output_tokens=500) == Decimal(
        "0.014"
    )


def test_cached_tokens_come_on_top_of_input_tokens():
    # Sonnet 5.5 reads at 0.05 of $2 and writes at 1.25 of it.
    cost = usd(
        "claude-sonnet-5-5",
        input_tokens=15,
        cache_read_input_tokens=3935,
        cache_creation_input_tokens=1000,
    )
    assert cost == Decimal("0.0029235")


def test_writes_are_split_by_lifetime():
    split = {"ephemeral_5m_input_tokens": 400, "ephemeral_1h_input_tokens": 600}
    cost = usd("claude-opus-5", cache_creation_input_tokens=1000, cache_creation=split)
    assert cost == Decimal("0.0085")  # 400 x 6.25 + 600 x 10


@pytest.mark.parametrize(
    ("cached", "expected"), [(90_000, "0.001900"), (90_001, "0.00950005")]
)
def test_haiku_5_5_has_two_bands_by_the_whole_prompt(cached: int, expected: str):
    cost = usd("claude-haiku-5-5", input_tokens=10_000, cache_read_input_tokens=cached)
    assert cost == Decimal(expected)


def test_searches_place_and_speed():
    assert usd(
        "claude-opus-5-5", server_tool_use={"web_search_requests": 3}
    ) == Decimal("0.03")
    assert usd("claude-opus-5-5", input_tokens=MILLION, inference_geo="us") == Decimal(
        "4.4"
    )
    assert usd("claude-opus-5-5", input_tokens=MILLION, speed="fast") == 8


def test_a_batch_costs_half():
    model = catalog.get("claude-haiku-4-5")
    assert pricing.cost(model, {"output_tokens": MILLION}, batch=True) == Decimal("2.5")


def test_a_model_without_a_known_price_has_no_cost():
    assert usd("claude-x", input_tokens=1) is None
    assert pricing.bounds(catalog.get("claude-x"), {}, 1, 1) is None


def test_bounds_go_from_no_answer_to_the_longest():
    bounds = pricing.bounds(catalog.get("claude-haiku-4-5"), {}, 1000, 2000)
    assert bounds == (Decimal("0.001"), Decimal("0.011"))


def test_missing_null_and_nonsense_counts_are_nothing():
    assert (
        usd("claude-haiku-4-5", input_tokens=None, output_tokens="x", cache_creation=[])
        == 0
    )


def test_the_lines_add_up_to_the_cost():
    model = catalog.get("claude-opus-5-5")
    usage = {
        "input_tokens": 15,
        "cache_read_input_tokens": 4000,
        "cache_creation": {"ephemeral_1h_input_tokens": 600},
        "output_tokens": 90,
        "server_tool_use": {"web_search_requests": 2},
        "inference_geo": "us",
    }
    rates = pricing.rates(model, usage)
    assert rates is not None
    lines = pricing.lines(usage, rates)
    assert [line.count for line in lines] == [15, 4000, 0, 600, 90, 2]
    assert pricing.total(lines) == pricing.cost(model, usage)


def test_bounds_know_what_a_request_pays_more_for():
    model = catalog.get("claude-opus-5-5")
    plain = pricing.bounds(model, {}, 1_000_000, 0)
    fast = pricing.bounds(model, {"speed": "fast"}, 1_000_000, 0)
    here = pricing.bounds(model, {"inference_geo": "us"}, 1_000_000, 0)
    assert (plain, fast, here) == ((4, 4), (8, 8), (Decimal("4.4"), Decimal("4.4")))
