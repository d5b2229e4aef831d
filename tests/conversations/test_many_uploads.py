"""Many pictures at once: each becomes an image or is told to come again."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.contrib.auth.models import User
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client

from conversations import images, storage
from conversations.models import Conversation, Image
from tests.factories import create_conversation, create_user, png

PEOPLE = 20
EACH = 5


class Person:
    """Somebody with a browser, a conversation and five pictures of their own."""

    def __init__(self, number: int) -> None:
        self.user: User = create_user()
        self.conversation: Conversation = create_conversation(owner=self.user)
        self.client = Client(SERVER_NAME="127.0.0.1")
        self.client.force_login(self.user)
        first = 10 + number * EACH
        self.waiting = [png(width, 20) for width in range(first, first + EACH)]

    def upload(self) -> list[int]:
        """Attach each picture once; those that were turned away still wait."""
        address = f"/c/{self.conversation.pk}/images/"
        found = []
        try:
            for data in list(self.waiting):
                file = SimpleUploadedFile("picture.png", data)
                answer = self.client.post(address, {"files": file})
                found.append(answer.status_code)
                if answer.status_code == 200:
                    self.waiting.remove(data)
                else:
                    assert answer.headers["Retry-After"]
        finally:
            connection.close()
        return found


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("accounts")
def test_a_hundred_uploads_by_twenty_people() -> None:
    people = [Person(number) for number in range(PEOPLE)]
    with ThreadPoolExecutor(PEOPLE) as crowd:
        answers = [crowd.submit(person.upload) for person in people]
        # Others are served meanwhile.
        page = people[0].conversation.get_absolute_url()
        assert people[0].client.get(page).status_code == 200
        statuses = [status for each in answers for status in each.result()]
    assert len(statuses) == PEOPLE * EACH
    assert set(statuses) <= {200, 503}
    assert statuses.count(200) >= images.MOST_WAITING
    assert Image.objects.count() == statuses.count(200)
    for person in people:
        person.upload()
    assert all(person.user.images.count() == EACH for person in people)
    assert storage.report().is_sound
