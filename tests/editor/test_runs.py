"""The page of a run: what was sent, what came, what it cost, and its downloads."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.test import Client
from pytest_django import DjangoAssertNumQueries, Settings

from conversations import editing, history, images
from conversations.models import Chunk, Conversation, Run
from playground import payload
from playground.claude.sse import Splitter
from playground.editor import event_log
from tests import factories
from tests.claude import wire
from tests.runs.talking import drive

USAGE = {
    "input_tokens": 1000,
    "cache_read_input_tokens": 4000,
    "cache_creation_input_tokens": 300,
    "cache_creation": {
        "ephemeral_5m_input_tokens": 100,
        "ephemeral_1h_input_tokens": 200,
    },
    "output_tokens": 500,
    "output_tokens_details": {"thinking_tokens": 120},
}


@pytest.fixture
def run(anna: User) -> Run:
    """A finished run of Anna's with an image, a quote and an accent in its request."""
    made = factories.create_conversation(owner=anna, turns=[("user", "It's an été.")])
    image = factories.create_image(owner=anna)
    turn = editing.typed("user", "And this?", [image.pk])
    history.apply(
        made, 1, lambda script: editing.append(script, turn), summary="", author=anna
    )
    return drive(factories.create_run(conversation=made))


def page(client: Client, run: Run, path: str = "") -> str:
    response = client.get(f"/runs/{run.pk}/{path}", headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def downloaded(client: Client, address: str) -> tuple[Any, bytes]:
    """The response and its whole body."""

    @async_to_sync
    async def collect() -> bytes:
        return b"".join([part async for part in response])

    response: Any = client.get(address)
    return response, collect()


def with_events(run: Run, count: int, a_chunk: int = 100) -> None:
    run.chunks.all().delete()
    for number in range(count // a_chunk):
        first = number * a_chunk
        events = [[n, "ping", f'{{"n":{n}}}'] for n in range(first, first + a_chunk)]
        Chunk.objects.create(run=run, number=number, events=events)


def test_the_download_is_byte_for_byte_what_was_sent(annas: Client, run: Run) -> None:
    response, body = downloaded(annas, f"/runs/{run.pk}/request.json")
    assert body == payload.of_run(run).body_bytes()
    assert json.loads(body)["messages"][1]["content"][0]["source"]["data"]
    assert int(response["Content-Length"]) == len(body)
    assert "attachment" in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"


def test_the_download_is_what_the_wire_saw(
    annas: Client, anna: User, monkeypatch: pytest.MonkeyPatch, settings: Settings
) -> None:
    server = wire.serve(monkeypatch, settings, lambda _: wire.events())
    picture = editing.image_block(factories.create_image(owner=anna).pk)
    turns = [("user", [picture, {"type": "text", "text": "It's \0 an été \ud83d."}])]
    made = factories.create_conversation(owner=anna, turns=turns, endpoint="anthropic")
    sent = drive(factories.create_run(conversation=made))
    _, body = downloaded(annas, f"/runs/{sent.pk}/request.json")
    assert body == server.requests[0].content
    assert wire.KEY not in page(annas, sent)


def test_the_next_request_can_be_downloaded(
    annas: Client, conversation: Conversation
) -> None:
    _, body = downloaded(annas, f"/c/{conversation.pk}/request.json")
    assert body == payload.build(history.head(conversation)).body_bytes()


def test_a_request_without_its_image_says_so(annas: Client, run: Run) -> None:
    (digest,) = payload.of_run(run).hashes().values()
    images.path(digest).unlink()
    response = annas.get(f"/runs/{run.pk}/request.json")
    assert response.status_code == 409
    assert "missing" in response.content.decode()


def test_the_request_is_on_the_page_with_its_image_abbreviated(
    annas: Client, run: Run
) -> None:
    shown = page(annas, run, "request/")
    assert "It&#x27;s an été." in shown
    assert "characters of base64" in shown
    assert f"/runs/{run.pk}/request.json" in shown


def test_the_headers_are_there_without_the_key(annas: Client, run: Run) -> None:
    shown = page(annas, run)
    assert "anthropic-ratelimit-requests-remaining" in shown
    assert "(left out)" in shown
    assert "Bearer" not in shown


def test_the_stream_is_downloaded_as_it_came(annas: Client, run: Run) -> None:
    response, body = downloaded(annas, f"/runs/{run.pk}/events.txt")
    kept = [event for (events,) in run.chunks.values_list("events") for event in events]
    assert Splitter().feed(body) == [(name, data) for _, name, data in kept]
    assert body.startswith(f": {kept[0][0]} ms\n".encode())
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Type"] == "text/plain; charset=utf-8"


def test_events_come_a_page_at_a_time_and_all_of_them(run: Run) -> None:
    with_events(run, 1000, a_chunk=90)
    seen, place, pages = [], "", 0
    while place or not pages:
        shown = event_log.page(run, place)
        assert shown is not None
        seen += [event.data for event in shown.events]
        place, pages = shown.next, pages + 1
    assert seen == [f'{{"n":{n}}}' for n in range(990)]
    assert pages == 5


def test_more_events_are_rows_for_the_same_table(annas: Client, run: Run) -> None:
    with_events(run, 300)
    first = page(annas, run, "events/")
    assert "Show more events" in first
    more = page(annas, run, "events/?from=2.0&rows")
    assert more.startswith('<tr tabindex="-1" autofocus>')
    assert more.count("<tr") == 100


@pytest.mark.parametrize("place", ["x", "1", "1.x", "-1.0", "9" * 30 + ".1"])
def test_events_from_nowhere_are_404(annas: Client, run: Run, place: str) -> None:
    assert annas.get(f"/runs/{run.pk}/events/?from={place}").status_code == 404


def test_a_long_event_is_cut_for_the_page_alone(annas: Client, run: Run) -> None:
    run.chunks.all().delete()
    Chunk.objects.create(run=run, number=0, events=[[1, "", "é" * 5000]])
    assert "4400 more characters" in page(annas, run, "events/")
    assert (
        downloaded(annas, f"/runs/{run.pk}/events.txt")[1].count("é".encode()) == 5000
    )


def test_a_page_asks_no_more_of_the_database_for_more_events(
    annas: Client, run: Run, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(30):
        factories.create_run(conversation=run.conversation, status="done")
    with_events(run, 2000)
    with django_assert_max_num_queries(12):
        page(annas, run)
    with django_assert_max_num_queries(8):
        page(annas, run, "events/")


def test_usage_and_cost_are_split_by_the_prices_of_then(
    annas: Client, run: Run
) -> None:
    run.usage, run.cost = USAGE, "0.00492500"
    run.prices = {"input": "2", "cache_write_5m": "3", "cache_write_1h": "4"}
    run.prices |= {"cache_read": "0.2", "output": "10"}
    run.save()
    shown = " ".join(page(annas, run).split())
    for row in (
        "Input, not cached</th><td>1,000</td><td>$2</td><td>$0.002<",
        "Read from the cache</th><td>4,000</td><td>$0.2</td><td>$0.0008<",
        "Written to the cache, 5 minutes</th><td>100</td><td>$3</td><td>$0.0003<",
        "Written to the cache, 1 hour</th><td>200</td><td>$4</td><td>$0.0008<",
        "Output</th><td>500</td><td>$10</td><td>$0.005<",
        "of which thinking</th><td>120</td><td>$10</td><td>$0.0012<",
    ):
        assert row in shown
    assert "<b>$0.004925</b>" in shown


def test_an_old_run_says_that_its_prices_are_those_of_today(
    annas: Client, anna: User
) -> None:
    made = factories.create_conversation(owner=anna)
    old = factories.create_reply(conversation=made, cost="0.5")
    shown = page(annas, old)
    assert "This run kept no prices" in shown
    assert "<b>$0.5</b>" in shown
    assert "has no events" in page(annas, old, "events/")


@pytest.mark.parametrize("usage", [{}, {"input_tokens": "x"}, {"output_tokens": None}])
def test_odd_usage_breaks_no_page(
    annas: Client, run: Run, usage: dict[str, Any]
) -> None:
    run.usage, run.prices, run.exchange = usage, {"input": "x"}, None
    run.save()
    assert "Raw response" in page(annas, run)


def test_the_attempts_and_the_override_are_told(annas: Client, run: Run) -> None:
    failed = {"number": 2, "of": 4, "wait_seconds": 1.0, "status": 529}
    run.exchange = {"attempts": [{**failed, "kind": "overloaded_error"}]}
    run.override = {"novel": 1}
    run.save()
    shown = page(annas, run)
    assert "2, after overloaded_error (529)" in shown
    assert "<code>novel</code>" in shown


def test_a_wait_that_was_stopped_counts_as_no_attempt(annas: Client, run: Run) -> None:
    failed = {"number": 2, "of": 4, "wait_seconds": 1.0, "status": 529}
    run.exchange = {"attempts": [{**failed, "kind": "overloaded_error"}]}
    run.status = Run.Status.STOPPED
    run.save()
    assert "1 failed: overloaded_error (529)" in page(annas, run)


@pytest.mark.parametrize("status", ["stopped", "interrupted"])
def test_where_nothing_came_nothing_is_said_to_be_kept(
    annas: Client, anna: User, status: str
) -> None:
    talk = factories.create_conversation(owner=anna)
    factories.create_run(conversation=talk, status=status)
    shown = annas.get(f"/c/{talk.pk}/").content.decode()
    assert "topped before anything" in shown
    assert "kept here" not in shown


def test_runs_of_one_group_lead_to_each_other(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    first, second = (
        factories.create_run(
            conversation=made, status="done", group="g", position=position
        )
        for position in (1, 2)
    )
    shown = page(annas, first)
    assert f'href="/runs/{second.pk}/"' in shown
    assert f'href="/c/{made.pk}/compare/g/"' in shown
    assert "Other runs" not in shown


def test_a_live_run_streams_on_its_page(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    live = factories.create_run(conversation=made, status="streaming")
    shown = annas.get(f"/runs/{live.pk}/").content.decode()
    assert f'data-run="{live.pk}"' in shown
    assert f'data-live="/c/{made.pk}/"' in shown
    assert "editor/run" in shown
    assert f'formaction="/runs/{live.pk}/stop/"' in shown
    stopped = annas.post(f"/runs/{live.pk}/stop/", {"own_page": "1"})
    assert stopped["Location"] == f"/runs/{live.pk}/"
    live.refresh_from_db()
    assert live.stop_requested_at is not None


@pytest.mark.parametrize(
    "path", ["", "request/", "request.json", "events/", "events.txt"]
)
def test_strangers_get_404(
    run: Run, browser_of: Callable[[User], Client], path: str
) -> None:
    stranger = browser_of(factories.create_user())
    assert stranger.get(f"/runs/{run.pk}/{path}").status_code == 404
