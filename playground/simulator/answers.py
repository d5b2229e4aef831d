"""The answer to a request: content blocks, why it stops, and what it costs.

Knows what to say (prose, JSON, tool call) and where to stop; not how it is sent.
"""

import json
import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from playground.simulator import invented_json, json_text, other_blocks, prose
from playground.simulator.drills import Manner
from playground.simulator.prompt import Prompt
from playground.simulator.request import Request
from playground.simulator.signatures import Signer
from playground.simulator.wire import Cached, made_id
from playground.spec.tokens import estimate_text

_PIECE = re.compile(r"\s*\S{1,10}|\s+")


@dataclass(slots=True)
class Answer:
    """Content as the API returns it; shown thinking may be less than was counted."""

    id: str = ""
    content: list[dict[str, Any]] = field(default_factory=list)
    stop_reason: str = "end_turn"
    stop_sequence: str | None = None
    stop_details: dict[str, Any] | None = None
    output_tokens: int = 0
    thinking_tokens: int | None = None
    cached: Cached = field(default_factory=Cached)
    manner: Manner = ""


def answer(request: Request) -> Answer:
    """The invented answer: the same for the same request, unless a drill says no."""
    prompt = Prompt(request)
    if prompt.drilled("vary"):
        prompt = Prompt(replace(request, seed=secrets.token_hex(32)))
    given = Answer(made_id("msg", prompt.request.seed))
    manners = (drill.manner for drill in prompt.drills if drill.manner)
    given.manner = next(manners, "")
    if prompt.max_tokens == 0:
        given.stop_reason = "max_tokens"
    elif prompt.drilled("refuse"):
        _refuse(given)
    else:
        _fill(prompt, given)
    return given


def _fill(prompt: Prompt, given: Answer) -> None:
    forced = _forces(prompt.request.params.get("tool_choice"))
    forced = forced and bool(prompt.calls)
    if prompt.paused is not None:
        given.content.append(other_blocks.search_result(prompt.paused))
    if prompt.thinks and not forced:
        _think(prompt, given)
    if given.stop_reason == "end_turn":
        given.content += _before_text(prompt)
        _say(prompt, given, "" if forced else _words(prompt))
    for tool in prompt.calls:
        if given.stop_reason in ("end_turn", "tool_use"):
            _call(prompt, given, tool)
    _drill(prompt, given)


def _before_text(prompt: Prompt) -> Iterator[dict[str, Any]]:
    if prompt.drilled("new block"):
        yield other_blocks.unheard_of()
    if prompt.drilled("search"):
        call = other_blocks.search_call(prompt.request.seed, prompt.question)
        yield call
        yield other_blocks.search_result(call["id"])


def _drill(prompt: Prompt, given: Answer) -> None:
    """What drills change about a finished answer."""
    if prompt.drilled("cite"):
        given.content = [
            other_blocks.cited(block["text"]) if block["type"] == "text" else block
            for block in given.content
        ]
    if prompt.drilled("pause") and prompt.paused is None:
        call = other_blocks.search_call(prompt.request.seed, prompt.question)
        given.content.append(call)
        given.stop_reason, given.stop_sequence = "pause_turn", None
    if prompt.drilled("full window"):
        _halve(prompt, given, "model_context_window_exceeded")
    if prompt.drilled("refuse midway"):
        _halve(prompt, given, "refusal")
        given.stop_details = other_blocks.REFUSED


def _refuse(given: Answer) -> None:
    given.stop_reason = "refusal"
    given.stop_details = other_blocks.REFUSED


def _halve(prompt: Prompt, given: Answer, reason: str) -> None:
    """Stop in the middle of the text, whatever would have come after it."""
    given.stop_reason, given.stop_sequence = reason, None
    for n, block in enumerate(given.content):
        if block["type"] == "text":
            parts = pieces(block["text"])
            block["text"] = "".join(parts[: max(1, len(parts) // 2)])
            del given.content[n + 1 :]
    tokenizer = prompt.request.model.tokenizer
    said = (estimate_text(b.get("text", ""), tokenizer) for b in given.content)
    given.output_tokens = (given.thinking_tokens or 0) + sum(said)


def pieces(text: str) -> list[str]:
    """The text in parts of about a token, as a stream delivers it."""
    return _PIECE.findall(text)


def _words(prompt: Prompt) -> str:
    """The text of the answer before stop sequences and limits."""
    if prompt.calls:
        names = " and ".join(tool["name"] for tool in prompt.calls)
        return f"The simulator will call {names}, as you asked."
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
    text, tokens, whole = _within(text, prompt.limit, prompt)
    shown = text if prompt.shows_thinking else ""
    redacts = prompt.drilled("redact")
    hidden = redacts or not prompt.shows_thinking
    signature = Signer(prompt.request).sign(shown, hidden=hidden)
    given.content.append(
        {"type": "redacted_thinking", "data": signature}
        if redacts
        else {"type": "thinking", "thinking": shown, "signature": signature}
    )
    given.output_tokens = given.thinking_tokens = tokens
    if not whole or tokens >= prompt.limit:
        given.stop_reason = prompt.limit_reason


def _say(prompt: Prompt, given: Answer, text: str) -> None:
    """Add the text, up to the first stop sequence or the limit."""
    stop = min(
        ((text.find(s), s) for s in prompt.stop_sequences if s in text), default=None
    )
    heard = text[: stop[0] + len(stop[1])] if stop else text
    heard, tokens, whole = _within(heard, prompt.limit - given.output_tokens, prompt)
    if not whole:
        given.stop_reason = prompt.limit_reason
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
        f"{tool['name']} {written}", prompt.limit - given.output_tokens, prompt
    )
    given.output_tokens += tokens
    if not whole:
        given.stop_reason = prompt.limit_reason
        return
    given.stop_reason = "tool_use"
    given.content.append(
        {
            "type": "tool_use",
            "id": made_id("toolu", prompt.request.seed, str(len(given.content))),
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
