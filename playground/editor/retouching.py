"""Changes to one image of a turn or of the composer. Each makes another image."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conversations import editing, images, kept, pictures
from conversations.blocks import is_image, is_media, is_result
from conversations.editing import SlotGone
from conversations.models import Image, Revision, Turn
from conversations.models.image import is_reference, referred

from . import places, text
from .changes import Change, number_of, rewritten
from .forms import TypedText
from .places import Elsewhere, Place
from .writing import as_blocks

TURNS = {"left": 3, "right": 1, "over": 2}
IN_A_TURN = {
    "earlier": "Moved an image of turn {} up",
    "later": "Moved an image of turn {} down",
    "remove": "Took an image out of turn {}",
    "label": "Labelled an image of turn {}",
    "into": "Moved an image into a tool result of turn {}",
    "out": "Moved an image out of a tool result of turn {}",
}
DONE = {
    "crop": "Cropped an image of turn {}",
    "redact": "Redacted an image of turn {}",
    **dict.fromkeys(TURNS, "Turned an image of turn {}"),
}
MOVED = "This image was changed meanwhile. Nothing was done."
LABEL_LENGTH = 1000


class ToolForm(forms.Form):
    """What to do with an image; a rectangle in pixels of the master where it needs
    one."""

    action = forms.ChoiceField(choices=[(name, name) for name in (*DONE, *IN_A_TURN)])
    x = forms.IntegerField(required=False, min_value=0)
    y = forms.IntegerField(required=False, min_value=0)
    width = forms.IntegerField(required=False, min_value=1)
    height = forms.IntegerField(required=False, min_value=1)
    label = TypedText(required=False)
    image = forms.IntegerField(required=False)

    def clean(self) -> None:
        data = self.cleaned_data
        if data.get("action") not in ("crop", "redact"):
            return
        names = ("x", "y", "width", "height")
        if any(data.get(name) is None for name in names):
            raise ValidationError("Say which rectangle: x, y, width and height.")

    @property
    def box(self) -> pictures.Box:
        x, y = self.cleaned_data["x"], self.cleaned_data["y"]
        return x, y, x + self.cleaned_data["width"], y + self.cleaned_data["height"]

    def sentence(self) -> str:
        """Why it cannot be done, in one line."""
        told = [
            str(each) if name in ("__all__", "action") else f"{name}: {each}"
            for name, found in self.errors.items()
            for each in found
        ]
        return " ".join(told)


def retouched(image: Image, user: Any, form: ToolForm) -> Image:
    """Return the image that the tool makes of this one, owned by the user.

    Blocks while the worker draws. Raises pictures.Refused.
    """
    action, data = form.cleaned_data["action"], _read(image)
    if action == "crop":
        made = pictures.crop(data, form.box, upright=kept.of(image))
    elif action == "redact":
        made = pictures.redact(data, [form.box])
    else:
        made = pictures.rotate(data, TURNS[action])
    return images.store(made, image.original_name, user)


def _read(image: Image) -> bytes:
    try:
        return images.read(image)
    except FileNotFoundError as error:
        sentence = "The file of this image is lost; attach it again."
        raise pictures.Refused("damaged", sentence) from error


def change(
    made_on: Revision, slot: str, place: Place, form: ToolForm, user: Any
) -> Change:
    """Return the change of the image at that place of a turn.

    Raises SlotGone, Elsewhere and pictures.Refused.
    """
    number, turn = _turn(made_on, slot)
    blocks = as_blocks(turn.blocks)
    block = places.at(blocks, place)
    action = form.cleaned_data["action"]
    seen = form.cleaned_data["image"]
    if seen is not None and seen != image_id(block):
        raise Elsewhere
    if action in DONE:
        image = Image.objects.filter(pk=image_id(block) or 0).first()
        if image is None:
            raise Elsewhere
        # A `max_side` stays: what asked for it asks it of the new image too.
        source = {**block["source"], "image": retouched(image, user, form).pk}
        made = places.replaced(blocks, place, {**block, "source": source})
    else:
        made = _arranged(blocks, place, action, form.cleaned_data["label"])
    draft = editing.edited(turn, made)
    summary = (DONE | IN_A_TURN)[action].format(number)
    return rewritten(slot, draft, turn, summary)


def addition(made_on: Revision, slot: str, added: Sequence[Any]) -> Change:
    """Return the change that puts blocks into a turn: behind its images and tool
    results, before its words. Raises SlotGone.
    """
    number, turn = _turn(made_on, slot)
    blocks = as_blocks(turn.blocks)
    before = [at for at, each in enumerate(blocks) if is_media(each) or is_result(each)]
    at = before[-1] + 1 if before else 0
    draft = editing.edited(turn, [*blocks[:at], *added, *blocks[at:]])
    return rewritten(slot, draft, turn, f"Added to turn {number}")


def _turn(made_on: Revision, slot: str) -> tuple[int, Turn]:
    number = number_of(made_on, slot)
    if number is None:
        raise SlotGone(slot)
    return number, Turn.objects.get(pk=made_on.entries[number - 1].turn)


def image_id(block: dict[str, Any]) -> int | None:
    """Return the id of the image that the block shows, None for one elsewhere."""
    source = block.get("source")
    pk = referred(source) if is_reference(source) else None
    return pk if isinstance(pk, int) else None


def _arranged(
    blocks: Sequence[Any], place: Place, action: str, label: str
) -> list[Any]:
    if action == "remove":
        return places.replaced(blocks, place) or [{"type": "text", "text": ""}]
    if action == "label":
        before = [{"type": "text", "text": label}] if label else []
        return places.replaced(blocks, place, *before, places.at(blocks, place))
    if action == "into":
        return places.moved_in(blocks, place)
    if action == "out":
        return places.moved_out(blocks, place)
    return places.moved(blocks, place, -1 if action == "earlier" else 1)


def dialog(
    image: Image, blocks: Sequence[Any] = (), place: Place = (0,)
) -> dict[str, Any]:
    """Return what the dialog shows of an image, in a turn with these blocks."""
    before = sum(map(is_image, places.beside(blocks, place)[: place[-1]]))
    return {
        "image": image,
        "name": text.shown(image.original_name),
        "is_sharp": kept.of(image) is not None,
        "label": f"Image {before + 1}:",
    }
