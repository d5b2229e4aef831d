"""Rules about a final assistant turn, which the model is to continue."""

from collections.abc import Iterator

from playground.spec.prefix import THOUGHTS
from playground.spec.rules.model import switch
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import Request, rule


def is_prefill(request: Request) -> bool:
    """Whether the request ends in an assistant turn that the model would continue.

    Content of a paused turn is sent back as it came and is none (server-tools page),
    nor is a retry on fallback credit (beta), a call that waits for its result, or a
    compaction, after which the SDK's own runner sends the conversation like this.
    """
    final = request.final
    return (
        final is not None
        and final.role == "assistant"
        and not final.tool_uses
        and not final.server_uses
        and not final.server_results
        and final.types[-1:] != ("compaction",)
        and "fallback_credit_token" not in request.params
    )


def _structured(request: Request) -> tuple[Fix, ...]:
    """The fix for a prefill that begins a JSON object, where a format can do it."""
    final = request.final
    if final is None or not final.opens_json or not request.model.structured_outputs:
        return ()
    if request.output_config.get("format") is not None:
        return (Fix("delete_message", "Delete the prefill, the format is enough"),)
    return (Fix("prefill_to_format", "Ask for JSON by an output format"),)


# count_tokens may or may not refuse it: nobody has said.
@rule("errors page, Sep 2026; recorded on Sonnet 5, Jul 2026", "2026-11")
def prefill_unsupported(request: Request) -> Iterator[Problem]:
    """Only the 4.5 models continue an assistant turn."""
    if not is_prefill(request) or request.model.prefill:
        return
    name = request.model.name
    words = f"{name} refuses a conversation that ends with an assistant turn."
    fixes = (
        Fix("prefill_to_instruction", "Turn it into an instruction"),
        *_structured(request),
        Fix("continue_in_new_turn", "Ask to continue in a new turn"),
        *switch(request, lambda model: model.prefill),
        Fix("delete_message", "Delete this turn"),
    )
    message = (
        "This model does not support assistant message prefill. The conversation must "
        "end with a user message."
    )
    problem = request.refuse("prefill", request.final_path, message, words, *fixes)
    if request.counting:
        words += " Whether counting refuses it too is not confirmed."
        problem = Problem(request.final_path, "warning", message, words, fixes)
    yield problem


# What a paused turn ends in is not documented.
@rule("server-tools page, Aug 2026: a paused turn is sent back as it is", "2026-11")
def paused_or_prefill(request: Request) -> Iterator[Problem]:
    """A turn that used server tools can be continued only if it had paused."""
    final = request.final
    if final is None or final.role != "assistant" or request.model.prefill:
        return
    if (final.server_uses or final.server_results) and final.types[-1:] == ("text",):
        words = "If this turn had paused in its tools, it goes on. If it had ended, "
        words += f"{request.model.name} refuses to continue it."
        fix = Fix("continue_in_new_turn", "Ask to continue in a new turn")
        yield Problem(request.final_path, "warning", "", words, (fix,))


@rule("refused in Jul 2024, not mentioned since (weak)", "2026-11")
def prefill_with_tools(request: Request) -> Iterator[Problem]:
    """A prefill beside tools was refused once, and seems to be taken now."""
    if is_prefill(request) and request.model.prefill and request.params.get("tools"):
        words = "Until 2024 a prefill beside tools was refused. It seems to be taken "
        words += "now; nothing confirms it."
        fix = Fix("prefill_to_instruction", "Turn it into an instruction")
        yield Problem(request.final_path, "warning", "", words, (fix,))


@rule("error reports 2024 to Aug 2026", "2026-08")
def prefill_ends_in_whitespace(request: Request) -> Iterator[Problem]:
    """A prefill does not end in white space."""
    final = request.final
    if final is None or not is_prefill(request) or not request.model.prefill:
        return
    if final.ends_in_whitespace and not final.blank:
        yield Problem(
            _end(request),
            "error",
            "messages: final assistant content cannot end with trailing whitespace",
            "A prefill cannot end with a space or an empty line: the answer would "
            "begin badly.",
            (Fix("strip_trailing_whitespace", "Remove the space at the end"),),
        )


# The tail of the API's text ("…") was never quoted in full.
@rule("extended-thinking page; error reports", "2026-08")
def prefill_with_thinking(request: Request) -> Iterator[Problem]:
    """A prefill and a thinking budget exclude each other."""
    final, n = request.final, len(request.summaries) - 1
    if final is None or not is_prefill(request) or request.thinking_type != "enabled":
        return
    first = final.types[0] if final.types else ""
    if not first or first in THOUGHTS:
        return
    yield Problem(
        request.final_path,
        "error",
        f"messages.{n}.content.0.type: Expected `thinking` or `redacted_thinking`, but "
        f"found `{first}`. When `thinking` is enabled, a final `assistant` message "
        "must start with a thinking block (preceeding the lastmost set of `tool_use` "
        "and `tool_result` blocks).",
        "A prefill and thinking do not go together: an answer that thinks must begin "
        "with the thinking.",
        (
            Fix("remove_param", "Switch thinking off", {"param": "thinking"}),
            Fix("prefill_to_instruction", "Turn it into an instruction"),
        ),
    )


@rule("structured-outputs page, Aug 2026; wording assumed", "2026-08")
def prefill_with_format(request: Request) -> Iterator[Problem]:
    """A prefill and an output format exclude each other."""
    if is_prefill(request) and request.output_config.get("format") is not None:
        yield Problem(
            request.final_path,
            "error",
            "output_config.format: prefilling the assistant message is not supported "
            "with an output format.",
            "A prefill and an output format do not go together.",
            (
                Fix(
                    "remove_param",
                    "Remove the format",
                    {"param": "output_config.format"},
                ),
                Fix("delete_message", "Delete the prefill"),
            ),
        )


def _end(request: Request) -> str:
    """Where a prefill's last text is."""
    final = request.final
    if final is None or final.content == "text":
        return f"{request.final_path}.content"
    return f"{request.final_path}.content.{len(final.types) - 1}"
