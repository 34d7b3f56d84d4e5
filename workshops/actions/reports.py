"""What both sides report of a workshop."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from associations import actions as associations
from associations.models import Request
from workshops.actions.moves import move_booking
from workshops.models import Booking, Report, Side, Workshop


class NotOver(Refused):
    """The workshop has not taken place."""


class AlreadyReported(Refused):
    """This side has reported."""


@transaction.atomic
def report_workshop(*, workshop: Workshop, report: Report, side: Side, by: User, now: dt.datetime) -> Report:
    """Record what one side counted. When both have, the workshop is closed.

    Raises:
        NotOver, AlreadyReported: nothing is written.
    """
    if workshop.booking.slot.ends_at > now:
        raise NotOver("Le compte rendu s’écrit après l’atelier.")
    report.workshop, report.side, report.created_at, report.created_by = workshop, side, now, by
    with refusing({"report_once_per_side": AlreadyReported("Votre compte rendu est déjà enregistré.")}):
        report.save()
    if side == Side.ASSOCIATION:
        move_booking(workshop.booking, Booking.State.COMPLETED, now=now)
        if workshop.booking.request_id:
            associations.move_request(request_id=workshop.booking.request_id, to=Request.State.FULFILLED, now=now)
    if workshop.reports.count() == len(Side):
        Workshop.objects.planned().filter(pk=workshop.pk).update(state=Workshop.State.CLOSED, closed_at=now)
    return report
