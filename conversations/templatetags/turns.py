"""Turns a turn into what a page shows: stretches of text, images, other blocks.

Read-only. Knows neither request nor person; who may see it is decided before.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from conversations import figures, renditions, segments
from conversations.models import Image, Share, Turn
from conversations.models.image import is_reference, referred
from conversations.readable import pretty, shown

register = template.Library()
for figure in (figures.dollars, figures.size, figures.tokens_in, figures.tokens_out):
    register.filter(figure)
for sign in (shown, pretty):
    register.filter(sign)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Text of one origin. `seam` is true where it follows one of another origin."""

    text: str
    typed: bool
    seam: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One block for the page: `kind` says which of the other fields are filled.

    text: `stretches`, and `json` for what stands beside the text in its block;
    image: `image`, what is `sent` of it, `address` and that of its `thumbnail`;
    block: `label` (the block's type) and `json`.
    """

    kind: str
    stretches: Sequence[Stretch] = ()
    image: Image | None = None
    sent: renditions.Sent | None = None
    address: str = ""
    thumbnail: str = ""
    label: str = ""
    json: str = ""


@register.filter
def short_model(model: object) -> str:
    """Return a model's id without the word that all of them begin with."""
    return model.removeprefix("claude-") if isinstance(model, str) else ""


@register.inclusion_tag("conversations/_blocks.html")
def blocks(
    turn: Turn,
    images: Mapping[int, Image],
    *,
    share: Share | None = None,
    prefill: bool = False,
) -> dict[str, Any]:
    """Show the turn's content. `images` are those of `images.used_by`.

    With `share`, images are addressed under its token. `prefill` marks a typed turn
    that the reply will continue, with the seam at its end.
    """
    return {
        # A page without a share gives the empty string of a name that is not there.
        "parts": parts(turn, images, share=share or None),
        "has_seam": bool(segments.runs_in(turn.segments)) or prefill,
        "open_end": prefill and not segments.ends_in_reply(turn.segments),
    }


def parts(
    turn: Turn, images: Mapping[int, Image], *, share: Share | None = None
) -> list[Part]:
    """Return the turn's blocks in order, whatever a person typed as JSON."""
    found: list[Part] = []
    before: int | None = None
    begun = False
    for index, block in enumerate(_as_blocks(turn.blocks)):
        if _is_text(block):
            pieces = segments.stretches(index, block["text"], turn.segments)
            stretches = []
            for text, run in pieces:
                stretches.append(Stretch(text, run is None, begun and run != before))
                before, begun = run, True
            found.append(Part("text", stretches, json=_beside_text(block)))
        else:
            found.append(_other(block, images, share))
    return found


def _as_blocks(content: Any) -> list[Any]:
    """The API takes a plain string for a single text block."""
    if isinstance(content, str):
        return [{"type": "text", "text": content}]
    return content if isinstance(content, list) else [content]


def _is_text(block: Any) -> bool:
    return (
        isinstance(block, dict)
        and block.get("type") == "text"
        and isinstance(block.get("text"), str)
    )


def _beside_text(block: dict[str, Any]) -> str:
    rest = {key: block[key] for key in block if key not in ("type", "text")}
    return pretty(rest) if rest else ""


def _other(block: Any, images: Mapping[int, Image], share: Share | None) -> Part:
    kind = block.get("type") if isinstance(block, dict) else None
    label = shown(kind) if isinstance(kind, str) else "block"
    image = _image(block, images) if kind in ("image", "document") else None
    if image is None:
        return Part("block", label=label, json=pretty(block))
    rest = {key: block[key] for key in block if key not in ("type", "source")}
    beside = pretty(rest) if rest else ""
    if image.pages is not None:
        return Part("document", image=image, address=address(image, share), json=beside)
    sent = renditions.of_source(image, block["source"])
    return Part(
        "image",
        image=image,
        sent=sent,
        address=address(image, share),
        thumbnail=thumbnail(image, share),
        json=beside,
    )


def _image(block: dict[str, Any], images: Mapping[int, Image]) -> Image | None:
    source = block.get("source")
    if not is_reference(source):
        return None
    pk = referred(source)
    return images.get(pk) if isinstance(pk, int) else None


def address(image: Image, share: Share | None = None) -> str:
    """Where the image is served: to members, or to whoever has the share's link."""
    if share is None:
        return image.get_absolute_url()
    return reverse("conversations:share-image", args=[share.token, image.pk])


def thumbnail(image: Image, share: Share | None = None) -> str:
    """Where its small version is served, to the same people."""
    if share is None:
        return image.thumbnail_url
    return reverse("conversations:share-thumbnail", args=[share.token, image.pk])
