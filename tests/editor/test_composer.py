"""The composer: adding, sending, the prefill, images, the estimate."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from conversations.models import Conversation, Image, Run
from tests import factories

from .conftest import head_of, texts

pytestmark = pytest.mark.usefixtures("no_driver")


def test_add_appends_a_turn_of_the_chosen_role(
    post: Callable, conversation: Conversation
) -> None:
    answer = post("turns/", role="assistant", text="More.")
    assert answer.status_code == 200
    assert texts(conversation)[-1] == "More."
    assert head_of(conversation).load_turns()[-1][1].role == "assistant"
    assert not conversation.runs.exists()


def test_a_prefill_comes_in_the_same_revision(
    post: Callable, conversation: Conversation
) -> None:
    post("turns/slot2/", action="delete")
    post("turns/", role="user", text="And a bee?", prefill="A bee is ")
    assert texts(conversation)[-2:] == ["And a bee?", "A bee is "]
    assert head_of(conversation).number == 3


def test_a_second_prefill_is_refused_and_the_text_kept(
    post: Callable, conversation: Conversation
) -> None:
    response = post("turns/", htmx=False, prefill="Kept prefill")
    shown = response.content.decode()
    assert response.status_code == 422
    for part in ("already ends in a typed", "Kept prefill"):
        assert part in shown
    assert head_of(conversation).number == 1


def test_an_empty_turn_is_refused_at_its_place(
    post: Callable, conversation: Conversation
) -> None:
    response = post("turns/", text="")
    assert response.status_code == 422
    assert response["HX-Retarget"] == "#composer-errors"
    assert "Write something first" in response.content.decode()
    assert head_of(conversation).number == 1


def test_send_commits_and_starts_a_run(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna, turns=[])
    post("send/", made, text="Hello", send_key="k1")
    assert texts(made) == ["Hello"]
    assert Run.objects.count() == 1


def test_the_same_send_key_sends_once(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna, turns=[])
    for _ in range(2):
        post("send/", made, text="Hello", send_key="k1")
    assert texts(made) == ["Hello"]
    assert Run.objects.count() == 1


@pytest.mark.parametrize("htmx", [True, False])
@pytest.mark.parametrize(("path", "more"), [("send/", {}), ("replies/", {"count": 2})])
def test_other_words_under_a_key_that_was_used_are_sent_too(
    post: Callable, conversation: Conversation, path: str, more: dict, htmx: bool
) -> None:
    # A page that the browser's Back brings again has its old key.
    for text in ("First", "Second"):
        post(path, text=text, role="user", send_key="k1", htmx=htmx, **more)
        conversation.runs.update(status=Run.Status.DONE)
    assert texts(conversation)[-2:] == ["First", "Second"]
    assert conversation.runs.count() == (4 if more else 2)


def test_a_key_is_that_of_one_conversation(
    post: Callable, conversation: Conversation, anna: User
) -> None:
    other = factories.create_conversation(owner=anna)
    for each in (conversation, other):
        post("send/", each, text="Hello", role="user", send_key="k1")
        assert each.runs.count() == 1


def test_what_the_api_would_refuse_is_committed_but_not_sent(
    post: Callable, conversation: Conversation
) -> None:
    post("settings/", field="model", model="claude-opus-5-5")
    answer = post("send/", text="").content.decode()
    assert "Not sent:" in answer
    assert "Send anyway" in answer
    assert not conversation.runs.exists()


def test_send_anyway_sends_it(post: Callable, conversation: Conversation) -> None:
    post("settings/", field="model", model="claude-opus-5-5")
    post("send/", text="", anyway="1")
    assert conversation.runs.get().continues


def test_sending_nothing_at_all_says_what_to_do(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna, turns=[])
    response = post("send/", made, text="")
    assert response.status_code == 422
    assert "nothing to send yet" in response.content.decode()


def test_save_and_send_does_both(post: Callable, conversation: Conversation) -> None:
    post("turns/slot2/", action="delete")
    answer = post("send/", slot="slot1", text="What is a bee?")
    assert texts(conversation) == ["What is a bee?"]
    assert conversation.runs.get().revision == head_of(conversation)
    assert 'data-run="' in answer.content.decode()


def test_a_second_send_while_one_runs_is_409(
    post: Callable, conversation: Conversation
) -> None:
    post("send/", text="", send_key="k1")
    response = post("send/", text="", send_key="k2")
    assert response.status_code == 409
    assert "already on its way" in response.content.decode()


def test_run_again_takes_the_reply_back(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=made)
    post("send/", made)
    assert texts(made) == ["Hello"]
    assert not made.runs.last().continues


def test_continue_sends_the_reply_whole(post: Callable, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    run = factories.create_reply(conversation=made)
    Run.objects.filter(pk=run.pk).update(stop_reason="max_tokens")
    post("continue/", made)
    assert made.runs.last().continues
    assert texts(made) == ["Hello", "Hello to you."]


def test_attached_images_come_before_the_text(
    post: Callable, conversation: Conversation, anna: User
) -> None:
    image = factories.create_image(owner=anna)
    post("turns/", text="What is this?", image=[image.pk])
    blocks = head_of(conversation).load_turns()[-1][1].blocks
    assert [block["type"] for block in blocks] == ["image", "text"]


def test_another_persons_image_is_refused(
    post: Callable, conversation: Conversation
) -> None:
    image = factories.create_image(owner=factories.create_user())
    response = post("turns/", text="What is this?", image=[image.pk])
    assert response.status_code == 422
    assert f"no image {image.pk}" in response.content.decode()


def test_an_upload_answers_with_its_card(post: Callable) -> None:
    file = SimpleUploadedFile("ants.png", factories.png(40, 30))
    shown = post("images/", files=file).content.decode()
    assert f'name="image" value="{Image.objects.get().pk}"' in shown
    assert "40 × 30" in shown
    assert "tokens" in shown


def test_a_file_that_is_no_image_says_why(post: Callable) -> None:
    response = post("images/", files=SimpleUploadedFile("notes.txt", b"plain words"))
    assert response.status_code == 415
    assert "notes.txt" in response.content.decode()
    assert not Image.objects.exists()


def test_an_upload_without_a_file_is_refused(post: Callable) -> None:
    assert post("images/").status_code == 422


def test_the_estimate_counts_what_is_being_typed(post: Callable) -> None:
    short = post("estimate/", text="word").content.decode()
    long = post("estimate/", text="word " * 1000).content.decode()
    assert "Estimated here" in short
    assert short != long
    assert "tokens" not in post("estimate/", text="").content.decode()


def test_what_would_be_refused_is_told_while_it_is_typed(post: Callable) -> None:
    typed = {"role": "user", "text": "Name an ant."}
    told = post("estimate/", **typed, prefill="Here is one: ").content.decode()
    assert "Would be refused" in told
    assert "cannot end with a space" in told
    assert "refused" not in post("estimate/", **typed, prefill="Here:").content.decode()
    post("settings/", field="model", model="claude-opus-5-5")
    told = post("estimate/", **typed, prefill="Here:").content.decode()
    assert "Would be refused: Claude Opus 5.5" in told


def test_what_the_page_says_already_is_not_told_again(post: Callable) -> None:
    post("settings/", field="max_tokens", max_tokens="0")
    told = post("estimate/", role="user", text="Name an ant.").content.decode()
    assert "refused" not in told


@pytest.mark.parametrize("path", ["turns/", "send/", "continue/", "images/"])
def test_strangers_get_404(
    conversation: Conversation, browser_of: Callable[[User], Client], path: str
) -> None:
    stranger = browser_of(factories.create_user())
    address = f"/c/{conversation.pk}/{path}"
    assert stranger.post(address, {"text": "x"}).status_code == 404


@pytest.mark.parametrize("path", ["turns/", "send/", "continue/"])
def test_reading_them_is_refused(
    annas: Client, conversation: Conversation, path: str
) -> None:
    assert annas.get(f"/c/{conversation.pk}/{path}").status_code == 405
