"""The list of conversations: the start page, and the column beside an editor."""

import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.http import require_safe

from conversations import endpoint, examples
from conversations.models import Conversation, ImageUse, Run, Share
from conversations.numbers import is_number

from .requests import Request

PAGE = 100
EXAMPLES = 50  # shown at once, the team's included
QUERY_LENGTH = 200  # characters
QUERY_WORDS = 12  # each costs two queries


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the list: the conversation with its marks in words."""

    conversation: Conversation
    model: str
    turns: int
    marks: tuple[str, ...]
    running: bool
    is_current: bool
    is_own: bool


@dataclass(frozen=True, slots=True)
class Listing:
    """What the list shows: groups of rows under a day's name, newest first.

    `older` is the query string of a longer list, empty when this one is complete.
    """

    groups: tuple[tuple[str, tuple[Row, ...]], ...]
    query: str
    current: str
    older: str

    @property
    def is_empty(self) -> bool:
        return not self.groups


def listing(
    user: User, q: str = "", current: uuid.UUID | str | None = None, shown: int = PAGE
) -> Listing:
    """Return the list for the template `conversations/_list.html`.

    `q` is what was typed into the search field, `current` the conversation that is
    open. The number of queries does not depend on the number of rows.
    """
    rows = Conversation.objects.visible_to(user).select_related("head", "owner")
    rows = rows.defer("search_title", "head__search")
    query = q[:QUERY_LENGTH]
    if words := list(dict.fromkeys(query.split()))[:QUERY_WORDS]:
        rows = rows.matching(" ".join(words))
    page = list(rows.filter(example=False).newest_first()[: shown + 1])
    lessons = rows.filter(example=True).order_by("created_at", "pk")[:EXAMPLES]
    more = len(page) > shown
    made = _rows(user, [*page[:shown], *lessons], str(current or ""))
    return Listing(
        groups=tuple(_groups(made)),
        query=query,
        current=str(current or ""),
        older=_address(query, current, shown + PAGE) if more else "",
    )


def _address(query: str, current: object, shown: int) -> str:
    values = {"q": query, "current": str(current or ""), "shown": str(shown)}
    filled = {key: value for key, value in values.items() if value}
    return f"?{urlencode(filled)}"


def _rows(user: User, found: Sequence[Conversation], current: str) -> list[Row]:
    ids = [conversation.pk for conversation in found]
    shared = set(
        Share.objects.open()
        .filter(revision__conversation__in=ids)
        .values_list("revision__conversation", flat=True)
    )
    live = set(
        Run.objects.live()
        .filter(conversation__in=ids)
        .values_list("conversation", flat=True)
    )
    pictures = _images_at_heads(found)
    rows = []
    for conversation in found:
        params: dict[str, Any] = conversation.head.params if conversation.head else {}
        is_own = conversation.owner_id == user.pk
        marks = _marks(conversation, is_own, pictures[conversation.pk])
        if conversation.pk in shared:
            marks.append("shared")
        rows.append(
            Row(
                conversation=conversation,
                model=str(params.get("model") or ""),
                turns=len(conversation.head.turns) if conversation.head else 0,
                marks=tuple(marks),
                running=conversation.pk in live,
                is_current=str(conversation.pk) == current,
                is_own=is_own,
            )
        )
    return rows


def _marks(conversation: Conversation, is_own: bool, pictures: int) -> list[str]:
    marks = []
    if pictures:
        marks.append("1 image" if pictures == 1 else f"{pictures} images")
    if not is_own:
        marks.append(f"by {conversation.owner}")
    elif conversation.visibility == Conversation.Visibility.TEAM:
        marks.append("team")
    return marks


def _images_at_heads(found: Iterable[Conversation]) -> Counter[uuid.UUID]:
    """Count the images that the heads show, each once."""
    turns = {
        entry.turn: conversation.pk
        for conversation in found
        if conversation.head
        for entry in conversation.head.entries
    }
    # By conversation and not by turn: a list of every turn could outgrow what a
    # query may carry.
    uses = ImageUse.objects.filter(turn__conversation__in=set(turns.values()))
    shown = {
        (turns[turn], image)
        for turn, image in uses.values_list("turn", "image")
        if turn in turns
    }
    return Counter(conversation for conversation, _ in shown)


def _groups(rows: Iterable[Row]) -> Iterable[tuple[str, tuple[Row, ...]]]:
    today = timezone.localdate()
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(_group(row.conversation, today), []).append(row)
    return ((name, tuple(members)) for name, members in groups.items())


def _group(conversation: Conversation, today: date) -> str:
    if conversation.example:
        return "Examples"
    day = timezone.localdate(conversation.updated_at)
    if day >= today:
        return "Today"
    if day == today - timedelta(days=1):
        return "Yesterday"
    return "Last week" if day >= today - timedelta(days=7) else "Earlier"


def _asked(request: Request) -> Listing:
    """The list that the address asks for; nonsense in a number asks for the first."""
    shown = request.GET.get("shown", "")
    count = int(shown) if is_number(shown, digits=5) else 0
    return listing(
        request.user,
        request.GET.get("q", ""),
        request.GET.get("current", ""),
        max(count, PAGE),
    )


@require_safe
def index(request: Request) -> HttpResponse:
    """List and start; a person's first visit brings the examples."""
    examples.welcome(request.user, endpoint.default())
    found = _asked(request)
    context = {"listing": found, "manage": True}
    if request.htmx:
        return render(request, "conversations/_list.html", context)
    is_new = not found.query and all(name == "Examples" for name, _ in found.groups)
    context["is_new"] = is_new
    return render(request, "conversations/index.html", context)


@require_safe
def fragment(request: Request) -> HttpResponse:
    """The list alone, for the search field; a page where there is no script."""
    return render(request, "conversations/_list.html", {"listing": _asked(request)})
