"""What associations do, and what moderators decide about them."""

import datetime as dt

from django.db import transaction

from accounts.models import Role, User
from accounts.refusals import Refused
from associations import emails
from associations.models import Association, Membership, Request


class AlreadyDecided(Refused):
    """Another moderator was first."""


class RequestClosed(Refused):
    """The request is not open any more."""


@transaction.atomic
def register_association(*, association: Association, by: User, now: dt.datetime) -> Association:
    """Save a new association, whose first owner is the person who registers it."""
    association.slug = Association.objects.free_slug(association.name)
    association.created_at = association.members_confirmed_at = now
    association.save()
    Membership.objects.create(association=association, user=by, role=Role.OWNER, joined_at=now)
    return association


@transaction.atomic
def admit_association(*, association: Association, by: User, now: dt.datetime) -> None:
    """Let a new association book.

    Raises:
        AlreadyDecided: another moderator was first.
    """
    _decide(association, Association.State.ADMITTED, reason="", by=by, now=now)
    emails.association_admitted(association=association, now=now)


@transaction.atomic
def refuse_association(*, association: Association, reason: str, by: User, now: dt.datetime) -> None:
    """Refuse a new association, with a reason that it reads.

    Raises:
        AlreadyDecided: another moderator was first.
    """
    _decide(association, Association.State.REFUSED, reason=reason, by=by, now=now)
    emails.association_refused(association=association, now=now)


def _decide(association: Association, state: Association.State, *, reason: str, by: User, now: dt.datetime) -> None:
    changed = Association.objects.filter(pk=association.pk, state=Association.State.NEW).update(
        state=state, decided_at=now, decided_by=by, decision_reason=reason
    )
    association.refresh_from_db()
    if not changed:
        raise AlreadyDecided(f"Déjà traité par {association.decided_by}.")


@transaction.atomic
def post_request(*, association: Association, request: Request, by: User, now: dt.datetime) -> Request:
    """Save what an association looks for; matching slots are searched within a minute."""
    request.association = association
    request.created_at = request.state_changed_at = now
    request.created_by = by
    request.save()
    return request


@transaction.atomic
def withdraw_request(*, request: Request, now: dt.datetime) -> None:
    """Take an open request back.

    Raises:
        RequestClosed: a slot was booked for it, or it was withdrawn before.
    """
    changed = Request.objects.filter(pk=request.pk, state=Request.State.OPEN).update(
        state=Request.State.WITHDRAWN, state_changed_at=now, withdrawn_at=now
    )
    if not changed:
        raise RequestClosed("Cette demande n’est plus ouverte.")


def move_request(*, request_id: int, to: Request.State, now: dt.datetime) -> bool:
    """Follow the life of the booking made for a request. False when it cannot go there from where it is."""
    sources = [source for source, targets in Request.TRANSITIONS.items() if to in targets]
    changed = Request.objects.filter(pk=request_id, state__in=sources).update(state=to, state_changed_at=now)
    return bool(changed)
