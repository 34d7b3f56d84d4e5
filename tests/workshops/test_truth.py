"""A search gives what an obvious filter gives, on whatever is open, taken, asleep or over, whatever is asked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cache
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pytest
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role
from companies.models import BusyTime, Company, Slot
from territories.distance import kilometres_between
from territories.gazetteer import city_of
from territories.models import Commune
from tests import factories
from tests.conftest import NOW
from tests.factories import World
from tests.workshops.reading import asked, search
from workshops import counting, searching
from workshops.models import WaitlistEntry

DAY = dt.timedelta(days=1)
BEFORE = NOW - 4 * DAY
PLACES = (factories.LILLE, factories.ROUBAIX, factories.NOUMEA, "97411", "75056", "75111")
# Around now and its notice, and where clocks change.
DAYS = (*(dt.date(2026, 12, day) for day in range(1, 9)), dt.date(2027, 3, 27), dt.date(2027, 3, 28))
CLOCKS = (dt.time(), dt.time(9), dt.time(16, 59), dt.time(17), dt.time(18, 30), dt.time(23, 59))
# What stands of a company's signature, and what its volunteers know.
STANDS: dict[str, Any] = {"charter_until_at": None}
SIGNED: tuple[dict[str, Any], ...] = (
    STANDS,
    {"charter_until_at": NOW + DAY},
    {"charter_until_at": NOW},
    {"charter_approved_at": None},
)
SIGNATORIES = 2
KNOWN = (("email",), ("email", "sante"), ("sante",), ("email",))
# What has happened to a slot. The first ones leave it to whoever comes.
FREE = ("", "expired", "lapsed", "pending", "left", "awake", "busy before")
BOOKED: dict[str, dict[str, Any]] = {
    "confirmed": {},
    "expired": {"state": "expired"},
    "pending": {"state": "pending", "expires_at": NOW + DAY},
    "held": {"state": "held", "expires_at": NOW + DAY},
    "lapsed": {"state": "held", "expires_at": NOW},
}
QUEUED: dict[str, dict[str, Any]] = {"queued": {}, "left": {"state": "left", "ended_at": NOW}}
GONE = ("confirmed", "held", "queued", "withdrawn", "asleep", "busy")


@cache
def commune_of(code: str) -> Commune:
    return Commune.objects.get(pk=code)


class Told(NamedTuple):
    """A slot, in all that a search may ask of it."""

    place: str
    north: float
    day: dt.date
    clock: dt.time
    notice: int
    places: int
    computers: int
    volunteers: int
    mode: str
    step_free: bool | None
    company: int
    happened: str

    @property
    def commune(self) -> Commune:
        return commune_of(self.place)

    @property
    def point(self) -> tuple[float, float]:
        commune = self.commune
        assert commune.latitude is not None
        assert commune.longitude is not None
        return commune.latitude + self.north, commune.longitude

    @property
    def starts_at(self) -> dt.datetime:
        return dt.datetime.combine(self.day, self.clock, tzinfo=ZoneInfo(self.commune.time_zone))

    @property
    def closes_at(self) -> dt.datetime:
        return self.starts_at.astimezone(dt.UTC) - dt.timedelta(hours=self.notice)

    def is_bookable(self) -> bool:
        return self.happened in FREE and self.company < SIGNATORIES and self.closes_at > NOW


TOLD = st.builds(
    Told,
    place=st.sampled_from(PLACES),
    north=st.sampled_from([-0.2, -0.04, 0.0, 0.03, 0.3]),
    day=st.sampled_from(DAYS),
    clock=st.sampled_from(CLOCKS),
    notice=st.sampled_from([1, 24, 72]),
    places=st.integers(6, 9),
    computers=st.integers(0, 6),
    volunteers=st.integers(0, 2),
    mode=st.sampled_from(["instant", "on_approval"]),
    step_free=st.sampled_from([True, False, None]),
    company=st.sampled_from([0, 0, 0, 1, 1, 2, 3]),
    happened=st.sampled_from([""] * 12 + [*FREE, *GONE]),
)
CHOICES = {
    "lieu": [f"insee-{place}" for place in (factories.LILLE, factories.NOUMEA, "75056", "97411")],
    "rayon": ["5", "10", "20", "30", "50", "100"],
    "tri": ["distance", "date"],
    "moment": ["soir", "weekend", "semaine"],
    "ordinateurs": ["1", "3"],
    "places": ["7", "9"],
    "benevoles": ["1", "2"],
    "theme": ["email", "sante"],
    "reponse": ["immediate", "accord"],
    "acces": ["on"],
    "departement": ["59", "974", "75"],
    "commune": [f"insee-{place}" for place in (factories.LILLE, "75056", "75111")],
    "du": ["2026-12-02", "2026-12-05", "2027-03-28"],
    "au": ["2026-12-05", "2026-12-08", "2027-03-27"],
}
ASKED = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in CHOICES.items()})
FEW = st.lists(st.sampled_from(sorted(CHOICES)), max_size=3, unique=True).flatmap(
    lambda names: st.fixed_dictionaries({name: st.sampled_from(CHOICES[name]) for name in names})
)


def companies_of() -> list[Company]:
    made = []
    for topics in KNOWN:
        company = factories.make_company(NOW, charter_approved_at=BEFORE - DAY)
        person = factories.make_user()
        factories.add_member(company, person, Role.VOLUNTEER, NOW)
        factories.make_profile(NOW, company, person, topics=list(topics))
        made.append(company)
    return made


def make(told: Told, company: Company, world: World) -> Slot:
    (latitude, longitude), free = told.point, {"entree_plain_pied": told.step_free}
    site = factories.make_site(
        NOW, company, commune_id=told.place, latitude=latitude, longitude=longitude,
        accueil_cheminement_plain_pied=True, **free,
    )  # fmt: skip
    room = factories.make_room(NOW, site, capacity=9, computers=6)
    offers: dict[str, Any] = {
        "closes_at": told.closes_at, "places": told.places, "computers": told.computers,
        "volunteers_offered": told.volunteers, "booking_mode": told.mode,
    }  # fmt: skip
    if told.happened in ("asleep", "awake"):
        confirmed = NOW if told.happened == "asleep" else NOW + DAY
        series = factories.make_series(NOW, room, confirm_by_at=confirmed)
        offers |= {"availability": series, "original_date": told.day}
    slot = factories.make_slot(room, told.starts_at, **offers)
    happen(told, slot, world)
    return slot


def happen(told: Told, slot: Slot, world: World) -> None:
    """What took the slot, or did not."""
    happened, other, minute = told.happened, world.association, dt.timedelta(minutes=1)
    if happened in BOOKED:
        factories.make_booking(BEFORE, slot, other, **BOOKED[happened])
    elif happened in QUEUED:
        waits = {"participants": 6, "topic": "email", "created_at": BEFORE}
        WaitlistEntry.objects.create(slot=slot, association=other, **waits, **QUEUED[happened])
    elif happened == "withdrawn":
        Slot.objects.filter(pk=slot.pk).update(state="withdrawn", withdrawn_at=NOW)
    elif happened == "busy":
        BusyTime.objects.create(room=slot.room, starts_at=slot.ends_at - minute, ends_at=slot.ends_at)
    elif happened == "busy before":
        BusyTime.objects.create(room=slot.room, starts_at=slot.starts_at - DAY, ends_at=slot.starts_at)


def fits(told: Told, query: dict[str, str]) -> bool:
    """Filter by filter, in the order in which they stand on the page."""
    moments = {"soir": told.clock >= dt.time(17), "weekend": told.day.isoweekday() >= 6}
    moments |= {"semaine": not moments["weekend"], "": True}
    commune, modes = told.commune, {"immediate": "instant", "accord": "on_approval", "": told.mode}
    return (
        told.is_bookable()
        and moments[query.get("moment", "")]
        and modes[query.get("reponse", "")] == told.mode
        and told.places >= int(query.get("places", 0))
        and told.computers >= int(query.get("ordinateurs", 0))
        and told.volunteers >= int(query.get("benevoles", 0))
        and ("acces" not in query or told.step_free is True)
        and ("theme" not in query or (query["theme"] in KNOWN[told.company] and told.volunteers > 0))
        and query.get("du", "2000") <= told.day.isoformat() <= query.get("au", "3000")
        and query.get("departement", commune.departement_id) == commune.departement_id
        and query.get("commune", commune.link) in (commune.link, city_of(commune).link)
        and away(told, query) <= int(query.get("rayon", 20))
    )


def away(told: Told, query: dict[str, str]) -> float:
    place = commune_of(query["lieu"].removeprefix("insee-")) if "lieu" in query else None
    if place is None:
        return 0.0
    assert place.latitude is not None
    assert place.longitude is not None
    return kilometres_between((place.latitude, place.longitude), told.point)


def is_in_order(query: dict[str, str]) -> bool:
    return query.get("du", "2000") <= query.get("au", "3000")


@pytest.fixture
def _few_are_soonest(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """So few that a page is full of them at times, and at times is not."""
    monkeypatch.setattr(searching, "SOONEST", 5)
    searching._prepared.cache_clear()
    yield
    searching._prepared.cache_clear()


@pytest.mark.usefixtures("_few_are_soonest")
def test_whatever_is_asked_of_whatever_there_is(world: World) -> None:
    Slot.objects.all().delete()
    companies = companies_of()

    @settings(max_examples=25)
    @given(
        there=st.lists(TOLD, min_size=1, max_size=12),
        queries=st.lists(st.one_of(FEW, ASKED).filter(is_in_order), min_size=4, max_size=10),
        count=st.integers(2, 9),
    )
    def holds(there: list[Told], queries: list[dict[str, str]], count: int) -> None:
        with transaction.atomic():
            made = {make(told, companies[told.company], world).pk: told for told in there}
            for company, stands in zip(companies, SIGNED, strict=True):
                Company.objects.filter(pk=company.pk).update(**stands)
            for query in ({}, *queries):
                found = [number for number, told in made.items() if fits(told, query)]
                by_distance = "lieu" in query and query.get("tri") == "distance"

                def place(number: int, query: dict[str, str] = query, *, far: bool = by_distance) -> tuple[Any, ...]:
                    return away(made[number], query) if far else 0, made[number].starts_at, number

                assert search(query, count=count) == sorted(found, key=place), query
                assert counting.count(asked(query), now=NOW) == len(found), query
            transaction.set_rollback(True)

    holds()
