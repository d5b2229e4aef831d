"""The page of the editor: what it shows of the head, and to whom."""

import pytest
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


def test_the_page_shows_turns_in_order(client: Client) -> None:
    conversation = factories.create_conversation(
        turns=[("user", "What is an ant?"), ("assistant", "An insect.")],
        team=True,
    )
    page = client.get(f"/c/{conversation.pk}/").content.decode()
    assert page.index("What is an ant?") < page.index("An insect.")
