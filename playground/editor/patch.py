"""The partial update that answers every operation: what changed, in which order all
turns stand, and the parts around the script. The only place that knows its format.
"""

from collections.abc import Collection, Mapping

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString

from conversations.models import Conversation, Revision, Run, Turn
from conversations.models.json import changed_keys
from conversations.views.requests import Request
from playground.payload import params

from . import articles, page, parts, settings_panel, text, waiting
from .parameters import SETTINGS
from .problems import EVERYWHERE
from .screen import Screen

# Saving one of these says nothing new about its own field, and the person may have
# typed on in it.
OWN_TEXT = ("max_tokens", "stop_sequences", "other", "override")


def answer(
    request: Request,
    shown: Screen,
    *,
    since: int | None,
    also: Collection[str] = (),
    own: str = "",
    redraw: bool = False,
    notice: str = "",
    status: int = 200,
) -> HttpResponse:
    """Answer an operation: a patch to a script, the page to a browser without one.

    `since` is the revision that the page shows; `also` are slots to send in any case
    and `own` is the field that was saved, which is drawn anew only if it has to be or
    `redraw` says that it shows a refusal, or what was true before.
    """
    notice = text.shown(notice)  # it may quote what somebody typed
    if not request.htmx:
        if status == 200:
            return redirect("editor:show", shown.conversation.pk)
        return page.full(request, shown, notice=notice, status=status)
    base = _revision(shown.conversation, since)
    wanted = changed(shown, base) | set(also)
    replies = waiting.at_turns(shown, base)
    context = {
        "conversation": shown.conversation.pk,
        "revision": shown.head.number,
        "order": " ".join(shown.order),
        "cards": articles.script(shown, replies, wanted),
        "problems": shown.problems.slots,
        "parts": [
            *_parts(request, shown, base, own, redraw).items(),
            *parts.waiting(shown.conversation.pk, replies),
            *parts.notice(notice),
        ],
    }
    return render(request, "editor/_patch.html", context, status=status)


def _revision(conversation: Conversation, number: int | None) -> Revision | None:
    return conversation.revisions.filter(number=number or 0).first()


def changed(shown: Screen, base: Revision | None) -> set[str]:
    """Return the slots whose articles may look different than on `base`."""
    head = shown.head
    if base is None:
        return set(shown.order)
    known = {entry.slot: entry for entry in base.entries}
    found = {entry.slot for entry in head.entries if known.get(entry.slot) != entry}
    # What is last may be a prefill, and what was last may be one no more.
    if base.last != head.last:
        found |= {entry.slot for entry in (base.last, head.last) if entry}
    if params.body(base.params).get("model") != shown.made.params.get("model"):
        found |= _with_images(shown)
    return found | _with_ways_on(shown, base) | _with_news(shown, base)


def _with_ways_on(shown: Screen, base: Revision) -> set[str]:
    """Return the slot of a last assistant turn: what can be done about its end depends
    on the run beside it, on the settings, and where it may go on on what is before."""
    if shown.last is None or shown.last.role != Turn.Role.ASSISTANT:
        return set()
    is_new = shown.run is not None or shown.going is not None
    is_new = is_new or bool(changed_keys(base.params, shown.head.params))
    return {shown.last.slot} if is_new else set()


def _with_news(shown: Screen, base: Revision) -> set[str]:
    """Return the slots of runs that began or ended since `base` was made."""
    runs = Run.objects.filter(conversation=shown.conversation).filter(
        Q(status__in=Run.LIVE) | Q(finished_at__gte=base.created_at)
    )
    slots = set(runs.values_list("slot", flat=True))
    return slots | ({shown.run.slot} if shown.run else set())


def _with_images(shown: Screen) -> set[str]:
    """Return the slots of turns with images: their price depends on the model."""
    pairs = zip(shown.made.slots, shown.made.summaries, strict=True)
    return {slot for slot, summary in pairs if summary.images}


# Parts: what stands around the script


def _parts(
    request: Request, shown: Screen, base: Revision | None, own: str, redraw: bool
) -> Mapping[str, SafeString]:
    found = {
        name.replace("_", "-"): html
        for name, html in parts.around(request, shown).items()
    }
    keys = _changed_keys(base, shown.head)
    if {"system", params.EXTRA_BODY} & keys or own == "system":
        found["system"] = parts.system(request, shown)
    else:
        found["problems-system"] = parts.problems(request, shown, "system")
    fields = _changed_fields(keys, own) | ({own} if redraw else set())
    for field in settings_panel.fields(shown):
        if field.name in fields:
            found[field.id] = parts.setting(request, shown, field)
        else:
            name = f"problems-{field.name}"
            found[name] = parts.problems(request, shown, field.name)
    found["settings-problems"] = parts.problems(request, shown, EVERYWHERE)
    return found


def _changed_keys(base: Revision | None, head: Revision) -> set[str]:
    return set(changed_keys(base.params if base else {}, head.params))


def _changed_fields(keys: set[str], own: str) -> set[str]:
    if "model" in keys:  # what the others offer depends on it
        return set(settings_panel.MAKERS)
    if params.EXTRA_BODY in keys:  # it may hold the model, and others say so
        return set(settings_panel.MAKERS) - ({own} & set(OWN_TEXT))
    fields = {name for name, form in SETTINGS.items() if keys & set(form.keys)}
    if keys - {key for form in SETTINGS.values() for key in form.keys} - {"system"}:
        fields.add("other")
    if "output_config" in keys:
        fields.add("other")
    if own in OWN_TEXT:
        fields.discard(own)
    return fields | {own, "endpoint"} - set(OWN_TEXT)
