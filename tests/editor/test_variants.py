"""The replies at one place: which are counted, which is in use, choosing another."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations import editing, history
from conversations.models import Conversation, Run, Turn
from playground.runs import ends
from tests import factories
from tests.elements import Element, read

from .conftest import head_of, texts

pytestmark = pytest.mark.usefixtures("no_driver")


@pytest.fixture
def talk(anna: User) -> Conversation:
    """A question in slot1 and two replies at one place; the second is in use."""
    talk = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=talk, text="First.")
    second = reply(talk, "Second.")
    ends.use(second, anna)
    return talk


def reply(talk: Conversation, text: str, **fields: object) -> Run:
    """A finished run beside the script, that answers the turn in slot1."""
    asked = [entry.turn for entry in head_of(talk).entries if entry.slot == "slot1"]
    done = {
        "status": Run.Status.DONE,
        "message": {"content": [{"type": "text", "text": text}]},
        "has_reply": True,
        "turns": asked,
    }
    return factories.create_run(conversation=talk, **{**done, **fields})


def choice(client: Client, talk: Conversation) -> Element:
    """The navigation among the replies."""
    page = read(client.get(f"/c/{talk.pk}/"))
    return page.one("nav[aria-label=Replies]")


def button(nav: Element, name: str) -> Element:
    return nav.one(f"button[aria-label^={name}]")


def test_the_one_in_use_is_counted_among_all(annas: Client, talk: Conversation) -> None:
    nav = choice(annas, talk)
    assert "2 of 2" in nav.words
    assert "disabled" in button(nav, "Next")


def test_choosing_another_can_be_undone(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    annas.post(button(choice(annas, talk), "Previous")["formaction"])
    assert texts(talk) == ["Hello", "First."]
    assert "Chose the reply of run" in head_of(talk).summary
    post("undo/", talk)
    assert texts(talk) == ["Hello", "Second."]


def test_replies_of_a_group_are_among_them(annas: Client, talk: Conversation) -> None:
    reply(talk, "Third.", group="g1", position=1)
    reply(talk, "Fourth.", group="g1", position=2)
    nav = choice(annas, talk)
    assert "2 of 4" in nav.words
    annas.post(button(nav, "Next")["formaction"])
    assert texts(talk) == ["Hello", "Third."]


def test_choosing_in_the_middle_leaves_what_follows(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    post("turns/", talk, text="And then?", role="user")
    annas.post(button(choice(annas, talk), "Previous")["formaction"])
    assert texts(talk) == ["Hello", "First.", "And then?"]


def test_a_reply_that_somebody_wrote_anew_is_none_of_them(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    post("turns/reply/", talk, text="Mine.")
    nav = choice(annas, talk)
    assert "2 other replies" in nav.words
    annas.post(button(nav, "Next")["formaction"])
    assert texts(talk) == ["Hello", "First."]


def test_a_reply_that_somebody_shortened_is_still_that_one(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    post("turns/reply/", talk, text="Sec")
    assert "2 of 2" in choice(annas, talk).words


def test_a_continuation_is_no_other_reply(annas: Client, anna: User) -> None:
    talk = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=talk, text="The beginning")
    turn = head_of(talk).load_turns()[-1][1]
    rest = reply(talk, " and the end.", continues=True, turns=[turn.pk])
    ends.use(rest, anna)
    assert texts(talk)[-1] == "The beginning and the end."
    assert not read(annas.get(f"/c/{talk.pk}/")).all("nav[aria-label=Replies]")


def steps(client: Client, talk: Conversation, name: str) -> list[tuple[str, str]]:
    """Press an arrow as long as it can be: the number and the text at each stop."""
    found = []
    while True:
        nav = choice(client, talk)
        found.append((nav.words.strip("‹› "), texts(talk)[-1]))
        if "disabled" in button(nav, name):
            return found
        client.post(button(nav, name)["formaction"])


def test_what_was_continued_is_not_counted_whichever_reply_is_in_use(
    annas: Client, anna: User, post: Callable
) -> None:
    talk = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=talk, text="The beginning")
    turn = head_of(talk).load_turns()[-1][1]
    rest = reply(talk, " and the end.", continues=True, turns=[turn.pk])
    other = reply(talk, "Another.")
    ends.use(other, anna)
    whole, another = ("1 of 2", "The beginning and the end."), ("2 of 2", "Another.")
    assert steps(annas, talk, "Previous") == [another, whole]
    assert steps(annas, talk, "Next") == [whole, another]
    ends.use(rest, anna)
    post("turns/reply/segments/1/", talk, action="drop")
    alone = ("2 other replies", "The beginning")
    assert steps(annas, talk, "Next") == [alone, whole, another]


def test_to_the_only_other_reply_leads_one_button_that_says_so(
    annas: Client, anna: User, post: Callable
) -> None:
    talk = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=talk, text="The beginning")
    turn = head_of(talk).load_turns()[-1][1]
    rest = reply(talk, " and the end.", continues=True, turns=[turn.pk])
    ends.use(rest, anna)
    post("turns/reply/segments/1/", talk, action="drop")
    nav = choice(annas, talk)
    assert nav.words == "Other reply"
    annas.post(nav.one("button")["formaction"])
    assert texts(talk)[-1] == "The beginning and the end."
    assert not read(annas.get(f"/c/{talk.pk}/")).all("nav[aria-label=Replies]")


def test_a_reply_that_went_on_from_where_somebody_cut_it_is_another_one(
    annas: Client, anna: User, post: Callable
) -> None:
    talk = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=talk, text="It is so.")
    post("turns/reply/", talk, text="It is")
    turn = head_of(talk).load_turns()[-1][1]
    rest = reply(talk, " not so.", continues=True, turns=[turn.pk])
    ends.use(rest, anna)
    both = [("2 of 2", "It is not so."), ("1 of 2", "It is so.")]
    assert steps(annas, talk, "Previous") == both
    assert steps(annas, talk, "Next") == both[::-1]


def test_a_copy_that_went_on_hides_no_reply_at_the_place_it_is_of(
    annas: Client, talk: Conversation, anna: User, post: Callable
) -> None:
    post("turns/reply/", talk, action="duplicate")
    slot, turn = head_of(talk).load_turns()[-1][0].slot, head_of(talk).entries[-1].turn
    reply(talk, " More.", slot=slot, continues=True, turns=[turn])
    page = read(annas.get(f"/c/{talk.pk}/"))
    navs = [each.words for each in page.all("nav[aria-label=Replies]")]
    assert "2 of 2" in navs[0]


def test_an_earlier_reply_comes_back_behind_the_words_it_continued(
    annas: Client, anna: User
) -> None:
    turns = [("user", "Hello"), ("assistant", "It is")]
    talk = factories.create_conversation(owner=anna, turns=turns)
    sent = [entry.turn for entry in head_of(talk).entries]
    first, second = (
        reply(talk, text, continues=True, turns=sent, slot="slot2")
        for text in (" so.", " not so.")
    )
    ends.use(second, anna)
    assert "2 of 2" in choice(annas, talk).words
    ends.use(first, anna)
    turn = Turn.objects.get(pk=head_of(talk).entries[-1].turn)
    assert turn.text == "It is so."
    assert [mark["run"] for mark in turn.segments] == [None, first.pk]


def test_a_deleted_reply_is_found_again_by_the_next_run(
    post: Callable, talk: Conversation
) -> None:
    post("turns/reply/", talk, action="delete")
    post("send/", talk, text="")
    assert talk.runs.last().slot == "reply"  # type: ignore[union-attr]


def test_a_reply_to_words_that_were_edited_since_goes_to_its_place(
    anna: User, talk: Conversation
) -> None:
    first = talk.runs.first()
    history.apply(
        talk,
        head_of(talk).number,
        lambda script: editing.rewrite(script, "slot1", editing.typed("user", "Bye")),
        summary="Edited turn 1",
        author=anna,
    )
    assert first is not None
    ends.use(first, anna)
    assert texts(talk) == ["Bye", "First."]


def test_a_reply_behind_a_block_that_lacks_its_text_can_be_used(
    annas: Client, anna: User
) -> None:
    turns = [("user", "Hello"), ("assistant", [{"type": "text"}])]
    odd = factories.create_conversation(owner=anna, turns=turns)
    asked = [entry.turn for entry in head_of(odd).entries]
    run = reply(odd, "Hi.", slot="slot2", continues=True, turns=asked)
    answer = annas.post(f"/runs/{run.pk}/use/", {"base": 1})
    assert answer.status_code == 302
    assert texts(odd)[-1] == "Hi."


def ended_meanwhile(talk: Conversation) -> None:
    """The run under way ends with a reply; its head may have moved on."""
    run = talk.runs.live().get()
    message = {"content": [{"type": "text", "text": "Paid for."}]}
    run.status, run.message, run.has_reply = Run.Status.DONE, message, True
    run.usage, run.cost = {"input_tokens": 10, "output_tokens": 3}, "0.5"
    run.save()
    assert ends.place(run) is None


def status(client: Client, talk: Conversation) -> str:
    return read(client.get(f"/c/{talk.pk}/")).one("#status").words


def test_a_reply_whose_question_was_undone_says_how_to_get_it(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    post("send/", to=talk, text="And then?", role="user")
    post("undo/", to=talk)
    ended_meanwhile(talk)
    told = "Done · 10 in · 3 out · $0.5000 · its turn is not in the script"
    assert status(annas, talk) == f"{told}: Redo brings it back"
    post("redo/", to=talk)
    assert "brings it back" not in status(annas, talk)
    assert "Paid for." in annas.get(f"/c/{talk.pk}/").content.decode()


def test_a_reply_whose_question_was_deleted_says_how_to_get_it(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    post("send/", to=talk, text="And then?", role="user")
    post(f"turns/{head_of(talk).entries[-1].slot}/", to=talk, action="delete")
    ended_meanwhile(talk)
    assert status(annas, talk).endswith("not in the script: Undo brings it back")
    post("undo/", to=talk)
    assert "brings it back" not in status(annas, talk)


def test_a_reply_on_a_branch_that_was_left_is_found_in_the_history(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    post("send/", to=talk, text="And then?", role="user")
    post("undo/", to=talk)
    post("turns/", to=talk, text="Something else", role="user")
    ended_meanwhile(talk)
    assert status(annas, talk).endswith("not in the script: see History")


def test_a_reply_that_stood_there_and_was_deleted_is_not_told_of_again(
    annas: Client, post: Callable, talk: Conversation
) -> None:
    for _, turn in head_of(talk).load_turns():
        post(f"turns/{turn.slot}/", to=talk, action="delete")
    assert status(annas, talk) == ""
