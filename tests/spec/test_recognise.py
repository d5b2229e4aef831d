"""Errors that come back: each is placed, explained and, where one exists, fixed."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from playground.spec import fixes
from playground.spec.error_codes import SENTENCES
from playground.spec.known_errors import KNOWN
from playground.spec.recognise import TYPES, recognise, stopped
from playground.spec.rules import check_body
from playground.spec.rules.order import ORDER
from tests.spec.bodies import (
    OLD_HAIKU,
    assistant,
    body,
    call,
    result,
    text,
    upload,
    user,
)
from tests.spec.rules.case import TODAY

FACTS = Path(__file__).parents[3] / "shared" / "facts"
here = pytest.mark.skipif(not FACTS.exists(), reason="no collected errors at hand")
# Nothing in the request is to blame, or the request alone cannot be mended.
WITHOUT_FIX = (
    "invalid x-api-key",
    "API key is invalid",
    "Not found",
    "Message Batch",
    "File '",
    "is not supported on this API",
    "This request would exceed",
    "Overloaded",
)


def collected() -> Iterator[dict[str, str]]:
    with (FACTS / "errors.csv").open() as file:
        for row in csv.DictReader(file):
            if row["grade"] in "RQ":
                yield row


@here
def test_every_error_seen_is_recognised_by_its_words():
    for row in collected():
        found = recognise(int(row["status"]), row["type"], row["message"])
        assert found.explanation not in TYPES.values(), row["message"]
        expected = not any(each in row["message"] for each in WITHOUT_FIX)
        assert bool(found.fixes) is expected, row["message"]
        assert found.path is not None or not expected, row["message"]


@here
def test_every_code_has_a_sentence():
    codes = json.loads((FACTS / "error_codes.json").read_text())
    assert codes.keys() == SENTENCES.keys()
    for code in codes:
        found = recognise(codes[code]["status"], "", "whatever", code)
        assert found.explanation.endswith(".")


def test_the_rules_behind_errors_exist_and_so_do_the_fixes():
    assert {known.rule for known in KNOWN if known.rule} <= {r.name for r in ORDER}
    named = {fix.name for known in KNOWN for fix in known.fixes}
    assert named <= set(fixes.FIXES)


def test_what_a_rule_predicts_is_recognised_when_it_comes_back():
    talk = body(
        user(upload(9000)), assistant(call(), text("x ")), user(text("a"), result())
    )
    for problem in check_body(talk, {}, today=TODAY):
        if problem.severity == "error":
            back = recognise(400, "invalid_request_error", problem.api_message)
            assert back.rule == problem.rule


@pytest.mark.parametrize(
    ("message", "path"),
    [
        (
            "messages.0.content.1.image.source.url.media_type: Extra inputs are not permitted",
            "messages.0.content.1.source.media_type",
        ),
        (
            "messages.7.content.2.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
            "messages.7.content.2",
        ),
        (
            "messages.3.content.0.tool_result.content.1.text.text: Input should be a valid string",
            "messages.3.content.0.content.1.text",
        ),
        (
            "messages.0.content.0.text.text: Field required",
            "messages.0.content.0.text",
        ),
        ("thinking.enabled.budget_tokens: Field required", "thinking.budget_tokens"),
        ("tools.0.custom.input_schema: Field required", "tools.0.input_schema"),
    ],
)
def test_the_path_of_the_api_becomes_a_path_into_the_body(message: str, path: str):
    assert recognise(400, "invalid_request_error", message).path == path


def test_with_the_request_at_hand_the_place_is_exact():
    talk = body(user("x"), assistant("y"), user(text("a"), text("")))
    message = "messages: text content blocks must be non-empty"
    alone = recognise(400, "invalid_request_error", message)
    placed = recognise(400, "invalid_request_error", message, body=talk)
    assert (alone.path, placed.path) == ("messages", "messages.2.content.1")


def test_a_prefill_is_placed_at_the_last_turn_even_on_a_model_that_takes_it():
    talk = body(user("x"), assistant("y"), model=OLD_HAIKU)
    message = "This model does not support assistant message prefill."
    found = recognise(400, "invalid_request_error", message, body=talk)
    assert found.path == "messages.1"
    after = fixes.apply(found.fixes[0].name, talk, found.path)
    assert after["messages"][-1]["role"] == "user"


def test_a_place_that_is_not_there_is_cut_short():
    message = "messages.0.content.9.text.text: Field required"
    found = recognise(400, "invalid_request_error", message, body=body(user(text("x"))))
    assert found.path == "messages.0.content"


def test_images_that_are_too_large_are_scaled_as_the_details_say():
    details = {
        "max_side_length_pixels": 2000,
        "paths": ["messages.0.content.0.image.source"],
    }
    found = recognise(400, "", "", "image_dimensions_too_large", details=details)
    assert found.path == "messages.0.content.0.source"
    assert found.fixes[0].arguments == {"max_side": 2000}


@pytest.mark.parametrize(
    ("status", "kind", "words"),
    [
        (529, "overloaded_error", "too much to do"),
        (502, "", "status 502"),
        (413, "", "32 MB"),
        (400, "strange_error", "does not accept this request"),
    ],
)
def test_an_error_of_unknown_wording_is_explained_by_its_type(
    status: int, kind: str, words: str
):
    assert words in recognise(status, kind, "Something new").explanation


@pytest.mark.parametrize(
    ("details", "tokens", "words"),
    [
        ({"category": "bio"}, 0, "billed although"),
        ({"category": "cyber"}, 0, "costs nothing"),
        ({"category": "cyber"}, 9, "is billed"),
        (None, 0, "costs nothing"),
    ],
)
def test_a_refusal_says_what_it_costs(details: Any, tokens: int, words: str):
    assert words in stopped("refusal", details, output_tokens=tokens)


def test_an_ordinary_end_needs_no_words():
    assert stopped("end_turn") == stopped("stop_sequence") == stopped(None) == ""
