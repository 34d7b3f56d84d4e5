"""What the two sides say before a workshop."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms

from accounts.vocabulary import Topic
from workshops.models import Workshop, WorkshopNote


class PrepareForm(forms.ModelForm[Workshop]):
    """What the workshop is about, and how many come."""

    topics = forms.MultipleChoiceField(
        label="Thèmes", choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Workshop
        fields = ("visitors", "title", "topics", "level", "material")
        widgets = {"material": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Any = None, *, instance: Workshop, asked: str = "") -> None:
        """`asked` says until when the site wants the number of visitors; nothing where it does not."""
        super().__init__(data, instance=instance)
        if asked:
            visitors = self.fields["visitors"]
            visitors.help_text = f"{asked} {visitors.help_text}"
            visitors.always_answered = True  # type: ignore[attr-defined]  # read by the template of a field


class NoteForm(forms.Form):
    """A word to the other side; late, and before a closed door, which are of the day itself, none is needed."""

    key = forms.UUIDField(widget=forms.HiddenInput, required=False)
    kind = forms.ChoiceField(
        label="De quoi s’agit-il",
        error_messages={"invalid_choice": "Choisissez un sujet de la liste\u00a0: d’autres sont du jour de l’atelier."},
    )
    text = forms.CharField(
        label="Message",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="L’autre partie le reçoit par courriel.",
        error_messages={"required": "Écrivez votre message en quelques mots."},
    )

    def __init__(self, data: Any = None, *, today: bool) -> None:
        super().__init__(data, initial={"key": uuid4()})
        kinds = [kind for kind in WorkshopNote.Kind if today or kind not in WorkshopNote.URGENT]
        field = self.fields["kind"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", "Choisissez"), *((kind, kind.label) for kind in kinds)]
        self.fields["text"].required = not today
