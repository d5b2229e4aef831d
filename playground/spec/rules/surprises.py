"""Rules about what the API does without saying so. Never an error.

Estimates of tokens are good to some ten percent, so what depends on them is said only
where it is clear, or as a possibility.
"""

from collections.abc import Iterator

from playground.spec import catalog, shapes, tokens
from playground.spec.rules.caching import marks
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, as_text, each_dict, is_number, rule

DOUBT = 1.15
"""A prompt is surely too short only if it is by more than the estimate may be off."""

VERSIONS = ("2023-01-01", "2023-06-01", "2026-10-21")
"""Values of anthropic-version (versioning page, Oct 2026)."""


@rule("prompt-caching page, Aug 2026; minimum of each model", "2026-11")
def prefix_not_cached(request: Request) -> Iterator[Problem]:
    """A prefix below the model's minimum is silently not cached."""
    found, model = marks(request), request.model
    automatic = isinstance(request.params.get("cache_control"), dict)
    if not (found or automatic) or not model.known:
        return
    # The last of them all is the automatic one, on the last block.
    path = found[-1].path if found else ""
    end = _message_of(path) if found else len(request.summaries)
    shown = {
        key: value
        for key, value in request.params.items()
        if key in ("model", "tools", "tool_choice", "thinking")
        or (key == "system" and not path.startswith("tools"))
    }
    read = request.summaries[: end + 1]
    total = tokens.request_tokens(shown, read).total
    if total * DOUBT < model.min_cacheable_tokens:
        words = f"About {total:,} tokens up to here; {model.name} caches nothing below "
        words += f"{model.min_cacheable_tokens:,} and does not say so."
        fix = Fix("remove_param", "Remove this breakpoint")
        place = f"{path}.cache_control" if path else "cache_control"
        yield Problem(place, "warning", "", words, (fix,))


LOOK_BACK = 20
"""Blocks that a breakpoint looks back for what is cached already."""


@rule("prompt-caching page, Aug 2026", "2026-11")
def cache_out_of_sight(request: Request) -> Iterator[Problem]:
    """Behind more than 20 blocks a breakpoint does not see what is cached."""
    found = [mark for mark in marks(request) if mark.path.startswith("messages.")]
    if not found:
        return
    n, block = _place_of(found[-1].path)
    before = [
        b for m, b in map(_place_of, (mark.path for mark in found[:-1])) if m == n
    ]
    passed = block - max(before, default=-1)
    if passed > LOOK_BACK and (n > 0 or before):
        words = f"A breakpoint looks back {LOOK_BACK} blocks, and there are {passed} "
        words += "since the one before, or since this turn began: what is cached of "
        words += "earlier turns is not found. Another breakpoint in between helps."
        yield Problem(f"{found[-1].path}.cache_control", "warning", "", words)


def _place_of(path: str) -> tuple[int, int]:
    """Message and block of a path like "messages.3.content.1"."""
    parts = path.split(".")
    return int(parts[1]), int(parts[3])


def _message_of(path: str) -> int:
    parts = path.split(".")
    return int(parts[1]) if parts[0] == "messages" else -1


# Which model wrote a turn its keeper tells, as with thinking.
@rule("pricing page, Aug 2026", "2026-11")
def tokenizer_changed(request: Request) -> Iterator[Problem]:
    """The same text has other numbers of tokens on models of another generation."""
    before = next((s.made_by for s in reversed(request.summaries) if s.made_by), "")
    model, maker = request.model, catalog.get(before)
    if model.known and maker.known and model.tokenizer != maker.tokenizer:
        more = "more" if model.tokenizer == "new" else "fewer"
        words = f"{model.name} counts the same text in about 30 % {more} tokens than "
        words += f"{maker.name}, which wrote the last reply: costs and limits shift."
        yield Problem("model", "note", "", words)


@rule("context-windows page, Aug 2026", "2026-08")
def answer_cut_by_window(request: Request) -> Iterator[Problem]:
    """An answer may end at the end of the window, without an error."""
    value, model = request.params.get("max_tokens"), request.model
    if not is_number(value) or not model.known or value > model.max_output:
        return
    total = request.prompt_tokens
    if total <= model.context_window < total + value:
        left = model.context_window - total
        words = f"About {left:,} tokens of the window are left, fewer than max_tokens. "
        words += "A longer answer ends with model_context_window_exceeded."
        yield Problem("max_tokens", "note", "", words)


@rule("pricing page, Oct 2026", "2026-10")
def dearer_when_long(request: Request) -> Iterator[Problem]:
    """Beyond a length the whole request has another price."""
    model = request.model
    if model.long_price_above is None or model.price is None or not model.long_price:
        return
    if request.prompt_tokens > model.long_price_above:
        times = model.long_price.input / model.price.input
        words = f"The prompt is longer than {model.long_price_above:,} tokens: "
        words += f"{model.name} then costs {times:g} times as much, for all of it."
        yield Problem("model", "note", "", words)


@rule("handling-stop-reasons page, Aug 2026", "2026-08")
def text_after_results(request: Request) -> Iterator[Problem]:
    """Text behind the last tool results can make Claude answer nothing."""
    final = request.final
    if final is None or final.role != "user" or not final.tool_results:
        return
    if final.types[-1:] == ("text",):
        words = "Text behind tool results teaches Claude to end its turn: the answer "
        words += "may be empty."
        place = f"{request.final_path}.content.{len(final.types) - 1}"
        fix = Fix("delete_block", "Delete the text")
        yield Problem(place, "note", "", words, (fix,))


@rule("vision page, Aug 2026", "2026-08")
def only_first_frame(request: Request) -> Iterator[Problem]:
    """Of an animated GIF Claude sees the first frame."""
    for n, each in request.notable:
        for image in each.images:
            if image.media_type == "image/gif":
                words = "Of an animated GIF only the first frame is seen."
                yield Problem(f"messages.{n}.{image.path}", "note", "", words)


@rule("Haiku 5.5 and thinking pages, Oct 2026", "2026-10")
def forced_tool_skips_thinking(request: Request) -> Iterator[Problem]:
    """A forced tool is called without thinking first."""
    silent = request.model.id == "claude-haiku-5-5" and request.thinks
    if silent and request.tool_choice in ("any", "tool"):
        words = "With a forced tool Claude Haiku 5.5 answers without thinking."
        auto = {"param": "tool_choice", "value": {"type": "auto"}}
        fix = Fix("set_param", "Let Claude choose", auto)
        yield Problem("tool_choice.type", "note", "", words, (fix,))


@rule("structured-outputs page, Aug 2026", "2026-08")
def format_may_break(request: Request) -> Iterator[Problem]:
    """A short answer breaks the promise of an output format."""
    value = request.params.get("max_tokens")
    if request.output_config.get("format") is None or not is_number(value):
        return
    if 0 < value < 256:
        words = f"An answer cut at {value} tokens does not fit its schema any more."
        fix = Fix("set_param", "Set max tokens to 4,096", {"value": 4096})
        yield Problem("max_tokens", "warning", "", words, (fix,))


@rule("SDK AnthropicBetaParam; measured Sep 2026; vendor docs 2026", "2026-11")
def unknown_beta(request: Request) -> Iterator[Problem]:
    """The API refuses a beta that it does not know; newer ones are not known here."""
    for name in sorted(request.betas - shapes.betas()):
        text = f"Unexpected value(s) `{name}` for the `anthropic-beta` header. Please "
        text += "consult our documentation at platform.claude.com/docs or try again "
        text += "without the header."
        words = f"No beta {name} is known here; the API refuses those it does not know."
        yield Problem("anthropic-beta", "warning", text, words)


@rule("versioning page, Oct 2026; wording assumed", "2026-10")
def unknown_version(request: Request) -> Iterator[Problem]:
    """There are three values of anthropic-version."""
    if request.version not in VERSIONS:
        text = f"anthropic-version: {request.version} is not a valid version"
        words = f"The versions known here are {', '.join(VERSIONS)}."
        yield Problem("anthropic-version", "warning", text, words)


@rule("SDK tool_param docstring", "2026-11")
def deferred_without_search(request: Request) -> Iterator[Problem]:
    """Tools that are never loaded are never called."""
    tools = list(each_dict(request.params.get("tools")))
    deferred = [i for i, tool in tools if tool.get("defer_loading") is True]
    search = any("tool_search" in as_text(tool.get("type")) for _, tool in tools)
    if deferred and not search and len(deferred) < len(tools):
        words = "This tool is loaded only when a tool search finds it, and there is no "
        words += "tool search tool."
        fix = Fix("remove_param", "Load it from the start")
        place = f"tools.{deferred[0]}.defer_loading"
        yield Problem(place, "warning", "", words, (fix,))
