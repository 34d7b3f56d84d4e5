"""Two companies, four associations and the people around them, who play on few evenings, so that they meet."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field

from django.db import transaction

from accounts.models import Role, User
from accounts.vocabulary import Topic
from associations import actions as demand
from associations.models import Association, Request
from companies import actions as supply
from companies.models import Availability, BookingMode, Company, Room
from tests import factories

DAY, HOUR = dt.timedelta(days=1), dt.timedelta(hours=1)
# So short that a few days show series that sleep, and that grow.
SETTINGS = {
    "RECONFIRM_DAYS": 6,
    "SLOT_HORIZON_DAYS": 21,
    "BOOKINGS_PER_ASSOCIATION": 3,
    "PENDING_PER_ASSOCIATION": 2,
    "CHARTER_GRACE_DAYS": 3,
}


@dataclass
class Stage:
    """Who plays, and where."""

    now: dt.datetime
    moderator: User
    companies: list[Company] = field(default_factory=list)
    rooms: list[Room] = field(default_factory=list)
    volunteers: list[User] = field(default_factory=list)
    associations: list[Association] = field(default_factory=list)


@transaction.atomic
def make_stage(now: dt.datetime) -> Stage:
    """Two rooms at the first company, one at the second; the last volunteer is a member of both."""
    stage = Stage(now, factories.make_user("Odile", is_moderator=True))
    charter = factories.make_charter_version(now)
    colleagues = [factories.make_user(f"Bénévole {n}") for n in range(3)]
    stage.volunteers = colleagues
    for members, rooms in ((colleagues, 2), (colleagues[2:], 1)):
        company = factories.make_company(now)
        for one in members:
            factories.add_member(company, one, Role.VOLUNTEER, now)
            factories.make_profile(now, company, one)
        factories.make_signature(now, company, charter, state="approved", decided_at=now)
        site = factories.make_site(now, company)
        stage.companies.append(company)
        stage.rooms += [factories.make_room(now, site) for _ in range(rooms)]
    for number in range(4):
        association = factories.make_association(now, admitted=number < 3)
        stage.associations.append(association)
        post_request(association, now)
    return stage


def open_evenings(stage: Stage, now: dt.datetime) -> None:
    """Some at one time in two rooms, instant and on approval, with and without notice; and a series without end."""
    first, second, third = stage.rooms
    evening = now.replace(hour=17, minute=30)
    for room, days, mode, notice in (
        (first, 2, BookingMode.INSTANT, 24),
        (second, 2, BookingMode.ON_APPROVAL, 2),
        (third, 2, BookingMode.INSTANT, 2),
        (third, 6, BookingMode.ON_APPROVAL, 24),
        (first, 9, BookingMode.INSTANT, 24),
    ):
        starts_at = evening + days * DAY
        offered = {"booking_mode": mode, "closes_at": starts_at - notice * HOUR, "volunteers_offered": 1 + days % 2}
        factories.make_slot(room, starts_at, **offered, created_at=now)
    publish_series(second, now, weekday=4, mode=BookingMode.ON_APPROVAL)


def post_request(association: Association, now: dt.datetime) -> None:
    """What the association looks for, as its owner posts it."""
    request = Request(
        topics=[Topic.EMAIL],
        participants=6,
        computers=6,
        commune_id=factories.ROUBAIX,
        radius_km=20,
        from_date=now.date(),
        until_date=now.date() + 90 * DAY,
    )
    demand.post_request(association=association, request=request, by=association.owners()[0], now=now)


def new_series(room: Room, now: dt.datetime, *, weekday: int, mode: str, places: int = 10) -> Availability:
    """A series of evenings without end, not saved."""
    return Availability(
        room=room,
        weekdays=[weekday],
        start_time=dt.time(18, 30),
        end_time=dt.time(20, 30),
        from_date=now.date(),
        notice_hours=24,
        places=places,
        computers=min(places, room.computers),
        volunteers_offered=2,
        booking_mode=mode,
    )


def publish_series(room: Room, now: dt.datetime, *, weekday: int, mode: str) -> None:
    """The same, turned into slots."""
    owner = room.site.company.owners()[0]
    series = new_series(room, now, weekday=weekday, mode=mode)
    supply.publish_season(room=room, openings=[series], by=owner, now=now)
