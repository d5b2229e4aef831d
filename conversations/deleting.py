"""Deleting a conversation really deletes it, with everything only it needed."""

from django.db import transaction
from django.utils import timezone

from . import images
from .models import Conversation, ImageUse


def delete(conversation: Conversation) -> None:
    """Remove turns, revisions, runs, shares, and images nothing else refers to.

    A live run is told to stop first; its driver then finds its row gone and closes
    the upstream connection.
    """
    with transaction.atomic():
        # As every change does: what is added meanwhile would keep the rest from going.
        Conversation.objects.select_for_update().filter(pk=conversation.pk).first()
        conversation.runs.live().update(stop_requested_at=timezone.now())  # type: ignore[attr-defined]
        shown = list(
            ImageUse.objects.filter(turn__conversation=conversation)
            .values_list("image", flat=True)
            .distinct()
        )
        conversation.delete()
        images.remove_unused(shown)
