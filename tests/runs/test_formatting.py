"""A reply as HTML together with the text that it goes on with."""

from uuid import uuid4

from conversations.formatting import Continued
from playground.runs.live import Hub
from playground.runs.live_run import LiveRun

from .test_watching import BLOCK, START, feed, text


def test_a_reply_is_formatted_with_the_block_that_it_goes_on_with() -> None:
    behind = Continued("One.\n\n*Two")
    behind.skip()
    live, hub = LiveRun(7, uuid4(), "slot", True, behind), Hub()
    hub.viewers[live.conversation] = set()
    feed(hub, live, START, BLOCK, text(" three*"))
    hub.format(live)
    (block,) = live.whole()["blocks"]
    assert (block["done"], block["open"]) == ("", "<p><em>Two three</em></p>\n")
    assert block["upto"] == len(" three*")
