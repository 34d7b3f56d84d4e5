"""What became of a workshop of which the two sides tell different things: a moderator says."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.actions.files import record_decision, settle_file
from accounts.models import Decision, User
from associations import actions as associations
from associations.models import Request
from workshops import emails
from workshops.actions.moves import move_booking
from workshops.models import Booking, Dispute, Workshop


def dispute(*, workshop: Workshop, now: dt.datetime) -> None:
    """Hand a workshop whose two reports contradict each other to the moderators, in the transaction of the second.

    On who was absent, or on whether anybody came at all, where the company's word that it was held stood already.
    """
    reports = workshop.reports.all()
    stood = workshop.booking.state == Booking.State.COMPLETED
    if len({one.absent for one in reports}) > 1 or (stood and any(one.says_nobody_came for one in reports)):
        Dispute.objects.create(workshop=workshop, created_at=now)


@transaction.atomic
def settle_dispute(*, dispute: Dispute, held: bool, reason: str, by: User, now: dt.datetime) -> None:
    """Say what happened, and why it is believed: the state of the booking follows, and both sides are told.

    Raises:
        files.AlreadyDecided: another moderator was first.
    """
    workshop = (
        Workshop.objects.select_for_update(no_key=True, of=("self", "booking"))
        .with_everything()
        .get(pk=dispute.workshop_id)
    )
    state = Dispute.State.HELD if held else Dispute.State.MISSED
    settle_file(dispute, by=by, state=state, reason=reason, decided_at=now, decided_by=by)
    outcome = Decision.Outcome.HELD if held else Decision.Outcome.MISSED
    record_decision(Decision.Subject.DISPUTE, dispute.pk, outcome, by=by, now=now, reason=reason)
    emails.dispute_settled(booking=workshop.booking, held=held, reason=reason, now=now)
    became = Booking.State.COMPLETED if held else Booking.State.NO_SHOW
    if workshop.booking.state == became:
        return
    move_booking(workshop.booking, became, now=now)
    if held and workshop.booking.request_id:
        _note_served(workshop.booking.request_id, now)


def _note_served(request_id: int, now: dt.datetime) -> None:
    """The request that was open again has had its workshop; one that another booking answers goes its way."""
    if associations.move_request(request_id=request_id, to=Request.State.IN_PROGRESS, now=now):
        associations.move_request(request_id=request_id, to=Request.State.FULFILLED, now=now)
