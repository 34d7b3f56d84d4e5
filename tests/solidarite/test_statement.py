"""The statement of accessibility, and the plan of the site."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from solidarite import rgaa
from solidarite.discovery import PAGES

pytestmark = pytest.mark.django_db
# How many criteria each subject of the RGAA 4.1.2 has.
SIZES = (9, 2, 3, 13, 8, 2, 5, 10, 4, 14, 13, 11, 12)


def test_statement_tells_every_criterion(client: Client) -> None:
    numbers = [one.number for one in rgaa.CRITERIA]
    assert numbers == [f"{subject}.{number + 1}" for subject, size in enumerate(SIZES, 1) for number in range(size)]
    page = client.get(reverse("accessibility")).text
    assert re.findall(r'<th scope="row">(\d+\.\d+)</th>', page) == numbers
    assert all(one.by for one in rgaa.CRITERIA if one.how == rgaa.How.TESTED)


def test_plan_of_the_site_names_every_page_for_everybody(client: Client) -> None:
    page = client.get(reverse("site_map")).text
    own = {reverse(name) for name in PAGES} - {reverse("site_map")}
    assert {address for address in own if f'href="{address}"' not in page} == set()
