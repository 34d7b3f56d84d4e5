"""What a company is waited for: each with where to go. Nothing is stored; the rows say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse

from companies.models import Availability, Company, RoomCalendar, VolunteerProfile
from solidarite.todo import MOST, Task, local_start, signatures_awaited, when
from territories.wording import counted, day_date, hours, long_date, noun, number
from workshops.figures import given_in_year
from workshops.models import Booking, Side, Workshop
from workshops.volunteers import short_of_volunteers

# Volunteers are called for as long before the workshop.
VOLUNTEERS_WITHIN = dt.timedelta(days=14)


def company_tasks(company: Company, now: dt.datetime) -> list[Task]:
    """What this company is waited for, the most pressing first."""
    return [
        *_answers(company, now),
        *_taken_rooms(company, now),
        *_missing_volunteers(company, now),
        *_reports(company, now),
        *_series(company, now),
        *_consents(company),
        *signatures_awaited(company, Side.COMPANY, now),
        *_calendars(company),
    ]


def company_figures(company: Company) -> list[dict[str, str]]:
    """Workshops held, people, and volunteers' hours to date, ready to read."""
    given = given_in_year(company)
    told = hours(round(given.minutes / 60, 1))
    return [
        {"number": number(given.workshops), "label": noun(given.workshops, "atelier tenu", "ateliers tenus")},
        {"number": number(given.people), "label": noun(given.people, "personne accueillie", "personnes accueillies")},
        {"number": told.split("\u00a0")[0], "label": f"{told.split('\u00a0')[1]} de bénévoles"},
    ]


def _answers(company: Company, now: dt.datetime) -> Iterator[Task]:
    waiting = Booking.objects.of_company(company).awaiting_answer(now).with_everything().order_by("created_at", "pk")
    for booking in waiting[:MOST]:
        yield Task(
            f"Demande à laquelle répondre\u00a0: {booking.association.name}",
            f"{when(booking)}, {counted(booking.participants, 'personne', 'personnes')}",
            _booking_url(company, booking),
            "Répondre",
            f"à {booking.association.name}",
        )


def _taken_rooms(company: Company, now: dt.datetime) -> Iterator[Task]:
    for booking in Booking.objects.of_company(company).on_taken_rooms(now).with_everything().order_by("pk")[:MOST]:
        yield Task(
            f"{booking.slot.room.name} est prise pendant un atelier",
            f"{when(booking)}, {booking.association.name}\u00a0: libérez la salle, ou annulez",
            _booking_url(company, booking),
            "Ouvrir",
            f"la réservation de {booking.association.name}",
        )


def _missing_volunteers(company: Company, now: dt.datetime) -> Iterator[Task]:
    soon = Booking.objects.of_company(company).filter(
        state=Booking.State.CONFIRMED, slot__starts_at__gt=now, slot__starts_at__lte=now + VOLUNTEERS_WITHIN
    )
    for booking in short_of_volunteers(soon.with_everything()).order_by("slot__starts_at", "pk")[:MOST]:
        yield Task(
            f"Il manque {counted(vars(booking)['missing'], 'bénévole', 'bénévoles')}",
            f"{when(booking)}, {booking.association.name}",
            reverse("workshops:volunteers", args=[company.slug]),
            "Voir les bénévoles",
            f"pour le {day_date(local_start(booking).date())}",
        )


def _reports(company: Company, now: dt.datetime) -> Iterator[Task]:
    over = Workshop.objects.over(now).filter(booking__slot__room__site__company=company).unreported(Side.COMPANY)
    for workshop in over.with_everything().order_by("-booking__slot__starts_at", "pk")[:MOST]:
        booking = workshop.booking
        yield Task(
            f"Racontez l’atelier du {day_date(local_start(booking).date())}",
            booking.association.name,
            reverse("workshops:company_report", args=[company.slug, booking.pk]),
            "Écrire le compte rendu",
            f"de l’atelier avec {booking.association.name}",
        )


def _series(company: Company, now: dt.datetime) -> Iterator[Task]:
    within = dt.timedelta(days=settings.RECONFIRM_ASKED_DAYS_BEFORE)
    due = Availability.objects.of_company(company).to_confirm(now, within=within).select_related("room__site")
    for series in due.order_by("confirm_by_at", "pk")[:MOST]:
        assert series.confirm_by_at is not None
        asleep = series.is_asleep(now)
        detail = (
            "ses créneaux libres sont en sommeil"
            if asleep
            else f"avant le {long_date(series.confirm_by_at.astimezone(ZoneInfo(series.room.site.time_zone)).date())}"
        )
        yield Task(
            f"Ouvrez-vous toujours {series.room.name}\u00a0?",
            f"{series}\u00a0: {detail}",
            reverse("workshops:series", args=[company.slug, series.pk]),
            "Confirmer",
            f"la série de {series.room.name}",
        )


def _consents(company: Company) -> Iterator[Task]:
    waiting = VolunteerProfile.objects.awaiting_consent().filter(membership__company=company)
    for profile in waiting.select_related("membership__user").order_by("pk")[:MOST]:
        name = profile.membership.user.name
        yield Task(
            f"{name} demande votre accord",
            "pour venir sur son temps de travail",
            reverse("workshops:volunteers", args=[company.slug]),
            "Répondre",
            f"à {name}",
        )


def _calendars(company: Company) -> Iterator[Task]:
    failing = (
        RoomCalendar.objects.filter(room__site__company=company, room__archived_at=None)
        .exclude(failure="")
        .select_related("room")
    )
    for calendar in failing.order_by("pk")[:MOST]:
        yield Task(
            f"L’agenda de {calendar.room.name} ne se lit plus",
            calendar.failure,
            reverse("workshops:room_calendar", args=[company.slug, calendar.pk]),
            "Voir l’agenda",
            f"de {calendar.room.name}",
        )


def _booking_url(company: Company, booking: Booking) -> str:
    return reverse("workshops:company_booking", args=[company.slug, booking.pk])
