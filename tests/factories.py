"""Rows for tests, made the way the product makes them where that is possible."""

import struct
import zlib
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from django.contrib.auth.models import User

from conversations import editing, history, images, pictures
from conversations.editing import Draft, Place, Script
from conversations.models import Conversation, Image, Newcomer, Run

MODEL = "claude-haiku-4-5"


def create_user(*, username: str = "", welcomed: bool = True) -> User:
    """A person without a usable password; `welcomed` ones get no examples."""
    user = User.objects.create_user(username or f"person-{uuid4().hex[:8]}")
    if welcomed:
        Newcomer.objects.create(user=user)
    return user


def create_script(*turns: tuple[str, Any], **params: Any) -> Script:
    """A script of `(role, text or blocks)`, with the params of a new conversation."""
    places = tuple(
        Place(f"slot{number}", Draft(role, _blocks(content)))
        for number, (role, content) in enumerate(turns, 1)
    )
    return Script(places, {"model": MODEL, "max_tokens": 1024, **params})


def _blocks(content: Any) -> Any:
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content


def create_conversation(
    *,
    owner: User | None = None,
    turns: Sequence[tuple[str, Any]] = (("user", "Hello"),),
    params: Mapping[str, Any] | None = None,
    title: str = "",
    team: bool = False,
    **fields: Any,
) -> Conversation:
    """A conversation with one revision; its slots are slot1, slot2, …"""
    script = create_script(*turns, **(params or {}))
    conversation = history.begin(
        owner or create_user(),
        script,
        **{"endpoint": "simulator", "title": title, **fields},
    )
    if team:
        conversation.visibility = Conversation.Visibility.TEAM
        conversation.save(update_fields=["visibility"])
    return conversation


def create_run(*, conversation: Conversation, **fields: Any) -> Run:
    """A run of the head, waiting to be driven unless `fields` say otherwise."""
    head = history.head(conversation)
    return Run.objects.create(
        **{
            "conversation": conversation,
            "revision": head,
            "slot": "reply",
            "send_key": uuid4().hex,
            "author": conversation.owner,
            "endpoint": conversation.endpoint,
            "model": head.params.get("model", ""),
            "params": head.params,
            "turns": [entry.turn for entry in head.entries if not entry.muted],
            **fields,
        }
    )


def create_reply(
    *, conversation: Conversation, text: str = "Hello to you.", **fields: Any
) -> Run:
    """A finished run whose reply stands at the end of the script."""
    run = create_run(
        conversation=conversation,
        status=Run.Status.DONE,
        message={"role": "assistant", "content": [{"type": "text", "text": text}]},
        has_reply=True,
        stop_reason="end_turn",
        usage={"input_tokens": 10, "output_tokens": 5},
        **fields,
    )
    draft = editing.reply_turn(run.content, run.pk)
    history.apply(
        conversation,
        history.head(conversation).number,
        lambda script: editing.place_reply(script, run.slot, draft, None),
        summary="Reply",
        author=None,
    )
    return run


def png(width: int = 3, height: int = 2, shade: int = 128) -> bytes:
    """The bytes of a grey PNG."""

    def chunk(name: bytes, data: bytes) -> bytes:
        checksum = struct.pack(">I", zlib.crc32(name + data))
        return struct.pack(">I", len(data)) + name + data + checksum

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    rows = (b"\0" + bytes([shade]) * width) * height
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(rows))
        + chunk(b"IEND", b"")
    )


def create_image(
    *, owner: User, name: str = "grey.png", shade: int = 128, **facts: Any
) -> Image:
    """A stored image with its file. Another `shade` is another picture."""
    data = facts.pop("data", None) or png(shade=shade)
    picture = pictures.Picture(
        **{
            "data": data,
            "media_type": "image/png",
            "width": 3,
            "height": 2,
            "original_format": "PNG",
            "original_media_type": "image/png",
            "original_width": 3,
            "original_height": 2,
            "original_bytes": len(data),
            "frames": 1,
            "done": (),
            **facts,
        }
    )
    return images.store(picture, name, owner)
