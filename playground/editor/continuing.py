"""How a reply that was cut short goes on: behind its own words where the model can do
that, else by a user turn that asks for it. What is sent is always a turn of the script.
"""

from collections.abc import Sequence
from typing import Any

from conversations import editing, history, segments
from conversations.editing import Draft, Script
from conversations.models import Revision, Run, Turn
from conversations.reading import is_text
from playground import payload
from playground.runs import ends
from playground.spec import rules
from playground.spec.fixes.ending import CONTINUE_INSTRUCTION, TAIL

from .changes import Change

AS_IT_IS = frozenset({"pause_turn", "compaction"})
"""Stop reasons after which the content goes back whole (server-tools page)."""
GO_ON = "Please continue."
# What breaks off in the middle of one of these cannot be taken up again.
UNFINISHED = frozenset({"tool_use", "thinking", "redacted_thinking"})
# The API refuses one of these without its result, wherever it stands.
OF_SERVERS = frozenset({"server_tool_use", "mcp_tool_use"})


class NothingToContinue(Exception):
    """The reply holds nothing that could go on."""


def change(head: Revision, run: Run) -> Change:
    """Return what *Continue* does to the script before it is sent whole.

    The reply of `run` is put where it belongs, if it is not there. Raises
    NothingToContinue, and in its operation HeadMoved when another turn is last by now
    or stands in its place: a page that is behind would pay for it a second time.
    """
    if not run.has_reply:
        return _asked(head, GO_ON)
    answered = ends.slot_answered(run)
    standing = _standing(head, run)
    kept, asked = _kept(standing or ends.reply_of(run), head, run.stop_reason)
    seen = Script.of(head).entry(run.slot)

    def operation(script: Script) -> Script:
        if script.entry(run.slot) != seen:
            raise history.HeadMoved
        if kept != standing:
            script = editing.place_reply(script, run.slot, kept, answered)
        last = script.last
        if last is None or last.slot != run.slot:
            raise history.HeadMoved
        return editing.append(script, asked) if asked else script

    summary = "Asked to go on" if asked else "Went on with the reply"
    return Change(operation, summary, slots=_slots(head, run.slot))


def asked_before(head: Revision, slot: str) -> Turn | None:
    """Return the turn that asked for the reply in the slot to go on with the one
    before; None where the reply is no such. One query at the most."""
    before: int | None = None
    for entry in head.entries:
        if entry.slot == slot:
            break
        before = before if entry.muted else entry.turn
    if before is None:
        return None
    turn = head.load([before])[before]
    begins = CONTINUE_INSTRUCTION.partition("{}")[0]
    is_ours = turn.role == Turn.Role.USER and turn.text.startswith(begins)
    return turn if is_ours else None


def taken_back(head: Revision, slot: str) -> Change | None:
    """Return the change that takes such a reply out with the turn that asked for it."""
    asked = asked_before(head, slot)
    if asked is None:
        return None
    return Change(
        lambda script: editing.delete(editing.delete(script, slot), asked.slot),
        "Took a continuation back",
        slots=frozenset([slot, asked.slot]),
    )


def _asked(head: Revision, words: str) -> Change:
    seen = Script.of(head).last

    def operation(script: Script) -> Script:
        if script.last != seen:
            raise history.HeadMoved
        return editing.append(script, editing.typed(Turn.Role.USER, words))

    return Change(operation, "Asked to go on")


def _slots(head: Revision, slot: str) -> frozenset[str]:
    return frozenset({slot} & {entry.slot for entry in head.entries})


def _standing(head: Revision, run: Run) -> Draft | None:
    """The turn of the script that ends in the run's reply, if there is one."""
    for entry in head.entries:
        if entry.slot == run.slot:
            turn = Turn.objects.get(pk=entry.turn)
            if turn.segments and turn.segments[-1]["run"] == run.pk:
                return editing.copied(turn)
    return None


def going_whole(
    made: payload.Outline, content: Sequence[Any], stop_reason: str
) -> list[Any] | None:
    """Return the content of a reply as it is sent when it goes on by itself; None
    where a user turn has to ask for that."""
    if stop_reason in AS_IT_IS:
        return list(content)
    blocks = finished(content)
    if not goes_behind(made, blocks):
        return None
    return [*blocks[:-1], {**blocks[-1], "text": blocks[-1]["text"].rstrip()}]


def _kept(draft: Draft, head: Revision, stop_reason: str) -> tuple[Draft, Draft | None]:
    """Return what of the reply goes on, and the turn that asks for it if one must."""
    if stop_reason in AS_IT_IS:
        return draft, None
    blocks = finished(draft.blocks)
    if not blocks:
        raise NothingToContinue
    at = (len(blocks), 0)
    if goes_behind(payload.outline(head), blocks):
        length = len(blocks[-1]["text"].rstrip())
        at = (len(blocks) - 1, length) if length < len(blocks[-1]["text"]) else at
        return _cut(draft, at), None
    tail = "".join(block["text"] for block in blocks if is_text(block))[-TAIL:]
    words = CONTINUE_INSTRUCTION.format(tail) if tail.strip() else GO_ON
    return _cut(draft, at), editing.typed(Turn.Role.USER, words)


def finished(content: Sequence[Any]) -> list[Any]:
    """Return the blocks without those at the end that cannot be taken up again, and
    without a server's call that has no result, and what follows it."""
    blocks = list(content)
    known = [block for block in blocks if isinstance(block, dict)]
    results = [block.get("tool_use_id") for block in known]
    for call in known:
        if str(call.get("type")) in OF_SERVERS and call.get("id") not in results:
            del blocks[blocks.index(call) :]
            break
    while blocks and str(blocks[-1].get("type")) in UNFINISHED:
        blocks.pop()
    return blocks


def _cut(draft: Draft, at: segments.Position) -> Draft:
    blocks, marks = segments.cut(draft.blocks, draft.segments, at)
    return Draft(draft.role, blocks, marks)


def goes_behind(made: payload.Outline, blocks: Sequence[Any]) -> bool:
    """True when the model can go on right behind the last words, by the rules."""
    last = blocks[-1] if blocks else None
    if not is_text(last) or not last["text"].strip():
        return False
    words = {"role": "assistant", "content": [{**last, "text": last["text"].rstrip()}]}
    found = rules.check(made.params, made.headers, [rules.summarise(words)])
    return not any(each.rule.startswith("prefill_") for each in payload.refusals(found))
