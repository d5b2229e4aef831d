"""Makes what the first visit needs. Run at every start, and quick when all is there."""

from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import User
from django.core.management.base import BaseCommand

from conversations import endpoint, examples


class Command(BaseCommand):
    help = "Make the local user of ACCESS=local with the examples, where missing."
    # They import every view, which takes longer than the work here.
    requires_system_checks = ()

    def handle(self, *args: Any, **options: Any) -> None:
        # Under accounts everybody gets the examples at their own first visit.
        if settings.ACCESS != "local":
            return
        user, _ = User.objects.get_or_create(
            username=settings.LOCAL_USERNAME,
            defaults={"password": make_password(None)},
        )
        if examples.welcome(user, endpoint.default()):
            self.stdout.write("The examples are there.")
