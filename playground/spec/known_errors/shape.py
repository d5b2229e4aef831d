"""What the API says of the shape of anything."""

from playground.spec.known_errors.wording import (
    DELETE_BLOCK,
    DELETE_TURN,
    PATH,
    REMOVE,
    known,
)
from playground.spec.rules.problem import Fix

SHAPE = (
    known(
        "unknown_parameter",
        rf"^{PATH}: Extra inputs are not permitted",
        "The API knows no such key here, or only beside a beta header.",
        REMOVE,
    ),
    known(
        "message_shape",
        r"^(?P<path>messages\.\d+): Input does not match the expected shape",
        "This turn is not of the shape that the API expects.",
        DELETE_TURN,
    ),
    known(
        "tool_schema",
        r"^(?P<path>tools\.\d+\.custom\.input_schema\.type): ",
        "A tool's input is always an object, and its schema must say so.",
        Fix("set_param", "Set it to object", {"value": "object"}),
    ),
    known(
        "format_schema",
        r"^(?P<path>output_format|output_config\.format)\.schema: Field required",
        "An output format needs a schema.",
        REMOVE,
    ),
    known(
        "max_tokens_required",
        r"^(?P<path>max_tokens): Field required",
        "Say how long the answer may be.",
        Fix("set_param", "Set max tokens to 1024", {"value": 1024}),
    ),
    known(
        "shape_of_params",
        rf"^{PATH}: Field required",
        "Something that the API needs is missing here.",
    ),
    known(
        "media_type",
        rf"^{PATH}\.media_type: Input should be",
        "Images are JPEG, PNG, GIF or WebP.",
        DELETE_BLOCK,
    ),
    known(
        "tool_schema",
        r"^(?P<path>tools\.\d+[^:]*): Input",
        "This tool is not as the API expects it.",
        Fix("delete_block", "Delete this tool"),
    ),
    known(
        "shape_of_params",
        rf"^{PATH}: Input (?:should be|does not match|tag)",
        "The value here is not of the type that the API expects.",
    ),
)
