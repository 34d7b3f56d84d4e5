"""Rows for tests, free of surprises: each says what it needs, and nothing is drawn by chance."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pgtrigger
from allauth.account.models import EmailAddress
from django.db import transaction

from accounts.models import Role, User
from accounts.vocabulary import Topic
from associations.models import Association, InsuranceCertificate, Request
from associations.models import Membership as AssociationMembership
from charter.models import CharterVersion, Signature
from companies.models import (
    AccessKit,
    Availability,
    BookingMode,
    Company,
    Room,
    Site,
    Slot,
    SlotVolunteer,
    VolunteerProfile,
)
from companies.models import Membership as CompanyMembership
from mail.models import Message
from territories.models import Commune
from workshops.models import Booking, HostingAgreement, Plan, SavedSearch, Side, Unserved, Workshop

LILLE, ROUBAIX, NOUMEA = "59350", "59512", "98818"
_numbers = itertools.count(1)


def make_user(name: str = "", *, email: str = "", **fields: Any) -> User:
    """A person whose address is verified."""
    number = next(_numbers)
    user = User.objects.create_user(
        email or f"personne{number}@example.org", name=name or f"Personne {number}", **fields
    )
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)
    return user


@transaction.atomic
def make_company(now: dt.datetime, *, owner: User | None = None, signatory: bool = True, **fields: Any) -> Company:
    number = next(_numbers)
    company = Company.objects.create(
        **{
            "name": f"Entreprise {number}",
            "slug": f"entreprise-{number}",
            "legal_form": Company.LegalForm.COMPANY,
            "commune_id": LILLE,
            "created_at": now,
            "members_confirmed_at": now,
            "charter_approved_at": now if signatory else None,
            **fields,
        }
    )
    add_member(company, owner or make_user(), Role.OWNER, now)
    return company


@transaction.atomic
def make_association(
    now: dt.datetime, *, owner: User | None = None, admitted: bool = True, **fields: Any
) -> Association:
    number = next(_numbers)
    association = Association.objects.create(
        **{
            "name": f"Association {number}",
            "slug": f"association-{number}",
            "legal_form": Association.LegalForm.ASSOCIATION,
            "commune_id": ROUBAIX,
            "created_at": now,
            "submitted_at": now,
            "members_confirmed_at": now,
            "state": Association.State.ADMITTED if admitted else Association.State.NEW,
            "decided_at": now if admitted else None,
            **fields,
        }
    )
    add_member(association, owner or make_user(), Role.OWNER, now)
    return association


def add_member(organisation: Company | Association, user: User, role: Role, now: dt.datetime) -> None:
    if isinstance(organisation, Company):
        CompanyMembership.objects.create(company=organisation, user=user, role=role, joined_at=now)
    else:
        AssociationMembership.objects.create(association=organisation, user=user, role=role, joined_at=now)


def make_invitation(
    now: dt.datetime, organisation: Company | Association, email: str = "invitee@example.org", **fields: Any
) -> Any:
    return organisation.invitations.create(
        **{
            "email": email,
            "role": Role.VOLUNTEER,
            "created_at": now,
            "expires_at": now + dt.timedelta(days=14),
            **fields,
        }
    )


def make_site(now: dt.datetime, company: Company, **fields: Any) -> Site:
    commune = Commune.objects.get(pk=fields.pop("commune_id", LILLE))
    site = Site.objects.create(
        **{
            "company": company,
            "name": "Siège",
            "address": "1 rue des Lilas",
            "commune": commune,
            "latitude": commune.latitude,
            "longitude": commune.longitude,
            "time_zone": commune.time_zone,
            "max_visitors": 20,
            "created_at": now,
            **fields,
        }
    )
    AccessKit.objects.create(site=site, entrance="Sonnez deux fois.", evening_phone="+33199001234")
    return site


def make_room(now: dt.datetime, site: Site, **fields: Any) -> Room:
    return Room.objects.create(
        **{
            "site": site,
            "site_max_visitors": site.max_visitors,
            "time_zone": site.time_zone,
            "cell": site.cell,
            "name": f"Salle {next(_numbers)}",
            "capacity": 10,
            "computers": 8,
            "created_at": now,
            **fields,
        }
    )


def make_series(now: dt.datetime, room: Room, **fields: Any) -> Availability:
    """Thursdays at 18:30, without an end, none of whose dates is a slot yet."""
    return Availability.objects.create(
        **{
            "room": room,
            "weekdays": [4],
            "start_time": dt.time(18, 30),
            "end_time": dt.time(20, 30),
            "from_date": now.date(),
            "extended_to_date": now.date(),
            "confirm_by_at": now + dt.timedelta(days=60),
            "notice_hours": 24,
            "places": room.capacity,
            "computers": room.computers,
            "volunteers_offered": 2,
            "booking_mode": BookingMode.INSTANT,
            "created_at": now,
            **fields,
        }
    )


def make_slot(room: Room, starts_at: dt.datetime, **fields: Any) -> Slot:
    slot = Slot.objects.create(
        **{
            "room": room,
            "room_capacity": room.capacity,
            "room_computers": room.computers,
            "time_zone": room.time_zone,
            "cell": room.cell,
            "starts_at": starts_at,
            "ends_at": starts_at + dt.timedelta(hours=2),
            "closes_at": starts_at - dt.timedelta(hours=24),
            "places": room.capacity,
            "computers": room.computers,
            "volunteers_offered": 2,
            "booking_mode": BookingMode.INSTANT,
            "created_at": starts_at - dt.timedelta(days=30),
            **fields,
        }
    )
    slot.refresh_from_db()
    return slot


def make_promise(now: dt.datetime, slot: Slot, volunteer: User, **fields: Any) -> SlotVolunteer:
    """A member's promise, on the first seat."""
    return SlotVolunteer.objects.create(
        **{
            "slot": slot,
            "volunteer": volunteer,
            "seat": 1,
            "volunteers_offered": slot.volunteers_offered,
            "starts_at": slot.starts_at,
            "ends_at": slot.ends_at,
            "joined_at": now,
            **fields,
        }
    )


def make_profile(now: dt.datetime, company: Company, volunteer: User, **fields: Any) -> VolunteerProfile:
    membership = company.memberships.get(user=volunteer)
    return VolunteerProfile.objects.create(**{"membership": membership, "created_at": now, **fields})


def make_request(now: dt.datetime, association: Association, **fields: Any) -> Request:
    return Request.objects.create(
        **{
            "association": association,
            "topics": [Topic.EMAIL],
            "participants": 6,
            "computers": 6,
            "commune_id": ROUBAIX,
            "radius_km": 20,
            "from_date": now.date(),
            "until_date": now.date() + dt.timedelta(days=30),
            "created_at": now,
            "expires_at": now + Request.LASTS,
            "state_changed_at": now,
            **fields,
        }
    )


def make_plan(now: dt.datetime, request: Request, slot: Slot) -> Plan:
    """One that is ready: a pair, a request that has nothing, and an evening that would serve it."""
    people = request.participants
    other = make_request(now, request.association)
    both = {"requests": 2, "people": people + other.participants, "people_with_evenings": people + other.participants}
    served = {"slots": 1, "pairs": 1, "requests_served": 1, "people_served": people, "people_wider": people}
    plan: Plan = Plan.objects.create(
        from_date=now.date(),
        until_date=now.date() + dt.timedelta(days=27),
        evenings=1,
        state=Plan.State.READY,
        progress=100,
        created_at=now,
        started_at=now,
        ended_at=now,
        **both,
        **served,
    )
    plan.planned.create(request=request, slot=slot, people=people, distance_km=8.4)
    plan.unserved.create(request=other, people=other.participants, why=Unserved.Why.TAKEN, slots=1)
    evening = slot.starts_at + dt.timedelta(days=1)
    plan.added.create(room=slot.room, starts_at=evening, ends_at=evening + dt.timedelta(hours=2), request=other)
    plan.gains.create(commune=slot.room.site.commune, evenings=1, people=other.participants)
    return plan


def make_certificate(now: dt.datetime, association: Association, **fields: Any) -> InsuranceCertificate:
    """A certificate of half a year more, whose file is nowhere."""
    return InsuranceCertificate.objects.create(
        **{
            "association": association,
            "insurer": "Mutuelle des Canaux",
            "policy_number": f"RC-{next(_numbers)}",
            "valid_until_date": now.date() + dt.timedelta(days=180),
            "file": "attestations/nulle-part.pdf",
            "kind": "pdf",
            "sha256": "0" * 64,
            "added_at": now,
            **fields,
        }
    )


def make_agreement(
    now: dt.datetime,
    company: Company,
    certificate: InsuranceCertificate,
    *,
    signed: Iterable[Side] = (),
    **fields: Any,
) -> HostingAgreement:
    """What may be signed from today on, until the insurance ends, or has been by these sides."""
    association = certificate.association
    facts: dict[str, Any] = {
        "company_name": company.name,
        "association_name": association.name,
        "insurer": certificate.insurer,
        "policy_number": certificate.policy_number,
        "insurance_until_date": certificate.valid_until_date,
        "from_date": now.date(),
        "until_date": certificate.valid_until_date,
    }
    for side in signed:
        facts[f"{side}_signed_at"] = now
        facts[f"{side}_signed_name"], facts[f"{side}_signed_capacity"] = f"Signe {side}", "présidente"
    return HostingAgreement.objects.create(
        company=company, association=association, proposed_at=now, **{**facts, **fields}
    )


def make_booking(now: dt.datetime, slot: Slot, association: Association, **fields: Any) -> Booking:
    state = fields.get("state", Booking.State.CONFIRMED)
    booking = Booking.objects.create(
        **{
            "slot": slot,
            "association": association,
            "participants": 6,
            "topic": Topic.EMAIL,
            "key": uuid.uuid4(),
            "state": state,
            "created_at": now,
            "settled_at": None if state in Booking.WAITING else now,
            "expires_at": now + dt.timedelta(hours=96) if state in Booking.WAITING else None,
            **fields,
        }
    )
    if state == Booking.State.CONFIRMED:
        Workshop.objects.create(booking=booking, created_at=now)
    return booking


def make_charter_version(now: dt.datetime, number: int = 1, **fields: Any) -> CharterVersion:
    return CharterVersion.objects.create(
        **{
            "number": number,
            "text": "# Charte\n\nNous ouvrons nos portes.",
            "effective_from_date": now.date(),
            "created_at": now,
            "published_at": now,
            **fields,
        }
    )


def make_signature(now: dt.datetime, company: Company, version: CharterVersion, **fields: Any) -> Signature:
    """A signature in the moderators' queue, unless `state` and its stamps say otherwise."""
    signature: Signature = Signature.objects.create(
        **{
            "company": company,
            "version": version,
            "company_name": company.name,
            "text_sha256": version.sha256,
            "signatory_name": "Hélène Carpentier",
            "signatory_capacity": "directrice générale",
            "signatory_email": "helene@example.org",
            "pledged_rooms": 1,
            "pledged_computers": 10,
            "pledged_hours": 40,
            "created_at": now,
            "signed_at": now,
            "submitted_at": now,
            "state": Signature.State.SUBMITTED,
            **fields,
        }
    )
    return signature


def make_search(now: dt.datetime, user: User, query: str = "", **fields: Any) -> SavedSearch:
    """A search that is kept; to be told at once."""
    kept = {"name": f"Recherche {next(_numbers)}", "created_at": now, "news_since_at": now}
    return SavedSearch.objects.create(**{"user": user, "query": query, **kept, **fields})


@dataclass
class World:
    """One of everything that a booking needs, and nothing else."""

    charter: CharterVersion
    company: Company
    company_owner: User
    volunteer: User
    site: Site
    room: Room
    slot: Slot
    association: Association
    association_owner: User
    moderator: User


def make_world(now: dt.datetime) -> World:
    """A slot on Tuesday evening in a week, 18:30 to 20:30 in Lille, booked at once."""
    company_owner, association_owner, volunteer = make_user("Hélène"), make_user("Karim"), make_user("Lucie")
    company = make_company(now, owner=company_owner)
    add_member(company, volunteer, Role.VOLUNTEER, now)
    site = make_site(now, company)
    room = make_room(now, site)
    return World(
        charter=make_charter_version(now),
        company=company,
        company_owner=company_owner,
        volunteer=volunteer,
        site=site,
        room=room,
        slot=make_slot(room, dt.datetime(2026, 12, 8, 17, 30, tzinfo=dt.UTC)),
        association=make_association(now, owner=association_owner),
        association_owner=association_owner,
        moderator=make_user("Odile", is_moderator=True),
    )


def forget_mail() -> None:
    """An empty outbox, for a test that looks at what is told from here on: the portal itself never empties it."""
    with pgtrigger.ignore("mail.Message:message_stays"):
        Message.objects.all().delete()
