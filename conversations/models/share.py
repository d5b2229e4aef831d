"""A frozen, revocable, expiring public view of a revision."""

import secrets
from datetime import timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .conversation import Revision

LIFETIME = timedelta(days=30)


def new_token() -> str:
    """Return 192 bits of randomness: nobody guesses a link."""
    return secrets.token_urlsafe(24)


def in_thirty_days() -> object:
    return timezone.now() + LIFETIME


class ShareQuerySet(models.QuerySet["Share"]):
    """Named sets of shares."""

    def open(self) -> "ShareQuerySet":
        """Those a visitor may read now. Row twin: `Share.is_open`."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())


class Share(models.Model):
    """One link. Revoked, expired, deleted and unknown all look the same outside."""

    token = models.CharField(max_length=40, unique=True, default=new_token)
    revision = models.ForeignKey(Revision, models.CASCADE, related_name="shares")
    creator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="shares"
    )
    title = models.CharField(max_length=200, blank=True)
    # What is in it. Turns that are muted are never shown: they are not in the request.
    with_settings = models.BooleanField(default=True)
    with_figures = models.BooleanField(default=True)
    created_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField(default=in_thirty_days)
    revoked_at = models.DateTimeField(null=True)
    views = models.PositiveIntegerField(default=0)

    objects = ShareQuerySet.as_manager()

    if TYPE_CHECKING:
        revision_id: int
        creator_id: int

    class Meta:
        ordering = ["-created_at"]

    def __str__(self) -> str:
        return f"share {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("conversations:share", args=[self.token])

    @property
    def is_open(self) -> bool:
        """May be read now. Set twin: `ShareQuerySet.open`."""
        return self.revoked_at is None and self.expires_at > timezone.now()
