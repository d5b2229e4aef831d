"""What breaks the rules of shape.py about params; messages are in messages_cases."""

from tests.spec.bodies import EPHEMERAL, body, tool
from tests.spec.rules.case import Case

CASES = [
    Case(
        "shape_of_params",
        body(metadata={"user": "x"}),
        "metadata.user",
        "metadata.user: Extra inputs are not permitted",
        body(metadata={"user_id": "x"}),
    ),
    Case(
        "shape_of_params",
        body(tools=[tool(colour="red")]),
        "tools.0.colour",
        "tools.0.custom.colour: Extra inputs are not permitted",
        body(tools=[tool(description="red")]),
    ),
    Case(
        "shape_of_params",
        body(tools=[{"type": "computer_toolset_20260801", "strict": True}]),
        "tools.0.strict",
        "tools.0.computer_toolset_20260801.strict: Extra inputs are not permitted",
        body(tools=[{"type": "computer_toolset_20260801"}]),
    ),
    Case(
        "shape_of_params",
        body(tools=[{"type": "bash_20250124", "name": "shell"}]),
        "tools.0.name",
        "tools.0.bash_20250124.name: Input should be 'bash'",
        body(tools=[{"type": "bash_20250124", "name": "bash"}]),
    ),
    Case(
        "shape_of_params",
        body(service_tier="fastest"),
        "service_tier",
        "service_tier: Input should be 'auto' or 'standard_only'",
        body(service_tier="auto"),
    ),
    Case(
        "shape_of_params",
        body(cache_control={**EPHEMERAL, "size": 1}),
        "cache_control.size",
        "cache_control.size: Extra inputs are not permitted",
        body(cache_control=EPHEMERAL),
    ),
]
