"""Putting a comparison together, and sending it."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods
from django_htmx.http import HttpResponseClientRedirect, trigger_client_event

from conversations import access
from conversations.history import HeadMoved
from conversations.models import Conversation
from conversations.views.requests import Request
from playground.payload import params
from playground.runs import groups
from playground.runs.groups import MOST_COLUMNS

from .. import comparing, screen
from ..screen import Screen
from . import asking

MOVED = (
    "The conversation was changed meanwhile. Your columns are as you left them: see "
)
MOVED += "what they come to now, and send again."
NONE_GOES = "Nothing was sent: no column would be accepted. Change one, or tick “Send "
NONE_GOES += "anyway” where you want to see what the API says."


@require_http_methods(["GET", "HEAD", "POST"])
@asking.refusals_told
def compare(request: Request, pk: UUID) -> HttpResponse:
    """GET: choose columns. POST: what the button `do` says; without one, what the
    rulebook says to the columns as they stand. A script that brings columns back from
    before has them drawn with `draw`."""
    conversation = access.conversation(request.user, pk)
    shown = screen.of(conversation)
    if request.method != "POST":
        return _page(request, shown, _begin(request, shown))
    given = comparing.typed(request.POST)
    do = request.POST.get("do", "")
    if do == "send":
        return _send(request, conversation, shown, given)
    if do == "add" and len(given) < MOST_COLUMNS:
        given.append(dict(given[-1] if given else comparing.suggested(shown)[0]))
    elif do.startswith("remove-") and len(given) > 1:
        number = do.removeprefix("remove-")
        given = [
            each
            for key, each in zip(comparing.KEYS, given, strict=False)
            if key != number
        ]
    fragment = "_verdicts" if do in ("", "check") else "_choices"
    return _page(request, shown, given, fragment=fragment)


def _begin(request: Request, shown: Screen) -> list[dict[str, str]]:
    """Return the columns that the address names: models, or those of a group."""
    group = request.GET.get("group", "")
    if not group:
        return comparing.suggested(shown, request.GET.getlist("model"))
    runs = access.group(shown.conversation, group)
    newest = {run.position: run for run in runs}
    sent = [
        params.saved(run.params, run.headers)
        for run in sorted(newest.values(), key=lambda run: run.position)
    ]
    apart = [each for number, each in enumerate(sent) if each not in sent[:number]]
    found = [comparing.values_of(each, shown) for each in apart[:MOST_COLUMNS]]
    return found if len(found) > 1 else [*found, *comparing.suggested(shown)[1:]]


def _send(
    request: Request,
    conversation: Conversation,
    shown: Screen,
    given: Sequence[Mapping[str, str]],
) -> HttpResponse:
    columns = comparing.columns(shown, given)
    if any(column.errors for column in columns):
        return _page(request, shown, given, status=422)
    if not shown.made.slots:
        return _page(request, shown, given, asking.NOTHING_TO_SEND, status=422)
    try:
        sent = groups.compare(
            conversation,
            request.user,
            [groups.Column(column.params, column.anyway) for column in columns],
            base=asking.base_of(request, conversation),
            send_key=asking.send_key(request),
        )
    except HeadMoved:
        return _page(request, screen.of(conversation), given, MOVED, status=409)
    if not sent.runs:
        return _page(request, shown, given, _kept_back(sent), status=422)
    address = reverse("editor:group", args=[conversation.pk, sent.group])
    if len(sent.runs) < len(columns):
        address += f"?columns={len(columns)}"
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def _kept_back(sent: groups.Sent) -> str:
    """Return why no column went; without an endpoint none ever does."""
    gone = [
        each for found in sent.problems for each in found if each.rule == "endpoint"
    ]
    return asking.refused(gone) if gone else NONE_GOES


def _page(
    request: Request,
    shown: Screen,
    given: Sequence[Mapping[str, str]],
    notice: str = "",
    status: int = 200,
    fragment: str = "_verdicts",
) -> HttpResponse:
    """Draw the page, and for a script the `fragment` of it, with the notice as an
    event."""
    columns = comparing.columns(shown, given)
    numbers = {entry.turn: number for number, entry in enumerate(shown.entries, 1)}
    context: dict[str, Any] = {
        "conversation": shown.conversation,
        "head": shown.head,
        "columns": [(column, column.fields(shown)) for column in columns],
        "more": comparing.MORE,
        "going": sum(column.goes for column in columns),
        "may_add": len(columns) < MOST_COLUMNS,
        "lines": [
            (line, numbers.get(line.answered or 0)) for line in reversed(shown.lines)
        ],
        "send_key": asking.new_key(),
        "notice": notice,
    }
    name = fragment if request.htmx else "compare"
    answer = render(request, f"editor/{name}.html", context, status=status)
    if request.htmx and notice:
        told = {"text": notice, "failed": True}
        return trigger_client_event(answer, "notice", told)
    return answer
