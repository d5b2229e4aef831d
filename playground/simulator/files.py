"""The Files API: uploads kept in memory. What was uploaded is never given back.

Source: files page (Aug 2026), anthropic 2.12.0 types/file_metadata.py.
"""

import mimetypes
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from playground.simulator import moments, paging
from playground.simulator.multipart import Part
from playground.simulator.request import invalid
from playground.simulator.wire import Refusal, new_id

MAX_FILES = 1_000
MAX_BYTES = 64 * 1024 * 1024
"""Bytes of all files of a workspace; the API itself has 500 MB a file."""
EXPIRES = range(3_600, 7_776_001)
MAX_IDS = 100
MAX_NAME = 255
_UNFIT = re.compile(r'[<>:"|?*\\/\x00-\x1f]')


@dataclass(frozen=True, slots=True)
class File:
    id: str
    name: str
    media_type: str
    content: bytes
    created: float
    expires: float | None

    def metadata(self) -> dict[str, Any]:
        """A file as the API describes it."""
        return {
            "type": "file",
            "id": self.id,
            "filename": self.name,
            "mime_type": self.media_type,
            "size_bytes": len(self.content),
            "created_at": moments.rfc3339(self.created),
            "downloadable": False,
            "expires_at": None
            if self.expires is None
            else moments.rfc3339(self.expires),
        }


class Files:
    """The files of a workspace, newest first. `clock` gives seconds since 1970."""

    def __init__(self, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._files: dict[str, File] = {}

    def upload(self, parts: Sequence[Part]) -> dict[str, Any]:
        """Keep the part called `file`. Raises Refusal when it does not fit."""
        sent = next((part for part in parts if part.name == "file"), None)
        if sent is None:
            raise invalid("file: Field required")
        self._make_room(len(sent.content))
        now = self._clock()
        lasting = _lasting(parts)
        media_type = sent.media_type or "application/octet-stream"
        file = File(
            new_id("file"),
            _name(sent.filename, media_type),
            media_type,
            sent.content,
            now,
            None if lasting is None else now + lasting,
        )
        self._files[file.id] = file
        return file.metadata()

    def page(self, query: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """One page of metadata, or those of the `ids[]` that exist."""
        self._forget_expired()
        ids = {value for key, value in query if key in ("ids", "ids[]")}
        if len(ids) > MAX_IDS:
            raise invalid(f"ids: at most {MAX_IDS} ids may be given")
        single = {k: v for k, v in query if k in ("limit", "page")}
        if ids and single:
            raise invalid("ids: cannot be combined with page or limit")
        shown: list[paging.Item] = [
            (file.id, partial(file.metadata))
            for file in reversed(self._files.values())
            if not ids or file.id in ids
        ]
        return paging.by_cursor({"limit": "1000"} if ids else single, shown)

    def one(self, id: str) -> File:
        """The file of this id. Raises Refusal 404."""
        file = self._files.get(id)
        if file is None:
            raise Refusal(404, "not_found_error", f"File not found: {id}")
        if file.expires is not None and file.expires <= self._clock():
            details = {"error_code": "file_expired"}
            raise Refusal(404, "not_found_error", f"File expired: {id}", details)
        return file

    def refuse_content(self, id: str) -> Refusal:
        """Why its content is not given back: it was uploaded, not made by a tool."""
        self.one(id)
        return Refusal(
            400,
            "invalid_request_error",
            f"File '{id}' is not downloadable",
            {"error_code": "file_not_downloadable"},
        )

    def delete(self, id: str) -> dict[str, Any]:
        """Forget it. Raises Refusal 404."""
        file = self.one(id)
        self._files.pop(id, None)
        return {"type": "file_deleted", "id": file.id}

    def _make_room(self, size: int) -> None:
        self._forget_expired()
        held = sum(len(file.content) for file in self._files.values())
        if len(self._files) >= MAX_FILES or held + size > MAX_BYTES:
            raise Refusal(
                400,
                "invalid_request_error",
                f"The simulator keeps {MAX_FILES} files and {MAX_BYTES >> 20} MB. "
                "Delete files to free up space.",
                {"error_code": "storage_quota_exceeded"},
            )

    def _forget_expired(self) -> None:
        """An expired file is told apart from an unknown one for a day."""
        past = self._clock() - moments.DAY
        for file in list(self._files.values()):
            if file.expires is not None and file.expires < past:
                self._files.pop(file.id, None)


def _lasting(parts: Sequence[Part]) -> int | None:
    asked = next((p.content for p in parts if p.name == "expires_in_seconds"), None)
    if asked is None:
        return None
    if not asked.isdigit() or len(asked) > 9:
        raise invalid("expires_in_seconds: Input should be a valid integer")
    if int(asked) not in EXPIRES:
        between = f"between {EXPIRES[0]} and {EXPIRES[-1]}"
        raise invalid(f"expires_in_seconds: Input should be {between}")
    return int(asked)


def _name(given: str, media_type: str) -> str:
    name = re.split(r"[/\\]", given)[-1]
    if not name:
        return f"unnamed{mimetypes.guess_extension(media_type) or ''}"
    if len(name) > MAX_NAME or _UNFIT.search(name):
        raise invalid(
            f"file: filename must be 1 to {MAX_NAME} characters, none of them forbidden"
        )
    return name
