"""Rules about a message's shape, roles and text, and about role "system"."""

from collections.abc import Iterator

from playground.spec.rules import keys
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import (
    Message,
    Request,
    message_rule,
    rule,
)

ROLES = ("user", "assistant", "system")
_DELETE = Fix("delete_message", "Delete this turn")
_DELETE_BLOCK = Fix("delete_block", "Delete this block")

# --- shape


@message_rule("recorded Jun 2024", "2026-11")
def message_shape(message: Message) -> Iterator[Problem]:
    if not isinstance(message.given, dict):
        text = "messages.N: Input does not match the expected shape."
        yield Problem("", "error", text, "A turn must be an object.", (_DELETE,))


@message_rule("SDK message_param; wording assumed", "2026-11")
def role_unknown(message: Message) -> Iterator[Problem]:
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


@message_rule("SDK message_param; wording assumed", "2026-11")
def content_type(message: Message) -> Iterator[Problem]:
    content = message.body.get("content")
    if not isinstance(message.given, dict):
        return
    if "content" not in message.body:
        text = "messages.N.content: Field required"
        yield Problem("content", "error", text, "The turn is empty.", (_DELETE,))
    elif not isinstance(content, str | list):
        text = "messages.N.content: Input should be a valid list"
        words = "Content is text or a list of blocks."
        yield Problem("content", "error", text, words, (_DELETE,))


@message_rule("SDK *_message_param; measured Sep 2026", "2026-11")
def message_key_unknown(message: Message) -> Iterator[Problem]:
    for key in message.body:
        if key in keys.MESSAGE:
            continue
        if key in keys.BETA_MESSAGE and message.role == "system":
            continue  # known beside a beta header, which is not this rule's to see
        yield _extra(key, key, f"A turn has role and content, but no {key}.")


@message_rule("SDK content_block_param; wording recorded 2024 and assumed", "2026-11")
def block_type(message: Message) -> Iterator[Problem]:
    content = message.body.get("content")
    for i, block in enumerate(content if isinstance(content, list) else ()):
        path = f"content.{i}"
        if not isinstance(block, dict):
            text = f"messages.N.{path}: Input does not match the expected shape."
            words = "A content block must be an object."
            yield Problem(path, "error", text, words, (_DELETE_BLOCK,))
        elif "type" not in block:
            text = f"messages.N.{path}.type: Field required"
            words = "A content block needs a type."
            yield Problem(f"{path}.type", "error", text, words, (_DELETE_BLOCK,))
        elif not isinstance(block["type"], str) or block["type"] not in keys.BLOCKS:
            # Beta headers add types that are not listed here.
            text = f"messages.N.{path}: Input tag '{block['type']}' found using 'type' "
            text += "does not match any of the expected tags"
            words = f"No block type {block['type']} is known here; it may need a beta "
            words += "header."
            yield Problem(f"{path}.type", "warning", text, words, (_DELETE_BLOCK,))


@message_rule("SDK *_block_param", "2026-11")
def block_key_missing(message: Message) -> Iterator[Problem]:
    for path, kind, block in _known(message):
        for key in sorted(keys.BLOCKS[kind][0] - block.keys()):
            text = f"messages.N.{path}.{kind}.{key}: Field required"
            words = f"A {kind} block needs {key}."
            yield Problem(f"{path}.{key}", "error", text, words, (_DELETE_BLOCK,))


@message_rule("SDK *_block_param; reports to Oct 2026", "2026-11")
def block_key_unknown(message: Message) -> Iterator[Problem]:
    for path, kind, block in _known(message):
        for key in block.keys() - keys.BLOCKS[kind][0] - keys.BLOCKS[kind][1]:
            said, words = f"{path}.{kind}.{key}", f"A {kind} block has no {key}."
            yield _extra(f"{path}.{key}", said, words)


@message_rule("SDK text_block_param; wording assumed", "2026-11")
def text_is_text(message: Message) -> Iterator[Problem]:
    for path, kind, block in _known(message):
        if kind == "text" and not isinstance(block.get("text", ""), str):
            text = f"messages.N.{path}.text.text: Input should be a valid string"
            words = "The text of a block must be text."
            yield Problem(f"{path}.text", "error", text, words, (_DELETE_BLOCK,))


def _known(message: Message) -> Iterator[tuple[str, str, dict[str, object]]]:
    for path, block in message.nested:
        kind = block.get("type")
        if isinstance(kind, str) and kind in keys.BLOCKS:
            yield path, kind, block


def _extra(path: str, said: str, words: str) -> Problem:
    text = f"messages.N.{said}: Extra inputs are not permitted"
    fix = Fix("remove_param", f"Remove {path.rpartition('.')[2]}")
    return Problem(path, "error", text, words, (fix,))


# --- structure


@message_rule("error reports to May 2026", "2026-05")
def cache_control_on_empty_text(message: Message) -> Iterator[Problem]:
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
    for path, typed in message.texts:
        if typed == "" and path != "content":
            text = "messages: text content blocks must be non-empty"
            words = "This text block is empty."
            yield Problem(path, "error", text, words, (_DELETE_BLOCK,))


@message_rule("reports: home-assistant 175637, claude-code 23369 (2026)", "2026-07")
def blank_text(message: Message) -> Iterator[Problem]:
    for path, typed in message.texts:
        if typed and not typed.strip():
            text = "messages: text content blocks must contain non-whitespace text"
            words = "There is nothing here but white space."
            fix = _DELETE if path == "content" else _DELETE_BLOCK
            yield Problem(path, "error", text, words, (fix,))


@message_rule("report: SEMOSS 2323 (Apr 2026); vision page", "2026-08")
def image_in_assistant(message: Message) -> Iterator[Problem]:
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
    theirs = {
        "user": ("tool_use", "server_tool_use", "thinking", "redacted_thinking"),
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
    last = len(request.summaries) - 1
    for n, each in enumerate(request.summaries):
        if not each.empty or each.content in ("missing", "invalid"):
            continue
        if each.role == "system" or (each.role == "assistant" and n == last):
            continue
        text = "all messages must have non-empty content except for the optional final "
        text += "assistant message"
        if each.role == "user" and each.content == "blocks":
            text = "user messages must have non-empty content"
        text = f"messages.{n}: {text}"
        yield Problem(f"messages.{n}", "error", text, "This turn is empty.", (_DELETE,))


@rule("migration page of version 2026-10-21; wording assumed", "2026-11")
def document_in_assistant(request: Request) -> Iterator[Problem]:
    if request.version < "2026-10-21":
        return
    for n, each in enumerate(request.summaries):
        for i, kind in enumerate(each.types if each.role == "assistant" else ()):
            if kind == "document":
                text = "'document' blocks are not permitted within assistant turns"
                words = "Only the user can show a document."
                path = f"messages.{n}.content.{i}"
                yield Problem(path, "error", text, words, (_DELETE_BLOCK,))


@rule("migration page of version 2026-10-21; wording assumed", "2026-11")
def citations_of_user(request: Request) -> Iterator[Problem]:
    if request.version < "2026-10-21":
        return
    for n, each in enumerate(request.summaries):
        for i in each.cited if each.role == "user" else ():
            path = f"messages.{n}.content.{i}.citations"
            text = f"messages.{n}.content.{i}.text.citations: not permitted in user "
            text += "messages"
            words = "Only Claude's own text can carry citations."
            fix = Fix("remove_param", "Remove the citations")
            yield Problem(path, "error", text, words, (fix,))
