"""The composer at the foot: what it offers for the head, and what was typed into it."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.http import Http404
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString

from conversations import access, editing, pictures
from conversations.models import Image
from conversations.views.requests import Request
from playground import payload

from . import figures, media, text, uploads
from .forms import ROLES, ComposerForm, sentences
from .screen import Screen


def state(shown: Screen) -> dict[str, Any]:
    """Return which buttons there are, and whether a prefill can be typed."""
    beside, stop = shown.run, _stop(shown)
    return {
        "conversation": shown.conversation.pk,
        "next_role": shown.next_role,
        "prefill_off": shown.prefill_off,
        "live": shown.live,
        "stop": stop,
        "refused": shown.problems.refused and bool(shown.made.slots),
        "may_run_again": shown.ends_in_reply and beside is None and not stop,
    }


def _stop(shown: Screen) -> str:
    """Return where *Stop* posts to; empty when nothing is on its way."""
    if shown.under_way is not None:
        return reverse("editor:stop", args=[shown.under_way.pk])
    if shown.live_group is None:
        return ""
    return reverse(
        "editor:stop-group", args=[shown.conversation.pk, shown.live_group.id]
    )


def html(
    request: Request,
    shown: Screen,
    parts: dict[str, SafeString],
    form: ComposerForm | None = None,
) -> SafeString:
    """Return the composer; with `form`, what was typed and why it was not taken."""
    typed = form.data if form is not None else {}
    words = text.typed(typed.get("text") or "")
    prefill = text.typed(typed.get("prefill") or "")
    context = {
        "conversation": shown.conversation.pk,
        "base": shown.head.number,
        "send_key": typed.get("send_key") or uuid.uuid4().hex,
        "roles": ROLES,
        "role": typed.get("role") or shown.next_role,
        "text": text.in_textarea(words),
        "text_exact": text.exact(words),
        "prefill": prefill_field(shown, prefill),
        "errors": sentences(form) if form is not None else [],
        "count": text.shown(typed.get("count") or "3"),
        "pictures": attached(request, shown, form),
        "accept": uploads.accepted(),
        "most_bytes": int(pictures.LIMITS.MAX_BYTES),
        "status": parts["status"],
        "state": parts["composer_state"],
        "estimate": estimate(shown, ()),
    }
    return render_to_string("editor/_composer.html", context, request)


def prefill_field(shown: Screen, typed: str = "") -> SafeString:
    """Return the prefill's field: off, with the reason, while there can be none."""
    context = {
        "value": text.in_textarea(typed),
        "exact": text.exact(typed),
        "off": "" if typed else shown.prefill_off,
    }
    return render_to_string("editor/_prefill.html", context)


def attached(
    request: Request, shown: Screen, form: ComposerForm | None
) -> list[media.Picture]:
    """Return the cards of the attached images that the person may use."""
    found = []
    for given, label in form.attached() if form is not None else []:
        card = _card(request, shown, given)
        if card is not None:
            found.append(media.labelled(card, text.shown(label)))
    return found


def _card(request: Request, shown: Screen, given: int | str) -> media.Picture | None:
    if isinstance(given, str) and given.startswith(editing.BY_URL):
        return media.by_url(given.removeprefix(editing.BY_URL))
    pk = int(str(given).removeprefix(editing.DOCUMENT))
    try:
        image = access.image(request.user, pk)
    except Http404:
        return None
    return media.of(image, shown.made.model)


def picture(image: Image | pictures.Refused, name: str, shown: Screen) -> media.Picture:
    """Return the card of an upload, also of one that was refused."""
    if isinstance(image, Image):
        return media.of(image, shown.made.model)
    return media.refused(name, str(image))


def estimate(
    shown: Screen, messages: Sequence[dict[str, Any]], counted: int | None = None
) -> SafeString:
    """Return the line that says what sending the composer's content would cost, or why
    the API would refuse it.

    `counted` are the input tokens if the endpoint has counted them.
    """
    sentence = refusal = _refusal(shown, messages)
    if messages and not refusal:
        told = payload.estimate(shown.whole, messages, counted)
        how = "Estimated here" if counted is None else "Counted by the API"
        sentence = f"{how}: {figures.number(told.total)} tokens in with this"
        if told.low is not None:
            sentence += f", {figures.dollars(told.low)} and up"
    url = reverse("editor:estimate", args=[shown.conversation.pk])
    context = {"url": url, "sentence": sentence, "is_refused": bool(refusal)}
    return render_to_string("editor/_estimate.html", context)


def _refusal(shown: Screen, messages: Sequence[dict[str, Any]]) -> str:
    """Return why the API would refuse these messages, unless the page says so already
    of what stands before them."""
    if not messages:
        return ""
    known = {(problem.rule, problem.path) for problem in shown.found}
    for problem in payload.refusals(payload.check(shown.whole, messages)):
        if (problem.rule, problem.path) not in known:
            return f"Would be refused: {text.shown(problem.explanation)}"
    return ""
