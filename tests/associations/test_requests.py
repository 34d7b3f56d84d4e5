"""A form sent twice is one request."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

import pytest
from django.db import IntegrityError
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import User
from accounts.ranges import FIRST_DAY, LAST_DAY
from associations import actions
from associations.models import Request
from tests import factories
from tests.factories import World
from workshops.actions import tell_matches

Visitor = Callable[[User], Client]
TYPED: dict[str, object] = {
    "topics": ["email"], "level": "debutant", "participants": "6", "computers": "6", "commune": "Lille (59)",
    "radius_km": "20", "volunteers": "0", "from_date": "2026-12-01", "until_date": "2026-12-31",
}  # fmt: skip


def form_of(client: Client, address: str) -> dict[str, object]:
    """What the page sends, with its key."""
    return TYPED | {"key": str(client.get(address).context["form"]["key"].value())}


@pytest.mark.parametrize("admitted", [True, False])
def test_form_sent_twice_is_one_request(world: World, now: dt.datetime, visitor: Visitor, *, admitted: bool) -> None:
    owner = factories.make_user("Nina")
    association = factories.make_association(now, owner=owner, admitted=admitted)
    client, address = visitor(owner), reverse("associations:request_create", args=[association.slug])
    typed = form_of(client, address)
    said = "Votre demande est en ligne" if admitted else "La modération la regarde"
    for _ in range(2):
        assert said in client.post(address, typed, follow=True).text
    assert Request.objects.count() == 1


def test_form_gone_back_to_and_corrected_is_another_request(world: World, visitor: Visitor) -> None:
    client = visitor(world.association_owner)
    address = reverse("associations:request_create", args=[world.association.slug])
    typed = form_of(client, address)
    for corrected in ({}, {"participants": "7"}, {"participants": "7"}):
        client.post(address, typed | corrected)
    assert sorted(Request.objects.values_list("participants", flat=True)) == [6, 7]


def test_form_sent_again_once_its_request_has_ended_is_another_one(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    address = reverse("associations:request_create", args=[world.association.slug])
    typed = form_of(client, address)
    client.post(address, typed)
    actions.withdraw_request(request=Request.objects.get(), now=now)
    client.post(address, typed)
    assert sorted(Request.objects.values_list("state", flat=True)) == ["open", "withdrawn"]


def test_forms_each_have_a_key(world: World, visitor: Visitor) -> None:
    client = visitor(world.association_owner)
    address = reverse("associations:request_create", args=[world.association.slug])
    for _ in range(2):
        client.post(address, form_of(client, address))
    assert Request.objects.count() == 2
    assert client.post(address, TYPED | {"key": "x"}).status_code == 422


def test_database_keeps_one_request_of_a_key(world: World, now: dt.datetime) -> None:
    key = uuid.uuid4()
    factories.make_request(now, world.association, key=key)
    with pytest.raises(IntegrityError):
        factories.make_request(now, world.association, key=key)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"until_date": "9999-12-31"}, "until_date"),
        ({"until_date": "2101-01-01"}, "until_date"),
        ({"from_date": "0001-01-01"}, "from_date"),
    ],
)
def test_request_within_the_days_of_the_calendar(
    world: World, visitor: Visitor, typed: dict[str, str], field: str
) -> None:
    client = visitor(world.association_owner)
    address = reverse("associations:request_create", args=[world.association.slug])
    refused = client.post(address, TYPED | typed)
    assert refused.status_code == 422
    assert refused.context["form"].errors[field] == ["Indiquez une date entre 2015 et 2100."]
    assert not Request.objects.exists()


@pytest.mark.parametrize(("since", "until"), [(dt.date(2014, 12, 31), None), (None, dt.date(2101, 1, 1))])
def test_database_keeps_requests_within_the_calendar(
    world: World, now: dt.datetime, since: dt.date | None, until: dt.date | None
) -> None:
    dates = {"from_date": since, "until_date": until}
    with pytest.raises(IntegrityError, match="request_dates_plausible"):
        factories.make_request(now, world.association, **{name: day for name, day in dates.items() if day})


def test_request_of_all_the_calendar_is_shown_and_matched(world: World, now: dt.datetime, visitor: Visitor) -> None:
    wanted = factories.make_request(now, world.association, from_date=FIRST_DAY, until_date=LAST_DAY)
    page = reverse("workshops:association_request", args=[world.association.slug, wanted.pk])
    assert visitor(world.association_owner).get(page).context["proposals"]
    assert tell_matches(now=now)


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        ({"weekdays": ["2"], "periods": ["morning"]}, "periods", "choisissez aussi le soir, ou un jour du week-end."),
        (
            {"weekdays": list("12345"), "periods": ["morning", "afternoon"]},
            "periods",
            "à 17\u00a0h ou plus tard",
        ),
        ({"periods": ["afternoon"], "until_date": "2026-12-04"}, "periods", "un jour du week-end."),
        ({"weekdays": ["6"], "until_date": "2026-12-04"}, "weekdays", "Aucun de ces jours n’est entre vos dates"),
        ({"weekdays": ["1"], "from_date": "2026-11-23", "until_date": "2026-12-04"}, "weekdays", "d’aujourd’hui"),
        ({"weekdays": ["2", "6"], "periods": ["morning"]}, "", ""),
        ({"weekdays": ["2"], "periods": ["morning", "evening"]}, "", ""),
        ({"weekdays": ["2"]}, "", ""),
        ({"periods": ["morning"]}, "", ""),
    ],
)
def test_request_that_no_slot_could_serve_is_refused(
    world: World, visitor: Visitor, typed: dict[str, object], field: str, words: str
) -> None:
    client = visitor(world.association_owner)
    address = reverse("associations:request_create", args=[world.association.slug])
    answer = client.post(address, TYPED | typed)
    assert (answer.status_code, Request.objects.count()) == ((422, 0) if field else (302, 1))
    if field:
        assert words in answer.context["form"].errors[field][0]


def test_daytime_is_asked_for_where_operators_allow_it(world: World, visitor: Visitor, settings: Settings) -> None:
    settings.DAYTIME_SLOTS_ALLOWED = True
    address = reverse("associations:request_create", args=[world.association.slug])
    visitor(world.association_owner).post(address, TYPED | {"weekdays": ["2"], "periods": ["morning"]})
    assert Request.objects.count() == 1


def test_words_sent_twice_are_kept_once(world: World, visitor: Visitor) -> None:
    client = visitor(world.association_owner)
    address = reverse("associations:request_create", args=[world.association.slug])
    often: dict[str, object] = {"topics": ["email", "sante"] * 250, "weekdays": ["6", "2"] * 40}
    assert client.post(address, TYPED | often | {"periods": ["evening"] * 9}).status_code == 302
    wanted = Request.objects.get()
    assert (wanted.topics, wanted.weekdays, wanted.periods) == (["email", "sante"], [6, 2], ["evening"])


@pytest.mark.parametrize("list_of", [{"topics": ["email"] * 20}, {"weekdays": [6] * 8}, {"periods": ["evening"] * 4}])
def test_database_keeps_lists_short(world: World, now: dt.datetime, list_of: dict[str, object]) -> None:
    with pytest.raises(IntegrityError, match="request_lists_short"):
        factories.make_request(now, world.association, **list_of)
