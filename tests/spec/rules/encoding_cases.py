"""Cases of the rules in encoding."""

from playground.spec.rules.encoding import REFUSED
from tests.spec.bodies import body, text, user
from tests.spec.rules.case import Case

CASES = [
    Case(
        "half_a_character",
        body(user("An ant: \ud83d")),
        "messages.0.content",
        REFUSED,
        body(user("An ant: \U0001f41c")),
    ),
    Case(
        "half_a_character",
        body(user(text("Two \ud83d\udc1c"), text("\udc1c and a half"))),
        "messages.0.content.1.text",
        REFUSED,
        # Two halves that follow each other are written as the pair that they are.
        body(user(text("Two \ud83d\udc1c"), text("\ud83d\udc1c"))),
    ),
    Case(
        "half_a_character_in_params",
        body(metadata={"user_id": "\ud83d"}),
        "metadata.user_id",
        REFUSED,
        body(metadata={"user_id": "\U0001f41c"}),
    ),
    Case(
        "half_a_character_in_params",
        body(tools=[{"name": "a", "input_schema": {"type": "object", "\ud83d": 1}}]),
        "tools.0.input_schema",
        REFUSED,
        body(tools=[{"name": "a", "input_schema": {"type": "object"}}]),
    ),
]
