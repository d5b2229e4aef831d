"""An upload as it is sent, addressed by the hash of its bytes, and who uses it."""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, TypeGuard

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils import timezone

from .conversation import Turn
from .json import Exact, JSONText

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager

# Sources of blocks that stand for an upload until the payload is built, and the key
# that holds its id.
REFERENCES = {"image_ref": "image", "file_ref": "file"}


def is_reference(source: Any) -> TypeGuard[dict[str, Any]]:
    """Whether the JSON value is the source of an uploaded image or document."""
    if not isinstance(source, dict):
        return False
    kind = source.get("type")
    return isinstance(kind, str) and kind in REFERENCES


def references(value: Any) -> Iterator[dict[str, Any]]:
    """Yield the references in content blocks, nested ones too."""
    waiting = [value]
    while waiting:
        value = waiting.pop()
        if isinstance(value, list | tuple):
            waiting.extend(value)
        elif isinstance(value, dict) and not isinstance(value, Exact):
            if is_reference(value):
                yield value
            else:
                waiting.extend(value.values())


def substituted(value: Any, by: Callable[[dict[str, Any]], Any]) -> Any:
    """Return content blocks with what `by` makes of each reference, nested ones too."""
    if isinstance(value, list):
        return [substituted(item, by) for item in value]
    if not isinstance(value, dict) or isinstance(value, Exact):
        return value
    if is_reference(value):
        return by(value)
    return {key: substituted(item, by) for key, item in value.items()}


def referred(source: Mapping[str, Any]) -> Any:
    """Return what a reference holds as id: whatever a person typed there as JSON."""
    return source.get(REFERENCES[source["type"]])


class Image(models.Model):
    """A master: upright, stripped, scaled. The file lies under its hash.

    A PDF is one too: everything but its pages is the same for it.
    """

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="images"
    )
    hash = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="bytes of the master")
    # Of a PDF, which is kept and sent as it came; a picture has none.
    pages = models.PositiveIntegerField(null=True)
    original_name = models.CharField(max_length=255)
    original_media_type = models.CharField(max_length=40)
    original_width = models.PositiveIntegerField()
    original_height = models.PositiveIntegerField()
    original_size = models.PositiveBigIntegerField(help_text="bytes of the upload")
    # What was done to it, in sentences for the card.
    done = JSONText(default=list)
    created_at = models.DateTimeField(auto_now_add=True)
    # Renewed when the same picture is attached again, so that a clean-up which is
    # about to remove an unused image leaves it to the new form that shows it.
    attached_at = models.DateTimeField(default=timezone.now)

    if TYPE_CHECKING:
        owner_id: int
        uses: RelatedManager["ImageUse"]
        renditions: RelatedManager["Rendition"]

    class Meta:
        constraints = [
            # The same picture attached twice is one image of that person.
            models.UniqueConstraint(fields=["owner", "hash"], name="image_hash")
        ]

    def __str__(self) -> str:
        return self.original_name

    def get_absolute_url(self) -> str:
        return reverse("conversations:image", args=[self.pk])

    @property
    def thumbnail_url(self) -> str:
        return reverse("conversations:thumbnail", args=[self.pk])

    @property
    def base64_size(self) -> int:
        """Length of the bytes once encoded for the request, padding included."""
        return (self.size + 2) // 3 * 4


class Rendition(models.Model):
    """A smaller version of an image, made once for blocks with this `max_side`.

    Never remade: other bytes would break prompt caches and bound thinking.
    """

    image = models.ForeignKey(Image, models.CASCADE, related_name="renditions")
    max_side = models.PositiveIntegerField(help_text="pixels")
    hash = models.CharField(max_length=64)
    media_type = models.CharField(max_length=20)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    size = models.PositiveIntegerField(help_text="bytes")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["image", "max_side"], name="image_rendition"
            )
        ]

    def __str__(self) -> str:
        return f"{self.image} at most {self.max_side} px"


class ImageUse(models.Model):
    """Ties an image to a turn that shows it, for access and clean-up."""

    turn = models.ForeignKey(Turn, models.CASCADE, related_name="image_uses")
    image = models.ForeignKey(Image, models.PROTECT, related_name="uses")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["turn", "image"], name="image_use")
        ]

    def __str__(self) -> str:
        return f"image use {self.pk}"
