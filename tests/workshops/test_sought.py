import datetime as dt
import html
import itertools
import re
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from associations.models import Request, RequestQuerySet
from companies.models import Company, Site
from territories.distance import kilometres_between
from territories.models import Commune
from tests import factories
from tests.factories import World
from workshops.sought import NEAR_KM, around, near_sites, stretch

Visitor = Callable[[User], Client]
PAGE = "/demandes/"


def point(commune: Commune) -> tuple[float, float]:
    assert commune.latitude is not None
    assert commune.longitude is not None
    return commune.latitude, commune.longitude


@pytest.fixture
def scattered(world: World, now: dt.datetime) -> list[Request]:
    """Requests near Lille and far, with narrow and wide circles."""
    towns = Commune.objects.filter(departement__in=["59", "62", "974"], latitude__isnull=False).order_by("pk")
    circles = itertools.cycle([5, 20, 50, 200])
    return [
        factories.make_request(now, world.association, commune_id=town.pk, radius_km=radius)
        for town, radius in zip(towns[::25], circles, strict=False)
    ]


@pytest.mark.parametrize("radius", [5, 20, 100])
def test_requests_around_a_place_are_those_at_most_so_far(
    scattered: list[Request], now: dt.datetime, radius: int
) -> None:
    lille = Commune.objects.get(pk=factories.LILLE)
    away = {one.pk: kilometres_between(point(lille), point(one.commune)) for one in scattered}
    found = list(around(Request.objects.open(now), lille, radius))
    assert {one.pk for one in found} == {number for number, km in away.items() if km <= radius}


def far_from_lille(now: dt.datetime, *, has_point: bool) -> tuple[Commune | None, RequestQuerySet]:
    lille = Commune.objects.get(pk=factories.LILLE)
    if not has_point:
        Commune.objects.filter(pk=lille.pk).update(latitude=None, longitude=None)
        lille.refresh_from_db()
    return lille, around(Request.objects.open(now), lille, 200)


@pytest.mark.parametrize("listed", ["all", "near", "near a place without a point"])
def test_list_of_requests_goes_on_after_the_last_one_and_back(
    scattered: list[Request], world: World, now: dt.datetime, listed: str
) -> None:
    for one in scattered[::3]:
        Request.objects.filter(pk=one.pk).update(created_at=now - dt.timedelta(minutes=one.pk % 4))
    Commune.objects.filter(pk=scattered[0].commune_id).update(latitude=None, longitude=None)
    place, wanted = (
        far_from_lille(now, has_point=listed == "near") if listed != "all" else (None, Request.objects.open(now))
    )
    page = partial(stretch, wanted, place=place, count=3)
    whole = stretch(wanted, place=place, after=None, before=None, count=1000).shown
    assert len(whole) > 6
    assert [one.pk for one in whole] == [one.pk for one in sorted(whole, key=in_order)]
    shown, ends, after = [], [], None
    while True:
        found = page(after=after, before=None)
        shown += [one.pk for one in found.shown]
        ends.append(found)
        if found.after is None:
            break
        after = found.after
    assert shown == [one.pk for one in whole]
    for earlier, later in itertools.pairwise(ends):
        assert later.before is not None
        back = page(after=None, before=later.before)
        assert [one.pk for one in back.shown] == [one.pk for one in earlier.shown]
        assert (back.before is None) == (earlier is ends[0])


def in_order(one: Any) -> tuple[bool, float, float, int]:
    away = getattr(one, "distance_km", None)
    return away is None, away or 0.0, -one.created_at.timestamp(), -one.pk


def test_no_request_is_passed_over_while_others_come_and_go(
    scattered: list[Request], world: World, now: dt.datetime, client: Client
) -> None:
    read = client.get(PAGE).context["page"]
    assert read.after is not None
    Request.objects.filter(pk__in=[one.pk for one in read.shown]).update(
        state=Request.State.WITHDRAWN, withdrawn_at=now
    )
    factories.make_request(now, world.association)
    following = client.get(f"{PAGE}?apres={read.after}").context["page"]
    expected = [one.pk for one in reversed(scattered) if one.pk < read.after]
    assert [one.pk for one in following.shown] == expected[:30]
    assert client.get(f"{PAGE}?apres=999999999").status_code == 200


def test_requests_near_a_company_would_come_to_one_of_its_sites(
    scattered: list[Request], world: World, now: dt.datetime
) -> None:
    reunion = Commune.objects.get(pk="97411")
    north, south = point(reunion)
    scattered.append(factories.make_request(now, world.association, commune_id=reunion.pk))
    overseas = factories.make_site(now, world.company, commune_id=reunion.pk, latitude=north, longitude=south)
    factories.make_site(now, factories.make_company(now), latitude=50.9, longitude=1.8)
    sites = [(site.latitude, site.longitude) for site in world.company.sites.all()]
    expected = {
        one.pk
        for one in scattered
        if min(kilometres_between(site, point(one.commune)) for site in sites) <= min(one.radius_km, NEAR_KM)
    }
    companies = Company.objects.filter(pk=world.company.pk)
    assert {one.pk for one in near_sites(Request.objects.open(now), list(companies))} == expected
    there = near_sites(Request.objects.filter(commune__departement="974"), list(companies))
    assert there.exists()
    Site.objects.filter(pk=overseas.pk).update(archived_at=now)
    assert not there.exists()


def test_company_reads_first_what_is_looked_for_near_its_sites(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    near = factories.make_request(now, world.association, topics=["email", "sante"], audiences=["seniors"])
    far = factories.make_request(now, factories.make_association(now), commune_id="97411", topics=["bureautique"])
    client = visitor(world.company_owner)
    page = html.unescape(client.get(PAGE).text)
    assert "1\u00a0association cherche près de vos sites" in page
    assert (near.about in page, far.about in page, "Séniors" in page) == (True, False, True)
    everywhere = html.unescape(client.get(PAGE, {"partout": "on"}).text)
    assert "2\u00a0associations cherchent une salle équipée" in everywhere
    assert (near.about in everywhere, far.about in everywhere) == (True, True)


def test_company_without_a_site_reads_all_of_them(world: World, now: dt.datetime, visitor: Visitor) -> None:
    owner = factories.make_user("Nadia")
    company = factories.make_company(now, owner=owner)
    factories.make_site(now, company, archived_at=now)
    factories.make_request(now, world.association)
    page = visitor(owner).get(PAGE).text
    assert ("1\u00a0association cherche une salle équipée" in page, "vos sites" in page) == (True, False)


def test_anybody_looks_around_a_place(world: World, now: dt.datetime, client: Client) -> None:
    factories.make_request(now, world.association)
    factories.make_request(now, factories.make_association(now), commune_id="97411")
    assert "2\u00a0associations cherchent" in client.get(PAGE).text
    near = client.get(PAGE, {"lieu": f"insee-{factories.LILLE}", "rayon": "20"})
    assert "1\u00a0association cherche à moins de 20\u00a0km de Lille (59)" in near.text
    assert near.context["form"]["lieu"].value() == "Lille (59)"
    assert "Aucune demande" in client.get(PAGE, {"lieu": "75056", "rayon": "5"}).text


@pytest.mark.parametrize(
    "query", [{"lieu": "Nulle-Part-sur-Rien"}, {"rayon": "31"}, {"rayon": "9" * 5000}, {"lieu": "\x00"}, {"page": "x"}]
)
def test_what_makes_no_sense_is_said_and_nothing_breaks(world: World, client: Client, query: dict[str, str]) -> None:
    assert client.get(PAGE, query).status_code == (200 if "page" in query else 422)


def test_place_without_a_point_finds_its_departement(world: World, now: dt.datetime, client: Client) -> None:
    factories.make_request(now, world.association)
    Commune.objects.filter(pk=factories.LILLE).update(latitude=None, longitude=None)
    assert "1\u00a0association" in client.get(PAGE, {"lieu": f"insee-{factories.LILLE}", "rayon": "5"}).text


def test_request_of_a_place_without_a_point_is_near_in_its_departement(
    world: World, now: dt.datetime, client: Client, visitor: Visitor
) -> None:
    """As for who is matched with slots."""
    wanted = factories.make_request(now, world.association, commune_id=factories.ROUBAIX)
    Commune.objects.filter(pk=factories.ROUBAIX).update(latitude=None, longitude=None)
    page = client.get(PAGE, {"lieu": f"insee-{factories.LILLE}", "rayon": "5"})
    assert ("1\u00a0association" in page.text, wanted.about in page.text) == (True, True)
    assert wanted.about in visitor(world.company_owner).get(PAGE).text
    assert "Aucune demande" in client.get(PAGE, {"lieu": "62041", "rayon": "100"}).text


def test_several_topics_days_and_hours_are_asked_for(world: World, now: dt.datetime, visitor: Visitor) -> None:
    address = reverse("associations:request_create", args=[world.association.slug])
    typed = {
        "topics": ["email", "sante"], "level": "debutant", "audiences": ["seniors", "demandeurs-emploi"],
        "participants": "6", "computers": "6", "volunteers": "2", "commune": "Lille (59)", "radius_km": "20",
        "weekdays": ["2", "4"], "periods": ["evening"], "from_date": now.date(), "until_date": now.date(),
    }  # fmt: skip
    assert visitor(world.association_owner).post(address, typed).status_code == 302
    posted = Request.objects.get()
    assert (posted.about, posted.who) == ("E-mail, Santé", "Séniors, Demandeurs d’emploi")
    assert (posted.when, posted.volunteers) == ("le mardi et le jeudi, le soir", 2)
    assert (
        "Choisissez au moins un thème." in visitor(world.association_owner).post(address, typed | {"topics": []}).text
    )


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([], "le soir ou le week-end"),
        ([7, 6], "le samedi et le dimanche"),
        ([5, 1, 2, 3, 4], "du lundi au vendredi"),
        ([1, 2, 4], "le lundi, le mardi et le jeudi"),
    ],
)
def test_days_in_a_row_are_said_by_the_first_and_the_last(
    world: World, now: dt.datetime, days: list[int], said: str
) -> None:
    assert factories.make_request(now, world.association, weekdays=days).when == said


def test_search_that_found_nothing_fills_the_request(world: World, visitor: Visitor) -> None:
    searched = {
        "lieu": f"insee-{factories.LILLE}",
        "moment": "semaine",
        "theme": "sante",
        "benevoles": "2",
        "ordinateurs": "7",
    }
    form = visitor(world.association_owner).get(reverse("workshops:ask"), searched, follow=True).context["form"]
    filled = {name: form[name].value() for name in ("topics", "weekdays", "periods", "volunteers", "computers")}
    days = ["1", "2", "3", "4", "5"]
    assert filled == {"topics": ["sante"], "weekdays": days, "periods": None, "volunteers": "2", "computers": "7"}
    most = {"places": "500", "ordinateurs": "500", "benevoles": "500", "departement": "59"}
    clipped = visitor(world.association_owner).get(reverse("workshops:ask"), most, follow=True)
    sizes = [clipped.context["form"][name].value() for name in ("participants", "computers", "volunteers")]
    assert (sizes, clipped.context["form"]["commune"].value()) == (["200", "200", "50"], None)
    assert "Vous cherchiez dans le département Nord" in clipped.text
    evening = visitor(world.association_owner).get(reverse("workshops:ask"), {"moment": "soir"}, follow=True)
    assert evening.context["form"]["periods"].value() == ["evening"]


def test_company_is_offered_to_propose_only_where_a_room_of_its_own_can_serve(
    world: World, now: dt.datetime, visitor: Visitor, client: Client
) -> None:
    """Else it reads why not; whoever has no company yet is led to one."""
    small = factories.make_request(now, world.association, topics=["email"])
    many = {"participants": 15, "computers": 12}
    factories.make_request(now, factories.make_association(now), topics=["sante"], **many)
    factories.make_request(now, factories.make_association(now), topics=["bureautique"], commune_id="97411")
    page = html.unescape(visitor(world.company_owner).get(PAGE, {"partout": "on"}).text)
    said = {
        topic: why in page
        for topic, why in {
            "sante": "Aucune de vos salles ne convient\u00a0: trop peu de places et trop peu d’ordinateurs.",
            "bureautique": "Aucune de vos salles ne convient\u00a0: trop loin pour elle.",
        }.items()
    }
    assert said == {"sante": True, "bureautique": True}
    assert re.findall(r'href="/demandes/(\d+)/proposer/"', page) == [str(small.pk)]
    client.logout()
    assert len(re.findall(r'href="/demandes/(\d+)/proposer/"', client.get(PAGE).text)) == 3


def test_company_without_a_room_reads_that_it_has_none(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_request(now, world.association)
    owner = factories.make_user("Nadia")
    factories.make_site(now, factories.make_company(now, owner=owner))
    page = html.unescape(visitor(owner).get(PAGE).text)
    assert ("Ajoutez d’abord une salle à votre entreprise." in page, "/proposer/" in page) == (True, False)


def test_homonyms_are_a_step_away(world: World, client: Client) -> None:
    page = client.get(PAGE, {"lieu": "Saint-Denis", "rayon": "50"}).text
    assert '<li><a href="?rayon=50&amp;lieu=insee-93066">Saint-Denis (93)</a></li>' in page
