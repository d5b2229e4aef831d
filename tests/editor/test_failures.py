"""An error that came back: at its turn or setting, explained, with what helps."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation, Run
from playground.editor import articles, failures, problems, screen
from tests import factories

from .conftest import head_of, texts

TURNS = [("user", "One"), ("assistant", "Two"), ("user", "Three")]


def fail(
    conversation: Conversation, message: str, status: int = 400, **error: Any
) -> Run:
    """A run of the head that the API answered with an error."""
    kind = error.pop("type", "invalid_request_error")
    told = {"type": "error", "error": {"type": kind, "message": message, **error}}
    kept = {"sentence": "Refused.", "kind": kind, "status": status}
    return factories.create_run(
        conversation=conversation,
        status=Run.Status.FAILED,
        error={**kept, "body": json.dumps(told)},
    )


@pytest.fixture
def conversation(anna: User) -> Conversation:
    return factories.create_conversation(owner=anna, turns=TURNS)


def page(client: Client, conversation: Conversation) -> str:
    return client.get(f"/c/{conversation.pk}/").content.decode()


def article(html: str, slot: str) -> str:
    return html.partition(f'id="turn-{slot}"')[2].partition("</article>")[0]


TOO_LONG = (
    "messages.2.content.0.text: cache_control cannot be set for empty text blocks"
)


def test_an_error_stands_under_the_turn_it_names(
    annas: Client, conversation: Conversation
) -> None:
    fail(conversation, TOO_LONG)
    html = page(annas, conversation)
    assert "cache_control cannot be set" in article(html, "slot3")
    assert "cache_control cannot be set" not in article(html, "slot1")
    assert 'href="#turn-slot3"' in article(html, "reply")


def test_an_error_about_a_setting_stands_on_the_setting(
    annas: Client, conversation: Conversation
) -> None:
    fail(conversation, "max_tokens: 99 > 5, which is the maximum allowed number")
    assert "setting-max_tokens" in article(page(annas, conversation), "reply")
    assert "max_tokens" in screen.of(conversation).problems.fields


def test_muted_turns_do_not_shift_the_place(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", conversation, action="mute")
    fail(conversation, TOO_LONG.replace("messages.2", "messages.1"))
    assert "cache_control cannot be set" in article(page(annas, conversation), "slot3")


def test_its_fix_is_shown_and_applied_like_any_other(
    post: Callable, conversation: Conversation
) -> None:
    message = "messages: final assistant content cannot end with trailing whitespace"
    post("turns/", conversation, text="A ", role="assistant")
    fail(conversation, message)
    (found,) = (
        each for each in screen.of(conversation).found if each.api_message == message
    )
    key = problems.key_of(found, found.fixes[0])
    assert "<del>" in post("fix/", conversation, fix=key).content.decode()
    post("fix/", conversation, fix=key, apply=1)
    assert texts(conversation)[-1] == "A"


def test_what_is_predicted_anyway_is_said_once(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    post("turns/", conversation, text="A ", role="assistant")
    before = screen.of(conversation).found
    error = next(each for each in before if each.severity == "error")
    fail(conversation, error.api_message)
    after = screen.of(conversation)
    assert after.found == before
    assert after.refusal == error


def test_an_error_of_the_api_alone_offers_no_send_anyway(
    annas: Client, conversation: Conversation
) -> None:
    fail(conversation, TOO_LONG)
    html = page(annas, conversation)
    assert "Send anyway" not in html
    assert "Run again" in html


@pytest.mark.parametrize(
    "body",
    ["", "<html>", "[]", '{"error": 5}', '{"error": {"message": 5}}', "[" * 9999],
)
def test_an_answer_of_any_kind_is_a_card_without_a_place(
    annas: Client, conversation: Conversation, body: str
) -> None:
    factories.create_run(
        conversation=conversation,
        status=Run.Status.FAILED,
        error={"sentence": "Something else answered.", "status": 502, "body": body},
    )
    assert "Something else answered." in page(annas, conversation)
    assert all(p.rule != problems.RETURNED for p in screen.of(conversation).found)


def test_after_a_failed_run_the_person_writes_next(
    conversation: Conversation,
) -> None:
    assert screen.of(conversation).next_role == "assistant"
    fail(conversation, "Something new is wrong.")
    assert screen.of(conversation).next_role == "user"


def test_a_changed_setting_leaves_what_failed_on_the_page(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    run = fail(conversation, TOO_LONG)
    assert articles.OTHER_SETTINGS not in article(page(annas, conversation), "reply")
    answer = post("settings/", conversation, field="max_tokens", max_tokens="500")
    assert articles.OTHER_SETTINGS in answer.content.decode()
    card = article(page(annas, conversation), "reply")
    assert f"run {run.pk}" in card
    assert "Run again" in card
    assert articles.OTHER_SETTINGS in card
    shown = screen.of(conversation)
    assert shown.next_role == "user"
    assert shown.status.startswith("Failed")
    # What it named was said of other settings: here nothing is known to be wrong.
    assert shown.refusal is None


def test_a_changed_turn_takes_what_failed_off_the_page(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    run = fail(conversation, TOO_LONG)
    post("turns/", conversation, text="Something else.", role="user")
    assert f"run {run.pk}" not in page(annas, conversation)
    assert screen.of(conversation).next_role == "assistant"


def test_an_error_that_names_no_place_is_explained_on_its_card(
    annas: Client, conversation: Conversation
) -> None:
    run = fail(conversation, "Output blocked by content filtering policy")
    found = failures.returned(run)
    assert found is not None
    assert found.problem.explanation in article(page(annas, conversation), "reply")


@pytest.mark.parametrize(
    ("status", "kind", "message"),
    [
        (529, "overloaded_error", "Overloaded"),
        (429, "rate_limit_error", "You have reached your specified API usage limits."),
        (400, "invalid_request_error", "Something new is wrong."),
    ],
)
def test_what_the_sentence_of_the_run_says_is_not_said_again(
    conversation: Conversation, status: int, kind: str, message: str
) -> None:
    run = fail(conversation, message, status, type=kind)
    assert failures.returned(run) is None


def test_a_path_that_leads_nowhere_is_no_dead_end(
    annas: Client, conversation: Conversation
) -> None:
    fail(conversation, "messages.99.content.7: Extra inputs are not permitted")
    html = page(annas, conversation)
    assert "Run again" in article(html, "reply")
    assert head_of(conversation).number == 1


def test_the_run_itself_tells_the_place(
    annas: Client, conversation: Conversation
) -> None:
    run = fail(conversation, TOO_LONG)
    assert "messages.2.content.0" in annas.get(f"/runs/{run.pk}/").content.decode()


def header(client: Client, conversation: Conversation) -> str:
    html = page(client, conversation)
    return html.partition('id="header-figures"')[2].partition("</header>")[0]


def test_the_header_counts_problems_and_leads_to_the_first(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", conversation, text=" ")
    post("settings/", conversation, field="max_tokens", max_tokens="0")
    shown = header(annas, conversation)
    assert "2 problems" in shown
    assert 'href="#setting-max_tokens"' in shown


def test_notes_and_an_empty_script_are_no_problems(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna, turns=[])
    assert "problem" not in header(annas, made)


@pytest.mark.parametrize("path", ["/c/{talk}/", "/runs/{run}/"])
@pytest.mark.parametrize(
    ("attempts", "told"), [(4, "as it came, after 4 attempts<"), (1, "as it came<")]
)
def test_the_raw_error_says_after_how_many_attempts(
    annas: Client, anna: User, path: str, attempts: int, told: str
) -> None:
    talk = factories.create_conversation(owner=anna)
    error = {"kind": "overloaded_error", "sentence": "Busy.", "attempts": attempts}
    run = factories.create_run(conversation=talk, status="failed", error=error)
    page = annas.get(path.format(talk=talk.pk, run=run.pk)).content.decode()
    assert f"The error {told}" in page
