"""The parts of the page around the script, each one element with a stable id. The page
and the patch show the same ones.
"""

import uuid
from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from conversations.views.requests import Request

from . import composer, estimates, screen, settings_panel, text
from .cards import Waiting
from .problems import EVERYWHERE
from .screen import Screen


def around(request: Request, shown: Screen) -> dict[str, SafeString]:
    """Return the parts that every change may touch, by the ids of their elements,
    with underscores for hyphens."""
    pk = shown.conversation.pk
    contexts: dict[str, dict[str, Any]] = {
        "title": {"conversation": shown.conversation},
        "status": {"line": shown.status},
        "header_figures": {
            "head": shown.head,
            "headline": estimates.headline(shown),
            "endpoint": shown.endpoint,
            "overrides": ", ".join(map(text.shown, shown.made.override)),
            "counted": shown.estimate.counted is not None,
            **_count(shown),
        },
        "undo_redo": {
            "conversation": pk,
            "can_undo": shown.head.parent_id is not None,
            "undo_hint": shown.head.summary,
            "can_redo": shown.can_redo,
        },
        "composer_state": composer.state(shown),
        "operation_key": {"send_key": uuid.uuid4().hex},
        "empty_script": {"is_empty": not shown.order},
        "settings_figures": {
            "conversation": pk,
            "base": shown.head.number,
            "counted": shown.estimate.counted is not None,
            "can_be_counted": shown.can_be_counted,
            "bar": estimates.bar(shown),
            "rows": estimates.rows(shown),
            "cost": estimates.cost(shown),
        },
    }
    found = {
        name: _html(request, TEMPLATES.get(name, f"editor/_{name}.html"), context)
        for name, context in contexts.items()
    }
    return {**found, "prefill": composer.prefill_field(shown)}


def _count(shown: Screen) -> dict[str, Any]:
    """Count the problems, notes left out, and find the place of the first.

    A refusal comes before a surprise, and the API's first refusal before all.
    """
    found = [
        (problem, address)
        for problem in shown.found
        if problem.severity != "note" and (address := screen.place(shown, problem)[1])
    ]
    if not shown.made.slots:  # an empty conversation says so itself
        found = [pair for pair in found if not pair[0].path.startswith("messages")]
    found.sort(key=lambda pair: pair[0].severity != "error")
    return {
        "problems": len(found),
        "first": found[0][1] if found else "",
        "refused": bool(found) and found[0][0].severity == "error",
    }


TEMPLATES = {"title": "conversations/_title.html"}


def system(request: Request, shown: Screen, **typed: Any) -> SafeString:
    """Return the system prompt's section; `typed` is what could not be saved."""
    return _html(request, "editor/_system.html", _system(shown) | typed)


def settings(
    request: Request,
    shown: Screen,
    typed: Mapping[str, settings_panel.Typed] | None = None,
) -> SafeString:
    context = {
        "conversation": shown.conversation.pk,
        "fields": settings_panel.fields(shown, typed),
        "base": shown.head.number,
        "problems": shown.problems.fields.get(EVERYWHERE, ()),
    }
    return _html(request, "editor/_settings.html", context)


def setting(
    request: Request,
    shown: Screen,
    field: settings_panel.Field,
) -> SafeString:
    context = {
        "conversation": shown.conversation.pk,
        "field": field,
        "base": shown.head.number,
    }
    return _html(request, "editor/_setting.html", context)


def problems(request: Request, shown: Screen, field: str) -> SafeString:
    """Return the place of a field's problems, empty when it has none."""
    context = {
        "id": "settings-problems" if field == EVERYWHERE else f"problems-{field}",
        "conversation": shown.conversation.pk,
        "class": "problems" if field == "system" else "",
        "problems": shown.problems.fields.get(field, ()),
    }
    return _html(request, "editor/_field_problems.html", context)


def waiting(
    conversation: UUID, found: Mapping[str, Waiting]
) -> list[tuple[str, SafeString]]:
    """Return the places of what waits at turns, by their ids."""
    return [
        (
            f"waiting-{slot}",
            render_to_string(
                "editor/_waiting.html",
                {"slot": slot, "waiting": found[slot], "conversation": conversation},
            ),
        )
        for slot in found
    ]


def notice(sentence: str) -> list[tuple[str, SafeString]]:
    if not sentence:
        return []
    html = render_to_string("editor/_notice.html", {"text": sentence})
    return [("notice", html)]


def _system(shown: Screen) -> dict[str, Any]:
    value = shown.head.params.get("system")
    as_json = not (value is None or isinstance(value, str))
    words = text.pretty(value) if as_json else (value or "")
    if not as_json and not text.fits_textarea(words):
        as_json, words = True, text.pretty(value)
    return {
        "url": reverse("editor:system", args=[shown.conversation.pk]),
        "send": reverse("editor:send", args=[shown.conversation.pk]),
        "conversation": shown.conversation.pk,
        "base": shown.head.number,
        "as_json": as_json,
        "can_toggle": not as_json,
        "value": text.in_textarea(words),
        "exact": text.exact(words),
        "problems": shown.problems.fields.get("system", ()),
        "overridden": "system" in shown.made.override,
    }


def _html(request: Request, template: str, context: dict[str, Any]) -> SafeString:
    return render_to_string(template, context, request)
