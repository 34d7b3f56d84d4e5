"""Addresses that only take a form, and who comes to them by the way that sign-in leads back."""

from __future__ import annotations

from collections.abc import Callable

from django.test import Client
from django.urls import reverse

from accounts.models import User
from tests.factories import World

Visitor = Callable[[User], Client]


def test_who_signs_in_again_is_led_to_the_page_of_the_form(world: World, visitor: Visitor) -> None:
    joining = reverse("workshops:volunteer_join", args=[world.slot.pk])
    asked = Client().post(joining)
    assert asked.headers["Location"] == f"{reverse('account_login')}?next={joining}"
    page = visitor(world.volunteer).get(joining, follow=True)
    assert (page.redirect_chain, page.status_code) == ([(reverse("workshops:volunteering"), 302)], 200)
    assert "Votre geste n’a pas été enregistré" in page.text


def test_address_that_only_takes_a_form_leads_over_what_is_no_page(world: World, visitor: Visitor) -> None:
    role = reverse("companies:member_role", args=[world.company.slug, 1])
    page = visitor(world.company_owner).get(role)
    assert page.headers["Location"] == reverse("companies:members", args=[world.company.slug])


def test_stranger_is_asked_to_sign_in_and_a_form_stays_a_form(world: World, visitor: Visitor) -> None:
    address = reverse("workshops:volunteer_join", args=[world.slot.pk])
    assert Client().get(address).headers["Location"].startswith(reverse("account_login"))
    assert visitor(world.volunteer).post(address).status_code == 302
