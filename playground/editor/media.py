"""Cards of what stands in a turn beside text: images, images elsewhere, and PDFs.

Values for templates; nothing here asks the database.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from conversations import editing, renditions
from conversations.blocks import is_media
from conversations.images import of_source
from conversations.models import Image
from conversations.models.image import is_reference
from playground.spec import catalog, pricing, tokens, vision

from . import figures, text

UNKNOWN_SIZE = "unknown: only the API fetches it"


@dataclass(frozen=True, slots=True)
class Picture:
    """An image with what was done to it and what it costs on the chosen model.

    `value` is what the composer's field says of it, `label` the text before it.
    Without `id` it is elsewhere and its size is unknown.
    """

    id: int | None
    url: str
    name: str
    before: str
    after: str
    costs: str
    done: str
    value: str = ""
    thumbnail: str = ""
    label: str = ""
    error: str = ""

    @property
    def can_be_changed(self) -> bool:
        return self.thumbnail != ""


def refused(name: str, error: str) -> Picture:
    """Return the card of a file that became no image: its name and why."""
    return Picture(None, "", text.shown(name), "", "", "", "", error=error)


def of_block(
    block: Any, images: Mapping[int, Image], model: catalog.Model
) -> Picture | None:
    """Return the card of a content block; None when it is no image to show."""
    if not is_media(block):
        return None
    source = block.get("source")
    if is_reference(source):
        image = of_source(source, images)
        if image is None:
            return None
        return of(image, model, renditions.of_source(image, source))
    if block["type"] == "document" or not isinstance(source, dict):
        return None
    if source.get("type") == "url":
        return by_url(source.get("url"))
    return None


def by_url(url: Any) -> Picture | None:
    """Return the card of an image elsewhere: neither we nor the browser fetch it."""
    if not isinstance(url, str):
        return None
    shown = text.shown(url)
    value = f"{editing.BY_URL}{url}"
    return Picture(None, "", shown, "", UNKNOWN_SIZE, "unknown", "", value)


def of(
    image: Image, model: catalog.Model, sent: renditions.Sent | None = None
) -> Picture:
    """Return the card of an image, with tokens and price on that model.

    `sent` is what goes into the request if that is not the master.
    """
    if image.pages is not None:
        return _document(image, image.pages, model)
    sent = sent or renditions.sent(image)
    count = vision.tokens(sent.width, sent.height, model.image_tier)
    return Picture(
        id=image.pk,
        url=image.get_absolute_url(),
        name=text.shown(image.original_name),
        before=f"{image.original_width} × {image.original_height}, "
        f"{figures.size(image.original_size)}",
        after=f"{sent.width} × {sent.height}, {figures.size(sent.size)}",
        costs=_costs(count, model),
        done=", ".join([*map(str, image.done), *_scaled(image, sent)]),
        value=value_of(image),
        thumbnail=image.thumbnail_url,
    )


def _document(image: Image, pages: int, model: catalog.Model) -> Picture:
    counted = "1 page" if pages == 1 else f"{pages:,} pages"
    return Picture(
        id=image.pk,
        url=image.get_absolute_url(),
        name=text.shown(image.original_name),
        before="",
        after=f"PDF, {counted}, {figures.size(image.size)}",
        costs=f"about {_costs(tokens.pdf_tokens(pages), model)}",
        done="",
        value=value_of(image),
    )


def value_of(image: Image) -> str:
    """Return what the composer's field says of it."""
    before = editing.DOCUMENT if image.pages is not None else ""
    return f"{before}{image.pk}"


def labelled(picture: Picture, label: str) -> Picture:
    return replace(picture, label=label)


def _costs(count: int, model: catalog.Model) -> str:
    price = pricing.price_for(model, count)
    costs = figures.counted(count, "token")
    if price is not None:
        costs += f" · {figures.dollars(count * price.input / Decimal(1_000_000))}"
    return f"{costs} on {model.name}"


def _scaled(image: Image, sent: renditions.Sent) -> list[str]:
    if not sent.scaled:
        return []
    return [f"scaled from {image.width} × {image.height} for this turn"]
