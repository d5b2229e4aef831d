import pytest
from django.conf import settings
from django.test import Client


@pytest.mark.django_db
def test_health_names_version_database_and_endpoint(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert answer.json()["version"] == settings.VERSION == "0.1.0"
    assert answer.json()["database"]["status"] == "ok"
    assert answer.json()["endpoint"] == "simulator"
