from collections.abc import Callable

import pytest
from django.contrib.auth.models import User
from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import include, path
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def forbid(request: HttpRequest) -> HttpResponse:
    raise PermissionDenied


def suspect(request: HttpRequest) -> HttpResponse:
    raise SuspiciousOperation("odd")


def take(request: HttpRequest) -> HttpResponse:
    return HttpResponse(f"{len(request.POST)} fields")


def fail(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a bug")


handler400 = "playground.errors.bad_request"
handler403 = "playground.errors.permission_denied"
handler404 = "playground.errors.page_not_found"
urlpatterns = [
    path("forbid", forbid),
    path("suspect", suspect),
    path("take", take),
    path("fail", fail),
    path("", include("playground.urls")),
]


@pytest.fixture(autouse=True)
def _urls(settings: Settings) -> None:
    settings.ROOT_URLCONF = __name__


@pytest.mark.parametrize(
    ("address", "status"), [("/forbid", 403), ("/suspect", 400), ("/nowhere", 404)]
)
def test_a_refusal_is_a_page_with_a_sentence(
    address: str, status: int, client: Client
) -> None:
    answer = client.get(address)
    assert answer.status_code == status
    assert f"<h1>{status}</h1>" in answer.text
    assert answer.headers["Content-Security-Policy"]


@pytest.mark.usefixtures("accounts")
def test_a_refusal_does_not_ask_the_database(
    client: Client, django_assert_num_queries: Callable
) -> None:
    client.force_login(User.objects.create_user("alice"))
    with django_assert_num_queries(0):
        assert client.get("/nowhere").status_code == 404


def test_a_fragment_gets_the_sentence_as_a_notice(client: Client) -> None:
    answer = client.get("/nowhere", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.headers["HX-Retarget"]) == (404, "#notice")
    assert answer.text == "There is nothing at this address, or nothing for you."


def test_a_form_that_is_too_large_is_413(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 100
    assert client.post("/take", {"text": "x" * 50}).text == "1 fields"
    answer = client.post("/take", {"text": "x" * 500})
    assert answer.status_code == 413
    assert "too much at once" in answer.text


def test_a_form_with_too_many_fields_is_413(client: Client, settings: Settings) -> None:
    settings.DATA_UPLOAD_MAX_NUMBER_FIELDS = 2
    assert client.post("/take", {"a": 1, "b": 2, "c": 3}).status_code == 413


def test_a_form_without_its_token_says_what_to_do() -> None:
    client = Client(enforce_csrf_checks=True, SERVER_NAME="127.0.0.1")
    answer = client.post("/take", {"text": "x"})
    assert answer.status_code == 403
    assert "reload the page" in answer.text


def test_a_bug_is_a_page_that_shows_nothing_of_it(client: Client) -> None:
    client.raise_request_exception = False
    answer = client.get("/fail")
    assert answer.status_code == 500
    assert "Something broke" in answer.text
    assert "a bug" not in answer.text
