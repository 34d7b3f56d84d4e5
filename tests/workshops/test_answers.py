"""Answering a request from its mail: two clicks, and never by looking."""

import datetime as dt
import uuid

import pytest
import time_machine
from django.db.models import F
from django.test import Client

from companies.models import BookingMode, Slot
from mail.models import Message
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.answers import answer_path
from workshops.models import Booking, Report, Side, Workshop


@pytest.fixture
def link(world: World, now: dt.datetime) -> str:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    actions.book_slot(
        slot_id=world.slot.pk,
        association=world.association,
        participants=6,
        topic="email",
        message="Un groupe de retraités",
        key=uuid.uuid4(),
        request=None,
        by=world.association_owner,
        now=now,
    )
    return str(Message.objects.get(template="booking_requested").context["url"])


def test_looking_changes_nothing(link: str, client: Client) -> None:
    page = client.get(link)
    assert "demande ce créneau" in page.text
    assert client.post(link, {"answer": "perhaps"}).status_code == 200
    assert Booking.objects.get().is_pending


def test_programs_that_only_look_at_a_link_find_it(link: str, client: Client) -> None:
    answer = client.head(link)
    assert (answer.status_code, Booking.objects.get().state) == (200, "pending")


def test_company_accepts_with_one_button(link: str, world: World, client: Client) -> None:
    assert "Cette demande est confirmée" in client.post(link, {"answer": "yes"}).text
    booking = Booking.objects.get()
    assert (booking.state, booking.settled_by) == ("confirmed", world.company_owner)
    again = client.post(link, {"answer": "no_host"})
    assert (again.status_code, "déjà confirmée" in again.text) == (409, True)


def test_company_declines_with_the_reason_on_the_button(link: str, world: World, client: Client) -> None:
    assert client.get(link).text.count("le créneau est retiré aussi") == 3
    declined = client.post(link, {"answer": "no_host"}).text
    assert ("Cette demande est déclinée" in declined, "Le créneau est retiré" in declined) == (True, True)
    booking = Booking.objects.get()
    assert (booking.why, booking.settled_by) == ("Personne ne peut accueillir ce jour-là", world.company_owner)


def test_link_is_of_no_use_after_the_clock(link: str, client: Client, now: dt.datetime) -> None:
    with time_machine.travel(now + dt.timedelta(hours=96)):
        assert "Cette demande est restée sans réponse" in client.get(link).text
        assert client.post(link, {"answer": "yes"}).status_code == 409
    assert Booking.objects.get().is_pending


@pytest.mark.parametrize("answer", ["yes", "no_host", None])
def test_link_shows_nothing_a_month_after_the_answer(
    link: str, world: World, client: Client, now: dt.datetime, answer: str | None
) -> None:
    ends = now if answer else now + dt.timedelta(hours=96)
    if answer:
        client.post(link, {"answer": answer})
    with time_machine.travel(ends + dt.timedelta(days=29), tick=False):
        assert world.association.name in client.get(link).text or answer != "yes"
    with time_machine.travel(ends + dt.timedelta(days=30, hours=1), tick=False):
        for page in (client.get(link), client.post(link, {"answer": "yes"})):
            assert (page.status_code, "Ce lien a expiré" in page.text) == (410, True)
            assert (world.association.name in page.text, "Hélène" in page.text) == (False, False)


@pytest.mark.parametrize(
    ("state", "told", "said"),
    [
        ("completed", True, "L’atelier a eu lieu."),
        ("completed", False, "Cet atelier est clos\u00a0: personne n’en a rendu compte."),
        ("no_show", False, "Une absence à cet atelier est signalée."),
    ],
)
def test_link_says_what_became_of_the_workshop(
    link: str, client: Client, now: dt.datetime, state: str, said: str, *, told: bool
) -> None:
    Booking.objects.update(state="confirmed", settled_at=F("created_at"), expires_at=None)
    workshop = Workshop.objects.create(booking=Booking.objects.get(), created_at=now)
    if told:
        Report.objects.create(workshop=workshop, side=Side.ASSOCIATION, attended=5, rating=4, created_at=now)
    Booking.objects.update(state=state)
    assert said in client.get(link).text
    again = client.post(link, {"answer": "yes"})
    assert (again.status_code, said in again.text) == (409, True)


def test_link_of_who_left_the_company_leads_nowhere(link: str, world: World, client: Client) -> None:
    world.company.memberships.filter(user=world.company_owner).update(user=factories.make_user())
    assert client.post(link, {"answer": "yes"}).status_code == 404


def test_link_of_another_purpose_or_wait_leads_nowhere(
    link: str, world: World, client: Client, now: dt.datetime
) -> None:
    assert client.get(link.replace("repondre", "prendre")).status_code == 404
    booking = Booking.objects.with_everything().get()
    Booking.objects.update(expires_at=now + dt.timedelta(hours=50))
    assert client.get(answer_path(booking, world.company_owner)).status_code == 404
