"""Sites and rooms as their company describes them: where they are, how one gets there, how one gets in."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from time_machine import travel

from accounts.models import User
from companies.models import Accessibility, AccessKit, Room, Site, Slot
from territories import geocoding
from territories.models import Commune
from territories.outward import UnreadableAnswer
from tests import factories
from tests.companies.conftest import LILAS, Geocoder, feature
from tests.factories import World
from tests.typed import ROOM, SITE

Visitor = Callable[[User], Client]


@pytest.fixture
def owner(world: World, visitor: Visitor) -> Client:
    return visitor(world.company_owner)


def page(name: str, world: World, *more: int) -> str:
    return reverse(f"companies:{name}", args=[world.company.slug, *more])


def new_site(owner: Client, world: World, **typed: str) -> Site:
    answer = owner.post(page("site_create", world), SITE | typed)
    assert answer.status_code == 302, answer.text
    return Site.objects.latest("pk")


@pytest.mark.parametrize(
    ("changes", "where", "told"),
    [
        ({}, LILAS, Site.PointFrom.ADDRESS),
        ({"type": "street"}, LILAS, Site.PointFrom.STREET),
        ({"type": "municipality"}, None, Site.PointFrom.COMMUNE),
        ({"score": 0.3}, None, Site.PointFrom.COMMUNE),
        ({"citycode": "59512"}, None, Site.PointFrom.COMMUNE),
        ({"coordinates": [5.37, 43.3]}, None, Site.PointFrom.COMMUNE),
        ({"coordinates": [float("nan"), float("nan")]}, None, Site.PointFrom.COMMUNE),
        ({"coordinates": ["x", "y"]}, None, Site.PointFrom.COMMUNE),
    ],
)
def test_site_is_placed_by_its_address_or_its_commune(
    geocoder: Geocoder, owner: Client, world: World, changes: dict[str, Any], where: Any, told: str
) -> None:
    geocoder.changes = changes
    site = new_site(owner, world)
    lille = Commune.objects.get(pk=factories.LILLE)
    assert (site.latitude, site.longitude) == (where or (lille.latitude, lille.longitude))
    assert site.point_from == told
    assert geocoder.asked == ["1 rue des Lilas Lille"]


@pytest.mark.parametrize(
    "fault", [{"status": 500}, {"status": 429}, {"body": b"<html>"}, {"body": b'{"features": [{}]}'}, {"delay": 30.0}]
)
def test_geocoder_that_fails_hinders_nobody(
    geocoder: Geocoder, owner: Client, world: World, fault: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("territories.outward.service.ANSWER_SECONDS", 0.3)
    for name, value in fault.items():
        setattr(geocoder, name, value)
    assert new_site(owner, world).point_from == Site.PointFrom.COMMUNE
    assert owner.get(page("addresses", world), {"q": "1 rue des Lilas"}).json() == {"addresses": []}


def test_geocoder_that_is_off_is_not_asked(owner: Client, world: World, settings: Settings) -> None:
    settings.GEOCODER_URL = ""
    assert new_site(owner, world).point_from == Site.PointFrom.COMMUNE
    assert "data-addresses" not in owner.get(page("site_create", world)).text


def test_address_of_an_arrondissement_is_in_its_city(geocoder: Geocoder, db: None) -> None:
    paris = Commune.objects.get(pk="75056")
    answer = feature(citycode="75104", city="Paris")
    answer["geometry"]["coordinates"] = [2.3556, 48.8566]
    geocoder.body = json.dumps({"features": [answer]}).encode()
    located = geocoding.locate("1 place de l’Hôtel-de-Ville", paris)
    assert located == geocoding.Located(48.8566, 2.3556, geocoding.Precision.ADDRESS)


def test_addresses_are_completed_while_typing_and_kept(geocoder: Geocoder, owner: Client, world: World) -> None:
    known = {"addresses": [{"line": "1 Rue des Lilas", "commune": "Lille (59)"}]}
    for _ in range(2):
        assert owner.get(page("addresses", world), {"q": "1 rue des li"}).json() == known
    assert owner.get(page("addresses", world), {"q": "1"}).json() == {"addresses": []}
    assert geocoder.asked == ["1 rue des li"]


@pytest.mark.parametrize("coordinates", [[3.0], ["x", "y"], [3.0, 95.0], [300.0, 50.0], None])
def test_point_that_is_none_is_refused(coordinates: Any) -> None:
    answer = feature()
    answer["geometry"]["coordinates"] = coordinates
    with pytest.raises((UnreadableAnswer, ValueError)):
        geocoding.read_addresses({"features": [answer]})


def seen(owner: Client, address: str) -> dict[str, str]:
    """What a browser sends of the plan that it shows."""
    found = re.search(r'name="vu" value="(.*?)"', owner.get(address).text)
    assert found is not None
    return {"vu": found[1]}


def where(site: Site) -> tuple[float, float]:
    site.refresh_from_db()
    return site.latitude, site.longitude


def test_point_moves_to_where_the_plan_is_clicked(owner: Client, world: World) -> None:
    address = page("site_position", world, world.site.pk)
    before = world.site.latitude
    assert "Roubaix" in owner.get(address, {"zoom": "11"}).text
    plan = seen(owner, f"{address}?zoom=15")
    answer = owner.post(f"{address}?zoom=15", plan | {"plan.x": "160", "plan.y": "60"})
    assert (answer.status_code, answer["Location"]) == (302, f"{address}?zoom=15")
    world.site.refresh_from_db()
    assert world.site.point_from == Site.PointFrom.HAND
    # A hundred pixels to the north at zoom 15, where one is three metres in Lille.
    assert world.site.latitude - before == pytest.approx(100 * 3.03 / 111_195, rel=0.02)


@pytest.mark.parametrize(("step", "axis", "sign"), [("nord", 0, 1), ("sud", 0, -1), ("est", 1, 1), ("ouest", 1, -1)])
def test_point_moves_by_a_step(owner: Client, world: World, step: str, axis: int, sign: int) -> None:
    before = (world.site.latitude, world.site.longitude)
    address = page("site_position", world, world.site.pk)
    plan = seen(owner, address)
    owner.post(address, plan | {"pas": step})
    once = where(world.site)
    owner.post(address, plan | {"pas": step})
    assert where(world.site) == once, "pressed twice on one page, it moves once"
    world.site.refresh_from_db()
    moved = [(now - then) * sign for now, then in zip((world.site.latitude, world.site.longitude), before, strict=True)]
    assert moved[axis] > 0.001
    assert moved[1 - axis] == pytest.approx(0)


def test_point_stays_near_its_commune(owner: Client, world: World) -> None:
    Site.objects.filter(pk=world.site.pk).update(latitude=51.4)
    address = f"{page('site_position', world, world.site.pk)}?zoom=9"
    answer = owner.post(address, seen(owner, address) | {"plan.x": "160", "plan.y": "0"})
    assert (answer.status_code, "Vérifiez la position" in answer.text) == (422, True)
    world.site.refresh_from_db()
    assert world.site.latitude == 51.4


@pytest.mark.parametrize("typed", [{"pas": ""}, {"plan.x": "5"}, {"plan.x": "999", "plan.y": "1"}, {"pas": "haut"}])
def test_click_beside_the_plan_is_refused(owner: Client, world: World, typed: dict[str, str]) -> None:
    address = page("site_position", world, world.site.pk)
    before = where(world.site)
    assert owner.post(address, seen(owner, address) | typed).status_code == 422
    assert where(world.site) == before


@pytest.mark.parametrize("zoom", ["9", "17"])
def test_second_click_on_the_same_plan_moves_the_point_once(owner: Client, world: World, zoom: str) -> None:
    address = page("site_position", world, world.site.pk)
    click = seen(owner, f"{address}?zoom={zoom}") | {"plan.x": "190", "plan.y": "100"}
    before = where(world.site)
    owner.post(f"{address}?zoom={zoom}", click)
    once = where(world.site)
    assert once != before
    # What is clicked is read at the zoom that was seen, too.
    owner.post(f"{address}?zoom=13", click)
    assert where(world.site) == once


@pytest.mark.parametrize("y", ["160", "150", "139"])
def test_click_on_the_pin_moves_nothing_even_in_another_tab(owner: Client, world: World, y: str) -> None:
    address = page("site_position", world, world.site.pk)
    pin = seen(owner, address) | {"plan.x": "160", "plan.y": y}
    before = where(world.site)
    assert "Le point est déjà là" in owner.post(address, pin, follow=True).text
    assert where(world.site) == before
    owner.post(address, seen(owner, address) | {"plan.x": "200", "plan.y": "200"})
    moved = where(world.site)
    assert "depuis que ce plan vous a été montré" in owner.post(address, pin, follow=True).text
    assert where(world.site) == moved != before


@pytest.mark.parametrize(
    "plan", ["", "x", "13/50.6", "13/50.6/3.0/1", "12/50.6/3", "13/nan/3", "13/91/3", "13/50.6/inf", "13/50.6/200"]
)
def test_click_on_a_plan_that_nobody_was_shown_is_refused(owner: Client, world: World, plan: str) -> None:
    address = page("site_position", world, world.site.pk)
    before = where(world.site)
    answer = owner.post(address, {"vu": plan, "plan.x": "190", "plan.y": "100"})
    assert (answer.status_code, answer.text.count("Ce plan n’est plus à jour")) == (422, 1)
    assert f'name="vu" value="13/{before[0]!r}/{before[1]!r}"' in answer.text
    assert where(world.site) == before


def test_tiles_are_shown_only_when_they_are_set_and_asked_for(owner: Client, world: World, settings: Settings) -> None:
    address = page("site_position", world, world.site.pk)
    assert "fond" not in owner.get(address, {"fond": "1"}).text.split("<main")[1].replace("&amp;fond=1", "")
    settings.MAP_TILE_URL = "https://tuiles.example.org/{z}/{x}/{y}.png"
    assert "tuiles.example.org" not in owner.get(address).text
    assert "Afficher le fond de carte" in owner.get(address).text
    assert 'href="https://tuiles.example.org/13/' in owner.get(address, {"fond": "1"}).text


@pytest.mark.parametrize(
    ("known", "step_free"),
    [
        ({}, None),
        ({"entree_plain_pied": True}, True),
        ({"entree_plain_pied": False}, False),
        ({"entree_plain_pied": False, "entree_ascenseur": True}, True),
        ({"entree_plain_pied": False, "entree_marches_rampe": "fixe"}, True),
        ({"entree_plain_pied": False, "entree_marches_rampe": "amovible"}, False),
        ({"entree_plain_pied": True, "accueil_cheminement_plain_pied": False}, False),
        (
            {
                "entree_plain_pied": True,
                "accueil_cheminement_plain_pied": False,
                "accueil_cheminement_ascenseur": True,
            },
            True,
        ),
        ({"accueil_cheminement_plain_pied": True}, None),
    ],
)
def test_step_free_follows_from_what_is_known(world: World, known: dict[str, Any], step_free: object) -> None:
    Site.objects.filter(pk=world.site.pk).update(**known)
    world.site.refresh_from_db()
    assert world.site.step_free is step_free


def test_accessibility_is_told_to_everybody_and_unknown_stays_unknown(
    owner: Client, world: World, client: Client
) -> None:
    answers = {"entree_plain_pied": "false", "entree_marches": "2", "sanitaires_presence": "true", "entree_pmr": ""}
    answer = owner.post(page("site_accessibility", world, world.site.pk), answers)
    assert answer.status_code == 302
    world.site.refresh_from_db()
    assert (world.site.entree_plain_pied, world.site.entree_pmr, world.site.entree_ascenseur) == (False, None, None)
    told = dict(world.site.known_accessibility())
    assert told["Entrer"] == [("Entrée de plain-pied", "non"), ("Marches à l’entrée", "2")]
    assert told["À l’intérieur"] == [("Toilettes", "oui")]
    client.logout()
    assert "Marches à l’entrée" in client.get(reverse("workshops:slot", args=[world.slot.pk])).text


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ({"entree_plain_pied": "true", "entree_marches": "3"}, "n’a pas de marche"),
        ({"sanitaires_presence": "false", "sanitaires_adaptes": "true"}, "sont des toilettes"),
    ],
)
def test_answers_that_disagree_come_back(owner: Client, world: World, answers: dict[str, str], said: str) -> None:
    answer = owner.post(page("site_accessibility", world, world.site.pk), answers)
    assert (answer.status_code, said in answer.text) == (422, True)


def test_every_field_of_the_way_is_asked() -> None:
    asked = {field for _, fields in Accessibility.SECTIONS for field in fields}
    assert asked | {"step_free"} == {field.name for field in Accessibility._meta.get_fields()}


KIT = {
    "reception": "Hall A",
    "entrance": "Sonnez deux fois.",
    "evening_contact": "le gardien",
    "evening_phone": "01 99 00 12 34",
    "visitor_count_hours": "24",
    "wifi": "ATELIERS, code lumiere",
    "to_bring": "Rien",
}


def test_access_kit_is_shown_to_confirmed_parties_alone(
    owner: Client, world: World, client: Client, now: dt.datetime
) -> None:
    assert owner.post(page("site_access", world, world.site.pk), KIT).status_code == 302
    pending = factories.make_booking(now, world.slot, world.association, state="pending")
    secrets = ("Hall A", "Sonnez deux fois", "01 99 00 12 34", "lumiere")
    client.force_login(world.association_owner, backend="allauth.account.auth_backends.AuthenticationBackend")
    for address in (
        reverse("workshops:slot", args=[world.slot.pk]),
        reverse("workshops:association_booking", args=[world.association.slug, pending.pk]),
    ):
        assert [one for one in secrets if one in client.get(address).text] == []
    pending.delete()
    booking = factories.make_booking(now, world.slot, world.association)
    address = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    shown = client.get(address).text
    assert [one for one in secrets if one not in shown] == []
    assert 'href="tel:+33-1-99-00-12-34"' in shown
    with travel(world.slot.ends_at):
        assert [one for one in secrets if one in client.get(address).text] == []


@pytest.mark.parametrize(
    ("commune", "typed", "kept"),
    [
        (factories.LILLE, "06 12 34 56 78", "+33612345678"),
        (factories.NOUMEA, "75 12 34", "+687751234"),
        (factories.NOUMEA, "06 12 34 56 78", "+33612345678"),
        (factories.LILLE, "+32 450 00 12 34", "+32450001234"),
        (factories.LILLE, "", ""),
    ],
)
def test_phone_is_read_as_it_is_dialled_there(
    owner: Client, world: World, now: dt.datetime, commune: str, typed: str, kept: str
) -> None:
    site = factories.make_site(now, world.company, commune_id=commune)
    owner.post(page("site_access", world, site.pk), KIT | {"evening_phone": typed})
    assert str(AccessKit.objects.get(site=site).evening_phone) == kept


@pytest.mark.parametrize("typed", ["12", "01 23", "appelez-moi", "+33 1", "٠١٢٣٤٥٦٧٨٩" * 4])
def test_phone_that_is_none_is_refused(owner: Client, world: World, typed: str) -> None:
    answer = owner.post(page("site_access", world, world.site.pk), KIT | {"evening_phone": typed})
    assert answer.status_code == 422


@pytest.mark.parametrize("name", ["site_create", "site_edit"])
def test_category_that_admits_fewer_is_said(owner: Client, world: World, name: str) -> None:
    address = page(name, world, *([world.site.pk] if name == "site_edit" else []))
    answer = owner.post(address, SITE | {"visitor_regime": "erp_2", "max_visitors": "1501"})
    assert (answer.status_code, "n’admet pas autant" in answer.text) == (422, True)


@pytest.mark.parametrize(("regime", "most"), [("erp_2", 1500), ("erp_3", 700), ("erp_4", 300), ("erp_5", 300)])
def test_database_holds_the_number_of_the_category(world: World, regime: str, most: int) -> None:
    Site.objects.filter(pk=world.site.pk).update(visitor_regime=regime, max_visitors=most)
    with pytest.raises(IntegrityError, match="site_visitors_within_category"), transaction.atomic():
        Site.objects.filter(pk=world.site.pk).update(max_visitors=most + 1)


def test_equipment_is_told_in_words(owner: Client, world: World) -> None:
    typed = ROOM | {"equipped_with": ["projector", "printer"], "equipment": "Windows 11"}
    owner.post(page("room_edit", world, world.room.pk), typed)
    assert Room.objects.get().equipment_labels == ["vidéoprojecteur ou grand écran", "imprimante"]
    shown = owner.get(reverse("workshops:slot", args=[world.slot.pk])).text
    assert "vidéoprojecteur ou grand écran, imprimante. Windows 11" in shown


@pytest.mark.parametrize(
    ("capacity", "computers", "field"), [("10", "7", "computers"), ("9", "8", "capacity"), ("9", "7", "capacity")]
)
@pytest.mark.parametrize("offered_by", ["series", "slot"])
def test_number_below_what_is_offered_is_said_beside_it(
    owner: Client, world: World, now: dt.datetime, offered_by: str, capacity: str, computers: str, field: str
) -> None:
    if offered_by == "series":
        world.slot.delete()
        factories.make_series(now, world.room, places=10, computers=8)
    else:
        Slot.objects.filter(pk=world.slot.pk).update(places=10, computers=8)
    answer = owner.post(page("room_edit", world, world.room.pk), ROOM | {"capacity": capacity, "computers": computers})
    assert (answer.status_code, "offrent davantage" in answer.text) == (422, True)
    assert re.findall(r'id="id_(\w+)_error"', answer.text) == [field]
