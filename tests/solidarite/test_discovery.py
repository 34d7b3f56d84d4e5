"""What machines read: pages to index, pictures beside links."""

from __future__ import annotations

import datetime as dt
import io
import re
from urllib.robotparser import RobotFileParser

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse
from PIL import Image

from charter.models import Edition
from tests import factories
from tests.factories import World

pytestmark = pytest.mark.django_db


def listed(client: Client) -> list[str]:
    return re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").text)


def test_sitemap_lists_what_everybody_reads_and_nothing_else(client: Client, world: World, now: dt.datetime) -> None:
    hidden = factories.make_company(now, signatory=False)
    taken = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    factories.make_booking(now, taken, world.association)
    Edition.objects.create(
        name="Automne", slug="automne", from_date=now, until_date=now, created_at=now, announced_at=now
    )
    paths = {address.removeprefix(settings.SITE_URL) for address in listed(client)}
    assert {
        "/",
        reverse("charter:signatory", args=[world.company.slug]),
        reverse("workshops:slot", args=[world.slot.pk]),
        reverse("charter:edition", args=["automne"]),
    } <= paths
    assert paths.isdisjoint(
        {reverse("charter:signatory", args=[hidden.slug]), reverse("workshops:slot", args=[taken.pk])}
    )
    assert {path: client.get(path).status_code for path in paths} == dict.fromkeys(paths, 200)


def test_robots_may_read_pages_and_no_account(client: Client, world: World) -> None:
    read = RobotFileParser()
    read.parse(client.get("/robots.txt").text.splitlines())
    assert read.site_maps() == [f"{settings.SITE_URL}/sitemap.xml"]
    open_to_them = ["/", reverse("workshops:search"), reverse("workshops:slot", args=[world.slot.pk])]
    closed = [reverse("account_login"), reverse("dashboard"), reverse("moderation")]
    assert [read.can_fetch("anybody", path) for path in open_to_them + closed] == [True] * 3 + [False] * 3


@pytest.mark.usefixtures("world")
def test_each_page_names_a_picture_that_is_there(client: Client, world: World) -> None:
    for path in ("/", reverse("workshops:slot", args=[world.slot.pk]), _signatory(world)):
        page = client.get(path).text
        picture = page.split('property="og:image" content="')[1].split('"')[0]
        answer = client.get(picture.removeprefix(settings.SITE_URL))
        assert Image.open(io.BytesIO(answer.content)).size == (1200, 630)


def test_picture_says_whatever_a_name_is(client: Client, world: World) -> None:
    """Names are words to the typesetter, never commands."""
    type(world.company).objects.filter(pk=world.company.pk).update(name='#panic("x") \\ $ 北京 العربية ' + "long " * 20)
    assert client.get(f"{_signatory(world)}partage.png").status_code == 200


def test_nothing_is_drawn_of_what_is_not_public(client: Client, world: World, now: dt.datetime) -> None:
    hidden = factories.make_company(now, signatory=False)
    assert client.get(reverse("charter:share_card", args=[hidden.slug])).status_code == 404
    slot = factories.make_slot(factories.make_room(now, factories.make_site(now, hidden)), world.slot.starts_at)
    assert client.get(reverse("workshops:slot_share_card", args=[slot.pk])).status_code == 404


def test_slot_tells_machines_when_where_and_who(client: Client, world: World) -> None:
    page = client.get(reverse("workshops:slot", args=[world.slot.pk])).text
    assert f"atelier numérique chez {world.company.name}" in page.split('name="description"')[1].split(">")[0]
    assert 'itemtype="https://schema.org/Event"' in page
    assert f'itemprop="startDate" content="{world.slot.starts_at.isoformat()}"' in page


def _signatory(world: World) -> str:
    return reverse("charter:signatory", args=[world.company.slug])
