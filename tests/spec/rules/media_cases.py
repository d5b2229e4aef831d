"""What breaks the rules of media.py, and the nearest body that does not."""

import base64

from tests.spec.bodies import (
    OLD_HAIKU,
    OPUS,
    TEXT,
    assistant,
    body,
    call,
    png,
    result,
    tool,
    upload,
    user,
)
from tests.spec.rules.case import Case

JPEG = {"type": "base64", "media_type": "image/jpeg", "data": png()["source"]["data"]}
PDF = base64.b64encode(b"%PDF-1.4 and no image").decode()


def answered(*content: dict) -> dict:
    return body(user("x"), assistant(call()), user(*content), tools=[tool()])


EXACT = {"transformations": {"oversized_image": "error"}}
CASES = [
    Case(
        "shape_of_message",
        body(user({"type": "image", "source": {"type": "ftp"}})),
        "messages.0.content.0.source.type",
        "messages.0.content.0.image.source: Input tag 'ftp' found using 'type' does not match any of the expected tags: 'base64', 'url', 'file'",
        body(user({"type": "image", "source": {"type": "file", "file_id": "f"}})),
    ),
    Case(
        "shape_of_message",
        body(
            user(
                {
                    "type": "image",
                    "source": {"type": "url", "url": "x", "media_type": "image/png"},
                }
            )
        ),
        "messages.0.content.0.source.media_type",
        "messages.0.content.0.image.source.url.media_type: Extra inputs are not permitted",
        body(user({"type": "image", "source": {"type": "url", "url": "x"}})),
    ),
    Case(
        "shape_of_message",
        body(user({"type": "image", "source": {"type": "url"}})),
        "messages.0.content.0.source.url",
        "messages.0.content.0.image.source.url.url: Field required",
        body(user({"type": "image", "source": {"type": "url", "url": "x"}})),
    ),
    Case(
        "media_type",
        body(user(png(media_type="image/bmp"))),
        "messages.0.content.0.source.media_type",
        "messages.0.content.0.image.source.base64.media_type: Input should be 'image/jpeg', 'image/png', 'image/gif' or 'image/webp'",
        body(user(png())),
    ),
    Case(
        "media_type_mismatch",
        body(user({"type": "image", "source": JPEG})),
        "messages.0.content.0.source.media_type",
        "messages.0.content.0.image.source.base64: The image was specified using the image/jpeg media type, but the image appears to be a image/png image",
        body(user(png())),
    ),
    Case(
        "media_type_mismatch",
        body(user({"type": "image", "source": {**JPEG, "data": PDF}})),
        "messages.0.content.0",
        "Could not process image",
        body(user(png())),
    ),
    Case(
        "image_bytes",
        body(user(TEXT, upload(bytes=12_058_221))),
        "messages.0.content.1",
        "messages.0.content.1.image: image exceeds 10 MB maximum: 12058221 bytes > 10485760 bytes",
        body(user(TEXT, upload(bytes=10_485_760))),
    ),
    Case(
        "image_side",
        body(user(png(8001, 5))),
        "messages.0.content.0",
        "messages.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
        body(user(png(8000, 5))),
    ),
    Case(
        "image_side",
        body(user(*[upload()] * 20, upload(2001))),
        "messages.0.content.20",
        "messages.0.content.20.image.source.base64.data: At least one of the image dimensions exceed max allowed size for many-image requests: 2000 pixels",
        body(user(*[upload()] * 19, upload(2001))),
    ),
    Case(
        "image_side",
        answered(result(content=[upload(5, 9000)])),
        "messages.2.content.0.content.0",
        "messages.2.content.0.content.0.image.source.base64.data: At least one of the image dimensions exceed max allowed size: 8000 pixels",
        answered(result(content=[upload(5, 5)])),
    ),
    Case(
        "too_many_images",
        body(user(*[upload()] * 101), model=OLD_HAIKU),
        "messages",
        "messages: too many images: 101 > 100 maximum",
        body(user(*[upload()] * 101), model=OPUS),
    ),
    Case(
        "image_would_shrink",
        body(user({**upload(1920, 1080), **EXACT}), model=OLD_HAIKU),
        "messages.0.content.0",
        'messages.0.content.0: image dimensions 1920x1080 exceed the maximum image size of a model named on this request and would be downsized to 1456x819; scale the image to at most 1456x819 or set the image\'s oversized_image setting to "downsize"',
        body(user({**upload(1456, 819), **EXACT}), model=OLD_HAIKU),
    ),
]
