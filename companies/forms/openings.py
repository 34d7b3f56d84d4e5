"""The form of a season of evenings."""

import datetime as dt
from typing import Any

from django import forms
from django.conf import settings

from accounts.forms import date_input
from companies.models import Availability, BookingMode, Room
from companies.models.openings import ORDINALS, WEEKDAYS

LONGEST_NOTICE_HOURS = 720

WEEKDAY_CHOICES = list(enumerate(WEEKDAYS, start=1))


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class AvailabilityForm(forms.ModelForm[Availability]):
    """A regular opening of a room over a season, and the dates of it that were seen and ticked."""

    every = forms.ChoiceField(
        label="Rythme", choices=Availability.Every.choices, widget=forms.RadioSelect, initial=Availability.Every.WEEK
    )
    ordinals = forms.TypedMultipleChoiceField(
        label="Lesquels du mois",
        choices=list(ORDINALS.items()),
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Par exemple le 1er et le 3e mardi.",
    )

    weekdays = forms.TypedMultipleChoiceField(
        label="Jours",
        choices=WEEKDAY_CHOICES,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un jour."},
    )
    booking_mode = forms.ChoiceField(
        label="Réponse",
        choices=[
            (BookingMode.ON_APPROVAL, "Sur accord\u00a0: nous répondons à chaque demande"),
            (BookingMode.INSTANT, "Immédiate\u00a0: la première association qui réserve a le créneau"),
        ],
        widget=forms.RadioSelect,
        initial=BookingMode.ON_APPROVAL,
    )

    class Meta:
        model = Availability
        fields = (
            "every",
            "weekdays",
            "ordinals",
            "start_time",
            "end_time",
            "from_date",
            "until_date",
            "places",
            "computers",
            "volunteers_offered",
            "notice_hours",
            "booking_mode",
        )
        widgets = {
            "start_time": time_input(),
            "end_time": time_input(),
            "from_date": date_input(),
            "until_date": date_input(),
        }
        labels = {"start_time": "De", "end_time": "À", "from_date": "Du", "until_date": "Au"}
        help_texts = {
            "notice_hours": "En heures\u00a0: on ne réserve plus passé ce délai avant le début.",
            "until_date": "Vide\u00a0: la série continue, nous ouvrons les dates au fur et à mesure.",
        }

    def __init__(self, data: Any = None, *, room: Room, today: dt.date) -> None:
        initial = {
            "start_time": settings.EVENING_STARTS_AT.replace(hour=18),
            "end_time": dt.time(20),
            "from_date": today,
            "until_date": today + dt.timedelta(weeks=12),
            "places": room.capacity,
            "computers": room.computers,
            "volunteers_offered": 2,
            "notice_hours": 48,
        }
        super().__init__(data, initial=initial)
        self.room = room

    def clean(self) -> dict[str, Any]:
        """Times and dates in order, and no more than the room has."""
        cleaned = super().clean() or {}
        if cleaned.get("every") != Availability.Every.MONTH:
            cleaned["ordinals"] = []
        elif not cleaned.get("ordinals"):
            self.add_error("ordinals", "Choisissez au moins une semaine du mois.")
        self._in_order(cleaned, "start_time", "end_time", "Indiquez une heure de fin après l’heure de début.")
        self._in_order(
            cleaned, "from_date", "until_date", "Indiquez une date de fin après la date de début.", same=True
        )
        for field, most in (("places", self.room.capacity), ("computers", self.room.computers)):
            if (cleaned.get(field) or 0) > most:
                self.add_error(field, f"Indiquez {most} au plus\u00a0: c’est ce que la salle a.")
        if cleaned.get("places") == 0:
            self.add_error("places", "Indiquez au moins une place.")
        if (cleaned.get("notice_hours") or 0) > LONGEST_NOTICE_HOURS:
            self.add_error("notice_hours", f"Indiquez {LONGEST_NOTICE_HOURS} heures au plus, soit trente jours.")
        return cleaned

    def shown_dates(self) -> set[dt.date]:
        """The dates of the preview that the person had before their eyes."""
        return self._dates("shown")

    def unticked_dates(self) -> set[dt.date]:
        """Those of them that they do not want."""
        return self._dates("shown") - self._dates("date")

    def _dates(self, name: str) -> set[dt.date]:
        """What our own preview wrote into the page; anything else is left out."""
        found = set()
        for text in forms.MultipleHiddenInput().value_from_datadict(self.data, self.files, name) or ():
            try:
                found.add(dt.date.fromisoformat(text))
            except ValueError:
                continue
        return found

    def _in_order(self, cleaned: dict[str, Any], first: str, last: str, message: str, *, same: bool = False) -> None:
        start, end = cleaned.get(first), cleaned.get(last)
        if start is None or end is None or start < end or (same and start == end):
            return
        self.add_error(last, message)
