"""What associations ask for, and how it is answered, moved or called off."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings

from accounts.forms import DayField
from associations.models import Association, Request
from companies.models import BookingMode, Slot
from territories.wording import long_date, time_range
from workshops.models import Booking, Reason, Side


class OwnAssociationField(forms.ModelChoiceField[Association]):
    """One of the associations in whose name the person acts, loaded before: choosing asks nothing of the database."""

    own: Sequence[Association] = ()

    def to_python(self, value: Any) -> Association | None:
        if value in self.empty_values:
            return None
        found = next((one for one in self.own if str(one.pk) == str(value)), None)
        if found is None:
            raise forms.ValidationError(
                self.error_messages["invalid_choice"], code="invalid_choice", params={"value": value}
            )
        return found


class BookingForm(forms.ModelForm[Booking]):
    """Who comes, for what. The hidden key makes a form sent twice one booking."""

    association = OwnAssociationField(
        label="Pour quelle association", queryset=Association.objects.none(), empty_label=None
    )
    key = forms.UUIDField(widget=forms.HiddenInput)
    request = forms.ModelChoiceField(
        label="Pour quelle demande",
        queryset=Request.objects.none(),
        required=False,
        empty_label="Aucune en particulier",
    )

    class Meta:
        model = Booking
        fields = ("participants", "topic", "message")
        labels = {"participants": "Combien de personnes viennent", "topic": "Thème de l’atelier"}
        help_texts = {"participants": "Un nombre seulement\u00a0: les noms ne passent jamais par le portail."}
        widgets = {"message": forms.Textarea(attrs={"rows": 3})}

    field_order = ("association", "participants", "topic", "request", "message", "key")

    def __init__(
        self, data: Any = None, *, associations: Sequence[Association], places: int, wanted: Request | None = None
    ) -> None:
        """`wanted` is the request of one of these associations for which the slot was proposed."""
        begun = {"key": uuid.uuid4(), "association": associations[0]}
        super().__init__(data, initial=begun | (_for(wanted, places) if wanted else {}))
        self.places = places
        open_ones = Request.objects.filter(association__in=associations, state=Request.State.OPEN)
        self._offer_own(associations)
        choice = self.fields["request"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = open_ones.select_related("commune__departement")
        self.fields["participants"].widget.attrs |= {"min": 1, "max": places}

    def _offer_own(self, associations: Sequence[Association]) -> None:
        field = self.fields["association"]
        assert isinstance(field, OwnAssociationField)
        field.own = associations
        field.choices = [(one.pk, str(one)) for one in associations]

    def validate_constraints(self) -> None:
        """Not asked of the database: all that it could refuse of these fields is in `clean_participants`."""

    def clean_participants(self) -> int:
        participants: int = self.cleaned_data["participants"]
        if not 1 <= participants <= self.places:
            raise forms.ValidationError(f"Indiquez de 1 à {self.places} personnes, les places du créneau.")
        return participants

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        wanted, association = cleaned.get("request"), cleaned.get("association")
        if wanted and association and wanted.association_id != association.pk:
            self.add_error("request", "Choisissez une demande de la même association.")
        return cleaned


def _for(wanted: Request, places: int) -> dict[str, Any]:
    return {
        "association": wanted.association_id,
        "request": wanted.pk,
        "participants": min(wanted.participants, places),
        "topic": wanted.topics[0],
    }


class WaitlistForm(BookingForm):
    """The same, for a place in the queue of a taken slot: who queues twice is told so."""

    key = None  # type: ignore[assignment]  # Django's way to drop an inherited field


class CourseForm(BookingForm):
    """Several dates for one group: the next ones of the same room, or of others of the site."""

    title = forms.CharField(label="Nom du parcours", max_length=120, help_text="Par exemple\u00a0: Premiers pas.")
    slots = forms.TypedMultipleChoiceField(
        label="Quelles dates",
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "Choisissez au moins deux dates.",
            "invalid_choice": "Une de ces dates n’est plus libre\u00a0: rechargez la page.",
        },
    )
    only_all = forms.BooleanField(
        label="Ne rien réserver si l’une de ces dates ne peut pas l’être",
        required=False,
        initial=True,
    )

    field_order = (  # type: ignore[assignment]  # more of them
        "association",
        "title",
        "participants",
        "topic",
        "slots",
        "only_all",
        "request",
        "message",
        "key",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        associations: Sequence[Association],
        slots: Sequence[Slot],
        wanted: Request | None = None,
    ) -> None:
        places = max((slot.places for slot in slots), default=1)
        super().__init__(data, associations=associations, places=places, wanted=wanted)
        field = self.fields["slots"]
        assert isinstance(field, forms.TypedMultipleChoiceField)
        field.choices = [(slot.pk, _told(slot)) for slot in slots]
        field.initial = [slot.pk for slot in slots[:1]]
        if any(slot.booking_mode == BookingMode.ON_APPROVAL for slot in slots):
            most = settings.PENDING_PER_ASSOCIATION
            field.help_text = (
                f"«\u00a0Sur accord\u00a0»\u00a0: {most} dates au plus attendent une réponse à la fois, vos autres "
                "demandes comprises."
            )


class ReasonForm(forms.Form):
    """Why a booking is declined or called off; the other side reads it."""

    code = forms.ChoiceField(
        label="Motif", error_messages={"required": "Choisissez un motif\u00a0: l’autre partie en a besoin."}
    )
    reason = forms.CharField(
        label="En quelques mots",
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="L’autre partie le lira. Nécessaire pour «\u00a0un autre motif\u00a0».",
    )

    def __init__(self, data: Any = None, *, side: Side) -> None:
        super().__init__(data)
        field = self.fields["code"]
        assert isinstance(field, forms.ChoiceField)
        reasons = Reason.of(side)
        field.choices = [("", "Choisissez")] + [(one.value, _sentence(one)) for one in reasons]
        shutting = " et ".join(f"«\u00a0{_sentence(one)}\u00a0»" for one in reasons if one.shuts)
        if shutting:
            otherwise = "Sinon il est de nouveau proposé, s’il est encore temps."
            field.help_text = f"{shutting}\u00a0: le créneau est retiré aussi. {otherwise}"


def _sentence(reason: Reason) -> str:
    return f"{reason.label[:1].upper()}{reason.label[1:]}"


class AnswerForm(forms.Form):
    """Yes, or no with the reason on the button: one that needs no words."""

    REASONS = tuple(one for one in Reason.of(Side.COMPANY) if one != Reason.OTHER)

    answer = forms.ChoiceField(choices=[("yes", "oui"), *((one.value, one.label) for one in REASONS)])


class HoldForm(forms.Form):
    """Take what is held, or let it go."""

    answer = forms.ChoiceField(choices=[("yes", "oui"), ("no", "non")])


class MoveForm(forms.Form):
    """Which of these slots the workshop goes to."""

    slot = forms.ChoiceField(
        label="Nouvelle date",
        widget=forms.RadioSelect,
        error_messages={"required": "Choisissez une date.", "invalid_choice": "Cette date n’est plus libre."},
    )

    def __init__(self, data: Any = None, *, slots: list[Slot]) -> None:
        super().__init__(data)
        field = self.fields["slot"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [(slot.pk, _told(slot)) for slot in slots]


class AroundForm(forms.Form):
    """Around which day one looks for another date."""

    autour = DayField(label="Chercher autour du", required=False)


class OfferForm(MoveForm):
    """Which of these slots is kept for an association."""

    def __init__(self, data: Any = None, *, slots: list[Slot]) -> None:
        super().__init__(data, slots=slots)
        self.fields["slot"].label = "Quel créneau"


def _told(slot: Slot) -> str:
    zone, site = ZoneInfo(slot.time_zone), slot.room.site
    start, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    where = f"{slot.room.name}, {site.company.name}, {site.commune.name}"
    asks = " (sur accord)" if slot.booking_mode == BookingMode.ON_APPROVAL else ""
    return f"{long_date(start.date())}, {time_range(start.time(), end.time())}\u00a0: {where}{asks}"
