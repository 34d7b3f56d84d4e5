"""A company with many rooms, associations that want them, and people who are signed in."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import Any

from bench.host import make_host

EVENINGS_A_ROOM = 100
AHEAD = dt.timedelta(days=10)
LASTS = dt.timedelta(hours=2)
# How many come at once.
PARTY = 6
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


@dataclass
class World:
    """Who and what a measure needs, by number."""

    company: Any
    site: Any
    managers: list[Any]
    associations: list[tuple[Any, Any]]
    """Each with its owner."""
    rooms: int = 0
    slots: list[int] = field(default_factory=list)


def make_world(*, associations: int, managers: int = 1) -> World:
    """A signatory, its managers, and admitted associations with an owner each."""
    from django.db import transaction  # noqa: PLC0415

    from accounts.models import Role, User  # noqa: PLC0415
    from associations.models import Association  # noqa: PLC0415
    from associations.models import Membership as InAssociation  # noqa: PLC0415
    from companies.models import Membership  # noqa: PLC0415

    now = dt.datetime.now(tz=dt.UTC)
    company, owner, site = make_host(now)
    people = [owner]
    common = {"legal_form": "association", "commune_id": "59350", "created_at": now, "members_confirmed_at": now}
    with transaction.atomic():
        for number in range(1, managers):
            person = User.objects.create_user(f"gestion{number}@example.org", name=f"Gestion {number}")
            Membership.objects.create(company=company, user=person, role=Role.MANAGER, joined_at=now)
            people.append(person)
        own = []
        for number in range(associations):
            owner = User.objects.create_user(f"asso{number}@example.org", name=f"Membre {number}")
            association = Association.objects.create(
                name=f"Association {number:03}",
                slug=f"asso-{number}",
                state="admitted",
                submitted_at=now,
                decided_at=now,
                **common,
            )
            InAssociation.objects.create(association=association, user=owner, role=Role.OWNER, joined_at=now)
            own.append((association, owner))
    return World(company, site, people, own)


def make_volunteers(world: World, count: int) -> list[Any]:
    """New members of the company."""
    from django.db import transaction  # noqa: PLC0415

    from accounts.models import Role, User  # noqa: PLC0415
    from companies.models import Membership  # noqa: PLC0415

    now, made = dt.datetime.now(tz=dt.UTC), User.objects.count()
    with transaction.atomic():
        people = [User.objects.create_user(f"benevole{made + n}@example.org", name="Bénévole") for n in range(count)]
        for person in people:
            Membership.objects.create(company=world.company, user=person, role=Role.VOLUNTEER, joined_at=now)
    return people


def post_request(world: World, association: Any, slot_id: int) -> int:
    """What the association looks for is on the day of this slot, close by; its number."""
    from associations.models import Request  # noqa: PLC0415
    from companies.models import Slot  # noqa: PLC0415

    now, slot = dt.datetime.now(tz=dt.UTC), Slot.objects.get(pk=slot_id)
    request = Request.objects.create(
        association=association,
        topics=["email"],
        participants=PARTY,
        computers=PARTY,
        commune_id=world.site.commune_id,
        radius_km=20,
        from_date=slot.starts_on,
        until_date=slot.starts_on,
        state_changed_at=now,
        created_at=now,
        expires_at=now + Request.LASTS,
    )
    return request.pk


def open_slots(
    world: World, count: int, *, mode: str = "instant", volunteers: int = 2, hours: int = 0, places: int = 10
) -> list[int]:
    """So many evenings in new rooms, `EVENINGS_A_ROOM` in each; their numbers, those of one room one after the other.

    `hours` shifts them, for dates that overlap those of another room by less than all.
    """
    from companies.models import Room, Slot  # noqa: PLC0415

    now = dt.datetime.now(tz=dt.UTC)
    first = (now + AHEAD).replace(hour=17, minute=30, second=0, microsecond=0) + dt.timedelta(hours=hours)
    rooms = Room.objects.bulk_create(
        Room(
            site=world.site,
            site_max_visitors=20,
            time_zone="Europe/Paris",
            cell=world.site.cell,
            name=f"Salle {world.rooms + n}",
            capacity=10,
            computers=8,
            created_at=now,
        )
        for n in range(-(-count // EVENINGS_A_ROOM))
    )
    world.rooms += len(rooms)
    slots = []
    for number in range(count):
        room, starts_at = rooms[number // EVENINGS_A_ROOM], first + dt.timedelta(days=number % EVENINGS_A_ROOM)
        slots.append(
            Slot(
                room=room,
                room_capacity=10,
                room_computers=8,
                time_zone="Europe/Paris",
                cell=room.cell,
                starts_at=starts_at,
                ends_at=starts_at + LASTS,
                closes_at=starts_at - dt.timedelta(days=1),
                places=places,
                computers=min(8, places),
                volunteers_offered=volunteers,
                booking_mode=mode,
                created_at=now,
            )
        )
    return [slot.pk for slot in Slot.objects.bulk_create(slots)]


def sign_in(person: Any) -> str:
    """A session of this person; its key, as their browser's cookie holds it."""
    from django.conf import settings  # noqa: PLC0415
    from django.test import Client  # noqa: PLC0415

    client = Client(SERVER_NAME="127.0.0.1")
    client.force_login(person, backend=BACKEND)
    return client.cookies[settings.SESSION_COOKIE_NAME].value
