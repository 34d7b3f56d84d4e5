"""What is found by looking at facts: answers that are missing, workshops to come, reports to write.

Each scan may run late, twice or at once, and says only what still makes sense then. Hours are those of the wall at the
site: the day of a workshop begins at its midnight, not at that of the server, and two days before half past six is
half past six, also when the clocks change in between.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Value
from django.db.models.functions import Coalesce

from accounts.models import User
from accounts.refusals import Refused
from accounts.scans import one_by_one
from companies.models import Slot
from territories.zones import CLOCK_CHANGE, days_later
from workshops import emails
from workshops.actions.reports import UNREPORTED_WITHIN, close_unreported, settle_by_company
from workshops.actions.waitlist import close_missed, lapse, offer_waiting
from workshops.actions.ways import tell_ways
from workshops.models import Booking, Side, Workshop

UNSURE_AHEAD, REMIND_AHEAD = 3, 2  # days
HOUR = dt.timedelta(hours=1)
MORNING, REPORT_HOUR = dt.time(7), dt.time(9)
REPORT_WITHIN = 14  # days
CAUGHT_UP_WITHIN = dt.timedelta(days=7)


class Tell(Protocol):
    """One mail about a workshop."""

    def __call__(self, *, workshop: Workshop, now: dt.datetime) -> None: ...


class NothingToAgree(Refused):
    """The workshop is not to come any more."""


# --- bookings that wait for an answer ---------------------------------------------------------------


def remind_unanswered(*, now: dt.datetime) -> int:
    """Tell companies once of those whose clock has run half: two days, or less before an evening that is near.

    Returns how many.
    """
    half = ExpressionWrapper((F("expires_at") - F("created_at")) / 2, DurationField())
    waiting = Booking.objects.awaiting_answer(now).annotate(half=half).filter(created_at__lte=now - F("half"))
    unreminded = waiting.untold("booking_unanswered").with_everything().order_by("pk")
    return one_by_one(unreminded, lambda booking: emails.booking_unanswered(booking=booking, now=now))


def expire_bookings(*, now: dt.datetime) -> int:
    """Release who waited too long for an answer, pass on what was held, end queues of slots that have closed.

    Returns how many bookings expired.
    """
    late = list(Booking.objects.lapsed(now).with_everything().order_by("pk"))
    expired = one_by_one(late, lambda booking: lapse(booking=booking, now=now))
    offer_waiting(now=now)
    close_missed(now=now)
    return expired


# --- before a workshop ------------------------------------------------------------------------------


def remind_workshops(*, now: dt.datetime) -> int:
    """Ask, remind and warn before workshops. Returns how many were told of; running it again tells nobody twice."""
    asked = _ask_agreement(now) + _tell_unsure(now) + _tell_taken_rooms(now)
    return asked + _remind(now) + _tell_morning(now) + tell_ways(now)


def _ask_agreement(now: dt.datetime) -> int:
    """Seven days ahead: does it still stand? Of one agreed on later, three days ahead, if it was so four days ahead.

    Not so late that the reminder is due.

    Who acts for a side instead of somebody whom the question did not reach any more is asked too; and, of a date that
    one side alone has chosen since, the other.
    """
    ahead = Workshop.objects.starting_within(now=now, days=Workshop.ASKED_AHEAD)
    late = Workshop.objects.starting_within(now=now, days=UNSURE_AHEAD).confirmed_before(days=UNSURE_AHEAD + 1)
    known = ahead.confirmed_before(days=Workshop.ASKED_AHEAD) | ahead.half_agreed() | late
    unasked = known.unsure().unasked().select_related("booking__slot").order_by("pk")
    due = [one.pk for one in unasked if _is_to_ask(one, now)]
    return one_by_one(due, lambda number: _ask_one(number, now))


def _is_to_ask(workshop: Workshop, now: dt.datetime) -> bool:
    if not workshop.is_within(Workshop.ASKED_AHEAD, now=now) or workshop.is_within(REMIND_AHEAD, now=now):
        return False
    late = workshop.is_within(UNSURE_AHEAD, now=now) and workshop.was_confirmed_before(UNSURE_AHEAD + 1)
    return late or workshop.is_half_agreed or workshop.was_confirmed_before(Workshop.ASKED_AHEAD)


def _ask_one(number: int, now: dt.datetime) -> bool:
    first = Coalesce("agreement_asked_at", Value(now))
    if not Workshop.objects.planned().filter(pk=number).update(agreement_asked_at=first):
        return False
    workshop = Workshop.objects.with_everything().get(pk=number)
    for side in Side:
        if workshop.agreed_at(side) is None:
            emails.workshop_agreement(workshop=workshop, side=side, now=now)
    return True


def _tell_unsure(now: dt.datetime) -> int:
    """Three days ahead: who was asked, a day ago or more, and said nothing, and who could not be asked at all.

    Nothing is cancelled by silence.
    """
    ahead = Workshop.objects.starting_within(now=now, days=UNSURE_AHEAD).untold("workshop_unsure")
    unsure = ahead.silent(*Side, at=now) | ahead.unreached(*Side)
    due = [one for one in unsure.with_everything().order_by("pk") if one.is_within(UNSURE_AHEAD, now=now)]
    return _each(due, _warn, now)


def _warn(*, workshop: Workshop, now: dt.datetime) -> None:
    silent, unreached = workshop.silent_sides(at=now), workshop.unreached_sides()
    emails.workshop_unsure(workshop=workshop, silent=silent, unreached=unreached, now=now)


def _remind(now: dt.datetime) -> int:
    """Two days ahead; on the day itself the morning's mail says it."""
    ahead = Workshop.objects.starting_within(now=now, days=REMIND_AHEAD).confirmed_before(days=REMIND_AHEAD)
    untold = ahead.untold("workshop_reminder").with_everything().order_by("pk")
    due = [one for one in untold if _is_due(one, REMIND_AHEAD, now) and now < local(one.booking.slot, dt.time())]
    return _each(due, emails.workshop_reminder, now)


def _is_due(workshop: Workshop, days: int, now: dt.datetime) -> bool:
    """So many days ahead have come, and it was confirmed before."""
    return workshop.is_within(days, now=now) and workshop.was_confirmed_before(days)


def _tell_morning(now: dt.datetime) -> int:
    """On the day, from seven in the morning; who confirmed since then knows."""
    ahead = Workshop.objects.starting_within(now=now, days=1)
    due = ahead.untold("workshop_today").with_everything().order_by("pk")
    return _each([one for one in due if _is_morning_due(one.booking, now)], emails.workshop_today, now)


def _is_morning_due(booking: Booking, now: dt.datetime) -> bool:
    """From seven; of what begins before eight, an hour ahead."""
    morning = min(local(booking.slot, MORNING), booking.slot.starts_at - HOUR)
    return morning <= now and booking.settled_at is not None and booking.settled_at < morning


def _tell_taken_rooms(now: dt.datetime) -> int:
    """A room's own calendar has it elsewhere since a workshop was confirmed there: the company is told, once."""
    taken = Booking.objects.on_taken_rooms(now).filter(state=Booking.State.CONFIRMED, slot__starts_at__gt=now)
    numbers = list(taken.untold("room_taken").order_by("pk").values_list("pk", flat=True))
    return one_by_one(numbers, lambda number: _tell_taken_room(number, now))


def _tell_taken_room(number: int, now: dt.datetime) -> bool:
    """Unless it was called off or moved meanwhile."""
    here = Booking.objects.filter(pk=number, state=Booking.State.CONFIRMED)
    booking = here.select_for_update(no_key=True, of=("self",)).with_everything().first()
    if booking is not None:
        emails.room_taken(booking=booking, now=now)
    return booking is not None


def check_to_agree(workshop: Workshop, now: dt.datetime) -> None:
    """Whether it is to come, so that a side may say that it stands.

    Raises:
        NothingToAgree
    """
    if workshop.state != Workshop.State.PLANNED or workshop.booking.slot.starts_at <= now:
        raise NothingToAgree("Cet atelier n’est plus à venir\u00a0: il n’y a rien à confirmer.")


@transaction.atomic
def agree_workshop(*, workshop: Workshop, side: Side, by: User, now: dt.datetime) -> None:
    """A side says that the workshop still stands; said twice, the first word counts.

    Raises:
        NothingToAgree: it is cancelled, has begun, or was moved since it was read.
    """
    locked = Workshop.objects.with_everything().select_for_update(no_key=True, of=("self",)).get(pk=workshop.pk)
    check_to_agree(locked, now)
    if locked.booking_id != workshop.booking_id:
        raise NothingToAgree("Cet atelier vient d’être déplacé\u00a0: nous vous demanderons si la nouvelle date tient.")
    if locked.agreed_at(side) is None:
        stamps = {f"{side}_agreed_at": now, f"{side}_agreed_by": by}
        Workshop.objects.filter(pk=locked.pk).update(**stamps)
    workshop.refresh_from_db(fields=[f"{side}_agreed_at", f"{side}_agreed_by"])


# --- after a workshop -------------------------------------------------------------------------------


def ask_for_reports(*, now: dt.datetime) -> int:
    """Ask each side that has not reported, the morning after; after a fortnight, take the word of who did, and thank.

    After a month what nobody has reported is closed.

    Returns how many were asked or thanked about.
    """
    _settle(now)
    _close_unreported(now)
    earliest = now - dt.timedelta(days=REPORT_WITHIN) - CLOCK_CHANGE
    over = Workshop.objects.planned().over(now).filter(booking__slot__ends_at__gt=earliest)
    unasked = over.untold("report_due").with_everything().prefetch_related("reports").order_by("pk")
    due = [one for one in unasked if local(one.booking.slot, REPORT_HOUR, days_later=1) <= now < _thanked_at(one)]
    return _each(due, _ask_report, now) + _thank(now)


def _settle(now: dt.datetime) -> None:
    """A fortnight after, however late the scan: what the company alone reported was held."""
    ended_by = now - dt.timedelta(days=REPORT_WITHIN) + CLOCK_CHANGE
    told = Workshop.objects.over(now).filter(reports__side=Side.COMPANY, reports__absent="")
    unsettled = told.filter(booking__state=Booking.State.CONFIRMED, booking__slot__ends_at__lte=ended_by)
    silent = unsettled.unreported(Side.ASSOCIATION).with_everything().order_by("pk")
    due = [one for one in silent if _thanked_at(one) <= now]
    one_by_one(due, lambda workshop: settle_by_company(workshop=workshop, now=now))


def _close_unreported(now: dt.datetime) -> None:
    """What nobody reported in a month is over."""
    ended_by = now - dt.timedelta(days=UNREPORTED_WITHIN)
    silent = Workshop.objects.planned().filter(
        booking__state=Booking.State.CONFIRMED, booking__slot__ends_at__lte=ended_by, reports=None
    )
    due = silent.with_everything().order_by("pk")
    one_by_one(due, lambda workshop: close_unreported(workshop=workshop, now=now))


def _ask_report(*, workshop: Workshop, now: dt.datetime) -> None:
    written = {report.side for report in workshop.reports.all()}
    for side in Side:
        if side not in written:
            emails.report_due(workshop=workshop, side=side, until=_thanked_at(workshop), now=now)


def _thank(now: dt.datetime) -> int:
    """Both sides of what took place, as somebody says."""
    fortnight_ago = now - dt.timedelta(days=REPORT_WITHIN)
    ended = (fortnight_ago - CAUGHT_UP_WITHIN, fortnight_ago + CLOCK_CHANGE)
    held = Workshop.objects.over(now).not_missed().reported().filter(booking__slot__ends_at__range=ended)
    unthanked = held.untold("workshop_thanks").with_everything().prefetch_related("reports").order_by("pk")
    return _each([one for one in unthanked if _thanked_at(one) <= now], emails.workshop_thanks, now)


def _thanked_at(workshop: Workshop) -> dt.datetime:
    """A fortnight after its end: until then reports are asked for."""
    slot = workshop.booking.slot
    return days_later(slot.ends_at, REPORT_WITHIN, zone=slot.time_zone)


# --- what they share --------------------------------------------------------------------------------


def _each(workshops: Iterable[Workshop], tell: Tell, now: dt.datetime) -> int:
    return one_by_one(workshops, lambda workshop: tell(workshop=workshop, now=now))


def local(slot: Slot, time: dt.time, *, days_later: int = 0) -> dt.datetime:
    """The instant of an hour of the wall on the day of a slot, or so many days later."""
    day = slot.starts_on + dt.timedelta(days=days_later)
    return dt.datetime.combine(day, time, tzinfo=ZoneInfo(slot.time_zone)).astimezone(dt.UTC)
