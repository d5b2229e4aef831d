"""Rules about cache breakpoints: their values, number and order."""

from collections.abc import Iterator

from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import (
    Message,
    Request,
    as_dict,
    each_dict,
    message_rule,
    rule,
)
from playground.spec.rules.summary import Mark

MOST = 4
_REMOVE = Fix("remove_param", "Remove this breakpoint")
_SHORTEN = Fix("remove_param", "Let it live five minutes")


def marks(request: Request) -> list[Mark]:
    """Every breakpoint with its full path, in the order in which they count."""
    found = []
    for key in ("tools", "system"):
        for i, block in each_dict(request.params.get(key)):
            if isinstance(block.get("cache_control"), dict):
                found.append(_mark(f"{key}.{i}", block["cache_control"]))
    for n, each in request.notable:
        found += [Mark(f"messages.{n}.{mark.path}", mark.ttl) for mark in each.marks]
    return found


def _mark(path: str, control: object) -> Mark:
    ttl = as_dict(control).get("ttl")
    return Mark(path, ttl if isinstance(ttl, str) else "5m")


@message_rule("error reports; measured Sep 2026", "2026-11")
def cache_control_values(message: Message) -> Iterator[Problem]:
    """A breakpoint is ephemeral and lives 5m or 1h; in turns too."""
    for path, block in message.nested:
        if block.get("cache_control") is not None:
            kind = block.get("type")
            said = f"messages.N.{path}.{kind}.cache_control"
            yield from _values(f"{path}.cache_control", said, block["cache_control"])


@rule("error reports; measured Sep 2026", "2026-11")
def cache_control_values_of_params(request: Request) -> Iterator[Problem]:
    """A breakpoint is ephemeral and lives 5m or 1h."""
    places = [("cache_control", request.params.get("cache_control"))]
    for key in ("tools", "system"):
        blocks = each_dict(request.params.get(key))
        places += [
            (f"{key}.{i}.cache_control", b.get("cache_control")) for i, b in blocks
        ]
    for path, control in places:
        if control is not None:
            yield from _values(path, path, control)


def _values(path: str, said: str, control: object) -> Iterator[Problem]:
    value = as_dict(control)
    if value.get("type") != "ephemeral":
        text = f"{said}.type: Input should be 'ephemeral'"
        words = "The only kind of cache_control is ephemeral."
        yield Problem(path, "error", text, words, (_REMOVE,))
    elif value.get("ttl") not in (None, "5m", "1h"):
        text = f"{said}.ttl: Input should be '5m' or '1h'"
        words = "A cache entry lives 5m or 1h."
        yield Problem(f"{path}.ttl", "error", text, words, (_SHORTEN,))


@rule("prompt-caching page; measured Sep 2026", "2026-11")
def too_many_breakpoints(request: Request) -> Iterator[Problem]:
    """There are at most 4 breakpoints, the automatic one among them."""
    found = marks(request)
    automatic = isinstance(request.params.get("cache_control"), dict)
    # The automatic breakpoint falls together with an explicit one on the last block.
    if automatic and _on_last_block(request, found):
        automatic = False
    count = len(found) + automatic
    if count > MOST and found:
        path = f"{found[-1].path}.cache_control"
        text = "A maximum of 4 blocks with cache_control may be provided. "
        text += f"Found {count}."
        words = f"There are {count} cache breakpoints; 4 are allowed."
        yield Problem(path, "error", text, words, (_REMOVE,))


def _on_last_block(request: Request, found: list[Mark]) -> bool:
    final = request.final
    if final is None or not final.types or not found:
        return False
    return found[-1].path == f"{request.final_path}.content.{len(final.types) - 1}"


@rule("prompt-caching page, Aug 2026; wording assumed", "2026-08")
def automatic_of_other_age(request: Request) -> Iterator[Problem]:
    """On the last block the automatic breakpoint and an explicit one agree."""
    control, found = request.params.get("cache_control"), marks(request)
    if not isinstance(control, dict) or not _on_last_block(request, found):
        return
    if _mark("", control).ttl != found[-1].ttl:
        path = f"{found[-1].path}.cache_control"
        text = f"{path}.ttl: conflicts with the ttl of the top-level cache_control"
        words = "The last block and the request ask for entries of different age."
        yield Problem(path, "error", text, words, (_REMOVE,))


@rule("error reports; same check when counting", "2026-11")
def longer_after_shorter(request: Request) -> Iterator[Problem]:
    """Entries of one hour come before those of five minutes."""
    shorter = False
    for mark in marks(request):
        if mark.ttl == "1h" and shorter:
            path = f"{mark.path}.cache_control"
            text = (
                f"{path}.ttl: a ttl='1h' cache_control block must not come after a "
                "ttl='5m' cache_control block. Note that blocks are processed in the "
                "following order: `tools`, `system`, `messages`."
            )
            words = "An entry of one hour cannot follow one of five minutes."
            yield Problem(f"{path}.ttl", "error", text, words, (_SHORTEN,))
        shorter = shorter or mark.ttl == "5m"
    control, found = request.params.get("cache_control"), marks(request)
    if not isinstance(control, dict) or _on_last_block(request, found):
        return
    # The automatic breakpoint comes last; no report says how it is refused.
    if shorter and _mark("", control).ttl == "1h":
        words = "The automatic breakpoint of one hour comes after one of five minutes. "
        words += "Whether the API refuses that is not confirmed."
        yield Problem("cache_control.ttl", "warning", "", words, (_SHORTEN,))
