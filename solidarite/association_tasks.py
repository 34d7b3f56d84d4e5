"""What associations are waited for: each with where to go. Nothing is stored; the rows say it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator
from zoneinfo import ZoneInfo

from django.db.models import DurationField, Exists, ExpressionWrapper, F, OuterRef, Value
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils import timezone

from associations.models import Association, InsuranceCertificate, Request
from solidarite.todo import MOST, Task, agreements_asked, called_off, in_figures, local_start, signatures_awaited, when
from territories.wording import counted, day_date, long_date, noun, wall_time
from workshops.figures import received_in_year
from workshops.models import Booking, HostingAgreement, Side, Workshop, WorkshopQuerySet
from workshops.readiness import at_the_site
from workshops.unheard import called_off_unheard

HOUR = dt.timedelta(hours=1)
# The number of visitors is asked for so long before the workshop, or before its site wants to know.
VISITORS_WITHIN = dt.timedelta(days=7)
EXPIRES_WITHIN = dt.timedelta(days=7)
INSURANCE_WITHIN = dt.timedelta(days=30)


def association_tasks(own: Collection[Association], now: dt.datetime) -> list[Task]:
    """What these associations are waited for, the most pressing first; in as many queries as one."""
    return [
        *_called_off(own, now),
        *_holds(own, now),
        *agreements_asked(_coming(own, now), Side.ASSOCIATION),
        *_visitors(own, now),
        *_reports(own, now),
        *_insurance(own, now),
        *_uninsured(own, now),
        *signatures_awaited(own, Side.ASSOCIATION, now),
        *_requests(own, now),
    ]


def association_figures(association: Association, now: dt.datetime) -> list[dict[str, str]]:
    """Workshops held, people, and hours of companies' volunteers to date, ready to read; none before the first."""
    received = received_in_year(association, now=now)
    if not received.workshops and not received.minutes:
        return []
    return in_figures(received, noun(received.people, "personne formée", "personnes formées"))


def _called_off(own: Collection[Association], now: dt.datetime) -> Iterator[Task]:
    off = called_off_unheard(Booking.objects.filter(association__in=own), Side.ASSOCIATION, now)
    for booking in off[:MOST]:
        page = reverse("workshops:association_booking", args=[booking.association.slug, booking.pk])
        yield called_off(booking, url=page, whose=booking.association)


def _holds(own: Collection[Association], now: dt.datetime) -> Iterator[Task]:
    held = Booking.objects.filter(association__in=own).held(now).with_everything().order_by("expires_at", "pk")
    for booking in held[:MOST]:
        assert booking.expires_at is not None
        until = booking.expires_at.astimezone(ZoneInfo(booking.slot.time_zone))
        yield Task(
            f"Un créneau est gardé pour vous jusqu’au {long_date(until.date())}, {wall_time(until.time())}",
            f"{when(booking.slot)}, {booking.slot.room.site.company}",
            reverse("workshops:association_booking", args=[booking.association.slug, booking.pk]),
            "Réserver",
            f"chez {booking.slot.room.site.company}",
            booking.association.name,
        )


def _visitors(own: Collection[Association], now: dt.datetime) -> Iterator[Task]:
    hours = Coalesce(F("booking__slot__room__site__access_kit__visitor_count_hours"), 0)
    ahead = ExpressionWrapper(hours * Value(HOUR), output_field=DurationField())
    soon = _coming(own, now).filter(visitors=None, booking__slot__starts_at__lte=ahead + (now + VISITORS_WITHIN))
    for workshop in soon.order_by("booking__slot__starts_at", "pk")[:MOST]:
        booking = workshop.booking
        yield Task(
            "Dites combien de visiteurs viennent",
            f"{when(booking.slot)}, chez {booking.slot.room.site.company}{_until(workshop, now)}",
            reverse("workshops:association_prepare", args=[booking.association.slug, booking.pk]),
            "Préparer",
            f"l’atelier du {day_date(local_start(booking.slot).date())}",
            booking.association.name,
        )


def _until(workshop: Workshop, now: dt.datetime) -> str:
    """When the site wants to know it, if it does."""
    due_at = workshop.visitors_due_at
    if due_at is None:
        return ""
    at = at_the_site(workshop.booking.slot, due_at)
    return f"\u00a0: avant le {at}" if now < due_at else f"\u00a0: attendu depuis le {at}"


def _coming(own: Collection[Association], now: dt.datetime) -> WorkshopQuerySet:
    coming = Workshop.objects.planned().filter(booking__association__in=own, booking__slot__starts_at__gt=now)
    return coming.with_everything()


def _reports(own: Collection[Association], now: dt.datetime) -> Iterator[Task]:
    over = Workshop.objects.over(now).filter(booking__association__in=own).to_report(Side.ASSOCIATION)
    for workshop in over.with_everything().order_by("-booking__slot__starts_at", "pk")[:MOST]:
        booking = workshop.booking
        yield Task(
            f"Racontez l’atelier du {day_date(local_start(booking.slot).date())}",
            f"chez {booking.slot.room.site.company}",
            reverse("workshops:association_report", args=[booking.association.slug, booking.pk]),
            "Écrire le compte rendu",
            f"de l’atelier chez {booking.slot.room.site.company}",
            booking.association.name,
        )


def _insurance(own: Collection[Association], now: dt.datetime) -> Iterator[Task]:
    """While workshops are to come, the certificate that counts is over, or soon will be."""
    today = timezone.localdate(now)
    coming = _coming(own, now).filter(booking__association=OuterRef("association"))
    counts = InsuranceCertificate.objects.that_count().filter(association__in=own)
    ending = counts.filter(Exists(coming), valid_until_date__lte=today + INSURANCE_WITHIN)
    for certificate in ending.select_related("association"):
        over = certificate.valid_until_date < today
        until = long_date(certificate.valid_until_date)
        yield Task(
            f"Votre assurance est échue depuis le {until}" if over else f"Votre assurance finit le {until}",
            "des ateliers sont à venir\u00a0: déposez la nouvelle attestation",
            reverse("associations:insurance", args=[certificate.association.slug]),
            "Donner l’attestation",
            "d’assurance",
            certificate.association.name,
        )


def _uninsured(own: Collection[Association], now: dt.datetime) -> Iterator[Task]:
    """An agreement names a certificate, and none is left that counts: it was given by mistake, and set aside."""
    counting = InsuranceCertificate.objects.counting().order_by().filter(association=OuterRef("pk"))
    agreed = HostingAgreement.objects.live(timezone.localdate(now)).filter(association=OuterRef("pk"))
    for association in Association.objects.filter(~Exists(counting), Exists(agreed), pk__in=[one.pk for one in own]):
        yield Task(
            "Votre assurance n’est plus connue",
            "une convention d’accueil demande une attestation qui compte",
            reverse("associations:insurance", args=[association.slug]),
            "Donner l’attestation",
            "d’assurance",
            association.name,
        )


def _requests(own: Collection[Association], now: dt.datetime) -> Iterator[Task]:
    ends = Request.objects.open(now).filter(association__in=own, expires_at__lte=now + EXPIRES_WITHIN)
    for wanted in ends.select_related("association", "commune").order_by("expires_at", "pk")[:MOST]:
        until = wanted.expires_at.astimezone(ZoneInfo(wanted.commune.time_zone))
        yield Task(
            f"Cherchez-vous toujours\u00a0: {wanted.about}\u00a0?",
            f"{counted(wanted.participants, 'participant', 'participants')}\u00a0; "
            f"la demande s’efface le {long_date(until.date())}",
            reverse("associations:requests", args=[wanted.association.slug]),
            "Confirmer",
            f"la demande {wanted.about}",
            wanted.association.name,
        )
