"""How far an organisation keeps its word: counted from facts, each shown with its reason. Never public.

What counts for it: workshops that took place, and, for a company, doors that it opened though nobody came. What counts
against it: late cancellations and late moves, absences that the other side reported and it did not contest, and, for a
company, requests that it left unanswered though it had time. Cancelling and moving in time count neither way.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from typing import Literal, NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from associations.models import Association
from companies.models import Company
from workshops.models import Booking, BookingQuerySet, Reason, Reply, Report, Side, WaitlistEntry

# So far back.
LOOKED_AT = dt.timedelta(days=365)
# Where a clock is cut short by the start of an evening, silence says nothing: who closes at the weekend never read the
# request. It is when a company that has its whole time is reminded.
TIME_TO_ANSWER = dt.timedelta(hours=48)

Kind = Literal["held", "waited", "opened", "empty", "late", "moved_late", "absent", "disputed", "unanswered"]
FOR: frozenset[Kind] = frozenset({"held", "waited", "opened"})
AGAINST: frozenset[Kind] = frozenset({"late", "moved_late", "absent", "unanswered"})


class Fact(NamedTuple):
    """One booking, and what it says of an organisation; with what the organisation answered."""

    booking: Booking
    kind: Kind
    reply: Reply | None

    @property
    def counts_against(self) -> bool:
        return self.kind in AGAINST

    @property
    def reports(self) -> list[Report]:
        """What each side wrote, for moderators alone; nothing where there never was a workshop."""
        workshop = getattr(self.booking, "workshop", None)
        return list(workshop.reports.all()) if workshop else []


class Record(NamedTuple):
    """What a year says."""

    facts: list[Fact]

    @property
    def kept(self) -> int:
        return sum(one.kind in FOR for one in self.facts)

    @property
    def broken(self) -> int:
        return sum(one.kind in AGAINST for one in self.facts)

    @property
    def total(self) -> int:
        return self.kept + self.broken

    @property
    def share(self) -> float | None:
        """Between 0 and 1; None while nothing counts."""
        return self.kept / self.total if self.total else None


def record(organisation: Company | Association, now: dt.datetime) -> Record:
    """What the last year says of an organisation, the latest first."""
    if isinstance(organisation, Company):
        side, bookings = Side.COMPANY, Booking.objects.of_company(organisation)
    else:
        side, bookings = Side.ASSOCIATION, Booking.objects.of_association(organisation)
    return Record(_facts(bookings, side, now))


class Tally(NamedTuple):
    """The same of one organisation, in numbers alone."""

    kept: int
    broken: int


def tallies(side: Side, now: dt.datetime) -> dict[int, Tally]:
    """By organisation of a side, of all about which the last year says something."""
    kept, broken = Counter[int](), Counter[int]()
    for fact in _facts(Booking.objects.all(), side, now):
        booking = fact.booking
        number = booking.slot.room.site.company_id if side == Side.COMPANY else booking.association_id
        kept[number] += fact.kind in FOR
        broken[number] += fact.kind in AGAINST
    return {number: Tally(kept[number], broken[number]) for number in kept}


def fact_of(booking: Booking, side: Side, now: dt.datetime) -> Fact | None:
    """What the last year's record of this side says of one booking; None: nothing."""
    return next(iter(_facts(Booking.objects.filter(pk=booking.pk), side, now)), None)


def _facts(bookings: BookingQuerySet, side: Side, now: dt.datetime) -> list[Fact]:
    found = _telling(bookings, side, now).with_everything().select_related("workshop__dispute")
    found = found.prefetch_related("workshop__reports", "replies")
    facts = [_fact(booking.as_of(now), side) for booking in found.order_by("-slot__starts_at", "-pk")]
    return [fact for fact in facts if fact is not None]


def _telling(bookings: BookingQuerySet, side: Side, now: dt.datetime) -> BookingQuerySet:
    ends: Q = Q(state__in=(Booking.State.COMPLETED, Booking.State.NO_SHOW))
    ends |= Q(state=_cancelled_by(side), is_late=True)
    if side == Side.COMPANY:
        # What was held and not taken waited for no word of the company's; once taken, it did, from then on. Its own
        # offer never does.
        untaken = WaitlistEntry.objects.filter(booking=OuterRef("pk")).exclude(state=WaitlistEntry.State.TAKEN)
        had_time = Q(expires_at__gte=F("created_at") + TIME_TO_ANSWER)
        asked = Q(planned_at=None) | Q(created_at__gt=F("planned_at"))
        ends |= Q(~Exists(untaken), had_time, asked, state=Booking.State.EXPIRED, offered_at=None)
        # The clock has run out, whether or not anybody has noted it yet.
        ends |= Q(had_time, state=Booking.State.PENDING, expires_at__lte=now)
    return bookings.filter(ends, slot__starts_at__gt=now - LOOKED_AT)


def _cancelled_by(side: Side) -> Booking.State:
    states = Booking.State
    return states.CANCELLED_BY_COMPANY if side == Side.COMPANY else states.CANCELLED_BY_ASSOCIATION


def _fact(booking: Booking, side: Side) -> Fact | None:
    reply = next((one for one in booking.replies.all() if one.side == side), None)
    late: Kind = "moved_late" if booking.reason_code == Reason.MOVED else "late"
    kinds: dict[str, Kind] = {Booking.State.EXPIRED: "unanswered", _cancelled_by(side): late}
    if booking.state == Booking.State.COMPLETED and not booking.workshop.reports.all():
        # Nobody has told of it.
        return None
    kind = kinds.get(booking.state) or _of_reports(booking, side)
    return Fact(booking, kind, reply)


def _of_reports(booking: Booking, side: Side) -> Kind:
    """What the two reports say together; where they contradict each other, what a moderator said, and nothing before.

    Where it did not take place, and each says that the other was not there, nobody knows more.
    """
    reports = booking.workshop.reports.all()
    absent = {report.absent for report in reports} - {""}
    if booking.workshop.is_contested or (booking.state == Booking.State.NO_SHOW and len(absent) > 1):
        return "disputed"
    if booking.state == Booking.State.COMPLETED or not absent:
        return _of_people(side, nobody=booking.state == Booking.State.NO_SHOW)
    return "absent" if absent == {side.value} else "waited"


def _of_people(side: Side, *, nobody: bool) -> Kind:
    """Both were there. Where nobody came, the company kept its word, and who says so honestly is not punished."""
    if not nobody:
        return "held"
    return "opened" if side == Side.COMPANY else "empty"
