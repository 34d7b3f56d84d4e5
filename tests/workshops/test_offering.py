"""A company proposes one of its evenings to an association that looks for one."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings

from accounts.models import Role, User
from accounts.vocabulary import Topic
from associations.models import Request
from companies.models import Availability, BookingMode, Company, Room, Slot
from mail.models import Message
from mail.rendering import render
from solidarite.invariants import FACTS, broken
from territories.wording import long_date, wall_time
from tests import factories
from tests.factories import World
from tests.races import Move, at_once
from workshops import actions
from workshops.actions import offering
from workshops.answers import hold_path
from workshops.catalogue import bookable
from workshops.models import Booking

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)
ROUNDS = 8


@pytest.fixture
def wanted(world: World, now: dt.datetime) -> Request:
    factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)
    return factories.make_request(now, world.association)


def offer(world: World, wanted: Request, now: dt.datetime, slot: Slot | None = None) -> Booking:
    number = (slot or world.slot).pk
    return actions.offer_slot(slot_id=number, request=wanted, by=world.company_owner, now=now)


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("template", "to_name"))


def test_slot_is_kept_for_three_days_and_its_association_told(world: World, wanted: Request, now: dt.datetime) -> None:
    offered = offer(world, wanted, now)
    assert (offered.state, offered.association, offered.expires_at) == ("held", world.association, now + 3 * DAY)
    assert (offered.offered_by, offered.request, offered.topic) == (world.company_owner, wanted, wanted.topics[0])
    assert not bookable(now).filter(pk=world.slot.pk).exists()
    assert told() == [("slot_offered", "Karim")]
    assert offer(world, wanted, now) == offered
    assert (Booking.objects.count(), len(told()), broken(now=now, checks=FACTS)) == (1, 1, {})


@pytest.mark.parametrize("mode", BookingMode)
def test_one_button_of_the_mail_books_it(
    world: World, wanted: Request, now: dt.datetime, client: Client, mode: BookingMode
) -> None:
    """Also where the company has the last word: it has said it."""
    Slot.objects.update(booking_mode=mode)
    offered = offer(world, wanted, now)
    link = Message.objects.get(template="slot_offered").context["url"]
    page = client.get(link).text
    assert ("Réserver ce créneau" in page, "personne suivante" in page) == (True, False)
    assert "Le créneau est à vous" in client.post(link, {"answer": "yes"}).text
    offered.refresh_from_db()
    wanted.refresh_from_db()
    assert (offered.state, offered.workshop.state, wanted.state) == ("confirmed", "planned", "in_progress")
    assert broken(now=now, checks=FACTS) == {}


def test_what_is_not_taken_is_free_again_and_its_company_told(world: World, wanted: Request, now: dt.datetime) -> None:
    offered = offer(world, wanted, now)
    actions.refuse_hold(booking=offered, by=world.association_owner, now=now)
    assert bookable(now).filter(pk=world.slot.pk).exists()
    assert told() == [("offer_declined", "Hélène"), ("slot_offered", "Karim")]
    wanted.refresh_from_db()
    assert wanted.state == "open"
    with pytest.raises(actions.NotWished, match="ne lui convient pas"):
        offer(world, wanted, now + DAY)
    actions.forget_dismissals(request=wanted)
    again = offer(world, wanted, now + DAY)
    assert again.expires_at is not None
    actions.expire_bookings(now=again.expires_at)
    again.refresh_from_db()
    assert again.state == "expired"
    declined = Message.objects.filter(template="offer_declined").values_list("context__expired", flat=True)
    assert sorted(declined) == [False, True]
    assert broken(now=now, checks=FACTS) == {}


@pytest.mark.parametrize(("closes_in", "kept", "free"), [(5 * DAY, 3 * DAY, True), (DAY, DAY, False)])
def test_until_when_it_is_kept_is_said_as_it_is(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor, closes_in: dt.timedelta, kept: dt.timedelta,
    *, free: bool,
) -> None:  # fmt: skip
    """Where the slot's own bookings close first, nobody else may have it afterwards."""
    Slot.objects.filter(pk=world.slot.pk).update(closes_at=now + closes_in)
    client, address = visitor(world.company_owner), reverse("workshops:offer", args=[world.company.slug, wanted.pk])
    assert "ou jusqu’à la fin de ses réservations" in client.get(address).text
    done = client.post(address, {"slot": world.slot.pk}, follow=True).text
    end = (now + kept).astimezone(ZoneInfo("Europe/Paris"))
    said = f"jusqu’au {long_date(end.date())}, {wall_time(end)}"
    offered = Booking.objects.get()
    mail = Message.objects.get(template="slot_offered")
    pages = [client.get(mail.context["url"]).text, render(mail).text, render(mail).html]
    assert offered.expires_at is not None
    assert f"elle a {said}" in done
    assert [(said in page, "nsuite" in page) for page in pages] == [(True, free)] * 3
    actions.expire_bookings(now=offered.expires_at)
    declined = render(Message.objects.get(template="offer_declined"))
    assert ["de nouveau le réserver" in text for text in (declined.text, declined.html)] == [free] * 2


@pytest.mark.parametrize("how", ["withdrawn", "hidden"])
def test_what_is_kept_for_a_request_that_ends_is_free_again(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor, how: str
) -> None:
    offered = offer(world, wanted, now)
    if how == "withdrawn":
        page = reverse("workshops:association_request_withdraw", args=[world.association.slug, wanted.pk])
        assert "Votre demande est retirée." in visitor(world.association_owner).post(page, follow=True).text
    else:
        actions.hide_request(request=wanted, reason="Hors sujet.", by=world.moderator, now=now)
    offered.refresh_from_db()
    wanted.refresh_from_db()
    assert (offered.is_held, wanted.state, bookable(now).filter(pk=world.slot.pk).exists()) == (False, how, True)
    assert ("offer_declined", "Hélène") in told()


def test_what_waits_for_an_answer_for_a_request_is_taken_back_with_it(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    """The company is told; what was asked for without the request, or for another one, goes on waiting."""
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7), booking_mode="on_approval")
    asked, apart = (
        factories.make_booking(now, slot, world.association, state="pending", request=request)
        for slot, request in ((world.slot, wanted), (other, None))
    )
    page = reverse("workshops:association_request_withdraw", args=[world.association.slug, wanted.pk])
    done = visitor(world.association_owner).post(page, follow=True).text
    assert "Ce qui attendait une réponse pour elle l’est aussi" in done
    for one in (asked, apart):
        one.refresh_from_db()
    assert (asked.state, apart.state) == ("cancelled_by_association", "pending")
    assert ("booking_withdrawn", "Hélène") in told()


def test_nothing_is_taken_for_a_request_that_has_ended(world: World, wanted: Request, now: dt.datetime) -> None:
    """Whatever ended it."""
    offered = offer(world, wanted, now)
    Request.objects.update(state="hidden", hidden_reason="Hors sujet.")
    with pytest.raises(actions.NoLongerHeld, match="n’est plus ouverte"):
        actions.take_hold(booking=offered, by=world.association_owner, now=now)


def test_one_proposal_at_a_time(world: World, wanted: Request, now: dt.datetime) -> None:
    offer(world, wanted, now)
    other = factories.make_slot(world.room, world.slot.starts_at + 7 * DAY)
    with pytest.raises(actions.NotSought, match="en ce moment"):
        offer(world, wanted, now, other)
    assert offer(world, wanted, now + 3 * DAY, other).is_held


def test_what_may_not_be_is_refused_in_words(
    world: World, wanted: Request, now: dt.datetime, settings: Settings
) -> None:
    Slot.objects.update(places=2)
    with pytest.raises(actions.TooMany, match="accueille 2"):
        offer(world, wanted, now)
    Slot.objects.update(places=8)
    settings.BOOKINGS_PER_ASSOCIATION = 0
    with pytest.raises(actions.TooManyBookings, match="Cette association"):
        offer(world, wanted, now)
    settings.BOOKINGS_PER_ASSOCIATION = 9
    taken = factories.make_slot(world.room, world.slot.starts_at + DAY)
    factories.make_booking(now, taken, factories.make_association(now))
    with pytest.raises(actions.SlotTaken):
        offer(world, wanted, now, taken)
    Request.objects.update(state="withdrawn", withdrawn_at=now)
    with pytest.raises(actions.NotSought):
        offer(world, wanted, now)
    new = factories.make_request(now, factories.make_association(now, admitted=False))
    with pytest.raises(actions.NotSought, match="pas encore admise"):
        offer(world, new, now)
    assert not Booking.objects.filter(offered_at__isnull=False).exists()


def test_who_waits_for_an_answer_is_answered_first(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    client, address = visitor(world.company_owner), reverse("workshops:offer", args=[world.company.slug, wanted.pk])
    choice = f'name="slot" value="{world.slot.pk}"'
    assert choice in client.get(address).text
    asked = book(world.slot, factories.make_request(now, factories.make_association(now)), now)
    assert choice not in client.get(address).text
    with pytest.raises(actions.SomebodyWaits, match="répondez-lui d’abord"):
        offer(world, wanted, now)
    assert asked.expires_at is not None
    assert offer(world, wanted, asked.expires_at).is_held


def test_what_is_proposed_is_not_to_be_asked_for(world: World, wanted: Request, now: dt.datetime) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    offered = offer(world, wanted, now)
    rival = factories.make_request(now, factories.make_association(now))
    with pytest.raises(actions.SlotTaken):
        book(world.slot, rival, now)
    assert offered.expires_at is not None
    assert book(world.slot, rival, offered.expires_at).is_pending


def test_who_takes_back_what_it_offered_says_so(world: World, wanted: Request, now: dt.datetime) -> None:
    offer(world, wanted, now)
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    told = render(Message.objects.get(template="booking_declined"))
    assert "ne vous propose plus le" in told.subject
    for text in (told.text, told.html):
        assert ("retire le créneau" in text, "ne peut pas" in text) == (True, False)


def test_request_answered_meanwhile_leads_to_others(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    client, pages = visitor(world.company_owner), [reverse("workshops:offer_from", args=[wanted.pk])]
    pages += [reverse(f"workshops:{name}", args=[world.company.slug, wanted.pk]) for name in ("offer", "offer_evening")]
    Request.objects.update(state="withdrawn", withdrawn_at=now)
    answers = [client.get(pages[0], follow=True), *(client.post(page, follow=True) for page in pages[1:])]
    for done in answers:
        assert (done.redirect_chain[-1][0], "n’attend plus de proposition" in done.text) == (
            reverse("workshops:requests"),
            True,
        )
    Request.objects.update(state="in_review", withdrawn_at=None)
    assert [client.post(page, {}).status_code for page in pages[1:]] == [404, 404]


@pytest.mark.parametrize("obstacle", ["on offer", "not admitted"])
def test_what_takes_no_proposal_says_so_before_anybody_chooses(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor, obstacle: str
) -> None:
    if obstacle == "on offer":
        factories.make_booking(
            now, world.slot, world.association, state="held", request=wanted, offered_at=now,
            offered_by=world.company_owner, expires_at=now + DAY, settled_at=None, settled_by=None,
        )  # fmt: skip
        badge, said = "créneau déjà proposé", "n’attend pas de proposition en ce moment"
    else:
        Request.objects.filter(pk=wanted.pk).update(association=factories.make_association(now, admitted=False))
        badge, said = "association pas encore admise", "n’est pas encore admise"
    wanted.refresh_from_db()
    other = factories.make_company(now)
    client = visitor(other.owners()[0])
    listed = client.get(reverse("workshops:requests"), {"partout": "on"}).text
    assert (badge in listed, reverse("workshops:offer_from", args=[wanted.pk]) in listed) == (True, False)
    pages = [reverse(f"workshops:{name}", args=[other.slug, wanted.pk]) for name in ("offer", "offer_evening")]
    for done in (client.get(pages[0], follow=True), *(client.post(page, follow=True) for page in pages)):
        assert done.redirect_chain[-1][0] == reverse("workshops:requests")
        assert (said in done.text, wanted.association.name in done.text) == (True, False)


def test_company_that_is_no_signatory_is_led_to_the_charter_before_it_chooses(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    unsigned = factories.make_company(now, signatory=False)
    room = factories.make_room(now, factories.make_site(now, unsigned))
    slot, before = factories.make_slot(room, world.slot.starts_at), Availability.objects.count()
    client = visitor(unsigned.owners()[0])
    address, opened = (
        reverse(f"workshops:{name}", args=[unsigned.slug, wanted.pk]) for name in ("offer", "offer_evening")
    )
    sent = evening(world, now, room=room.pk)
    answers = (client.get(address), client.post(address, {"slot": slot.pk}), client.post(opened, sent))
    assert [answer.status_code for answer in answers] == [200, 422, 422]
    for answer in answers:
        assert "Seules les entreprises signataires" in answer.text
        assert (reverse("company", args=[unsigned.slug]) in answer.text, 'name="date"' in answer.text) == (True, False)
    with pytest.raises(actions.NotSignatory):
        offer(world, wanted, now, slot)
    with pytest.raises(actions.NotSignatory):
        actions.offer_evening(opening=one_evening(room, now), request=wanted, by=unsigned.owners()[0], now=now)
    assert (Booking.objects.count(), Availability.objects.count()) == (0, before)


def test_company_whose_signature_has_ended_is_told_so(world: World, wanted: Request, now: dt.datetime) -> None:
    Company.objects.update(charter_until_at=now)
    with pytest.raises(actions.NotSignatory, match="signataires"):
        offer(world, wanted, now)


def test_every_refusal_speaks_to_the_company() -> None:
    said = [str(refusal) for refusal in offering._refusals().values()]
    assert [words for words in said if "Votre association" in words] == []


def test_company_proposes_from_the_list_of_requests(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.company_owner)
    assert reverse("workshops:offer_from", args=[wanted.pk]) in client.get(reverse("workshops:requests")).text
    page = client.get(reverse("workshops:offer_from", args=[wanted.pk]), follow=True)
    address = reverse("workshops:offer", args=[world.company.slug, wanted.pk])
    assert (page.redirect_chain[-1][0], world.association.name in page.text) == (address, False)
    assert "Choisissez une date" in client.post(address, {}).text
    done = client.post(address, {"slot": world.slot.pk}, follow=True).text
    assert ("elle a jusqu’au" in done, world.association.name in done) == (True, True)
    assert "Vous avez déjà proposé" in client.post(address, {"slot": world.slot.pk}, follow=True).text
    factories.make_company(now, owner=world.company_owner, name="Fonderie")
    assert "Fonderie" in client.get(reverse("workshops:offer_from", args=[wanted.pk])).text
    stranger = visitor(world.association_owner).get(reverse("workshops:offer_from", args=[wanted.pk]))
    assert stranger["Location"] == reverse("companies:create")
    colleague = visitor(world.volunteer).get(reverse("workshops:offer_from", args=[wanted.pk]), follow=True)
    assert colleague.redirect_chain == [(reverse("workshops:requests"), 302)]
    assert f"au nom de {world.company.name}\u00a0: parlez-en à {world.company_owner.name}." in colleague.text


def test_what_few_ask_for_is_said_wherever_the_request_is(
    world: World, now: dt.datetime, wanted: Request, visitor: Visitor
) -> None:
    Request.objects.update(step_free=True, languages=["ar", "uk"])
    address = reverse("workshops:offer", args=[world.company.slug, wanted.pk])
    own = reverse("associations:requests", args=[world.association.slug])
    company = visitor(world.company_owner)
    pages = [company.get(address).text, company.get(reverse("workshops:requests")).text]
    pages.append(visitor(world.association_owner).get(own).text)
    said = "ccès sans marche, bénévoles qui parlent arabe et ukrainien"
    assert [said in page for page in pages] == [True] * 3
    assert "sur un site où l’on entre sans marche" in pages[0]


def test_who_answers_reads_that_nobody_speaks_their_language(
    world: World, now: dt.datetime, wanted: Request, visitor: Visitor, client: Client
) -> None:
    Request.objects.update(languages=["ar", "uk"])
    Slot.objects.all().delete()
    address = reverse("workshops:offer", args=[world.company.slug, wanted.pk])
    assert "Il lui faut des bénévoles qui parlent arabe et ukrainien." in visitor(world.company_owner).get(address).text
    site = world.room.site
    slot = factories.make_slot(world.room, world.slot.starts_at)
    booking = factories.make_booking(
        now, slot, world.association, state="held", request=wanted, offered_at=now, expires_at=now + dt.timedelta(1)
    )
    speaker = factories.make_user()
    factories.add_member(site.company, speaker, Role.VOLUNTEER, now)
    factories.make_profile(now, world.company, speaker, languages=["ar"])
    factories.make_promise(now, slot, speaker)
    link = hold_path(booking, world.association_owner)
    assert "Aucun bénévole inscrit à ce créneau ne parle encore ukrainien" in client.get(link).text


def test_what_is_sooner_but_does_not_serve_hides_nothing(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many evenings a company opens elsewhere, or on other days."""
    monkeypatch.setattr("workshops.views.offering.LOOKED_AT", 1)
    far = factories.make_site(now, world.company, latitude=43.3, longitude=5.4)
    factories.make_slot(factories.make_room(now, far), world.slot.starts_at - dt.timedelta(days=1))
    page = visitor(world.company_owner).get(reverse("workshops:offer", args=[world.company.slug, wanted.pk])).text
    assert "Garder ce créneau" in page


def test_form_sent_several_times_at_once_leads_to_what_is_kept(
    committed: None, now: dt.datetime, visitor: Visitor
) -> None:
    world = factories.make_world(now)
    wanted = factories.make_request(now, world.association)
    address = reverse("workshops:offer", args=[world.company.slug, wanted.pk])
    clients = [visitor(world.company_owner) for _ in range(4)]

    def send(client: Client) -> None:
        assert client.post(address, {"slot": world.slot.pk}).status_code == 302

    assert at_once(*[partial(send, client) for client in clients]) == {"done": 4}


def test_company_without_a_fitting_evening_is_told_what_is_wanted(
    world: World, wanted: Request, visitor: Visitor
) -> None:
    Slot.objects.update(places=2)
    page = visitor(world.company_owner).get(reverse("workshops:offer", args=[world.company.slug, wanted.pk])).text
    assert ("Garder ce créneau" in page, "Ouvrir cette soirée pour elle" in page) == (False, True)


def book(slot: Slot, wanted: Request, now: dt.datetime) -> Booking:
    return actions.book_slot(
        slot_id=slot.pk,
        association=wanted.association,
        participants=6,
        topic=Topic.EMAIL,
        message="",
        key=uuid.uuid4(),
        request=wanted,
        by=wanted.association.managers()[0],
        now=now,
    )


@pytest.mark.parametrize("accepts", [False, True])
def test_evening_is_proposed_while_another_is_booked_for_the_same_request(
    now: dt.datetime, settings: Settings, committed: None, *, accepts: bool
) -> None:
    """Whoever comes first: nobody waits for each other."""
    settings.BOOKINGS_PER_ASSOCIATION = 99
    world = factories.make_world(now)
    factories.make_signature(now, world.company, world.charter, state="approved", decided_at=now)
    for days in range(ROUNDS):
        wanted = factories.make_request(now, world.association)
        first = factories.make_slot(world.room, world.slot.starts_at + (2 * days + 1) * DAY)
        other = factories.make_slot(world.room, world.slot.starts_at + (2 * days + 2) * DAY)
        rival: Move = partial(book, other, wanted, now)
        if accepts:
            Slot.objects.filter(pk=other.pk).update(booking_mode=BookingMode.ON_APPROVAL)
            asked = book(other, wanted, now)
            rival = partial(actions.accept_booking, booking=asked, by=world.company_owner, now=now)
        outcome = at_once(partial(offer, world, wanted, now, first), rival)
        assert outcome in ({"done": 2}, {"done": 1, "NotSought": 1})


def one_evening(room: Room, now: dt.datetime, *, days: int = 10, start: int = 18) -> Availability:
    date = (now + days * DAY).date()
    return Availability(
        room=room, weekdays=[date.isoweekday()], from_date=date, until_date=date, start_time=dt.time(start),
        end_time=dt.time(start + 2), places=10, computers=8, notice_hours=24, booking_mode=BookingMode.INSTANT,
    )  # fmt: skip


def evening(world: World, now: dt.datetime, **typed: object) -> dict[str, object]:
    day = (now + 10 * DAY).date()
    return {"room": world.room.pk, "date": day, "start_time": "18:00", "end_time": "20:00", **typed}


def test_company_opens_an_evening_for_a_request(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    """Nobody else can have it before the association has answered; sent twice, it is one."""
    client, before = visitor(world.company_owner), Slot.objects.count()
    address = reverse("workshops:offer_evening", args=[world.company.slug, wanted.pk])
    for said in ("elle a jusqu’au", "Vous avez déjà proposé"):
        assert said in client.post(address, evening(world, now), follow=True).text
    offered = Booking.objects.get()
    assert (offered.state, offered.request, offered.expires_at) == ("held", wanted, offered.created_at + 3 * DAY)
    assert (Slot.objects.count(), offered.slot.places, offered.slot.booking_mode) == (before + 1, 10, "on_approval")
    assert not bookable(now).filter(pk=offered.slot_id).exists()
    assert told() == [("slot_offered", "Karim")]
    actions.refuse_hold(booking=offered, by=world.association_owner, now=now)
    assert bookable(now).filter(pk=offered.slot_id).exists()
    assert broken(now=now, checks=FACTS) == {}


@pytest.mark.parametrize(
    ("typed", "word"),
    [
        ({"date": "2027-06-01"}, "L’association cherche entre"),
        ({"start_time": "10:00", "end_time": "12:00"}, "17"),
        ({"end_time": "17:00"}, "heure de fin après"),
        ({"start_time": "17:30", "end_time": "23:31"}, "dure 6\u00a0heures au plus"),
        ({"date": "2026-12-08", "start_time": "18:30", "end_time": "20:30"}, "salle déjà prise"),
        ({"date": ""}, "obligatoire"),
        ({"room": 0}, "Sélectionnez un choix valide"),
    ],
)
def test_evening_that_cannot_be_is_neither_opened_nor_offered(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor, typed: dict[str, object], word: str
) -> None:
    before = Slot.objects.count()
    address = reverse("workshops:offer_evening", args=[world.company.slug, wanted.pk])
    answer = visitor(world.company_owner).post(address, evening(world, now, **typed))
    assert (answer.status_code, word in answer.text) == (422, True)
    assert (Slot.objects.count(), Booking.objects.count(), Availability.objects.count()) == (before, 0, 0)


@pytest.mark.parametrize(
    ("wish", "typed", "words"),
    [
        ({"weekdays": [2, 4]}, {"date": "2026-12-11"}, ["le mardi et le jeudi", "un vendredi"]),
        ({"periods": ["afternoon"]}, {"date": "2026-12-12"}, ["l’après-midi", "une autre heure"]),
        ({"weekdays": [6], "periods": ["morning"]}, {"date": "2026-12-13"}, ["le samedi", "le matin"]),
    ],
)
def test_evening_at_which_the_association_cannot_come_is_refused(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor, wish: dict[str, object],
    typed: dict[str, object], words: list[str],
) -> None:  # fmt: skip
    Request.objects.update(**wish)
    before = Slot.objects.count()
    address = reverse("workshops:offer_evening", args=[world.company.slug, wanted.pk])
    answer = visitor(world.company_owner).post(address, evening(world, now, **typed))
    errors = " ".join(itertools.chain(*answer.context["evening"].errors.values()))
    assert (answer.status_code, [word for word in words if word not in errors]) == (422, [])
    assert (Slot.objects.count(), Booking.objects.count()) == (before, 0)


def test_company_is_never_asked_for_an_hour_that_cannot_be(
    world: World, wanted: Request, visitor: Visitor, now: dt.datetime
) -> None:
    """From Monday to Friday companies open in the evening alone."""
    client = visitor(world.company_owner)
    address = reverse("workshops:offer_evening", args=[world.company.slug, wanted.pk])
    Request.objects.update(periods=["afternoon"])
    typed = {"room": str(world.room.pk), "start_time": "14:00", "end_time": "16:00"}
    refused = client.post(address, typed | {"date": "2026-12-08"})
    assert refused.context["evening"].errors == {
        "date": [
            "Du lundi au vendredi, un créneau commence à 17\u00a0h ou plus tard, et l’association cherche l’après-midi"
            "\u00a0: indiquez un jour du week-end."
        ]
    }
    assert client.post(address, typed | {"date": "2026-12-12"}).status_code == 302
    Booking.objects.all().delete()
    Request.objects.update(weekdays=[2])
    assert "en semaine et en journée" in client.post(address, typed | {"date": "2026-12-08"}, follow=True).text


@pytest.mark.parametrize(
    "wish",
    [
        {"weekdays": [3]},
        {"periods": ["afternoon"]},
        {"until_date": dt.date(2026, 12, 2)},
        {"from_date": dt.date(2026, 12, 12)},
    ],
)
def test_slot_is_offered_at_a_time_that_was_wished_alone(
    world: World, wanted: Request, now: dt.datetime, wish: dict[str, object]
) -> None:
    """Whatever page was read before."""
    Request.objects.update(**wish)
    wanted.refresh_from_db()
    by, before = world.company_owner, Availability.objects.count()
    with pytest.raises(actions.NotWished, match="L’association cherche"):
        offer(world, wanted, now)
    with pytest.raises(actions.NotWished):
        actions.offer_evening(opening=one_evening(world.room, now), request=wanted, by=by, now=now)
    assert (Booking.objects.count(), Availability.objects.count()) == (0, before)


def test_evening_too_soon_is_refused_in_words_of_its_form(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    address = reverse("workshops:offer_evening", args=[world.company.slug, wanted.pk])
    answer = visitor(world.company_owner).post(address, evening(world, now, date=now.date().isoformat()))
    (error,) = answer.context["evening"].errors["date"]
    assert (answer.status_code, "plus de 24\u00a0heures" in error, "prévenance" in answer.text) == (422, True, False)


def test_evening_is_opened_only_when_it_can_be_offered(
    world: World, wanted: Request, now: dt.datetime, settings: Settings
) -> None:
    """Both or neither: nothing is published for an association that has all it may have."""
    settings.BOOKINGS_PER_ASSOCIATION = 0
    before = Slot.objects.count()
    with pytest.raises(actions.TooManyBookings):
        actions.offer_evening(opening=one_evening(world.room, now), request=wanted, by=world.company_owner, now=now)
    assert (Slot.objects.count(), Availability.objects.count()) == (before, 0)


@pytest.mark.parametrize("fields", [{"participants": 11}, {"computers": 11}, {"commune": "97411"}, {"radius_km": 5}])
def test_rooms_too_small_or_too_far_are_not_proposed(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor, fields: dict[str, object]
) -> None:
    Request.objects.update(**fields)
    page = visitor(world.company_owner).get(reverse("workshops:offer", args=[world.company.slug, wanted.pk])).text
    assert ("Aucune de vos salles ne convient" in page, "Ouvrir cette soirée" in page) == (True, False)
