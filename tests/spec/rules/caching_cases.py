"""What breaks the rules of caching.py, and the nearest body that does not."""

from tests.spec.bodies import EPHEMERAL, HOUR, body, text, tool, user
from tests.spec.rules.case import Case

FIVE = [text(str(i), cache_control=EPHEMERAL) for i in range(5)]
CASES = [
    Case(
        "cache_control_values",
        body(user(text("x", cache_control={**EPHEMERAL, "ttl": "6m"}))),
        "messages.0.content.0.cache_control.ttl",
        "messages.0.content.0.text.cache_control.ttl: Input should be '5m' or '1h'",
        body(user(text("x", cache_control={**EPHEMERAL, "ttl": "5m"}))),
    ),
    Case(
        "cache_control_values_of_params",
        body(cache_control={"type": "x"}),
        "cache_control",
        "cache_control.type: Input should be 'ephemeral'",
        body(cache_control=EPHEMERAL),
    ),
    Case(
        "cache_control_values_of_params",
        body(tools=[tool(cache_control={**EPHEMERAL, "ttl": "2h"})]),
        "tools.0.cache_control.ttl",
        "tools.0.cache_control.ttl: Input should be '5m' or '1h'",
        body(tools=[tool(cache_control=HOUR)]),
    ),
    Case(
        "too_many_breakpoints",
        body(user(*FIVE)),
        "messages.0.content.4.cache_control",
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        body(user(*FIVE[:4])),
    ),
    Case(
        "too_many_breakpoints",
        body(user(*FIVE[:4], text("end")), cache_control=EPHEMERAL),
        "messages.0.content.3.cache_control",
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        body(user(*FIVE[:4]), cache_control=EPHEMERAL),
    ),
    Case(
        "too_many_breakpoints",
        body(user(*FIVE[:3]), system=FIVE[:1], tools=[tool(cache_control=EPHEMERAL)]),
        "messages.0.content.2.cache_control",
        "A maximum of 4 blocks with cache_control may be provided. Found 5.",
        body(user(*FIVE[:2]), system=FIVE[:1], tools=[tool(cache_control=EPHEMERAL)]),
    ),
    Case(
        "longer_after_shorter",
        body(user(text("a", cache_control=EPHEMERAL), text("b", cache_control=HOUR))),
        "messages.0.content.1.cache_control.ttl",
        "messages.0.content.1.cache_control.ttl: a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block. Note that blocks are processed in the following order: `tools`, `system`, `messages`.",
        body(user(text("a", cache_control=HOUR), text("b", cache_control=EPHEMERAL))),
    ),
    Case(
        "automatic_of_other_age",
        body(user(text("a", cache_control=HOUR)), cache_control=EPHEMERAL),
        "messages.0.content.0.cache_control",
        "messages.0.content.0.cache_control.ttl: conflicts with the ttl of the top-level cache_control",
        body(user(text("a", cache_control=HOUR)), cache_control=HOUR),
    ),
    Case(
        "longer_after_shorter",
        body(user(text("a", cache_control=EPHEMERAL), text("b")), cache_control=HOUR),
        "cache_control.ttl",
        "",
        body(user(text("a", cache_control=HOUR), text("b")), cache_control=HOUR),
        "warning",
    ),
]
