"""Settings: each field saved by itself, conflicts key by key, nonsense kept."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation
from conversations.models.json import dumps
from playground.editor import estimates, screen
from tests import factories
from tests.elements import read

from .conftest import head_of


def params(conversation: Conversation) -> dict[str, Any]:
    return dict(head_of(conversation).params)


@pytest.mark.parametrize(
    ("field", "typed", "saved"),
    [
        ("model", "claude-opus-5-5", {"model": "claude-opus-5-5"}),
        ("model", "my-own-model", {"model": "my-own-model"}),
        ("max_tokens", " 2048 ", {"max_tokens": 2048}),
        ("stop_sequences", "a\r\n b \r\n", {"stop_sequences": ["a", " b "]}),
        ("stop_sequences", '["\\n\\nHuman:"]', {"stop_sequences": ["\n\nHuman:"]}),
        ("stop_sequences", '["a"]', {"stop_sequences": ['["a"]']}),
        ("thinking", "disabled", {"thinking": {"type": "disabled"}}),
        ("effort", "high", {"output_config": {"effort": "high"}}),
        ("other", '{"top_k": 5, "x": null}', {"top_k": 5, "x": None}),
    ],
)
def test_one_field_is_saved(
    post: Callable,
    conversation: Conversation,
    field: str,
    typed: str,
    saved: dict[str, Any],
) -> None:
    before = params(conversation)
    assert post("settings/", field=field, **{field: typed}).status_code == 200
    assert params(conversation) == before | saved


def test_thinking_with_a_budget_is_one_value(
    post: Callable, conversation: Conversation
) -> None:
    post("settings/", field="thinking", thinking="enabled", budget_tokens="2000")
    thinking = params(conversation)["thinking"]
    assert thinking == {"type": "enabled", "budget_tokens": 2000}
    post("settings/", field="thinking", thinking="")
    assert "thinking" not in params(conversation)


def test_effort_and_other_output_config_keep_each_other(
    post: Callable, conversation: Conversation
) -> None:
    post("settings/", field="effort", effort="low")
    post("settings/", field="other", other='{"output_config": {"format": {}}}')
    assert params(conversation)["output_config"] == {"format": {}, "effort": "low"}
    post("settings/", field="effort", effort="")
    assert params(conversation)["output_config"] == {"format": {}}


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("max_tokens", "abc", "a whole number"),
        ("max_tokens", "1e3", "a whole number"),
        ("max_tokens", "9" * 5000, "cannot have 5,000 digits"),
        ("max_tokens", "-" + "9" * 13, "cannot have 13 digits"),
        ("model", "", "Choose a model"),
        ("other", '{"a": 1, "a": 2}', "given twice"),
        ("other", "[]", "a JSON object"),
        ("other", '{"max_tokens": 5}', "set under Max tokens"),
        ("other", '{"messages": []}', "turns of the script"),
        ("other", '{"output_config": {"effort": "low"}}', "set under Effort"),
    ],
)
def test_nonsense_is_kept_with_a_sentence_at_its_field(
    post: Callable, conversation: Conversation, field: str, typed: str, sentence: str
) -> None:
    response = post("settings/", field=field, **{field: typed})
    shown = response.content.decode()
    assert response.status_code == 422
    assert response["HX-Retarget"] == f"#setting-{field}"
    assert sentence in shown
    assert typed[:8].replace('"', "&quot;") in shown
    assert head_of(conversation).number == 1


def test_without_htmx_nonsense_comes_back_with_the_page(post: Callable) -> None:
    response = post("settings/", htmx=False, field="max_tokens", max_tokens="abc")
    assert response.status_code == 422
    assert 'value="abc"' in response.content.decode()


def test_a_setting_changed_by_somebody_else_is_a_conflict(
    post: Callable, conversation: Conversation
) -> None:
    post("settings/", field="max_tokens", max_tokens="500")
    response = post("settings/", base=1, field="max_tokens", max_tokens="900")
    shown = response.content.decode()
    assert response.status_code == 409
    assert 'value="900"' in shown
    assert ">500</pre>" in shown
    assert 'name="base" value="2"' in shown


@pytest.mark.parametrize(
    ("field", "first", "second"),
    [
        ("other", '{"x": {"a": 1, "b": 2}}', '{"x": {"b": 2, "a": 1}}'),
        ("other", '{"x": 1}', '{"x": true}'),
        ("override", '{"x": {"a": 1, "b": 2}}', '{"x": {"b": 2, "a": 1}}'),
        ("override", '{"x": [1]}', '{"x": [1.0]}'),
    ],
)
def test_json_is_saved_as_it_is_written(
    post: Callable, conversation: Conversation, field: str, first: str, second: str
) -> None:
    for typed in (first, second, second):
        post("settings/", field=field, **{field: typed})
    assert head_of(conversation).number == 3
    saved = params(conversation)
    assert dumps((saved.get("extra_body") or saved)["x"]) == dumps(
        json.loads(second)["x"]
    )


def test_the_order_of_a_schemas_properties_is_saved(
    post: Callable, conversation: Conversation
) -> None:
    one, other = {"type": "string"}, {"type": "number"}
    for properties in ({"a": one, "b": other}, {"b": other, "a": one}):
        schema = {"type": "object", "properties": properties}
        typed = {"output_config": {"format": {"type": "json_schema", "schema": schema}}}
        post("settings/", field="other", other=json.dumps(typed))
    saved = params(conversation)["output_config"]["format"]["schema"]["properties"]
    assert list(saved) == ["b", "a"]


def test_another_setting_changed_is_no_conflict(
    post: Callable, conversation: Conversation
) -> None:
    post("settings/", field="max_tokens", max_tokens="500")
    post("settings/", base=1, field="stop_sequences", stop_sequences="END")
    assert params(conversation)["max_tokens"] == 500
    assert params(conversation)["stop_sequences"] == ["END"]


def test_parameters_of_one_field_changed_by_two_people_are_both_kept(
    post: Callable, conversation: Conversation
) -> None:
    post("settings/", field="other", other='{"top_k": 5, "top_p": 1}')
    post("settings/", field="other", other='{"top_k": 5, "metadata": {}}')
    answer = post("settings/", base=2, field="other", other='{"top_k": 6, "top_p": 1}')
    now = params(conversation)
    assert (now["top_k"], now["metadata"], "top_p" in now) == (6, {}, False)
    assert "&quot;metadata&quot;" in answer.content.decode()
    late = post("settings/", base=2, field="other", other='{"top_k": 5, "top_p": 2}')
    assert late.status_code == 409


def test_a_new_model_redraws_what_depends_on_it(post: Callable) -> None:
    answer = post("settings/", field="model", model="claude-opus-5-5").content.decode()
    assert 'data-part="setting-thinking"' in answer
    assert "up to 128,000" in answer


def test_a_number_saved_leaves_its_own_field_alone(post: Callable) -> None:
    answer = post("settings/", field="max_tokens", max_tokens="9").content.decode()
    assert 'data-part="setting-max_tokens"' not in answer
    assert 'data-part="settings-figures"' in answer


def test_thinking_offers_what_the_model_takes_and_marks_what_it_refuses(
    annas: Client, anna: User
) -> None:
    made = factories.create_conversation(
        owner=anna,
        params={"model": "claude-opus-5-5", "thinking": {"type": "enabled"}},
    )
    page = annas.get(f"/c/{made.pk}/").content.decode()
    field = page.split('id="setting-thinking"')[1].split("</form>")[0]
    assert "enabled (refused by Claude Opus 5.5)" in field
    assert 'value="adaptive"' in field
    assert 'value="disabled"' not in field


def test_retired_and_unknown_models_can_be_seen_and_stay_selected(
    annas: Client, anna: User
) -> None:
    made = factories.create_conversation(owner=anna, params={"model": "my-model"})
    page = annas.get(f"/c/{made.pk}/").content.decode()
    assert '<option value="my-model" selected>' in page
    assert "Claude Mythos Preview (retired)" in page


def test_the_endpoint_is_the_conversations_own(
    post: Callable, conversation: Conversation
) -> None:
    assert post("settings/", field="endpoint", endpoint="simulator").status_code == 200
    refused = post("settings/", field="endpoint", endpoint="elsewhere")
    assert refused.status_code == 422
    assert "not configured" in refused.content.decode()


def test_the_system_prompt_is_saved_and_taken_out(
    post: Callable, conversation: Conversation
) -> None:
    answer = post("system/", text="Be terse.\r\n ").content.decode()
    assert params(conversation)["system"] == "Be terse.\n "
    assert 'data-part="system"' in answer
    post("system/", text="")
    assert "system" not in params(conversation)


def test_a_system_prompt_of_blocks_is_json(
    post: Callable, annas: Client, conversation: Conversation
) -> None:
    blocks = '[{"type": "text", "text": "Be terse."}]'
    post("system/", text=blocks, **{"as": "json"})
    assert params(conversation)["system"] == [{"type": "text", "text": "Be terse."}]
    assert (
        'name="as" value="json"' in annas.get(f"/c/{conversation.pk}/").content.decode()
    )


def test_a_system_prompt_changed_meanwhile_shows_both(
    post: Callable, conversation: Conversation
) -> None:
    post("system/", text="Theirs")
    response = post("system/", base=1, text="Mine")
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Changed meanwhile by you, in another tab." in shown
    assert ">Theirs</pre>" in shown
    assert ">\nMine</textarea>" in shown
    assert "Use the other version" in shown


def test_a_setting_changed_meanwhile_leads_to_the_saved_one(
    post: Callable, annas: Client, conversation: Conversation
) -> None:
    post("settings/", field="max_tokens", max_tokens="55")
    refused = post("settings/", base=1, field="max_tokens", max_tokens="66")
    other = read(refused).one("a[role=button][hx-get*=settings]")
    assert other.text == "Use the other version"
    field = annas.get(other["hx-get"], headers={"HX-Request": "true"})
    assert field["HX-Retarget"] == "#setting-max_tokens"
    form = read(field).one("form")
    assert form.one("input[name=max_tokens]")["value"] == "55"
    assert form.one("input[name=base]")["value"] == "2"
    assert not form.all("[role=alert]")
    assert annas.get(f"/c/{conversation.pk}/settings/?field=x").status_code == 404


def test_a_setting_that_there_is_not_is_404(post: Callable) -> None:
    assert post("settings/", field="weather", weather="sun").status_code == 404


@pytest.mark.parametrize("path", ["settings/", "system/"])
def test_strangers_get_404(
    conversation: Conversation, browser_of: Callable[[User], Client], path: str
) -> None:
    stranger = browser_of(factories.create_user())
    data = {"field": "max_tokens", "max_tokens": "5", "text": "x"}
    assert stranger.post(f"/c/{conversation.pk}/{path}", data).status_code == 404
    assert head_of(conversation).number == 1


def test_the_input_is_split_by_kind_and_adds_up(anna: User) -> None:
    tool = {"name": "look", "input_schema": {"type": "object"}}
    params = {"system": "Be terse.", "tools": [tool]}
    made = factories.create_conversation(owner=anna, params=params)
    shown = screen.of(made)
    found = dict(estimates.shares(shown))
    assert sum(found.values()) == shown.estimate.input.total
    assert all(found[kind] > 0 for kind in ("the system prompt", "tools", "text"))
    assert len(estimates.bar(shown)) == len(found)
