"""What an endpoint lists of a model that the table knows nothing of."""

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest

from playground.spec import catalog, fixes, listed
from playground.spec.rules import Problem
from tests.spec.bodies import body, png, tool, user
from tests.spec.rules.case import found

NO = {"supported": False}
SEARCH = {"type": "web_search_20260318", "name": "web_search"}


@pytest.fixture
def model() -> Iterator[str]:
    """A listed model that can next to nothing."""
    capabilities = {
        "image_input": NO,
        "structured_outputs": NO,
        "server_tools": {"web_search": NO, "code_execution": {"supported": True}},
    }
    info = {"id": "claude-plain-1", "capabilities": capabilities}
    row = listed.model(info, date(2026, 11, 20))
    assert row is not None
    catalog.learn([row])
    yield row.id
    catalog.forget()


def only(broken: Any, rule: str) -> Problem:
    [problem] = found(broken, {}, rule)
    return problem


def passes_after_each_fix(broken: Any, problem: Problem) -> bool:
    changed = (
        fixes.apply(fix.name, broken, problem.path, **fix.arguments)
        for fix in problem.fixes
    )
    return bool(problem.fixes) and not any(
        found(each, {}, problem.rule) for each in changed
    )


def test_a_server_tool_that_is_not_offered_is_refused(model: str):
    broken = body(model=model, tools=[tool(), SEARCH])
    problem = only(broken, "tool_not_offered")
    assert (problem.path, problem.severity) == ("tools.1.type", "error")
    assert problem.api_message == (
        "'claude-plain-1' does not support tool types: web_search_20260318."
    )
    assert passes_after_each_fix(broken, problem)
    assert found(body(tools=[SEARCH]), {}, "tool_not_offered") == []


def test_an_image_that_is_not_read_is_refused(model: str):
    broken = body(user(png(), {"type": "text", "text": "x"}), model=model)
    problem = only(broken, "media_not_read")
    assert (problem.path, problem.severity) == ("messages.0.content.0", "error")
    assert passes_after_each_fix(broken, problem)
    assert found(body(user(png())), {}, "media_not_read") == []


@pytest.mark.parametrize("path", ["tools.0.strict", "output_config.format"])
def test_without_structured_outputs_no_schema_is_compiled(model: str, path: str):
    schema = {"type": "object", "additionalProperties": False}
    broken = {
        "tools.0.strict": body(
            model=model, tools=[tool(strict=True, input_schema=schema)]
        ),
        "output_config.format": body(
            model=model,
            output_config={"format": {"type": "json_schema", "schema": schema}},
        ),
    }[path]
    problem = only(broken, "format_unsupported")
    assert (problem.path, problem.severity) == (path, "error")
    assert passes_after_each_fix(broken, problem)
