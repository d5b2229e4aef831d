"""Requests as curl commands: what a shell makes of them is what we would send."""

import shlex

import pytest

from playground.claude.endpoints import SIMULATOR, Endpoint
from playground.editor import curl

URL = "https://api.anthropic.com/v1/messages"
HERE = "http://127.0.0.1:8000/simulator/v1/messages"


@pytest.mark.parametrize(
    "body", [b"{}", b'{"a":"it\'s"}', b'{"a":"$HOME `id` \\n !! \\u00e9"}']
)
def test_a_shell_reads_back_the_body(body: bytes) -> None:
    words = shlex.split(curl.command(URL, {"anthropic-version": "x"}, [body]))
    assert words[words.index("--data-raw") + 1] == body.decode()
    assert "anthropic-version: x" in words
    assert words[:3] == ["curl", "-N", URL]


def test_the_key_stays_in_a_variable() -> None:
    command = curl.command(URL, {}, [b"{}"])
    assert '"x-api-key: $ANTHROPIC_API_KEY"' in command


def test_a_header_with_quotes_does_no_harm() -> None:
    odd = {"anthropic-beta": "a' ; rm -rf / '\""}
    words = shlex.split(curl.command(URL, odd, [b"{}"]))
    assert f"anthropic-beta: {odd['anthropic-beta']}" in words


def test_what_is_long_is_read_from_the_file() -> None:
    command = curl.command(URL, {}, [b" " * (curl.LONGEST + 1)])
    assert command.endswith("--data-binary @request.json")


@pytest.mark.parametrize(
    ("endpoint", "address"),
    [
        (None, URL),
        (SIMULATOR, HERE),
        (
            Endpoint("a", "A", "https://me:secret@api.example.org:8/x", False),
            "https://api.example.org:8/x/v1/messages",
        ),
    ],
)
def test_the_address_holds_no_password(endpoint: Endpoint, address: str) -> None:
    assert curl.address(endpoint, HERE) == address
