"""Invented data as large as one likes: it keeps every promise, and is what it says."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from associations.models import Request
from companies.models import Company, Site, Slot
from solidarite.demonstration import national
from solidarite.demonstration.national import Scale
from solidarite.invariants import FACTS, broken
from tests import factories
from workshops.catalogue import bookable
from workshops.models import Booking

pytestmark = pytest.mark.django_db
SMALL = Scale(companies=4, associations=3, requests=30)


def load(now: dt.datetime, *, seed: int = 2015) -> None:
    national.load(SMALL, now=now, progress=io.StringIO(), seed=seed)


def test_of_each_site_fifty_evenings_are_free_and_two_booked(now: dt.datetime) -> None:
    load(now)
    counts = [model.objects.count() for model in (Company, Site, Slot, Booking, Request)]
    assert counts == [4, 20, 1040, 40, 30]
    assert bookable(now).count() == 1000
    assert Request.objects.open(now).count() == 30
    assert broken(now=now, checks=FACTS) == {}


def test_national_scale_is_what_is_measured() -> None:
    scale = national.SCALES["national"]
    assert (scale.sites, scale.slots - 2 * scale.sites, scale.requests) == (20_000, 1_000_000, 100_000)


def test_portal_goes_on_from_there(now: dt.datetime) -> None:
    load(now)
    room = factories.make_room(now, factories.make_site(now, factories.make_company(now)))
    association = factories.make_association(now)
    factories.make_booking(now, factories.make_slot(room, now + dt.timedelta(days=9)), association)
    factories.make_request(now, association)
    assert Slot.objects.count() == 1041


@pytest.mark.parametrize("scale", ["demo", "national"])
def test_command_leaves_a_database_with_accounts_alone(scale: str) -> None:
    User.objects.create_user("ana@example.org")
    with pytest.raises(CommandError, match="base vide"):
        call_command("seed", scale=scale)
