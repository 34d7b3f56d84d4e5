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

    participants = forms.IntegerField(
        label="Combien de personnes viennent",
        min_value=1,
        required=False,
        help_text="L’entreprise est prévenue d’un autre nombre.",
    )
    topic = forms.ChoiceField(label="Thème de l’atelier", choices=Topic.choices, required=False)

    class Meta:
        model = Workshop
        fields = ("visitors", "title", "topics", "level", "material")
        widgets = {"material": forms.Textarea(attrs={"rows": 3})}

    field_order = ("participants", "topic", "visitors", "title", "topics", "level", "material")

    def __init__(self, data: Any = None, *, instance: Workshop, asked: str = "") -> None:
        """`asked` says until when the site wants the number of visitors; nothing where it does not.

        What a page does not say of the booking stays as it is.
        """
        booking = instance.booking
        super().__init__(
            data, instance=instance, initial={"participants": booking.participants, "topic": booking.topic}
        )
        self.fields["participants"].widget.attrs["max"] = booking.slot.places
        for name in ("participants", "topic"):
            self.fields[name].always_answered = True  # type: ignore[attr-defined]  # read by the template of a field
        if asked:
            visitors = self.fields["visitors"]
            visitors.help_text = f"{asked} {visitors.help_text}"
            visitors.always_answered = True  # type: ignore[attr-defined]  # read by the template of a field

    def party(self) -> dict[str, Any]:
        """What the booking is to say of who comes, as far as it is said."""
        said = {name: self.cleaned_data[name] for name in ("participants", "topic")}
        return {name: value for name, value in said.items() if value}


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
