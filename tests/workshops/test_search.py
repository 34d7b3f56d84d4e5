"""The search gives what a slow and obvious filter gives, and survives whatever is typed."""

import datetime as dt
import html
import random
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from urllib.parse import urlsplit
from uuid import uuid4
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

import pytest
from django.http import QueryDict
from django.template.loader import render_to_string
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from accounts.models import Role, User
from companies.models import Company, Room, Slot
from territories.distance import kilometres_between
from territories.gazetteer import city_of, gazetteer
from territories.models import Commune, Departement
from territories.templatetags.wording import wall_time
from tests import factories
from tests.conftest import NOW
from tests.factories import World
from tests.workshops.reading import asked, ends, search
from workshops import counting, filters, searching
from workshops.cards import card_of, draw
from workshops.filters import Position, PositionField, SlotFilter
from workshops.models import Booking
from workshops.searching import find
from workshops.views import following, recent, results

Visitor = Callable[[User], Client]
PLACES = [factories.LILLE, factories.ROUBAIX, factories.NOUMEA, "97411", "75056", "75111", "13055"]


TOPICS = ["email", "sante", "scolarite_et_numerique"]


@pytest.fixture
def slots(world: World) -> list[Slot]:
    """Eighty slots here and there, in the evening and at the weekend, some taken, of companies that differ."""
    chance = random.Random(7)  # noqa: S311  # repeatable, not secret
    companies = [world.company, factories.make_company(NOW), factories.make_company(NOW, signatory=False)]
    known = dict(zip((company.pk for company in companies), (TOPICS[:2], TOPICS[1:], TOPICS), strict=True))
    for company, topics in zip(companies, known.values(), strict=True):
        person = factories.make_user()
        factories.add_member(company, person, Role.VOLUNTEER, NOW)
        factories.make_profile(NOW, company, person, topics=topics)
    made = []
    for number in range(80):
        commune = Commune.objects.get(pk=PLACES[number % len(PLACES)])
        site = factories.make_site(
            NOW,
            companies[number % 3],
            commune_id=commune.pk,
            latitude=(commune.latitude or 0) + chance.uniform(-0.2, 0.2),
            longitude=(commune.longitude or 0) + chance.uniform(-0.2, 0.2),
            entree_plain_pied=chance.choice([True, False, None]),
            accueil_cheminement_plain_pied=True,
        )
        room = factories.make_room(NOW, site, capacity=6 + number % 7, computers=number % 6)
        day = dt.date(2026, 12, 3) + dt.timedelta(days=number % 11)
        hour = 9 if day.isoweekday() >= 6 and number % 2 else 18
        starts_at = dt.datetime.combine(day, dt.time(hour), tzinfo=ZoneInfo(site.time_zone))
        mode = chance.choice(["instant", "on_approval"])
        made.append(factories.make_slot(room, starts_at, volunteers_offered=number % 3, booking_mode=mode))
    for slot in made[::9]:
        if slot.room.site.company.charter_approved_at:
            factories.make_booking(NOW, slot, world.association)
    taken = set(Booking.objects.values_list("slot", flat=True))
    found = list(Slot.objects.with_place())
    for slot in found:
        slot.taken, slot.known = slot.pk in taken, known[slot.room.site.company_id]  # type: ignore[attr-defined]
    return found


def slow(slot: Slot, query: dict[str, str], place: Commune | None) -> bool:
    local = slot.starts_at.astimezone(ZoneInfo(slot.time_zone))
    moments = {
        "soir": local.time() >= dt.time(17),
        "weekend": local.isoweekday() >= 6,
        "semaine": local.isoweekday() < 6,
        "": True,
    }
    site = slot.room.site
    modes = {"immediate": "instant", "accord": "on_approval"}
    taken, known = slot.taken, slot.known  # type: ignore[attr-defined]  # noted by the fixture
    return (
        slot.state == "open"
        and site.company.charter_approved_at is not None
        and not taken
        and slot.closes_at > NOW
        and moments[query.get("moment", "")]
        and slot.places >= int(query.get("places") or 0)
        and slot.computers >= int(query.get("ordinateurs") or 0)
        and slot.volunteers_offered >= int(query.get("benevoles") or 0)
        and local.date() >= dt.date.fromisoformat(query.get("du") or "2000-01-01")
        and local.date() <= dt.date.fromisoformat(query.get("au") or "2100-01-01")
        and query.get("reponse", "") in ("", *(name for name, mode in modes.items() if mode == slot.booking_mode))
        and ("acces" not in query or bool(site.step_free))
        and ("theme" not in query or (query["theme"] in known and slot.volunteers_offered > 0))
        and query.get("departement", site.commune.departement_id) == site.commune.departement_id
        and query.get("commune", site.commune.link) in (site.commune.link, city_of(site.commune).link)
        and (place is None or away(slot, place) <= int(query.get("rayon") or 20))
    )


def places(communes: Iterable[Commune]) -> Counter[Commune]:
    """How often each of these is meant: an arrondissement is its city too."""
    return Counter(place for one in communes for place in {one, city_of(one)})


def away(slot: Slot, place: Commune) -> float:
    site = slot.room.site
    assert place.latitude is not None
    assert place.longitude is not None
    return kilometres_between((place.latitude, place.longitude), (site.latitude, site.longitude))


def expected(slots: list[Slot], query: dict[str, str]) -> list[int]:
    place = Commune.objects.resolve(query["lieu"]) if "lieu" in query else None
    found = [slot for slot in slots if slow(slot, query, place)]
    by_distance = place is not None and query.get("tri") == "distance"
    found.sort(key=lambda slot: (away(slot, place) if by_distance and place else 0, slot.starts_at, slot.pk))
    return [slot.pk for slot in found]


QUERIES = [
    {},
    {"departement": "59"},
    {"commune": f"insee-{factories.LILLE}"},
    {"commune": "insee-75056"},
    {"commune": "insee-75111"},
    {"lieu": "Paris", "rayon": "50", "commune": "insee-75056", "tri": "distance"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50", "commune": f"insee-{factories.ROUBAIX}"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50"},
    {"lieu": "Roubaix", "rayon": "10"},
    {"lieu": "Nouméa", "rayon": "100"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50", "tri": "distance"},
    {"moment": "soir"},
    {"moment": "weekend"},
    {"moment": "semaine", "ordinateurs": "3"},
    {"places": "9"},
    {"benevoles": "2"},
    {"theme": "email"},
    {"reponse": "accord"},
    {"acces": "on"},
    {"du": "2026-12-06", "au": "2026-12-08"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50", "moment": "weekend", "ordinateurs": "1", "du": "2026-12-05"},
]


def test_search_equals_a_slow_filter(slots: list[Slot]) -> None:
    for query in QUERIES:
        found = search(query)
        assert found == expected(slots, query), query
        assert found, query


def test_nothing_is_skipped_or_doubled_while_slots_come_and_go(slots: list[Slot], world: World) -> None:
    """What is there all the time is shown once, whatever is taken and opened between two pages."""
    chance = random.Random(5)  # noqa: S311  # idem
    criteria, seen = asked({}), []
    there = set(expected(slots, {}))
    found = find(criteria, now=NOW, count=4)
    while found.rows:
        seen += [row[0] for row in found.rows]
        taken = Slot.objects.get(pk=chance.choice(sorted(there)))
        factories.make_booking(NOW, taken, factories.make_association(NOW))
        there.discard(taken.pk)
        room = factories.make_room(NOW, world.site)
        factories.make_slot(room, world.slot.starts_at + dt.timedelta(days=chance.randint(-3, 3)))
        found = find(criteria, now=NOW, position=ends(found, criteria)[1], count=4)
    assert len(seen) == len(set(seen))
    assert there <= set(seen)


def forget_places() -> None:
    """What a process has read of them."""
    filters._kept.cache_clear()
    gazetteer.cache_clear()


def test_commune_without_a_point_finds_its_departement(world: World) -> None:
    Commune.objects.filter(pk=factories.ROUBAIX).update(latitude=None, longitude=None)
    forget_places()
    assert search({"lieu": f"insee-{factories.ROUBAIX}", "tri": "distance"}) == [world.slot.pk]
    forget_places()


def test_page_leads_on_and_back(slots: list[Slot], client: Client) -> None:
    first = client.get("/creneaux/").text
    assert "Créneaux précédents" not in first
    (after,) = re.findall(r'rel="next" href="([^"]+)"', first)
    second = client.get(f"/creneaux/{html.unescape(after)}").text
    (before,) = re.findall(r'rel="prev" href="([^"]+)"', second)
    again = client.get(f"/creneaux/{html.unescape(before)}").text
    shown = [re.findall(r'<h3><a href="([^"]+)"', page) for page in (first, second, again)]
    assert (len(shown[0]), shown[0]) == (20, shown[2])
    assert set(shown[0]).isdisjoint(shown[1])


def test_page_after_the_last_leads_back(world: World, slots: list[Slot], client: Client) -> None:
    late, early = "9999999999999999-1", "1000000000000000-1"
    page = client.get("/creneaux/", {"moment": "soir", "apres": late}).text
    assert ("Plus aucun créneau ne suit." in page, "Aucun créneau ne correspond" in page) == (True, False)
    assert '<a class="button" href="?moment=soir#ici">Revenir au début</a>' in page
    (before,) = re.findall(r'rel="prev" href="([^"]+)"', page)
    last = client.get(f"/creneaux/{html.unescape(before)}").text
    shown = [int(number) for number in re.findall(r'<h3><a href="/creneaux/(\d+)/"', last)]
    assert shown == expected(slots, {"moment": "soir"})[-20:]
    page = client.get("/creneaux/", {"moment": "soir", "avant": early}).text
    assert ("Plus aucun créneau ne précède." in page, 'rel="prev"' in page) == (True, False)


@pytest.mark.django_db
def test_page_of_what_finds_nothing_says_so(client: Client) -> None:
    page = client.get("/creneaux/", {"apres": "9999999999999999-1"}).text
    assert ("Aucun créneau ne correspond" in page, 'rel="prev"' in page) == (True, False)


def test_page_is_kept_for_a_second_and_not_sent_again(
    world: World, client: Client, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "SECONDS", 1.0)
    first = client.get("/creneaux/")
    assert first["Cache-Control"] == "private, no-cache"
    same = client.get("/creneaux/", headers={"If-None-Match": first["ETag"]})
    assert (same.status_code, same.content) == (304, b"")
    factories.make_booking(now, world.slot, world.association)
    time.sleep(1)
    gone = client.get("/creneaux/", headers={"If-None-Match": first["ETag"]})
    assert (gone.status_code, f"/creneaux/{world.slot.pk}/" in gone.text) == (200, False)


def test_card_of_a_row_is_that_of_the_slot(slots: list[Slot], client: Client) -> None:
    by_number = {slot.pk: slot for slot in slots}
    for row in find(asked({}), now=NOW).rows:
        drawn = render_to_string("components/slot_card.html", {"card": card_of(by_number[row[0]])})
        assert draw(row) == re.sub(r"\s*\n\s*", "\n", drawn)


def test_what_people_write_is_escaped(world: World, client: Client) -> None:
    Room.objects.update(name='<b>&"100%s"')
    page = client.get("/creneaux/").text
    assert "&lt;b&gt;&amp;&quot;100%s&quot;" in page
    assert "<b>&" not in page


@pytest.mark.parametrize(
    ("typed", "place"),
    [
        ("44100", "Nantes (44)"),
        ("13001", "Marseille 1er Arrondissement (13)"),
        ("59350", "Saint-André-lez-Lille (59)"),
        ("44109", "Nantes (44)"),
        ("insee-59350", "Lille (59)"),
    ],
)
@pytest.mark.django_db
def test_five_digits_are_a_postal_code_before_all(client: Client, typed: str, place: str) -> None:
    for path in ("/creneaux/", "/demandes/"):
        assert f'value="{place}"' in client.get(path, {"lieu": typed}).text


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("lieu", "Saint-Denis", "Plusieurs communes"),
        ("lieu", "Nullepart-les-Bains", "Aucune commune"),
        ("rayon", "7", "Choisissez un rayon de la liste."),
        ("du", "demain", "Saisissez une date valide"),
        ("places", "beaucoup", "Saisissez un nombre"),
        ("ordinateurs", "-1", "Indiquez 0 au moins."),
        ("places", "99999999999999999999", "Indiquez 500 au plus."),
    ],
)
@pytest.mark.django_db
def test_wrong_parameter_answers_422_with_its_reason(client: Client, name: str, value: str, words: str) -> None:
    response = client.get("/creneaux/", {name: value})
    assert response.status_code == 422
    assert words in response.content.decode()


HOSTILE = [
    "",
    "9999999999999999999999-1",
    "1-99999999999999999999999",
    "1-1-nan",
    "\x00",
    "' OR 1=1 --",
    "<script>alert(1)</script>",
    "\u202e\u2066",
    "9" * 4000,
    "ÿ" * 500,
    "../../etc/passwd",
    "0001-01-01",
    "9999-12-31",
]


@pytest.mark.django_db
def test_dates_in_disorder_answer_422(client: Client) -> None:
    response = client.get("/creneaux/", {"du": "2026-12-08", "au": "2026-12-01"})
    assert response.status_code == 422
    assert "date de fin après la date de début" in response.content.decode()


@pytest.mark.parametrize("view", ["liste", "semaine", "carte"])
@pytest.mark.parametrize("day", ["0001-01-01", "2014-12-31", "2101-01-01", "9999-12-31"])
@pytest.mark.parametrize("name", ["du", "au"])
@pytest.mark.django_db
def test_day_that_no_evening_has_is_refused(client: Client, name: str, day: str, view: str) -> None:
    response = client.get("/creneaux/", {name: day, "vue": view})
    assert response.status_code == 422
    assert "Indiquez une date entre 2015 et 2100." in response.text


@pytest.mark.parametrize("view", ["liste", "semaine", "carte"])
@pytest.mark.parametrize("day", ["2015-01-01", "2100-12-31"])
@pytest.mark.django_db
def test_first_day_and_last_are_searched(client: Client, day: str, view: str) -> None:
    assert client.get("/creneaux/", {"du": day, "au": day, "vue": view}).status_code == 200


@pytest.mark.django_db
def test_radius_left_empty_is_the_usual_one(client: Client) -> None:
    assert client.get("/creneaux/", {"lieu": f"insee-{factories.LILLE}", "rayon": "", "tri": ""}).status_code == 200


NAMES = [
    "lieu", "rayon", "du", "au", "moment", "ordinateurs", "places", "benevoles", "theme", "reponse", "acces", "tri",
    "vue", "departement", "commune", "apres", "avant", "semaine", "x",
]  # fmt: skip


@pytest.mark.parametrize("path", ["/creneaux/", "/creneaux/comptes/", "/creneaux/flux.atom", "/creneaux/agenda.ics"])
@pytest.mark.parametrize("name", NAMES)
@pytest.mark.django_db
def test_hostile_parameter_never_breaks_the_page(client: Client, name: str, path: str) -> None:
    for value in HOSTILE:
        response = client.get(path, {name: value})
        assert response.status_code in (200, 422), value
        assert "<script>alert" not in response.text


@given(text=st.text(max_size=80))
@pytest.mark.django_db
def test_any_place_is_found_or_explained(text: str) -> None:
    typed = QueryDict(mutable=True)
    typed["lieu"] = text
    form = SlotFilter(typed).form
    assert form.is_valid() or form.errors["lieu"]


@given(
    starts_at=st.datetimes(min_value=dt.datetime(2015, 1, 1), max_value=dt.datetime(2100, 12, 31)),
    slot_id=st.integers(1, 2**63 - 1),
    distance_km=st.none() | st.floats(0, 100),
)
def test_position_is_read_as_it_was_written(starts_at: dt.datetime, slot_id: int, distance_km: float | None) -> None:
    written = Position(starts_at.replace(tzinfo=dt.UTC), slot_id, distance_km)
    assert PositionField().clean(str(written)) == written


def test_counts_are_those_of_the_lists(slots: list[Slot], client: Client) -> None:
    query = {"lieu": f"insee-{factories.LILLE}", "rayon": "50"}
    criteria = asked(query)
    assert counting.count(criteria, now=NOW) == len(expected(slots, query))
    for facet in counting.facets(criteria, now=NOW):
        assert facet.slots == len(expected(slots, query | facet.parameters)), facet.label
    page = client.get("/creneaux/comptes/", query).text
    total = counting.counted_slots(len(expected(slots, query)))
    assert (f"<strong>{total}</strong>" in page, "<html" in page) == (True, True)
    answered = client.get("/creneaux/comptes/", query, headers={"HX-Request": "true"})
    part = answered.text
    assert "HX-Request" in answered["Vary"]
    assert (f"<strong>{total}</strong>" in part, "<html" in part) == (True, False)


def test_more_than_a_thousand_are_not_counted(monkeypatch: pytest.MonkeyPatch, slots: list[Slot]) -> None:
    monkeypatch.setattr(counting, "MOST", 3)
    criteria = asked({})
    searching._prepared.cache_clear()
    assert counting.counted_slots(counting.count(criteria, now=NOW)) == "Plus de 3\u00a0créneaux"
    assert counting.shown(4) == "plus de 3"
    searching._prepared.cache_clear()


def test_facet_leads_to_what_it_counts_and_back(slots: list[Slot], client: Client) -> None:
    page = client.get("/creneaux/comptes/", {"lieu": f"insee-{factories.LILLE}", "moment": "soir"}).text
    chosen = re.search(r'<a href="([^"]+)" aria-current="true">Le soir', page)
    other = re.search(r'<a href="([^"]+)">Le week-end', page)
    assert chosen is not None
    assert other is not None
    assert html.unescape(chosen[1]) == f"/creneaux/?lieu=insee-{factories.LILLE}#ici"
    assert html.unescape(other[1]) == f"/creneaux/?lieu=insee-{factories.LILLE}&moment=weekend#ici"


def test_links_leave_out_what_a_form_sends_empty(world: World, client: Client) -> None:
    page = client.get("/creneaux/?lieu=&moment=soir&du=&places=&departement=59&vue=carte").text
    assert f'<a href="?moment=soir&amp;departement=59&amp;commune=insee-{factories.LILLE}#ici">Lille (59)</a>' in page


@pytest.mark.parametrize("radius", ["20", "30"])
def test_chosen_radius_leads_to_what_it_counts(world: World, client: Client, radius: str) -> None:
    query = f"lieu=insee-{factories.LILLE}&rayon={radius}"
    page = client.get(f"/creneaux/comptes/?{query}").text
    chosen = re.search(r'<a href="([^"]+)" aria-current="true">' + radius, page)
    assert chosen is not None
    assert html.unescape(chosen[1]) == f"/creneaux/?{query}#ici"


def test_order_by_distance_says_that_it_wants_a_place(client: Client, world: World) -> None:
    page = client.get("/creneaux/", {"tri": "distance"}).text
    assert "La distance se compte d’un lieu\u00a0: sans lieu, le tri est par date." in page


@pytest.mark.django_db
def test_wrong_parameter_that_nobody_sees_is_named(client: Client) -> None:
    refused = client.get("/creneaux/", {"vue": "xyz"})
    assert refused.status_code == 422
    assert "<li>Affichage\u00a0: Sélectionnez un choix valide." in refused.text


@pytest.mark.parametrize("page", ["", "reserver/", "attendre/", "parcours/"])
def test_slot_that_is_no_longer_offered_says_so_and_leads_to_others(
    world: World, visitor: Visitor, now: dt.datetime, page: str
) -> None:
    """Without a word of what it was."""
    near = factories.make_room(now, factories.make_site(now, factories.make_company(now)))
    other = factories.make_slot(near, world.slot.starts_at)
    Company.objects.filter(pk=world.company.pk).update(charter_approved_at=None, name="Ébénisterie Cachée")
    answer = visitor(world.association_owner).get(f"/creneaux/{world.slot.pk}/{page}")
    assert answer.status_code == 404
    assert "Ce créneau n’est plus proposé." in answer.text
    assert re.findall(r'<h3><a href="/creneaux/(\d+)/"', answer.text) == [str(other.pk)]
    assert "Ébénisterie Cachée" not in answer.text
    assert visitor(world.association_owner).get(f"/creneaux/{2**62}/{page}").status_code == 404


def test_week_shows_what_the_list_shows(slots: list[Slot], client: Client) -> None:
    page = client.get("/creneaux/", {"vue": "semaine", "du": "2026-12-07"}).text
    shown = re.findall(r'<a class="window (?:some|many)" href="([^"]+)"[^>]*>(\d+)</a>', page)
    for address, count in shown:
        day = re.search(r"du=([\d-]+)", address)
        assert day is not None
        assert int(count) <= len(expected(slots, {"du": day[1], "au": day[1]}))
    week = expected(slots, {"du": "2026-12-07", "au": "2026-12-13"})
    assert sum(int(count) for _, count in shown) == len(week)


def windows(page: str) -> dict[str, int]:
    """How many slots the windows of a week show, by the address of their day; several may lead to one day."""
    shown: Counter[str] = Counter()
    for address, count in re.findall(r'<a class="window (?:some|many)" href="([^"]+)"[^>]*>(\d+)</a>', page):
        shown[html.unescape(address)] += int(count)
    return shown


def turned(page: str, way: str) -> str | None:
    """The address of the week before or after."""
    found = re.search(rf'rel="{way}" href="([^"]+)"', page)
    return html.unescape(found[1]) if found else None


WEEKS = [
    {"du": "2026-12-09", "au": "2026-12-09"},
    {"du": "2026-12-05", "au": "2026-12-09"},
    {"du": "2026-12-09"},
    {"au": "2026-12-08"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50", "tri": "distance", "du": "2026-12-05"},
    {},
]


@pytest.mark.parametrize("query", WEEKS)
def test_weeks_together_show_what_the_list_shows(slots: list[Slot], client: Client, query: dict[str, str]) -> None:
    page, seen = client.get("/creneaux/", query | {"vue": "semaine"}).text, Counter[str]()
    assert turned(page, "prev") is None
    seen += Counter(windows(page))
    while following := turned(page, "next"):
        page = client.get(f"/creneaux/{following}").text
        seen += Counter(windows(page))
    by_number = {slot.pk: slot for slot in slots}
    listed = Counter(str(by_number[number].local_date) for number in expected(slots, query))
    assert {re.findall(r"du=([\d-]+)", address)[-1]: count for address, count in seen.items()} == listed


def test_week_that_one_went_on_to_keeps_what_was_asked(slots: list[Slot], client: Client) -> None:
    query = {"moment": "soir", "du": "2026-12-05", "au": "2026-12-15", "vue": "semaine"}
    first = client.get("/creneaux/", query).text
    following = turned(first, "next")
    assert following == "?moment=soir&du=2026-12-05&au=2026-12-15&vue=semaine&semaine=2026-12-07#ici"
    second = client.get(f"/creneaux/{following}").text
    assert {name: re.search(rf'name="{name}" value="([\d-]+)"', second)[1] for name in ("du", "au")} == {  # type: ignore[index]
        "du": "2026-12-05",
        "au": "2026-12-15",
    }
    assert "semaine=2026" not in second[second.index("Liste</a>") - 200 : second.index("Liste</a>")]
    back = turned(second, "prev")
    assert windows(client.get(f"/creneaux/{back}").text) == windows(first)


@pytest.mark.parametrize("week", ["2026-12-28", "2026-11-23"])
def test_week_beyond_the_dates_asked_for_is_empty(slots: list[Slot], client: Client, week: str) -> None:
    query = {"vue": "semaine", "du": "2026-12-05", "au": "2026-12-09", "semaine": week}
    assert windows(client.get("/creneaux/", query).text) == {}


@pytest.mark.parametrize("week", ["bientôt", "2101-01-03", "\x00"])
def test_week_that_means_none_is_the_first(slots: list[Slot], client: Client, week: str) -> None:
    pages = [client.get("/creneaux/", {"vue": "semaine"} | more).text for more in ({}, {"semaine": week})]
    assert windows(pages[0]).keys() != set()
    assert len({sum(windows(page).values()) for page in pages}) == 1


def test_map_shows_what_the_list_shows(slots: list[Slot], client: Client) -> None:
    by_number = {slot.pk: slot for slot in slots}
    found = [by_number[number].room.site.commune for number in expected(slots, {"moment": "soir"})]
    country = client.get("/creneaux/", {"vue": "carte", "moment": "soir"}).text
    for code, count in Counter(commune.departement_id for commune in found).items():
        departement = Departement.objects.get(pk=code)
        words = counting.counted_slots(count)
        assert f'{departement}</a> <span class="hold">{words}</span>' in country
        there = client.get("/creneaux/", {"vue": "carte", "moment": "soir", "departement": code}).text
        for commune, own in places(one for one in found if one.departement_id == code).items():
            assert f'{commune}</a> <span class="hold">{counting.counted_slots(own)}</span>' in there


def test_map_of_communes_is_of_now_and_that_of_the_country_says_when(
    world: World, client: Client, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recent, "SECONDS", 0.0)
    pages = [
        {"vue": "carte", "departement": "59"},
        {"vue": "carte", "lieu": f"insee-{factories.LILLE}"},
        {"vue": "carte"},
    ]
    before = [client.get("/creneaux/", query).text for query in pages]
    factories.make_booking(now, world.slot, world.association)
    after = [client.get("/creneaux/", query).text for query in pages]
    assert ["1\u00a0créneau</span>" in page for page in before + after] == [True, True, True, False, False, True]
    said = f"Chiffres de {wall_time(now)}, recomptés toutes les 30\u00a0secondes."
    assert [said in page for page in before + after] == [False, False, True, False, False, True]


@pytest.mark.django_db
def test_form_keeps_the_view_and_the_departement(client: Client) -> None:
    page = client.get("/creneaux/", {"vue": "carte", "departement": "59"}).text
    form = page[page.index("<form class") : page.index("</form>")]
    assert '<input type="hidden" name="vue" value="carte"' in form
    assert 'name="departement" value="59"' in form
    within = client.get("/creneaux/", {"commune": f"insee-{factories.LILLE}"}).text
    assert ('name="commune" value="Lille (59)"' in within, '<details class="wide" open>' in within) == (True, True)
    assert "Créneaux dans la commune Lille (59)" in within
    wrong = client.get("/creneaux/", {"vue": "ailleurs", "departement": "59"})
    assert (wrong.status_code, 'name="vue"' in wrong.text) == (422, False)


@pytest.mark.parametrize(
    ("query", "title", "within"),
    [
        ({"lieu": "Paris", "departement": "59"}, "autour de Paris (75), ", "dans le département Nord (59)"),
        ({"lieu": "Paris", "commune": "Lille"}, "autour de Paris (75), ", "dans la commune Lille (59)"),
        ({"departement": "75"}, "", "dans le département Paris (75)"),
        (
            {"departement": "75", "commune": "Lille"},
            "",
            "dans la commune Lille (59) et dans le département Paris (75)",
        ),
    ],
)
def test_limit_that_a_map_left_behind_is_said_and_lifted(
    world: World, client: Client, query: dict[str, str], title: str, within: str
) -> None:
    page = client.get("/creneaux/", query | {"ordinateurs": "2"}).text
    assert f'<h2 id="ici" tabindex="-1">Créneaux {title}{within}</h2>' in page
    assert f"<p>Aucun créneau ne correspond {within}.</p>" in page
    wider = urlsplit(html.unescape(re.findall('href="([^"]+)">Chercher aussi ailleurs', page)[0])).query
    assert QueryDict(wider).dict() == {k: v for k, v in query.items() if k == "lieu"} | {"ordinateurs": "2"}


@pytest.mark.parametrize(
    ("query", "said"),
    [({"lieu": "Lille", "departement": "59"}, True), ({"departement": "59"}, False), ({"lieu": "Lille"}, False)],
)
def test_limit_beside_a_place_is_said_where_slots_are_found(
    world: World, client: Client, query: dict[str, str], *, said: bool
) -> None:
    page = client.get("/creneaux/", query).text
    assert ('<div class="slots">' in page, "Chercher aussi ailleurs" in page) == (True, said)


MAPS = [
    {"lieu": f"insee-{factories.LILLE}", "rayon": "20"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "20", "departement": "59"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "10", "departement": "59", "moment": "soir"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50", "departement": "75"},
    {"lieu": f"insee-{factories.ROUBAIX}"},
    {"lieu": f"insee-{factories.ROUBAIX}", "departement": "59"},
    {"lieu": f"insee-{factories.ROUBAIX}", "departement": "75"},
    {"commune": f"insee-{factories.LILLE}"},
    {"commune": "insee-75056"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50", "commune": f"insee-{factories.ROUBAIX}"},
]
LINKED = [
    {"departement": "59"},
    {"departement": "59", "moment": "soir"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "50"},
    {"lieu": f"insee-{factories.LILLE}", "rayon": "10", "departement": "59"},
    {"commune": f"insee-{factories.ROUBAIX}"},
    {"commune": "insee-75056"},
    {"departement": "75"},
]


def test_map_of_the_country_tells_its_counts(slots: list[Slot], client: Client) -> None:
    by_number = {slot.pk: slot for slot in slots}
    found = Counter(by_number[number].room.site.commune.departement_id for number in expected(slots, {}))
    page = client.get("/creneaux/", {"vue": "carte"}).text
    assert f">{found['59']}</text>" in page
    shades = re.findall("</svg>([^<]+)</li>", page)
    assert shades == ["aucun", "1 à 4", "5 à 19", "20 à 99", "100 et plus"]
    there = client.get("/creneaux/", {"vue": "carte", "departement": "59"}).text
    assert re.findall("</svg>([^<]+)</li>", there) == shades[1:]


def test_figure_of_more_than_are_counted_says_so() -> None:
    figures = [counting.There(None, amount).figure for amount in (7, 1000, 1001)]
    assert figures == ["7", "1\u202f000", "1\u202f000+"]


@pytest.mark.parametrize("query", LINKED)
def test_commune_on_the_map_leads_to_what_it_counts(slots: list[Slot], client: Client, query: dict[str, str]) -> None:
    """To each of its slots, also where the site is far from the middle of its commune, and to no other."""
    page, by_number = client.get("/creneaux/", query | {"vue": "carte"}).text, {slot.pk: slot for slot in slots}
    there = places(by_number[number].room.site.commune for number in expected(slots, query))
    listed = {str(place): count for place, count in there.items()}
    lines = re.findall(r'<li><a href="([^"]+)">([^<]+)</a> <span class="hold">([^<]+)</span>', page)
    assert {name for _, name, _ in lines} == listed.keys()
    for address, name, said in lines:
        assert said == counting.counted_slots(listed[name])
        led = client.get(f"/creneaux/{html.unescape(address)}").text
        shown = {int(number) for number in re.findall(r'<h3><a href="/creneaux/(\d+)/"', led)}
        for number in shown:
            assert name in {str(place) for place in places([by_number[number].room.site.commune])}
        assert len(shown) == listed[name]


def test_no_commune_is_passed_over_while_slots_are_taken(
    world: World, now: dt.datetime, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(results, "NAMED", 1)
    for commune, many in ((factories.ROUBAIX, 2), ("59009", 1), (factories.LILLE, 3)):
        room = factories.make_room(now, factories.make_site(now, world.company, commune_id=commune))
        for week in range(many):
            factories.make_slot(room, world.slot.starts_at + dt.timedelta(weeks=week))
    seen, address = set(), "/creneaux/?vue=carte&departement=59"
    while address:
        page = client.get(address).text
        seen.update(re.findall(r'<li><a href="[^"]+">([^<]+) \(59\)</a> <span class="hold">', page))
        for slot in Slot.objects.filter(room__site__commune=factories.LILLE):
            Slot.objects.filter(pk=slot.pk).update(state="withdrawn", withdrawn_at=now)
        following = re.findall(r'rel="next" href="([^"]+)"', page)
        address = f"/creneaux/{html.unescape(following[0])}" if following else ""
    assert {html.unescape(name) for name in seen} == {"Lille", "Roubaix", "Villeneuve-d'Ascq"}


def test_communes_of_a_full_map_are_named_forty_at_a_time(world: World, now: dt.datetime, client: Client) -> None:
    towns = Commune.objects.filter(departement="62", latitude__isnull=False).order_by("-search_name")[:90]
    for number, town in enumerate(towns):
        room = factories.make_room(now, factories.make_site(now, world.company, commune_id=town.pk))
        for week in range(1 + number // 60):
            factories.make_slot(room, world.slot.starts_at + dt.timedelta(weeks=week))
    address, named, drawn = "/creneaux/?vue=carte&departement=62", [], []
    while address:
        page = client.get(address).text
        named.append(re.findall(r'<li><a href="[^"]+">([^<]+) \(62\)</a> <span class="hold">([^<]+)</span>', page))
        drawn.append((page.count("<circle") - len(counting.PARTS), page.count("h0")))
        assert "communes sur 90" in page
        [address] = [f"/creneaux/{html.unescape(one)}" for one in re.findall(r'rel="next" href="([^"]+)"', page)] or [
            ""
        ]
    assert [len(part) for part in named] == [40, 40, 40, 10]
    by_name = [html.unescape(name) for part in named[1:] for name, _ in part]
    assert by_name == [town.name for town in sorted(towns, key=lambda town: (town.search_name, town.pk))]
    assert {html.unescape(name) for part in named for name, _ in part} == {town.name for town in towns}
    assert [said for _, said in named[0]].count("2\u00a0créneaux") == 30
    back = []
    while 'rel="prev"' in page:
        [address] = re.findall(r'rel="prev" href="([^"]+)"', page)
        page = client.get(f"/creneaux/{html.unescape(address)}").text
        back.append(re.findall(r'<li><a href="[^"]+">([^<]+) \(62\)</a> <span class="hold">([^<]+)</span>', page))
    assert back == named[-2::-1]
    assert all(circles + specks == drawn[0][0] + drawn[0][1] for circles, specks in drawn)
    assert client.get("/creneaux/?vue=carte&departement=62&suite=999").text == client.get(
        "/creneaux/?vue=carte&departement=62&suite=abc"
    ).text.replace("suite=abc", "suite=999")


@pytest.mark.parametrize("pointless", [False, True])
@pytest.mark.parametrize("query", MAPS)
def test_map_of_a_place_counts_what_the_list_shows(
    slots: list[Slot], query: dict[str, str], *, pointless: bool
) -> None:
    if pointless:
        Commune.objects.filter(pk=factories.ROUBAIX).update(latitude=None, longitude=None)
    forget_places()
    by_number, criteria = {slot.pk: slot for slot in slots}, asked(query)
    listed = places(by_number[number].room.site.commune for number in search(query))
    counts = {there.place: there.amount for there in counting.by_commune(criteria, now=NOW)}
    assert counts == listed
    forget_places()


@pytest.mark.parametrize("path", ["flux.atom", "flux.rss"])
def test_feed_tells_what_was_noticed_last(
    world: World, client: Client, now: dt.datetime, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    """However far away it is; what changed since comes up again, and says when."""
    monkeypatch.setattr(following, "SHOWN", 3)
    start, minute, month_ago = world.slot.starts_at, dt.timedelta(minutes=1), now - dt.timedelta(days=30)
    noticed = [now - 2 * minute, now - 3 * minute, None, now - minute]
    made = [
        factories.make_slot(world.room, start + dt.timedelta(days=7 * week), created_at=month_ago, matched_at=at)
        for week, at in enumerate(noticed, start=1)
    ]
    Slot.objects.filter(pk=world.slot.pk).update(matched_at=now - 4 * minute)
    told = client.get(f"/creneaux/{path}").text
    shown = re.findall(r"<(?:id|guid)[^>]*>[^<]*/creneaux/(\d+)/</", told)
    assert [int(number) for number in shown] == [made[2].pk, made[3].pk, made[0].pk]
    if path == "flux.atom":
        updated = re.findall(r"<updated>([^<]+)</updated>", told)[1:]
        assert [dt.datetime.fromisoformat(one) for one in updated] == [month_ago, now - minute, now - 2 * minute]


def test_search_that_found_nothing_becomes_a_request(world: World, visitor: Visitor) -> None:
    query = {
        "lieu": f"insee-{factories.LILLE}",
        "rayon": "10",
        "places": "9",
        "moment": "soir",
        "theme": "email",
        "acces": "on",
    }
    client = visitor(world.association_owner)
    page = client.get("/creneaux/", query).text
    (ask,) = re.findall(r'<a class="button primary" href="([^"]+)">Déposer une demande', page)
    form = client.get(html.unescape(ask), follow=True)
    assert form.redirect_chain[-1][0].startswith(f"/associations/{world.association.slug}/demandes/")
    for part in ('value="Lille (59)"', 'value="9"'):
        assert part in form.text, part
    fields = form.context["form"]
    filled = [fields[name].value() for name in ("topics", "periods", "step_free")]
    assert filled == [["email"], ["evening"], "on"]
    factories.make_association(NOW, owner=world.association_owner, name="Les Clics")
    chooser = client.get(html.unescape(ask)).text
    assert ("Les Clics" in chooser, "Pour quelle association" in chooser) == (True, True)
    stranger = visitor(world.company_owner).get(html.unescape(ask))
    assert stranger["Location"].startswith("/associations/inscrire/?next=%2Fcreneaux%2Fdemander%2F%3Flieu%3Dinsee-")


@pytest.mark.parametrize(
    ("asked", "filled"),
    [
        ({"du": "2027-06-01"}, ("2027-06-01", "2027-07-31")),
        ({"du": "2027-06-01", "au": "2027-06-30"}, ("2027-06-01", "2027-06-30")),
        ({"au": "2026-12-24"}, ("2026-12-01", "2026-12-24")),
        ({"du": "2026-11-01", "au": "2026-12-24"}, ("2026-12-01", "2026-12-24")),
        ({"du": "2026-11-01", "au": "2026-11-20"}, ("2026-12-01", "2027-01-30")),
        ({}, ("2026-12-01", "2027-01-30")),
    ],
)
def test_days_of_a_request_follow_those_of_the_search(
    world: World, visitor: Visitor, asked: dict[str, str], filled: tuple[str, str]
) -> None:
    """In order, and none that is over."""
    form = visitor(world.association_owner).get("/creneaux/demander/", {"lieu": "Lille", **asked}, follow=True)
    fields = form.context["form"]
    assert (str(fields["from_date"].value()), str(fields["until_date"].value())) == filled


def test_days_that_mean_none_are_left_out(world: World, visitor: Visitor) -> None:
    page = f"/associations/{world.association.slug}/demandes/nouvelle/"
    for day in ("x", "9999-12-31", "2027-02-30", "-1"):
        form = visitor(world.association_owner).get(page, {"from_date": day, "until_date": day}).context["form"]
        assert str(form["from_date"].value()) == "2026-12-01"


def test_slot_that_was_taken_becomes_a_request(world: World, visitor: Visitor) -> None:
    """Nothing else is free near it: the request has the place, the people and the topic of what was lost."""
    factories.make_booking(NOW, world.slot, factories.make_association(NOW))
    client = visitor(world.association_owner)
    sent = {"association": world.association.pk, "participants": 7, "topic": "email", "key": uuid4()}
    lost = client.post(f"/creneaux/{world.slot.pk}/reserver/", sent)
    (ask,) = re.findall(r'<a class="button primary" href="([^"]+)">Déposer une demande', lost.text)
    form = client.get(html.unescape(ask), follow=True)
    assert (lost.status_code, form.redirect_chain[-1][0].split("?")[0]) == (
        409,
        f"/associations/{world.association.slug}/demandes/nouvelle/",
    )
    for part in (f'value="{world.site.commune}"', 'value="7"'):
        assert part in form.text, part
    assert form.context["form"]["topics"].value() == ["email"]


def test_search_is_followed_from_elsewhere(slots: list[Slot], client: Client) -> None:
    query = {"lieu": f"insee-{factories.LILLE}", "rayon": "50", "moment": "soir"}
    wanted = expected(slots, query)
    addresses = [f"/creneaux/{number}/" for number in wanted]
    page = html.unescape(client.get("/creneaux/", query).text)
    for path in ("flux.atom", "flux.rss"):
        assert f"/creneaux/{path}?lieu=" in page
        answer = client.get(f"/creneaux/{path}", query)
        items = links_of(answer.content)
        # In the order of the news, which another test looks at.
        told = sorted(urlsplit(link).path for link in items)
        assert (told, "xml" in answer["Content-Type"]) == (sorted(addresses), True)
        again = client.get(f"/creneaux/{path}", query, headers={"If-None-Match": answer["ETag"]})
        assert again.status_code in (200, 304)
    agenda = Calendar.from_ical(client.get("/creneaux/agenda.ics", query).content)
    events = sorted(str(one["UID"]).partition("@")[0] for one in agenda.walk("VEVENT"))
    assert events == sorted(f"slot-{number}" for number in wanted)
    for one in agenda.walk("VEVENT"):
        slot = Slot.objects.with_place().get(pk=str(one["UID"]).partition("@")[0].removeprefix("slot-"))
        company, offered = str(one["DESCRIPTION"]).split("\n")
        assert (company, offered) == (slot.room.site.company.name, card_of(slot).equipment)
        assert urlsplit(str(one["URL"])).path == f"/creneaux/{slot.pk}/"
    assert "text/plain" in client.get("/creneaux/flux.atom", {"lieu": "zzz"})["Content-Type"]


@pytest.mark.parametrize("order", ["date", "distance"])
@pytest.mark.parametrize(("most", "cut"), [(3, True), (300, False)])
def test_calendar_of_a_search_holds_what_begins_first_and_says_where_it_ends(
    slots: list[Slot], client: Client, monkeypatch: pytest.MonkeyPatch, order: str, most: int, *, cut: bool
) -> None:
    query = {"lieu": f"insee-{factories.LILLE}", "rayon": "50"}
    assert f"({following.EVENTS} créneaux au plus)" in client.get("/creneaux/", query).text
    monkeypatch.setattr(following, "EVENTS", most)
    wanted = sorted(expected(slots, query), key=lambda number: (Slot.objects.get(pk=number).starts_at, number))
    agenda = Calendar.from_ical(client.get("/creneaux/agenda.ics", query | {"tri": order}).content)
    events = [str(one["UID"]).partition("@")[0] for one in agenda.walk("VEVENT")]
    assert (len(wanted) > 3, events) == (True, [f"slot-{number}" for number in wanted[:most]])
    for name in ("DESCRIPTION", "X-WR-CALDESC"):
        assert str(agenda.get(name, "")).startswith("Les 3 prochains créneaux") == cut


def links_of(feed: bytes) -> list[str]:
    """Where the entries of a feed lead."""
    root = ET.fromstring(feed)  # noqa: S314  # our own words
    atom = "{http://www.w3.org/2005/Atom}"
    of_atom = [entry.find(f"{atom}link").get("href") for entry in root.iter(f"{atom}entry")]  # type: ignore[union-attr]
    of_rss = [item.findtext("link") for item in root.iter("item")]
    return [str(link) for link in (*of_atom, *of_rss)]


def test_links_of_a_search_keep_what_it_asks_alone(world: World, client: Client) -> None:
    """What other sites add to an address, and what is said twice, would weigh on each of them."""
    plain, junk = (client.get(f"/creneaux/?lieu=Lille&lieu=Lille{more}").text for more in ("", f"&fbclid={'x' * 300}"))
    assert ("fbclid" in junk, len(junk)) == (False, len(plain))


@pytest.mark.parametrize("path", ["flux.atom", "flux.rss"])
def test_names_stay_words_in_a_feed(world: World, client: Client, path: str) -> None:
    """Readers take the text of an entry as HTML."""
    Company.objects.update(name="Tom & <b>Jerry</b>")
    assert "Tom &amp;amp; &amp;lt;b&amp;gt;Jerry" in client.get(f"/creneaux/{path}").text


@pytest.mark.parametrize("path", ["/", "/creneaux/", "/creneaux/{slot}/", "/creneaux/flux.atom", "/demandes/"])
def test_head_is_answered(world: World, client: Client, path: str) -> None:
    address = path.format(slot=world.slot.pk)
    assert client.head(address).status_code == client.get(address).status_code == 200


@pytest.mark.parametrize(("day", "told"), [(25, "Jour férié\u00a0: Noël"), (24, "")])
def test_public_holiday_is_told_on_cards_and_on_the_page_of_a_slot(
    world: World, client: Client, day: int, told: str
) -> None:
    slot = factories.make_slot(world.room, dt.datetime(2026, 12, day, 17, 30, tzinfo=dt.UTC))
    for address in (f"/creneaux/?du=2026-12-{day}&au=2026-12-{day}", f"/creneaux/{slot.pk}/"):
        assert re.findall(r'<span class="badge warn">([^<]+)</span>', client.get(address).text) == [told] * bool(told)


def test_holiday_of_a_slot_is_that_of_its_day_where_it_is(world: World) -> None:
    """The abolition of slavery in Guadeloupe is kept there alone; midnight in Nouméa is the day before in Paris."""
    slot = Slot.objects.with_place().get(pk=world.slot.pk)

    def told(starts_at: dt.datetime, zone: str, departement: str) -> str:
        slot.starts_at, slot.time_zone = starts_at, zone
        slot.room.site.commune.departement_id = departement
        return card_of(slot).holiday

    abolition, eve = dt.datetime(2027, 5, 27, 22, tzinfo=dt.UTC), dt.datetime(2026, 12, 24, 20, tzinfo=dt.UTC)
    assert told(abolition, "America/Guadeloupe", "971") == "Jour férié\u00a0: Abolition de l’esclavage"
    assert told(abolition, "Europe/Paris", "59") == told(eve, "Europe/Paris", "59") == ""
    assert told(eve, "Pacific/Noumea", "988") == "Jour férié\u00a0: Noël"


def test_weeks_end_where_nothing_follows(world: World, now: dt.datetime, client: Client) -> None:
    """After an empty week one goes on to the next that has something, if there is one."""
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=28))

    def following(week: str) -> str | None:
        return turned(client.get("/creneaux/", {"vue": "semaine", "semaine": week}).text, "next")

    assert following("2026-12-07") == "?vue=semaine&semaine=2026-12-14#ici"
    assert following("2026-12-14") == "?vue=semaine&semaine=2027-01-04#ici"
    assert following("2027-01-04") == "?vue=semaine&semaine=2027-01-11#ici"
    assert following("2027-01-11") is None


@pytest.mark.parametrize(("query", "status"), [("lieu=Lille" + "+" * 90, 200), ("places=" + "0" * 80 + "5", 200)])
def test_long_value_that_means_something_is_read(world: World, client: Client, query: str, status: int) -> None:
    answer = client.get(f"/creneaux/?{query}")
    assert (answer.status_code, world.room.name in answer.text) == (status, True)


@pytest.mark.parametrize(
    ("typed", "choices"),
    [
        ("Nord", {"departement=59": "Tout le département Nord (59)"}),
        ("59", {"departement=59": "Tout le département Nord (59)"}),
        ("Réunion", {"departement=974": "Tout le département La Réunion (974)"}),
        (
            "Corse",
            {
                "departement=2A": "Tout le département Corse-du-Sud (2A)",
                "departement=2B": "Tout le département Haute-Corse (2B)",
            },
        ),
        ("St Denis", {"lieu=insee-97411": "Saint-Denis (974)", "lieu=insee-93066": "Saint-Denis (93)"}),
        ("Vileurbane", {"lieu=insee-69266": "Villeurbanne (69)"}),
    ],
)
@pytest.mark.django_db
def test_place_that_is_not_one_commune_leads_to_those_that_may_be_meant(
    client: Client, typed: str, choices: dict[str, str]
) -> None:
    """By links, which need no script, and with all else that was asked."""
    page = client.get("/creneaux/", {"lieu": typed, "reponse": "immediate", "vue": "carte"})
    links = dict(re.findall(r'<li><a href="/creneaux/\?([^"#]+)#ici">([^<]+)</a></li>', page.text))
    asked = {query.replace("reponse=immediate&amp;vue=carte", "").strip("&amp;"): text for query, text in links.items()}
    assert (page.status_code, {query: asked.get(query) for query in choices}) == (422, choices)
    for query in links:
        assert client.get(f"/creneaux/?{html.unescape(query)}").status_code == 200


@pytest.mark.django_db
def test_commune_that_has_the_name_of_a_departement_elsewhere_leads_there_too(client: Client) -> None:
    """Most who type « La Réunion » do not mean the village in Lot-et-Garonne."""
    page = client.get("/creneaux/", {"lieu": "La Réunion"}).text
    assert "autour de La Réunion (47)" in page
    assert '<a href="/creneaux/?departement=974#ici">Tout le département La Réunion (974)</a>' in page
    for typed in ("La Réunion (47)", "Paris", "Lille"):
        assert "Tout le département" not in client.get("/creneaux/", {"lieu": typed}).text


VIEWS_OF_A_SEARCH = ["liste", "semaine", "carte"]


@pytest.mark.parametrize("view", VIEWS_OF_A_SEARCH)
def test_every_link_of_a_search_carries_all_that_it_asks(slots: list[Slot], client: Client, view: str) -> None:
    """To other views, pages, weeks, counts, places on a map, calendars, a request and a search that is kept."""
    query = {"reponse": "immediate", "moment": "soir", "vue": view}
    pages = [client.get("/creneaux/", query)]
    pages += [client.get("/creneaux/", query | {"departement": "59"}), client.get("/creneaux/comptes/", query)]
    links = {
        html.unescape(link)
        for page in pages
        for link in re.findall(r'href="((?:/creneaux/[a-z./]*)?\?[^"]+)"', page.text)
    }
    assert len(links) > 9
    lifted = {link for link in links if "/creneaux/?" in link}
    # What leads to results leads below the form.
    assert {link for link in links if link.endswith("#ici")} == {link for link in links if link[0] == "?"} | lifted
    assert all('<h2 id="ici" tabindex="-1">' in page.text for page in pages[:2])
    assert [link for link in links - lifted if "reponse=immediate" not in link or "moment=soir" not in link] == []
    # One filter changed, which may be this one.
    assert [link for link in lifted if "reponse=immediate" not in link and "moment=soir" not in link] == []


def test_page_says_what_it_leads_on_to(slots: list[Slot], client: Client) -> None:
    """A page of a list, or the week that follows."""
    assert ">Créneaux suivants</a>" in client.get("/creneaux/").text
    week = client.get("/creneaux/", {"vue": "semaine", "semaine": "2026-12-07"}).text
    assert (">Semaine précédente</a>" in week, ">Semaine suivante</a>" in week) == (True, True)


def test_slot_where_one_looks_is_there(world: World, client: Client) -> None:
    page = client.get("/creneaux/", {"lieu": f"insee-{factories.LILLE}"}).text
    assert ('· <strong class="hold">sur place</strong>' in page, "0\u00a0m" in page) == (True, False)
