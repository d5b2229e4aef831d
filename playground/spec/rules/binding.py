"""Rules about thinking blocks that come back: unsigned, edited, or of another model.

What became of a block only its keeper knows: `Summary.bound` and `made_by` are told,
not read. Without them these rules are silent. Of several turns the API reports the
first, and so do they.
"""

from collections.abc import Iterator
from datetime import date

from playground.spec import catalog
from playground.spec.prefix import THOUGHTS
from playground.spec.rules.problem import Fix, Problem, Severity
from playground.spec.rules.rule import Message, Request, as_dict, message_rule, rule
from playground.spec.rules.summary import Bound, Summary

_REMOVE = Fix("remove_thinking", "Remove all thinking")
_REMOVE_LATER = Fix("drop_thinking_from", "Remove thinking from here on")
_INVALID = "{}: Invalid `signature` in `thinking` block"


@message_rule("preserved-thinking page, Sep 2026; error reports", "2026-09")
def thinking_unsigned(message: Message) -> Iterator[Problem]:
    """Thinking comes with the signature it was made with; nobody can write one."""
    for i, block in message.blocks:
        if block.get("type") == "thinking" and block.get("signature") == "":
            text = f"messages.N.content.{i}: Invalid `signature` in `thinking` block"
            words = "Thinking that Claude did not sign is refused."
            fix = Fix("delete_block", "Delete this block")
            yield Problem(f"content.{i}", "error", text, words, (fix, _REMOVE))


@rule("error reports; extended-thinking page", "2026-11")
def thinking_altered(request: Request) -> Iterator[Problem]:
    """Thinking is sent back as it came."""
    for n, path in _thinking(request, "altered"):
        text = _INVALID.format(path)
        if not any(s.role == "assistant" for s in request.summaries[n + 1 :]):
            text = f"{path}: `thinking` or `redacted_thinking` blocks in the latest "
            text += "assistant message cannot be modified. These blocks must remain as "
            text += "they were in the original response."
        words = "This thinking is no longer as Claude signed it."
        yield Problem(path, "error", text, words, (_REMOVE_LATER, _REMOVE))
        return


@rule("preserved-thinking page, Sep 2026; error reports", "2026-11")
def thinking_from_elsewhere(request: Request) -> Iterator[Problem]:
    """Thinking holds only where it was signed, and the simulator signs for itself."""
    for _, path in _thinking(request, "elsewhere"):
        words = "This thinking was signed at another endpoint than the one that is to "
        words += "read it."
        text = _INVALID.format(path)
        yield Problem(path, "error", text, words, (_REMOVE, _REMOVE_LATER))
        return


@rule("preserved-thinking page, Sep 2026; Fable 5.2 page, Nov 2026", "2026-11")
def thinking_bound_elsewhere(request: Request) -> Iterator[Problem]:
    """On newer models thinking is bound to everything that came before it."""
    binding = request.model.prefix_binding
    wanted = as_dict(request.thinking.get("block_binding"))
    behaviour = wanted.get("prefix_mismatch_behavior")
    for n, path in _thinking(request, "moved"):
        if binding == "never" or _reads(request.model, request.summaries[n]) is False:
            continue
        text = f"{_INVALID.format(path)}. The block is bound to a different "
        text += "conversation. Remove the block, or set "
        text += '`thinking.block_binding.prefix_mismatch_behavior` to "drop_block".'
        words = "Something before this thinking was changed after it was made"
        fixes = (_REMOVE_LATER, _REMOVE)
        if behaviour == "drop_block" or (request.batched and not behaviour):
            yield Problem(path, "note", "", f"{words}: it will be dropped.", fixes)
        elif binding == "always" or behaviour == "error":
            yield Problem(path, "error", text, f"{words}.", fixes)
        else:
            words += f": {request.model.name} refuses that for accounts created since "
            words += "31 Aug 2026; older ones are not checked."
            yield Problem(path, "warning", text, words, fixes)
        return


def _thinking(request: Request, bound: Bound) -> Iterator[tuple[int, str]]:
    """Place and path of the first thinking of each turn that is so bound."""
    for n, each in request.notable:
        if each.bound == bound and each.thoughts:
            yield n, f"messages.{n}.content.{each.thoughts[0]}"


@rule("preserved-thinking page, Sep 2026; Sonnet 5.5 and Fable 5.2 pages", "2026-11")
def thinking_of_other_model(request: Request) -> Iterator[Problem]:
    """Thinking that a model cannot read is left out silently, and not billed."""
    for n, each in request.notable:
        if not each.thoughts or not each.made_by:
            continue
        reads = _reads(request.model, each)
        if reads:
            continue
        name, maker = request.model.name, catalog.get(each.made_by).name
        path = f"messages.{n}.content.{each.thoughts[0]}"
        words = f"{name} may not read thinking of {maker}: the API then leaves it out "
        words += "without a word."
        if reads is False:
            words = f"{name} cannot read thinking of {maker}: the API leaves it out "
            words += "without a word."
        severity: Severity = "warning" if reads is False else "note"
        yield Problem(path, severity, "", words, (_REMOVE,))
        return


_ONLY_EACH_OTHER = frozenset(("claude-fable-5-2", "claude-mythos-5-2"))
_UP_TO_SONNET_5 = date(2026, 6, 30)


def _reads(model: catalog.Model, each: Summary) -> bool | None:
    """Whether the model reads thinking of that turn's maker; None is not documented."""
    maker = catalog.get(each.made_by)
    if not each.made_by or model.id == maker.id:
        return True
    if maker.id in _ONLY_EACH_OTHER:
        return model.id in _ONLY_EACH_OTHER
    if model.id == "claude-sonnet-5-5":
        if maker.line in ("fable", "mythos"):
            return False
        if maker.released is not None and maker.line == "opus":
            return maker.released <= _UP_TO_SONNET_5
        if maker.released is not None and maker.released <= _UP_TO_SONNET_5:
            return True
    return None


# In automatic mode the turn may begin with anything (thinking-steering page).
@rule("extended-thinking page, Aug 2026; error reports", "2026-11")
def manual_thinking_first(request: Request) -> Iterator[Problem]:
    """With a thinking budget, an open tool loop begins with its thinking."""
    turns = request.summaries
    if request.thinking_type != "enabled" or len(turns) < 2 or not turns[-1].role:
        return
    call, results = turns[-2], turns[-1]
    if results.role != "user" or not results.tool_results or not call.tool_uses:
        return
    if call.role != "assistant" or call.types[0] in THOUGHTS:
        return
    n = len(turns) - 2
    yield Problem(
        f"messages.{n}.content.0",
        "error",
        f"messages.{n}.content.0.type: Expected `thinking` or `redacted_thinking`, but "
        f"found `{call.types[0]}`. When `thinking` is enabled, a final `assistant` "
        "message must start with a thinking block (preceeding the lastmost set of "
        "`tool_use` and `tool_result` blocks).",
        "With a thinking budget the turn that called the tool must begin with its "
        "thinking.",
        (Fix("remove_param", "Switch thinking off", {"param": "thinking"}),),
    )
