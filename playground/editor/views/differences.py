"""The difference between replies, at an address of its own."""

from collections.abc import Sequence
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from conversations import access
from conversations.models import Conversation, Run
from conversations.views.requests import Request
from playground.runs import variants

from .. import differences
from .asking import number


@require_safe
def difference(request: Request, pk: UUID) -> HttpResponse:
    """Reply `from` against reply `to`, or against all others of its `group`, or of its
    place where it is in none."""
    conversation = access.conversation(request.user, pk)
    name = request.GET.get("group", "")
    runs = _runs(request, conversation, name)
    choices = differences.choices(runs)
    first = _chosen(request, choices, "from") or (choices[0] if choices else None)
    second = _chosen(request, choices, "to")
    others = [second] if second else [each for each in choices if each != first]
    context = {
        "conversation": conversation,
        "group": name,
        "choices": choices,
        "first": first,
        "second": second,
        "parts": differences.parts(first, others) if first else [],
    }
    return render(request, "editor/difference.html", context)


def _runs(request: Request, conversation: Conversation, group: str) -> list[Run]:
    if group:
        return [run for run in access.group(conversation, group) if run.has_reply]
    chosen = request.GET.get("from", "")
    first = conversation.runs.filter(pk=number(chosen)).first() if chosen else None
    if first is None:
        return list(variants.at_newest_place(conversation))
    return list(conversation.runs.filter(slot=first.slot, has_reply=True))


def _chosen(
    request: Request, choices: Sequence[differences.Choice], name: str
) -> differences.Choice | None:
    """Return the reply that `name` chooses, None for none. Raises Http404."""
    typed = request.GET.get(name, "")
    if not typed:
        return None
    pk = number(typed)
    for choice in choices:
        if choice.run.pk == pk:
            return choice
    raise Http404("There is no such reply here.")
