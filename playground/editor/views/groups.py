"""A group of runs: its page, and stopping all of it."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from conversations import access, history
from conversations.models import Conversation
from conversations.views.requests import Request
from playground.payload import params
from playground.runs import groups as grouped
from playground.runs.groups import MOST_COLUMNS

from .. import apart, groups
from . import asking


@require_safe
def group(request: Request, pk: UUID, group: str) -> HttpResponse:
    """The replies of a group side by side; to a script, what is between the frame."""
    return _page(request, access.conversation(request.user, pk), group)


@require_POST
def stop(request: Request, pk: UUID, group: str) -> HttpResponse:
    """Ask for the end of all runs of a group."""
    conversation = access.conversation(request.user, pk)
    access.group(conversation, group)
    grouped.stop(conversation, group)
    return answer(request, conversation, group)


def answer(
    request: Request,
    conversation: Conversation,
    group: str = "",
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer a button about runs: with a patch in the editor, and on the page of a
    group, which says so in `page`, with that."""
    if "page" not in request.POST or not group:
        return asking.answer(request, conversation, notice=notice, status=status)
    if status == 200:
        return redirect("editor:group", conversation.pk, group)
    return _page(request, conversation, group, notice, status)


def _page(
    request: Request,
    conversation: Conversation,
    name: str,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    runs = access.group(conversation, name)
    head = history.head(conversation)
    made, told = groups.of(runs, grouped.used_in(head))[0], groups.problems_of(runs)
    # One model with itself: what is said of one column is said of all, so once.
    same = () if made.compared else told.get(made.members[0].run.pk, ())
    context = {
        "conversation": conversation,
        "group": made,
        "columns": [
            (each, told.get(each.run.pk, ()) if made.compared else ())
            for each in made.members
        ],
        "problems": same,
        "head": head,
        "keeps": apart.model_name(params.body(head.params).get("model")),
        "sent": runs[0].revision,
        "left_out": _left_out(request, made),
        "notice": notice,
        "send_key": asking.new_key(),
    }
    template = "editor/_columns.html" if request.htmx else "editor/group.html"
    return render(request, template, context, status=status)


def _left_out(request: Request, made: groups.Group) -> list[int]:
    """Return the columns that were not sent: the last ones only the address knows."""
    sent = [member.number for member in made.members]
    count = request.GET.get("columns", "")
    last = int(count) if count in map(str, range(1, MOST_COLUMNS + 1)) else max(sent)
    return [number for number in range(1, last + 1) if number not in sent]
