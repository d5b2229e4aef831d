"""What differs between models apart from thinking, one step each."""

from typing import Any

from playground.spec import fixes
from playground.spec.porting.way import Change, Port


def tokenizer(made: Port) -> None:
    source, target = made.source, made.target
    if source.tokenizer != target.tokenizer:
        more = "more" if target.tokenizer == "new" else "fewer"
        words = f"{target.name} counts the same text in about 30 % {more} tokens: "
        words += "limits, costs and caches shift."
        made.note("model", words)


def limits(made: Port) -> None:
    target, value = made.target, made.body.get("max_tokens")
    if isinstance(value, int) and value > target.max_output:
        words = f"{target.name} answers with at most {target.max_output:,} tokens."
        made.apply("max_tokens", words, "set_param", value=target.max_output)
    if made.body.get("inference_geo") is not None and not target.inference_geo:
        words = f"{target.name} cannot be told where to run."
        made.apply("inference_geo", words, "remove_param")
    if made.body.get("speed") == "fast" and not target.fast_price:
        made.apply("speed", f"{target.name} has no fast mode.", "remove_param")


def sampling(made: Port) -> None:
    for key in ("temperature", "top_p", "top_k"):
        if key in made.body and made.target.sampling != "accepted":
            words = f"{made.target.name} no longer lets you choose {key}."
            made.apply(key, words, "remove_param")


def system_turns(made: Port) -> None:
    if made.target.system_role:
        return
    for n in reversed(range(len(made.messages))):
        message = made.messages[n]
        if not isinstance(message, dict) or message.get("role") != "system":
            continue
        path = f"messages.{n}"
        if message.get("content"):
            words = f"{made.target.name} takes no system turns: the user says it."
            value = {"role": "user", "content": message["content"]}
            made.apply(path, words, "set_param", value=value)
        else:
            words = f"{made.target.name} takes no system turns."
            made.apply(path, words, "delete_message")


def tool_choice(made: Port) -> None:
    if not made.forced or made.target.forced_tool_choice:
        return
    choice = made.body["tool_choice"]
    name = choice.get("name")
    kept = {k: v for k, v in choice.items() if k not in ("type", "name")}
    words = f"{made.target.name} cannot be forced to use a tool."
    value = {"type": "auto", **kept}
    made.apply("tool_choice", words, "set_param", value=value)
    asked = f"Use the tool {name}." if name else "Use one of the tools."
    system = made.body.get("system")
    if isinstance(system, list):
        said: Any = [*system, {"type": "text", "text": asked}]
    else:
        said = f"{system}\n\n{asked}" if system else asked
    words = "An instruction takes the place of the forced tool."
    made.apply("system", words, "set_param", value=said)


def prefill(made: Port) -> None:
    if not made.prefilled:
        return
    path = f"messages.{len(made.messages) - 1}"
    if not made.target.prefill:
        words = f"{made.target.name} does not continue an assistant turn: an "
        words += "instruction asks for that beginning."
    elif made.config("format") is not None:
        words = "A prefill and an output format do not go together: an instruction "
        words += "asks for that beginning."
    else:
        return
    made.apply(path, words, "prefill_to_instruction")


def thoughts(made: Port) -> None:
    if made.source.id == made.target.id:
        return
    before = made.messages
    body = fixes.apply("remove_thinking", made.body, "messages")
    if len(body["messages"] if before else ()) != len(before) or any(
        one is not other for one, other in zip(before, body["messages"], strict=False)
    ):
        words = f"{made.target.name} may not read the thinking of {made.source.name}."
        made.body = body
        made.changes.append(Change("messages", words))


def caches(made: Port) -> None:
    source, target = made.source, made.target
    if source.id != target.id and _mentions(made.body, "cache_control"):
        words = "Caches belong to a model: the first request writes them anew"
        if target.min_cacheable_tokens != source.min_cacheable_tokens:
            words += f", from {target.min_cacheable_tokens:,} tokens on"
        made.note("cache_control", f"{words}.")


def _mentions(value: Any, key: str) -> bool:
    if isinstance(value, dict):
        return key in value or any(_mentions(each, key) for each in value.values())
    return isinstance(value, list) and any(_mentions(each, key) for each in value)
