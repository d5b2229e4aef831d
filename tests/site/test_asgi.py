import asyncio
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import pytest

from playground.asgi import at_public_scheme, limited

Message = MutableMapping[str, Any]


async def count(scope: Message, receive: Callable, send: Callable) -> None:
    """Answers with the number of bytes that were sent, as Django would read them."""
    size = 0
    while True:
        message = await receive()
        size += len(message["body"])
        if not message["more_body"]:
            break
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": str(size).encode()})


def post(
    application: Callable[..., Awaitable[None]],
    chunks: list[bytes],
    stated: bytes | None,
) -> tuple[int, bytes, int]:
    """(status, body, number of chunks left unread)"""
    left = list(chunks)
    sent: list[Message] = []

    async def receive() -> Message:
        if not left:
            return {"type": "http.disconnect"}
        body = left.pop(0)
        return {"type": "http.request", "body": body, "more_body": bool(left)}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [] if stated is None else [(b"content-length", stated)]
    scope = {"type": "http", "method": "POST", "path": "/x", "headers": headers}
    asyncio.run(application(scope, receive, send))
    return sent[0]["status"], sent[1]["body"], len(left)


def test_a_body_up_to_the_limit_is_passed_on() -> None:
    assert post(limited(count, 8), [b"1234", b"5678"], b"8") == (200, b"8", 0)
    assert post(limited(count, 8), [b"1234", b"5678"], None) == (200, b"8", 0)


@pytest.mark.parametrize("stated", [b"9", None, b"2"])
def test_a_body_over_the_limit_is_413_with_a_sentence(stated: bytes | None) -> None:
    status, body, unread = post(limited(count, 8), [b"1234", b"5678", b"9"], stated)
    assert status == 413
    assert body == b"This is too much at once: the limit is 0 MB.\n"
    assert unread == 0  # browsers show no answer while they are still sending


def test_reading_on_in_vain_has_an_end() -> None:
    status, _, unread = post(limited(count, 8), [b"12345678"] * 100, b"800")
    assert status == 413
    assert unread == 89


def test_a_length_of_nonsense_is_counted_instead() -> None:
    assert post(limited(count, 8), [b"123456789"], b"-1")[0] == 413


def test_an_error_of_the_site_is_not_taken_for_a_large_body() -> None:
    async def fail(scope: Message, receive: Callable, send: Callable) -> None:
        raise RuntimeError("a bug")

    with pytest.raises(RuntimeError, match="a bug"):
        post(limited(fail, 8), [b""], b"0")


@pytest.mark.parametrize(
    ("public_url", "scheme"),
    [("https://play.org", "https"), ("http://play.org", "http"), ("", "http")],
)
def test_the_public_url_says_which_scheme_people_use(
    public_url: str, scheme: str
) -> None:
    seen: list[str] = []

    async def note(scope: Message, receive: Callable, send: Callable) -> None:
        seen.append(scope["scheme"])

    site = at_public_scheme(note, public_url)
    asyncio.run(site({"type": "http", "scheme": "http"}, None, None))
    assert seen == [scheme]
