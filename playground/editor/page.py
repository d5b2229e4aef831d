"""The whole page of the editor, put together from `parts`, `composer` and `screen`."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.safestring import SafeString

from conversations import history
from conversations.models import Conversation
from conversations.views.listing import listing
from conversations.views.requests import Request

from . import articles, composer, parts, settings_panel, waiting
from .forms import ComposerForm
from .screen import Screen

MODULES = [
    f"editor/{name}.js"
    for name in (
        "script",
        "opening",
        "live",
        "composer",
        "attach",
        "pictures",
        "uploading",
        "choosing",
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
        "cards": articles.script(shown, waiting.at_turns(shown)),
        "parts": around,
        "composer": composer.html(request, shown, around, form),
        "order": " ".join(shown.order),
        "editor": editor,
        "listing": listing(request.user, current=shown.conversation.pk),
        "modules": MODULES,
        "notice": notice,
    }
    return render(request, "editor/show.html", context, status=status)


def panel(
    request: Request,
    conversation: Conversation,
    title: str,
    html: SafeString,
    status: int = 200,
    *,
    modules: Sequence[str] = (),
) -> HttpResponse:
    """Answer with a panel as a page of its own, with these modules of script."""
    context = {
        "conversation": conversation,
        "title": title,
        "panel": html,
        "modules": modules,
        "base": history.head(conversation).number,
    }
    return render(request, "editor/panel.html", context, status=status)
