"""What the page of a plan shows of it, and the table to take along."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

from companies.models import Slot
from territories.wording import counted, number
from workshops.models import Booking, Gain, Plan, PlannedPair, Report, Unserved
from workshops.spreadsheets import spreadsheet

COLUMNS = (
    "demande",
    "thèmes",
    "personnes",
    "commune",
    "association",
    "date",
    "heure",
    "entreprise",
    "site",
    "km",
    "suite",
)
# What becomes of what was offered, in the order of a page.
WAITS, TAKEN, LEFT, KEPT_NOT = "attendent une réponse", "prises", "laissées ou sans réponse", "pas proposées"
TO_OFFER = "vont être proposées"


class Bar(NamedTuple):
    """A way to give slots to requests, and how many people it serves."""

    label: str
    people: int

    @property
    def shown(self) -> str:
        return number(self.people)


class Reason(NamedTuple):
    """Why some have nothing, and how many they are."""

    label: str
    requests: int
    people: int


def bars(plan: Plan) -> list[Bar]:
    """The least first; what more evenings and a wider look could bring, where it is more."""
    found = [
        Bar("Dans l’ordre des demandes, chacune son meilleur créneau", plan.people_first_come),
        Bar("Dans l’ordre des dates, à la plus grande demande", plan.people_by_date),
        Bar("Ce plan", plan.people_served),
    ]
    if plan.people_wider > plan.people_served:
        found.append(Bar("Au plus, en regardant plus de 200 créneaux par demande", plan.people_wider))
    if plan.people_with_evenings > plan.people_served:
        found.append(Bar("Avec les soirées ajoutées ci-dessous", plan.people_with_evenings))
    return [*found, Bar("Toutes les personnes qui cherchent", plan.people)]


def reasons(plan: Plan) -> list[Reason]:
    """Where most people are first."""
    rows = plan.unserved.order_by().values("why", "besides").annotate(requests=Count("pk"), persons=Sum("people"))
    found = [
        Reason(Unserved(why=row["why"], besides=row["besides"]).said, row["requests"], row["persons"]) for row in rows
    ]
    return sorted(found, key=lambda reason: (-reason.people, reason.label))


def gained(plan: Plan) -> list[str]:
    """« Lille : 3 soirées de plus serviraient 41 personnes de plus. » Le Havre and Les Andelys read as well."""
    return [_said(gain) for gain in plan.gains.filter(people__gt=0).select_related("commune")]


def _said(gain: Gain) -> str:
    evenings, people = counted(gain.evenings, "soirée", "soirées"), counted(gain.people, "personne", "personnes")
    serve = "servirait" if gain.evenings == 1 else "serviraient"
    return f"{gain.commune.name}\u00a0: {evenings} de plus {serve} {people} de plus."


def answers(plan: Plan, now: dt.datetime) -> list[tuple[str, int]]:
    """What became of what was offered; what was taken, and called off later, was taken."""
    offered = plan.planned.exclude(booking=None)
    held = offered.filter(booking__in=Booking.objects.held(now)).count()
    agreed = Q(booking__state__in=Booking.IN_CALENDARS, booking__settled_at__isnull=False)
    taken = offered.filter(agreed | Q(booking__state=Booking.State.PENDING)).count()
    left = offered.count() - held - taken
    to_offer = plan.planned.filter(booking=None, refusal="").count()
    found = [(WAITS, held), (TAKEN, taken), (LEFT, left), (KEPT_NOT, plan.planned.exclude(refusal="").count())]
    return [(TO_OFFER, to_offer), *found] if to_offer else found


def with_everything(plan: Plan) -> QuerySet[PlannedPair]:
    """The pairs, by the beginning of their slots, with all that a line says."""
    place = ("slot__room__site__company", "slot__room__site__commune")
    pairs = plan.planned.select_related("request__association", "request__commune", "booking", *place)
    pairs = pairs.annotate(has_report=Exists(Report.objects.filter(workshop__booking=OuterRef("booking"))))
    return pairs.order_by(F("slot__starts_at"), "pk")


def plan_csv(pairs: Iterable[PlannedPair], now: dt.datetime) -> str:
    """The pairs as a table."""
    return spreadsheet(COLUMNS, (_row(pair, now) for pair in pairs))


def _row(pair: PlannedPair, now: dt.datetime) -> tuple[object, ...]:
    request, slot, site = pair.request, pair.slot, pair.slot.room.site
    start = _local(slot)
    return (
        request.pk,
        request.about,
        pair.people,
        request.commune.name,
        request.association.name,
        start.date().isoformat(),
        f"{start:%H:%M}",
        site.company.name,
        site.name,
        "" if pair.distance_km is None else f"{pair.distance_km:.1f}".replace(".", ","),
        outcome(pair, now),
    )


def outcome(pair: PlannedPair, now: dt.datetime) -> str:
    """What became of it: nothing, before it is offered."""
    if pair.booking is None:
        return pair.refusal
    pair.booking.has_report = pair.has_report  # type: ignore[attr-defined]
    return pair.booking.as_of(now).said


def _local(slot: Slot) -> dt.datetime:
    return slot.starts_at.astimezone(ZoneInfo(slot.time_zone))
