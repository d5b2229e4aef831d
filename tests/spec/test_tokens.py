"""The token estimate, against real counts where they are at hand."""

import json
import statistics
from collections.abc import Iterator
from pathlib import Path

import pytest

from playground.spec import catalog, tokens, vision
from playground.spec.rules import summarise
from tests.spec import token_fit
from tests.spec.bodies import (
    OLD_HAIKU,
    OLD_OPUS,
    OPUS,
    assistant,
    call,
    png,
    result,
    text,
    tool,
    user,
)

TRUTH = Path(__file__).parents[3] / "shared" / "recorded" / "token_truth.jsonl"


def errors() -> Iterator[float]:
    """Relative errors on requests of text and tools to models of the catalog."""
    for line in TRUTH.read_text().splitlines():
        row = json.loads(line)
        params = row["request"]
        if "in:" in row["kind"] or not catalog.get(params["model"]).known:
            continue
        summaries = [summarise(message) for message in params.pop("messages")]
        if form := params.get("output_format"):
            params["output_config"] = {"format": form}
        guess = tokens.request_tokens(params, summaries).total
        yield abs(guess - row["input_tokens"]) / row["input_tokens"]


@pytest.mark.skipif(not TRUTH.exists(), reason="no recorded token counts at hand")
def test_the_median_error_on_real_requests_is_under_10_percent():
    found = list(errors())
    assert len(found) > 50
    assert statistics.median(found) < 0.10


@pytest.mark.skipif(not TRUTH.exists(), reason="no recorded token counts at hand")
def test_the_median_error_holds_on_projects_that_the_weights_never_saw():
    known = token_fit.rows()
    plain = [row for row in known if not row.tools]
    assert statistics.median(token_fit.held_out(known)) < 0.10
    median = statistics.median(token_fit.held_out(known, plain))
    assert median == pytest.approx(tokens.MEDIAN_ERROR, abs=0.01)
    docs = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text("utf-8")
    assert f"within {tokens.MEDIAN_ERROR * 100:.0f} % of" in docs


def test_the_new_tokenizer_makes_about_a_third_more():
    words = "Every good boy does fine. " * 100
    ratio = tokens.estimate_text(words, "new") / tokens.estimate_text(words, "old")
    assert ratio == pytest.approx(1.3, abs=0.01)


@pytest.mark.parametrize("typed", ["Hello", "你好世界", "Привет", "🎉", "12345", "\n"])
def test_every_script_counts(typed: str):
    assert tokens.estimate_text(typed, "old") >= 1


def test_no_text_is_no_tokens():
    assert tokens.estimate_text("", "new") == 0


def test_the_parts_add_up():
    params = {"model": OPUS, "system": "Be brief.", "tools": [tool()]}
    estimate = tokens.request_tokens(params, [summarise(user(png(), text("Hi")))])
    assert min(estimate.text, estimate.images, estimate.system, estimate.tools) > 0
    parts = (estimate.text, estimate.images, estimate.system, estimate.tools)
    assert estimate.total == sum(parts) + estimate.other


def test_tools_bring_a_hidden_prompt_that_a_forced_choice_makes_longer():
    params = {"model": OLD_HAIKU, "tools": [tool()]}
    free = tokens.request_tokens(params, []).tools
    forced = tokens.request_tokens({**params, "tool_choice": {"type": "any"}}, []).tools
    assert free > 496
    assert forced - free == 588 - 496


def test_an_image_counts_by_the_tier_of_the_model():
    shown = [summarise(user(png(1920, 1080)))]
    for model, tier in ((OPUS, "high"), (OLD_HAIKU, "standard")):
        images = tokens.request_tokens({"model": model}, shown).images
        assert images == vision.tokens(1920, 1080, tier)


def test_images_inside_tool_results_count_too():
    result = {"type": "tool_result", "tool_use_id": "t", "content": [png(200, 200)]}
    estimate = tokens.request_tokens({"model": OPUS}, [summarise(user(result))])
    assert estimate.images == 64


@pytest.mark.parametrize(
    ("model", "counts"), [(OLD_HAIKU, False), (OLD_OPUS, True), (OPUS, True)]
)
def test_thinking_of_earlier_turns_counts_where_it_is_kept(model: str, counts: bool):
    thought = {"type": "thinking", "thinking": "Hm, so. " * 1000, "signature": "x"}
    answer = assistant(thought, call())
    talk = [user("Hi"), answer, user(result())]

    def total(*messages: dict) -> int:
        read = [summarise(message) for message in messages]
        return tokens.request_tokens({"model": model}, read).total

    assert total(*talk) > 2000
    assert (total(*talk, user("And now?")) > 2000) is counts
    assert (total(user("Hi"), answer, user(result(), text("Well?"))) > 2000) is counts


def test_a_long_text_has_as_many_tokens_as_its_parts():
    part = "Every good boy does fine, 123 times.\n"
    many = tokens.estimate_text(part * 5_000, "new")
    assert many == pytest.approx(
        5_000 / 50 * tokens.estimate_text(part * 50, "new"), rel=0.001
    )
    endless = tokens.estimate_text("x" * 200_000, "old")
    assert endless > 50_000
