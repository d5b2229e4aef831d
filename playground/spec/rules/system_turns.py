"""Rules about role "system" between turns, which only some models take.

Measured on Opus 5.5 on 2 and 6 Oct 2026: a run of system turns counts as one, and is
reported at its first.
"""

from collections.abc import Iterator

from playground.spec.rules import keys
from playground.spec.rules.model import switch
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Message, Request, as_text, message_rule, rule
from playground.spec.rules.summary import Summary

_DELETE = Fix("delete_message", "Delete this turn")
_DELETE_BLOCK = Fix("delete_block", "Delete this block")

_TAIL = "; the directive-only form (content: [] with output_config) is accepted at any "
_TAIL += "position"


def _sections(request: Request) -> Iterator[tuple[int, int]]:
    """First and last place of each run of consecutive system messages."""
    places = [n for n, each in request.notable if each.role == "system"]
    starts = [n for n in places if n - 1 not in places]
    ends = [n for n in places if n + 1 not in places]
    yield from zip(starts, ends, strict=True)


def _system_fixes() -> tuple[Fix, ...]:
    user = Fix("set_role", "Make it a user turn", {"role": "user"})
    return user, Fix("move_to_system", "Move it to the system prompt"), _DELETE


def _legal_place() -> Fix:
    return Fix("move_system_turn", "Move it to where it may stand")


@rule("report: claude-code 61412; mid-conversation-system page", "2026-09")
def system_role_unsupported(request: Request) -> Iterator[Problem]:
    """Some models take system turns, most do not."""
    if not request.model.system_role:
        for start, _ in _sections(request):
            yield request.refuse(
                "system_role",
                f"messages.{start}",
                "role 'system' is not supported on this model",
                f"{request.model.name} takes no system turns in a conversation.",
                *_system_fixes(),
                *switch(
                    request,
                    lambda m: m.system_role and not m.restricted,
                    same_line=True,
                ),
            )


@rule("measured on Opus 5.5, Oct 2026", "2026-10")
def system_role_place(request: Request) -> Iterator[Problem]:
    """A system turn follows a user turn, and ends the list or precedes Claude."""
    turns = request.summaries
    for start, end in _sections(request):
        if not request.model.system_role or all(
            turns[n].directive for n in range(start, end + 1)
        ):
            continue
        before = turns[start - 1] if start else None
        after = turns[end + 1].role if end + 1 < len(turns) else "assistant"
        path = f"messages.{start}"
        if before is None:
            text = "use the top-level 'system' parameter for the initial system prompt"
            words = "A conversation cannot begin with a system turn."
        elif before.role != "user" and not _ends_in_server_result(before):
            text = "role 'system' must follow a 'user' message or an 'assistant' "
            text += "message ending in a server tool result"
            words = "A system turn comes after a user turn."
        elif after != "assistant":
            text = "role 'system' must precede an 'assistant' message or end the array"
            words = "A system turn comes last or before an assistant turn."
        else:
            continue
        text = f"{path}: {text}{_TAIL}"
        fixes = _system_fixes() if start == end else ()
        yield Problem(path, "error", text, words, (_legal_place(), *fixes))


def _ends_in_server_result(each: Summary) -> bool:
    return bool(each.types) and each.types[-1].endswith("_tool_result")


@message_rule("measured on Opus 5.5, Oct 2026", "2026-10")
def system_role_content(message: Message) -> Iterator[Problem]:
    """A system turn holds text, and some."""
    if message.role != "system":
        return
    content = message.body.get("content")
    if content == "" or (content == [] and "output_config" not in message.body):
        text = "messages.N: system content must contain at least one block"
        yield Problem("", "error", text, "This system turn is empty.", (_DELETE,))
    for i, block in message.blocks:
        kind = as_text(block.get("type"))
        if kind in keys.BLOCKS and kind != "text":
            text = "messages.N: role 'system' supports text, tool_addition, and "
            text += "tool_removal blocks only"
            words = "A system turn holds text only."
            yield Problem(f"content.{i}", "error", text, words, (_DELETE_BLOCK,))
