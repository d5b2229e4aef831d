"""What became of a run, for the inspector's *Reply* panel and the run's own page."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from conversations.models import Conversation, Run
from conversations.views.requests import Request

from . import endings, failures, figures, outcomes, run_usage, text

OTHERS = 20  # runs that the panel links to
LISTED = ("status", "model", "group", "position", "conversation")
GIVEN_UP = (Run.Status.STOPPED, Run.Status.INTERRUPTED)
LIVE = (
    "This run is under way. Its events are kept twice a second; its figures come with "
    "its end."
)


def html(
    asked: Request,
    conversation: Conversation,
    run: Run | None,
    *,
    own_page: bool = False,
) -> SafeString:
    """Return what became of the run. On its `own_page` its text streams here too."""
    context: dict[str, Any] = {"run": run, "own_page": own_page}
    if run is not None:
        failed = run.status == Run.Status.FAILED
        context |= {
            "rows": _rows(run),
            "live": LIVE if run.is_live else "",
            "sentence": outcomes.sentence(run) if failed else "",
            "refusal": failures.returned(run),
            "advice": endings.sentence(run) if run.stop_reason else "",
            "usage": run_usage.of(run),
            "reported": text.pretty(run.usage) if run.usage else "",
            "error": outcomes.raw_error(run),
            "raw": text.pretty(run.message) if run.message else "",
            "overrides": [text.shown(key) for key in run.override or ()],
            "headers": _headers(run),
            "siblings": _siblings(run),
            "others": _others(conversation, run),
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
        ("Tokens per second", _speed(run)),
        ("Whole reply", told.seconds),
        ("Attempts", _attempts(run)),
        ("Started", f"{run.created_at:%-d %b %Y, %H:%M:%S} UTC"),
    ]
    return [(name, value) for name, value in rows if value]


def _speed(run: Run) -> str:
    speed = run.tokens_per_second
    if speed is None:
        return ""
    return f"{run.about}{speed:,.0f}" if speed >= 10 else f"{run.about}{speed:.1f}"


def _attempts(run: Run) -> str:
    """Return `3, after overloaded_error (529), connection`, nothing for a single one.

    Whoever stopped may have done so in the wait, before the next one.
    """
    failed = _exchange(run).get("attempts")
    if not failed:
        return ""
    told = [
        f"{each['kind']} ({each['status']})" if each.get("status") else each["kind"]
        for each in failed
    ]
    if run.status in GIVEN_UP and "sent" not in _exchange(run):
        return f"{len(failed)} failed: {', '.join(told)}"
    return f"{len(failed) + 1}, after {', '.join(told)}"


def _exchange(run: Run) -> Mapping[str, Any]:
    return run.exchange if isinstance(run.exchange, dict) else {}


def _headers(run: Run) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the headers both ways. An old run has only those that it was given."""
    exchange = _exchange(run)
    sent = exchange.get("sent") or run.headers
    came = exchange.get("came")
    found = [("Sent", _shown(sent))]
    if came:
        found.append((f"Came back, status {exchange.get('status')}", _shown(came)))
    return found


def _shown(headers: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(text.shown(name), text.shown(value)) for name, value in headers.items()]


def _siblings(run: Run) -> Iterable[Run]:
    """Return the runs of its group, itself among them, in their order."""
    if not run.group:
        return ()
    rows = Run.objects.filter(conversation=run.conversation_id, group=run.group)
    return rows.only(*LISTED).order_by("position")


def _others(conversation: Conversation, run: Run) -> Iterable[Run]:
    rows = conversation.runs.exclude(pk=run.pk)
    if run.group:
        rows = rows.exclude(group=run.group)
    return rows.only(*LISTED).order_by("-pk")[:OTHERS]
