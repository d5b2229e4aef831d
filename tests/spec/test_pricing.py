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


def iteration(kind: str, read: int, written: int, **more: object) -> dict[str, object]:
    return {"type": kind, "input_tokens": read, "output_tokens": written, **more}


COMPACTED = {
    "input_tokens": 23_000,
    "output_tokens": 1_000,
    "iterations": [
        iteration("compaction", 180_000, 3_500),
        iteration("message", 23_000, 1_000),
    ],
}
"""The example of the compaction page, "Understanding usage" (Oct 2026)."""


def test_a_compaction_is_billed_on_top_of_the_reply_and_nothing_twice():
    # 203,000 x $4 + 4,500 x $20 per million
    assert usd("claude-opus-5-5", **COMPACTED) == Decimal("0.902")


def test_a_compaction_has_lines_of_its_own_with_its_own_rates():
    # The compaction's prompt is over the limit of the cheaper band, the reply's is not.
    model = catalog.get("claude-haiku-5-5")
    rates = pricing.rates(model, COMPACTED)
    assert rates is not None
    lines = [line for line in pricing.lines(COMPACTED, rates) if line.count]
    assert [(line.share.what, line.kind, line.count) for line in lines] == [
        ("", "input", 23_000),
        ("", "output", 1_000),
        ("compaction", "input", 180_000),
        ("compaction", "output", 3_500),
    ]
    assert lines[0].rate == model.price.input
    assert lines[2].rate == model.long_price.input


def test_the_turns_of_a_tool_loop_are_in_the_counts_at_the_top():
    turns = [iteration("message", 400, 60), iteration("message", 600, 40)]
    whole = {"input_tokens": 1000, "output_tokens": 100}
    assert usd("claude-opus-5", **whole, iterations=turns) == usd(
        "claude-opus-5", **whole
    )


def test_the_cache_of_a_compaction_is_split_by_lifetime():
    split = {"ephemeral_1h_input_tokens": 1000}
    entry = iteration("compaction", 0, 0, cache_creation=split)
    entry |= {"cache_read_input_tokens": 10_000, "cache_creation_input_tokens": 1000}
    # 10,000 x $0.50 + 1,000 x $10 per million
    assert usd("claude-opus-5", iterations=[entry]) == Decimal("0.015")


def test_an_advisor_is_billed_at_the_prices_of_its_model():
    entries = [
        iteration("message", 1000, 10),
        iteration("advisor_message", 1000, 100, model="claude-opus-5-5"),
        iteration("message", 1000, 10),
    ]
    # 2,000 x $1 + 20 x $5, and 1,000 x $4 + 100 x $20 per million
    cost = usd(
        "claude-haiku-4-5", input_tokens=2000, output_tokens=20, iterations=entries
    )
    assert cost == Decimal("0.0021") + Decimal("0.006")


def test_fast_mode_and_place_count_for_a_compaction_too():
    assert usd(
        "claude-opus-5-5",
        iterations=[iteration("compaction", MILLION, 0)],
        speed="fast",
    ) == Decimal(8)
    assert usd(
        "claude-opus-5-5",
        iterations=[iteration("compaction", MILLION, 0)],
        inference_geo="us",
    ) == Decimal("4.4")


@pytest.mark.parametrize(("written", "more"), [(3_000, "0.064"), (0, "0")])
def test_a_model_that_declined_is_billed_if_it_had_begun(written: int, more: str):
    entries = [
        iteration("message", 1000, written, model="claude-opus-5-5"),
        iteration("message", 400, 60, model="claude-sonnet-5-5"),
        iteration("fallback_message", 600, 40, model="claude-sonnet-5-5"),
    ]
    whole = {"input_tokens": 1000, "output_tokens": 100}
    # The reply: 1,000 x $2 + 100 x $10 per million
    cost = usd("claude-sonnet-5-5", **whole, iterations=entries)
    assert cost == Decimal("0.003") + Decimal(more)


def test_another_name_of_the_same_model_declined_nothing():
    entries = [
        iteration("message", 400, 60, model="claude-haiku-4-5"),
        iteration("message", 600, 40, model="claude-haiku-4-5-20251001"),
    ]
    assert len(pricing.shares({"iterations": entries})) == 1


def test_a_price_that_is_not_known_leaves_the_whole_unknown():
    advisor = iteration("advisor_message", 10, 10, model="claude-x")
    assert usd("claude-opus-5-5", input_tokens=1, iterations=[advisor]) is None


@pytest.mark.parametrize(
    "odd", [None, {}, "x", 7, [None, 3, "x", [], {}], [{"type": ["compaction"]}]]
)
def test_iterations_of_any_shape_are_no_obstacle(odd: object):
    assert usd("claude-opus-5-5", input_tokens=MILLION, iterations=odd) == Decimal(4)


@pytest.mark.parametrize(
    ("told", "served"),
    [
        ({"model": "claude-sonnet-5-5"}, "claude-sonnet-5-5"),
        ({"model": "some-gateway/opus"}, "claude-opus-5-5"),
        ({}, "claude-opus-5-5"),
    ],
)
def test_the_model_that_the_message_names_is_paid_for(told: dict, served: str):
    assert pricing.served_by("claude-opus-5-5", told).id == served


def test_a_refusal_is_free_although_another_model_had_been_asked_too():
    handed_over = {"type": "fallback", "to": {"model": "claude-sonnet-5-5"}}
    said = {"type": "text", "text": "Take"}
    assert pricing.is_free("refusal", None, [handed_over])
    assert not pricing.is_free("refusal", None, [said, handed_over])
