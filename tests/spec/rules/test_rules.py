"""Every rule: what breaks it, what it says, and the nearest body that is fine."""

import pytest

from playground.spec import fixes
from playground.spec.rules import check, check_body, summarise
from playground.spec.rules.order import ORDER
from tests.spec.bodies import OLD_HAIKU, OPUS, assistant, body, upload, user
from tests.spec.rules import (
    binding_cases,
    caching_cases,
    documents_cases,
    encoding_cases,
    envelope_cases,
    limits_cases,
    media_cases,
    messages_cases,
    pairing_cases,
    prefill_cases,
    schema_cases,
    shape_cases,
    surprises_cases,
    system_turns_cases,
    thinking_cases,
    tools_cases,
    toolsets_cases,
)
from tests.spec.rules.case import TODAY, Case, found

MODULES = (
    binding_cases,
    caching_cases,
    documents_cases,
    encoding_cases,
    envelope_cases,
    limits_cases,
    media_cases,
    messages_cases,
    pairing_cases,
    prefill_cases,
    schema_cases,
    shape_cases,
    surprises_cases,
    system_turns_cases,
    thinking_cases,
    tools_cases,
    toolsets_cases,
)
CASES = [case for module in MODULES for case in module.CASES]


WITHOUT_FIX = {
    # Nothing to change, or nothing that a machine could choose.
    "answer_cut_by_window",
    "cache_out_of_sight",
    "call_id_twice",
    "dearer_when_long",
    "no_messages",
    "only_first_frame",
    "restricted_model",
    # Headers are no part of the body.
    "unknown_beta",
    "unknown_version",
}


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_body_that_breaks_the_rule_is_refused_in_the_words_of_the_api(case: Case):
    problems = found(case.bad, case.headers, case.rule)
    assert [(p.path, p.severity, p.api_message) for p in problems][:1] == [
        (case.path, case.severity, case.api_message)
    ]
    assert problems[0].explanation


@pytest.mark.parametrize("case", CASES, ids=str)
def test_its_nearest_neighbour_is_fine(case: Case):
    assert found(case.good, {**case.headers, **case.good_headers}, case.rule) == []


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_fix_offered_makes_the_rule_find_less(case: Case):
    before = found(case.bad, case.headers, case.rule)
    for problem in before:
        for fix in problem.fixes:
            after = fixes.apply(fix.name, case.bad, problem.path, **fix.arguments)
            left = found(after, case.headers, case.rule)
            assert len(left) < len(before), fix.label


def test_every_rule_but_these_offers_a_fix():
    offering = {
        case.rule
        for case in CASES
        if any(problem.fixes for problem in found(case.bad, case.headers, case.rule))
    }
    assert {case.rule for case in CASES} - offering == WITHOUT_FIX


def test_every_rule_has_a_case():
    elsewhere = {
        "not_counted",
        "too_many_messages",
        # What they need is told, not read: see test_binding.
        "thinking_altered",
        "thinking_bound_elsewhere",
        "thinking_from_elsewhere",
        "thinking_of_other_model",
        "tokenizer_changed",
        # What an endpoint lists of a model: see test_listed_models.
        "format_unsupported",
        "media_not_read",
        "tool_not_offered",
    }
    assert {rule.name for rule in ORDER} - elsewhere == {case.rule for case in CASES}


def test_every_rule_has_a_name_of_its_own_a_source_and_a_date():
    assert len({rule.name for rule in ORDER}) == len(ORDER)
    assert all(rule.source and rule.checked >= "2026-05" for rule in ORDER)


def test_a_sound_request_has_no_problems():
    assert check_body(body(), {}, today=TODAY) == []


def test_consecutive_turns_of_one_role_and_a_first_assistant_turn_are_fine():
    talk = body(assistant("a"), assistant("b"), user("c"), user("d"))
    assert check_body(talk, {}, today=TODAY) == []


def test_the_problem_that_the_api_reports_comes_first():
    wrong = body(user("x"), assistant("y "), model="claude-x", max_tokens="abc", top=1)
    rules = [p.rule for p in check_body(wrong, {}, today=TODAY)]
    assert rules == [
        "unknown_parameter",
        "wrong_type",
        "unavailable_model",
        "prefill_unsupported",
    ]


def test_a_body_that_is_too_large_is_refused_before_anything_else():
    large = [upload(bytes=9_000_000)] * 4
    wrong = body(user(*large), assistant("y "), model="claude-x", top=1)
    assert check_body(wrong, {}, today=TODAY)[0].status == 413


def test_an_unknown_model_is_a_404():
    problem = found(body(model="claude-x"), {}, "unavailable_model")[0]
    assert (problem.status, problem.error_type) == (404, "not_found_error")


def test_a_prefill_is_explained_with_the_name_of_the_model():
    problem = found(body(user("x"), assistant("y")), {}, "prefill_unsupported")[0]
    assert problem.explanation == (
        "Claude Opus 5.5 refuses a conversation that ends with an assistant turn."
    )
    assert "Switch to Claude Haiku 4.5" in [fix.label for fix in problem.fixes]


@pytest.mark.parametrize(
    ("asked", "label"),
    [
        ("claude-opus-4-0", "Switch to Claude Opus 5.5"),
        ("claude-x", "Switch to Claude Sonnet 5.5"),
    ],
)
def test_instead_of_a_lost_model_one_of_its_line_is_offered(asked: str, label: str):
    problem = found(body(model=asked), {}, "unavailable_model")[0]
    assert [fix.label for fix in problem.fixes] == [label]


def test_counting_asks_for_no_max_tokens_and_is_unsure_about_prefill():
    talk = body(user("x"), assistant("y"), max_tokens=None, stream=True)
    problems = check_body(talk, {}, today=TODAY, counting=True)
    assert [(p.rule, p.severity) for p in problems] == [
        ("not_counted", "warning"),
        ("prefill_unsupported", "warning"),
    ]


def test_retirement_is_a_note_before_and_an_error_after_its_day():
    asked = body(model="claude-sonnet-4-5")

    def says(month: int, day: int) -> list[str]:
        return [
            p.severity
            for p in check_body(asked, {}, today=TODAY.replace(month=month, day=day))
            if p.path == "model"
        ]

    assert says(11, 30) == ["note"]
    assert says(12, 1) == ["error"]


def test_a_request_has_at_most_100_000_messages():
    one = summarise(user("x"))
    params = {"model": OPUS, "max_tokens": 4096}
    assert check(params, {}, [one] * 100_000, today=TODAY) == []
    problem = check(params, {}, [one] * 100_001, today=TODAY)[0]
    assert (problem.path, problem.rule) == ("messages", "too_many_messages")


def test_messages_that_are_no_list_are_refused():
    problem = check_body({**body(), "messages": "x"}, {}, today=TODAY)[0]
    assert problem.api_message == "messages: Input should be a valid list"


def test_the_same_summary_serves_every_model():
    said = [summarise(m) for m in (user("x"), assistant("y"))]
    assert said == [summarise(m) for m in (user("x"), assistant("y"))]
    for model, refused in ((OPUS, True), (OLD_HAIKU, False)):
        talk = body(user("x"), assistant("y"), model=model)
        assert bool(found(talk, {}, "prefill_unsupported")) is refused
