"""Where the trace is played: one signatory with rooms of each kind, open every evening, and associations that book."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from bench.host import make_host, signature_of
from bench.replay.trace import DAY, Line, rooms_of_kinds

ZONE = ZoneInfo("Europe/Paris")
OPENS, CLOSES = dt.time(18, 30), dt.time(20, 30)
# The largest party of the trace is of 55.
PLACES = 60
# So many that none of them comes to the most that one may have; a prime, so that neighbours in the file are strangers.
ASSOCIATIONS = 997
# After the last arrival, for who moves.
EVENINGS_MORE = 8
SLOTS_AT_ONCE = 5_000


@dataclass
class Stage:
    """Who plays, and the rooms of each kind by number."""

    host: Any
    associations: list[tuple[Any, Any]]
    """Each with its owner."""
    rooms: dict[str, list[int]]

    def association(self, line: Line) -> tuple[Any, Any]:
        return self.associations[line.number % len(self.associations)]


def at(day: dt.date, time: dt.time) -> dt.datetime:
    """An hour of the wall, as an instant."""
    return dt.datetime.combine(day, time, tzinfo=ZONE).astimezone(dt.UTC)


def make_stage(lines: list[Line]) -> Stage:
    """All evenings of the trace, open since before its first day."""
    since = at(min(line.booked for line in lines) - DAY, dt.time(12))
    host, site = _make_host(since)
    return Stage(host, _make_associations(since), _open_evenings(site, lines, since))


def _make_host(since: dt.datetime) -> tuple[Any, Any]:
    """Who acts for the company, and its site."""
    from django.db import transaction  # noqa: PLC0415

    from charter.models import CharterVersion  # noqa: PLC0415

    with transaction.atomic():
        company, owner, site = make_host(since, max_visitors=PLACES)
        version = CharterVersion.objects.create(
            number=1, text="# Charte", effective_from_date=since.date(), created_at=since, published_at=since
        )
        signature_of(company, version, state="approved", decided_at=since).save()
    return owner, site


def _make_associations(since: dt.datetime) -> list[tuple[Any, Any]]:
    from django.db import transaction  # noqa: PLC0415

    from accounts.models import Role, User  # noqa: PLC0415
    from associations.models import Association, Membership  # noqa: PLC0415

    identity = {"legal_form": "association", "commune_id": "59350", "members_confirmed_at": since}
    with transaction.atomic():
        owners = User.objects.bulk_create(
            User(email=f"asso{number}@example.org", name=f"Membre {number}") for number in range(ASSOCIATIONS)
        )
        made = Association.objects.bulk_create(
            Association(
                name=f"Association {number}",
                slug=f"asso-{number}",
                state="admitted",
                created_at=since,
                submitted_at=since,
                decided_at=since,
                **identity,
            )
            for number in range(ASSOCIATIONS)
        )
        Membership.objects.bulk_create(
            Membership(association=one, user=owner, role=Role.OWNER, joined_at=since)
            for one, owner in zip(made, owners, strict=True)
        )
    return list(zip(made, owners, strict=True))


def _open_evenings(site: Any, lines: list[Line], since: dt.datetime) -> dict[str, list[int]]:
    """Every room of every kind, each evening, booked at once and until it begins."""
    from companies.models import Room, Slot  # noqa: PLC0415

    rooms = {
        kind: Room.objects.bulk_create(
            Room(
                site=site,
                site_max_visitors=PLACES,
                time_zone=str(ZONE),
                cell=site.cell,
                name=f"Salle {kind} {number}",
                capacity=PLACES,
                computers=PLACES,
                created_at=since,
            )
            for number in range(count)
        )
        for kind, count in rooms_of_kinds(lines).items()
    }
    first = min(line.planned for line in lines)
    last = max(line.planned for line in lines) + EVENINGS_MORE * DAY
    evenings = [first + number * DAY for number in range((last - first).days + 1)]
    slots = (
        Slot(
            room=room,
            room_capacity=PLACES,
            room_computers=PLACES,
            time_zone=str(ZONE),
            cell=room.cell,
            starts_at=at(evening, OPENS),
            ends_at=at(evening, CLOSES),
            closes_at=at(evening, OPENS),
            places=PLACES,
            computers=PLACES,
            volunteers_offered=2,
            booking_mode="instant",
            created_at=since,
        )
        for evening in evenings
        for of_kind in rooms.values()
        for room in of_kind
    )
    Slot.objects.bulk_create(slots, batch_size=SLOTS_AT_ONCE)
    return {kind: [room.pk for room in of_kind] for kind, of_kind in rooms.items()}
