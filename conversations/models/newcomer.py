"""Remembers who has been given the examples, so that deleted ones stay deleted."""

from django.conf import settings
from django.db import models


class Newcomer(models.Model):
    """One row a person, made together with that person's examples."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE)
    welcomed_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"newcomer {self.pk}"
