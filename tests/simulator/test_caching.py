"""Prompt-cache accounting: what is written once is read the next time."""

import uuid

import pytest

from playground.simulator import workspaces
from playground.simulator.caching import Cache

from .asking import HEADERS, ask, assistant, user

MARK = {"type": "ephemeral"}
HOUR = {"type": "ephemeral", "ttl": "1h"}
MODEL = {"model": "claude-opus-5", "thinking": {"type": "disabled"}}


@pytest.fixture(autouse=True)
def clock(monkeypatch) -> list[float]:
    """An empty cache under a clock that stands still until it is moved."""
    workspaces.forget()
    now = [1000.0]
    workspaces.of("any").cache = Cache(lambda: now[0])
    assert HEADERS["authorization"] == "Bearer any"
    return now


def long(word: str, mark: dict | None = None) -> dict:
    block = {"type": "text", "text": f"{word} " * 700}
    return {**block, "cache_control": mark} if mark else block


def counts(*turns, **params) -> tuple[int, int, int]:
    """Tokens written, read and neither."""
    usage = ask(*turns, **MODEL | params)["usage"]
    return (
        usage["cache_creation_input_tokens"],
        usage["cache_read_input_tokens"],
        usage["input_tokens"],
    )


def test_without_a_mark_nothing_is_cached():
    written, read, rest = counts(user([long("cat")]))
    assert (written, read) == (0, 0)
    assert rest > 700


def test_the_second_time_is_read():
    turn = user([long("cat", MARK), {"type": "text", "text": "So?"}])
    written, read, rest = counts(turn)
    assert (read, rest < 50, written > 700) == (0, True, True)
    assert counts(turn) == (0, written, rest)


def test_the_parts_add_up_to_the_whole():
    whole = sum(counts(user([long("cat")])))
    assert sum(counts(user([long("cat", MARK)]))) == whole


def test_below_the_minimum_nothing_is_cached():
    turn = user([{"type": "text", "text": "cat " * 50, "cache_control": MARK}])
    assert counts(turn)[:2] == counts(turn)[:2] == (0, 0)


@pytest.mark.parametrize(
    ("mark", "seconds", "is_read"),
    [(MARK, 299, True), (MARK, 301, False), (HOUR, 3599, True), (HOUR, 3601, False)],
)
def test_entries_live_for_their_time(clock, mark, seconds, is_read):
    counts(user([long("cat", mark)]))
    clock[0] += seconds
    assert bool(counts(user([long("cat", mark)]))[1]) is is_read


def test_reading_renews_an_entry(clock):
    for _ in range(3):
        counts(user([long("cat", MARK)]))
        clock[0] += 200
    assert counts(user([long("cat", MARK)]))[1] > 0


def test_the_lives_are_told_apart():
    turn = user([long("cat", HOUR), long("dog", MARK)])
    split = ask(turn, **MODEL)["usage"]["cache_creation"]
    assert split["ephemeral_1h_input_tokens"] > 700
    assert split["ephemeral_5m_input_tokens"] > 700


def test_what_is_cached_for_minutes_serves_a_mark_of_an_hour():
    counts(user([long("cat", MARK)]))
    written, read, _ = counts(user([long("cat", HOUR)]))
    assert (written, read > 700) == (0, True)


def test_a_longer_conversation_reads_its_beginning():
    first = user([long("cat", MARK)])
    written, _, _ = counts(first)
    more = assistant("I see."), user([long("dog", MARK)])
    grown, read, _ = counts(first, *more)
    assert read == written
    assert grown > 700


def turns_after(first: dict, count: int) -> list[dict]:
    between = [
        turn for n in range(count // 2) for turn in (assistant(f"{n}?"), user(f"{n}!"))
    ]
    last = user([{"type": "text", "text": "So?", "cache_control": MARK}])
    return [first, *between, assistant("Well."), last]


@pytest.mark.parametrize(("count", "is_read"), [(16, True), (20, False)])
def test_a_mark_looks_back_twenty_blocks(count, is_read):
    counts(user([long("cat", MARK)]))
    _, read, _ = counts(*turns_after(user([long("cat")]), count))
    assert bool(read) is is_read


def test_the_mark_of_the_request_falls_on_the_last_block():
    turn = user([long("cat")])
    written, _, rest = counts(turn, cache_control=MARK)
    assert (written > 700, rest < 50) == (True, True)
    assert counts(turn, cache_control=MARK)[1] == written


@pytest.mark.parametrize("change", ["tools", "system", "model", "tool_choice"])
def test_what_stands_before_it_matters(change):
    tool = {"name": "f", "input_schema": {"type": "object", "properties": {}}}
    params = {"tools": [tool], "system": "Be brief"}
    counts(user([long("cat", MARK)]), **params)
    changed = {
        "tools": [{**tool, "name": "g"}],
        "system": "Be long",
        "model": "claude-opus-4-8",
        "tool_choice": {"type": "none"},
    }
    params[change] = changed[change]
    assert counts(user([long("cat", MARK)]), **params)[1] == 0


def test_a_change_of_the_messages_leaves_the_system_prompt_cached():
    system = [long("rule", MARK)]
    written, _, _ = counts(user("Cats?"), system=system)
    assert counts(user("Dogs?"), system=system)[1] == written


def test_a_prewarming_request_writes_and_says_nothing():
    turn = user([long("cat", MARK)])
    answer = ask(turn, **MODEL, max_tokens=0)
    assert (answer["content"], answer["stop_reason"]) == ([], "max_tokens")
    assert answer["usage"]["output_tokens"] == 0
    assert counts(turn)[1] > 700


def test_no_key_reads_the_cache_of_another():
    name = uuid.uuid4().hex
    assert workspaces.of(name) is workspaces.of(name)
    assert workspaces.of(name).cache is not workspaces.of("any").cache
