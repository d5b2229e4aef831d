"""Invented but obedient."""

import json

import pytest

from playground.simulator import invented_json

from .asking import ask, assistant, body, fetch, say, user

COLOURS = "Which is a colour?\n(A) seven\n(B) green\n(C) Tuesday"


def test_an_answer_says_that_it_is_invented_in_several_sentences():
    text = say(user("What is the capital of France?"))
    assert "simulator" in text
    assert "invented" in text
    assert text.count(". ") >= 3


def test_an_answer_refers_to_the_last_words():
    assert "the capital of France?" in say(user("What is the capital of France?"))


def test_one_word_is_one_word():
    assert len(say(user("Name a colour. Answer in one word.")).split()) == 1


def test_a_system_prompt_may_ask_for_one_sentence():
    text = say(user("Tell me of cats"), system="Answer in one sentence.")
    assert text.count(".") == 1


def test_a_wished_number_of_words_is_kept():
    words = say(user("Write 400 words on cats"), max_tokens=4000).split()
    assert 380 < len(words) < 480


def test_a_list_has_as_many_items_as_are_asked_for():
    text = say(user("List three cities in Spain."))
    assert "\n3. " in text
    assert "4." not in text


def test_counting_counts():
    assert say(user("Count to 5.")) == "1\n2\n3\n4\n5"


def test_a_prose_answer_has_paragraphs():
    assert say(user("Write of cats")).count("\n\n") >= 2


def test_the_same_request_gets_the_same_answer_and_another_another():
    first, again = (ask(user("Write of cats")) for _ in range(2))
    assert first == again
    assert ask(user("Write of dogs"))["id"] != first["id"]


def test_how_it_is_delivered_does_not_change_the_answer():
    plain = ask(user("Write of cats"))
    sent = json.dumps(body(user("Write of cats"), stream=True)).encode()
    _, _, streamed = fetch("POST", "/v1/messages", sent)
    assert plain["id"].encode() in streamed


def test_a_multiple_choice_prefill_is_continued_with_one_of_the_options():
    text = say(user(COLOURS), assistant("The answer is ("))
    assert text[:2] in ("A)", "B)", "C)")
    assert {"A": "seven", "B": "green", "C": "Tuesday"}[text[0]] in text


def test_a_multiple_choice_prefill_with_the_letter_gets_its_text():
    assert say(user(COLOURS), assistant("The answer is (B")).startswith(") green")


def test_a_multiple_choice_prefill_without_bracket_gets_one():
    assert say(user(COLOURS), assistant("The answer is")).startswith(" (")


@pytest.mark.parametrize(
    "prefill", ["{", '{"name": "Jo', '{"name": "Jo", "age":', '[{"name"', "Sure: {"]
)
def test_a_json_prefill_is_closed_to_valid_json(prefill):
    text = say(user("Give name, age and city as JSON"), assistant(prefill))
    value = json.loads((prefill + text).removeprefix("Sure: "))
    person = value[0] if isinstance(value, list) else value
    assert isinstance(person, dict)


def test_json_after_a_prefill_has_the_keys_that_are_asked_for():
    asked = "Extract the <name>, <size> and <price> from this into a JSON object."
    text = say(user(asked), assistant("{"))
    assert list(json.loads("{" + text)) == ["name", "size", "price"]


def test_an_open_fence_is_closed_after_the_json():
    text = say(user("Give JSON"), assistant("```json\n{"))
    assert text.endswith("}\n```")


def test_an_open_fence_ends_at_its_stop_sequence():
    answer = ask(user("Give JSON"), assistant("```json\n{"), stop_sequences=["```"])
    assert answer["stop_sequence"] == "```"
    json.loads("{" + answer["content"][0]["text"])


def test_a_prefill_of_prose_is_continued_from_its_last_character():
    text = say(user("Tell a story"), assistant("Once upon a time"))
    assert text.startswith(" ")
    assert text[1].islower()


def test_a_tag_opened_by_the_prefill_is_closed():
    assert say(user("Think"), assistant("<thoughts>")).endswith("</thoughts>")


def test_json_is_answered_where_the_system_prompt_asks_for_it():
    text = say(user("Ann, 7"), system="Answer in JSON with the keys name and age.")
    assert list(json.loads(text)) == ["name", "age"]


def test_a_json_list_is_a_list():
    text = say(user("Return a JSON array with the fields name and age."))
    assert list(json.loads(text)[0]) == ["name", "age"]


def test_a_question_about_json_is_answered_in_words():
    assert "simulator" in say(user("What is JSON? Write about JSON."))
    assert not say(user("What is JSON?")).startswith("{")


def test_a_schema_is_answered_by_an_instance_of_it():
    schema = {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "days": {"type": "array", "items": {"$ref": "#/$defs/day"}},
        },
        "required": ["days", "city"],
        "additionalProperties": False,
        "$defs": {"day": {"enum": ["Monday", "Sunday"]}},
    }
    form = {"format": {"type": "json_schema", "schema": schema}}
    value = json.loads(say(user("A trip"), output_config=form))
    assert list(value) == ["days", "city"]
    assert value["days"][0] in ("Monday", "Sunday")


def test_a_schema_that_unfolds_into_millions_of_values_is_cut_short():
    definitions = {
        f"L{n}": {
            "type": "object",
            "properties": {f"p{k}": {"$ref": f"#/$defs/L{n + 1}"} for k in range(9)},
        }
        for n in range(8)
    }
    definitions["L8"] = {"type": "string", "minLength": 10**9}
    schema = {"$ref": "#/$defs/L0", "$defs": definitions}
    assert len(json.dumps(invented_json.instance(schema, "seed"))) < 1_000_000


@pytest.mark.parametrize("reference", ["#", "#/anyOf/0", "#elsewhere", "#/none"])
def test_a_schema_that_is_nothing_but_itself_has_an_instance(reference: str):
    schema = {"anyOf": [{"$ref": reference}]}
    assert json.dumps(invented_json.instance(schema, "seed"))


def test_a_stop_sequence_cuts_the_text_before_it():
    answer = ask(user("Write of cats"), stop_sequences=["zzz", "invented"])
    assert (answer["stop_reason"], answer["stop_sequence"]) == (
        "stop_sequence",
        "invented",
    )
    assert "invented" not in answer["content"][0]["text"]


def test_a_stop_sequence_that_the_prompt_asks_for_comes_at_the_end():
    answer = ask(user("Write of cats and end with DONE"), stop_sequences=["DONE"])
    assert answer["stop_sequence"] == "DONE"
    assert len(answer["content"][0]["text"].split()) > 30


def test_max_tokens_cuts_the_answer_and_is_what_it_cost():
    answer = ask(user("Write of cats"), max_tokens=12)
    assert answer["stop_reason"] == "max_tokens"
    assert answer["usage"]["output_tokens"] == 12
    whole = say(user("Write of cats"))
    assert len(answer["content"][0]["text"]) < len(whole)


def test_no_tokens_are_no_content():
    answer = ask(user("Write of cats"), max_tokens=0)
    assert (answer["content"], answer["stop_reason"]) == ([], "max_tokens")
    assert answer["usage"]["output_tokens"] == 0
