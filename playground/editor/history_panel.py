"""The inspector's *History* panel: the revisions, without their texts."""

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from conversations import history
from conversations.models import Conversation, Revision
from conversations.views.requests import Request

from . import text

DAY = "%-d %b %Y"


@dataclass(frozen=True, slots=True)
class Line:
    """One revision of the list."""

    number: int
    summary: str
    url: str
    at: datetime
    is_head: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Neighbouring revisions of one author."""

    author: str
    when: str
    lines: list[Line]


def html(asked: Request, conversation: Conversation, head: Revision) -> SafeString:
    """Return undo, redo and the list of revisions. Its texts are not loaded."""
    context = {
        "conversation": conversation.pk,
        "groups": groups(conversation, head),
        "can_undo": head.parent_id is not None,
        "can_redo": history.can_redo(head),
    }
    return render_to_string("editor/_history.html", context, asked)


def groups(conversation: Conversation, head: Revision) -> list[Group]:
    """Return the revisions newest first, neighbours of one author together."""
    rows = conversation.revisions.select_related("author").order_by("-number")
    found = []
    for author, of_author in groupby(
        rows.defer("params", "turns", "search"), key=lambda row: row.author
    ):
        revisions = list(of_author)
        lines = [
            Line(
                row.number,
                text.shown(row.summary),
                row.get_absolute_url(),
                row.created_at,
                row.pk == head.pk,
            )
            for row in revisions
        ]
        when = revisions[-1].created_at.strftime(DAY)
        found.append(Group(str(author) if author else "A reply", when, lines))
    return found
