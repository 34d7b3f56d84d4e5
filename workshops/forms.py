"""Forms of a booking, its answer and its report."""

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.forms import date_input
from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.busy import LONGEST_FILE
from companies.forms import time_input
from companies.forms.openings import check_offer
from companies.models import Availability, BookingMode, Room, Slot
from territories.wording import long_date, time_range
from workshops.models import Booking, Reason, Report, Side, Workshop, WorkshopNote

LONG_AGO = dt.date(2015, 1, 1)


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

    def __init__(self, data: Any = None, *, associations: Sequence[Association], places: int) -> None:
        super().__init__(data, initial={"key": uuid.uuid4(), "association": associations[0]})
        self.places = places
        wanted = Request.objects.filter(association__in=associations, state=Request.State.OPEN)
        self._offer_own(associations)
        choice = self.fields["request"]
        assert isinstance(choice, forms.ModelChoiceField)
        choice.queryset = wanted.select_related("commune__departement")
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


class WaitlistForm(BookingForm):
    """The same, for a place in the queue of a taken slot: who queues twice is told so."""

    key = None  # type: ignore[assignment]  # Django's way to drop an inherited field


class EndForm(forms.Form):
    """From which day on a series opens nothing."""

    from_date = forms.DateField(label="À partir du", widget=date_input())

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        super().__init__(data, initial={"from_date": today})


class OpenDateForm(forms.Form):
    """A date of a series that becomes a slot after all."""

    date = forms.DateField(label="Date", widget=forms.HiddenInput)


class SlotForm(forms.ModelForm[Slot]):
    """What a dated slot becomes, on the clock of its site, and for which dates of its series."""

    class Scope(models.TextChoices):
        ONE = "one", "cette date seulement"
        FOLLOWING = "following", "cette date et les suivantes"
        ALL = "all", "toutes les dates à venir de la série"

    date = forms.DateField(
        label="Date",
        widget=date_input(),
        validators=[MinValueValidator(LONG_AGO, "Cette date est passée\u00a0: indiquez un jour à venir.")],
    )
    start_time = forms.TimeField(label="De", widget=time_input())
    end_time = forms.TimeField(label="À", widget=time_input())
    apply_to = forms.ChoiceField(label="Changer", choices=Scope.choices, widget=forms.RadioSelect, initial=Scope.ONE)

    class Meta:
        model = Slot
        fields = ("places", "computers", "volunteers_offered")

    field_order = ("date", "start_time", "end_time", "places", "computers", "volunteers_offered", "apply_to")

    def __init__(self, data: Any = None, *, slot: Slot) -> None:
        zone = ZoneInfo(slot.time_zone)
        start, end = (instant.astimezone(zone) for instant in (slot.starts_at, slot.ends_at))
        initial = {"date": start.date(), "start_time": start.time(), "end_time": end.time()}
        super().__init__(data, instance=slot, initial=initial)
        if slot.availability_id is None:
            del self.fields["apply_to"]

    @property
    def scope(self) -> str:
        return str(self.cleaned_data.get("apply_to", self.Scope.ONE))

    def clean(self) -> dict[str, Any]:
        """Times in order; a day of another date moves one date alone."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if start and end and end <= start:
            self.add_error("end_time", "Indiquez une heure de fin après l’heure de début.")
        check_offer(self, cleaned, self.instance.room)
        moved = cleaned.get("date") != self.initial["date"]
        if moved and cleaned.get("apply_to") in (self.Scope.FOLLOWING, self.Scope.ALL):
            self.add_error(
                "date",
                "Une autre date ne vaut que pour ce créneau\u00a0: choisissez «\u00a0cette date seulement\u00a0».",
            )
        return cleaned

    def change(self) -> dict[str, Any]:
        """What the slot becomes, on the clock of its site."""
        return {name: self.cleaned_data[name] for name in ("date", "start_time", "end_time", *self.Meta.fields)}

    def _time(self, name: str, series: Availability) -> dt.time:
        """What was typed; the hour that a night of the clocks moved is that of one date, not of its series."""
        typed: dt.time = self.cleaned_data[name]
        moved = self.instance.is_shifted and typed == self.initial[name]
        return getattr(series, name) if moved else typed

    def changed_series(self, series: Availability) -> Availability:
        """A new series like this one, with what was typed."""
        given = self.cleaned_data
        return Availability(
            every=series.every,
            weekdays=series.weekdays,
            ordinals=series.ordinals,
            start_time=self._time("start_time", series),
            end_time=self._time("end_time", series),
            from_date=series.from_date,
            until_date=series.until_date,
            notice_hours=series.notice_hours,
            booking_mode=series.booking_mode,
            **{name: given[name] for name in self.Meta.fields},
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
        field.choices = [("", "Choisissez")] + [(one.value, _sentence(one)) for one in Reason.of(side)]


def _sentence(reason: Reason) -> str:
    return f"{reason.label[:1].upper()}{reason.label[1:]}"


class AnswerForm(forms.Form):
    """Yes, or no with the reason on the button: one that needs no words."""

    REASONS = tuple(one for one in Reason.of(Side.COMPANY) if one != Reason.OTHER)

    answer = forms.ChoiceField(choices=[("yes", "oui"), *((one.value, one.label) for one in REASONS)])


class HoldForm(forms.Form):
    """Take what is held, or let it go."""

    answer = forms.ChoiceField(choices=[("yes", "oui"), ("no", "non")])


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


def _told(slot: Slot) -> str:
    zone, site = ZoneInfo(slot.time_zone), slot.room.site
    start, end = slot.starts_at.astimezone(zone), slot.ends_at.astimezone(zone)
    where = f"{slot.room.name}, {site.company.name}, {site.commune.name}"
    asks = " (sur accord)" if slot.booking_mode == BookingMode.ON_APPROVAL else ""
    return f"{long_date(start.date())}, {time_range(start.time(), end.time())}\u00a0: {where}{asks}"


class ClosingForm(forms.Form):
    """Why a place closes; everybody whom it concerns reads it."""

    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Toutes les personnes concernées le liront.",
        error_messages={"required": "Indiquez un motif\u00a0: les autres en ont besoin."},
    )


class AssociationReportForm(forms.ModelForm[Report]):
    """How many people came, by national age bracket when known."""

    attended = forms.IntegerField(
        label="Personnes venues", min_value=0, max_value=500, help_text="Un nombre, jamais de noms."
    )

    class Meta:
        model = Report
        fields = ("attended", *Report.BRACKETS, "rating", "comment")
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for bracket in Report.BRACKETS:
            self.fields[bracket].required = False

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        for bracket in Report.BRACKETS:
            if cleaned.get(bracket) is None:
                cleaned[bracket] = 0
        total = sum(cleaned[bracket] for bracket in Report.BRACKETS)
        if "attended" in cleaned and total > cleaned["attended"]:
            self.add_error(
                "attended", f"Les tranches d’âge font {total}\u00a0: indiquez au moins ce nombre de personnes."
            )
        return cleaned


class CompanyReportForm(forms.ModelForm[Report]):
    """How many volunteers came, and for how long."""

    volunteers = forms.IntegerField(label="Bénévoles venus", min_value=0, max_value=100)
    hours = forms.DecimalField(
        label="Heures de chaque bénévole",
        min_value=0,
        max_value=12,
        decimal_places=2,
        initial=2,
        help_text="En moyenne.",
    )

    class Meta:
        model = Report
        fields = ("volunteers", "hours", "rating", "comment")
        widgets = {"comment": forms.Textarea(attrs={"rows": 3})}

    def save(self, commit: bool = True) -> Report:  # noqa: FBT001, FBT002  # Django's signature
        """The report with the minutes of all volunteers together."""
        minutes = self.cleaned_data["volunteers"] * self.cleaned_data["hours"] * 60
        self.instance.volunteer_minutes = int(minutes)
        return super().save(commit=commit)


def report_form(side: Side) -> type[AssociationReportForm | CompanyReportForm]:
    """The form of the side that reports."""
    return CompanyReportForm if side == Side.COMPANY else AssociationReportForm


class MonthField(forms.DateField):
    """« 2026-12 »: the first day of a month."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
        super().__init__(input_formats=["%Y-%m"], widget=widget, **kwargs)


# From the campaign to a century from it.
IN_OUR_TIME = [MinValueValidator(dt.date(2015, 1, 1)), MaxValueValidator(dt.date(2115, 1, 1))]


class CalendarForm(forms.Form):
    """Which days of which rooms: the week of a day (`semaine`), or a month (`mois`)."""

    semaine = forms.DateField(required=False, widget=date_input(), label="Semaine du", validators=IN_OUR_TIME)
    mois = MonthField(required=False, label="Mois", validators=IN_OUR_TIME)
    salle = forms.ModelChoiceField(
        required=False, queryset=Room.objects.none(), label="Salle", empty_label="Toutes les salles"
    )

    def __init__(self, data: Any, *, rooms: models.QuerySet[Room]) -> None:
        super().__init__(data)
        field = self.fields["salle"]
        assert isinstance(field, forms.ModelChoiceField)
        field.queryset = rooms.select_related("site", "calendar")

    def rooms(self) -> list[Room]:
        """The rooms among which one is chosen, each with its site and its calendar."""
        return list(self.fields["salle"].queryset)  # type: ignore[attr-defined]


class CalendarURLField(forms.URLField):
    """Telephones give the address of a calendar under a scheme of its own."""

    def to_python(self, value: Any) -> str:
        text = value.strip() if isinstance(value, str) else value
        if isinstance(text, str) and text.lower().startswith("webcal://"):
            text = f"https://{text[len('webcal://') :]}"
        return super().to_python(text) or ""


class RoomCalendarForm(forms.Form):
    """A room's own calendar: at an address, or in a file."""

    url = CalendarURLField(
        label="Adresse de l’agenda",
        required=False,
        max_length=500,
        assume_scheme="https",
        help_text="Celle que votre logiciel donne pour s’abonner (iCalendar). Nous la relisons toutes les heures.",
    )
    file = forms.FileField(
        label="Ou un fichier .ics",
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": ".ics,text/calendar"}),
        help_text="Lu une fois, 5\u00a0Mo au plus.",
    )

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.errors:
            return cleaned
        if bool(cleaned.get("url")) == bool(cleaned.get("file")):
            raise forms.ValidationError("Donnez l’adresse de l’agenda, ou un fichier\u00a0: l’un des deux.")
        if cleaned.get("file") and cleaned["file"].size > LONGEST_FILE:
            self.add_error("file", "Ce fichier dépasse 5\u00a0Mo\u00a0: exportez la salle seule, sur un an.")
        return cleaned
