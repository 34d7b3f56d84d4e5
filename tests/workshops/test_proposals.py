"""The page of a request, what is explained of proposals, and the weights that operators try."""

from __future__ import annotations

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse

from associations.models import Request
from tests import factories
from tests.addresses import signed_in_as
from tests.associations.test_requests import form_of
from tests.factories import World
from workshops.models import Dismissal, Part, Weighting


@pytest.fixture
def wanted(world: World, now: dt.datetime) -> Request:
    return factories.make_request(now, world.association)


@pytest.fixture
def page(world: World, wanted: Request) -> str:
    return reverse("workshops:association_request", args=[world.association.slug, wanted.pk])


@pytest.fixture
def karim(world: World) -> Client:
    return signed_in_as(world.association_owner)


def test_what_serves_is_proposed_with_its_reasons(karim: Client, page: str) -> None:
    shown = karim.get(page).text
    assert "Ce que nous vous proposons" in shown
    assert "8\u00a0ordinateurs pour 6\u00a0personnes, en soirée" in shown


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"computers": 9, "participants": 9}, "8\u00a0ordinateurs, il vous en faut 9"),
        ({"participants": 11}, "10\u00a0places pour 11\u00a0personnes"),
        ({"weekdays": [6]}, "le mardi, un jour que vous n’avez pas choisi"),
        ({"until_date": dt.date(2026, 12, 7)}, "le mardi 8\u00a0décembre 2026, hors de vos dates"),
        ({"languages": ["uk"]}, "aucun bénévole inscrit ne parle ukrainien"),
    ],
)
def test_the_one_thing_that_is_missing_is_said(
    world: World, now: dt.datetime, karim: Client, fields: dict[str, object], why: str
) -> None:
    wanted = factories.make_request(now, world.association, **fields)
    shown = karim.get(reverse("workshops:association_request", args=[world.association.slug, wanted.pk])).text
    assert "Aucun créneau libre ne convient" in shown
    assert why in shown


def test_dismissed_slot_leaves_the_page_and_comes_back(world: World, karim: Client, wanted: Request, page: str) -> None:
    dismiss = reverse("workshops:association_dismiss", args=[world.association.slug, wanted.pk, world.slot.pk])
    shown = karim.post(dismiss, {"why": "day"}, follow=True).text
    assert "Vous avez écarté 1\u00a0créneau pour cette demande." in shown
    assert "Ce que nous vous proposons" not in shown
    assert Dismissal.objects.get().why == Dismissal.Why.DAY
    again = reverse("workshops:association_undismiss", args=[world.association.slug, wanted.pk])
    assert "Ce que nous vous proposons" in karim.post(again, follow=True).text


@pytest.mark.parametrize("why", ["", "x"])
def test_reason_that_is_none_is_refused_in_words(world: World, karim: Client, wanted: Request, why: str) -> None:
    dismiss = reverse("workshops:association_dismiss", args=[world.association.slug, wanted.pk, world.slot.pk])
    assert "Choisissez un motif de la liste." in karim.post(dismiss, {"why": why}, follow=True).text
    assert not Dismissal.objects.exists()


def test_posted_request_leads_to_what_serves_it(world: World, now: dt.datetime, karim: Client) -> None:
    """The mail comes within a minute, the page knows at once."""
    address = reverse("associations:request_create", args=[world.association.slug])
    answer = karim.post(address, form_of(karim, address), follow=True)
    assert answer.redirect_chain[-1][0] == reverse(
        "workshops:association_request", args=[world.association.slug, Request.objects.get().pk]
    )
    assert "Ce que nous vous proposons" in answer.text


def test_weights_are_tried_before_they_are_saved(world: World, now: dt.datetime) -> None:
    """A change that puts another slot first is shown, and changes nothing until it is saved."""
    factories.make_request(now, world.association, until_date=dt.date(2027, 2, 28))
    small = factories.make_room(now, factories.make_site(now, world.company, latitude=50.6), capacity=6, computers=6)
    factories.make_slot(small, world.slot.starts_at + dt.timedelta(days=30))
    near = dict.fromkeys(Part.values, 0) | {"distance": 100}
    full = dict.fromkeys(Part.values, 0) | {"size": 100}
    operator = signed_in_as(factories.make_user("Odile", is_staff=True, is_superuser=True))
    address = reverse("workshops:weights")
    operator.post(address, near)
    tried = operator.get(address, full).text
    assert "1 verraient un autre créneau en premier" in tried
    assert Weighting.current().weights == near
    operator.post(address, full)
    operator.post(address, full)
    assert (Weighting.current().weights, Weighting.objects.count()) == (full, 2)
