"""What is wrong with a field is said beside it as well as at the top, in every form of ours."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import World
from tests.typed import ROOM, SEASON, SITE

Visitor = Callable[[User], Client]
REQUEST = {
    "topics": ["email"],
    "level": "any",
    "participants": "6",
    "computers": "6",
    "commune": "Lille (59)",
    "radius_km": "20",
    "volunteers": "0",
    "from_date": "2026-12-01",
    "until_date": "2026-12-31",
}
SIGNATURE = {
    "version": "1",
    "pledged_rooms": "2",
    "pledged_computers": "16",
    "pledged_hours": "80",
    "signatory_name": "Hélène Carpentier",
    "signatory_capacity": "directrice",
    "signatory_email": "helene@example.org",
    "agreed": "on",
}

FAULTS = [
    *[("companies:site_create", SITE, "max_visitors", value) for value in ("0", "-1", "10001", "x", "")],
    *[("companies:room_create", ROOM, "capacity", value) for value in ("0", "500", "-3", "1e9")],
    ("companies:availability_create", SEASON, "start_time", "10:00"),
    ("companies:availability_create", SEASON, "end_time", "17:00"),
    ("companies:availability_create", SEASON, "until_date", "2027-12-31"),
    ("companies:availability_create", SEASON, "until_date", "2026-11-01"),
    ("companies:availability_create", SEASON, "places", "0"),
    ("companies:availability_create", SEASON, "notice_hours", "30000"),
    ("companies:availability_create", SEASON, "volunteers_offered", "51"),
    ("companies:availability_create", SEASON, "volunteers_offered", "32767"),
    *[("associations:request_create", REQUEST, "participants", value) for value in ("0", "201", "-1")],
    *[("associations:request_create", REQUEST, "computers", value) for value in ("-1", "900")],
    *[("associations:request_create", REQUEST, "radius_km", value) for value in ("0", "500")],
    ("associations:request_create", REQUEST, "until_date", "2026-11-30"),
    ("charter:sign", SIGNATURE, "pledged_rooms", "1001"),
    ("charter:sign", SIGNATURE, "pledged_computers", "32000"),
    ("charter:sign", SIGNATURE, "pledged_hours", "1000001"),
]


@pytest.mark.parametrize(("page", "typed", "field", "value"), FAULTS)
def test_fault_is_said_beside_its_field_and_at_the_top(
    world: World, visitor: Visitor, page: str, typed: dict[str, str], field: str, value: str
) -> None:
    space = page.split(":", maxsplit=1)[0]
    owner = world.association_owner if space == "associations" else world.company_owner
    of_page: dict[str, list[object]] = {
        "companies:site_create": [world.company.slug],
        "companies:room_create": [world.company.slug, world.site.pk],
        "companies:availability_create": [world.company.slug, world.room.pk],
        "associations:request_create": [world.association.slug],
        "charter:sign": [world.company.slug],
    }
    answer = visitor(owner).post(reverse(page, args=of_page[page]), typed | {field: value})
    assert answer.status_code == 422
    html = answer.text
    assert re.search(rf'<a href="#id_{field}"', html), "the summary leads to the field"
    assert re.search(rf'name="{field}"[^>]*aria-invalid="true"', html)
    assert re.search(rf'id="id_{field}_error"', html)
