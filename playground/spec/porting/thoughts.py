"""What differs in thinking and effort, and what takes its place."""

from collections.abc import Mapping
from typing import Any

from playground.spec.porting.way import Port
from playground.spec.rules.thinking import EFFORTS, LEAST_BUDGET, effort_of

BUDGETS: Mapping[str, int] = {
    "low": 2_048,
    "medium": 8_192,
    "high": 16_384,
    "xhigh": 32_768,
    "max": 32_768,
}
"""Thinking budgets that stand for an effort; a rule of thumb of ours."""


def thinking(made: Port) -> None:
    kind, target = made.thinking.get("type"), made.target
    if kind is None:
        _silent_thinking(made)
    elif kind == "adaptive" and kind not in target.thinking:
        _to_budget(made)
    elif kind == "enabled" and kind not in target.thinking:
        _from_budget(made)
    elif kind in ("disabled", "between_tools") and kind not in target.thinking:
        _hardly_any(made)
    if made.thinking.get("type") == "enabled" and _no_room(made):
        words = "A thinking budget does not go with a forced tool, a prefill or a tool "
        words += "call that has lost its thinking."
        made.apply("thinking", words, "remove_param")


def _no_room(made: Port) -> bool:
    last = made.messages[-1] if made.messages else None
    content = last.get("content") if isinstance(last, dict) else None
    open_loop = isinstance(content, list) and any(
        isinstance(block, dict) and block.get("type") == "tool_result"
        for block in content
    )
    return made.forced or made.prefilled or open_loop


def _silent_thinking(made: Port) -> None:
    source, target = made.source, made.target
    if source.thinking_default == target.thinking_default:
        return
    if target.thinking_default == "on":
        words = f"{target.name} thinks without being asked, and that counts as output."
        made.note("thinking", words)
    elif "adaptive" in target.thinking:
        words = f"{source.name} thinks without being asked; {target.name} must be."
        made.apply("thinking", words, "set_param", value={"type": "adaptive"})
    else:
        words = f"{target.name} thinks only with a budget; none is set."
        made.note("thinking", words)


def _from_budget(made: Port) -> None:
    efforts = made.target.efforts
    words = f"{made.target.name} decides itself how long to think; effort steers it."
    if efforts:
        effort = effort_of(made.thinking.get("budget_tokens"), efforts)
        made.apply("thinking", words, "thinking_to_effort", effort=effort)
    else:
        made.apply("thinking", words, "set_param", value={"type": "adaptive"})


def _to_budget(made: Port) -> None:
    effort, limit = made.config("effort"), made.body.get("max_tokens")
    wanted = BUDGETS.get(effort if isinstance(effort, str) else "", BUDGETS["high"])
    room = limit // 2 if isinstance(limit, int) else wanted
    if room < LEAST_BUDGET or "enabled" not in made.target.thinking:
        words = f"{made.target.name} thinks only with a budget, for which max_tokens "
        words += "leaves no room."
        made.apply("thinking", words, "remove_param")
        return
    value = {"type": "enabled", "budget_tokens": min(wanted, room)}
    if made.thinking.get("display") in ("summarized", "omitted"):
        value["display"] = made.thinking["display"]
    words = f"{made.target.name} thinks only with a budget that you give it."
    made.apply("thinking", words, "set_param", value=value)


def _hardly_any(made: Port) -> None:
    target = made.target
    for kind in ("disabled", "between_tools"):
        if kind in target.thinking:
            words = f"The least thinking of {target.name} is {kind}."
            made.apply("thinking", words, "set_param", value={"type": kind})
            return
    words = f"{target.name} always thinks."
    made.apply("thinking", words, "remove_param")
    if target.efforts and made.config("effort") is None:
        words = "Low effort comes nearest to no thinking."
        param: dict[str, Any] = {
            "param": "output_config.effort",
            "value": target.efforts[0],
        }
        if not isinstance(made.body.get("output_config"), dict):
            param = {"param": "output_config", "value": {"effort": target.efforts[0]}}
        made.apply("output_config", words, "set_param", **param)


def effort(made: Port) -> None:
    effort, target = made.config("effort"), made.target
    if effort is None:
        _silent_effort(made)
        return
    allowed = target.efforts
    if made.thinking.get("type") == "disabled" and target.disabled_efforts is not None:
        allowed = target.disabled_efforts
    if made.thinking.get("type") == "between_tools":
        allowed = tuple(each for each in allowed if each in EFFORTS[:3])
    if effort in allowed or effort not in EFFORTS:
        return
    path = "output_config.effort"
    if not allowed:
        made.apply(path, f"{target.name} has no effort setting.", "remove_param")
        return
    lower = [e for e in allowed if EFFORTS.index(e) <= EFFORTS.index(effort)]
    value = (lower or list(allowed))[-1]
    words = f"{target.name} has no effort {effort} here; {value} comes nearest."
    made.apply(path, words, "set_param", value=value)


def _silent_effort(made: Port) -> None:
    before, after = made.source.effort_default, made.target.effort_default
    if before and after and before != after:
        words = f"Without an effort {made.target.name} takes {after}; "
        words += f"{made.source.name} takes {before}."
        made.note("output_config.effort", words)
