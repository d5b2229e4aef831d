"""The catalog: every id of the SDK, aliases, unknown ids, life cycle."""

from datetime import date
from decimal import Decimal
from typing import get_args

from anthropic.types import model as sdk

from playground.spec import catalog


def test_every_model_of_the_sdk_is_in_the_catalog():
    ids = get_args(get_args(sdk.Model)[0])
    assert ids
    assert all(catalog.get(each).known for each in ids)


def test_a_dated_alias_is_its_model():
    assert (
        catalog.get("claude-haiku-4-5-20251001") is catalog.MODELS["claude-haiku-4-5"]
    )


def test_an_unknown_id_gets_careful_defaults():
    model = catalog.get("claude-x")
    assert (model.known, model.prefill, model.thinking) == (False, False, {"adaptive"})
    assert (model.sampling, model.image_tier, model.price) == (
        "default_only",
        "high",
        None,
    )


def test_an_id_of_any_type_is_merely_unknown():
    assert not any(catalog.get(each).known for each in (None, 7, [], {}, True))


def test_only_the_three_models_of_4_5_accept_prefill():
    ids = {model.id for model in catalog.MODELS.values() if model.prefill}
    assert ids == {"claude-haiku-4-5", "claude-opus-4-5", "claude-sonnet-4-5"}


def test_retirement_takes_effect_after_its_day():
    model = catalog.get("claude-sonnet-4-5")
    assert not catalog.is_retired(model, date(2026, 11, 30))
    assert catalog.is_retired(model, date(2026, 12, 1))
    assert catalog.is_retired(catalog.get("claude-opus-4-1"), date(2026, 11, 1))


def test_retirement_in_words():
    assert catalog.get("claude-sonnet-4-5").retires_note == "on 30 Nov 2026"
    assert catalog.get("claude-haiku-4-5").retires_note == "not before 15 Oct 2026"
    assert catalog.get("claude-fable-5-1").retires_note == ""


def test_cache_writes_are_multiples_of_the_input_price():
    price = catalog.get("claude-opus-5").price
    assert (price.cache_write_5m, price.cache_write_1h) == (Decimal("6.25"), 10)


def test_the_defaults_of_a_model_are_among_what_it_accepts():
    for model in catalog.MODELS.values():
        assert model.effort_default in (*model.efforts, None)
        assert set(model.disabled_efforts or ()) <= set(model.efforts)
        assert model.thinking_default == "off" or "adaptive" in model.thinking


def test_retired_models_come_last():
    gone = [catalog.is_retired(m, catalog.CHECKED) for m in catalog.MODELS.values()]
    assert gone == sorted(gone)
