"""The same send twice: a double click, and a retry after an answer that got lost."""

import threading
from contextlib import suppress

from conversations import editing, history
from conversations.models import Conversation, Run
from playground.runs.sending import AlreadyRunning

from .stage import QUESTION, Stage, at_once, said
from .talking import texts
from .upstream import ANSWER, begin, finish, say, wait_for

KEY = "one-and-the-same"


def fields(talk: Conversation, text: str, **more: str) -> dict[str, str]:
    base = str(history.head(talk).number)
    return {"base": base, "role": "user", "text": text, "send_key": KEY, **more}


def test_a_double_click_sends_once(stage: Stage) -> None:
    stage.upstream.will(*ANSWER)
    talk = stage.talk()
    sent = fields(talk, "And butterfly?")

    def click() -> None:
        with stage.person() as person:
            assert person.post(f"/c/{talk.pk}/send/", **sent).status_code == 200

    at_once(click, click)
    assert said(stage.ended(Run.objects.get(conversation=talk))) == "One, two."
    asked = [("user", QUESTION), ("user", "And butterfly?")]
    assert texts(talk) == [*asked, ("assistant", "One, two.")]
    assert len(stage.upstream.requests) == 1


def test_a_lost_answer_is_asked_for_again(stage: Stage) -> None:
    gate = threading.Event()
    stage.upstream.will(begin, wait_for(gate), say("One, ", "two."), finish)
    talk = stage.talk()
    sent = fields(talk, "And butterfly?")
    with stage.person() as person:
        with person.posting(f"/c/{talk.pk}/send/", **sent):
            stage.asked_at_least(1)
        assert person.post(f"/c/{talk.pk}/send/", **sent).status_code == 200
        gate.set()
        stage.ended(Run.objects.get(conversation=talk))
        # And after the end it still is the same.
        assert person.post(f"/c/{talk.pk}/send/", **sent).status_code == 200
    assert [text for _, text in texts(talk)] == [
        QUESTION,
        "And butterfly?",
        "One, two.",
    ]
    assert len(stage.upstream.requests) == 1


def test_a_refused_send_that_is_retried_adds_its_turn_once(stage: Stage) -> None:
    talk = stage.talk()
    history.apply(
        talk,
        history.head(talk).number,
        lambda script: editing.set_params(script, {"max_tokens": -1}),
        summary="Nonsense",
        author=None,
    )
    sent = fields(talk, "And butterfly?")
    with stage.person() as person:
        for _ in range(2):
            person.post(f"/c/{talk.pk}/send/", **sent)
    assert texts(talk) == [("user", QUESTION), ("user", "And butterfly?")]
    assert not Run.objects.filter(conversation=talk).exists()


def test_adding_twice_adds_once(stage: Stage) -> None:
    talk = stage.talk()
    sent = fields(talk, "And butterfly?")
    with stage.person() as person:
        for _ in range(2):
            person.post(f"/c/{talk.pk}/turns/", **sent)
    assert texts(talk) == [("user", QUESTION), ("user", "And butterfly?")]


def test_inserting_twice_inserts_once(stage: Stage) -> None:
    talk = stage.talk()
    slot = history.head(talk).entries[0].slot
    sent = fields(talk, "First of all.", where="above")
    with stage.person() as person:
        for _ in range(2):
            person.post(f"/c/{talk.pk}/turns/{slot}/", **sent)
    assert texts(talk) == [("user", "First of all."), ("user", QUESTION)]


def test_another_text_under_the_same_key_is_another_turn(stage: Stage) -> None:
    talk = stage.talk()
    with stage.person() as person:
        for text in ("And butterfly?", "And moth?"):
            person.post(f"/c/{talk.pk}/turns/", **fields(talk, text))
    assert [text for _, text in texts(talk)][1:] == ["And butterfly?", "And moth?"]


def test_two_tabs_that_send_the_head_at_once_start_one_run(stage: Stage) -> None:
    gate = threading.Event()
    stage.upstream.will(begin, wait_for(gate), say("One, ", "two."), finish)
    talk = stage.talk()
    started = []

    def send() -> None:
        with suppress(AlreadyRunning):
            started.append(stage.send(talk))

    at_once(send, send)
    gate.set()
    (run,) = started
    assert stage.ended(run).status == Run.Status.DONE
    assert len(stage.upstream.requests) == 1
