"""Drills: the table, the words that set them off, and what they do."""

import asyncio
import json
from pathlib import Path

import httpx2
import pytest
from asgiref.sync import async_to_sync
from django.conf import settings

from playground.claude.message import Message
from playground.claude.sse import Splitter
from playground.simulator import drills, streaming
from playground.simulator.transport import SimulatorTransport

from .asking import HEADERS, ask, body, fetch, refusal, user

THINKER = {"model": "claude-opus-5-5", "max_tokens": 4000}
TOOLS = [
    {"name": name, "input_schema": {"type": "object", "properties": {}}}
    for name in ("get_weather", "get_time")
]


def drilled(words: str, **params):
    return ask(user(f"Tell me of cats. drill: {words}"), **params)


def kinds(answer) -> list[str]:
    return [block["type"] for block in answer["content"]]


def test_the_docs_have_the_table_of_the_code():
    text = (Path(settings.BASE_DIR) / "docs" / "simulator.md").read_text("utf-8")
    assert drills.listed() in text, "run: python -m playground.simulator.drills"


def test_names_of_drills_are_unmistakable():
    assert len(drills.BY_NAME) == len(drills.DRILLS)
    assert all(name == name.lower().strip() for name in drills.BY_NAME)


@pytest.mark.parametrize(
    "text",
    [
        "Explain what overload means in C++",
        "The drill: overload of the circuits",
        "a fire drill, and then silence",
        "Drill: a hole. Cut: the board.",
        "drill:overload",
        "drill: overloaded",
        "my-drill: cut",
    ],
)
def test_ordinary_words_set_nothing_off(text):
    assert drills.found(text) == []


def test_the_longer_name_wins():
    found = drills.found("DRILL: Overload Twice drill: vary.\nSo (drill: vary)")
    assert [drill.name for drill in found] == ["overload twice", "vary"]


def test_only_the_last_user_turn_counts():
    earlier = user("drill: overload")
    answer = ask(earlier, {"role": "assistant", "content": "Oh."}, user("Go on"))
    assert answer["stop_reason"] == "end_turn"


@pytest.mark.parametrize(
    "drill", [each for each in drills.DRILLS if each.refusal], ids=lambda d: d.name
)
def test_a_refusal_has_its_status_and_its_headers(drill):
    sent = json.dumps(body(user(f"drill: {drill.name}"))).encode()
    status, headers, raw = fetch("POST", "/v1/messages", sent)
    assert status == drill.refusal.status
    assert json.loads(raw)["error"]["type"] == drill.refusal.type
    for name, value in drill.refusal.headers.items():
        assert headers[name] == value


def test_a_spending_limit_says_no_time_but_a_code():
    sent = json.dumps(body(user("drill: spend cap"))).encode()
    _, headers, raw = fetch("POST", "/v1/messages", sent)
    assert "retry-after" not in headers
    assert headers["x-should-retry"] == "false"
    code = json.loads(raw)["error"]["details"]["error_code"]
    assert code == "enforced_spend_limit_reached"


@pytest.mark.parametrize(("count", "status"), [("0", 529), ("1", 529), ("2", 200)])
def test_two_overloads_end_with_the_third_attempt(count, status):
    sent = json.dumps(body(user("drill: overload twice"))).encode()
    headers = HEADERS | {"x-stainless-retry-count": count}
    assert fetch("POST", "/v1/messages", sent, headers)[0] == status


def test_the_rules_come_before_the_drills():
    assert refusal(body(user("drill: overload"), max_tokens=-1))[0] == 400


def test_refusing_says_why_and_says_nothing_else():
    answer = drilled("refuse")
    assert (answer["content"], answer["stop_reason"]) == ([], "refusal")
    assert answer["stop_details"]["type"] == "refusal"
    assert answer["stop_details"]["category"]


def test_refusing_midway_leaves_half_a_text():
    answer = drilled("refuse midway")
    assert answer["stop_reason"] == "refusal"
    assert answer["stop_details"]["explanation"]
    assert answer["content"][0]["text"]


def test_the_full_window_cuts_the_answer():
    answer = drilled("full window")
    assert answer["stop_reason"] == "model_context_window_exceeded"
    assert kinds(answer) == ["text"]


def test_long_thoughts_are_long():
    usage = drilled("think long", **THINKER)["usage"]
    assert 1500 < usage["output_tokens_details"]["thinking_tokens"] < 3000


def test_thoughts_can_be_redacted():
    first = drilled("redact", **THINKER)["content"][0]
    assert first["type"] == "redacted_thinking"
    assert first["data"]


def test_a_search_has_its_call_and_its_result():
    call, result, text = drilled("search")["content"]
    assert call["type"] == "server_tool_use"
    assert result["tool_use_id"] == call["id"]
    assert text["type"] == "text"


def test_all_tools_are_called_at_once_with_ids_of_their_own():
    answer = drilled("all tools", tools=TOOLS)
    calls = [b for b in answer["content"] if b["type"] == "tool_use"]
    assert [call["name"] for call in calls] == ["get_weather", "get_time"]
    assert len({call["id"] for call in calls}) == 2
    assert answer["stop_reason"] == "tool_use"


def test_one_tool_at_a_time_is_respected():
    choice = {"type": "auto", "disable_parallel_tool_use": True}
    answer = drilled("all tools", tools=TOOLS, tool_choice=choice)
    assert kinds(answer) == ["text", "tool_use"]


@pytest.mark.parametrize("where", ["words", "metadata"])
def test_variation_is_asked_for(where):
    turn = user(
        "Tell me of cats at length. drill: vary" if where == "words" else "Cats"
    )
    more = {"metadata": {"user_id": "drill: vary"}} if where == "metadata" else {}
    answers = [ask(turn, **more) for _ in range(5)]
    assert len({each["content"][0]["text"] for each in answers}) > 1
    assert len({each["id"] for each in answers}) == 5


def test_metadata_sets_off_nothing_else():
    assert ask(user("Hi"), metadata={"user_id": "drill: overload"})["content"]


SEARCH = {"type": "web_search_20260318", "name": "web_search"}


def test_a_paused_turn_can_be_resumed():
    asked = user("Tell me of cats. drill: pause")
    paused = ask(asked, model="claude-opus-5", tools=[SEARCH])
    assert paused["stop_reason"] == "pause_turn"
    assert paused["content"][-1]["type"] == "server_tool_use"
    back = {"role": "assistant", "content": paused["content"]}
    resumed = ask(asked, back, model="claude-opus-5", tools=[SEARCH])
    assert resumed["stop_reason"] == "end_turn"
    result = next(b for b in resumed["content"] if b["type"].endswith("_tool_result"))
    assert result["tool_use_id"] == paused["content"][-1]["id"]


ANSWERS = ("cite", "search", "new block", "redact", "pause", "all tools", "refuse")


@pytest.mark.parametrize("words", ANSWERS)
def test_the_stream_adds_up_to_the_whole_message(words):
    asked = user(f"Of cats. drill: {words}")
    params = {**THINKER, "tools": TOOLS}
    sent = json.dumps(body(asked, stream=True, **params)).encode()
    _, _, raw = fetch("POST", "/v1/messages", sent)
    message = Message()
    for name, data in Splitter().feed(raw):
        message.feed(name, data)
    assert message.unread == []
    assert message.message == ask(asked, **params)


async def received(words: str, **extensions) -> bytes:
    sent = json.dumps(body(user(f"Of cats. drill: {words}"), stream=True)).encode()
    got: list[bytes] = []
    async with httpx2.AsyncClient(
        transport=SimulatorTransport(), timeout=httpx2.Timeout(5, **extensions)
    ) as http:
        url = "http://sim/v1/messages"
        try:
            async with http.stream(
                "POST", url, content=sent, headers=HEADERS
            ) as answer:
                async for chunk in answer.aiter_raw():
                    got.append(chunk)
        except httpx2.TransportError as error:
            got.append(type(error).__name__.encode())
    return b"".join(got)


def test_a_cut_comes_in_the_middle():
    got = async_to_sync(received)("cut")
    assert got.endswith(b"ReadError")
    assert b"text_delta" in got
    assert b"message_delta" not in got


def test_silence_comes_in_the_middle_and_lasts():
    got = async_to_sync(received)("silence", read=0.05)
    assert got.endswith(b"ReadTimeout")
    assert b"text_delta" in got


def test_an_error_event_is_the_last_thing():
    raw = async_to_sync(received)("error event")
    name, data = Splitter().feed(raw)[-1]
    assert name == "error"
    assert json.loads(data)["error"]["type"] == "overloaded_error"


@pytest.mark.parametrize(("words", "least"), [("late", 10.0), ("crawl", 20.0)])
def test_slow_drills_take_their_time(words, least, monkeypatch):
    asked: list[float] = []
    real = asyncio.sleep

    async def sleep(seconds: float) -> None:
        asked.append(seconds)
        await real(0)

    monkeypatch.setattr(streaming.asyncio, "sleep", sleep)
    assert b"message_stop" in async_to_sync(received)(words)
    assert max(asked) >= least


def test_a_web_page_comes_with_status_200():
    sent = json.dumps(body(user("drill: web page"), stream=True)).encode()
    status, headers, raw = fetch("POST", "/v1/messages", sent)
    assert (status, headers["content-type"][:9]) == (200, "text/html")
    assert raw.startswith(b"<!doctype")
