"""What workshops have brought: the tables against the rows, one by one, and each other."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections import Counter
from collections.abc import Callable
from typing import Any, NamedTuple

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from accounts.models import Role, User
from accounts.vocabulary import Audience, Topic
from territories.models import Commune
from tests import factories
from tests.conftest import NOW
from tests.factories import LILLE, ROUBAIX, World
from workshops import actions, impact
from workshops.actions import Presence
from workshops.charts import columns, round_above
from workshops.figures import given_in_year, public_figures
from workshops.impact import Scope, Table
from workshops.models import Booking, Report, Side

LATER = NOW + dt.timedelta(days=800)
HOUR = 60


class Held(NamedTuple):
    """A workshop, and what both sides tell of it; None: they say nothing."""

    month: int
    place: str
    company: int
    attended: int | None
    seniors: int
    minutes: int | None
    at_work: int
    topics: tuple[Topic, ...]
    audiences: tuple[Audience, ...]
    waited: int
    """Minutes that a volunteer told, before the company did."""
    gone: Side | None


HELD = st.builds(
    Held,
    month=st.integers(0, 14),
    place=st.sampled_from([LILLE, ROUBAIX, "75056"]),
    company=st.integers(0, 1),
    attended=st.one_of(st.none(), st.integers(0, 9)),
    seniors=st.integers(0, 3),
    minutes=st.one_of(st.none(), st.integers(0, 5).map(lambda hours: hours * HOUR)),
    at_work=st.integers(0, 2),
    topics=st.lists(st.sampled_from([Topic.EMAIL, Topic.HEALTH]), unique=True).map(tuple),
    audiences=st.lists(st.sampled_from([Audience.SENIORS, Audience.YOUNG]), unique=True).map(tuple),
    waited=st.sampled_from([0, 90]),
    gone=st.sampled_from([None, None, None, Side.COMPANY, Side.ASSOCIATION]),
)


def hold(world: World, companies: list[Any], one: Held, number: int) -> None:
    """Each in a room of its own, on an evening of its month."""
    site = factories.make_site(NOW, companies[one.company], commune_id=one.place, name=f"Site {one.place}")
    evening = dt.datetime(2026 + (11 + one.month) // 12, (11 + one.month) % 12 + 1, 15, 17, 30, tzinfo=dt.UTC)
    slot = factories.make_slot(factories.make_room(NOW, site), evening, created_at=NOW)
    request = factories.make_request(
        NOW, world.association, audiences=list(one.audiences), state="in_progress", topics=["email"]
    )
    booking = factories.make_booking(NOW, slot, world.association, request=request)
    if one.waited:
        volunteer = factories.make_user()
        factories.add_member(companies[one.company], volunteer, Role.VOLUNTEER, NOW)
        factories.make_promise(NOW, slot, volunteer)
        booking.workshop.attendances.create(
            volunteer=volunteer, minutes=one.waited, engagement_type="benevolat", told_at=slot.ends_at
        )
    for side, counts in told_by(one).items():
        by, at = factories.make_user(), slot.ends_at
        report = Report(rating=None if "absent" in counts else 4, **counts)
        workshop = type(booking.workshop).objects.with_everything().get(booking=booking)
        actions.report_workshop(workshop=workshop, report=report, side=side, by=by, now=at)


def told_by(one: Held) -> dict[Side, dict[str, Any]]:
    told: dict[Side, dict[str, Any]] = {}
    if one.gone == Side.COMPANY:
        return {Side.ASSOCIATION: {"absent": Side.COMPANY, "attended": 0}}
    if one.gone == Side.ASSOCIATION:
        return {Side.COMPANY: {"absent": Side.ASSOCIATION, "volunteers": 1, "volunteer_minutes": one.minutes or 0}}
    if one.minutes is not None:
        told[Side.COMPANY] = {
            "volunteers": 2,
            "volunteer_minutes": one.minutes,
            "mecenat_minutes": min(one.at_work * HOUR, one.minutes),
        }
    if one.attended is not None:
        seniors = min(one.seniors, one.attended)
        told[Side.ASSOCIATION] = {"attended": one.attended, "over_70": seniors, "taught": list(one.topics)}
    return told


def counted(table: Table) -> tuple[int, int, int]:
    rows = table.rows
    return (
        sum(row.workshops or 0 for row in rows),
        sum(row.people for row in rows),
        sum(row.minutes or 0 for row in rows),
    )


def slowly() -> tuple[int, int, int]:
    """Workshops, people and minutes: booking by booking, as the list of workshops tells them."""
    from workshops.history import lines  # noqa: PLC0415

    bookings = Booking.objects.filter(state__in=["confirmed", "completed", "no_show"]).with_everything()
    told = lines(
        bookings.select_related("workshop__dispute").prefetch_related("workshop__reports", "workshop__attendances")
    )
    held = [one for one in told if one.booking.state != "no_show" and not one.contested and reports_of(one.booking)]
    minutes = sum(one.benevolat_minutes + one.mecenat_minutes for one in told)
    return len(held), sum(one.people or 0 for one in held), minutes


def reports_of(booking: Booking) -> list[Report]:
    return list(booking.workshop.reports.all())


@pytest.mark.django_db
@settings(max_examples=25)
@given(held=st.lists(HELD, max_size=6))
def test_tables_add_up_to_what_each_workshop_brought(held: list[Held]) -> None:
    with transaction.atomic():
        world = factories.make_world(NOW)
        companies = [world.company, factories.make_company(NOW)]
        for number, one in enumerate(held):
            hold(world, companies, one, number)
        scope = Scope(LATER)
        whole, everything = impact.whole(scope), slowly()
        assert (whole.workshops, whole.people, whole.minutes) == everything
        public = public_figures(LATER)
        assert (public.workshops, public.people, public.volunteer_hours) == (*everything[:2], everything[2] // HOUR)
        for make in (impact.by_month, impact.by_territory, impact.by_company, impact.by_site, impact.by_association):
            assert counted(make(scope)) == everything
        assert sum(row.people for row in impact.by_age(scope).rows) == whole.people
        by_words(held, scope)
        narrowed(scope, companies)
        transaction.set_rollback(True)


def by_words(held: list[Held], scope: Scope) -> None:
    """Topics and publics: of each workshop at which somebody came, each of its words."""
    came = [one for one in held if one.gone is None and one.attended]
    for table, words in (
        (impact.by_topic(scope), [one.topics for one in came]),
        (impact.by_audience(scope), [one.audiences for one in came]),
    ):
        expected = Counter(str(word.label) for said in words for word in said)
        assert {row.label: row.workshops for row in table.rows} == expected


def narrowed(scope: Scope, companies: list[Any]) -> None:
    """Years, départements and companies are parts of the whole, each in its turn."""
    parts = [scope._replace(year=year) for year in impact.years(scope)]
    by_place = Commune.objects.select_related("departement").in_bulk([LILLE, "75056"]).values()
    for split in (
        parts,
        [scope._replace(departement=one.departement) for one in by_place],
        [scope._replace(company=one) for one in companies],
    ):
        summed = [sum(figures) for figures in zip(*(impact.whole(one) for one in split), strict=True)] or [0] * 4
        assert tuple(summed) == tuple(impact.whole(scope))
    for one in companies:
        assert impact.whole(scope._replace(company=one)) == given_in_year(one, now=scope.now)


# --- pages ----------------------------------------------------------------------------------------------

Visitor = Callable[[User], Client]


@pytest.fixture
def held(world: World, now: dt.datetime) -> Booking:
    """Six people and two hours of two volunteers, one of them at work."""
    booking = factories.make_booking(now, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    at, by = world.slot.ends_at, factories.make_user()
    workshop = type(booking.workshop).objects.with_everything().get(booking=booking)
    ours = Report(volunteers=1, volunteer_minutes=60, mecenat_minutes=60, rating=4)
    presences = [Presence(world.volunteer, 120, "benevolat")]
    actions.report_workshop(workshop=workshop, report=ours, side=Side.COMPANY, presences=presences, by=by, now=at)
    theirs = Report(attended=6, over_70=2, taught=["email"], rating=5)
    actions.report_workshop(workshop=workshop, report=theirs, side=Side.ASSOCIATION, by=by, now=at)
    return booking


@pytest.mark.usefixtures("held")
def test_everybody_reads_what_workshops_have_brought(client: Client, world: World) -> None:
    page = client.get(reverse("workshops:impact")).content.decode()
    for word in (
        "atelier tenu",
        "personnes accueillies",
        "3\u00a0heures",
        "Nord (59)",
        world.company.name,
        "70 ans et plus",
    ):
        assert word in page
    assert reverse("workshops:company_impact", args=[world.company.slug]) in page
    assert "Aucun atelier" in client.get(reverse("workshops:impact"), {"departement": "75"}).content.decode()
    assert "Lille" in client.get(reverse("workshops:impact"), {"departement": "59"}).content.decode()
    assert client.get(reverse("workshops:impact"), {"departement": "0x"}).status_code == 404


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("year", ["", "2026", "1", "-5", "9" * 40, "x", "²"])
def test_any_year_is_answered(client: Client, year: str) -> None:
    assert client.get(reverse("workshops:impact"), {"annee": year}).status_code == 200


@pytest.mark.usefixtures("held")
@pytest.mark.parametrize("table", impact.OF_EVERYBODY)
def test_each_table_is_a_file_with_the_same_lines(client: Client, table: str) -> None:
    answer = client.get(reverse("workshops:impact_file", args=[table]), {"annee": "2026"})
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))
    made = impact.OF_EVERYBODY[table](Scope(LATER, year=2026))
    assert [int(row["personnes"]) for row in rows] == [row.people for row in made.rows]
    assert [next(iter(row.values())) for row in rows] == [row.label for row in made.rows]


def test_a_table_that_is_not_there_is_not_found(client: Client, world: World, visitor: Visitor) -> None:
    assert client.get(reverse("workshops:impact_file", args=["noms"])).status_code == 404
    company = visitor(world.company_owner)
    assert (
        company.get(reverse("workshops:own_impact_file", args=[world.company.slug, "entreprises"])).status_code == 404
    )
    assert company.get(reverse("workshops:impact_report", args=[world.company.slug, 99999])).status_code == 404


@pytest.mark.usefixtures("held")
def test_who_is_no_signatory_any_more_is_counted_without_a_name(client: Client, world: World, now: dt.datetime) -> None:
    type(world.company).objects.filter(pk=world.company.pk).update(charter_until_at=now)
    page = client.get(reverse("workshops:impact")).content.decode()
    assert "Entreprises qui ne sont plus signataires" in page
    assert world.company.name not in page
    assert client.get(reverse("workshops:company_impact", args=[world.company.slug])).status_code == 404


@pytest.mark.usefixtures("held")
def test_company_has_its_year_on_paper(world: World, visitor: Visitor) -> None:
    company = visitor(world.company_owner)
    page = company.get(reverse("workshops:own_impact", args=[world.company.slug]), {"annee": "2026"}).content.decode()
    assert world.association.name in page
    address = reverse("workshops:impact_report", args=[world.company.slug, 2026])
    assert address in page
    made = [company.get(address).content for _ in range(2)]
    assert made[0] == made[1]
    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(made[0])).pages).replace("\u00a0", " ")
    for word in (
        world.company.name,
        "1 atelier tenu",
        "6 personnes accueillies",
        "2 heures",
        "1 heure",
        "décembre 2026",
    ):
        assert word in text


# --- charts ---------------------------------------------------------------------------------------------


@given(counts=st.lists(st.integers(0, 10**7), max_size=130))
def test_columns_stay_in_their_drawing_in_proportion(counts: list[int]) -> None:
    chart = columns([(f"{place}", count) for place, count in enumerate(counts)])
    left, top, width, height = map(float, chart.view_box.split())
    assert len(chart.columns) == len(counts)
    tallest = max(counts, default=0)
    for one, count in zip(chart.columns, counts, strict=True):
        assert left <= one.x <= one.x + one.width <= width
        assert top <= one.y <= height
        assert one.y + one.height == pytest.approx(chart.foot, abs=0.2)
        assert count * chart.columns[counts.index(tallest)].height == pytest.approx(
            one.height * tallest, abs=tallest / 5
        )


@given(most=st.integers(0, 10**9))
def test_scale_ends_just_above_the_most_in_even_steps(most: int) -> None:
    top = round_above(most)
    assert max(most, 2) <= top <= max(5 * most, 2)
    assert top % 2 == 0
