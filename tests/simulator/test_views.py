"""The simulator over HTTP: who may, and the official SDK as its guest."""

import json
import threading

import anthropic
import httpx2
import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from playground.simulator import batches, keys, streaming

from .asking import body, user

pytestmark = pytest.mark.django_db  # the local user is a row

URL = "/simulator/v1/messages"
QUESTION = [{"role": "user", "content": "Write of cats"}]


def post(client: Client, key: str, sent: object = None, **headers: str):
    raw = sent if isinstance(sent, bytes) else json.dumps(sent or body(user("Hi")))
    return client.post(
        URL,
        raw,
        content_type="application/json",
        headers={"x-api-key": key, "anthropic-version": "2026-10-21", **headers},
    )


@pytest.fixture
def ann():
    return get_user_model().objects.create_user("ann", password="first")


def test_alone_any_key_opens_it(client):
    response = post(client, "anything")
    assert response.status_code == 200
    assert response["content-type"] == "application/json"
    assert response.json()["role"] == "assistant"


def test_even_alone_it_wants_a_key(client):
    response = post(client, "")
    assert response.status_code == 401
    assert response.json()["error"]["type"] == "authentication_error"


def test_a_form_of_another_site_is_no_way_in():
    strict = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    assert post(strict, "anything").status_code == 200


def test_in_a_team_a_persons_key_and_the_servers_own_open_it(accounts, client, ann):
    assert post(client, keys.person_key(ann)).status_code == 200
    assert post(client, keys.server_key()).status_code == 200


def test_in_a_team_other_keys_do_not(accounts, client, ann):
    signed_in = Client(SERVER_NAME="127.0.0.1")
    signed_in.force_login(ann)
    good = keys.person_key(ann)
    for bad in ("anything", good[:-1], good.replace(f"-{ann.pk}-", "-999-"), "sim-1-"):
        assert post(signed_in, bad).status_code == 401


def test_a_new_password_revokes_the_key(ann):
    old = keys.person_key(ann)
    ann.set_password("second")
    ann.save()
    assert not keys.verify(old)
    assert keys.verify(keys.person_key(ann))


def test_who_has_left_has_no_key(ann):
    ann.is_active = False
    ann.save()
    assert not keys.verify(keys.person_key(ann))


@pytest.mark.parametrize("key", ["", "sim", "sim-", "sim--", "sim-x-1", "sim-١-a", "é"])
def test_no_text_confuses_the_check(key):
    assert not keys.verify(key)


def test_an_endless_number_is_no_person():
    assert not keys.verify(f"sim-{'9' * 5000}-x")


def test_a_refusal_keeps_its_status_and_its_envelope(client):
    response = post(client, "k", b"{")
    assert response.status_code == 400
    assert response.json()["request_id"] == response["request-id"]


def test_over_32_megabytes_is_too_large(client):
    response = post(client, "k", b" " * (32 * 1024 * 1024 + 1))
    assert response.status_code == 413
    assert response.json()["error"]["type"] == "request_too_large"


def test_every_address_below_it_answers_as_the_api_does(client):
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    response = client.get("/simulator/v1/nothing", headers=headers)
    assert response.status_code == 404
    assert response.json()["error"] == {
        "type": "not_found_error",
        "message": "Not found",
        "details": None,
    }


@pytest.fixture
def sdk(live_url):
    """The official client on a real socket."""
    with anthropic.Anthropic(
        api_key="anything", base_url=f"{live_url}/simulator", max_retries=0
    ) as client:
        yield client


def test_the_official_sdk_asks_and_streams(sdk):
    asked = {"model": "claude-haiku-4-5", "max_tokens": 300, "messages": QUESTION}
    plain = sdk.messages.create(**asked)
    with sdk.messages.stream(**asked) as stream:
        text = "".join(stream.text_stream)
        final = stream.get_final_message()
    assert text == plain.content[0].text
    assert final.to_dict() == plain.to_dict()


def test_the_official_sdk_counts_and_lists(sdk):
    counted = sdk.messages.count_tokens(model="claude-haiku-4-5", messages=QUESTION)
    assert counted.input_tokens > 5
    ids = [model.id for model in sdk.models.list(limit=3)]
    assert "claude-haiku-4-5" in ids
    assert sdk.models.retrieve("claude-haiku-4-5").capabilities.image_input.supported


def test_the_official_sdk_understands_a_refusal(sdk):
    with pytest.raises(anthropic.NotFoundError) as caught:
        sdk.messages.create(model="claude-x", max_tokens=5, messages=QUESTION)
    assert caught.value.type == "not_found_error"
    assert caught.value.request_id


def test_a_drill_cuts_the_connection(live_url):
    sent = json.dumps(body(user("Of cats. drill: cut"), stream=True))
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    with (
        httpx2.stream("POST", f"{live_url}{URL}", content=sent, headers=headers) as got,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        got.read()


def test_results_of_a_batch_are_fetched_by_their_link(sdk, monkeypatch):
    monkeypatch.setattr(batches, "LASTS", 0)
    params = {"model": "claude-haiku-4-5", "max_tokens": 50, "messages": QUESTION}
    made = sdk.messages.batches.create(requests=[{"custom_id": "a", "params": params}])
    (line,) = sdk.messages.batches.results(made.id)
    assert (line.custom_id, line.result.type) == ("a", "succeeded")


def test_a_file_is_uploaded_by_the_official_sdk(sdk):
    made = sdk.files.upload(file=("cat.txt", b"miaow", "text/plain"))
    assert made.size_bytes == 5
    assert made.id in [each.id for each in sdk.files.list()]


def test_hanging_up_on_a_slow_answer_ends_it_on_the_server(
    live_url, settings, monkeypatch
):
    settings.SIMULATOR_SPEED = 0.001
    ended = threading.Event()
    real = streaming.stream

    async def noted(*args):
        try:
            async for chunk in real(*args):
                yield chunk
        finally:
            ended.set()

    monkeypatch.setattr(streaming, "stream", noted)
    sent = json.dumps(body(user("Hi"), stream=True))
    headers = {"x-api-key": "k", "anthropic-version": "2026-10-21"}
    with httpx2.stream(
        "POST", f"{live_url}{URL}", content=sent, headers=headers
    ) as got:
        lines = got.iter_lines()  # letting go of it would hang up
        assert next(lines) == "event: message_start"
        assert not ended.is_set()
    assert ended.wait(5)
