"""Signing up with what the national registry says, and without it when it is silent."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.test import Client

from accounts.models import RegistryRecord, User
from accounts.registry.client import REGISTRY
from accounts.registry.facts import MASKED
from accounts.registry.lookups import find
from territories.outward import Unavailable
from tests import factories
from tests.accounts.registry.conftest import KNOWN, KNOWN_NAME, Registry

Visitor = Callable[[User], Client]
CREATE = "/entreprises/inscrire/"


@pytest.mark.django_db
@pytest.mark.parametrize("typed", [KNOWN, "356 000 000", "356 000 000 00048", KNOWN_NAME])
def test_organisation_is_found_and_fills_the_form(registry: Registry, visitor: Visitor, typed: str) -> None:
    browser = visitor(factories.make_user())
    assert f'href="?siren={KNOWN}"' in browser.get(CREATE, {"q": typed}).text
    page = browser.get(CREATE, {"siren": KNOWN}).text
    for value in ("MENUISERIE DU PARC", KNOWN, f"{KNOWN}00048", "1 RUE DES LILAS", "Lille (59)"):
        assert f'value="{value}"' in page
    assert len(registry.asked) == 1


@pytest.mark.django_db
def test_association_is_marked_as_one(registry: Registry, visitor: Visitor) -> None:
    registry.changes = {"complements": {"est_association": True, "identifiant_association": "W591000001"}}
    browser = visitor(factories.make_user())
    browser.get("/associations/inscrire/", {"q": KNOWN})
    page = browser.get("/associations/inscrire/", {"siren": KNOWN}).text
    assert '<option value="association" selected>' in page
    assert 'value="W591000001"' in page


@pytest.mark.django_db
def test_same_search_asks_once_a_day(registry: Registry, now: dt.datetime) -> None:
    first = find(typed=KNOWN_NAME, now=now)
    assert find(typed=KNOWN_NAME.upper(), now=now) == first
    assert registry.asked == [KNOWN_NAME]


@pytest.mark.django_db
@pytest.mark.parametrize("changes", [{"etat_administratif": "C"}, {"nom_complet": MASKED}])
def test_closed_and_masked_organisations_are_not_offered(
    registry: Registry, now: dt.datetime, changes: dict[str, str]
) -> None:
    registry.changes = changes
    assert find(typed=KNOWN, now=now) == []


@pytest.mark.django_db
@pytest.mark.parametrize("typed", ["", "ab", "  9 "])
def test_too_short_a_text_asks_nobody(registry: Registry, now: dt.datetime, typed: str) -> None:
    assert find(typed=typed, now=now) == []
    assert registry.asked == []


@pytest.mark.django_db
def test_silent_registry_is_said_and_the_form_stays(registry: Registry, visitor: Visitor) -> None:
    registry.status = 500
    page = visitor(factories.make_user()).get(CREATE, {"q": KNOWN})
    assert page.status_code == 200
    assert "Le registre répond mal" in page.text
    assert "Inscrire l’entreprise" in page.text
    assert not RegistryRecord.objects.exists()


@pytest.mark.django_db
def test_registry_is_not_asked_faster_than_it_allows(
    registry: Registry, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("time.time", lambda: 1_800_000_000.0)
    for number in range(REGISTRY.asked_a_second):
        find(typed=f"menuiserie {number}", now=now)
    with pytest.raises(Unavailable, match="très demandé"):
        find(typed="menuiserie de plus", now=now)
    assert len(registry.asked) == REGISTRY.asked_a_second
