"""Which slots serve which requests, and how well: held against what is obvious, pair by pair."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from associations.models import Request
from companies.models import Slot
from territories.zones import days_later
from tests import factories
from tests.conftest import NOW
from tests.workshops.obvious import serves
from tests.workshops.worlds import OFFERED, WANTED, Offered, Wanted, ask, offer
from workshops.catalogue import bookable
from workshops.matching import Offers, Pairs, Wants, best_slots, requests_for, served_by, slots_for
from workshops.matching.everything import read_everything
from workshops.matching.sweeping import sweep
from workshops.models import OF_REQUEST, Part, Weighting

WEIGHTS = Weighting().weights


def found() -> list[set[tuple[int, int]]]:
    """Pairs that are obvious, those that a request asks the database for and finds, and those that a slot finds."""
    slots = list(bookable(NOW).with_place())
    requests = list(Request.objects.open(NOW).select_related("commune", "association"))
    return [
        {(wanted.pk, slot.pk) for wanted in requests for slot in slots if serves(wanted, slot)},
        {(wanted.pk, slot.pk) for wanted in requests for slot in slots_for(wanted, NOW)},
        {
            (wanted.pk, match.slot.pk)
            for wanted in requests
            for match in best_slots(wanted, slots_for(wanted, NOW), now=NOW)
        },
        {(one.request, slot.pk) for slot in slots for one in served_by(slot, requests_for(slot, NOW), now=NOW)},
    ]


@pytest.mark.django_db
@settings(max_examples=40)
@given(offered=st.lists(OFFERED, max_size=6), wanted=st.lists(WANTED, min_size=1, max_size=12))
def test_slots_and_requests_find_each_other(offered: list[Offered], wanted: list[Wanted]) -> None:
    with transaction.atomic():
        world = factories.make_world(NOW)
        Slot.objects.filter(pk=world.slot.pk).delete()
        for one in offered:
            offer(world, one)
        for other in wanted:
            ask(world, other)
        obvious, *others = found()
        assert others == [obvious] * 3
        transaction.set_rollback(True)


# --- how well ---------------------------------------------------------------------------------------

SHARES = st.integers(0, 1000)
DAY = NOW.date().toordinal()


def pair(**facts: float) -> Pairs:
    """One request and one slot that serves it, about which something else is known."""
    wants = {
        "participants": 6, "computers": 6, "volunteers": 3, "radius_km": 50, "latitude": 50.63, "longitude": 3.07,
        "departement": 1, "from_day": DAY, "until_day": DAY + 40, "weekdays": 0, "periods": 0, "wished": 0b100,
        "topics": 0b11, "languages": 0, "step_free": False, "admitted": True, "posted_day": DAY, "kept": 500,
        "served": 1, "refused_days": 0, "refused_periods": 0, "nearer_than_km": np.inf,
    }  # fmt: skip
    offers = {
        "places": 12, "computers": 12, "volunteers": 1, "latitude": 50.8, "longitude": 3.07, "departement": 1,
        "day": DAY + 7, "weekday": 0b10, "period": 1, "topics": 0b1, "languages": 0, "instant": True, "step_free": True,
        "posted_day": DAY, "kept": 500, "bookable": True,
    }  # fmt: skip
    for name, value in facts.items():
        side, _, column = name.partition("_")
        (wants if side == "wants" else offers)[column] = value
    return Pairs(
        Wants(**{name: np.array([value]) for name, value in wants.items()}),
        Offers(**{name: np.array([value]) for name, value in offers.items()}),
        today=DAY,
    )


BETTER: list[tuple[Part, dict[str, float]]] = [
    (Part.DISTANCE, {"offers_latitude": 50.7}),
    (Part.SIZE, {"offers_places": 8}),
    (Part.VOLUNTEERS, {"offers_volunteers": 2}),
    (Part.TOPICS, {"offers_topics": 0b11}),
    (Part.WISH, {"offers_weekday": 0b100}),
    (Part.NOTICE, {"offers_day": DAY + 14}),
    (Part.RELIABILITY, {"offers_kept": 900}),
    (Part.URGENCY, {"wants_until_day": DAY + 20}),
    (Part.FAIRNESS, {"wants_served": 0}),
]


@pytest.mark.parametrize(("part", "facts"), BETTER)
def test_what_is_better_in_one_part_is_better(part: Part, facts: dict[str, float]) -> None:
    """And in no other: so it comes before, unless nobody gives weight to it."""
    plain, better = pair(), pair(**facts)
    assert int(plain.unmet[0]) == int(better.unmet[0]) == 0
    changed = {one for one in Part if better.parts[one] != plain.parts[one]}
    assert (changed, bool(better.parts[part] > plain.parts[part])) == ({part}, True)
    assert better.merit(WEIGHTS) > plain.merit(WEIGHTS)
    assert better.merit(WEIGHTS | {part: 0}) == plain.merit(WEIGHTS | {part: 0})
    assert (better.merit_of_slot(WEIGHTS) > plain.merit_of_slot(WEIGHTS)) == (part not in OF_REQUEST)


@given(weights=st.fixed_dictionaries(dict.fromkeys(Part.values, st.integers(0, 100))), data=st.data())
def test_who_has_more_of_everything_never_comes_after(weights: dict[str, int], data: st.DataObject) -> None:
    chosen = data.draw(st.lists(st.sampled_from(BETTER), unique_by=lambda one: one[0]))
    facts = {name: value for _, given in chosen for name, value in given.items()}
    assert pair(**facts).merit(weights) >= pair().merit(weights)


@pytest.mark.parametrize("days", [7, 70])
def test_a_week_later_everything_is_the_same(days: int) -> None:
    """Moved together, slots and requests are as good for each other as before."""
    moved = pair(
        wants_from_day=DAY + days, wants_until_day=DAY + 40 + days, wants_posted_day=DAY + days,
        offers_day=DAY + 7 + days, offers_posted_day=DAY + days,
    )  # fmt: skip
    moved.today += days
    assert moved.merit(WEIGHTS) == pair().merit(WEIGHTS)


def test_many_pairs_are_as_each_alone(world: factories.World, now: dt.datetime) -> None:
    for days in range(4):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=days + 1), volunteers_offered=days)
    wanted = factories.make_request(now, world.association, volunteers=2, best_weekdays=[4])
    slots = list(Slot.objects.with_place())
    alone = [match for slot in slots for match in best_slots(wanted, [slot], now=now)]
    together = best_slots(wanted, slots, now=now)
    assert together == sorted(alone, key=lambda match: match.rank_for_request)
    assert best_slots(wanted, slots[::-1], now=now) == together


# --- all at once -----------------------------------------------------------------------------------


def swept(most: int) -> dict[int, list[tuple[int, int]]]:
    """By request, its best slots and what they are worth for it."""
    everything = read_everything(NOW)
    found: dict[int, list[tuple[int, int]]] = {}
    for best in sweep(everything, most=most, today=DAY):
        for request, slot, merit in zip(best.requests, best.slots, best.merits_of_slot, strict=True):
            lines = found.setdefault(int(everything.requests[request]), [])
            lines.append((int(everything.runs.slots[slot]), int(merit)))
    return found


@pytest.mark.django_db
@settings(max_examples=40)
@given(
    offered=st.lists(st.tuples(OFFERED, st.integers(1, 6)), max_size=5),
    wanted=st.lists(WANTED, min_size=1, max_size=10),
    most=st.integers(1, 6),
    longer=st.sampled_from([0, 20, 60]),
    notice=st.booleans(),
)
def test_all_at_once_are_as_one_by_one(
    offered: list[tuple[Offered, int]],
    wanted: list[Wanted],
    most: int,
    longer: int,
    notice: bool,  # noqa: FBT001
) -> None:
    """Seasons of slots, alike but for their dates, are ranked as each of them alone, whatever counts."""
    with transaction.atomic():
        world = factories.make_world(NOW)
        Weighting.objects.create(created_at=NOW, **({} if notice else {"notice": 0}))
        Slot.objects.filter(pk=world.slot.pk).delete()
        for one, weeks in offered:
            slot = offer(world, one)
            for week in range(1, weeks):
                later = slot.starts_at + dt.timedelta(days=one.days % 3 + 7 * week)
                offers = {"places": one.places, "computers": one.computers, "booking_mode": slot.booking_mode}
                factories.make_slot(slot.room, later, **offers)
        for other in wanted:
            ask(world, other._replace(days=other.days + longer))
        requests = Request.objects.open(NOW).select_related("commune", "association")
        one_by_one = {
            wanted.pk: [(match.slot.pk, match.merit_of_slot) for match in found]
            for wanted in requests
            if (found := best_slots(wanted, slots_for(wanted, NOW), count=most, now=NOW))
        }
        assert swept(most) == one_by_one
        transaction.set_rollback(True)


@pytest.mark.django_db
@settings(max_examples=10)
@given(
    offered=st.lists(OFFERED, min_size=1, max_size=5),
    wanted=st.lists(WANTED, min_size=1, max_size=8),
    weeks=st.sampled_from([1, 17, 30]),
)
def test_weeks_later_the_same_serve_each_other(offered: list[Offered], wanted: list[Wanted], weeks: int) -> None:
    """On the clock of each site, whether clocks change between or not."""
    with transaction.atomic():
        world = factories.make_world(NOW)
        Slot.objects.filter(pk=world.slot.pk).delete()
        for one in offered:
            offer(world, one._replace(taken=False, languages=()))
        for other in wanted:
            ask(world, other._replace(languages=()))
        before = ranked(NOW)
        later = dt.timedelta(weeks=weeks)
        for slot in Slot.objects.all():
            starts_at, ends_at, closes_at = (
                days_later(instant, 7 * weeks, zone=slot.time_zone)
                for instant in (slot.starts_at, slot.ends_at, slot.closes_at)
            )
            moved = {"starts_at": starts_at, "ends_at": ends_at, "closes_at": closes_at}
            Slot.objects.filter(pk=slot.pk).update(**moved, created_at=slot.created_at + later)
        for request in Request.objects.all():
            days = {"from_date": request.from_date + later, "until_date": request.until_date + later}
            Request.objects.filter(pk=request.pk).update(
                **days, created_at=request.created_at + later, expires_at=request.expires_at + later
            )
        assert ranked(NOW + later) == before
        transaction.set_rollback(True)


def ranked(now: dt.datetime) -> dict[int, list[tuple[int, int]]]:
    """By request the slots that serve it, the best first, and how good each is for it."""
    requests = Request.objects.open(now).select_related("commune", "association")
    return {
        wanted.pk: [
            (match.slot.pk, match.merit_of_slot) for match in best_slots(wanted, slots_for(wanted, now), now=now)
        ]
        for wanted in requests
    }
