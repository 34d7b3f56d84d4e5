"""Dates of a series, one by one or all, and the closing of places."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.conf import settings
from django.core.validators import MinValueValidator
from django.db import models

from accounts.forms import date_input
from associations.models import Request
from companies.forms import time_input
from companies.forms.openings import check_offer
from companies.models import Availability, BookingMode, Room, Slot
from territories.wording import long_date, wall_time, weekday
from workshops.matching import hour_suits, in_season, weekday_suits

LONG_AGO = dt.date(2015, 1, 1)
# Once it is free again, others may book it until so long before.
NOTICE_HOURS = 24


class EndForm(forms.Form):
    """From which day on a series opens nothing: today at its site, or later."""

    from_date = forms.DateField(label="À partir du", widget=date_input())

    def __init__(self, data: Any = None, *, today: dt.date) -> None:
        super().__init__(data, initial={"from_date": today})
        self.today = today

    def clean_from_date(self) -> dt.date:
        day: dt.date = self.cleaned_data["from_date"]
        if day < self.today:
            raise forms.ValidationError("Cette date est passée\u00a0: indiquez aujourd’hui ou un jour à venir.")
        return day


class OpenDateForm(forms.Form):
    """A date of a series that becomes a slot after all."""

    date = forms.DateField(label="Date", widget=forms.HiddenInput)


class EveningForm(forms.Form):
    """One evening more, for the association of a request, in one of these rooms."""

    room = forms.ChoiceField(label="Salle")
    date = forms.DateField(label="Date", widget=date_input())
    start_time = forms.TimeField(label="De", widget=time_input(), initial=dt.time(18))
    end_time = forms.TimeField(label="À", widget=time_input(), initial=dt.time(20))

    def __init__(self, data: Any = None, *, wanted: Request, rooms: Sequence[Room]) -> None:
        super().__init__(data)
        self.wanted = wanted
        self.rooms = {str(room.pk): room for room in rooms}
        choice = self.fields["room"]
        assert isinstance(choice, forms.ChoiceField)
        # One room may have the name of another one elsewhere.
        choice.choices = [
            (key, f"{room.name}, {room.site.name}, {room.site.commune}") for key, room in self.rooms.items()
        ]

    def clean_date(self) -> dt.date:
        """A day on which the association looks for a room."""
        date: dt.date = self.cleaned_data["date"]
        if not in_season(self.wanted, date):
            season = f"entre le {long_date(self.wanted.from_date)} et le {long_date(self.wanted.until_date)}"
            raise forms.ValidationError(f"L’association cherche {season}\u00a0: indiquez un de ces jours.")
        if not weekday_suits(self.wanted, date):
            wished, day = self.wanted.on_days, weekday(date.isoweekday())
            raise forms.ValidationError(
                f"L’association cherche un créneau {wished}, et cette date est un {day}\u00a0: indiquez-en une autre."
            )
        if not self.wanted.has_hours_on(date.isoweekday()):
            starts, wished = wall_time(settings.EVENING_STARTS_AT), self.wanted.at_hours
            raise forms.ValidationError(
                f"Du lundi au vendredi, un créneau commence à {starts} ou plus tard, et l’association cherche {wished}"
                "\u00a0: indiquez un jour du week-end."
            )
        return date

    def clean_start_time(self) -> dt.time:
        """An hour at which it can come."""
        time: dt.time = self.cleaned_data["start_time"]
        if not hour_suits(self.wanted, time):
            wished = self.wanted.at_hours
            raise forms.ValidationError(f"L’association cherche un créneau {wished}\u00a0: indiquez une autre heure.")
        return time

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        start, end = cleaned.get("start_time"), cleaned.get("end_time")
        if start and end and end <= start:
            self.add_error("end_time", "Indiquez une heure de fin après l’heure de début.")
        return cleaned

    def opening(self) -> Availability:
        """A series of that date alone, which offers all that the room has."""
        said = self.cleaned_data
        room, date = self.rooms[said["room"]], said["date"]
        return Availability(
            room=room,
            weekdays=[date.isoweekday()],
            from_date=date,
            until_date=date,
            start_time=said["start_time"],
            end_time=said["end_time"],
            places=room.capacity,
            computers=room.computers,
            volunteers_offered=self.wanted.volunteers,
            notice_hours=NOTICE_HOURS,
            booking_mode=BookingMode.ON_APPROVAL,
        )


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

    def __init__(self, data: Any = None, *, slot: Slot, booked: bool = False) -> None:
        zone = ZoneInfo(slot.time_zone)
        start, end = (instant.astimezone(zone) for instant in (slot.starts_at, slot.ends_at))
        initial = {"date": start.date(), "start_time": start.time(), "end_time": end.time()}
        super().__init__(data, instance=slot, initial=initial)
        if slot.availability_id is None or booked:
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


class ClosingForm(forms.Form):
    """Why a place closes; everybody whom it concerns reads it."""

    reason = forms.CharField(
        label="Motif",
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text="Toutes les personnes concernées le liront.",
        error_messages={"required": "Indiquez un motif\u00a0: les autres en ont besoin."},
    )
