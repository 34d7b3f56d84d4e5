"""What an association is waited for: each with where to go. Nothing is stored; the rows say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from zoneinfo import ZoneInfo

from django.db.models import Exists
from django.urls import reverse
from django.utils import timezone

from associations.models import Association, InsuranceCertificate, Request
from solidarite.todo import MOST, Task, local_start, signatures_awaited, when
from territories.wording import counted, day_date, long_date, wall_time
from workshops.models import Booking, Side, Workshop, WorkshopQuerySet

# The number of visitors is asked for so long before.
VISITORS_WITHIN = dt.timedelta(days=7)
EXPIRES_WITHIN = dt.timedelta(days=7)
INSURANCE_WITHIN = dt.timedelta(days=30)


def association_tasks(association: Association, now: dt.datetime) -> list[Task]:
    """What this association is waited for, the most pressing first."""
    return [
        *_holds(association, now),
        *_agreements(association, now),
        *_visitors(association, now),
        *_reports(association, now),
        *_insurance(association, now),
        *signatures_awaited(association, Side.ASSOCIATION, now),
        *_requests(association, now),
    ]


def _holds(association: Association, now: dt.datetime) -> Iterator[Task]:
    held = Booking.objects.of_association(association).held(now).with_everything().order_by("expires_at", "pk")
    for booking in held[:MOST]:
        assert booking.expires_at is not None
        until = booking.expires_at.astimezone(ZoneInfo(booking.slot.time_zone))
        yield Task(
            f"Un créneau est gardé pour vous jusqu’au {long_date(until.date())}, {wall_time(until.time())}",
            f"{when(booking)}, {booking.slot.room.site.company.name}",
            _booking_url(association, booking),
            "Réserver",
            f"chez {booking.slot.room.site.company.name}",
        )


def _agreements(association: Association, now: dt.datetime) -> Iterator[Task]:
    asked = _coming(association, now).filter(agreement_asked_at__isnull=False, association_agreed_at=None)
    for workshop in asked[:MOST]:
        yield Task(
            f"L’atelier du {day_date(local_start(workshop.booking).date())} tient-il toujours\u00a0?",
            f"chez {workshop.booking.slot.room.site.company.name}",
            _booking_url(association, workshop.booking),
            "Répondre",
            f"pour l’atelier chez {workshop.booking.slot.room.site.company.name}",
        )


def _visitors(association: Association, now: dt.datetime) -> Iterator[Task]:
    soon = _coming(association, now).filter(visitors=None, booking__slot__starts_at__lte=now + VISITORS_WITHIN)
    for workshop in soon[:MOST]:
        yield Task(
            "Dites combien de visiteurs viennent",
            f"{when(workshop.booking)}, chez {workshop.booking.slot.room.site.company.name}",
            reverse("workshops:association_prepare", args=[association.slug, workshop.booking_id]),
            "Préparer",
            f"l’atelier du {day_date(local_start(workshop.booking).date())}",
        )


def _coming(association: Association, now: dt.datetime) -> WorkshopQuerySet:
    coming = Workshop.objects.planned().filter(booking__association=association, booking__slot__starts_at__gt=now)
    return coming.with_everything().order_by("booking__slot__starts_at", "pk")


def _reports(association: Association, now: dt.datetime) -> Iterator[Task]:
    over = Workshop.objects.over(now).filter(booking__association=association).unreported(Side.ASSOCIATION)
    for workshop in over.with_everything().order_by("-booking__slot__starts_at", "pk")[:MOST]:
        company = workshop.booking.slot.room.site.company.name
        yield Task(
            f"Racontez l’atelier du {day_date(local_start(workshop.booking).date())}",
            f"chez {company}",
            reverse("workshops:association_report", args=[association.slug, workshop.booking_id]),
            "Écrire le compte rendu",
            f"de l’atelier chez {company}",
        )


def _insurance(association: Association, now: dt.datetime) -> Iterator[Task]:
    """While workshops are to come, the certificate that counts is over, or soon will be."""
    today = timezone.localdate(now)
    counts = InsuranceCertificate.objects.that_count().filter(association=association)
    ending = counts.filter(Exists(_coming(association, now)), valid_until_date__lte=today + INSURANCE_WITHIN)
    for certificate in ending:
        over = certificate.valid_until_date < today
        until = long_date(certificate.valid_until_date)
        yield Task(
            f"Votre assurance est échue depuis le {until}" if over else f"Votre assurance finit le {until}",
            "des ateliers sont à venir\u00a0: déposez la nouvelle attestation",
            reverse("associations:insurance", args=[association.slug]),
            "Donner l’attestation",
            "d’assurance",
        )


def _requests(association: Association, now: dt.datetime) -> Iterator[Task]:
    ends = Request.objects.open(now).filter(association=association, expires_at__lte=now + EXPIRES_WITHIN)
    for wanted in ends.select_related("commune").order_by("expires_at", "pk")[:MOST]:
        until = wanted.expires_at.astimezone(ZoneInfo(wanted.commune.time_zone))
        yield Task(
            f"Cherchez-vous toujours\u00a0: {wanted.get_topic_display()}\u00a0?",
            f"{counted(wanted.participants, 'participant', 'participants')}\u00a0; "
            f"la demande s’efface le {long_date(until.date())}",
            reverse("associations:requests", args=[association.slug]),
            "Confirmer",
            f"la demande {wanted.get_topic_display()}",
        )


def _booking_url(association: Association, booking: Booking) -> str:
    return reverse("workshops:association_booking", args=[association.slug, booking.pk])
