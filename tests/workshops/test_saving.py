"""Searches that people keep: each once, under a name, with what it finds now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.http import QueryDict
from django.test import Client

from accounts.models import User
from tests import factories
from tests.factories import World
from tests.races import at_once
from workshops import actions
from workshops.actions import AlreadySaved, TooManySaved
from workshops.actions.searches import MOST_SAVED
from workshops.filters import read
from workshops.models import SavedSearch
from workshops.saved import asked_by, canonical, words

Visitor = Callable[[User], Client]
SAVE, LIST = "/creneaux/enregistrer/", "/compte/recherches/"


def kept(query: str) -> tuple[str, str]:
    """The query of what is asked, and its words."""
    asked = read(QueryDict(query))
    assert asked is not None
    return canonical(asked.cleaned), words(asked.cleaned)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("asked", "query", "said"),
    [
        ("", "", "Dans toute la France"),
        ("vue=carte&apres=1764955800000000-7&rayon=20&tri=distance&ordinateurs=0", "", "Dans toute la France"),
        ("utm_source=x&moment=soir", "moment=soir", "Dans toute la France, le soir"),
        ("tri=distance&lieu=Lille&rayon=20", "lieu=insee-59350", "Autour de Lille (59), 20\u00a0km"),
        (
            "rayon=5&lieu=insee-59350&ordinateurs=04&places=1&benevoles=2&acces=on",
            "acces=on&benevoles=2&lieu=insee-59350&ordinateurs=4&places=1&rayon=5",
            "Autour de Lille (59), 5\u00a0km, 4\u00a0ordinateurs au moins, 1\u00a0place au moins, "
            "2\u00a0bénévoles au moins, accès sans marche",
        ),
        (
            "departement=2a&du=2026-12-01&au=2026-12-24&moment=weekend&theme=email&reponse=immediate",
            "au=2026-12-24&departement=2A&du=2026-12-01&moment=weekend&reponse=immediate&theme=email",
            "Dans le département Corse-du-Sud (2A), du mardi 1er\u00a0décembre 2026 au jeudi 24\u00a0décembre 2026, "
            "le week-end, thème «\u00a0E-mail\u00a0», réponse immédiate",
        ),
        (
            "commune=Roubaix&lieu=Lille&vue=liste",
            "commune=insee-59512&lieu=insee-59350",
            "Autour de Lille (59), 20\u00a0km, dans la commune Roubaix (59)",
        ),
        ("du=2026-12-01", "du=2026-12-01", "Dans toute la France, à partir du mardi 1er\u00a0décembre 2026"),
        ("au=2026-12-01", "au=2026-12-01", "Dans toute la France, jusqu’au mardi 1er\u00a0décembre 2026"),
    ],
)
def test_same_search_is_kept_in_one_way(asked: str, query: str, said: str) -> None:
    assert kept(asked) == (query, said)
    assert kept(query) == (query, said)


@pytest.mark.django_db
def test_query_that_means_nothing_any_more_asks_nothing() -> None:
    assert asked_by("lieu=00000") is None
    assert asked_by("") is not None


def test_search_is_saved_and_found_again(world: World, visitor: Visitor) -> None:
    client = visitor(world.association_owner)
    page = client.get("/creneaux/?lieu=Lille&vue=semaine").text
    assert f'href="{SAVE}?lieu=Lille&amp;vue=semaine"' in page
    form = client.get(f"{SAVE}?lieu=Lille&vue=semaine").text
    assert 'value="Autour de Lille (59), 20\u00a0km"' in form
    answer = client.post(f"{SAVE}?lieu=Lille&vue=semaine", {"name": "Près du siège", "frequency": "weekly"})
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    search = SavedSearch.objects.get()
    assert (search.user, search.name, search.query) == (world.association_owner, "Près du siège", "lieu=insee-59350")
    assert (search.frequency, search.created_at) == ("weekly", search.news_since_at)
    shown = client.get(LIST).text
    assert 'href="/creneaux/?lieu=insee-59350"' in shown
    assert "Autour de Lille (59), 20\u00a0km" in shown
    assert "1\u00a0créneau à réserver" in shown
    assert '<option value="weekly" selected>' in shown


def test_visitor_signs_in_and_comes_back(client: Client, world: World) -> None:
    answer = client.get(f"{SAVE}?lieu=insee-59350&moment=soir")
    assert answer.status_code == 302
    assert answer["Location"].endswith("?next=/creneaux/enregistrer/%3Flieu%3Dinsee-59350%26moment%3Dsoir")


def test_search_with_a_fault_is_mended_first(world: World, visitor: Visitor) -> None:
    answer = visitor(world.association_owner).get(f"{SAVE}?rayon=7")
    assert (answer.status_code, answer["Location"]) == (302, "/creneaux/?rayon=7")


def test_each_search_is_counted_for_itself(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=4), computers=2)
    for query in ("", "lieu=insee-59350", "lieu=insee-97411", "ordinateurs=8", "departement=59&moment=weekend"):
        factories.make_search(now, world.association_owner, query, name=f"Ici {query}")
    gone = factories.make_search(now, world.association_owner, "lieu=00000")
    lines = visitor(world.association_owner).get(LIST).context["lines"]
    found = {line["search"].query: line["found"] for line in lines}
    assert found == {
        "": "2\u00a0créneaux",
        "lieu=insee-59350": "2\u00a0créneaux",
        "lieu=insee-97411": "0\u00a0créneau",
        "ordinateurs=8": "1\u00a0créneau",
        "departement=59&moment=weekend": "1\u00a0créneau",
        gone.query: "",
    }


def test_words_are_not_said_twice(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_search(now, world.association_owner, "moment=soir", name="Dans toute la France, le soir")
    assert visitor(world.association_owner).get(LIST).text.count("Dans toute la France, le soir</strong>") == 1
    (line,) = visitor(world.association_owner).get(LIST).context["lines"]
    assert line["words"] == ""


def test_search_is_kept_once_for_each_person(world: World, now: dt.datetime, visitor: Visitor) -> None:
    factories.make_search(now, world.association_owner, "lieu=insee-59350")
    client = visitor(world.association_owner)
    answer = client.post(f"{SAVE}?lieu=Lille", {"name": "Encore", "frequency": "never"}, follow=True)
    assert answer.redirect_chain == [(LIST, 302)]
    assert "Cette recherche est déjà enregistrée, sous le nom" in answer.text
    assert list(SavedSearch.objects.values_list("frequency", flat=True)) == ["never"]
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_search(now, world.association_owner, "lieu=insee-59350")
    factories.make_search(now, world.company_owner, "lieu=insee-59350")


def test_person_keeps_twenty(world: World, now: dt.datetime, visitor: Visitor) -> None:
    for number in range(MOST_SAVED):
        factories.make_search(now, world.association_owner, f"places={number + 1}")
    answer = visitor(world.association_owner).post(SAVE, {"name": "De trop", "frequency": "instant"})
    assert answer.status_code == 422
    assert "Vous gardez déjà 20 recherches\u00a0: supprimez-en une, puis enregistrez celle-ci." in answer.text
    assert f'<a href="{LIST}">Vos recherches enregistrées</a>' in answer.text
    with pytest.raises(AlreadySaved):
        save(world.association_owner, "places=1", now)


def save(user: User, query: str, now: dt.datetime) -> SavedSearch:
    return actions.save_search(user=user, name="Une", query=query, frequency="instant", now=now)


def test_of_two_at_once_one_is_the_twentieth(committed: None, now: dt.datetime) -> None:
    user = factories.make_user()
    for number in range(MOST_SAVED - 1):
        factories.make_search(now, user, f"places={number + 1}")
    done = at_once(*(lambda query=query: save(user, query, now) for query in ("acces=on", "moment=soir")))
    assert done == {"done": 1, TooManySaved.__name__: 1}


@pytest.mark.parametrize("name", ["", " ", "Pr\u202eès", "x" * 121])
def test_name_is_seen(world: World, visitor: Visitor, name: str) -> None:
    answer = visitor(world.association_owner).post(SAVE, {"name": name, "frequency": "instant"})
    assert (answer.status_code, SavedSearch.objects.exists()) == (422, False)


@pytest.mark.parametrize("fields", [{"name": ""}, {"name": "\u200b"}, {"frequency": "daily"}, {"frequency": ""}])
def test_database_refuses_what_no_form_offers(world: World, now: dt.datetime, fields: dict[str, str]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        factories.make_search(now, world.association_owner, **fields)


def test_alerts_are_changed_and_what_came_in_a_silence_is_no_news(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    before = now - dt.timedelta(days=9)
    loud = factories.make_search(before, world.association_owner)
    silent = factories.make_search(before, world.association_owner, "acces=on", frequency="never")
    client = visitor(world.association_owner)
    for search in (loud, silent):
        assert client.post(f"{LIST}{search.pk}/alertes/", {"frequency": "weekly"}).status_code == 302
    loud.refresh_from_db()
    silent.refresh_from_db()
    assert (loud.frequency, loud.news_since_at) == ("weekly", before)
    assert (silent.frequency, silent.news_since_at >= now) == ("weekly", True)
    client.post(f"{LIST}{loud.pk}/alertes/", {"frequency": "daily"})
    loud.refresh_from_db()
    assert loud.frequency == "weekly"


def test_search_is_forgotten_by_its_person_alone(world: World, now: dt.datetime, visitor: Visitor) -> None:
    search = factories.make_search(now, world.association_owner)
    assert visitor(world.company_owner).post(f"{LIST}{search.pk}/supprimer/").status_code == 404
    assert visitor(world.association_owner).post(f"{LIST}{search.pk}/supprimer/").status_code == 302
    assert not SavedSearch.objects.exists()


def test_searches_go_with_their_person(now: dt.datetime, db: None) -> None:
    user = factories.make_user()
    factories.make_search(now, user)
    user.delete()
    assert not SavedSearch.objects.exists()


def test_page_without_a_search_says_how_to_save_one(world: World, visitor: Visitor) -> None:
    page = visitor(world.association_owner).get(LIST).text
    assert "Vous n’avez enregistré aucune recherche." in page
    assert visitor(world.association_owner).get(f"/associations/{world.association.slug}/").text.count(LIST) == 1


def test_searches_kept_by_an_insee_code_still_mean_it(world: World, now: dt.datetime) -> None:
    step: Any = import_module("workshops.migrations.0015_searches_by_insee").Migration.operations[0]
    kept = ("lieu=59350", "acces=on&lieu=2A004&rayon=5", "departement=59", "")
    searches = [factories.make_search(now, world.association_owner, query) for query in kept]
    told = ["lieu=insee-59350", "acces=on&lieu=insee-2A004&rayon=5", "departement=59", ""]
    for sql, queries in ((step.sql, told), (step.sql, told), (step.reverse_sql, list(kept))):
        with connection.cursor() as cursor:
            cursor.execute(sql)
        assert [SavedSearch.objects.get(pk=one.pk).query for one in searches] == queries
