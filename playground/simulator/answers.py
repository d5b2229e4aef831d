"""The answer to a request: content blocks, why it stops, and what it costs.

Knows what to say (prose, JSON, tool call) and where to stop; not how it is sent.
"""

import json
import re
from dataclasses import dataclass, field
from typing import Any

from playground.simulator import invented_json, json_text, prose
from playground.simulator.prompt import Prompt
from playground.simulator.request import Request
from playground.simulator.wire import made_id, made_signature
from playground.spec.tokens import estimate_text

_PIECE = re.compile(r"\s*\S{1,10}|\s+")


@dataclass(slots=True)
class Answer:
    """Content as the API returns it; `shown` thinking may be less than was counted."""

    content: list[dict[str, Any]] = field(default_factory=list)
    stop_reason: str = "end_turn"
    stop_sequence: str | None = None
    output_tokens: int = 0
    thinking_tokens: int | None = None


def answer(request: Request) -> Answer:
    """The invented answer: the same for the same request."""
    prompt = Prompt(request)
    given = Answer()
    if prompt.max_tokens == 0:
        given.stop_reason = "max_tokens"
        return given
    tool = prompt.tool
    forced = tool is not None and _forces(request.params.get("tool_choice"))
    if prompt.thinks and not forced:
        _think(prompt, given)
    if given.stop_reason == "end_turn":
        _say(prompt, given, "" if forced else _words(prompt))
    if tool is not None and given.stop_reason == "end_turn":
        _call(prompt, given, tool)
    return given


def pieces(text: str) -> list[str]:
    """The text in parts of about a token, as a stream delivers it."""
    return _PIECE.findall(text)


def _words(prompt: Prompt) -> str:
    """The text of the answer before stop sequences and limits."""
    if prompt.tool is not None:
        return f"The simulator will call {prompt.tool['name']}, as you asked."
    if prompt.schema is not None:
        value = invented_json.instance(prompt.schema, prompt.request.seed)
        return json.dumps(value, ensure_ascii=False)
    if prompt.prefill is not None:
        return _continuation(prompt, prompt.prefill)
    if prompt.wants_json:
        made = _object(prompt)
        value = [made] if prompt.wants_json_list else made
        return json.dumps(value, ensure_ascii=False, indent=2)
    return prose.answer(prompt)


def _continuation(prompt: Prompt, prefill: str) -> str:
    begun = json_text.begun(prefill)
    if begun and (prefill[begun.start] == "{" or _opens_list(prompt, prefill, begun)):
        rest = json_text.completion(
            begun,
            _keys(prompt),
            lambda key: invented_json.value_for(key, prompt.request.seed),
        )
        return rest + ("\n```" if prefill.count("```") % 2 else "")
    chosen = prose.choice(prompt, prefill)
    return prose.continuation(prompt, prefill) if chosen is None else chosen


def _opens_list(prompt: Prompt, prefill: str, begun: json_text.Unfinished) -> bool:
    before = prefill[: begun.start].rstrip()
    return prompt.wants_json or not before or before.endswith(("```", "```json"))


def _object(prompt: Prompt) -> dict[str, Any]:
    seed = prompt.request.seed
    made = {key: invented_json.value_for(key, seed) for key in _keys(prompt)}
    # Numbers alone would not say that they are invented.
    says_so = "invented" in str(list(made.values()))
    return made if says_so else {**made, "source": "simulator"}


def _keys(prompt: Prompt) -> list[str]:
    found = invented_json.asked_keys(prompt.question)
    return found or invented_json.asked_keys(prompt.system) or ["answer"]


def _think(prompt: Prompt, given: Answer) -> None:
    text = prose.thoughts(prompt)
    text, tokens, whole = _within(text, prompt.max_tokens, prompt)
    signature = made_signature(prompt.request.seed, text)
    shown = text if prompt.shows_thinking else ""
    given.content.append(
        {"type": "thinking", "thinking": shown, "signature": signature}
    )
    given.output_tokens = given.thinking_tokens = tokens
    if not whole or tokens >= prompt.max_tokens:
        given.stop_reason = "max_tokens"


def _say(prompt: Prompt, given: Answer, text: str) -> None:
    """Add the text, up to the first stop sequence or the limit."""
    stop = min(
        ((text.find(s), s) for s in prompt.stop_sequences if s in text), default=None
    )
    heard = text[: stop[0] + len(stop[1])] if stop else text
    heard, tokens, whole = _within(
        heard, prompt.max_tokens - given.output_tokens, prompt
    )
    if not whole:
        given.stop_reason = "max_tokens"
    elif stop:
        given.stop_reason, given.stop_sequence = "stop_sequence", stop[1]
        heard = text[: stop[0]]
    given.output_tokens += tokens
    if heard:
        given.content.append({"type": "text", "text": heard})


def _call(prompt: Prompt, given: Answer, tool: dict[str, Any]) -> None:
    schema = tool.get("input_schema")
    value = invented_json.instance(
        schema if isinstance(schema, dict) else {"type": "object"}, prompt.request.seed
    )
    written = json.dumps(value, ensure_ascii=False)
    _, tokens, whole = _within(
        f"{tool['name']} {written}", prompt.max_tokens - given.output_tokens, prompt
    )
    given.output_tokens += tokens
    if not whole:
        given.stop_reason = "max_tokens"
        return
    given.stop_reason = "tool_use"
    given.content.append(
        {
            "type": "tool_use",
            "id": made_id("toolu", prompt.request.seed),
            "name": tool["name"],
            "input": value if isinstance(value, dict) else {},
            "caller": {"type": "direct"},
        }
    )


def _within(text: str, limit: int, prompt: Prompt) -> tuple[str, int, bool]:
    """The text cut to a number of tokens, its tokens, and whether it is whole."""
    tokenizer = prompt.request.model.tokenizer
    tokens = estimate_text(text, tokenizer)
    if tokens <= limit:
        return text, tokens, True
    parts = pieces(text)
    low, high = 1, len(parts)  # a model says at least one token
    while low < high:
        middle = (low + high + 1) // 2
        if estimate_text("".join(parts[:middle]), tokenizer) <= limit:
            low = middle
        else:
            high = middle - 1
    return "".join(parts[:low]), limit, False


def _forces(choice: object) -> bool:
    return isinstance(choice, dict) and choice.get("type") in ("any", "tool")
