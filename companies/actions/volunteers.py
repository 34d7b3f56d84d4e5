"""What volunteers bring, promise, and hand to each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.db import transaction

from accounts.actions.holding import hold_row
from accounts.models import Role, User
from accounts.refusals import Refused, refusing
from companies import emails
from companies.models import Availability, Company, Engagement, Membership, Site, Slot, SlotVolunteer, VolunteerProfile
from territories.instants import tell_database


class AlreadyElsewhere(Refused):
    """The volunteer is in another workshop at that time, or in this one already."""


class SlotGone(Refused):
    """The company has taken the slot back."""


class SlotFull(Refused):
    """As many volunteers as the slot offers have promised."""


class NoConsent(Refused):
    """Time at work needs a manager's consent first."""


class NotAMember(Refused):
    """The volunteer has left the company."""


class OwnConsent(Refused):
    """A manager's own time at work is not theirs to give; an owner answers for the company."""


class NoStandInWanted(Refused):
    """The promise was taken over, or taken back, before; or its volunteer comes after all."""


class Joined(NamedTuple):
    """What became of the dates of a series."""

    slots: list[Slot]
    refused: list[tuple[Slot, str]]


@transaction.atomic
def join_slot(*, slot: Slot, by: User, now: dt.datetime) -> SlotVolunteer:
    """Promise to be there as a volunteer, on one of the seats that the slot offers. Said twice, it is once.

    Who seeks a stand-in comes after all, and seeks none any more.

    Raises:
        SlotGone, SlotFull, AlreadyElsewhere, NoConsent, NotAMember: nothing is written.
    """
    _hold_diary(by)
    current = Slot.objects.select_for_update(no_key=True).get(pk=slot.pk)
    own = SlotVolunteer.objects.filter(slot=slot, volunteer=by).first()
    if own is not None:
        own.stand_in_asked_at = None
        own.save(update_fields=["stand_in_asked_at"])
        return own
    offered = current.volunteers_offered
    taken = set(SlotVolunteer.objects.filter(slot=slot).values_list("seat", flat=True))
    seat = next((number for number in range(1, offered + 1) if number not in taken), None)
    if seat is None:
        raise SlotFull("Ce créneau a tous ses bénévoles. Merci d’y avoir pensé\u00a0: choisissez-en un autre.")
    with refusing(_refusals()):
        return _sit_down(current, seat, by=by, now=now)


def _sit_down(slot: Slot, seat: int, *, by: User, now: dt.datetime) -> SlotVolunteer:
    promise: SlotVolunteer = SlotVolunteer.objects.create(
        slot=slot,
        volunteer=by,
        seat=seat,
        volunteers_offered=slot.volunteers_offered,
        starts_at=slot.starts_at,
        ends_at=slot.ends_at,
        joined_at=now,
        engagement_type=_engagement(slot, by),
    )
    return promise


def _hold_diary(user: User) -> None:
    """Hold the person's row, before any slot: two promises of one person at once would wait for each other."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)


def _refusals() -> dict[str, Refused]:
    return {
        "volunteer_of_an_open_slot": SlotGone("Ce créneau n’est plus proposé\u00a0: choisissez-en un autre."),
        "volunteer_in_one_place": AlreadyElsewhere(
            "Vous participez déjà à un atelier à ce moment-là\u00a0: choisissez une autre date."
        ),
        "volunteer_of_the_company": NotAMember("Vous n’êtes plus membre de cette entreprise."),
        "volunteer_has_consent": NoConsent(
            "Votre profil dit «\u00a0sur mon temps de travail\u00a0»\u00a0: attendez l’accord de votre responsable, "
            "ou choisissez le bénévolat."
        ),
    }


def _engagement(slot: Slot, user: User) -> str:
    profile = VolunteerProfile.objects.filter(
        membership__user=user, membership__company__sites__rooms=slot.room_id
    ).first()
    return profile.engagement_type if profile else Engagement.BENEVOLAT


@transaction.atomic
def join_series(*, series: Availability, by: User, now: dt.datetime) -> Joined:
    """Promise every coming date of a series that has a free seat; says of each other one why not."""
    _hold_diary(by)
    coming = Slot.objects.filter(availability=series, state=Slot.State.OPEN, starts_at__gt=now)
    # All of them before the first, by number: a date that was moved stands elsewhere in time.
    coming.hold()
    joined = Joined([], [])
    for slot in coming.exclude(volunteers__volunteer=by).order_by("starts_at", "pk"):
        try:
            join_slot(slot=slot, by=by, now=now)
        except (SlotGone, SlotFull, AlreadyElsewhere) as refusal:
            joined.refused.append((slot, str(refusal)))
        else:
            joined.slots.append(slot)
    return joined


@transaction.atomic
def leave_slot(*, slot: Slot, by: User) -> bool:
    """Take the promise back. False when there was none."""
    deleted, _ = SlotVolunteer.objects.filter(slot=slot, volunteer=by).delete()
    return bool(deleted)


@transaction.atomic
def ask_stand_in(*, promise: SlotVolunteer, now: dt.datetime) -> None:
    """Ask the other members of the company to take the seat; until somebody does, the promise stands."""
    asked = SlotVolunteer.objects.filter(pk=promise.pk, stand_in_asked_at=None).update(stand_in_asked_at=now)
    if not asked:
        return
    promise.stand_in_asked_at = now
    company = promise.slot.room.site.company
    there = SlotVolunteer.objects.filter(slot=promise.slot).values("volunteer")
    for colleague in User.objects.filter(
        is_active=True, pk__in=company.memberships.exclude(user__in=there).values("user")
    ).order_by("pk"):
        emails.stand_in_asked(promise=promise, colleague=colleague, now=now)


@transaction.atomic
def take_over(*, promise: SlotVolunteer, by: User, now: dt.datetime) -> SlotVolunteer:
    """Take a colleague's seat, who is told.

    It is another promise: the former one has ended, and calendars show that it is off, whoever has the seat later.

    Raises:
        NoStandInWanted, AlreadyElsewhere, NoConsent, NotAMember: nothing is written.
    """
    _hold_diary(by)
    # The slot before its promise, as whoever takes it back does.
    slot = Slot.objects.select_for_update(no_key=True).get(pk=promise.slot_id)
    wanted = SlotVolunteer.objects.filter(pk=promise.pk, volunteer=promise.volunteer, stand_in_asked_at__isnull=False)
    given = wanted.select_for_update().first()
    if given is None:
        raise NoStandInWanted("Cette place n’est plus à prendre. Merci\u00a0!")
    tell_database(now)
    SlotVolunteer.objects.filter(pk=given.pk).delete()
    with refusing(_refusals()):
        taken = _sit_down(slot, given.seat, by=by, now=now)
    emails.stand_in_found(promise=promise, by=by, now=now)
    return taken


@transaction.atomic
def describe_volunteer(*, profile: VolunteerProfile, sites: list[Site], now: dt.datetime) -> VolunteerProfile:
    """Save what a member brings. Another engagement ends a consent; time at work asks the managers for one."""
    _hold_diary(profile.membership.user)
    # The slots before their promises, as whoever takes them back does.
    promised = SlotVolunteer.objects.coming(now).filter(volunteer=profile.membership.user_id).values("slot")
    Slot.objects.filter(pk__in=promised).hold()
    # The company before its members, as whoever removes one does: it knows the topics of all (`company_knows`).
    hold_row(Company, profile.membership.company_id)
    # Of two first forms at once the second finds what the first saved.
    Membership.objects.select_for_update(no_key=True).get(pk=profile.membership_id)
    before = VolunteerProfile.objects.select_for_update().filter(membership=profile.membership_id).first()
    if before is None:
        profile.created_at = now
    else:
        profile.pk, profile._state.adding, profile.created_at = before.pk, False, before.created_at  # noqa: SLF001  # Django's documented state
        # A manager may have consented since the form was opened, and the guidance have been read.
        profile.guidance_read_at = before.guidance_read_at
        profile.consented_at, profile.consented_by = before.consented_at, before.consented_by
    if before is None or before.engagement_type != profile.engagement_type:
        profile.consented_at = profile.consented_by = None
    profile.save()
    profile.sites.set(sites)
    if profile.engagement_type == Engagement.BENEVOLAT:
        # Whoever had promised on working time comes in their own.
        tell_database(now)
        member = profile.membership
        own = SlotVolunteer.objects.coming(now).filter(volunteer=member.user_id)
        own.filter(slot__room__site__company=member.company_id).update(engagement_type=Engagement.BENEVOLAT)
    if profile.awaits_consent and (before is None or not before.awaits_consent):
        emails.volunteer_consent_asked(profile=profile, now=now)
    return profile


@transaction.atomic
def consent(*, profile: VolunteerProfile, by: User, now: dt.datetime) -> None:
    """Allow a member to come on working time, and tell them.

    Raises:
        OwnConsent: somebody who is no owner would allow it to themselves.
    """
    membership = profile.membership
    if membership.user_id == by.pk and membership.role != Role.OWNER:
        raise OwnConsent("Demandez cet accord à une autre personne qui gère votre entreprise.")
    waiting = VolunteerProfile.objects.filter(
        pk=profile.pk, engagement_type=Engagement.MECENAT, consented_at__isnull=True
    )
    if waiting.update(consented_at=now, consented_by=by):
        emails.volunteer_consent_given(profile=profile, by=by, now=now)


@transaction.atomic
def withdraw_consent(*, profile: VolunteerProfile, by: User, now: dt.datetime) -> int:
    """Take a consent back: coming promises on working time end, and the member is told. Returns how many there were."""
    given = VolunteerProfile.objects.filter(pk=profile.pk, consented_at__isnull=False)
    if not given.update(consented_at=None, consented_by=None):
        return 0
    membership = profile.membership
    tell_database(now)
    coming = SlotVolunteer.objects.of_company(membership.company).coming(now)
    at_work = coming.filter(volunteer=membership.user, engagement_type=Engagement.MECENAT)
    ended = list(at_work.with_place().order_by("starts_at", "pk"))
    SlotVolunteer.objects.filter(pk__in=[one.pk for one in ended]).delete()
    emails.volunteer_consent_withdrawn(profile=profile, by=by, ended=ended, now=now)
    return len(ended)


@transaction.atomic
def read_guidance(*, memberships: Collection[Membership], now: dt.datetime) -> None:
    """Note that a person has read, for each of their companies, how to be with minors and vulnerable people."""
    read = [VolunteerProfile(membership=one, guidance_read_at=now, created_at=now) for one in memberships]
    VolunteerProfile.objects.bulk_create(
        read, update_conflicts=True, unique_fields=["membership"], update_fields=["guidance_read_at"]
    )
