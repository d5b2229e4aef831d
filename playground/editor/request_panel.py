"""A request for reading: what *Send* would send now, and what a run has sent."""

from typing import Any

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from conversations.models import Conversation, Revision, Run
from conversations.views.requests import Request
from playground import payload
from playground.claude import endpoints

from . import curl, screen, text

NOW = (
    "This is the saved conversation exactly as it is sent, without what is in the "
    "composer. Images are abbreviated."
)
THEN = "This is exactly what was sent, images abbreviated."


def html(asked: Request, conversation: Conversation, head: Revision) -> SafeString:
    """Return the exact body and headers of the next request."""
    made, left_out = screen.payload_as_sent(head)
    return _html(
        asked,
        made,
        conversation.endpoint,
        id="request",
        note=NOW,
        reply_left_out=left_out,
        download=reverse("editor:request-json", args=[conversation.pk]),
    )


def of_run(asked: Request, run: Run) -> SafeString:
    """Return the exact body and headers that a run sent."""
    return _html(
        asked,
        payload.of_run(run),
        run.endpoint,
        id="run-request",
        note=THEN,
        download=reverse("editor:run-json", args=[run.pk]),
    )


def _html(
    asked: Request, made: payload.Payload, endpoint_name: str, **more: Any
) -> SafeString:
    endpoint = endpoints.get(endpoint_name)
    pieces = made.pieces()
    here = reverse("simulator:simulator", args=["v1/messages"])
    url = curl.address(endpoint, asked.build_absolute_uri(here))
    context = {
        "address": _address(endpoint, endpoint_name, url),
        "headers": list(made.headers.items()),
        "overrides": [text.shown(key) for key in made.override],
        "body": text.shown(made.preview()),
        "curl": curl.command(url, made.headers, pieces),
        "needs_file": curl.needs_file(pieces),
        "file": curl.FILE,
        **more,
    }
    return render_to_string("editor/_request.html", context, asked)


def _address(endpoint: endpoints.Endpoint | None, name: str, url: str) -> str:
    if endpoint is None:
        return f"{name} (not configured here)"
    if endpoint.simulated:
        return "POST /v1/messages of the simulator"
    return f"POST {url}"
