"""What companies are waited for: each with where to go. Nothing is stored; the rows say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from companies.models import Availability, Company, RoomCalendar, Site, VolunteerProfile
from solidarite.todo import (
    MOST,
    VOLUNTEERS_WITHIN,
    Task,
    agreements_asked,
    called_off,
    in_figures,
    local_start,
    signatures_awaited,
    when,
)
from territories.wording import counted, day_date, long_date, noun
from workshops.figures import given_in_year
from workshops.models import Booking, BookingQuerySet, Side, Workshop, WorkshopQuerySet
from workshops.unheard import called_off_unheard
from workshops.volunteers import short_of_volunteers


def company_tasks(own: Collection[Company], now: dt.datetime) -> list[Task]:
    """What these companies are waited for, the most pressing first; in as many queries as one."""
    return [
        *_called_off(own, now),
        *_answers(own, now),
        *_taken_rooms(own, now),
        *agreements_asked(_coming(own, now), Side.COMPANY),
        *_missing_volunteers(own, now),
        *_phones(own, now),
        *_reports(own, now),
        *_series(own, now),
        *_consents(own),
        *signatures_awaited(own, Side.COMPANY, now),
        *_calendars(own),
    ]


def company_figures(company: Company, now: dt.datetime) -> list[dict[str, str]]:
    """Workshops held, people, and volunteers' hours to date, ready to read."""
    given = given_in_year(company, now=now)
    return in_figures(given, noun(given.people, "personne accueillie", "personnes accueillies"))


def _called_off(own: Collection[Company], now: dt.datetime) -> Iterator[Task]:
    off = called_off_unheard(Booking.objects.filter(slot__room__site__company__in=own), Side.COMPANY, now)
    for booking in off[:MOST]:
        company = booking.slot.room.site.company
        page = reverse("workshops:company_booking", args=[company.slug, booking.pk])
        yield called_off(booking, url=page, whose=company)


def _answers(own: Collection[Company], now: dt.datetime) -> Iterator[Task]:
    waiting = _bookings(own).awaiting_answer(now).order_by("created_at", "pk")
    for booking in waiting[:MOST]:
        yield _of_booking(
            booking,
            f"Demande à laquelle répondre\u00a0: {booking.association}",
            f"{when(booking.slot)}, {counted(booking.participants, 'personne', 'personnes')}",
            ("Répondre", f"à {booking.association}"),
        )


def _taken_rooms(own: Collection[Company], now: dt.datetime) -> Iterator[Task]:
    for booking in _bookings(own).on_taken_rooms(now).order_by("pk")[:MOST]:
        yield _of_booking(
            booking,
            f"{booking.slot.room} est prise pendant un atelier",
            f"{when(booking.slot)}, {booking.association}\u00a0: libérez la salle, ou annulez",
            ("Ouvrir", f"la réservation de {booking.association}"),
        )


def _bookings(own: Collection[Company]) -> BookingQuerySet:
    return Booking.objects.filter(slot__room__site__company__in=own).with_everything()


def _of_booking(booking: Booking, title: str, detail: str, link: tuple[str, str]) -> Task:
    company = booking.slot.room.site.company
    page = reverse("workshops:company_booking", args=[company.slug, booking.pk])
    return Task(title, detail, page, *link, company.name)


def _coming(own: Collection[Company], now: dt.datetime) -> WorkshopQuerySet:
    coming = Workshop.objects.planned().filter(booking__slot__starts_at__gt=now)
    return coming.filter(booking__slot__room__site__company__in=own).with_everything()


def _missing_volunteers(own: Collection[Company], now: dt.datetime) -> Iterator[Task]:
    soon = _bookings(own).filter(
        state=Booking.State.CONFIRMED, slot__starts_at__gt=now, slot__starts_at__lte=now + VOLUNTEERS_WITHIN
    )
    for booking in short_of_volunteers(soon).order_by("slot__starts_at", "pk")[:MOST]:
        company = booking.slot.room.site.company
        yield Task(
            f"Il manque {counted(vars(booking)['missing'], 'bénévole', 'bénévoles')}",
            f"{when(booking.slot)}, {booking.association}",
            reverse("workshops:company_crew", args=[company.slug, booking.pk]),
            "Voir les bénévoles",
            f"pour le {day_date(local_start(booking.slot).date())}",
            company.name,
        )


def _phones(own: Collection[Company], now: dt.datetime) -> Iterator[Task]:
    """Where an association comes, and nobody could be called when the door is closed."""
    coming = Booking.objects.filter(
        slot__room__site=OuterRef("pk"), state=Booking.State.CONFIRMED, slot__ends_at__gt=now
    )
    silent = Site.objects.filter(Q(access_kit=None) | Q(access_kit__evening_phone=""), company__in=own)
    for site in silent.filter(Exists(coming)).select_related("company").order_by("pk")[:MOST]:
        yield Task(
            "Dites qui répond le soir",
            f"{site}\u00a0: un atelier est prévu, et aucun téléphone n’est donné",
            reverse("companies:site_access", args=[site.company.slug, site.pk]),
            "Compléter l’accès",
            f"de {site}",
            site.company.name,
        )


def _reports(own: Collection[Company], now: dt.datetime) -> Iterator[Task]:
    over = Workshop.objects.over(now).filter(booking__slot__room__site__company__in=own).to_report(Side.COMPANY)
    for workshop in over.with_everything().order_by("-booking__slot__starts_at", "pk")[:MOST]:
        booking = workshop.booking
        company = booking.slot.room.site.company
        yield Task(
            f"Racontez l’atelier du {day_date(local_start(booking.slot).date())}",
            booking.association.name,
            reverse("workshops:company_report", args=[company.slug, booking.pk]),
            "Écrire le compte rendu",
            f"de l’atelier avec {booking.association}",
            company.name,
        )


def _series(own: Collection[Company], now: dt.datetime) -> Iterator[Task]:
    due = Availability.objects.filter(room__site__company__in=own).to_confirm(now)
    for series in due.select_related("room__site__company").order_by("confirm_by_at", "pk")[:MOST]:
        assert series.confirm_by_at is not None
        site, asleep = series.room.site, series.is_asleep(now)
        by = long_date(series.confirm_by_at.astimezone(ZoneInfo(site.time_zone)).date())
        yield Task(
            f"Ouvrez-vous toujours {series.room}\u00a0?",
            f"{series}\u00a0: {'ses créneaux libres sont en sommeil' if asleep else f'avant le {by}'}",
            reverse("workshops:series", args=[site.company.slug, series.pk]),
            "Confirmer",
            f"la série de {series.room}",
            site.company.name,
        )


def _consents(own: Collection[Company]) -> Iterator[Task]:
    waiting = VolunteerProfile.objects.awaiting_consent().filter(membership__company__in=own)
    for profile in waiting.select_related("membership__user", "membership__company").order_by("pk")[:MOST]:
        name, company = profile.membership.user.name, profile.membership.company
        yield Task(
            f"{name} demande votre accord",
            "pour venir sur son temps de travail",
            reverse("workshops:volunteers", args=[company.slug]),
            "Répondre",
            f"à {name}",
            company.name,
        )


def _calendars(own: Collection[Company]) -> Iterator[Task]:
    failing = (
        RoomCalendar.objects.filter(room__site__company__in=own, room__archived_at=None)
        .exclude(failure="")
        .select_related("room__site__company")
    )
    for calendar in failing.order_by("pk")[:MOST]:
        company = calendar.room.site.company
        yield Task(
            f"L’agenda de {calendar.room} ne se lit plus",
            calendar.failure,
            reverse("workshops:room_calendar", args=[company.slug, calendar.pk]),
            "Voir l’agenda",
            f"de {calendar.room}",
            company.name,
        )
