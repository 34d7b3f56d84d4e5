"""What plays in a mail of which nothing has happened yet: made up, unsaved, between people whom the portal knows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from copy import copy
from typing import Any, Protocol

from django.db.models import Model
from django.urls import reverse

from accounts.models import AbuseReport, Appeal, Decision, Invitation, JoinRequest, Membership, Organisation, Role, User
from accounts.models.recovery import FactorRecovery
from associations.models import Association, Request
from companies.models import Company, SlotVolunteer
from companies.models import Invitation as CompanyInvitation
from companies.models import JoinRequest as CompanyJoinRequest
from workshops.models import Booking, Report, Side

# Nobody has this number: a link made from it leads nowhere, whoever should sign it.
NOBODYS = 0
WEEK = dt.timedelta(days=7)


class Cast(Protocol):
    """Who plays already, as `solidarite.rehearsals.Cast` knows them."""

    now: dt.datetime

    def first(self, kind: type[Model], template: str = "") -> Any:
        """The newest of this kind."""

    def company(self) -> Company:
        """One that has members."""

    def stranger(self, organisation: Organisation) -> User:
        """Somebody who belongs elsewhere."""


def understudy(template: str, cast: Cast) -> Model | None:
    """Who plays in this mail when nobody else can; None: there is no understudy for it.

    Raises:
        NobodyPlays: the portal does not know the people or organisations either.
    """
    make = UNDERSTUDIES.get(template)
    return make(cast) if make else None


def _absence(cast: Cast) -> Report:
    report = copy(cast.first(Report))
    report.absent = Side.COMPANY if report.side == Side.ASSOCIATION else Side.ASSOCIATION
    report.comment = "Nous avons attendu une demi-heure devant la porte."
    return report  # type: ignore[no-any-return]  # whatever plays is of any type


def _appeal(cast: Cast) -> Appeal:
    refused = Decision(subject=Decision.Subject.ASSOCIATION, subject_id=cast.first(Association).pk)
    answer = "L’objet de l’association est bien celui de la charte."
    return Appeal(pk=NOBODYS, decision=refused, state=Appeal.State.ACCEPTED, answer=answer)


def _invitation(cast: Cast) -> Invitation:
    company = cast.company()
    return CompanyInvitation(
        pk=NOBODYS,
        company=company,
        email=cast.stranger(company).email,
        role=Role.MANAGER,
        expires_at=cast.now + Invitation.LASTS,
    )


def _join_request(cast: Cast) -> JoinRequest:
    company = cast.company()
    message = "Je travaille ici depuis un an, et j’anime déjà des ateliers."
    return CompanyJoinRequest(
        pk=NOBODYS,
        company=company,
        user=cast.stranger(company),
        message=message,
        state=JoinRequest.State.PENDING,
    )


def _recovery(cast: Cast) -> FactorRecovery:
    member = cast.first(Membership)
    return FactorRecovery(pk=NOBODYS, user=member.user, opened_by=cast.stranger(member.organisation))


def _report_of_abuse(cast: Cast) -> AbuseReport:
    company = cast.company()
    return AbuseReport(
        pk=NOBODYS,
        path=reverse("company", args=[company.slug]),
        created_by=cast.stranger(company),
        state=AbuseReport.State.UPHELD,
    )


def _seeking(cast: Cast) -> SlotVolunteer:
    promise = copy(cast.first(SlotVolunteer))
    promise.stand_in_asked_at = cast.now
    return promise  # type: ignore[no-any-return]  # whatever plays is of any type


def _moved(cast: Cast) -> Booking:
    booking = copy(cast.first(Booking))
    booking.moved_from = was = copy(booking)
    was.slot = copy(booking.slot)
    was.slot.starts_at -= WEEK
    was.slot.ends_at -= WEEK
    return booking  # type: ignore[no-any-return]  # whatever plays is of any type


def _hidden(cast: Cast) -> Request:
    request = copy(cast.first(Request))
    request.state, request.hidden_reason = Request.State.HIDDEN, "La demande ne porte pas sur le numérique."
    return request  # type: ignore[no-any-return]  # whatever plays is of any type


UNDERSTUDIES: dict[str, Callable[[Cast], Model]] = {
    "absence_reported": _absence,
    "appeal_answered": _appeal,
    "booking_moved": _moved,
    "join_answered": _join_request,
    "join_requested": _join_request,
    "member_invited": _invitation,
    "recovery_confirmed": _recovery,
    "recovery_opened": _recovery,
    "report_settled": _report_of_abuse,
    "request_hidden": _hidden,
    "stand_in_asked": _seeking,
}
