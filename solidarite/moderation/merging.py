"""Two entries of one organisation become one: everything that hangs on the second goes to the first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction

from accounts.actions.files import record_decision
from accounts.models import Decision, Organisation, Role, User
from accounts.refusals import Refused
from associations.models import Association
from charter.models import Signature
from companies.models import Company
from workshops.models import Booking

TAKEN_OVER = ("siren", "siret", "rna", "website", "address")


class CannotMerge(Refused):
    """Both have something of which there can be one only."""


@transaction.atomic
def merge(*, keep: Organisation, absorb: Organisation, by: User, now: dt.datetime) -> None:
    """Give `keep` the members, sites, signatures, requests and bookings of `absorb`, which then goes.

    Members keep the higher of their two roles; numbers and facts that `keep` lacks are taken over.

    Raises:
        CannotMerge: nothing is written.
    """
    if keep.pk == absorb.pk or type(keep) is not type(absorb):
        raise CannotMerge("Choisissez une autre organisation, de même nature.")
    kind: Any = type(keep)
    both = {one.pk: one for one in kind.objects.select_for_update().filter(pk__in=(keep.pk, absorb.pk)).order_by("pk")}
    into, gone = both[keep.pk], both[absorb.pk]
    _move_members(into, gone)
    if isinstance(into, Company):
        _move_company(into, gone, now)
        subject = Decision.Subject.SIGNATURE
    else:
        _move_association(into, gone)
        subject = Decision.Subject.ASSOCIATION
    missing = {
        field: getattr(gone, field) for field in ("siren", "siret", "rna", "website") if not getattr(into, field)
    }
    gone.delete()
    for field, value in missing.items():
        setattr(into, field, value)
    into.save()
    reason = f"Réunion de «\u00a0{gone.name}\u00a0» (no {absorb.pk}) à «\u00a0{into.name}\u00a0» (no {keep.pk})."[:1000]
    record_decision(subject, _subject_id(into), Decision.Outcome.APPROVED, by=by, now=now, reason=reason)


def _subject_id(organisation: Organisation) -> int:
    """Where the history of the organisation is read: its latest signature, or itself."""
    latest = Signature.objects.filter(company=organisation.pk).first() if isinstance(organisation, Company) else None
    return int(latest.pk if latest else organisation.pk)


def _move_members(into: Organisation, gone: Organisation) -> None:
    own = {member.user_id: member for member in into.members().all()}
    key = into._meta.model_name  # noqa: SLF001  # Django's own name
    for member in gone.members().all():
        mine = own.get(member.user_id)
        if mine is None:
            gone.members().filter(pk=member.pk).update(**{f"{key}_id": into.pk})
        elif Role(member.role).outranks(Role(mine.role)):
            into.members().filter(pk=mine.pk).update(role=member.role)
    asked = set(into.join_requests_received().values_list("user", flat=True))
    gone.join_requests_received().exclude(user__in=asked).update(**{f"{key}_id": into.pk})


def _move_company(into: Company, gone: Company, now: dt.datetime) -> None:
    standing = (Signature.State.APPROVED, Signature.State.SUSPENDED)
    if Signature.objects.filter(company__in=(into, gone), state__in=standing).values("company").distinct().count() > 1:
        raise CannotMerge("Les deux entreprises ont une signature en cours\u00a0: suspendez ou retirez-en une d’abord.")
    # One unfinished file stays: that of the entry that is kept, unless the other one stands already.
    unfinished = Signature.objects.filter(state__in=Signature.UNFINISHED)
    stands = Signature.objects.filter(company=gone, state__in=standing).exists()
    redundant = into if stands else gone
    if stands or unfinished.filter(company=into).exists():
        unfinished.filter(company=redundant).update(
            state=Signature.State.WITHDRAWN, ended_at=now, claimed_at=None, claimed_by=None
        )
    Signature.objects.filter(company=gone).update(company=into)
    gone.sites.update(company=into)
    if gone.charter_approved_at and not into.charter_approved_at:
        into.charter_approved_at, into.charter_until_at = gone.charter_approved_at, gone.charter_until_at


def _move_association(into: Association, gone: Association) -> None:
    live = (Booking.State.PENDING, Booking.State.CONFIRMED, Booking.State.COMPLETED)
    own_slots = Booking.objects.filter(association=into, state__in=live).values("slot")
    if Booking.objects.filter(association=gone, state__in=live, slot__in=own_slots).exists():
        raise CannotMerge("Les deux ont réservé un même créneau\u00a0: annulez une des réservations d’abord.")
    Booking.objects.filter(association=gone).update(association=into)
    gone.requests.update(association=into)
