"""Rules about images: sources, formats, sizes, numbers."""

from collections.abc import Iterator
from typing import Any

from playground.spec import vision
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import (
    Message,
    Request,
    as_dict,
    as_text,
    message_rule,
    rule,
)
from playground.spec.rules.summary import Image

MEDIA_TYPES = ("image/jpeg", "image/png", "image/gif", "image/webp")
MAX_SIDE = 8000
MAX_SIDE_OF_MANY = 2000
MANY = 20
MAX_BYTES = 10 * 1024 * 1024
REFERENCE = "image_ref"
"""A source that stands for an upload until the request is built."""

_DELETE = Fix("delete_block", "Delete this image")


def _sources(message: Message) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, block in message.nested:
        if block.get("type") == "image" and "source" in block:
            yield path, as_dict(block["source"])


@message_rule("error reports Nov 2024 to Aug 2026", "2026-08")
def media_type(message: Message) -> Iterator[Problem]:
    """Images are JPEG, PNG, GIF or WebP."""
    for path, source in _sources(message):
        kind = source.get("media_type", MEDIA_TYPES[0])
        if source.get("type") in ("base64", REFERENCE) and kind not in MEDIA_TYPES:
            text = f"messages.N.{path}.image.source.base64.media_type: Input should be "
            text += "'image/jpeg', 'image/png', 'image/gif' or 'image/webp'"
            words = "Images are JPEG, PNG, GIF or WebP."
            where = f"{path}.source.media_type"
            yield Problem(where, "error", text, words, (_DELETE,))


@message_rule("error reports Apr to Sep 2026", "2026-09")
def media_type_mismatch(message: Message) -> Iterator[Problem]:
    """The bytes of an image are what its media_type says."""
    for path, source in _sources(message):
        said = source.get("media_type")
        if source.get("type") != "base64" or said not in MEDIA_TYPES:
            continue
        found = vision.header(vision.first_bytes(as_text(source.get("data"))))
        if found is None:
            text, words = (
                "Could not process image",
                "This cannot be read as an image.",
            )
            yield Problem(path, "error", text, words, (_DELETE,))
        elif found.media_type != said:
            text = f"messages.N.{path}.image.source.base64: The image was specified "
            text += f"using the {said} media type, but the image appears to be a "
            text += f"{found.media_type} image"
            words = f"This is {found.media_type}, not {said}."
            right = {"value": found.media_type}
            fix = Fix("set_param", f"Set it to {found.media_type}", right)
            where = f"{path}.source.media_type"
            yield Problem(where, "error", text, words, (fix, _DELETE))


@rule("measured on Sonnet 5.5, 29 Sep 2026; vision page", "2026-09")
def image_bytes(request: Request) -> Iterator[Problem]:
    """An image has at most 10 MB as base64."""
    for n, each in request.notable:
        for image in each.images:
            if image.bytes > MAX_BYTES:
                path = f"messages.{n}.{image.path}"
                text = (
                    f"{path}.image: image exceeds 10 MB maximum: {image.bytes} bytes "
                )
                text += f"> {MAX_BYTES} bytes"
                words = "An image may have 10 MB as base64, about 7.5 MB as a file."
                yield Problem(path, "error", text, words, (_DELETE,))


def _too_large(path: str, image: Image, limit: int, kind: str, words: str) -> Problem:
    text = f"{path}.image.source.base64.data: At least one of the image dimensions "
    text += f"exceed max allowed size{kind}: {limit} pixels"
    every = f"Scale all images to {limit} pixels"
    fixes = _smaller(image, limit, every if kind else "")
    return Problem(path, "error", text, words, (*fixes, _DELETE))


def _smaller(image: Image, limit: int, every: str = "") -> tuple[Fix, ...]:
    """Fixes that scale an upload, or all of them; other images are as they are."""
    if not image.upload:
        return ()
    one = Fix("set_max_side", f"Scale it to {limit} pixels", {"max_side": limit})
    if not every:
        return (one,)
    return (Fix("set_max_side_of_all", every, {"max_side": limit}), one)


@rule("error reports Aug 2025 to Sep 2026; vision page", "2026-09")
def image_side(request: Request) -> Iterator[Problem]:
    """No side is over 8,000 pixels, nor over 2,000 beside 20 others."""
    images = [
        (f"messages.{n}.{image.path}", image)
        for n, each in request.notable
        for image in each.images
    ]
    for path, image in images:
        side = max(image.width, image.height)
        if side > MAX_SIDE:
            words = f"A side of {side:,} pixels is too long; 8,000 is the most."
            yield _too_large(path, image, MAX_SIDE, "", words)
        elif side > MAX_SIDE_OF_MANY and len(images) > MANY:
            words = "With more than 20 images in the whole conversation none may be "
            words += f"longer than 2,000 pixels; this one has {side:,}."
            yield _too_large(
                path, image, MAX_SIDE_OF_MANY, " for many-image requests", words
            )


@rule("Models API: capabilities.image_input and pdf_input; wording assumed", "2026-11")
def media_not_read(request: Request) -> Iterator[Problem]:
    """Images and PDFs need a model that reads them, as the endpoint tells."""
    name = request.model.name
    for kind, what in (("image_input", "images"), ("pdf_input", "PDFs")):
        if kind not in request.model.lacks:
            continue
        for n, each in request.notable:
            for media in each.images if what == "images" else each.documents:
                path = f"messages.{n}.{media.path}"
                text = f"{path}: {what} are not supported for this model"
                words = f"The endpoint says that {name} reads no {what}."
                fix = Fix("delete_block", "Delete this block")
                yield Problem(path, "error", text, words, (fix,))


@rule("vision page, Aug 2026; wording assumed", "2026-08")
def too_many_images(request: Request) -> Iterator[Problem]:
    """A request has at most 600 images, 100 on small models."""
    count = sum(len(each.images) for _, each in request.notable)
    limit, name = request.model.max_images, request.model.name
    if count > limit:
        text = f"messages: too many images: {count} > {limit} maximum"
        words = f"{name} takes {limit} images in a request, not {count}."
        drop = {"keep": limit}
        fix = Fix("delete_oldest_images", f"Keep the newest {limit}", drop)
        yield request.refuse("max_images", "messages", text, words, fix)


@rule("vision page, Aug 2026; screenshots: same page, wording assumed", "2026-08")
def image_would_shrink(request: Request) -> Iterator[Problem]:
    """An image that may not be scaled down fits the model as it is."""
    tier = request.model.image_tier
    for n, each in request.notable:
        for image in each.images:
            size = image.width, image.height
            if not (image.exact or image.screenshot) or not min(size) > 0:
                continue
            fit = vision.scaled(*size, tier)
            if fit == size:
                continue
            path = f"messages.{n}.{image.path}"
            text = f"{path}: image dimensions {size[0]}x{size[1]} exceed the maximum "
            text += "image size of a model named on this request and would be "
            text += f"downsized to {fit[0]}x{fit[1]}; scale the image to at most "
            text += f"{fit[0]}x{fit[1]} or set the image's oversized_image setting to "
            text += '"downsize"'
            words = f"{request.model.name} sees at most {fit[0]} by {fit[1]} pixels of "
            words += "this image, which asks not to be scaled down."
            fixes = list(_smaller(image, max(fit)))
            if image.exact and not image.screenshot:
                where = {"param": f"{path}.transformations"}
                fixes.insert(0, Fix("remove_param", "Let it be scaled down", where))
            fixes.append(_DELETE)
            yield Problem(path, "error", text, words, tuple(fixes))
