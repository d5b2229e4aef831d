"""The inspector's panels and the page of a run."""

from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.test import Client

from conversations.models import Conversation
from playground.editor.outcomes import ADVICE
from tests import factories

PANELS = ["request/", "reply/", "history/"]


def panel(client: Client, conversation: Conversation, path: str) -> str:
    address = f"/c/{conversation.pk}/{path}"
    response = client.get(address, headers={"HX-Request": "true"})
    assert response.status_code == 200
    return response.content.decode()


def test_the_request_is_the_exact_json(
    annas: Client, conversation: Conversation
) -> None:
    shown = panel(annas, conversation, "request/")
    assert "&quot;max_tokens&quot;: 1024" in shown
    assert "2026-10-21" in shown
    assert "What is an ant?" in shown
    assert "without what is in the composer" in shown


def test_the_request_abbreviates_images(annas: Client, anna: User) -> None:
    image = factories.create_image(owner=anna)
    picture = {"type": "image", "source": {"type": "image_ref", "image": image.pk}}
    made = factories.create_conversation(owner=anna, turns=[("user", [picture])])
    assert "characters of base64" in panel(annas, made, "request/")


def test_the_request_leaves_out_a_reply_at_the_end(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    factories.create_reply(conversation=made, text="A whole reply.")
    shown = panel(annas, made, "request/")
    assert "A whole reply." not in shown
    assert "left out" in shown


@pytest.mark.parametrize("reason", sorted(ADVICE))
def test_the_reply_says_what_to_do_about_its_stop_reason(
    annas: Client, anna: User, reason: str
) -> None:
    made = factories.create_conversation(owner=anna)
    run = factories.create_reply(conversation=made)
    run.stop_reason = reason
    run.save(update_fields=["stop_reason"])
    assert ADVICE[reason] in panel(annas, made, "reply/").replace("&#x27;", "'")


def test_the_reply_of_a_failure_shows_the_error_as_it_came(
    annas: Client, anna: User
) -> None:
    made = factories.create_conversation(owner=anna)
    factories.create_run(
        conversation=made,
        status="failed",
        error={"sentence": "Overloaded.", "body": '{"type":"error"}'},
    )
    shown = panel(annas, made, "reply/")
    assert "Overloaded." in shown
    assert "{&quot;type&quot;:&quot;error&quot;}" in shown


def test_without_a_run_the_reply_says_what_to_do(
    annas: Client, conversation: Conversation
) -> None:
    assert "No reply yet" in panel(annas, conversation, "reply/")


def test_a_run_of_another_conversation_is_404(
    annas: Client, conversation: Conversation, anna: User
) -> None:
    other = factories.create_run(conversation=factories.create_conversation(owner=anna))
    for run in (str(other.pk), "x", "9" * 30):
        address = f"/c/{conversation.pk}/reply/?run={run}"
        assert annas.get(address).status_code == 404


def test_the_history_groups_neighbours_and_marks_the_head(
    annas: Client, post: Callable, conversation: Conversation
) -> None:
    post("turns/slot1/", text="What is a bee?")
    post("undo/")
    shown = panel(annas, conversation, "history/")
    assert shown.count("<section") == 1
    assert shown.index("Edited turn 1") < shown.index("Started")
    assert f'aria-current="true"><a href="/c/{conversation.pk}/r/1/"' in shown


def test_a_run_has_a_page_with_what_it_sent(annas: Client, anna: User) -> None:
    made = factories.create_conversation(owner=anna)
    run = factories.create_reply(conversation=made, text="Greetings.")
    page = annas.get(f"/runs/{run.pk}/").content.decode()
    assert "Greetings." in page
    assert "The request as it was sent" in page


@pytest.mark.parametrize("path", PANELS)
def test_without_htmx_a_panel_is_a_page(
    annas: Client, conversation: Conversation, path: str
) -> None:
    page = annas.get(f"/c/{conversation.pk}/{path}").content.decode()
    assert "Back to the conversation" in page


@pytest.mark.parametrize("path", PANELS)
def test_strangers_get_404(
    conversation: Conversation, browser_of: Callable[[User], Client], path: str
) -> None:
    stranger = browser_of(factories.create_user())
    assert stranger.get(f"/c/{conversation.pk}/{path}").status_code == 404


@pytest.mark.parametrize("path", ["", "stop/", "use/"])
def test_a_strangers_run_is_404(
    conversation: Conversation, browser_of: Callable[[User], Client], path: str
) -> None:
    run = factories.create_run(conversation=conversation)
    stranger = browser_of(factories.create_user())
    ask = stranger.post if path else stranger.get
    assert ask(f"/runs/{run.pk}/{path}").status_code == 404


def test_a_run_without_a_reply_cannot_be_used(
    annas: Client, conversation: Conversation
) -> None:
    run = factories.create_run(conversation=conversation, status="failed")
    headers = {"HX-Request": "true"}
    response = annas.post(f"/runs/{run.pk}/use/", {"base": 1}, headers=headers)
    assert response.status_code == 409
    assert "no reply to use" in response.content.decode()
