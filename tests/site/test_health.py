import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test import Client
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_health_names_version_database_and_endpoint(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "ok",
        "version": settings.VERSION,
        "database": {"status": "ok", "vendor": connection.vendor},
        "endpoint": "simulator",
    }


def test_the_version_is_the_newest_of_the_changelog() -> None:
    changes = (settings.BASE_DIR / "CHANGELOG.md").read_text("utf-8")
    assert changes.partition("\n## ")[2].startswith(f"{settings.VERSION} ")


def test_health_fails_with_the_database(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail() -> None:
        raise OperationalError("gone")

    client.get("/healthz")  # the local user is looked up once
    monkeypatch.setattr(connection, "cursor", fail)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["status"]) == (503, "failed")


def test_health_says_when_it_talks_to_anthropic(
    client: Client, settings: Settings
) -> None:
    settings.ANTHROPIC_API_KEY = "sk-ant-1"
    answer = client.get("/healthz")
    assert answer.json()["endpoint"] == "anthropic"
    assert "sk-ant-1" not in answer.text


@pytest.mark.usefixtures("accounts")
def test_health_needs_no_account(client: Client) -> None:
    assert client.get("/healthz").status_code == 200
