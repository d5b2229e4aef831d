"""Forms of the plain pages: they parse, and say in sentences what does not fit."""

from django import forms

from .models import Conversation
from .models.conversation import TITLE_LENGTH


class TitleForm(forms.Form):
    """A conversation's name."""

    title = forms.CharField(
        max_length=TITLE_LENGTH,
        error_messages={
            "required": "A title needs at least one character.",
            "max_length": "A title has at most %(limit_value)d characters; "
            "this one has %(show_value)d.",
            "null_characters_not_allowed": "A title cannot contain the NUL character.",
        },
    )

    def clean_title(self) -> str:
        title: str = self.cleaned_data["title"]
        if not title.isprintable() and any("\ud800" <= c <= "\udfff" for c in title):
            raise forms.ValidationError("A title cannot contain half a character.")
        return title


class VisibilityForm(forms.Form):
    """Who may open a conversation."""

    visibility = forms.ChoiceField(
        choices=Conversation.Visibility.choices,
        error_messages={"invalid_choice": "Choose who may open the conversation."},
    )


class ShareForm(forms.Form):
    """What is in a share, and which revision (the head when it is left out)."""

    with_settings = forms.BooleanField(required=False)
    with_figures = forms.BooleanField(required=False)
    revision = forms.IntegerField(required=False, min_value=1)


class RestoreForm(forms.Form):
    """On which head the person decided to restore."""

    base = forms.IntegerField(min_value=1)
