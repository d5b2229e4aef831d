"""The inspector's panels beside the settings: request, reply, history."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from conversations import history as heads
from conversations.models import Conversation, Revision, Run
from conversations.views.requests import Request
from playground import payload
from playground.claude import endpoints

from . import failures, figures, outcomes, screen, text

OTHERS = 20  # runs that the reply panel links to
DAY = "%-d %b %Y"


def page(
    request: Request,
    conversation: Conversation,
    title: str,
    panel: SafeString,
    status: int = 200,
) -> HttpResponse:
    """Answer with a panel as a page of its own."""
    context = {
        "conversation": conversation,
        "title": title,
        "panel": panel,
        "base": heads.head(conversation).number,
    }
    return render(request, "editor/panel.html", context, status=status)


def request(asked: Request, conversation: Conversation, head: Revision) -> SafeString:
    """Return the exact body and headers of the next request."""
    made, left_out = screen.payload_as_sent(head)
    endpoint = endpoints.get(conversation.endpoint)
    context = {
        "note": "This is exactly what is sent, images abbreviated.",
        "address": address(endpoint, conversation),
        "headers": list(made.headers.items()),
        "body": text.shown(made.preview()),
        "reply_left_out": left_out,
    }
    return render_to_string("editor/_request.html", context, asked)


def address(endpoint: endpoints.Endpoint | None, conversation: Conversation) -> str:
    if endpoint is None:
        return f"{conversation.endpoint} (not configured here)"
    if endpoint.simulated:
        return "POST /v1/messages of the simulator"
    return f"POST {endpoint.base_url}/v1/messages"


def reply(
    asked: Request,
    conversation: Conversation,
    run: Run | None,
    *,
    with_request: bool = False,
) -> SafeString:
    """Return what became of a run, and with `with_request` what it had sent."""
    context: dict[str, Any] = {"run": run}
    if run is not None:
        failed = run.status == Run.Status.FAILED
        told = outcomes.error(run)
        context |= {
            "rows": _rows(run),
            "sentence": outcomes.sentence(run) if failed else "",
            "refusal": failures.returned(run),
            "advice": outcomes.advice(run),
            "usage": text.pretty(run.usage) if run.usage else "",
            "error": _readable(told) if told else "",
            "raw": text.pretty(run.message) if run.message else "",
            "others": _others(conversation, run),
            "sent": _sent(run) if with_request else "",
        }
    return render_to_string("editor/_reply.html", context, asked)


def _rows(run: Run) -> list[tuple[str, str]]:
    told = outcomes.Figures.of(run)
    stop = text.shown(run.stop_reason)
    matched = (run.message or {}).get("stop_sequence")
    if matched is not None:
        stop += f" ({text.pretty(matched)})"
    rows = [
        ("Status", told.status),
        ("Model", text.shown(run.model)),
        ("Endpoint", run.endpoint),
        ("Stop reason", stop),
        ("Tokens", told.tokens),
        ("Cost", told.cost or (figures.dollars(None) if run.usage else "")),
        ("First token", told.first_token),
        ("Whole reply", told.seconds),
        ("Started", f"{run.created_at:%-d %b %Y, %H:%M:%S} UTC"),
    ]
    return [(name, value) for name, value in rows if value]


def _readable(told: dict[str, Any]) -> str:
    """Return a failure with its raw body as it came, not escaped a second time."""
    body = told.get("body")
    rest = {key: value for key, value in told.items() if key != "body"}
    return text.shown(f"{text.pretty(rest)}\n\n{body}" if body else text.pretty(rest))


def _sent(run: Run) -> str:
    return text.shown(payload.of_run(run).preview())


def _others(conversation: Conversation, run: Run) -> Iterable[Run]:
    rows = conversation.runs.exclude(pk=run.pk).only("status", "model")
    return rows.order_by("-pk")[:OTHERS]


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


def history(asked: Request, conversation: Conversation, head: Revision) -> SafeString:
    """Return undo, redo and the list of revisions. Its texts are not loaded."""
    context = {
        "conversation": conversation.pk,
        "groups": groups(conversation, head),
        "can_undo": head.parent_id is not None,
        "can_redo": heads.can_redo(head),
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
