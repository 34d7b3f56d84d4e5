"""What companies offer and associations ask for, at random: places that are near, overseas, or without a point."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from accounts.models import Role
from accounts.vocabulary import Topic
from associations.models import Association, Period, Request
from companies.models import BookingMode, BusyTime, Company, Site, Slot
from territories.models import Commune
from tests import factories
from tests.conftest import NOW
from tests.factories import LILLE, NOUMEA, ROUBAIX, World
from tests.workshops.obvious import away
from workshops import actions
from workshops.models import Booking, Dismissal, WaitlistEntry

# Of two communes of New Caledonia and one of Polynesia nobody published the point.
FARINO, KOUAOUA, ARUTUA = "98806", "98833", "98713"
PLACES = st.sampled_from([LILLE, ROUBAIX, "62041", NOUMEA, FARINO, KOUAOUA, ARUTUA])
SITES = st.sampled_from([LILLE, ROUBAIX, "62041", NOUMEA])
AHEAD = st.integers(2, 12)
SIZES = st.integers(1, 12)


class Offered(NamedTuple):
    place: str
    aside: float
    days: int
    hour: int
    places: int
    computers: int
    taken: bool
    step_free: bool | None = None
    languages: tuple[str, ...] = ()
    asked: str = ""
    """What has come of it, by the association that looks."""
    on_approval: bool = False


class Wanted(NamedTuple):
    place: str
    radius_km: int
    since: int
    days: int
    participants: int
    computers: int
    weekdays: list[int]
    periods: list[Period]
    languages: tuple[str, ...] = ()
    step_free: bool = False
    refuses: str = ""
    admitted: bool = True


class Freed(NamedTuple):
    """One of the slots that are taken, whichever it is."""

    which: int


class Admitted(NamedTuple):
    """One of the associations that wait to be admitted."""

    which: int


class Comes(NamedTuple):
    """Somebody promises to come to one of the slots."""

    which: int
    languages: tuple[str, ...]


class Lost(NamedTuple):
    """One of the slots, or one of the requests that look, loses something."""

    which: int
    how: str


LOSSES = ("booked", "asked", "queued", "withdrawn", "smaller", "later", "busy", "left", "steps", "dismissed", "lapsed")
SPOKEN = st.lists(st.sampled_from(["ar", "uk"]), max_size=2, unique=True).map(tuple)
OFFERED = st.builds(
    Offered,
    SITES,
    st.floats(-0.3, 0.3),
    AHEAD,
    st.integers(0, 23),
    SIZES,
    st.integers(0, 12),
    st.booleans(),
    st.sampled_from([True, False, None]),
    SPOKEN,
    st.sampled_from(["", "", "pending", "declined", "cancelled_by_association"]),
    st.booleans(),
)
WANTED = st.builds(
    Wanted,
    PLACES,
    st.sampled_from([1, 5, 20, 50, 100]),
    AHEAD,
    st.integers(0, 5),
    SIZES,
    st.integers(0, 12),
    st.lists(st.integers(1, 7), max_size=3, unique=True),
    st.lists(st.sampled_from(Period), max_size=2, unique=True),
    st.one_of(st.just(()), SPOKEN),
    st.booleans(),
    st.sampled_from(["", *Dismissal.Why.values]),
    st.booleans(),
)


FREED = st.builds(Freed, st.integers(0, 20))
ADMITTED = st.builds(Admitted, st.integers(0, 20))
COMES = st.builds(Comes, st.integers(0, 20), SPOKEN)
LOST = st.builds(Lost, st.integers(0, 20), st.sampled_from(LOSSES))


def offer(world: World, one: Offered) -> Slot:
    """A site, its room and an hour in it."""
    commune = Commune.objects.get(pk=one.place)
    assert commune.latitude is not None
    where = {"latitude": commune.latitude + one.aside, "longitude": commune.longitude}
    entered = {"entree_plain_pied": one.step_free, "accueil_cheminement_plain_pied": one.step_free}
    site = factories.make_site(NOW, world.company, commune_id=one.place, max_visitors=50, **where, **entered)
    room = factories.make_room(NOW, site, capacity=12, computers=12)
    starts_at = NOW.replace(hour=one.hour) + dt.timedelta(days=one.days)
    mode = BookingMode.ON_APPROVAL if one.on_approval else BookingMode.INSTANT
    slot = factories.make_slot(room, starts_at, places=one.places, computers=one.computers, booking_mode=mode)
    if one.taken:
        factories.make_booking(NOW, slot, world.association, participants=1)
    elif one.asked:
        said: dict[str, Any] = {} if one.asked == "pending" else {"reason_code": "too_few"}
        said |= {"cancelled_at": NOW} if one.asked == "cancelled_by_association" else {}
        factories.make_booking(NOW, slot, world.association, participants=1, state=one.asked, **said)
    if one.languages:
        promise(world, slot, one.languages)
    return slot


def promise(world: World, slot: Slot, languages: Sequence[str]) -> None:
    """Somebody who speaks them comes, where a seat is left."""
    seat = 1 + slot.volunteers.count()
    if seat <= slot.volunteers_offered:
        speaker = factories.make_user()
        factories.add_member(world.company, speaker, Role.VOLUNTEER, NOW)
        factories.make_profile(NOW, world.company, speaker, languages=list(languages), topics=[Topic.EMAIL])
        factories.make_promise(NOW, slot, speaker, seat=seat)


def happen(world: World, one: Freed | Admitted | Comes) -> None:
    """Nothing where there is none."""
    if isinstance(one, Freed):
        taken = list(Booking.objects.filter(state=Booking.State.CONFIRMED).order_by("pk"))
        for booking in taken[one.which % max(len(taken), 1) :][:1]:
            Booking.objects.filter(pk=booking.pk).update(state="cancelled_by_company", cancelled_at=NOW)
    elif isinstance(one, Admitted):
        new = list(Association.objects.awaiting_decision())
        for association in new[one.which % max(len(new), 1) :][:1]:
            Association.objects.filter(pk=association.pk).update(state="admitted", decided_at=NOW)
    else:
        slots = list(Slot.objects.order_by("pk"))
        for slot in slots[one.which % max(len(slots), 1) :][:1]:
            promise(world, slot, one.languages)


def lose(world: World, one: Lost) -> None:
    """Whoever does it, by hand as well as by a page: nothing where there is none."""
    slots = list(Slot.objects.with_place().filter(state="open").order_by("pk"))
    for slot in slots[one.which % max(len(slots), 1) :][:1]:
        _LOSES[one.how](world, slot)


def _claimed(state: str) -> Callable[[World, Slot], object]:
    def claim(world: World, slot: Slot) -> None:
        if not Booking.objects.filter(slot=slot).exists():
            asking = world.association if state == "pending" else factories.make_association(NOW)
            factories.make_booking(NOW, slot, asking, participants=1, state=state)

    return claim


def _queue(_world: World, slot: Slot) -> None:
    queue = {"slot": slot, "association": factories.make_association(NOW), "participants": 1, "topic": "email"}
    WaitlistEntry.objects.create(**queue, created_at=NOW)


def _withdraw(_world: World, slot: Slot) -> None:
    if not Booking.objects.filter(slot=slot).exists():
        slot.volunteers.all().delete()
        Slot.objects.filter(pk=slot.pk).update(state="withdrawn", withdrawn_at=NOW)


def _shrink(_world: World, slot: Slot) -> None:
    if not Booking.objects.filter(slot=slot).exists():
        Slot.objects.filter(pk=slot.pk).update(places=1, computers=0)


def _move(world: World, slot: Slot) -> None:
    if not Booking.objects.filter(slot=slot).exists() and not slot.volunteers.exists():
        later = dt.timedelta(days=1)
        Slot.objects.filter(pk=slot.pk).update(
            starts_at=slot.starts_at + later,
            ends_at=slot.ends_at + later,
            closes_at=slot.closes_at + later,
            matched_at=None,
        )


def _fill(_world: World, slot: Slot) -> None:
    BusyTime.objects.create(room=slot.room, starts_at=slot.starts_at, ends_at=slot.ends_at)


def _leave(_world: World, slot: Slot) -> None:
    slot.volunteers.all().delete()


def _block(_world: World, slot: Slot) -> None:
    steps = {"entree_plain_pied": False, "accueil_cheminement_plain_pied": False}
    Site.objects.filter(pk=slot.room.site_id).update(**steps)


def _dismiss(world: World, slot: Slot) -> None:
    for request in Request.objects.order_by("pk")[:1]:
        why = Dismissal.Why.OTHER
        actions.dismiss_slot(request=request, slot=slot, why=why, by=world.association_owner, now=NOW)


def _lapse(world: World, slot: Slot) -> None:
    other = factories.make_company(NOW)
    if not Booking.objects.filter(slot=slot).exists() and not slot.volunteers.exists():
        Site.objects.filter(pk=slot.room.site_id).update(company=other)
    Company.objects.filter(pk=other.pk).update(charter_approved_at=None)


_LOSES: dict[str, Callable[[World, Slot], object]] = {
    "booked": _claimed("confirmed"),
    "asked": _claimed("pending"),
    "queued": _queue,
    "withdrawn": _withdraw,
    "smaller": _shrink,
    "later": _move,
    "busy": _fill,
    "left": _leave,
    "steps": _block,
    "dismissed": _dismiss,
    "lapsed": _lapse,
}


def ask(world: World, one: Wanted) -> Request:
    since = NOW.date() + dt.timedelta(days=one.since)
    request = factories.make_request(
        NOW,
        world.association if one.admitted else factories.make_association(NOW, admitted=False),
        commune_id=one.place,
        radius_km=one.radius_km,
        from_date=since,
        until_date=since + dt.timedelta(days=one.days),
        participants=one.participants,
        computers=one.computers,
        weekdays=one.weekdays,
        periods=one.periods,
        languages=list(one.languages),
        step_free=one.step_free,
    )
    slot = Slot.objects.with_place().order_by("pk").first()
    if one.refuses and slot is not None:
        far = away(request, slot) if one.refuses == Dismissal.Why.FAR else None
        Dismissal.objects.create(request=request, slot=slot, why=one.refuses, distance_km=far, created_at=NOW)
    return request
