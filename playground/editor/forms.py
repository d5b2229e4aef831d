"""What a person typed, as typed values: the composer, a turn, the system prompt.

Text stays exactly as typed but for its line breaks (see `text`). Settings have forms
of their own in `parameters`.
"""

import uuid
from collections.abc import Mapping, Sequence
from itertools import zip_longest
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from conversations import editing
from conversations.editing import Draft
from conversations.models import Turn
from conversations.numbers import is_number
from playground.runs.groups import FEWEST, MOST

from . import json_input, text, writing

ROLES = [(Turn.Role.USER, "User"), (Turn.Role.ASSISTANT, "Assistant")]
ALL_ROLES = [*ROLES, (Turn.Role.SYSTEM, "System")]
MODES = [("text", "text"), ("json", "JSON")]
KEY_LENGTH = 64
MOST_IMAGES = 600  # what the API takes in one request, at the most


class TypedText(forms.Field):
    """Text as it was typed. Unlike a CharField it keeps spaces and NUL."""

    widget = forms.Textarea

    def to_python(self, value: Any) -> str:
        return "" if value is None else text.typed(str(value))


class TypedTexts(forms.Field):
    """Several boxes of one name, in order."""

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[str]:
        return [text.typed(str(each)) for each in value or []]


class Attached(forms.Field):
    """What is attached, in order: ids of images, those of documents after `file:`,
    and addresses after `url:`.

    Who may use an image is asked on commit.
    """

    widget = forms.MultipleHiddenInput

    def to_python(self, value: Any) -> list[int | str]:
        given = [str(each) for each in value or []]
        if len(given) > MOST_IMAGES:
            raise ValidationError(f"A turn takes at most {MOST_IMAGES} images.")
        return [_attached(each) for each in given]


def _attached(given: str) -> int | str:
    if is_number(given, digits=18):
        return int(given)
    number = given.removeprefix(editing.DOCUMENT)
    if number != given and is_number(number, digits=18):
        return given
    address = given.removeprefix(editing.BY_URL)
    if address == given:
        raise ValidationError("An attached image has no valid id.")
    if not address.startswith(("https://", "http://")) or not address.isprintable():
        raise ValidationError("The address of an image begins with https://.")
    return given


def sentences(form: forms.Form) -> list[str]:
    """Return the sentences about what was typed, in the order of the fields."""
    return [str(each) for told in form.errors.values() for each in told]


class SendKey(forms.CharField):
    """What makes sending the same form twice one send; made here if there is none."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=KEY_LENGTH)

    def clean(self, value: Any) -> str:
        return super().clean(value) or uuid.uuid4().hex


class ComposerForm(forms.Form):
    """The next turn, and perhaps a prefill after it.

    `prefill_off` is the sentence that says why there can be no prefill now, `refused`
    are those about files that came with the form and are no images.
    """

    role = forms.ChoiceField(choices=ROLES, required=False)
    text = TypedText(required=False)
    image = Attached(required=False)
    label = TypedTexts(required=False)
    prefill = TypedText(required=False)
    send_key = SendKey()

    def __init__(
        self, data: Any = None, *, prefill_off: str = "", refused: Sequence[str] = ()
    ) -> None:
        super().__init__(data)
        self.prefill_off = prefill_off
        self.refused = refused

    def clean(self) -> None:
        for sentence in self.refused:
            self.add_error("image", sentence)

    def clean_prefill(self) -> str:
        prefill: str = self.cleaned_data["prefill"]
        follows = self.cleaned_data.get("text") or self.cleaned_data.get("image")
        if prefill and self.prefill_off and not follows:
            raise ValidationError(f"The prefill is {self.prefill_off}.")
        return prefill

    def drafts(self) -> list[Draft]:
        """Return the turns to append: none, the typed one, the prefill, or both."""
        found = []
        data = self.cleaned_data
        if data["text"] or data["image"]:
            role = data.get("role") or Turn.Role.USER
            found.append(editing.typed(role, data["text"], self.attached_blocks()))
        if data["prefill"]:
            found.append(editing.typed(Turn.Role.ASSISTANT, data["prefill"]))
        return found

    def attached(self) -> list[tuple[int | str, str]]:
        """Return what is attached, each with the label before it, in order."""
        attached = self.cleaned_data.get("image", [])
        labels = self.cleaned_data.get("label", [])[: len(attached)]
        return list(zip_longest(attached, labels, fillvalue=""))

    def attached_blocks(self) -> list[dict[str, Any]]:
        """Return what is attached as blocks, each behind its label."""
        found: list[dict[str, Any]] = []
        for each, label in self.attached():
            if label:
                found.append({"type": "text", "text": label})
            if isinstance(each, str) and each.startswith(editing.DOCUMENT):
                number = int(each.removeprefix(editing.DOCUMENT))
                found.append(editing.document_block(number))
            elif isinstance(each, str):
                found.append(editing.url_block(each.removeprefix(editing.BY_URL)))
            else:
                found.append(editing.image_block(each))
        return found


BETWEEN = f"Run ×N takes a number between {FEWEST} and {MOST}."


class TimesForm(ComposerForm):
    """The composer, to be sent `count` times."""

    count = forms.IntegerField(
        min_value=FEWEST,
        max_value=MOST,
        error_messages=dict.fromkeys(
            ("required", "invalid", "min_value", "max_value"), BETWEEN
        ),
    )


class TurnForm(forms.Form):
    """A turn's content: as text boxes or as JSON, and the role of a new one."""

    role = forms.ChoiceField(choices=ALL_ROLES, required=False)
    text = TypedTexts(required=False)
    json = TypedText(required=False)
    send_key = SendKey()

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["as"] = forms.ChoiceField(choices=MODES, required=False)
        self.content: list[dict[str, Any]] | None = None

    @property
    def mode(self) -> str:
        return "json" if self.data.get("as") == "json" else "text"

    def clean_json(self) -> str:
        typed: str = self.cleaned_data["json"]
        if self.mode == "json":
            try:
                self.content = json_input.content(typed)
            except json_input.BadJSON as error:
                raise ValidationError(str(error)) from None
        return typed

    def blocks(self, written: Sequence[dict[str, Any]] = ()) -> list[dict[str, Any]]:
        """Return the content: `written` are the blocks that the texts stand in."""
        if self.content is not None:
            return self.content
        return writing.with_texts(written, self.cleaned_data["text"])

    def typed(self) -> Mapping[str, Any]:
        """Return what to show again: the mode and the text of its boxes."""
        return {
            "mode": self.mode,
            "texts": self.cleaned_data.get("text") or [""],
            "json": text.typed(self.data.get("json") or ""),
        }


class SystemForm(forms.Form):
    """The system prompt: text, or JSON for a list of blocks."""

    text = TypedText(required=False)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.as_json = self.data.get("as") == "json"

    def clean_text(self) -> Any:
        typed: str = self.cleaned_data["text"]
        if not self.as_json:
            return typed or None
        try:
            return self._system(json_input.parse(typed))
        except json_input.BadJSON as error:
            raise ValidationError(str(error)) from None

    def _system(self, value: Any) -> Any:
        if isinstance(value, str):
            return value or None
        if not isinstance(value, list):
            raise ValidationError("A system prompt is a list of blocks or a string.")
        return value

    @property
    def value(self) -> Any:
        """The value of `system`; None takes it out of the request."""
        return self.cleaned_data["text"]
