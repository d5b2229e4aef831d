"""Rules about images: sources, formats, sizes, numbers."""

from collections.abc import Iterator
from typing import Any

from playground.spec import vision
from playground.spec.rules import keys
from playground.spec.rules.problem import Fix, Problem
from playground.spec.rules.rule import (
    Message,
    Request,
    as_dict,
    as_text,
    message_rule,
    rule,
)

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


@message_rule("SDK image_block_param; wording assumed", "2026-11")
def source_shape(message: Message) -> Iterator[Problem]:
    for path, source in _sources(message):
        kind = as_text(source.get("type"))
        if kind == REFERENCE:
            continue
        said = f"{path}.image.source"
        if kind not in keys.IMAGE_SOURCES:
            tags = "'base64', 'file', 'url'"
            text = f"messages.N.{said}: Input tag '{kind}' found using 'type' does not "
            text += f"match any of the expected tags: {tags}"
            words = "An image comes as base64, by URL or as an uploaded file."
            yield Problem(f"{path}.source", "error", text, words, (_DELETE,))
            continue
        required, optional = keys.IMAGE_SOURCES[kind]
        for key in sorted(required - source.keys()):
            text = f"messages.N.{said}.{kind}.{key}: Field required"
            words = f"A {kind} source needs {key}."
            yield Problem(f"{path}.source.{key}", "error", text, words, (_DELETE,))
        for key in sorted(source.keys() - required - optional):
            text = f"messages.N.{said}.{kind}.{key}: Extra inputs are not permitted"
            words = f"A {kind} source has no {key}."
            fix = Fix("remove_param", f"Remove {key}")
            yield Problem(f"{path}.source.{key}", "error", text, words, (fix,))


@message_rule("error reports Nov 2024 to Aug 2026", "2026-08")
def media_type(message: Message) -> Iterator[Problem]:
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
    for n, each in enumerate(request.summaries):
        for image in each.images:
            if image.bytes > MAX_BYTES:
                path = f"messages.{n}.{image.path}"
                text = (
                    f"{path}.image: image exceeds 10 MB maximum: {image.bytes} bytes "
                )
                text += f"> {MAX_BYTES} bytes"
                words = "An image may have 10 MB as base64, about 7.5 MB as a file."
                yield Problem(path, "error", text, words, (_DELETE,))


def _too_large(path: str, limit: int, kind: str, words: str) -> Problem:
    text = f"{path}.image.source.base64.data: At least one of the image dimensions "
    text += f"exceed max allowed size{kind}: {limit} pixels"
    smaller = {"max_side": limit}
    fix = Fix("set_max_side", f"Scale it to {limit} pixels", smaller)
    return Problem(path, "error", text, words, (fix, _DELETE))


@rule("error reports Aug 2025 to Sep 2026; vision page", "2026-09")
def image_side(request: Request) -> Iterator[Problem]:
    images = [
        (f"messages.{n}.{image.path}", max(image.width, image.height))
        for n, each in enumerate(request.summaries)
        for image in each.images
    ]
    for path, side in images:
        if side > MAX_SIDE:
            words = f"A side of {side:,} pixels is too long; 8,000 is the most."
            yield _too_large(path, MAX_SIDE, "", words)
        elif side > MAX_SIDE_OF_MANY and len(images) > MANY:
            words = "With more than 20 images in the whole conversation none may be "
            words += f"longer than 2,000 pixels; this one has {side:,}."
            yield _too_large(path, MAX_SIDE_OF_MANY, " for many-image requests", words)


@rule("vision page, Aug 2026; wording assumed", "2026-08")
def too_many_images(request: Request) -> Iterator[Problem]:
    count = sum(len(each.images) for each in request.summaries)
    limit, name = request.model.max_images, request.model.name
    if count > limit:
        text = f"messages: too many images: {count} > {limit} maximum"
        words = f"{name} takes {limit} images in a request, not {count}."
        yield request.refuse("max_images", "messages", text, words)
