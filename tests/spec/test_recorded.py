"""The rulebook against real answers of the API, where recordings are at hand."""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from playground.spec import catalog
from playground.spec.rules import Problem, check_body

EXCHANGES = Path(__file__).parents[3] / "shared" / "recorded" / "exchanges"
WHEN = date(2026, 6, 30)
HEADERS = {"anthropic-version": "2023-06-01"}
# Compiling schemas is left to the API.
SCHEMA = ("Schema", "tools.0.custom: ")
# Identifiers were replaced in one recording, so that its result looks orphaned.
ALTERED = "toolu_REDACTED"

pytestmark = pytest.mark.skipif(
    not EXCHANGES.exists(), reason="no recorded exchanges at hand"
)


def exchanges(status: int) -> Iterator[tuple[dict[str, Any], str, dict[str, str]]]:
    """Bodies of recorded requests, what was answered, and the headers."""
    for file in sorted(EXCHANGES.glob("*.json")):
        text = file.read_text()
        recorded = json.loads(text)
        request = recorded["request"]
        if recorded["status"] != status or not _is_plain(request, text):
            continue
        answer = recorded.get("body")
        error = answer.get("error", {}) if isinstance(answer, dict) else {}
        beta = (request.get("headers") or {}).get("anthropic-beta", "")
        betas = beta if isinstance(beta, str) else ",".join(beta)
        if not betas and "beta=true" in request["url"]:
            # Left out of the recordings.
            betas = "advisor-tool-2026-03-01,mid-conversation-tool-changes-2026-07-01"
        yield (
            request["body"],
            error.get("message", ""),
            {**HEADERS, "anthropic-beta": betas},
        )


def _is_plain(request: dict[str, Any], text: str) -> bool:
    path = request["url"].partition("?")[0]
    whole = isinstance(request.get("body"), dict) and "$blob" not in text
    return path.endswith("/v1/messages") and whole and ALTERED not in text


def errors(body: dict[str, Any], headers: dict[str, str]) -> list[Problem]:
    problems = check_body(body, headers, today=WHEN)
    return [problem for problem in problems if problem.severity == "error"]


def test_what_the_api_refused_is_refused_in_its_words():
    seen = 0
    for body, message, headers in exchanges(400):
        if message.startswith(SCHEMA):
            continue
        assert errors(body, headers)[0].api_message == message
        seen += 1
    assert seen >= 5


def test_what_the_api_accepted_is_not_refused():
    seen = 0
    for body, _, headers in exchanges(200):
        if not catalog.get(body["model"]).known or "mcp_servers" in body:
            continue
        assert errors(body, headers) == []
        seen += 1
    assert seen >= 40
