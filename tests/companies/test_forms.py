"""What the forms of a company refuse, with a word on what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from companies.models import Availability, Company, Site
from tests import factories
from tests.factories import World
from tests.typed import SEASON, SITE

Visitor = Callable[[User], Client]
PAST_SEASON = SEASON | {"from_date": "2026-11-01", "until_date": "2026-11-30"}


@pytest.mark.parametrize(
    ("point", "words"),
    [
        ({"latitude": "50.6"}, "Indiquez aussi l’autre coordonnée"),
        ({"longitude": "3.06"}, "Indiquez aussi l’autre coordonnée"),
        ({"latitude": "-21", "longitude": "55"}, "Vérifiez la position"),
    ],
)
def test_point_is_whole_and_near_its_commune(world: World, visitor: Visitor, point: dict[str, str], words: str) -> None:
    address = reverse("companies:site_create", args=[world.company.slug])
    answer = visitor(world.company_owner).post(address, SITE | point)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert Site.objects.count() == 1


def test_point_placed_by_hand_is_kept(world: World, visitor: Visitor) -> None:
    address = reverse("companies:site_create", args=[world.company.slug])
    visitor(world.company_owner).post(address, SITE | {"latitude": "50.65", "longitude": "3.1"})
    assert Site.objects.latest("pk").latitude == 50.65


@pytest.mark.parametrize(
    "change", [{}, {"notice_hours": "32767"}, {"from_date": "9999-12-01", "until_date": "9999-12-31"}]
)
def test_season_that_opens_nothing_comes_back_as_typed(world: World, visitor: Visitor, change: dict[str, str]) -> None:
    address = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    answer = visitor(world.company_owner).post(address, PAST_SEASON | change)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.content.decode()
    assert f'value="{(PAST_SEASON | change)["from_date"]}"' in answer.content.decode()
    assert not Availability.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "\u202eevil\u202c",
        "Bois\u200b",
        "Bois\ufffe",
        "Bois\uffff",
        "Gagnez sur https://x.example",
        "www.x.example",
        "Cliquez bit.ly/a",
        "t.me/b",
        "lien x1.de",
    ],
)
def test_name_holds_nothing_invisible_and_no_address(visitor: Visitor, name: str, db: None) -> None:
    identity = {"name": name, "legal_form": "company", "commune": "Lille (59)"}
    answer = visitor(factories.make_user()).post(reverse("companies:create"), identity)
    assert answer.status_code == 422
    assert not Company.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        "شركة النور",
        "E.Leclerc",
        "S.A.R.L. Dupont",
        "Atelier n°3/4",
        "בית הדפוס",
        'Bois & Fils "sarl" <b>',
        "N’" + "a" * 198,
    ],
)
def test_name_of_any_script_and_length_is_kept(visitor: Visitor, name: str, db: None) -> None:
    identity = {"name": name, "legal_form": "company", "commune": "Lille (59)"}
    assert visitor(factories.make_user()).post(reverse("companies:create"), identity).status_code == 302
    assert Company.objects.get().name == name
