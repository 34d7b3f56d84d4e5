"""The portal as an app: its name, its icon, its page without a network."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse
from PIL import Image

from accounts.models import User
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db
Visitor = Callable[[User], Client]


def test_manifest_names_icons_that_are_there(client: Client) -> None:
    described = client.get(reverse("manifest")).json()
    assert (described["display"], described["start_url"]) == ("standalone", reverse("dashboard"))
    drawn = [one for one in described["icons"] if one["type"] == "image/png"]
    for one in drawn:
        width, height = Image.open(io.BytesIO(client.get(one["src"]).content)).size
        assert f"{width}x{height}" == one["sizes"]
    assert {"192x192", "512x512"} <= {one["sizes"] for one in drawn}
    assert client.get(reverse("icon", args=[9999])).status_code == 404


def test_page_without_a_network_says_how_to_get_in(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """To both sides and to who promised to help; to nobody else."""
    factories.make_booking(now, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    pages = {
        person.email: visitor(person).get(reverse("offline")).text
        for person in (world.company_owner, world.association_owner, world.volunteer, world.moderator)
    }
    knows = {email for email, page in pages.items() if world.site.address in page}
    assert knows == set(pages) - {world.moderator.email}
    assert "Comment entrer" in pages[world.volunteer.email]


def test_page_without_a_network_shows_what_is_to_come(world: World, now: dt.datetime, visitor: Visitor) -> None:
    booking = factories.make_booking(now, world.slot, world.association, state="pending")
    client = visitor(world.association_owner)
    assert "Aucun atelier confirmé" in client.get(reverse("offline")).text
    type(booking).objects.filter(pk=booking.pk).delete()
    factories.make_booking(now - dt.timedelta(days=400), world.slot, world.association)
    assert world.room.name in client.get(reverse("offline")).text
