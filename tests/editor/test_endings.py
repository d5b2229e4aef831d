"""What one can do about the end of a reply, right where it stands."""

import json
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation, Run
from playground.editor import continuing
from tests import factories

from .conftest import head_of, texts
from .replies import (
    TOOL,
    call,
    end,
    ended,
    last_turn,
    newest,
    page_of,
    sent,
    text,
    under_way,
)

OPUS = {"model": "claude-opus-5-5"}


def test_a_cut_reply_offers_to_go_on_and_a_higher_limit(
    annas: Client, anna: User
) -> None:
    turn = last_turn(
        page_of(annas, ended(anna, text("Half"), stop_reason="max_tokens"))
    )
    assert "cut off at max tokens" in turn
    assert "Continue" in turn
    assert "Raise to 2,048 and run again" in turn


def test_a_finished_reply_needs_no_words(annas: Client, anna: User) -> None:
    turn = last_turn(page_of(annas, ended(anna, text("All"), stop_reason="end_turn")))
    assert 'class="ending"' not in turn


def test_continuing_goes_on_behind_the_words_where_the_model_can(
    post: Callable, anna: User
) -> None:
    talk = ended(anna, text("Half a sen"), stop_reason="max_tokens")
    post("continue/", to=talk, run=newest(talk).pk)
    run = newest(talk)
    assert run.continues
    assert sent(run)[-1] == {"role": "assistant", "content": [text("Half a sen")]}
    assert under_way(talk) == [run.pk]


def test_continuing_takes_off_the_space_that_the_api_refuses(
    post: Callable, anna: User
) -> None:
    talk = ended(anna, text("Half.\n\n"), stop_reason="max_tokens")
    post("continue/", to=talk, run=newest(talk).pk)
    assert sent(newest(talk))[-1]["content"] == [text("Half.")]
    assert texts(talk)[-1] == "Half."


def test_elsewhere_a_user_turn_asks_to_go_on(post: Callable, anna: User) -> None:
    talk = ended(anna, text("Half a sen"), params=OPUS, stop_reason="max_tokens")
    post("continue/", to=talk, run=newest(talk).pk)
    assert not newest(talk).continues
    *_, reply, asked = head_of(talk).load_turns()
    assert reply[1].text == "Half a sen"
    assert asked[1].role == "user"
    assert "ended with:\n\nHalf a sen\n\nContinue from where" in asked[1].text


def test_a_call_that_broke_off_is_left_out_when_the_reply_goes_on(
    post: Callable, anna: User
) -> None:
    params = OPUS | {"tools": [TOOL]}
    talk = ended(
        anna, text("Let me see."), call(), params=params, stop_reason="max_tokens"
    )
    post("continue/", to=talk, run=newest(talk).pk)
    assert [m["role"] for m in sent(newest(talk))] == ["user", "assistant", "user"]
    assert sent(newest(talk))[1]["content"] == [text("Let me see.")]


def test_a_paused_reply_goes_back_as_it_is(post: Callable, anna: User) -> None:
    search = {"type": "server_tool_use", "id": "srvtoolu_1", "name": "web_search"}
    search["input"] = {"query": "x"}  # type: ignore[assignment]
    tools = [{"type": "web_search_20250305", "name": "web_search"}]
    talk = ended(
        anna,
        text("Wait. "),
        search,
        params=OPUS | {"tools": tools},
        stop_reason="pause_turn",
    )
    number = head_of(talk).number
    post("continue/", to=talk, run=newest(talk).pk)
    assert sent(newest(talk))[-1]["content"] == [text("Wait. "), search]
    assert head_of(talk).number == number


def test_what_was_stopped_goes_on_in_one_click(
    post: Callable, annas: Client, anna: User
) -> None:
    talk = factories.create_conversation(owner=anna)
    message = {"role": "assistant", "content": [text("Half")]}
    stopped = factories.create_run(
        conversation=talk, status="interrupted", message=message, has_reply=True
    )
    assert "Continue" in last_turn(page_of(annas, talk))
    post("continue/", to=talk, run=stopped.pk)
    assert texts(talk) == ["Hello", "Half"]
    assert sent(newest(talk))[-1]["content"] == [text("Half")]


def test_what_was_stopped_goes_on_with_other_settings(
    post: Callable, annas: Client, anna: User
) -> None:
    talk = factories.create_conversation(owner=anna)
    message = {"role": "assistant", "content": [text("Half")]}
    stopped = factories.create_run(
        conversation=talk, status="stopped", message=message, has_reply=True
    )
    post("settings/", to=talk, field="max_tokens", max_tokens="500")
    assert "Continue" in last_turn(page_of(annas, talk))
    post("continue/", to=talk, run=stopped.pk)
    assert texts(talk) == ["Hello", "Half"]
    assert newest(talk).params["max_tokens"] == 500


def test_nothing_to_go_on_from_says_so(
    post: Callable, annas: Client, anna: User
) -> None:
    talk = ended(anna, call(), params=OPUS, stop_reason="max_tokens")
    turn = last_turn(page_of(annas, talk))
    assert "Continue" not in turn
    assert "Raise to 2,048" in turn
    answer = post("continue/", to=talk, run=newest(talk).pk)
    assert answer.status_code == 409
    assert "Run it again instead" in answer.content.decode()


def test_a_reply_whose_turns_are_all_left_out_is_not_continued(
    post: Callable, anna: User
) -> None:
    talk = ended(anna, text("Half"), stop_reason="max_tokens")
    for entry in head_of(talk).entries:
        post(f"turns/{entry.slot}/", to=talk, action="mute")
    assert post("continue/", to=talk, run=newest(talk).pk).status_code == 409


def test_a_run_of_another_conversation_is_not_continued(
    post: Callable, anna: User
) -> None:
    talk, other = (ended(anna, text("a"), stop_reason="max_tokens") for _ in "ab")
    assert post("continue/", to=talk, run=newest(other).pk).status_code == 404


def test_running_again_with_a_higher_limit(post: Callable, anna: User) -> None:
    talk = ended(anna, text("Half"), stop_reason="max_tokens")
    post("again/", to=talk, max_tokens=2048)
    assert newest(talk).params["max_tokens"] == 2048
    assert [m["role"] for m in sent(newest(talk))] == ["user"]


def test_the_limit_is_raised_where_the_override_had_set_it(
    post: Callable, annas: Client, anna: User
) -> None:
    override = {"max_tokens": 1500, "service_tier": "auto"}
    talk = ended(
        anna, text("Half"), params={"extra_body": override}, stop_reason="max_tokens"
    )
    assert "Raise to 3,000 and run again" in last_turn(page_of(annas, talk))
    post("again/", to=talk, max_tokens=3000)
    assert newest(talk).params["max_tokens"] == 3000
    assert head_of(talk).params["extra_body"] == {"service_tier": "auto"}


def test_a_reply_nobody_has_seen_is_not_cut_off(post: Callable, anna: User) -> None:
    talk = ended(anna, text("Half"), stop_reason="max_tokens")
    answer = post("again/", to=talk, max_tokens=2048, base=1)
    assert answer.status_code == 409
    assert under_way(talk) == []


def continued(anna: User, post: Callable) -> Conversation:
    """A reply that went on once: "One" and " two"."""
    talk = ended(anna, text("One"), stop_reason="max_tokens")
    post("continue/", to=talk, run=newest(talk).pk)
    end(newest(talk), text(" two"))
    return Conversation.objects.get(pk=talk.pk)


def test_what_went_on_is_dropped_alone(
    post: Callable, annas: Client, anna: User
) -> None:
    talk = continued(anna, post)
    assert texts(talk)[-1] == "One two"
    turn = last_turn(page_of(annas, talk))
    slot = head_of(talk).entries[-1].slot
    assert f"/turns/{slot}/segments/1/" in turn
    assert turn.count('title="Cuts it off, with what follows') == 2  # Retry too
    post(f"turns/{slot}/segments/1/", to=talk, action="drop")
    assert texts(talk)[-1] == "One"
    assert under_way(talk) == []


def test_what_went_on_is_retried_alone(post: Callable, anna: User) -> None:
    talk = continued(anna, post)
    slot = head_of(talk).entries[-1].slot
    post(f"turns/{slot}/segments/1/", to=talk, action="retry")
    assert under_way(talk) == [newest(talk).pk]
    assert sent(newest(talk))[-1]["content"] == [text("One")]


def test_a_reply_that_was_asked_for_goes_with_its_question(
    post: Callable, annas: Client, anna: User
) -> None:
    talk = ended(anna, text("Half a sen"), params=OPUS, stop_reason="max_tokens")
    post("continue/", to=talk, run=newest(talk).pk)
    end(newest(talk), text("tence."))
    assert len(texts(talk)) == 4
    slot = head_of(talk).entries[-1].slot
    turn = last_turn(page_of(annas, talk))
    assert "Retry" in turn
    assert f"/turns/{slot}/segments/0/" in turn
    post(f"turns/{slot}/segments/0/", to=talk, action="drop")
    assert texts(talk) == ["Hello", "Half a sen"]


def test_a_stretch_that_there_is_not_is_refused(post: Callable, anna: User) -> None:
    talk = ended(anna, text("One"), stop_reason="max_tokens")
    slot = head_of(talk).entries[-1].slot
    assert post(f"turns/{slot}/segments/5/", to=talk).status_code == 409


@pytest.mark.parametrize(
    ("category", "content", "price"),
    [
        ("cyber", (), "nothing is billed"),
        (None, (), "nothing is billed"),
        ("bio", (), "are billed although"),
        ("cyber", (text("So"),), "what came is billed"),
    ],
)
def test_a_refusal_says_what_it_costs_and_what_to_change(
    annas: Client, anna: User, category: str | None, content: Any, price: str
) -> None:
    details = {"type": "refusal", "category": category, "explanation": "<b>No.</b>"}
    also = {"stop_reason": "refusal", "stop_details": details}
    talk = ended(anna, *content, also=also, stop_reason="refusal")
    turn = last_turn(page_of(annas, talk))
    assert price in turn
    assert "&lt;b&gt;No." in turn
    assert "Choose another model" in turn


def test_what_a_stopped_reply_cost_is_told_as_an_estimate(
    annas: Client, anna: User
) -> None:
    talk = factories.create_conversation(owner=anna)
    usage = {"input_tokens": 10, "output_tokens": 90}
    estimated = {"usage": usage, "usage_is_estimated": True, "cost": Decimal("0.5")}
    factories.create_run(conversation=talk, status=Run.Status.STOPPED, **estimated)
    assert "10 in · about 90 out · about $0.50" in page_of(annas, talk)


def test_what_cannot_be_counted_is_told_wherever_the_figures_are(
    annas: Client, anna: User
) -> None:
    usage = {"input_tokens": 10, "output_tokens": 9}
    usage |= {"output_tokens_details": {"thinking_tokens": None}}
    cut = {"status": "stopped", "usage": usage, "usage_is_estimated": True}
    talk = ended(anna, text("So"))
    Run.objects.update(**cut, cost="0.5")
    told = "10 in · at least 9 out (hidden thinking not counted)"
    page = page_of(annas, talk)
    assert f"Stopped · {told} · at least $0.5000" in page
    assert f"<span>{told}</span><span>at least $0.5000</span>" in last_turn(page)
    panel = annas.get(f"/runs/{newest(talk).pk}/").content.decode()
    assert f"<dd>{told}</dd>" in panel
    assert "<b>at least $0.5</b>" in panel
    assert f"<span>{told}</span><span>at least $0.5000</span>" in page_of_head(
        annas, talk
    )


def page_of_head(client: Client, talk: Conversation) -> str:
    return client.get(head_of(talk).get_absolute_url()).content.decode()


def test_the_stop_sequence_is_named(annas: Client, anna: User) -> None:
    also = {"stop_sequence": "\n\nHuman:"}
    talk = ended(anna, text("So"), also=also, stop_reason="stop_sequence")
    told = json.dumps("\n\nHuman:").replace('"', "&quot;")
    assert f"stop sequence {told}" in last_turn(page_of(annas, talk))


def failed(anna: User, **error: Any) -> Conversation:
    talk = factories.create_conversation(owner=anna)
    factories.create_run(
        conversation=talk,
        status="failed",
        error={"sentence": "No.", **error},
        finished_at="2026-11-26T02:00:00Z",
    )
    return talk


def test_a_failure_says_from_when_it_is_worth_another_try(
    annas: Client, anna: User
) -> None:
    page = page_of(annas, failed(anna, retryable=True, retry_after=299.2))
    assert "02:05:00 UTC" in last_turn(page)


@pytest.mark.parametrize("wait", [999_999_999_999.0, 251_597_000_000, 1e300])
def test_a_wait_beyond_the_calendar_breaks_no_page(
    annas: Client, anna: User, wait: float
) -> None:
    page = page_of(annas, failed(anna, retryable=True, retry_after=wait))
    assert "Run again" in last_turn(page)
    assert "It may work again" not in page


def test_a_spending_limit_is_not_tried_again(annas: Client, anna: User) -> None:
    error = {"kind": "rate_limit_error", "retryable": False, "retry_after": None}
    assert "not tried again by itself" in last_turn(
        page_of(annas, failed(anna, **error))
    )


def test_a_block_whose_type_is_no_word_is_left_where_it_is() -> None:
    odd = [{"type": ["thinking"]}]
    assert continuing.finished(odd) == odd
