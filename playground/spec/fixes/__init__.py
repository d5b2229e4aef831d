"""What removes a problem: pure changes of a whole request body.

A fix gets the path of its problem and returns a changed copy; messages that it does not
touch stay the same objects. A path that leads nowhere changes nothing.
"""

from collections.abc import Callable, Mapping
from typing import Any

from playground.spec.fixes import (
    calls,
    encoding,
    ending,
    images,
    params,
    schemas,
    turns,
)
from playground.spec.fixes.bodies import Body

__all__ = ["FIXES", "Body", "UnknownFix", "apply"]


class UnknownFix(KeyError):
    """No fix has that name."""


def apply(name: str, body: Body, path: str, /, **arguments: Any) -> Body:
    """The body after the fix `name` of the problem at `path`; `body` stays as it is.

    Raises UnknownFix for a name that is not in FIXES, and nothing else for the paths
    and arguments of problems that `check` finds.
    """
    fix = FIXES.get(name)
    if fix is None:
        raise UnknownFix(name)
    return fix(body, path, **arguments)


FIXES: Mapping[str, Callable[..., Body]] = {
    fix.__name__: fix
    for fix in (
        params.set_param,
        params.remove_param,
        params.rename_param,
        params.set_model,
        params.thinking_to_effort,
        params.limit_strict_tools,
        schemas.lower_schema,
        schemas.lower_schemas,
        turns.delete_message,
        turns.exclude_message,
        turns.delete_block,
        turns.delete_empty_text,
        turns.set_role,
        turns.move_to_system,
        turns.move_system_turn,
        turns.remove_thinking,
        turns.drop_thinking_from,
        turns.disable_citations,
        calls.add_tool_results,
        calls.pair_tool_calls,
        calls.result_to_text,
        images.set_max_side,
        images.set_max_side_of_all,
        images.delete_oldest_images,
        encoding.replace_halves,
        ending.strip_trailing_whitespace,
        ending.prefill_to_instruction,
        ending.prefill_to_format,
        ending.continue_in_new_turn,
    )
}
