import logging
import re

import pytest
from asgiref.sync import async_to_sync
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.test import AsyncClient, Client
from django.urls import include, path
from pytest_django import Settings

from playground.middleware import local_user

pytestmark = pytest.mark.django_db


def name(request: HttpRequest) -> HttpResponse:
    return HttpResponse(request.user.username)


async def aname(request: HttpRequest) -> HttpResponse:
    return HttpResponse((await request.auser()).username)


def submit(request: HttpRequest) -> HttpResponse:
    return HttpResponse("taken")


urlpatterns = [
    path("name", name),
    path("aname", aname),
    path("submit", submit),
    path("", include("playground.urls")),
]


@pytest.fixture(autouse=True)
def _urls(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


# Who it is from


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "[::1]:9"])
def test_one_local_person_is_signed_in_on_loopback_names(
    host: str, client: Client
) -> None:
    assert client.get("/name", headers={"host": host}).content == b"local"
    assert client.get("/aname", headers={"host": host}).content == b"local"
    assert User.objects.get().has_usable_password() is False


def test_the_local_person_costs_no_query_and_no_session(
    client: Client, django_assert_num_queries: object
) -> None:
    client.get("/name")
    with django_assert_num_queries(0):
        answer = client.get("/name")
    assert answer.content == b"local"
    assert not answer.cookies


def test_one_request_cannot_change_the_local_person_for_the_next() -> None:
    local_user.get().username = "somebody"
    assert local_user.get().username == "local"


@pytest.mark.parametrize(
    "host", ["play.example.org", "127.0.0.1.example.org", "testserver"]
)
def test_other_names_are_not_answered(host: str, client: Client) -> None:
    answer = client.get("/name", headers={"host": host})
    assert answer.status_code in (400, 403)
    assert answer.content != b"local"


@pytest.mark.parametrize("header", ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host"])
def test_requests_through_a_proxy_are_not_answered(header: str, client: Client) -> None:
    answer = client.get("/name", headers={header: "anything"})
    assert answer.status_code == 403
    assert "came through a proxy" in answer.text


@pytest.mark.usefixtures("accounts")
def test_nobody_is_signed_in_where_there_are_accounts(client: Client) -> None:
    answer = client.get("/name?a=1")
    assert (answer.status_code, answer.url) == (302, "/login/?next=/name%3Fa%3D1")
    assert User.objects.count() == 0


@pytest.mark.usefixtures("accounts")
def test_people_sign_in_with_their_password(client: Client) -> None:
    User.objects.create_user("alice", password="correct horse")
    answer = client.post(
        "/login/?next=/name", {"username": "alice", "password": "correct horse"}
    )
    assert (answer.status_code, answer.url) == (302, "/name")
    assert client.get("/name").content == client.get("/aname").content == b"alice"


@pytest.mark.usefixtures("accounts")
def test_the_local_person_of_before_cannot_sign_in(client: Client) -> None:
    local_user.get()
    answer = client.post("/login/", {"username": "local", "password": ""})
    assert answer.status_code == 200
    assert client.get("/name").status_code == 302


@pytest.mark.usefixtures("accounts")
def test_a_fragment_sends_the_whole_page_to_the_login(client: Client) -> None:
    headers = {
        "HX-Request": "true",
        "HX-Current-URL": "http://127.0.0.1/c/1/?tab=reply#turn-1",
    }
    answer = client.get("/name", headers=headers)
    assert answer.headers["HX-Redirect"] == "/login/?next=/c/1/%3Ftab%3Dreply"
    assert answer.content == b""


@pytest.mark.usefixtures("accounts")
def test_the_page_to_return_to_is_never_elsewhere(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "https://elsewhere.example/x"}
    answer = client.get("/name", headers=headers)
    assert answer.headers["HX-Redirect"] == "/login/?next=/x"


@pytest.mark.usefixtures("accounts")
def test_an_address_that_is_none_leads_to_the_start(client: Client) -> None:
    headers = {"HX-Request": "true", "HX-Current-URL": "http://["}
    answer = client.get("/name", headers=headers)
    assert answer.headers["HX-Redirect"] == "/login/?next=/"


@pytest.mark.usefixtures("accounts")
def test_an_event_stream_is_refused_and_not_redirected(client: Client) -> None:
    answer = client.get("/name", headers={"Accept": "text/event-stream"})
    assert answer.status_code == 403


# What a page may do


def test_every_answer_carries_the_security_headers(client: Client) -> None:
    headers = client.get("/name").headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]


def test_a_form_of_another_site_is_refused() -> None:
    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    assert client.post("/submit").status_code == 403


def test_an_awaited_request_is_treated_the_same(async_client: AsyncClient) -> None:
    answer = async_to_sync(async_client.get)("/aname")
    assert answer.content == b"local"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Request-ID"]


@pytest.mark.usefixtures("accounts")
def test_an_awaited_session_is_kept(async_client: AsyncClient) -> None:
    User.objects.create_user("alice", password="correct horse")
    form = {"username": "alice", "password": "correct horse"}
    async_to_sync(async_client.post)("/login/", form)
    assert async_to_sync(async_client.get)("/aname").content == b"alice"


# The log


def test_a_request_is_one_line_with_its_id(
    client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "playground.access")
    answer = client.get("/name?secret=1", headers={"X-Request-ID": "forged"})
    assert re.fullmatch("[0-9a-f]{12}", answer.headers["X-Request-ID"])
    assert re.fullmatch(r"GET /name 200 \d+ ms", caplog.messages[-1])


def test_two_requests_have_two_ids(client: Client) -> None:
    ids = {client.get("/name").headers["X-Request-ID"] for _ in range(2)}
    assert len(ids) == 2
