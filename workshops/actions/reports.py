"""What both sides report of a workshop."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from zoneinfo import ZoneInfo

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from associations import actions as associations
from associations.models import Request
from companies.models import Slot
from territories.wording import long_date, wall_time
from workshops import emails
from workshops.actions.attending import Presence, minutes_at_work, note_presences
from workshops.actions.disputing import dispute
from workshops.actions.moves import move_booking, release_request
from workshops.models import Booking, Report, Side, Workshop

# Days after which what nobody has reported is over.
UNREPORTED_WITHIN = 30
REPORTED = "Votre compte rendu est déjà enregistré."


class NotOver(Refused):
    """The workshop has not taken place, or was called off."""


class AlreadyReported(Refused):
    """This side has reported."""


def check_to_report(workshop: Workshop, side: Side, now: dt.datetime) -> None:
    """Whether this side has something to report, and has not yet.

    Raises:
        NotOver, AlreadyReported
    """
    if workshop.state == Workshop.State.CANCELLED:
        raise NotOver("Cet atelier a été annulé\u00a0: il n’y a pas de compte rendu à écrire.")
    _check_over(workshop.booking.slot, now)
    if workshop.state == Workshop.State.CLOSED and not workshop.reports.exists():
        raise NotOver(f"Cet atelier est clos\u00a0: {UNREPORTED_WITHIN} jours sont passés sans compte rendu.")
    if workshop.reports.filter(side=side).exists():
        raise AlreadyReported(REPORTED)


def _check_over(slot: Slot, now: dt.datetime) -> None:
    if slot.ends_at <= now:
        return
    end = slot.ends_at.astimezone(ZoneInfo(slot.time_zone))
    raise NotOver(
        f"Le compte rendu s’écrit après l’atelier\u00a0: à partir du {long_date(end.date())}, {wall_time(end.time())}."
    )


@transaction.atomic
def report_workshop(
    *,
    workshop: Workshop,
    report: Report,
    side: Side,
    presences: Collection[Presence] = (),
    by: User,
    now: dt.datetime,
) -> Report:
    """Record what one side counted. When both have, the workshop is closed.

    A company's `report` counts the volunteers who are not on the portal; those of `presences` are counted in. The first
    side that says what became of the workshop decides: held, or that the other was absent, or that nobody came. Where a
    second one disagrees the workshop counts nowhere until a moderator has said what happened. That it was held is the
    association's to say; after a fortnight of its silence the company's word stands, by `settle_by_company`. Sent
    twice, it is written once.

    Raises:
        NotOver, AlreadyReported: nothing is written.
    """
    workshop.state = Workshop.objects.select_for_update(no_key=True).only("state").get(pk=workshop.pk).state
    report.workshop, report.side, report.created_at, report.created_by = workshop, side, now, by
    if side == Side.COMPANY:
        _count_in(report, presences)
    if (again := _written(report)) is not None:
        return again
    check_to_report(workshop, side, now)
    with refusing({"report_once_per_side": AlreadyReported(REPORTED)}):
        report.save()
    note_presences(workshop, presences, by=by, now=now)
    _settle(workshop.booking, report, now)
    if report.absent:
        emails.absence_reported(report=report, now=now)
    if workshop.reports.count() == len(Side):
        dispute(workshop=workshop, now=now)
        Workshop.objects.planned().filter(pk=workshop.pk).update(state=Workshop.State.CLOSED, closed_at=now)
    return report


def _written(report: Report) -> Report | None:
    """The report that says the same, of the same side, if there is one."""
    said = {name: getattr(report, name) for name in Report.SAID}
    return report.workshop.reports.filter(side=report.side, created_by=report.created_by, **said).first()


def _count_in(report: Report, presences: Collection[Presence]) -> None:
    report.volunteers = (report.volunteers or 0) + sum(one.minutes > 0 for one in presences)
    report.volunteer_minutes = (report.volunteer_minutes or 0) + sum(one.minutes for one in presences)
    report.mecenat_minutes = (report.mecenat_minutes or 0) + minutes_at_work(presences)


def _settle(booking: Booking, report: Report, now: dt.datetime) -> None:
    """What became of the workshop; a company that saw the association come leaves that word to it for a fortnight."""
    booking.refresh_from_db(fields=["state"])
    if not booking.is_confirmed:
        return
    if report.absent or report.says_nobody_came:
        move_booking(booking, Booking.State.NO_SHOW, now=now)
        release_request(booking, now)
    elif report.side == Side.ASSOCIATION:
        _note_held(booking, now)


def _note_held(booking: Booking, now: dt.datetime) -> None:
    move_booking(booking, Booking.State.COMPLETED, now=now)
    if booking.request_id:
        associations.move_request(request_id=booking.request_id, to=Request.State.FULFILLED, now=now)


@transaction.atomic
def settle_by_company(*, workshop: Workshop, now: dt.datetime) -> bool:
    """The association has said nothing: the company's word that the workshop was held stands. False when it is settled.

    Reports are still written afterwards, and kept beside it.
    """
    Workshop.objects.select_for_update(no_key=True).only("pk").get(pk=workshop.pk)
    booking = workshop.booking
    booking.refresh_from_db(fields=["state"])
    if not booking.is_confirmed or not workshop.reports.filter(side=Side.COMPANY, absent="").exists():
        return False
    _note_held(booking, now)
    return True


@transaction.atomic
def close_unreported(*, workshop: Workshop, now: dt.datetime) -> bool:
    """Nobody has said anything: it is over, and counts nowhere. False when it is settled.

    Its request is answered, and no report is written any more.
    """
    Workshop.objects.select_for_update(no_key=True).only("pk").get(pk=workshop.pk)
    booking = workshop.booking
    booking.refresh_from_db(fields=["state"])
    if not booking.is_confirmed or workshop.reports.exists():
        return False
    _note_held(booking, now)
    Workshop.objects.planned().filter(pk=workshop.pk).update(state=Workshop.State.CLOSED, closed_at=now)
    return True
