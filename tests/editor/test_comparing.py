"""Compare: columns put together, judged before sending, and sent by value."""

from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation
from tests import factories
from tests.elements import Element, read

from .conftest import head_of

pytestmark = pytest.mark.usefixtures("no_driver")


@pytest.fixture
def talk(anna: User) -> Conversation:
    """A question and a prefill, which Opus 5.5 refuses and Haiku 4.5 takes."""
    turns = [("user", "Hello"), ("assistant", "It is")]
    return factories.create_conversation(owner=anna, turns=turns)


def column(number: int, model: str, **fields: str) -> dict[str, str]:
    values = {"model": model, "max_tokens": "1024", **fields}
    return {f"c{number}-{name}": value for name, value in values.items()}


BY_SCRIPT: dict[str, Any] = {"headers": {"HX-Request": "true"}}
HAIKU, OPUS = column(0, "claude-haiku-4-5"), column(1, "claude-opus-5-5")


def ask(
    client: Client, talk: Conversation, *columns: dict[str, str], **data: Any
) -> Any:
    fields = {name: value for each in columns for name, value in each.items()}
    base = {"base": head_of(talk).number}
    return client.post(f"/c/{talk.pk}/compare/", {**base, **fields, **data})


def chosen(page: Element) -> list[str]:
    """The models of the columns."""
    return [each["value"] for each in page.all("select[id$=model] [selected]")]


def test_it_begins_with_the_conversation_beside_another_model(
    annas: Client, talk: Conversation
) -> None:
    models = chosen(read(annas.get(f"/c/{talk.pk}/compare/")))
    assert models[0] == "claude-haiku-4-5"
    assert len(set(models)) == 2


def test_the_address_may_name_the_models(annas: Client, talk: Conversation) -> None:
    query = "?model=claude-opus-5-5&model=my-own"
    shown = read(annas.get(f"/c/{talk.pk}/compare/{query}"))
    assert chosen(shown) == ["claude-opus-5-5", "my-own"]


def test_a_model_that_is_on_no_list_can_be_typed(
    annas: Client, talk: Conversation
) -> None:
    named = column(1, "claude-haiku-4-5", another=" my-own ")
    shown = read(ask(annas, talk, HAIKU, named))
    assert chosen(shown) == ["claude-haiku-4-5", "my-own"]
    assert shown.one("[name=c1-another]")["value"] == ""
    ask(annas, talk, named | {"c1-anyway": "1"}, do="send")
    assert [run.model for run in talk.runs.all()] == ["my-own"]


def test_a_script_gets_the_typed_model_among_those_to_choose(
    annas: Client, talk: Conversation
) -> None:
    named = column(1, "claude-haiku-4-5", another="my-own")
    answer = annas.post(
        f"/c/{talk.pk}/compare/", HAIKU | named, headers={"HX-Request": "true"}
    )
    shown = read(answer)
    assert chosen(shown) == ["my-own"]
    assert shown.one("#c1-named")["hx-swap-oob"] == "true"


def test_each_column_says_what_would_be_refused_and_what_it_costs(
    annas: Client, talk: Conversation
) -> None:
    shown = read(ask(annas, talk, HAIKU, OPUS))
    first, second = shown.all(".verdict")
    assert not first.all(".problem.error")
    assert "tokens in" in first.text
    assert second.all(".problem.error")
    port = f"/c/{talk.pk}/port/?target=claude-opus-5-5"
    assert second.one(".hint a")["href"] == port
    assert "1 of 2 columns" in shown.one("#going").text
    assert not talk.runs.exists()


def test_a_script_gets_the_verdicts_alone(annas: Client, talk: Conversation) -> None:
    answer = annas.post(
        f"/c/{talk.pk}/compare/", HAIKU | OPUS, headers={"HX-Request": "true"}
    )
    shown = read(answer)
    assert shown.one("#verdict-c1")["hx-swap-oob"] == "true"
    assert not shown.all("textarea")


def test_a_script_gets_the_columns_when_their_number_changes(
    annas: Client, talk: Conversation
) -> None:
    for do, count in (("add", 3), ("remove-c1", 1), ("draw", 2)):
        answer = annas.post(
            f"/c/{talk.pk}/compare/", {**HAIKU, **OPUS, "do": do}, **BY_SCRIPT
        )
        assert len(read(answer).all("#choices fieldset")) == count


def test_a_script_is_sent_on_to_the_replies(annas: Client, talk: Conversation) -> None:
    mine = {**HAIKU, "base": "1", "do": "send"}
    answer = annas.post(f"/c/{talk.pk}/compare/", mine, **BY_SCRIPT)
    address = f"/c/{talk.pk}/compare/{talk.runs.get().group}/"
    assert answer.headers["HX-Redirect"] == address


def test_a_script_is_told_why_nothing_was_sent(
    annas: Client, talk: Conversation, post: Any
) -> None:
    post("turns/", talk, text="More", role="user")
    mine = {**HAIKU, "base": "1", "do": "send"}
    answer = annas.post(f"/c/{talk.pk}/compare/", mine, **BY_SCRIPT)
    assert answer.status_code == 409
    assert "changed meanwhile" in answer.headers["HX-Trigger"]
    shown = read(answer)
    assert shown.one("#base")["value"] == "2"
    assert "revision 2" in shown.one("#sends").text


def test_a_refused_column_stays_behind(annas: Client, talk: Conversation) -> None:
    answer = ask(annas, talk, HAIKU, OPUS, do="send")
    run = talk.runs.get()
    address = f"/c/{talk.pk}/compare/{run.group}/?columns=2"
    assert answer.headers["Location"] == address
    assert (run.model, run.position) == ("claude-haiku-4-5", 1)


def test_send_anyway_sends_it_too(annas: Client, talk: Conversation) -> None:
    ask(annas, talk, HAIKU, OPUS | {"c1-anyway": "1"}, do="send")
    assert [run.model for run in talk.runs.all()] == [
        "claude-haiku-4-5",
        "claude-opus-5-5",
    ]


def test_nothing_goes_when_all_are_refused(annas: Client, talk: Conversation) -> None:
    answer = ask(annas, talk, OPUS, do="send")
    assert answer.status_code == 422
    assert "Nothing was sent" in read(answer).one("#notice").text


def test_where_no_endpoint_is_no_column_is_blamed(
    annas: Client, talk: Conversation
) -> None:
    Conversation.objects.update(endpoint="gone")
    page = ask(annas, talk, HAIKU, do="send").content.decode()
    assert "The endpoint &#x27;gone&#x27; is not configured" in page
    assert "no column would be accepted" not in page


def test_settings_of_a_column_are_sent_by_value_and_kept_nowhere_else(
    annas: Client, talk: Conversation
) -> None:
    mine = column(
        0,
        "claude-haiku-4-5",
        thinking="enabled",
        budget_tokens="2000",
        max_tokens="4000",
        system="Be\r\nterse. ",
        stop_sequences="END",
        anyway="1",
    )
    before = head_of(talk)
    ask(annas, talk, mine, do="send")
    sent = talk.runs.get().params
    assert sent["thinking"] == {"type": "enabled", "budget_tokens": 2000}
    assert sent["system"] == "Be\nterse. "
    assert (sent["max_tokens"], sent["stop_sequences"]) == (4000, ["END"])
    assert head_of(talk) == before


def test_what_a_column_does_not_show_is_sent_as_the_conversation_has_it(
    annas: Client, anna: User
) -> None:
    params = {
        "system": [{"type": "text", "text": "Blocks", "cache_control": None}],
        "metadata": {"user_id": "u"},
        "extra_headers": {"anthropic-beta": "b-1"},
    }
    talk = factories.create_conversation(owner=anna, params=params)
    shown = read(annas.get(f"/c/{talk.pk}/compare/"))
    fields = [*shown.all("input[name^=c0]"), *shown.all("textarea[name^=c0]")]
    form = {
        field["name"]: field.attrs.get("value", field.text.removeprefix("\n"))
        for field in fields
        if field.attrs.get("type") != "checkbox"
    }
    ask(
        annas, talk, form, {"c0-model": "claude-haiku-4-5", "c0-anyway": "1"}, do="send"
    )
    run = talk.runs.get()
    assert run.params["system"] == params["system"]
    assert run.params["metadata"] == params["metadata"]
    assert run.headers["anthropic-beta"] == "b-1"


def test_a_wrong_value_is_said_in_its_column_and_nothing_is_sent(
    annas: Client, talk: Conversation
) -> None:
    answer = ask(annas, talk, HAIKU | {"c0-max_tokens": "many"}, do="send")
    assert answer.status_code == 422
    shown = read(answer)
    assert "whole number" in shown.one("#verdict-c0").text
    assert shown.one("#c0-max_tokens")["value"] == "many"
    assert not talk.runs.exists()


def test_columns_are_added_and_removed(annas: Client, talk: Conversation) -> None:
    shown = read(ask(annas, talk, HAIKU, OPUS, do="add"))
    assert len(shown.all("fieldset.column")) == 3
    shown = read(ask(annas, talk, HAIKU, OPUS, do="remove-c0"))
    assert chosen(shown) == ["claude-opus-5-5"]
    six = [column(n, "claude-haiku-4-5") for n in range(6)]
    assert len(read(ask(annas, talk, *six, do="add")).all("fieldset")) == 6


def test_sending_what_has_changed_meanwhile_is_refused(
    annas: Client, talk: Conversation, post: Any
) -> None:
    post("turns/", talk, text="More", role="user")
    mine = {**HAIKU, "c0-system": "Kept", "base": "1", "do": "send"}
    answer = annas.post(f"/c/{talk.pk}/compare/", mine)
    assert answer.status_code == 409
    assert not talk.runs.exists()
    shown = read(answer)
    assert shown.one("#c0-system").text == "\nKept"
    assert shown.one("form.comparison [name=base]")["value"] == "2"


def test_the_page_says_which_column_stayed_behind(
    annas: Client, talk: Conversation
) -> None:
    answer = ask(annas, talk, HAIKU, OPUS, do="send")
    page = read(annas.get(answer.headers["Location"]))
    assert "rulebook refuses it: column 2." in page.words
    assert len(page.all("article.column")) == 1


def test_a_group_can_be_compared_again(annas: Client, talk: Conversation) -> None:
    ask(annas, talk, HAIKU | {"c0-max_tokens": "7"}, column(1, "my-own"), do="send")
    group = talk.runs.last()
    assert group is not None
    shown = read(annas.get(f"/c/{talk.pk}/compare/?group={group.group}"))
    assert chosen(shown)[0] == "claude-haiku-4-5"
    assert group.group in shown.one(".lines a")["href"]


def test_comparing_again_keeps_the_headers_that_were_sent(
    annas: Client, anna: User
) -> None:
    params = {"extra_headers": {"anthropic-beta": "b-1"}}
    talk = factories.create_conversation(owner=anna, params=params)
    ask(annas, talk, HAIKU | {"c0-anyway": "1", "c0-other": ""}, do="send")
    bare = talk.runs.get()
    assert "anthropic-beta" not in bare.headers
    other = '{"extra_headers": {"anthropic-beta": "b-2"}}'
    mine = [
        HAIKU | {"c0-other": other, "c0-anyway": "1"},
        column(1, "my-own", anyway="1"),
    ]
    ask(annas, talk, *mine, do="send", send_key="k2")
    group = talk.runs.filter(headers__contains="b-2").get().group
    shown = read(annas.get(f"/c/{talk.pk}/compare/?group={group}"))
    assert "b-2" in shown.one("#c0-other").text
    assert shown.one("#c1-other").text.strip() == ""


def test_columns_that_were_changed_since_are_another_comparison(
    annas: Client, talk: Conversation
) -> None:
    for tokens in ("8", "8", "9"):  # a double click, then Back and another number
        mine = column(0, "claude-haiku-4-5", max_tokens=tokens)
        ask(annas, talk, mine, do="send", send_key="once")
    assert [run.params["max_tokens"] for run in talk.runs.all()] == [8, 9]


def test_an_empty_conversation_has_nothing_to_compare(
    annas: Client, anna: User
) -> None:
    empty = factories.create_conversation(owner=anna, turns=[])
    answer = ask(annas, empty, HAIKU, do="send")
    assert answer.status_code == 422
    assert "nothing to send yet" in read(answer).one("#notice").text
