"""Rules about a message's shape, roles and text, and about role "system"."""

from collections.abc import Iterator

from playground.spec.prefix import THOUGHTS
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import (
    Message,
    Request,
    message_rule,
    rule,
)

ROLES = ("user", "assistant", "system")
_DELETE = Fix("delete_message", "Delete this turn")
_EXCLUDE = Fix("exclude_message", "Leave this turn out")
_DELETE_BLOCK = Fix("delete_block", "Delete this block")

# --- shape


@message_rule("recorded Jun 2024", "2026-11")
def message_shape(message: Message) -> Iterator[Problem]:
    """A turn is an object."""
    if not isinstance(message.given, dict):
        text = "messages.N: Input does not match the expected shape."
        yield Problem("", "error", text, "A turn must be an object.", (_DELETE,))


@message_rule("SDK message_param; wording assumed", "2026-11")
def role_unknown(message: Message) -> Iterator[Problem]:
    """A turn belongs to user, assistant or system."""
    fixes = (
        Fix("set_role", "Make it a user turn", {"role": "user"}),
        Fix("set_role", "Make it an assistant turn", {"role": "assistant"}),
    )
    if not isinstance(message.given, dict):
        return
    if "role" not in message.body:
        text = "messages.N.role: Field required"
        yield Problem("role", "error", text, "A turn needs a role.", fixes)
    elif message.role not in ROLES:
        text = "messages.N.role: Input should be 'user', 'assistant' or 'system'"
        words = "A turn belongs to the user, the assistant or, on some models, system."
        yield Problem("role", "error", text, words, fixes)


# --- structure


@message_rule("error reports to May 2026", "2026-05")
def cache_control_on_empty_text(message: Message) -> Iterator[Problem]:
    """An empty block cannot be cached."""
    for i, block in message.blocks:
        marked = block.get("cache_control") is not None
        if block.get("type") == "text" and block.get("text") == "" and marked:
            path = f"content.{i}"
            text = f"messages.N.{path}.text: cache_control cannot be set for empty "
            text += "text blocks"
            words = "An empty block cannot be cached."
            yield Problem(path, "error", text, words, (_DELETE_BLOCK,))


@message_rule("error reports to May 2026; system turns: Oct 2026", "2026-10")
def empty_text(message: Message) -> Iterator[Problem]:
    """A text block is not empty."""
    for path, typed in message.texts:
        if typed == "" and path != "content":
            text = "messages: text content blocks must be non-empty"
            words = "This text block is empty."
            yield Problem(path, "error", text, words, (_DELETE_BLOCK,))


@message_rule("reports: home-assistant 175637, claude-code 23369 (2026)", "2026-07")
def blank_text(message: Message) -> Iterator[Problem]:
    """Text is not only white space."""
    for path, typed in message.texts:
        if typed and not typed.strip():
            text = "messages: text content blocks must contain non-whitespace text"
            words = "There is nothing here but white space."
            fixes = (_EXCLUDE, _DELETE) if path == "content" else (_DELETE_BLOCK,)
            yield Problem(path, "error", text, words, fixes)


@message_rule("report: SEMOSS 2323 (Apr 2026); vision page", "2026-08")
def image_in_assistant(message: Message) -> Iterator[Problem]:
    """Only the user can show an image."""
    if message.role == "assistant":
        for i, block in message.blocks:
            if block.get("type") == "image":
                yield Problem(
                    f"content.{i}",
                    "error",
                    "'image' blocks are not permitted within assistant turns",
                    "Only the user can show an image.",
                    (
                        _DELETE_BLOCK,
                        Fix("set_role", "Make it a user turn", {"role": "user"}),
                    ),
                )


@message_rule("handle-tool-calls page; refusal unverified", "2026-11")
def block_of_other_role(message: Message) -> Iterator[Problem]:
    """Calls and thinking are the assistant's, results the user's."""
    theirs = {
        "user": ("tool_use", "server_tool_use", *THOUGHTS),
        "assistant": ("tool_result",),
    }.get(message.role, ())
    for i, block in message.blocks:
        if block.get("type") in theirs:
            other = "assistant" if message.role == "user" else "user"
            words = f"A {block['type']} block belongs in the {other}'s turn; whether "
            words += "the API refuses it here is not confirmed."
            yield Problem(f"content.{i}", "warning", "", words, (_DELETE_BLOCK,))


@rule("reports; recorded Jan 2026, measured Jun 2026", "2026-06")
def empty_message(request: Request) -> Iterator[Problem]:
    """Only a final assistant turn may be empty."""
    last = len(request.summaries) - 1
    for n, each in request.notable:
        if not each.empty or each.content in ("missing", "invalid"):
            continue
        if each.role == "system" or (each.role == "assistant" and n == last):
            continue
        text = "all messages must have non-empty content except for the optional final "
        text += "assistant message"
        if each.role == "user" and each.content == "blocks":
            text = "user messages must have non-empty content"
        text = f"messages.{n}: {text}"
        fixes = (_EXCLUDE, _DELETE)
        yield Problem(f"messages.{n}", "error", text, "This turn is empty.", fixes)


@rule("migration page of version 2026-10-21; wording assumed", "2026-11")
def document_in_assistant(request: Request) -> Iterator[Problem]:
    """Since version 2026-10-21 only the user can show a document."""
    if request.version < "2026-10-21":
        return
    for n, each in request.notable:
        for i, kind in enumerate(each.types if each.role == "assistant" else ()):
            if kind == "document":
                text = "'document' blocks are not permitted within assistant turns"
                words = "Only the user can show a document."
                path = f"messages.{n}.content.{i}"
                yield Problem(path, "error", text, words, (_DELETE_BLOCK,))


@rule("migration page of version 2026-10-21; wording assumed", "2026-11")
def citations_of_user(request: Request) -> Iterator[Problem]:
    """Since version 2026-10-21 a user's text carries no citations."""
    if request.version < "2026-10-21":
        return
    for n, each in request.notable:
        for place in each.cited if each.role == "user" else ():
            path = f"messages.{n}.{place}.citations"
            text = f"messages.{n}.{place}.text.citations: not permitted in user "
            text += "messages"
            words = "Only Claude's own text can carry citations."
            fix = Fix("remove_param", "Remove the citations")
            yield Problem(path, "error", text, words, (fix,))
