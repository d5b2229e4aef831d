"""Runs that another process drives, as pages of this one are told of them."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.utils import timezone

from conversations.models import Chunk, Conversation, Run
from playground.runs import ends, remote
from playground.runs.live import hub
from playground.runs.viewer import Viewer
from tests import factories

from .test_watching import BLOCK, START, Events, read, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def talk() -> Iterator[Conversation]:
    """A conversation that a page of this process shows."""
    made = factories.create_conversation()
    hub.viewers[made.pk], hub.heads[made.pk] = {Viewer()}, 1
    yield made
    del hub.viewers[made.pk], hub.heads[made.pk]
    hub.runs.clear()


def told(talk: Conversation) -> Events:
    """What the page has been told since it was last asked."""
    (viewer,) = hub.viewers[talk.pk]
    waiting, viewer.waiting = viewer.waiting, []
    return [each for part in waiting for each in read(part)]


def elsewhere(talk: Conversation, status: str) -> Run:
    alive = {"worker": "elsewhere/1:2:x", "heartbeat_at": timezone.now()}
    return factories.create_run(conversation=talk, status=status, **alive)


def write(run: Run, *events: dict[str, Any]) -> None:
    """What the other process keeps of the run's events."""
    number = run.chunks.count()
    Chunk.objects.create(run=run, number=number, events=kept(*events))


def kept(*events: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(n, event["type"], json.dumps(event)) for n, event in enumerate(events)]


def test_a_run_that_waited_elsewhere_streams_once_it_has_its_turn(
    talk: Conversation,
) -> None:
    run = elsewhere(talk, Run.Status.PENDING)
    async_to_sync(remote.discover)()
    assert [data["status"] for _, data in told(talk)] == ["waiting"]
    Run.objects.update(status=Run.Status.STREAMING)
    write(run, START, BLOCK, text("Hello"))
    async_to_sync(remote.follow)()
    [(name, whole), *rest] = told(talk)
    assert (name, whole["status"]) == ("run", "streaming")
    assert [name for name, _ in rest] == ["block", "delta"]


def test_the_end_of_a_run_elsewhere_is_told_after_its_last_words(
    talk: Conversation,
) -> None:
    run = elsewhere(talk, Run.Status.STREAMING)
    async_to_sync(remote.discover)()
    write(run, START, BLOCK, text("Hello"))
    Run.objects.update(status=Run.Status.DONE)
    async_to_sync(remote.follow)()
    names = [name for name, _ in told(talk)]
    assert names == ["run", "block", "delta", "end"]
    assert hub.runs == {}


def test_what_a_chunk_holds_when_it_is_written_again_is_told_once(
    talk: Conversation,
) -> None:
    run = elsewhere(talk, Run.Status.STREAMING)
    async_to_sync(remote.discover)()
    ends.append_chunks([(run.pk, 0, kept(START, BLOCK, text("One, ")))])
    async_to_sync(remote.follow)()
    told(talk)
    # The answer to that commit got lost on its way.
    more = kept(START, BLOCK, text("One, "), text("two, "))
    ends.append_chunks([(run.pk, 0, more), (run.pk, 1, kept(text("three")))])
    for expected in (["two, ", "three"], []):
        async_to_sync(remote.follow)()
        assert [data["text"] for _, data in told(talk)] == expected
