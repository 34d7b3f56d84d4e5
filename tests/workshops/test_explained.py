"""What everybody may read of how proposals are made is what is so."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings


def test_limits_are_those_that_hold(client: Client, db: None, settings: Settings) -> None:
    settings.BOOKINGS_PER_ASSOCIATION = 17
    page = client.get(reverse("workshops:matching")).text.replace("\u202f", "").replace("\u00a0", "")
    for said in (
        "pour chaque demande les 200 meilleurs",
        "plus de 17 ateliers à venir",
        "les 2000 prochains créneaux",
        "les 1000 demandes qui attendent",
        "ses 200 prochains créneaux libres",
        "n’est proposé une seconde fois que si l’équipe le choisit",
    ):
        assert said in page, said
