"""Who may not watch any more is told nothing more."""

from uuid import uuid4

from asgiref.sync import async_to_sync

from conversations.access import Admission
from playground.runs.live import Hub
from playground.runs.live_run import LiveRun

from .test_watching import BLOCK, START, Events, feed, text, told


def test_whoever_may_not_watch_any_more_is_told_so_and_nothing_else() -> None:
    async def scenario() -> list[Events]:
        hub, live = Hub(), LiveRun(7, uuid4(), "slot", False)
        hub.begin(live)
        feed(hub, live, START, BLOCK, text("One"))
        out, other = (Admission(number, "", "") for number in (1, 2))
        watches = [hub.watch(live.conversation, 4, None, each) for each in (out, other)]
        for watch in watches:
            await told(watch, "run")
        assert hub.admissions() == dict.fromkeys((out, other), {live.conversation})
        hub.shut_out(out, [live.conversation])
        feed(hub, live, text("A secret"))
        hub.end(live, "done", 5)
        return [await told(watch, "end") for watch in watches]

    gone, stayed = async_to_sync(scenario)()
    assert [name for name, _ in gone] == ["gone"]
    assert [name for name, _ in stayed] == ["delta", "end"]
