"""The one place that fetches and authorises. Strangers get 404, always the same.

The owner and, for a team conversation, everybody who signs in may read, edit, run
and share. Deleting and changing who may open it is the owner's alone: a teammate
who tries gets 403, since that the conversation exists is no secret to them.
"""

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser, User
from django.contrib.sessions.models import Session
from django.core.exceptions import PermissionDenied
from django.core.validators import slug_re
from django.db.models import Q
from django.http import Http404
from django.utils import timezone

from .models import Conversation, Image, Revision, Run, Share, Turn

Person = User | AnonymousUser


def conversation(user: Person, pk: uuid.UUID) -> Conversation:
    """Return a conversation the user may read and edit, its head loaded."""
    rows = Conversation.objects.visible_to(user).select_related("head", "owner")
    found = rows.filter(pk=pk).first()
    if found is None:
        raise Http404
    return found


def own_conversation(user: Person, pk: uuid.UUID) -> Conversation:
    """Return a conversation the user may delete or open to others."""
    found = conversation(user, pk)
    if found.owner_id != user.pk:
        raise PermissionDenied("Only the owner of this conversation may do that.")
    return found


def revision(user: Person, pk: uuid.UUID, number: int) -> Revision:
    """Return one revision of a conversation the user may read."""
    return revision_of(conversation(user, pk), number)


def revision_of(found: Conversation, number: int) -> Revision:
    """Return revision `number` of a conversation that was fetched here."""
    rows = Revision.objects.select_related("conversation", "author")
    row = rows.filter(conversation=found, number=number).first()
    if row is None:
        raise Http404
    return row


def turn_at_head(found: Conversation, slot: str) -> Turn:
    """Return the turn that stands in `slot` on the head, else 404."""
    if found.head is None:
        raise Http404
    return turn_of(found.head, slot)


def turn_of(row: Revision, slot: str) -> Turn:
    """Return the turn that stands in `slot` on that revision, else 404."""
    for entry in row.entries:
        if entry.slot == slot:
            return Turn.objects.get(pk=entry.turn)
    raise Http404


def run(user: Person, pk: int) -> Run:
    """Return a run of a conversation the user may read."""
    rows = Run.objects.select_related("conversation__head", "revision", "author")
    found = rows.filter(
        pk=pk, conversation__in=Conversation.objects.visible_to(user)
    ).first()
    if found is None:
        raise Http404
    return found


def group(found: Conversation, name: str) -> list[Run]:
    """Return the runs of a group of a conversation that was fetched here, else 404."""
    if not slug_re.match(name):  # what a database cannot even be asked for
        raise Http404
    rows = Run.objects.filter(conversation=found, group=name).exclude(group="")
    runs = list(rows.select_related("revision"))
    if not runs:
        raise Http404
    return runs


def image(user: Person, pk: int) -> Image:
    """Return an image the user attached or that a conversation of theirs shows."""
    if not user.is_authenticated:
        raise Http404
    visible = Conversation.objects.visible_to(user)
    found = (
        Image.objects.filter(pk=pk)
        .filter(Q(owner=user.pk) | Q(uses__turn__conversation__in=visible))
        .distinct()
        .first()
    )
    if found is None:
        raise Http404
    return found


def share(token: str) -> Share:
    """Return an open share. Revoked, expired, deleted and unknown look the same."""
    rows = Share.objects.open().select_related("revision__conversation__owner")
    found = rows.filter(token=token).first()
    if found is None:
        raise Http404
    return found


def share_to_revoke(user: Person, pk: uuid.UUID, share_pk: int) -> Share:
    """Return a share of a conversation the user may edit."""
    found = Share.objects.filter(
        pk=share_pk, revision__conversation=conversation(user, pk)
    ).first()
    if found is None:
        raise Http404
    return found


# What goes on for long


@dataclass(frozen=True, slots=True)
class Admission:
    """What an open stream rests on: a user, the session of their sign-in (empty where
    nobody signs in), and what changes with their password."""

    user: int
    session: str
    proof: str

    @classmethod
    def of(cls, user: User, session: str | None) -> "Admission":
        return cls(user.pk, session or "", user.get_session_auth_hash())


def still_open(
    admission: Admission, conversations: Collection[uuid.UUID]
) -> set[uuid.UUID]:
    """Return those of the conversations that may still be watched. At most three
    queries."""
    user = User.objects.filter(pk=admission.user, is_active=True).first()
    if user is None or user.get_session_auth_hash() != admission.proof:
        return set()
    signed_in = Session.objects.filter(expire_date__gt=timezone.now())
    if admission.session and not signed_in.filter(pk=admission.session).exists():
        return set()
    visible = Conversation.objects.visible_to(user).filter(pk__in=conversations)
    return set(visible.values_list("pk", flat=True))
