"""What the two sides say before a workshop."""

from __future__ import annotations

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


class NoteForm(forms.Form):
    """A word to the other side; late, and before a closed door, none is needed."""

    kind = forms.ChoiceField(label="De quoi s’agit-il", choices=[("", "Choisissez"), *WorkshopNote.Kind.choices])
    text = forms.CharField(
        label="Message",
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="L’autre partie le reçoit par courriel.",
    )
