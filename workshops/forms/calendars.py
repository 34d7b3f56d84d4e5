"""Which days of which rooms, and a room’s own calendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from accounts.forms import date_input
from companies.busy import LONGEST_FILE
from companies.models import Room


class MonthField(forms.DateField):
    """« 2026-12 »: the first day of a month."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "month"}, format="%Y-%m")
        super().__init__(input_formats=["%Y-%m"], widget=widget, **kwargs)


# From the campaign to a century from it.
IN_OUR_TIME = [MinValueValidator(dt.date(2015, 1, 1)), MaxValueValidator(dt.date(2115, 1, 1))]


class RoomField(forms.ModelChoiceField[Room]):
    """One of the rooms of a company, told by its site too where there are several: each may have a « Salle A »."""

    def rooms(self) -> list[Room]:
        """Those among which one is chosen; read once."""
        assert self.queryset is not None
        return list(self.queryset)

    def are_apart(self) -> bool:
        return len({room.site_id for room in self.rooms()}) > 1

    def label_from_instance(self, room: Room) -> str:
        return f"{room.name}, {room.site.name}" if self.are_apart() else room.name


class CalendarForm(forms.Form):
    """Which days of which rooms: the week of a day (`semaine`), or a month (`mois`)."""

    semaine = forms.DateField(required=False, widget=date_input(), label="Semaine du", validators=IN_OUR_TIME)
    mois = MonthField(required=False, label="Mois", validators=IN_OUR_TIME)
    salle = RoomField(required=False, queryset=Room.objects.none(), label="Salle", empty_label="Toutes les salles")

    def __init__(self, data: Any, *, rooms: models.QuerySet[Room]) -> None:
        super().__init__(data)
        self._rooms.queryset = rooms.select_related("site", "calendar")

    @property
    def _rooms(self) -> RoomField:
        field = self.fields["salle"]
        assert isinstance(field, RoomField)
        return field

    def rooms(self) -> list[Room]:
        """The rooms among which one is chosen, each with its site and its calendar."""
        return self._rooms.rooms()

    def label(self, room: Room) -> str:
        """How the room is named among them."""
        return self._rooms.label_from_instance(room)


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
