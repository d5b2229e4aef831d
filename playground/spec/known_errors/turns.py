"""What the API says of turns, tool calls, images and caches."""

from playground.spec.known_errors.wording import (
    AUTO,
    DELETE_BLOCK,
    DELETE_TURN,
    OFF,
    PAIR,
    PATH,
    REMOVE,
    known,
)
from playground.spec.rules.problem import Fix

TURNS = (
    known(
        "prefill_unsupported",
        r"does not support assistant message prefill",
        "This model refuses a conversation that ends with an assistant turn.",
        Fix("prefill_to_instruction", "Turn it into an instruction"),
        Fix("continue_in_new_turn", "Ask to continue in a new turn"),
        DELETE_TURN,
        path="messages.last",
    ),
    known(
        "prefill_ends_in_whitespace",
        r"final assistant content cannot end with trailing whitespace",
        "A prefill cannot end with a space or an empty line.",
        Fix("strip_trailing_whitespace", "Remove the space at the end"),
        path="messages.last",
    ),
    known(
        "prefill_with_thinking",
        rf"^{PATH}: Expected `thinking` or `redacted_thinking`, but found",
        "With a thinking budget the last assistant turn must begin with thinking.",
        Fix("remove_param", "Switch thinking off", {"param": "thinking"}),
    ),
    known(
        "no_messages",
        r"^(?P<path>messages): at least one message is required",
        "There is nothing to send yet: write a user turn.",
    ),
    known(
        "empty_message",
        rf"^{PATH}: (?:all messages must|user messages must) have non-empty content",
        "This turn is empty.",
        Fix("exclude_message", "Leave this turn out"),
        DELETE_TURN,
    ),
    known(
        "cache_control_on_empty_text",
        rf"^{PATH}: cache_control cannot be set for empty text blocks",
        "An empty block cannot be cached.",
        DELETE_BLOCK,
    ),
    known(
        "empty_text",
        r"^(?P<path>messages): text content blocks must be non-empty",
        "One of the text blocks is empty: delete it.",
        Fix("delete_empty_text", "Delete what is empty"),
    ),
    known(
        "blank_text",
        r"^(?P<path>messages): text content blocks must contain non-whitespace",
        "One of the text blocks has nothing but white space: delete it.",
        Fix("delete_empty_text", "Delete what is empty"),
    ),
    known(
        "image_in_assistant",
        r"'image' blocks are not permitted within assistant turns",
        "Only the user can show an image: move it to a user turn.",
        path="messages",
    ),
    known(
        "system_role_place",
        rf"^{PATH}: (?:role 'system'|system content|use the top-level 'system')",
        "A system turn cannot stand here, or not like this.",
        Fix("move_system_turn", "Move it to where it may stand"),
        Fix("move_to_system", "Move it to the system prompt"),
    ),
    known(
        "system_role_unsupported",
        r"role 'system' is not supported on this model",
        "This model takes no system turns in a conversation.",
        path="messages",
    ),
    known(
        None,
        r"first message must use the|roles must alternate",
        "An older endpoint wants turns to alternate and the user to begin.",
        path="messages",
    ),
)

TOOLS = (
    known(
        "call_without_result",
        rf"^{PATH}: `tool_use` ids were found without `tool_result` blocks "
        r"immediately after: (?P<ids>[^ .]+)",
        "The tool call {ids} has no result at the beginning of the next user turn.",
        Fix("add_tool_results", "Add an empty result"),
        PAIR,
    ),
    known(
        "result_without_call",
        rf"^{PATH}: unexpected `tool_use_id` found in `tool_result` blocks: "
        r"(?P<ids>[^ .]+)",
        "The result {ids} answers no tool call of the turn before.",
        DELETE_BLOCK,
        PAIR,
    ),
    known(
        "server_call_without_result",
        r"tool use with id `(?P<ids>[^`]+)` was found without a corresponding",
        "The server tool call {ids} never finished: delete it, or send the tool again.",
        path="messages",
    ),
    known(
        "forced_choice_unsupported",
        r'tool_choice: type "tool" and "any" are not supported',
        "This model cannot be forced to use a tool.",
        AUTO,
        path="tool_choice",
    ),
    known(
        "forced_choice_with_thinking",
        r"Thinking may not be enabled when tool_choice forces tool use",
        "A forced tool leaves no room for thinking.",
        AUTO,
        OFF,
        path="tool_choice",
    ),
    known(
        "choice_without_tools",
        r"tool_choice may only be specified while providing tools",
        "There is no tool to choose.",
        REMOVE,
        path="tool_choice",
    ),
    known(
        "tool_names_unique",
        r"^(?P<path>tools): Tool names must be unique",
        "Two tools have the same name.",
    ),
    known(
        "all_deferred",
        r"All tools have defer_loading",
        "One tool at least must be loaded from the start.",
        path="tools",
    ),
    known(
        "tool_name",
        r"^(?P<path>tools\.\d+\.[a-z_0-9]+\.name): String should match pattern",
        "A tool's name has letters, digits, _ and - only.",
    ),
    known(
        None,
        r"^(?P<path>requests\.\d+\.custom_id): String should match pattern",
        "A custom_id has 1 to 64 letters, digits, _ and -.",
    ),
    known(
        None,
        r"does not support tool types: (?P<types>.+)\.",
        "This model has no tools of type {types}.",
        path="tools",
    ),
)

MEDIA_AND_CACHE = (
    known(
        "image_bytes",
        rf"^{PATH}: image exceeds (?P<most>\d+) MB maximum",
        "This image is larger than {most} MB as base64.",
        Fix("set_max_side", "Scale it to 1568 pixels", {"max_side": 1568}),
        DELETE_BLOCK,
    ),
    known(
        "image_side",
        rf"^{PATH}: At least one of the image dimensions exceed max allowed size for "
        r"many-image requests: (?P<most>\d+)",
        "With more than 20 images none may be longer than {most} pixels.",
        Fix("set_max_side_of_all", "Scale all to {most}", {"max_side": "{most}"}),
        DELETE_BLOCK,
    ),
    known(
        "image_side",
        rf"^{PATH}: At least one of the image dimensions exceed max allowed size: "
        r"(?P<most>\d+)",
        "A side of this image is longer than {most} pixels.",
        Fix("set_max_side", "Scale it to {most}", {"max_side": "{most}"}),
        DELETE_BLOCK,
    ),
    known(
        "media_type_mismatch",
        rf"^{PATH}: (?:Image does not match the provided media type|The image was "
        r"specified using the)",
        "The image is of another type than its media_type says.",
        DELETE_BLOCK,
    ),
    known(
        "image_would_shrink",
        rf"^{PATH}: image dimensions (?P<size>\S+) exceed the maximum image size",
        "The image of {size} pixels would be scaled down, which it forbids.",
        DELETE_BLOCK,
    ),
    known(
        "media_type_mismatch",
        r"Could not process image",
        "One of the images cannot be read, or is too small.",
        path="messages",
    ),
    known(
        None,
        r"Unable to download the file",
        "The API could not fetch an image or document from its URL.",
        path="messages",
    ),
    known(
        "pdf_unreadable",
        rf"^{PATH}: (?:The PDF specified|PDF cannot be empty)",
        "This PDF cannot be read.",
        DELETE_BLOCK,
    ),
    known(
        "too_many_pages",
        r"A maximum of (?P<most>\d+) PDF pages",
        "A request has at most {most} PDF pages on this model.",
        path="messages",
    ),
    known(
        "too_many_breakpoints",
        r"A maximum of 4 blocks with cache_control may be provided. Found (?P<n>\d+)",
        "There are {n} cache breakpoints; 4 are allowed.",
        path="messages",
    ),
    known(
        "longer_after_shorter",
        rf"^{PATH}: a ttl='1h' cache_control block must not come after",
        "An entry of one hour cannot follow one of five minutes.",
        Fix("remove_param", "Let it live five minutes"),
    ),
)
