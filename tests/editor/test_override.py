"""The override: JSON that is laid over the request last, and says so everywhere."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.editing import Script
from conversations.models import Conversation, Run
from playground.editor import fixing, ports, problems, screen
from playground.payload import params
from tests import factories

from .conftest import head_of


def overridden(owner: User, override: Any, **params: Any) -> Conversation:
    return factories.create_conversation(
        owner=owner, params={**params, "extra_body": override}
    )


def test_it_is_saved_and_taken_out(post: Callable, conversation: Conversation) -> None:
    answer = post("settings/", field="override", override='{"novel": {"a": null}}')
    assert answer.status_code == 200
    assert head_of(conversation).params["extra_body"] == {"novel": {"a": None}}
    assert head_of(conversation).summary == "Changed the override"
    post("settings/", field="override", override=" ")
    assert "extra_body" not in head_of(conversation).params


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ('{"a": ', "not JSON at line 1"),
        ('{"a": 1, "a": 2}', "given twice"),
        ("[1]", "a JSON object"),
        ('{"messages": []}', "turns of the script"),
        ('{"stream": false}', "always true"),
        ('{"extra_headers": {}}', "no part of the body"),
    ],
)
def test_what_it_cannot_hold_is_told_and_kept(
    post: Callable, conversation: Conversation, typed: str, told: str
) -> None:
    answer = post("settings/", field="override", override=typed)
    shown = answer.content.decode().replace("&quot;", '"')
    assert answer.status_code == 422
    assert answer["HX-Retarget"] == "#setting-override"
    assert told in shown
    assert typed in shown
    assert head_of(conversation).number == 1


def test_the_request_shows_what_it_made(annas: Client, anna: User) -> None:
    made = overridden(anna, {"max_tokens": 77, "novel": 1})
    shown = annas.get(f"/c/{made.pk}/request/").content.decode()
    assert "&quot;max_tokens&quot;: 77" in shown
    assert "&quot;novel&quot;: 1" in shown
    assert "extra_body" not in shown


def test_the_page_says_that_it_is_active(annas: Client, anna: User) -> None:
    page = annas.get(f"/c/{overridden(anna, {'max_tokens': 77}).pk}/").content.decode()
    assert "chip override" in page
    assert page.count("Changed by the") == 1
    plain = annas.get(f"/c/{factories.create_conversation(owner=anna).pk}/")
    assert "chip override" not in plain.content.decode()


def test_problems_of_what_it_touches_are_on_its_field(anna: User) -> None:
    shown = screen.of(overridden(anna, {"max_tokens": -1, "novel": 1}))
    assert len(shown.problems.fields["override"]) == 2
    assert "max_tokens" not in shown.problems.fields
    novel = next(each for each in shown.found if each.path == "novel")
    assert screen.place(shown, novel) == ("Override", "#setting-override")


def test_a_fix_takes_out_of_it_what_it_sets(anna: User) -> None:
    made = overridden(anna, {"max_tokens": 0, "novel": 1}, metadata={"user_id": "u"})
    shown = screen.of(made)
    found = next(each for each in shown.found if each.path == "novel")
    change = fixing.fix(shown.head, found, found.fixes[0])
    assert change.params == {"novel", "extra_body"}
    script = change.operation(Script.of(shown.head))
    assert script.params["extra_body"] == {"max_tokens": 0}
    assert script.params["metadata"] == {"user_id": "u"}


def test_a_port_takes_the_model_out_of_it(anna: User) -> None:
    made = overridden(anna, {"model": "claude-sonnet-4-5", "novel": 1})
    port = ports.to(head_of(made), "claude-haiku-4-5")
    script = port.change.operation(Script.of(head_of(made)))
    assert params.body(script.params)["model"] == "claude-haiku-4-5"
    assert "model" not in script.params.get("extra_body", {})


def test_other_parameters_do_not_show_it(anna: User, post: Callable) -> None:
    made = overridden(anna, {"novel": 1}, metadata={"user_id": "u"})
    post("settings/", made, field="other", other="{}")
    assert head_of(made).params["extra_body"] == {"novel": 1}
    answer = post("settings/", made, field="other", other='{"extra_body": {}}')
    assert "set under Override" in answer.content.decode()


def test_a_run_keeps_what_it_overrode(
    post: Callable, anna: User, no_driver: list[int]
) -> None:
    made = overridden(anna, {"max_tokens": 9})
    post("send/", made, send_key="once")
    run = Run.objects.get()
    assert run.override == {"max_tokens": 9}
    post("settings/", made, field="override", override="")
    assert run.params["max_tokens"] == 9


def test_each_column_of_a_comparison_has_its_own(
    post: Callable, annas: Client, anna: User, no_driver: list[int]
) -> None:
    made = overridden(anna, {"max_tokens": 9})
    page = annas.get(f"/c/{made.pk}/compare/").content.decode()
    assert page.count("&quot;max_tokens&quot;: 9") == 2
    one = {"c0-model": "claude-haiku-4-5", "c0-max_tokens": "50"}
    two = {**one, "c0-override": '{"max_tokens": 8}'}
    two = {key.replace("c0", "c1"): value for key, value in two.items()}
    columns = {**one, **two, "do": "send", "send_key": "once"}
    post("compare/", made, htmx=False, **columns)
    sent = [(run.params["max_tokens"], run.override) for run in Run.objects.all()]
    assert sent == [(50, None), (8, {"max_tokens": 8})]


def test_another_model_changes_what_the_fields_offer(
    post: Callable, conversation: Conversation
) -> None:
    override = json.dumps({"model": "claude-opus-5-5"})
    patch = post("settings/", field="override", override=override).content.decode()
    assert 'id="setting-effort"' in patch
    assert "prefill" in patch
    assert problems.field_of("model", screen.of(conversation).made) == "override"


def test_a_reply_by_the_model_that_the_override_names_is_by_its_own_model(
    annas: Client, anna: User
) -> None:
    talk = overridden(anna, {"model": "claude-opus-5-5"})
    run = factories.create_run(
        conversation=talk,
        status="done",
        message={"content": [{"type": "text", "text": "Yes"}]},
        has_reply=True,
        group="g1",
        position=1,
        model="claude-opus-5-5",
    )
    page = annas.get(f"/c/{talk.pk}/compare/g1/").content.decode()
    assert "keeps its own model, Claude Opus 5.5" in page
    answer = annas.post(f"/runs/{run.pk}/use/", headers={"HX-Request": "true"})
    assert "keeps its own model" not in answer.content.decode()
