"""Two entries of one organisation become one: everything that hangs on the second goes to the first."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from accounts import emails
from accounts.actions.files import drop_appeals, record_decision
from accounts.models import Appeal, Decision, JoinRequest, Organisation, Role, User
from accounts.models.moderation import CLAIM_LASTS
from accounts.refusals import Refused
from associations.models import Association, InsuranceCertificate, Request
from charter.actions.moves import drop_appeals_of
from charter.actions.standing import counts_until, hold_newest
from charter.models import Signature
from companies.models import Company, Engagement, Membership, SlotVolunteer, VolunteerProfile
from territories.instants import tell_database
from territories.wording import of
from workshops.models import Booking, CalendarFeed, Course, HostingAgreement, WaitlistEntry

# Facts that the entry that is kept may lack, and those that are true together only.
TAKEN_OVER = (("siren", "siret"), ("rna",), ("website",), ("address", "commune_id"), ("description",))


class CannotMerge(Refused):
    """Both have something of which there can be one only, or somebody works on one of them."""


@transaction.atomic
def merge(
    *, file: Any, subject: Decision.Subject, keep: Organisation, absorb: Organisation, by: User, now: dt.datetime
) -> None:
    """Give `keep` the members, invitations, sites, signatures, requests and bookings of `absorb`, which then goes.

    Members keep the higher of their two roles; facts that `keep` lacks are taken over; an admission counts for both.
    The decision stands in the history of the file that the moderator works on, and owners are told.

    Raises:
        CannotMerge: nothing is written.
    """
    if keep.pk == absorb.pk or type(keep) is not type(absorb):
        raise CannotMerge("Choisissez une autre organisation, de même nature.")
    # Before the rows of companies, as everywhere: who publishes a version writes to all of them.
    hold_newest()
    kind: Any = type(keep)
    both = {one.pk: one for one in kind.objects.select_for_update().filter(pk__in=(keep.pk, absorb.pk)).order_by("pk")}
    if len(both) != 2:  # noqa: PLR2004  # the one and the other
        raise CannotMerge("Une de ces fiches vient d’être réunie à une autre\u00a0: rechargez la page.")
    into, gone = both[keep.pk], both[absorb.pk]
    _refuse_held(into, gone, by, now)
    told = list(gone.owners()) + list(into.owners())
    _move_members(into, gone, now)
    _move_invitations(into, gone, now)
    if isinstance(into, Company):
        _move_company(into, gone, now)
    else:
        _refuse_appealed(gone)
        _move_association(into, gone, now)
    agreeing = [
        group for group in TAKEN_OVER if all(getattr(into, one) in ("", None, getattr(gone, one)) for one in group)
    ]
    missing = {field: getattr(gone, field) for group in agreeing for field in group}
    name, number = gone.name, gone.pk
    _keep_address(into, gone)
    gone.delete()
    for field, value in missing.items():
        setattr(into, field, value)
    into.save()
    suspended = _drop_appeals(into, now)
    reason = f"Réunion de «\u00a0{name}\u00a0» (no {number}) à «\u00a0{into.name}\u00a0» (no {keep.pk})."[:1000]
    own = [(Decision.Subject.ASSOCIATION, into.pk)] if isinstance(into, Association) else []
    for about, pk in dict.fromkeys([(subject, file.pk), *own]):
        record_decision(about, pk, Decision.Outcome.MERGED, by=by, now=now, reason=reason)
    emails.organisations_merged(
        organisation=into, absorbed=name, number=number, suspended=suspended, people=dict.fromkeys(told), now=now
    )


def _drop_appeals(into: Organisation, now: dt.datetime) -> str:
    """End appeals against what does not count any more; returns why the organisation is suspended, if it is."""
    if isinstance(into, Company):
        files = Signature.objects.filter(company=into)
        if files.going_on().exists():
            drop_appeals_of(into, now)
        suspended = files.filter(state=Signature.State.SUSPENDED).first()
        return suspended.reason if suspended else ""
    assert isinstance(into, Association)
    if into.state != Association.State.REFUSED:
        drop_appeals(subject=Decision.Subject.ASSOCIATION, numbers=[into.pk], now=now)
    return into.decision_reason if into.state == Association.State.SUSPENDED else ""


def _keep_address(into: Any, gone: Any) -> None:
    """Its address leads to the entry that is kept, and its number to what happened to it; so do those before it."""
    key = into._meta.model_name  # noqa: SLF001  # Django's own name
    gone.former_entries.update(**{key: into})
    into.former_entries.create(slug=gone.slug, number=gone.pk)


def _refuse_held(into: Organisation, gone: Organisation, by: User, now: dt.datetime) -> None:
    """Two moderators never work on one file, and to unite two is to work on both."""
    for waiting in _waiting_files(into, gone):
        held = waiting.filter(claimed_at__gt=now - CLAIM_LASTS).exclude(claimed_by=by).select_related("claimed_by")
        other = held.first()
        if other is not None:
            raise CannotMerge(f"{other.claimed_by} examine un de ces dossiers\u00a0: attendez sa décision.")


def _refuse_appealed(gone: Association) -> None:
    """An appeal is answered first: it is about an entry that would not be there any more."""
    about = Decision.objects.about(Decision.Subject.ASSOCIATION, gone.pk)
    if Appeal.objects.awaiting_decision().filter(decision__in=about.values("pk")).exists():
        raise CannotMerge(f"Un recours {of(gone.name)} attend\u00a0: répondez-y d’abord.")


def _waiting_files(into: Organisation, gone: Organisation) -> list[QuerySet[Any]]:
    numbers = (into.pk, gone.pk)
    if isinstance(into, Company):
        return [Signature.objects.awaiting_decision().filter(company__in=numbers)]
    return [
        Association.objects.awaiting_decision().filter(pk__in=numbers),
        Request.objects.awaiting_decision().filter(association__in=numbers),
    ]


def _move_members(into: Organisation, gone: Organisation, now: dt.datetime) -> None:
    tell_database(now)
    own = {member.user_id: member for member in into.members().all()}
    key = f"{into._meta.model_name}_id"  # noqa: SLF001  # Django's own name
    for member in gone.members().all():
        mine = own.get(member.user_id)
        if mine is None:
            gone.members().filter(pk=member.pk).update(**{key: into.pk})
            continue
        if Role(member.role).outranks(Role(mine.role)):
            into.members().filter(pk=mine.pk).update(role=member.role)
        if isinstance(into, Company):
            _move_profile(member, mine, now)
    waiting = into.join_requests_received().filter(state=JoinRequest.State.PENDING).values_list("user", flat=True)
    again = Q(user__in=list(waiting), state=JoinRequest.State.PENDING)
    gone.join_requests_received().exclude(again).update(**{key: into.pk})


def _move_profile(member: Membership, mine: Membership, now: dt.datetime) -> None:
    """What a person said as a volunteer goes to their membership that is kept, unless it has words of its own."""
    said = VolunteerProfile.objects.filter(membership=member).first()
    own = VolunteerProfile.objects.filter(membership=mine).first()
    if said is None:
        return
    if own is not None:
        _unite_consents(said, own, now)
        return
    sites = list(said.sites.all())
    said.delete()
    said.membership = mine
    said.save(force_insert=True)
    said.sites.set(sites)


def _unite_consents(said: VolunteerProfile, own: VolunteerProfile, now: dt.datetime) -> None:
    """A manager's consent counts for both; without one, coming promises on working time are in the volunteer's own."""
    if said.consented_at and own.awaits_consent:
        own.consented_at, own.consented_by = said.consented_at, said.consented_by
        own.save(update_fields=["consented_at", "consented_by"])
    elif own.consented_at is None:
        coming = SlotVolunteer.objects.of_company(said.membership.company).coming(now)
        coming.filter(volunteer=said.membership.user_id).update(engagement_type=Engagement.BENEVOLAT)


def _move_invitations(into: Organisation, gone: Organisation, now: dt.datetime) -> None:
    """Every way in goes on, links among them; of two live ones to one address that with the higher role."""
    key = f"{into._meta.model_name}_id"  # noqa: SLF001  # Django's own name
    unused = into.invitations_sent().filter(accepted_at=None, revoked_at=None).exclude(email="")
    unused.filter(expires_at__lte=now).update(revoked_at=now)
    own = {one.email: Role(one.role) for one in unused.filter(expires_at__gt=now)}
    twice = gone.invitations_sent().open(now).filter(email__in=own)
    higher = {one.email for one in twice if Role(one.role).outranks(own[one.email])}
    unused.filter(email__in=higher).update(revoked_at=now)
    gone.invitations_sent().exclude(email__in=own.keys() - higher).update(**{key: into.pk})


def _move_company(into: Company, gone: Company, now: dt.datetime) -> None:
    standing = Signature.objects.standing().filter(company__in=(into, gone))
    _keep_one(into, gone, standing, now)
    unfinished = Signature.objects.filter(state__in=Signature.UNFINISHED)
    # What is on its way for a text that stands already, or an earlier one, and the second of two on their way, end.
    newest = max(standing.values_list("version__number", flat=True), default=0)
    _end(unfinished.filter(company__in=(into, gone), version__number__lte=newest), now)
    # What is signed and waits goes before what is not signed yet.
    signed = unfinished.filter(state__in=Signature.AWAITING)
    if signed.filter(company=gone).exists() and not signed.filter(company=into).exists():
        _end(unfinished.filter(company=into), now)
    elif unfinished.filter(company=into).exists():
        _end(unfinished.filter(company=gone), now)
    Signature.objects.filter(company=gone).update(company=into)
    gone.sites.update(company=into)
    _move_agreements(into, gone, now)


def _keep_one(into: Company, gone: Company, standing: QuerySet[Signature], now: dt.datetime) -> None:
    """One signature stands for both: a suspended one first, which a merge does not lift, then that of the newest text.

    The other one is over; the company is a signatory since the earlier of the two.
    """
    ranked = sorted(
        standing.select_related("version"),
        key=lambda one: (one.state != Signature.State.SUSPENDED, -one.version.number, one.company_id != into.pk),
    )
    if not ranked:
        return
    kept, over = ranked[0], ranked[1:]
    standing.filter(pk__in=[one.pk for one in over]).update(state=Signature.State.LAPSED, ended_at=now)
    since = [one.charter_approved_at for one in (into, gone) if one.charter_approved_at]
    suspended = kept.state == Signature.State.SUSPENDED
    into.charter_approved_at = None if suspended or not since else min(since)
    into.charter_until_at = None if into.charter_approved_at is None else counts_until(kept.version)


def _move_agreements(into: Organisation, gone: Organisation, now: dt.datetime) -> None:
    """Of two that would count at once with one partner, the one that more sides have signed goes on."""
    key, partner = ("company", "association_id") if isinstance(into, Company) else ("association", "company_id")
    running = HostingAgreement.objects.filter(ended_at=None)
    for mine in running.filter(**{key: into}):
        twins = running.filter(**{key: gone, partner: getattr(mine, partner)})
        for twin in twins.filter(from_date__lte=mine.until_date, until_date__gte=mine.from_date):
            loser = twin if _signatures(mine) >= _signatures(twin) else mine
            HostingAgreement.objects.filter(pk=loser.pk, ended_at=None).update(ended_at=now)
    HostingAgreement.objects.filter(**{key: gone}).update(**{key: into})


def _signatures(agreement: HostingAgreement) -> int:
    return (agreement.company_signed_at is not None) + (agreement.association_signed_at is not None)


def _end(signatures: QuerySet[Signature], now: dt.datetime) -> None:
    signatures.update(state=Signature.State.WITHDRAWN, ended_at=now, claimed_at=None, claimed_by=None)


def _move_association(into: Association, gone: Association, now: dt.datetime) -> None:
    live = Booking.objects.filter(state__in=(Booking.State.PENDING, *Booking.LIVE))
    own_slots = live.filter(association=into).values("slot")
    if live.filter(association=gone, slot__in=own_slots).exists():
        raise CannotMerge("Les deux ont réservé un même créneau\u00a0: annulez une des réservations d’abord.")
    _leave_queues(into, gone, live.filter(association__in=(into, gone)).values("slot"), now)
    for kind in (Course, Booking, WaitlistEntry):
        kind.objects.filter(association=gone).update(association=into)
    CalendarFeed.objects.open().filter(association=gone).update(closed_at=now)
    gone.requests.update(association=into)
    InsuranceCertificate.objects.filter(association=gone).update(association=into)
    _move_agreements(into, gone, now)
    _keep_state(into, gone)


def _leave_queues(into: Association, gone: Association, claimed: QuerySet[Any], now: dt.datetime) -> None:
    """Nobody waits for what they have, asked for or have held, as either of the two entries, nor twice.

    The earlier of two places in a queue stays.
    """
    waiting = WaitlistEntry.objects.waiting()
    both = waiting.filter(association__in=(into, gone))
    before = both.filter(
        Q(created_at__lt=OuterRef("created_at")) | Q(created_at=OuterRef("created_at"), pk__lt=OuterRef("pk")),
        slot=OuterRef("slot"),
    )
    twice = both.filter(Exists(before))
    beside = waiting.filter(association__in=(into, gone), slot__in=claimed)
    for places in (twice, beside):
        places.update(state=WaitlistEntry.State.LEFT, ended_at=now)


# A merge does not lift a suspension; an admission counts for both; what waits is decided on before what was refused.
STRONGEST_FIRST = [
    Association.State.SUSPENDED,
    Association.State.ADMITTED,
    Association.State.NEW,
    Association.State.REFUSED,
]


def _keep_state(into: Association, gone: Association) -> None:
    """One state stands for both."""
    ranks = [STRONGEST_FIRST.index(Association.State(one.state)) for one in (into, gone)]
    if ranks[1] >= ranks[0]:
        return
    for field in ("state", "submitted_at", "decided_at", "decided_by", "decision_reason", "claimed_at", "claimed_by"):
        setattr(into, field, getattr(gone, field))
