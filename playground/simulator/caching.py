"""What the prompt cache reads and writes: entries with a time to live, in memory.

Source: prompt-caching page (Aug 2026), measurements of Sep 2026. Order tools, system,
messages; a mark looks back 20 blocks; below the model's minimum nothing is cached.
"""

import hashlib
import json
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from playground.simulator import blocks
from playground.simulator.request import Request
from playground.simulator.wire import Cached
from playground.spec import vision
from playground.spec.prefix import THOUGHTS, unmarked, written
from playground.spec.tokens import estimate_text, thinking_read_from

LOOK_BACK = 20
MAX_ENTRIES = 10_000
LIVES = {"5m": 300.0, "1h": 3600.0}


@dataclass(frozen=True, slots=True)
class _Place:
    """The end of a block: hash and tokens of all up to here, and its mark's ttl."""

    hash: bytes
    tokens: int
    ttl: str | None


class Cache:
    """The cached prefixes of a workspace. `clock` gives seconds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: OrderedDict[bytes, tuple[float, float]] = OrderedDict()

    def use(self, request: Request) -> Cached:
        """What a request reads and writes; what it writes, the next one reads."""
        if not _is_marked(request):
            return Cached()
        places = list(_places(request))
        marks = [n for n, place in enumerate(places) if place.ttl]
        with self._lock:
            return self._use(places, marks, request.model.min_cacheable_tokens)

    def _use(self, places: list[_Place], marks: list[int], least: int) -> Cached:
        now = self._clock()
        hit = max((self._found(places, mark, now) for mark in marks), default=-1)
        read = done = places[hit].tokens if hit >= 0 else 0
        written = {"5m": 0, "1h": 0}
        for mark in marks:
            place = places[mark]
            if mark <= hit or place.tokens < least or place.ttl is None:
                continue
            written[place.ttl] += place.tokens - done
            done = place.tokens
            self._keep(place.hash, now, LIVES[place.ttl])
        return Cached(read, written["5m"], written["1h"])

    def _found(self, places: list[_Place], mark: int, now: float) -> int:
        """The last place up to the mark that is cached, -1 if none is."""
        for n in range(mark, max(-1, mark - LOOK_BACK), -1):
            until, life = self._entries.get(places[n].hash, (0.0, 0.0))
            if until > now:
                self._keep(places[n].hash, now, life)
                return n
        return -1

    def _keep(self, name: bytes, now: float, life: float) -> None:
        self._entries[name] = (now + life, life)
        self._entries.move_to_end(name)
        if len(self._entries) > MAX_ENTRIES:
            self._entries.popitem(last=False)


def _is_marked(request: Request) -> bool:
    params = request.params
    parts = (params.get("tools"), params.get("system"))
    return (
        _ttl(params) is not None
        or any(summary.marks for summary in request.summaries)
        or any(_ttl(each) for part in parts if isinstance(part, list) for each in part)
    )


def _places(request: Request) -> Iterator[_Place]:
    """The end of every block in the order of the cache, with all tokens before it."""
    listed = list(_listed(request))
    so_far = 0
    salts = _salts(request)
    running = hashlib.sha256()
    last = _last_cacheable(listed) if _ttl(request.params) else -1
    level = ""
    for n, (name, value) in enumerate(listed):
        part = name.partition(":")[0]
        if part != level:
            for each in _LEVELS[_LEVELS.index(level) + 1 : _LEVELS.index(part) + 1]:
                running.update(salts[each])
            level = part
        running.update(written([name, unmarked(value)]))
        # The same for the same blocks, whatever comes after them.
        so_far += _tokens(value, request)
        ttl = _ttl(value) or (_ttl(request.params) if n == last else None)
        yield _Place(running.digest(), min(so_far, request.input_tokens), ttl)


_LEVELS = ("", "tools", "system", "messages")


def _salts(request: Request) -> dict[str, bytes]:
    """What else changes each level (table of the prompt-caching page)."""
    params = request.params
    config = params.get("output_config")
    config = config if isinstance(config, dict) else {}
    effort = config.get("effort") or request.model.effort_default
    messages = [params.get("tool_choice"), params.get("thinking"), effort]
    messages.append(any(summary.images for summary in request.summaries))
    return {
        "tools": written([request.model.id, config.get("format")]),
        "system": written([params.get("speed")]),
        "messages": written(messages),
    }


def _listed(request: Request) -> Iterator[tuple[str, Any]]:
    tools = request.params.get("tools")
    for tool in tools if isinstance(tools, list) else ():
        yield "tools", tool
    for block in blocks.of(request.params.get("system")):
        yield "system", block
    first = thinking_read_from(request.model, request.summaries)
    for n, _, role, block in blocks.each(request.messages):
        if n >= first or block.get("type") not in THOUGHTS:
            yield f"messages:{role}", block


def _last_cacheable(listed: list[tuple[str, Any]]) -> int:
    for n in range(len(listed) - 1, -1, -1):
        block = listed[n][1]
        if isinstance(block, dict) and block.get("type") not in THOUGHTS:
            return n
    return -1


def _ttl(block: object) -> str | None:
    """The time to live of the mark on a block, or of one nested in a tool result."""
    if not isinstance(block, dict):
        return None
    mark = block.get("cache_control")
    if isinstance(mark, dict):
        ttl = mark.get("ttl")
        return ttl if isinstance(ttl, str) and ttl in LIVES else "5m"
    content = block.get("content")
    inner = (_ttl(each) for each in (content if isinstance(content, list) else ()))
    return next((ttl for ttl in inner if ttl), None)


def _tokens(block: Any, request: Request) -> int:
    """Tokens of a block; what the request adds around blocks is never cached."""
    if not isinstance(block, dict):
        return 0
    if block.get("type") == "image":
        source = block.get("source")
        data = source.get("data") if isinstance(source, dict) else None
        found = (
            vision.header(vision.first_bytes(data)) if isinstance(data, str) else None
        )
        size = (found.width, found.height) if found else (0, 0)
        return vision.tokens(*size, request.model.image_tier)
    text = block.get("text")
    if not isinstance(text, str):
        text = json.dumps(unmarked(block), ensure_ascii=False)
    return estimate_text(text, request.model.tokenizer)
