"""Forms of sites and rooms: what they are, how one gets there and how one gets in."""

from __future__ import annotations

from typing import Any

from django import forms

from accounts.uploads import LONGEST_FILE
from companies.models import Accessibility, AccessKit, Room, RoomPhoto, Site
from territories.forms import CommuneField
from territories.phones import PhoneField

YES_NO_UNKNOWN = {True: "true", False: "false", None: "unknown"}


class YesNoUnknownField(forms.TypedChoiceField):
    """Three buttons, one of which is always pressed; cleans to True, False or None."""

    always_answered = True

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(
            choices=[("true", "Oui"), ("false", "Non"), ("unknown", "Ne sais pas")],
            coerce={"true": True, "false": False, "unknown": None}.get,
            empty_value=None,
            required=False,
            widget=forms.RadioSelect,
            **kwargs,
        )

    def prepare_value(self, value: Any) -> Any:
        return YES_NO_UNKNOWN.get(value, value) if value is None or isinstance(value, bool) else value


class BuildingForm(forms.ModelForm[Site]):
    """What is said of every site."""

    commune = CommuneField(label="Commune", help_text="Par exemple «\u00a0Lille (59)\u00a0».")

    class Meta:
        model = Site
        fields: tuple[str, ...] = ("name", "address", "commune", "visitor_regime", "max_visitors")
        widgets = {"address": forms.TextInput(attrs={"autocomplete": "street-address"})}


class SiteForm(BuildingForm):
    """A new site. Its point is found from its address unless it is given."""

    entree_plain_pied = YesNoUnknownField(
        label="Entrée de plain-pied", help_text="Sans marche ni ressaut de plus de 2 cm. Vous direz le reste ensuite."
    )
    latitude = forms.FloatField(label="Latitude", required=False, min_value=-90, max_value=90, help_text="En degrés.")
    longitude = forms.FloatField(label="Longitude", required=False, min_value=-180, max_value=180)

    class Meta(BuildingForm.Meta):
        fields = (*BuildingForm.Meta.fields, "entree_plain_pied", "latitude", "longitude")

    def clean(self) -> dict[str, Any]:
        """A point given by hand is whole, and a commune that nobody has placed needs one."""
        cleaned = super().clean() or {}
        missing = [name for name in ("latitude", "longitude") if cleaned.get(name) is None]
        commune = cleaned.get("commune")
        if self.errors or commune is None:
            return cleaned
        if len(missing) == 1:
            self.add_error(missing[0], "Indiquez aussi l’autre coordonnée, ou laissez les deux vides.")
        elif missing and commune.latitude is None:
            unknown = "Indiquez la latitude et la longitude\u00a0: le centre de cette commune est inconnu."
            self.add_error("latitude", unknown)
        return cleaned

    @property
    def is_placed(self) -> bool:
        """Whether a person gave the point."""
        return self.cleaned_data["latitude"] is not None


class SiteEditForm(BuildingForm):
    """A site that stands: another commune would be another site."""

    def __init__(self, data: Any = None, *, instance: Site) -> None:
        super().__init__(data, instance=instance)
        self.fields["commune"].disabled = True


class AccessibilityForm(forms.ModelForm[Site]):
    """What is known of the way in. Every yes-or-no may stay unknown."""

    accueil_equipements_malentendants = forms.MultipleChoiceField(
        label="Aide à l’audition et à la compréhension",
        choices=Accessibility.HearingAid.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Site
        fields = tuple(field for _, fields in Accessibility.SECTIONS for field in fields)
        widgets = {"commentaire": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, data: Any = None, *, instance: Site) -> None:
        super().__init__(data, instance=instance)
        for name, field in self.fields.items():
            if isinstance(field, forms.NullBooleanField):
                asked = YesNoUnknownField(label=field.label, help_text=field.help_text, initial=field.initial)
                self.fields[name] = asked

    def sections(self) -> list[tuple[str, list[forms.BoundField]]]:
        """Titles and fields, in the order in which a person goes."""
        return [(title, [self[name] for name in names]) for title, names in Accessibility.SECTIONS]


class AccessKitForm(forms.ModelForm[AccessKit]):
    """How to get in on the evening itself."""

    class Meta:
        model = AccessKit
        fields = (
            "reception",
            "entrance",
            "evening_contact",
            "evening_phone",
            "visitor_count_hours",
            "wants_arrival_sheet",
            "wifi",
            "to_bring",
        )
        widgets = {"entrance": forms.Textarea(attrs={"rows": 4})}

    def __init__(self, data: Any = None, *, site: Site) -> None:
        super().__init__(data, instance=AccessKit.objects.filter(site=site).first() or AccessKit(site=site))
        self.fields["evening_phone"] = PhoneField(
            label="Son téléphone",
            required=False,
            departement_code=site.commune.departement_id,
            help_text="Un numéro qui répond ce soir-là, si la porte est fermée.",
        )


class PhotoForm(forms.ModelForm[RoomPhoto]):
    """A photograph of a room, and what is seen on it."""

    file = forms.FileField(
        label="Photo",
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
        help_text="JPEG, PNG ou WebP, 5\u00a0Mo au plus. Nous ne gardons que l’image\u00a0: ni lieu, ni date, ni "
        "appareil. Personne ne doit y être reconnaissable.",
    )

    class Meta:
        model = RoomPhoto
        fields = ("description",)

    field_order = ("file", "description")

    def clean_file(self) -> Any:
        """No larger than what is read into memory."""
        file = self.cleaned_data["file"]
        if file.size > LONGEST_FILE:
            raise forms.ValidationError("Cette photo dépasse 5\u00a0Mo\u00a0: réduisez-la.")
        return file


class RoomForm(forms.ModelForm[Room]):
    """A room, no larger than its site admits."""

    equipped_with = forms.MultipleChoiceField(
        label="Équipement", choices=Room.Equipment.choices, required=False, widget=forms.CheckboxSelectMultiple
    )

    class Meta:
        model = Room
        fields = ("name", "capacity", "computers", "equipped_with", "equipment")

    def __init__(self, data: Any = None, *, site: Site, instance: Room | None = None) -> None:
        super().__init__(data, instance=instance)
        self.site = site

    def clean_capacity(self) -> int:
        capacity: int = self.cleaned_data["capacity"]
        if not 1 <= capacity <= self.site.max_visitors:
            raise forms.ValidationError(
                f"Indiquez de 1 à {self.site.max_visitors} places, le nombre de visiteurs que le site admet."
            )
        return capacity
