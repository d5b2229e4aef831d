"""Turns a turn into what a page shows: stretches of text, images, other blocks.

Read-only. Knows neither request nor person; who may see it is decided before.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django import template
from django.urls import reverse

from conversations import figures, reading, renditions, segments
from conversations.blocks import Part, is_media, media_within, part
from conversations.images import of_source
from conversations.models import Image, Share, Turn
from conversations.models.image import is_reference
from conversations.readable import pretty, shown
from conversations.reading import Text

register = template.Library()
for figure in (figures.cost, figures.size, figures.tokens_in, figures.tokens_out):
    register.filter(figure)
for sign in (shown, pretty):
    register.filter(sign)


@dataclass(frozen=True, slots=True)
class Picture:
    """An image or a document: what is `sent` of it, its `address`, and that of its
    `thumbnail`; `json` is what its block says beside it."""

    kind: str
    image: Image
    sent: renditions.Sent | None = None
    address: str = ""
    thumbnail: str = ""
    json: str = ""


Shown = Text | Part | Picture


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
    # A page without a share gives the empty string of a name that is not there.
    return {"parts": parts(turn, images, share=share or None, prefill=prefill)}


def parts(
    turn: Turn,
    images: Mapping[int, Image],
    *,
    share: Share | None = None,
    prefill: bool = False,
) -> list[Shown]:
    """Return the turn's blocks in order, whatever a person typed as JSON."""
    content = reading.as_blocks(turn.blocks)
    open_end = prefill and not segments.ends_in_reply(turn.segments)
    texts = reading.texts(content, turn.segments, key=turn.slot, open_end=open_end)
    found: list[Shown] = []
    for index, block in enumerate(content):
        if index not in texts:
            found.append(_other(block, images, share))
            for _, each in media_within(block):
                found.append(_other(each, images, share))
        elif (text := texts[index]) is not None:
            found.append(text)
    return found


def _other(
    block: Any, images: Mapping[int, Image], share: Share | None
) -> Part | Picture:
    image = _image(block, images) if is_media(block) else None
    if image is None:
        return part(block)
    rest = {key: block[key] for key in block if key not in ("type", "source")}
    beside = pretty(rest) if rest else ""
    if image.pages is not None:
        return Picture("document", image, address=address(image, share), json=beside)
    return Picture(
        "image",
        image,
        renditions.of_source(image, block["source"]),
        address(image, share),
        thumbnail(image, share),
        beside,
    )


def _image(block: dict[str, Any], images: Mapping[int, Image]) -> Image | None:
    source = block.get("source")
    return of_source(source, images) if is_reference(source) else None


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
