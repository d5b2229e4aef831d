"""The whole page of the editor, put together from `parts`, `composer` and `screen`."""

from collections.abc import Mapping
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from conversations.views.listing import listing
from conversations.views.requests import Request

from . import composer, parts, screen, settings_panel, waiting
from .forms import ComposerForm
from .screen import Screen

MODULES = [
    f"editor/{name}.js"
    for name in (
        "script",
        "live",
        "composer",
        "attach",
        "pictures",
        "drafts",
        "turns",
        "tabs",
        "places",
        "keys",
        "listing",
    )
]


def full(
    request: Request,
    shown: Screen,
    *,
    form: ComposerForm | None = None,
    editor: Any = None,
    typed: Mapping[str, settings_panel.Typed] | None = None,
    system: Mapping[str, Any] | None = None,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer with the whole page. The rest is what a person had typed that a browser
    without scripts must get back: composer, open editor, settings, system prompt.
    """
    around = parts.around(request, shown)
    around["system"] = parts.system(request, shown, **(system or {}))
    around["settings"] = parts.settings(request, shown, typed)
    context = {
        "conversation": shown.conversation,
        "head": shown.head,
        "cards": screen.script(shown, waiting.at_turns(shown)),
        "parts": around,
        "composer": composer.html(request, shown, around, form),
        "order": " ".join(shown.order),
        "editor": editor,
        "listing": listing(request.user, current=shown.conversation.pk),
        "modules": MODULES,
        "notice": notice,
    }
    return render(request, "editor/show.html", context, status=status)
