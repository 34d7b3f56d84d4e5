"""A slot as one line of a list: its words, from a row of a search or from the model."""

from __future__ import annotations

import datetime as dt
from functools import cache, lru_cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.safestring import SafeString

from accounts.pressed import Pressed
from companies.models import BookingMode, Slot
from territories.holidays import public_holiday
from territories.templatetags.wording import kilometres, slot_day, slot_hours
from territories.wording import counted

STEP_FREE = "Accès sans marche"
ANSWER = {BookingMode.INSTANT: "Réponse immédiate", BookingMode.ON_APPROVAL: "Réponse sous 96\u00a0h"}
# Twenty cards a page, again and again the same evenings.
_day, _hours = lru_cache(maxsize=20_000)(slot_day), lru_cache(maxsize=20_000)(slot_hours)


@lru_cache(maxsize=20_000)
def _holiday(starts_at: dt.datetime, zone: str, departement: str) -> str:
    """« Jour férié : Noël », where the site is; nothing on other days."""
    name = public_holiday(starts_at.astimezone(ZoneInfo(zone)), departement)
    return f"Jour férié\u00a0: {name}" if name else ""


class Card(NamedTuple):
    """What a card says, in words; what is empty is not said."""

    url: str
    day: str
    hours: str
    holiday: str
    room: str
    company: str
    place: str
    distance: str
    computers: str
    places: str
    volunteers: str
    way_in: str
    answer: str

    @property
    def equipment(self) -> str:
        """« 8 ordinateurs, 12 places »."""
        return ", ".join(filter(None, (self.computers, self.places, self.volunteers)))


def in_a_sentence(card: Card) -> str:
    """What a page of search results elsewhere, or a message, shows of a slot."""
    evening = f"{card.day}, {card.hours}"
    return f"Une salle pour un atelier numérique chez {card.company}, {card.place}, {evening}\u00a0: {card.equipment}."


def card_of(slot: Slot) -> Card:
    """Of a slot `with_place`; with its distance where it was found `near` somewhere."""
    site = slot.room.site
    return _card(
        (
            slot.pk, slot.starts_at, slot.ends_at, slot.time_zone, slot.computers, slot.places, slot.volunteers_offered,
            slot.booking_mode, slot.room.name, site.company.name, site.commune.name, site.commune.departement_id,
            site.step_free, slot.distance_km,
        )
    )  # fmt: skip


def _card(row: tuple[Any, ...]) -> Card:
    """Of a row of `searching.COLUMNS`, with or without its distance."""
    (
        number, starts_at, ends_at, zone, computers, places, volunteers, mode, room, company, commune, departement,
        step_free, *distance,
    ) = row  # fmt: skip
    return Card(
        url=_path() % number,
        day=_day(starts_at, zone),
        hours=_hours(starts_at, ends_at, zone),
        holiday=_holiday(starts_at, zone, departement),
        room=room,
        company=company,
        place=f"{commune} ({departement})",
        distance=kilometres(*distance or [None]),
        computers=_counted(computers, "ordinateur"),
        places=_counted(places, "place"),
        volunteers=_counted(volunteers, "bénévole") if volunteers else "",
        way_in=STEP_FREE if step_free else "",
        answer=ANSWER[mode],
    )


@cache
def _path() -> str:
    return reverse("workshops:slot", args=[0]).replace("0", "%d")


@lru_cache(maxsize=2_000)
def _counted(number: int, noun: str) -> str:
    return counted(number, noun, f"{noun}s")


_DRAWN = Pressed("components/slot_card.html", "card", Card)


def draw(row: tuple[Any, ...]) -> SafeString:
    """The card of a row of a search, as the component draws it."""
    return _draw(row) if settings.DEBUG else _kept(row)


def _draw(row: tuple[Any, ...]) -> SafeString:
    return _DRAWN(_card(row))


# By all that a card says, about 12 MB: who searches here sees the cards that others see.
_kept = lru_cache(maxsize=10_000)(_draw)
