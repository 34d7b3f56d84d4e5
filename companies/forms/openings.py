"""The form of a season of evenings."""

import copy
import datetime as dt
from typing import Any

from django import forms
from django.conf import settings

from accounts.forms import date_input, weekday_choices
from companies.models import Availability, BookingMode, Room
from territories.wording import ordinal

LONGEST_NOTICE_HOURS = 720
# More than come to any evening; whoever types that has slipped.
MOST_VOLUNTEERS = 50
A_YEAR = dt.timedelta(days=366)


def ordinal_choices() -> list[tuple[int, str]]:
    return [(number, ordinal(number)) for number in (1, 2, 3, 4, -1)]


def time_input() -> forms.TimeInput:
    return forms.TimeInput(attrs={"type": "time"}, format="%H:%M")


class HourField(forms.TimeField):
    """An hour that some days need: asked for once one of them is ticked."""

    always_answered = True

    def __init__(self, *, label: str) -> None:
        super().__init__(label=label, required=False, widget=time_input())


def check_offer(form: forms.BaseForm, cleaned: dict[str, Any], room: Room) -> None:
    """At least one place, no more than the room has, and as many volunteers as may come."""
    for field, most in (("places", room.capacity), ("computers", room.computers)):
        if (cleaned.get(field) or 0) > most:
            form.add_error(field, f"Indiquez {most} au plus\u00a0: c’est ce que la salle a.")
    if (cleaned.get("volunteers_offered") or 0) > MOST_VOLUNTEERS:
        form.add_error("volunteers_offered", f"Indiquez {MOST_VOLUNTEERS} bénévoles au plus.")
    if cleaned.get("places") == 0:
        form.add_error("places", "Indiquez au moins une place.")


class SeasonForm(forms.ModelForm[Availability]):
    """The regular openings of a room over a season, and the dates of it that were seen and ticked.

    Evenings and the weekend have hours of their own: with days of both, the season is made of two openings.
    """

    every = forms.ChoiceField(
        label="Rythme", choices=Availability.Every.choices, widget=forms.RadioSelect, initial=Availability.Every.WEEK
    )
    ordinals = forms.TypedMultipleChoiceField(
        label="Lesquels du mois",
        choices=ordinal_choices,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text="Par exemple le 1er et le 3e mardi.",
    )

    weekdays = forms.TypedMultipleChoiceField(
        label="Jours",
        choices=weekday_choices,
        coerce=int,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choisissez au moins un jour."},
    )
    start_time = HourField(label="Le soir, de")
    end_time = HourField(label="Jusqu’à (le soir)")
    weekend_start_time = HourField(label="Le week-end, de")
    weekend_end_time = HourField(label="Jusqu’à (le week-end)")
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
            "from_date",
            "until_date",
            "places",
            "computers",
            "volunteers_offered",
            "notice_hours",
            "booking_mode",
        )
        widgets = {
            "from_date": date_input(),
            "until_date": date_input(),
        }
        labels = {"from_date": "Du", "until_date": "Au"}
        help_texts = {
            "notice_hours": "En heures\u00a0: on ne réserve plus passé ce délai avant le début.",
            "until_date": "Vide\u00a0: la série continue, nous ouvrons les dates au fur et à mesure.",
        }

    def __init__(self, data: Any = None, *, room: Room, today: dt.date) -> None:
        initial = {
            "start_time": dt.time(18),
            "end_time": dt.time(21),
            "weekend_start_time": dt.time(9, 30),
            "weekend_end_time": dt.time(12, 30),
            "from_date": today,
            "until_date": today + dt.timedelta(weeks=12),
            "places": room.capacity,
            "computers": room.computers,
            "volunteers_offered": 2,
            "notice_hours": 48,
        }
        super().__init__(data, initial=initial)
        self.room = room
        self.today = today

    def clean(self) -> dict[str, Any]:
        """Times and dates in order, and no more than the room has."""
        cleaned = super().clean() or {}
        self._check_rhythm(cleaned)
        self._check_offer(cleaned)
        return cleaned

    def _check_rhythm(self, cleaned: dict[str, Any]) -> None:
        if (cleaned.get("from_date") or self.today) < self.today - A_YEAR:
            self.add_error("from_date", "Cette date est passée\u00a0: indiquez un jour à venir.")
        if cleaned.get("every") != Availability.Every.MONTH:
            cleaned["ordinals"] = []
        elif not cleaned.get("ordinals"):
            self.add_error("ordinals", "Choisissez au moins une semaine du mois.")
        for days, start, end in self._hours(cleaned):
            if days:
                self._check_hours(cleaned, start, end)
        self._in_order(
            cleaned, "from_date", "until_date", "Indiquez une date de fin après la date de début.", same=True
        )

    def _check_offer(self, cleaned: dict[str, Any]) -> None:
        check_offer(self, cleaned, self.room)
        if (cleaned.get("notice_hours") or 0) > LONGEST_NOTICE_HOURS:
            self.add_error("notice_hours", f"Indiquez {LONGEST_NOTICE_HOURS} heures au plus, soit trente jours.")

    def openings(self) -> list[Availability]:
        """One opening for the days of the week, one for those of the weekend, where there are any."""
        typed = self.save(commit=False)
        made = []
        for days, start, end in self._hours(self.cleaned_data):
            if days:
                opening = copy.copy(typed)
                opening.weekdays = days
                opening.start_time, opening.end_time = self.cleaned_data[start], self.cleaned_data[end]
                made.append(opening)
        return made

    def _hours(self, cleaned: dict[str, Any]) -> list[tuple[list[int], str, str]]:
        """Days of the week and of the weekend, each with the fields of their hours."""
        days, weekend = cleaned.get("weekdays") or [], settings.WEEKEND_DAYS
        return [
            ([day for day in days if day not in weekend], "start_time", "end_time"),
            ([day for day in days if day in weekend], "weekend_start_time", "weekend_end_time"),
        ]

    def _check_hours(self, cleaned: dict[str, Any], start: str, end: str) -> None:
        for name in (start, end):
            if cleaned.get(name) is None and name not in self.errors:
                self.add_error(name, "Indiquez cette heure.")
        self._in_order(cleaned, start, end, "Indiquez une heure de fin après l’heure de début.")

    def shown_dates(self) -> set[str]:
        """The marks of the dates that the person had before their eyes in the preview."""
        return set(self._texts("shown"))

    def ticked_dates(self) -> set[dt.date]:
        """Those of them that they want."""
        return self._dates("shown") & self._dates("date")

    def unticked_dates(self) -> set[dt.date]:
        """Those of them that they could tick, and do not want."""
        return self._dates("shown") - self._dates("date") - self._dates("barred")

    def _dates(self, name: str) -> set[dt.date]:
        """The dates that our own preview wrote into the page; anything else is left out."""
        found = set()
        for text in self._texts(name):
            try:
                found.add(dt.date.fromisoformat(text[: len("2026-12-01")]))
            except ValueError:
                continue
        return found

    def _texts(self, name: str) -> list[str]:
        return forms.MultipleHiddenInput().value_from_datadict(self.data, self.files, name) or []

    def _in_order(self, cleaned: dict[str, Any], first: str, last: str, message: str, *, same: bool = False) -> None:
        start, end = cleaned.get(first), cleaned.get(last)
        if start is None or end is None or start < end or (same and start == end):
            return
        self.add_error(last, message)
