"""The form of a volunteer's profile."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.vocabulary import Language, Level, Topic
from companies.models import Engagement, Membership, Site, VolunteerProfile


class VolunteerForm(forms.ModelForm[VolunteerProfile]):
    """What a member brings. Everything may stay empty: then every date is proposed."""

    topics = forms.MultipleChoiceField(
        label="Thèmes", choices=Topic.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    levels = forms.MultipleChoiceField(
        label="Niveaux", choices=Level.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    languages = forms.MultipleChoiceField(
        label="Autres langues que le français",
        choices=Language.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    moments = forms.MultipleChoiceField(
        label="Quand",
        choices=VolunteerProfile.Moment.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché\u00a0: n’importe quand.",
    )
    sites = forms.ModelMultipleChoiceField(
        label="Où",
        queryset=Site.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Rien de coché\u00a0: partout.",
    )
    engagement_type = forms.ChoiceField(
        label="Cadre",
        choices=Engagement.choices,
        widget=forms.RadioSelect,
        help_text="Sur votre temps de travail, une personne qui gère l’entreprise ici donne d’abord son accord.",
    )

    class Meta:
        model = VolunteerProfile
        fields = ("engagement_type", "pledged_hours", "moments", "sites", "topics", "levels", "languages")

    def __init__(self, data: Any = None, *, membership: Membership) -> None:
        profile = VolunteerProfile.objects.filter(membership=membership).first()
        super().__init__(data, instance=profile or VolunteerProfile(membership=membership))
        sites = self.fields["sites"]
        assert isinstance(sites, forms.ModelMultipleChoiceField)
        sites.queryset = membership.company.sites.filter(archived_at=None)
