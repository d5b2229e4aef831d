"""Publishes, revokes and reads frozen revisions, and forks what a share shows."""

from collections.abc import Mapping
from typing import Any

from django.contrib.auth.models import User
from django.db import transaction
from django.db.models import F
from django.utils import timezone

from . import editing, history, images, segments
from .models import Conversation, Image, Revision, Share, Turn
from .models.image import REFERENCES, referred, substituted


def publish(
    revision: Revision,
    creator: User,
    *,
    with_settings: bool = True,
    with_figures: bool = True,
) -> Share:
    """Make a link to the revision as it is now. Its title is frozen with it."""
    share = Share(
        revision=revision,
        creator=creator,
        title=revision.conversation.title,
        with_settings=with_settings,
        with_figures=with_figures,
    )
    if not revision.conversation.named:
        # The conversation's was taken from turns that visitors may not see.
        share.title = history.title_of(shown_turns(share))
    share.save()
    return share


def revoke(share: Share) -> None:
    """Close the link for good. Revoking twice keeps the first time."""
    Share.objects.filter(pk=share.pk, revoked_at__isnull=True).update(
        revoked_at=timezone.now()
    )


def count_view(share: Share) -> None:
    Share.objects.filter(pk=share.pk).update(views=F("views") + 1)


def shown_turns(share: Share) -> list[Turn]:
    """Return the turns a visitor sees: those of the request, none that is muted."""
    return share.revision.load_sent()


def shown_images(share: Share) -> dict[int, Image]:
    """Return the images of the shown turns by id."""
    return images.used_by(shown_turns(share))


def fork(share: Share, owner: User) -> Conversation:
    """Copy what the share shows, and nothing else, into a person's own list.

    It shows which stretches a model wrote, but not by which runs.
    """
    turns = shown_turns(share)
    with transaction.atomic():
        own = {
            pk: images.copy_for(image, owner).pk
            for pk, image in images.used_by(turns).items()
        }
        script = editing.Script(
            tuple(editing.Place(turn.slot, _copied(turn, own)) for turn in turns),
            shown_params(share),
        )
        return history.begin(
            owner,
            script,
            endpoint=share.revision.conversation.endpoint,
            title=share.title,
            summary="Forked from a shared link",
        )


def _copied(turn: Turn, own: Mapping[Any, int]) -> editing.Draft:
    blocks = with_images(turn.blocks, own)
    return editing.Draft(turn.role, blocks, segments.elsewhere(turn.segments))


def shown_params(share: Share) -> dict[str, object]:
    """Return the params a visitor sees: at the least what a fork needs to be sent."""
    params: dict[str, object] = share.revision.params
    if share.with_settings:
        return params
    shown = ("model", "max_tokens")
    return {key: params[key] for key in shown if key in params}


def with_images(value: Any, ids: Mapping[Any, int]) -> Any:
    """Return blocks whose image references point at other rows."""

    def pointed(reference: dict[str, Any]) -> dict[str, Any]:
        image = referred(reference)
        return {**reference, REFERENCES[reference["type"]]: ids.get(image, image)}

    return substituted(value, pointed)
