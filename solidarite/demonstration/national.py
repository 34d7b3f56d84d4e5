"""Invented data as large as the country: to measure, and to see what a portal looks like that everybody uses.

Each company has five sites, each site a room that opens two evenings or Saturday mornings a week, in real communes
drawn by population; one evening in twenty-six is booked. Nothing here is about a real organisation or person.
"""

from __future__ import annotations

import datetime as dt
import random
import uuid
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple, TextIO
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.db import connection, transaction
from django.db.models import Model
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from accounts.models import Role, User
from accounts.vocabulary import Language, Level, Topic
from associations.models import Association, Request
from associations.models import Membership as AssociationMembership
from charter.models import CharterVersion, Signature
from companies.models import Availability, BookingMode, Company, Room, Site, Slot, SlotVolunteer, VolunteerProfile
from companies.models import Membership as CompanyMembership
from solidarite.demonstration import names
from solidarite.demonstration.copying import copy_rows, keys_go_on
from territories.folding import fold
from territories.grid import cell_of
from territories.models import Commune
from territories.wording import of
from workshops.models import Booking, MatchAgain, Workshop

SITES_A_COMPANY, SERIES_A_SITE, WEEKS = 5, 2, 26
PLEDGED = (SITES_A_COMPANY, 40, 100)
VOLUNTEERS_AT_MOST, TOPICS_A_VOLUNTEER, WEEKS_PROMISED = 3, 3, 4
# Of all requests, those that ask for a language, and for a way in without steps.
A_LANGUAGE, STEP_FREE = 0.03, 0.1
# Beyond every notice, so that all that is free can be booked.
FIRST_DAY = dt.timedelta(days=8)
STARTS = (dt.time(18), dt.time(18, 30), dt.time(19))
MORNING, SATURDAY = dt.time(9, 30), 6
LASTS = dt.timedelta(hours=2)
AGO = dt.timedelta(days=200)


class Scale(NamedTuple):
    """How much of everything. Of each site, 52 evenings are to come, and 50 of them free."""

    companies: int
    associations: int
    requests: int

    @property
    def sites(self) -> int:
        return self.companies * SITES_A_COMPANY

    @property
    def slots(self) -> int:
        return self.sites * SERIES_A_SITE * WEEKS


SCALES = {
    "national": Scale(companies=4_000, associations=5_000, requests=100_000),
    "regional": Scale(companies=400, associations=500, requests=10_000),
}


class _Place(NamedTuple):
    """Of a site: where it is and what its room has."""

    commune: Commune
    latitude: float
    longitude: float
    capacity: int
    computers: int


class _Series(NamedTuple):
    """What a room opens each week."""

    room: int
    place: _Place
    day: int
    start: dt.time
    notice: int
    volunteers: int
    mode: str


@transaction.atomic
def load(scale: Scale, *, now: dt.datetime, progress: TextIO, seed: int) -> None:
    """Write everything in one transaction, with a bar of rows on `progress`. The same number gives the same data."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=Console(file=progress), transient=True) as bar:
        _Country(scale, now=now, chance=random.Random(seed), bar=bar).write()  # noqa: S311  # repeatable, not secret


class _Country:
    def __init__(self, scale: Scale, *, now: dt.datetime, chance: random.Random, bar: Progress) -> None:
        self.scale, self.now, self.chance, self.bar = scale, now, chance, bar
        self.since = now - AGO
        communes = Commune.objects.filter(latitude__isnull=False, population__gt=0).exclude(
            kind=Commune.Kind.ARRONDISSEMENT
        )
        self.communes = list(communes.order_by("pk"))
        self.weights = list(accumulate(one.population or 0 for one in self.communes))

    def write(self) -> None:
        with connection.cursor() as cursor:
            # What an answer may take at most is no measure for this.
            cursor.execute("SET LOCAL statement_timeout = 0")
        self._organisations(Company, CompanyMembership, self.scale.companies, {"charter_approved_at": self.since})
        self._signatures()
        admitted = {"submitted_at": self.since, "decided_at": self.since, "state": Association.State.ADMITTED}
        self._organisations(Association, AssociationMembership, self.scale.associations, admitted)
        volunteers = self._volunteers()
        places = [self._place() for _ in range(self.scale.sites)]
        self._sites(places)
        series = self._openings(places)
        self._count_rows_anew()
        self._promises(series, volunteers)
        # As all that is written here, these slots count as matched.
        MatchAgain.objects.all().delete()
        self._bookings()
        self._requests()
        keys_go_on(User, EmailAddress, Company, Association, CompanyMembership, AssociationMembership)
        keys_go_on(Site, Room, Availability, Slot, SlotVolunteer, Booking, Workshop, Request)

    def _copy(self, model: type[Model], given: Sequence[str], rows: Iterable[Sequence[Any]], total: int) -> None:
        named = str(model._meta.verbose_name_plural)  # noqa: SLF001  # public in all but name
        shown = self.bar.track(rows, total=total, description=named)
        copy_rows(model, given, shown)

    def _count_rows_anew(self) -> None:
        """Plans made for empty tables read whole tables for each row that follows."""
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")

    # --- who ------------------------------------------------------------------------------------

    def _people(self, first: int, count: int, address: str) -> None:
        """Nobody has their password: these accounts are not entered."""
        chance, numbers = self.chance, range(first, first + count)
        named = [f"{chance.choice(names.FIRST_NAMES)} {chance.choice(names.LAST_NAMES)}" for _ in numbers]
        people = [
            (n, f"{address}{n}@example.org", name, "!", self.since) for n, name in zip(numbers, named, strict=True)
        ]
        self._copy(User, ("id", "email", "name", "password", "date_joined"), people, count)
        own = [(n, n, email, True, True) for n, email, *_ in people]
        self._copy(EmailAddress, ("id", "user", "email", "verified", "primary"), own, count)

    def _organisations(
        self, model: type[Company | Association], memberships: type[Model], count: int, more: dict[str, Any]
    ) -> None:
        """Each with an owner of its own."""
        first = User.objects.count() + 1
        kind = "e" if model is Company else "a"
        self._people(first, count, f"responsable.{kind}")
        chance, dated = self.chance, {"created_at": self.since, "members_confirmed_at": self.since, **more}
        form = Company.LegalForm.COMPANY if model is Company else Association.LegalForm.ASSOCIATION
        parts = (names.TRADES, names.PLACES) if model is Company else (names.CAUSES, names.KINDS)

        def rows() -> Iterator[tuple[Any, ...]]:
            for number in range(1, count + 1):
                commune = self._commune()
                name = f"{chance.choice(parts[0])} {chance.choice(parts[1])} {of(commune.name)} {number}"
                yield number, name, fold(name), f"{kind}-{number}", form, commune.pk, *dated.values()

        identity = ("id", "name", "search_name", "slug", "legal_form", "commune")
        self._copy(model, (*identity, *dated), rows(), count)
        of_what = "company" if model is Company else "association"
        owners = ((n, n, first + n - 1, Role.OWNER, self.since) for n in range(1, count + 1))
        self._copy(memberships, ("id", of_what, "user", "role", "joined_at"), owners, count)

    def _signatures(self) -> None:
        """Every company has signed the only version of the charter."""
        count, at, code = self.scale.companies, self.since, Signature._meta.get_field("code")  # noqa: SLF001
        version = CharterVersion.objects.create(
            number=1,
            text=Path(__file__).with_name("charter.md").read_text(encoding="utf-8"),
            effective_from_date=at.date(),
            created_at=at,
            published_at=at,
        )
        rows = (
            (
                company, version.pk, code.get_default(), f"Entreprise {company}", version.sha256, "Claude Martin",
                "gérance", f"signature{company}@example.org", at, at, at, at, Signature.State.APPROVED,
                *PLEDGED,
            )
            for company in range(1, count + 1)
        )  # fmt: skip
        what = ("company", "version", "code", "company_name", "text_sha256", "signatory_name", "signatory_capacity")
        when = ("signatory_email", "created_at", "signed_at", "submitted_at", "decided_at", "state")
        pledged = ("pledged_rooms", "pledged_computers", "pledged_hours")
        self._copy(Signature, (*what, *when, *pledged), rows, count)

    def _volunteers(self) -> list[tuple[int, int]]:
        """Up to three a company, each at home in some topics. Returns pairs of company and person."""
        companies = [
            n for n in range(1, self.scale.companies + 1) for _ in range(self.chance.randint(0, VOLUNTEERS_AT_MOST))
        ]
        first = User.objects.count() + 1
        self._people(first, len(companies), "benevole")
        members = [
            (self.scale.companies + n, company, first + n - 1, Role.VOLUNTEER, self.since)
            for n, company in enumerate(companies, 1)
        ]
        self._copy(CompanyMembership, ("id", "company", "user", "role", "joined_at"), members, len(members))
        topics, languages = [str(topic) for topic in Topic], [str(language) for language in Language]
        profiles = (
            (member[0], self.chance.sample(topics, TOPICS_A_VOLUNTEER), self.chance.sample(languages, 1), self.since)
            for member in members
        )
        self._copy(VolunteerProfile, ("membership", "topics", "languages", "created_at"), profiles, len(members))
        return [(company, person) for _, company, person, *_ in members]

    # --- where and when -------------------------------------------------------------------------

    def _commune(self) -> Commune:
        return self.chance.choices(self.communes, cum_weights=self.weights)[0]

    def _place(self) -> _Place:
        chance, commune = self.chance, self._commune()
        assert commune.latitude is not None
        assert commune.longitude is not None
        capacity = chance.choice((6, 8, 8, 10, 12, 16, 24))
        return _Place(
            commune=commune,
            latitude=round(commune.latitude + chance.uniform(-0.02, 0.02), 6),
            longitude=round(commune.longitude + chance.uniform(-0.02, 0.02), 6),
            capacity=capacity,
            computers=chance.choice((capacity, capacity, capacity // 2, 0)),
        )

    def _sites(self, places: list[_Place]) -> None:
        chance, count = self.chance, len(places)
        sites = (
            (
                number, (number - 1) // SITES_A_COMPANY + 1, f"Agence {of(place.commune.name)}",
                f"{chance.randint(1, 120)} {chance.choice(names.STREETS)}", place.commune.pk, place.latitude,
                place.longitude, place.commune.time_zone, 2 * place.capacity, self.since,
                chance.choice((True, False, None)), True, True,
            )
            for number, place in enumerate(places, 1)
        )  # fmt: skip
        where = ("id", "company", "name", "address", "commune", "latitude", "longitude", "time_zone", "max_visitors")
        way_in = ("entree_plain_pied", "accueil_cheminement_plain_pied", "entree_dispositif_appel")
        self._copy(Site, (*where, "created_at", *way_in), sites, count)
        rooms = (
            (
                number, number, 2 * place.capacity, place.commune.time_zone, cell_of(place.latitude, place.longitude),
                chance.choice(names.ROOMS), place.capacity, place.computers, self.since,
            )
            for number, place in enumerate(places, 1)
        )  # fmt: skip
        copied = ("id", "site", "site_max_visitors", "time_zone", "cell")
        self._copy(Room, (*copied, "name", "capacity", "computers", "created_at"), rooms, count)

    def _series(self, places: list[_Place]) -> Iterator[_Series]:
        """Of each room two days of the week, so that they never meet."""
        chance = self.chance
        for room, place in enumerate(places, 1):
            for day in chance.sample(range(1, SATURDAY + 1), SERIES_A_SITE):
                start = MORNING if day == SATURDAY else chance.choice(STARTS)
                volunteers, mode = chance.choice((0, 1, 2, 2, 3)), chance.choice(list(BookingMode))
                yield _Series(room, place, day, start, chance.choice((24, 48)), volunteers, mode)

    def _openings(self, places: list[_Place]) -> list[_Series]:
        """The series, and a slot of each in each week."""
        series, first = list(self._series(places)), (self.now + FIRST_DAY).date()
        last = first + dt.timedelta(weeks=WEEKS) - dt.timedelta(days=1)
        rows = (
            (
                number, one.room, one.place.capacity, one.place.computers, one.volunteers, one.mode, [one.day],
                one.start, _later(one.start), first, last, last, one.notice, self.since,
            )
            for number, one in enumerate(series, 1)
        )  # fmt: skip
        offered = ("id", "room", "places", "computers", "volunteers_offered", "booking_mode", "weekdays")
        dated = ("start_time", "end_time", "from_date", "until_date", "extended_to_date", "notice_hours", "created_at")
        self._copy(Availability, (*offered, *dated), rows, len(series))
        offered = ("id", "room", "room_capacity", "room_computers", "places", "computers", "volunteers_offered")
        dated = ("booking_mode", "availability", "original_date", "time_zone", "cell", "starts_at", "ends_at")
        noted = ("closes_at", "created_at", "matched_at")
        self._copy(Slot, (*offered, *dated, *noted), self._slots(series), self.scale.slots)
        return series

    def _promises(self, series: list[_Series], volunteers: list[tuple[int, int]]) -> None:
        """Each volunteer comes to the next evenings of a series of their company that asks for volunteers."""
        seats: dict[int, list[tuple[int, _Series, int]]] = {}
        for number, one in enumerate(series):
            company = (one.room - 1) // SITES_A_COMPANY + 1
            seats.setdefault(company, []).extend((number, one, seat) for seat in range(1, one.volunteers + 1))
        rows = []
        for company, person in volunteers:
            if not seats.get(company):
                continue
            number, one, seat = seats[company].pop(self.chance.randrange(len(seats[company])))
            for week in range(WEEKS_PROMISED):
                starts_at = self._starts_at(one, week)
                rows.append(
                    (number * WEEKS + week + 1, person, seat, one.volunteers, starts_at, starts_at + LASTS, self.since)
                )
        promised = ("slot", "volunteer", "seat", "volunteers_offered", "starts_at", "ends_at", "joined_at")
        self._copy(SlotVolunteer, promised, rows, len(rows))

    def _starts_at(self, series: _Series, week: int) -> dt.datetime:
        first = (self.now + FIRST_DAY).date()
        ahead = dt.timedelta(days=(series.day - first.isoweekday()) % 7, weeks=week)
        return _instant(first + ahead, series.start, series.place.commune.time_zone)

    def _slots(self, series: list[_Series]) -> Iterator[tuple[Any, ...]]:
        """Those of a series one after the other: their numbers tell which series they are of."""
        number = 0
        for of_series, one in enumerate(series, 1):
            place, cell = one.place, cell_of(one.place.latitude, one.place.longitude)
            zone = place.commune.time_zone
            for week in range(WEEKS):
                number += 1
                starts_at = self._starts_at(one, week)
                date = starts_at.astimezone(ZoneInfo(zone)).date()
                yield (
                    number, one.room, place.capacity, place.computers, place.capacity, place.computers, one.volunteers,
                    one.mode, of_series, date, zone, cell, starts_at, starts_at + LASTS,
                    starts_at - dt.timedelta(hours=one.notice), self.since, self.now,
                )  # fmt: skip

    def _bookings(self) -> None:
        """One evening of each series is taken."""
        count, chance = self.scale.sites * SERIES_A_SITE, self.chance
        topics = [str(topic) for topic in Topic]
        rows = [
            (
                number, (number - 1) * WEEKS + chance.randint(1, WEEKS), chance.randint(1, self.scale.associations),
                chance.randint(3, 6), chance.choice(topics), uuid.UUID(int=chance.getrandbits(128), version=4),
                Booking.State.CONFIRMED, self.now, self.now,
            )
            for number in range(1, count + 1)
        ]  # fmt: skip
        claim = ("id", "slot", "association", "participants", "topic", "key", "state", "created_at", "settled_at")
        self._copy(Booking, claim, rows, count)
        self._copy(Workshop, ("id", "booking", "created_at"), ((row[0], row[0], self.now) for row in rows), count)

    def _requests(self) -> None:
        """Twenty an association, around where its people live."""
        chance, count, today = self.chance, self.scale.requests, self.now.date()
        topics, levels = [str(topic) for topic in Topic], list(Level)
        days: list[list[int]] = [[], [1, 2, 3, 4, 5], [6, 7], [2, 4]]
        languages = [str(language) for language in Language]

        def rows() -> Iterator[tuple[Any, ...]]:
            for number in range(1, count + 1):
                people, begins = chance.randint(3, 12), today + dt.timedelta(days=chance.randint(8, 90))
                suit = chance.choice(days)
                yield (
                    number, chance.randint(1, self.scale.associations), chance.sample(topics, chance.randint(1, 3)),
                    chance.choice(levels), [], people, people, chance.choice((0, 0, 1, 2)),
                    chance.sample(languages, 1) if chance.random() < A_LANGUAGE else [],
                    chance.random() < STEP_FREE, self._commune().pk, chance.choice((5, 10, 20, 30, 50)), suit,
                    suit[:1], [], begins, begins + dt.timedelta(days=chance.randint(7, 60)), self.now, self.now,
                    self.now + Request.LASTS, self.now,
                )  # fmt: skip

        wanted = ("id", "association", "topics", "level", "audiences", "participants", "computers", "volunteers")
        somewhere = ("languages", "step_free", "commune", "radius_km", "weekdays", "best_weekdays", "periods")
        dated = ("from_date", "until_date", "state_changed_at", "created_at", "expires_at", "matched_at")
        self._copy(Request, (*wanted, *somewhere, *dated), rows(), count)


def _later(start: dt.time) -> dt.time:
    return (dt.datetime.combine(dt.date.min, start) + LASTS).time()


@lru_cache(maxsize=100_000)
def _instant(date: dt.date, time: dt.time, zone: str) -> dt.datetime:
    return dt.datetime.combine(date, time, tzinfo=ZoneInfo(zone)).astimezone(dt.UTC)
