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
from workshops.actions.attending import Presence, minutes_at_work, note_presences, noted
from workshops.actions.disputing import dispute
from workshops.actions.moves import move_booking, release_request
from workshops.models import Booking, Dispute, Report, Side, Workshop

# Days after which what nobody has reported is over.
UNREPORTED_WITHIN = 30
REPORTED = "Votre compte rendu est déjà enregistré."
# How long a side may correct its report, and give its figures after a moderator's decision.
CORRECTED_WITHIN = dt.timedelta(days=14)


class NotOver(Refused):
    """The workshop has not taken place, or was called off."""


class AlreadyReported(Refused):
    """This side has reported."""


class NotCorrectable(Refused):
    """The report stands as it is."""


class AnotherStory(Refused):
    """Figures by which somebody came, or nobody did, contrary to what the report says."""

    field = "attended"


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


def gives_its_figures(report: Report) -> bool:
    """Whether a moderator has said that people were there of whom the report counts nobody; its dispute is loaded."""
    dispute = getattr(report.workshop, "dispute", None)
    was_held = dispute is not None and dispute.state == Dispute.State.HELD
    return was_held and (report.absent != "" or report.says_nobody_came)


def check_to_correct(report: Report, now: dt.datetime) -> None:
    """Whether its side may still correct it; its dispute is loaded.

    Raises:
        NotCorrectable
    """
    dispute = getattr(report.workshop, "dispute", None)
    since = report.created_at
    if dispute is not None and not dispute.is_open:
        if not gives_its_figures(report):
            raise NotCorrectable("La modération a conclu\u00a0: ce compte rendu ne se corrige plus.")
        since = dispute.decided_at
    if since + CORRECTED_WITHIN <= now:
        raise NotCorrectable(
            f"Un compte rendu se corrige pendant {CORRECTED_WITHIN.days} jours\u00a0: celui-ci reste comme il est."
        )


@transaction.atomic
def correct_report(*, report: Report, presences: Collection[Presence] = (), by: User, now: dt.datetime) -> None:
    """Write what a side counted anew, of the same workshop and on its own figures: what counts follows at once.

    `report` is its row as it is to be, with the volunteers who are not on the portal, as in `report_workshop`. Whether
    anybody was there is not corrected: that is a story of its own, which a moderator may have told. Who said that
    nobody was there, and was not believed, gives its figures so. What is the same changes nothing.

    Raises:
        NotCorrectable, AnotherStory: nothing is written.
    """
    workshop = Workshop.objects.select_for_update(no_key=True).get(pk=report.workshop_id)
    before = Report.objects.select_related("workshop__dispute").get(pk=report.pk)
    check_to_correct(before, now)
    if report.side == Side.COMPANY:
        _count_in(report, presences)
    if not gives_its_figures(before):
        _check_same_story(before, report)
    is_same = all(getattr(report, name) == getattr(before, name) for name in Report.SAID)
    if is_same and noted(workshop, presences):
        return
    report.corrected_at, report.corrected_by = now, by
    report.save(update_fields=[*Report.SAID, "corrected_at", "corrected_by"])
    note_presences(workshop, presences, by=by, now=now)


def _check_same_story(before: Report, after: Report) -> None:
    if after.absent != before.absent or after.says_nobody_came != before.says_nobody_came:
        raise AnotherStory(
            "Ce compte rendu dit que personne n’est venu\u00a0: il ne se corrige pas en un nombre."
            if before.says_nobody_came
            else "Ce compte rendu dit que l’atelier a été tenu\u00a0: indiquez au moins une personne."
        )


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
