"""Moving a workshop to another slot in one step: both or neither."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from pytest_django.fixtures import Settings

from accounts.models import User
from associations.models import Association
from companies.models import BookingMode, Slot, SlotVolunteer
from mail.delivery import why_unwanted
from mail.models import Message
from mail.rendering import render, thread_headers
from tests import factories
from tests.factories import World
from tests.races import Move, at_once, second_waits
from workshops import actions, emails
from workshops.answers import answer_path
from workshops.feeds import feed_calendar
from workshops.models import Booking, CalendarFeed, Reason, Side, Workshop

Visitor = Callable[[User], Client]
WEEK = dt.timedelta(days=7)


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    return factories.make_booking(now, world.slot, world.association)


@pytest.fixture
def later(world: World) -> Slot:
    return factories.make_slot(world.room, world.slot.starts_at + WEEK)


def move(booking: Booking, slot: Slot, now: dt.datetime, side: Side = Side.ASSOCIATION) -> Booking:
    by = booking.association.owners()[0] if side == Side.ASSOCIATION else booking.slot.room.site.company.owners()[0]
    return actions.move_workshop(booking=booking, slot_id=slot.pk, side=side, by=by, now=now)


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("template", "to_name"))


@pytest.mark.parametrize(
    ("name", "french"),
    [("Les Passerelles", "des Passerelles"), ("Atelier Nord", "d’Atelier Nord"), ("Roubaix Clic", "de Roubaix Clic")],
)
def test_whose_workshop_was_moved_is_said_as_people_say_it(
    world: World, booking: Booking, later: Slot, now: dt.datetime, name: str, french: str
) -> None:
    world.association.name = name
    world.association.save(update_fields=["name"])
    User.objects.filter(pk=world.company_owner.pk).update(language="en")
    move(booking, later, now)
    said = {one.to_name: render(one) for one in Message.objects.filter(template="booking_moved")}
    assert f"L’atelier {french} a été déplacé." in said["Karim"].text
    assert f">{french}</strong> a été déplacé." in said["Karim"].html
    assert f"The workshop of {name} has been moved." in said["Hélène"].text


@pytest.mark.parametrize("side", Side)
def test_workshop_goes_over_with_its_event_and_frees_its_slot(
    world: World, booking: Booking, later: Slot, now: dt.datetime, side: Side
) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    moved = move(booking, later, now, side)
    booking.refresh_from_db()
    assert (moved.state, moved.slot, moved.moved_from, moved.workshop.state) == ("confirmed", later, booking, "planned")
    assert (booking.is_cancelled, booking.reason_code, Workshop.objects.count()) == (True, Reason.MOVED, 1)
    assert told() == [("booking_moved", name) for name in ("Hélène", "Karim", "Lucie")]
    assert SlotVolunteer.objects.count() == 0
    message = Message.objects.get(to_name="Karim")
    [event] = Calendar.from_ical(message.calendar).events
    assert (str(event["uid"]), event["sequence"]) == (f"booking-{booking.pk}@127.0.0.1", 2)
    assert event.start == later.starts_at
    assert "mardi 8\u00a0décembre 2026" in message.context["was"]
    assert factories.make_booking(now, world.slot, factories.make_association(now)).is_confirmed


def test_mails_of_a_moved_workshop_stand_in_one_thread(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    with transaction.atomic():
        emails.booking_confirmed(booking=booking, now=now)
    moved = move(booking, later, now)
    roots = {thread_headers(message)["References"].split(".thread@")[0] for message in Message.objects.all()}
    assert roots == {f"<booking.{booking.pk}"}
    page = reverse("workshops:association_booking", args=[world.association.slug, moved.pk])
    told = visitor(world.association_owner).get(page).text
    assert "Confirmation\u00a0: à envoyer" in told
    assert "Déplacement\u00a0: à envoyer" in told


def test_moved_again_it_is_still_one_event(world: World, booking: Booking, later: Slot, now: dt.datetime) -> None:
    last = factories.make_slot(world.room, later.starts_at + WEEK)
    moved = move(move(booking, later, now), last, now)
    assert (moved.event, moved.sequence) == (booking.pk, 4)
    feed = CalendarFeed.objects.create(user=world.association_owner, created_at=now)
    [event] = Calendar.from_ical(feed_calendar(feed, url="https://x.example", now=now)).events
    assert (event.start, event["status"]) == (last.starts_at, "CONFIRMED")


def test_slot_on_approval_is_asked_for_and_nothing_moves_until_the_answer(
    world: World, booking: Booking, later: Slot, now: dt.datetime
) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    booking.refresh_from_db()
    assert (asked.state, booking.state, told()) == ("pending", "confirmed", [("booking_requested", "Hélène")])
    with pytest.raises(actions.NotMovable, match="attendez la réponse"):
        move(booking, factories.make_slot(world.room, later.starts_at + WEEK), now)
    actions.accept_booking(booking=asked, by=world.company_owner, now=now)
    booking.refresh_from_db()
    assert (booking.reason_code, Workshop.objects.get().booking) == (Reason.MOVED, asked)
    assert [one for one in told() if one[0] == "booking_moved"] == [("booking_moved", n) for n in ("Hélène", "Karim")]


def test_declined_move_leaves_the_workshop_where_it_is(
    world: World, booking: Booking, later: Slot, now: dt.datetime
) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    actions.decline_booking(booking=asked, code=Reason.NO_HOST, by=world.company_owner, now=now)
    booking.refresh_from_db()
    assert (booking.state, Workshop.objects.get().booking) == ("confirmed", booking)


@pytest.mark.parametrize("how", ["declined", "expired", "not_selected"])
def test_who_does_not_get_the_other_date_reads_that_the_workshop_stays(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor, how: str
) -> None:
    """With its date, its page, and others to move it to; until the workshop is off as well."""
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    factories.make_slot(world.room, later.starts_at + dt.timedelta(days=1))
    asked, at = move(booking, later, now), now
    other = factories.make_booking(now, later, factories.make_association(now), state=Booking.State.PENDING)
    if how == "declined":
        actions.decline_booking(booking=asked, code=Reason.UNSUITABLE, by=world.company_owner, now=now)
    elif how == "expired":
        at = now + dt.timedelta(hours=96)
        actions.expire_bookings(now=at)
    else:
        actions.accept_booking(booking=other, by=world.company_owner, now=now)
    message = Message.objects.get(template=f"booking_{how}", to_name="Karim")
    place = [world.association.slug, booking.pk]
    page, moving = (reverse(f"workshops:association_{name}", args=place) for name in ("booking", "move"))
    for _ in range(2):
        mail = render(message)
        for text in (mail.text, mail.html):
            assert "Votre atelier reste à sa date\u00a0: mardi 8\u00a0décembre 2026" in text
            assert (page in text, f"{moving}?vers=" in text) == (True, True)
        assert why_unwanted(message, at=at) == ""
    shown = visitor(world.association_owner).get(reverse("workshops:association_booking", args=[place[0], asked.pk]))
    assert ("n’est pas déplacé" in shown.text, f'href="{page}"' in shown.text) == (True, True)
    by = world.company_owner
    actions.cancel_booking(booking=booking, side=Side.COMPANY, code=Reason.NO_VOLUNTEERS, by=by, now=at)
    assert why_unwanted(message, at=at) == ""
    off = render(message).text
    assert ("reste à sa date" in off, moving in off) == (False, False)


def test_association_that_calls_the_workshop_off_does_not_ask_for_the_move_any_more(
    world: World, booking: Booking, later: Slot, now: dt.datetime
) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    by = world.association_owner
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=by, now=now)
    asked.refresh_from_db()
    assert asked.state == Booking.State.CANCELLED_BY_ASSOCIATION
    assert Message.objects.filter(template="booking_withdrawn", about=f"booking:{asked.pk}").exists()
    with pytest.raises(actions.AlreadySettled):
        actions.accept_booking(booking=asked, by=world.company_owner, now=now)


def test_accepted_after_the_company_called_the_workshop_off_it_is_a_new_one(
    world: World, booking: Booking, later: Slot, now: dt.datetime
) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    by = world.company_owner
    actions.cancel_booking(booking=booking, side=Side.COMPANY, code=Reason.CLOSED, by=by, now=now)
    actions.accept_booking(booking=asked, by=world.company_owner, now=now)
    states = Workshop.objects.order_by("pk").values_list("booking", "state")
    assert list(states) == [(booking.pk, "cancelled"), (asked.pk, "planned")]


@pytest.mark.parametrize(("visitors", "kept"), [(9, 9), (13, None), (None, None)])
def test_new_one_has_what_was_prepared_of_what_was_called_off(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitors: int | None, kept: int | None
) -> None:
    """Visitors where the room holds them."""
    small = factories.make_slot(factories.make_room(now, world.site, capacity=12), later.starts_at)
    Slot.objects.filter(pk=small.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    said = {"title": "Premiers courriels", "topics": ["email"], "level": "debutant", "material": "Six tablettes."}
    asked, by = move(booking, small, now), world.company_owner
    Workshop.objects.update(**said, visitors=visitors, visitors_told_at=now if visitors else None)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, code=Reason.CLOSED, by=by, now=now)
    actions.accept_booking(booking=asked, by=by, now=now)
    fields = ("title", "topics", "level", "material", "visitors")
    assert Workshop.objects.values(*fields).get(booking=asked) == {**said, "visitors": kept}


def test_other_company_is_told_that_it_comes_and_the_first_that_it_is_off(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    other = factories.make_company(now, owner=factories.make_user("Yann"))
    room = factories.make_room(now, factories.make_site(now, other))
    move(booking, factories.make_slot(room, world.slot.starts_at), now)
    assert told() == [("booking_cancelled", "Hélène"), ("booking_confirmed", "Yann"), ("booking_moved", "Karim")]


def test_what_was_written_stays_between_those_who_wrote_it(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    """The other company reads nothing of it; the first one and the association still do."""
    actions.write_note(
        workshop=booking.workshop, side=Side.COMPANY, kind="other", text="Code 4711", by=world.company_owner, now=now
    )
    yann = factories.make_user("Yann")
    other = factories.make_company(now, owner=yann)
    moved = move(
        booking,
        factories.make_slot(factories.make_room(now, factories.make_site(now, other)), world.slot.starts_at),
        now,
    )
    there = reverse("workshops:company_booking", args=[other.slug, moved.pk])
    before = reverse("workshops:company_booking", args=[world.company.slug, booking.pk])
    own = [reverse("workshops:association_booking", args=[world.association.slug, one.pk]) for one in (booking, moved)]
    told = visitor(yann).get(there).text
    assert ("Code 4711" in told, "Message\u00a0: à envoyer" in told) == (False, False)
    assert "Code 4711" in visitor(world.company_owner).get(before).text
    client = visitor(world.association_owner)
    assert ["Code 4711" in client.get(page).text for page in own] == [True, False]


def test_what_was_written_goes_with_a_workshop_that_stays_in_its_company(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    actions.write_note(
        workshop=booking.workshop, side=Side.COMPANY, kind="other", text="Code 4711", by=world.company_owner, now=now
    )
    moved = move(booking, later, now)
    page = reverse("workshops:association_booking", args=[world.association.slug, moved.pk])
    assert "Code 4711" in visitor(world.association_owner).get(page).text
    with pytest.raises(actions.NotToCome, match="vient d’être déplacé"):
        actions.write_note(
            workshop=booking.workshop, side=Side.COMPANY, kind="other", text="Bis", by=world.company_owner, now=now
        )


def test_calendar_of_the_company_that_is_left_says_that_it_is_off(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    other = factories.make_company(now, owner=factories.make_user("Yann"))
    slot = factories.make_slot(factories.make_room(now, factories.make_site(now, other)), world.slot.starts_at)
    moved = move(booking, slot, now)
    told = Message.objects.get(template="booking_cancelled", to_name="Hélène")
    [off] = Calendar.from_ical(told.calendar).events
    feeds = {
        company: CalendarFeed.objects.create(user=company.owners()[0], company=company, created_at=now)
        for company in (world.company, other)
    }
    shown = {}
    for company, feed in feeds.items():
        read = Calendar.from_ical(feed_calendar(feed, url="https://x.example", now=now)).events
        [event] = [one for one in read if str(one["uid"]).startswith("booking-")]
        shown[company] = (str(event["uid"]), str(event["status"]), event["sequence"])
    uid = f"booking-{booking.pk}@127.0.0.1"
    assert (str(off["uid"]), off["sequence"]) == (uid, 1)
    assert shown == {world.company: (uid, "CANCELLED", 1), other: (uid, "CONFIRMED", 2)}
    assert moved.sequence == 2


@pytest.mark.parametrize("whose", ["another company's", "without volunteers", "its own"])
def test_volunteers_hear_of_the_other_date_where_they_may_come(
    world: World, booking: Booking, later: Slot, now: dt.datetime, whose: str
) -> None:
    """A company that is left does not learn where its workshop is, nor do its volunteers."""
    factories.make_promise(now, world.slot, world.volunteer)
    there = later
    if whose == "another company's":
        other = factories.make_company(now, owner=factories.make_user("Yann"))
        there = factories.make_slot(factories.make_room(now, factories.make_site(now, other)), later.starts_at)
    elif whose == "without volunteers":
        Slot.objects.filter(pk=later.pk).update(volunteers_offered=0)
    move(booking, there, now)
    message = Message.objects.get(template="booking_moved", to_name="Lucie")
    first, unwanted = render(message), why_unwanted(message, at=now)
    assert unwanted == ""
    for mail in (first, render(message)):
        for text in (mail.text, mail.html):
            said = ("n’a plus lieu chez" in text, "15\u00a0décembre" in text, "Vous pouvez venir à la nouvelle" in text)
            assert said == (whose == "another company's", whose != "another company's", whose == "its own")
        assert mail.subject.startswith("Annulé" if whose == "another company's" else "Déplacé")


def test_page_says_that_a_move_is_asked_for(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    said = {"association": "Vous avez demandé à le déplacer au", "company": "L’association a demandé à déplacer"}
    sides = {
        "association": (world.association, world.association_owner),
        "company": (world.company, world.company_owner),
    }
    for side, (organisation, owner) in sides.items():
        client = visitor(owner)
        page = client.get(reverse(f"workshops:{side}_booking", args=[organisation.slug, booking.pk])).text
        assert said[side] in page
        there = client.get(reverse(f"workshops:{side}_booking", args=[organisation.slug, asked.pk])).text
        assert ("déplacement d’un atelier" in there) == (side == "company")


@pytest.mark.parametrize("here", [True, False])
def test_who_answers_from_the_mail_is_told_that_it_is_a_move(
    world: World, booking: Booking, later: Slot, now: dt.datetime, *, here: bool
) -> None:
    slot = later
    if not here:
        room = factories.make_room(now, factories.make_site(now, factories.make_company(now)))
        slot = factories.make_slot(room, later.starts_at)
    Slot.objects.filter(pk=slot.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, slot, now)
    [message] = Message.objects.filter(template="booking_requested")
    owner = slot.room.site.company.owners()[0]
    mail, page = render(message), Client().get(answer_path(asked, owner)).text
    own, elsewhere = "l’atelier prévu chez vous le", "d’un atelier déjà prévu ailleurs"
    for text in (mail.text, mail.html, page):
        assert (own in text, elsewhere in text) == (here, not here)
        assert "si vous acceptez, il quitte" in text
    assert "demande à déplacer un atelier sur ce créneau" in page


def test_plain_request_is_no_move(world: World, booking: Booking, later: Slot, now: dt.datetime) -> None:
    asked = factories.make_booking(now, later, world.association, state="pending")
    with transaction.atomic():
        emails.booking_requested(booking=asked, now=now)
    [message] = Message.objects.filter(template="booking_requested")
    page = Client().get(answer_path(asked, world.company_owner)).text
    assert "déplacement" not in render(message).text + page


def test_moved_workshop_is_told_with_how_to_get_in(
    world: World, booking: Booking, later: Slot, now: dt.datetime
) -> None:
    move(booking, later, now)
    told = {one.to_name: "access" in one.context for one in Message.objects.filter(template="booking_moved")}
    assert told == {"Karim": True, "Hélène": False}


def test_freed_slot_goes_to_its_queue(world: World, booking: Booking, later: Slot, now: dt.datetime) -> None:
    second = factories.make_association(now)
    actions.join_waitlist(
        slot_id=world.slot.pk,
        association=second,
        participants=2,
        topic="email",
        message="",
        request=None,
        by=second.owners()[0],
        now=now,
    )
    move(booking, later, now)
    assert Booking.objects.held(now).get().association == second


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"places": 2, "computers": 2}, "accueille 2"),
        ({"state": "withdrawn"}, "vient d’être pris"),
    ],
)
def test_what_cannot_take_it_leaves_it_where_it_is(
    booking: Booking, later: Slot, now: dt.datetime, change: dict[str, object], refusal: str
) -> None:
    stamps = {"withdrawn_at": now} if "state" in change else {}
    Slot.objects.filter(pk=later.pk).update(**change, **stamps)
    with pytest.raises((actions.TooMany, actions.SlotTaken), match=refusal):
        move(booking, later, now)
    booking.refresh_from_db()
    assert booking.is_confirmed


def test_company_moves_among_its_own_slots_only(world: World, booking: Booking, now: dt.datetime) -> None:
    room = factories.make_room(now, factories.make_site(now, factories.make_company(now)))
    with pytest.raises(actions.NotMovable, match="n’est pas l’un des vôtres"):
        move(booking, factories.make_slot(room, world.slot.starts_at), now, Side.COMPANY)
    with pytest.raises(actions.NotMovable, match="déjà à cette date"):
        move(booking, world.slot, now)
    with pytest.raises(actions.NotMovable, match="n’est plus à venir"):
        move(booking, world.slot, world.slot.starts_at)


@pytest.mark.parametrize("mode", BookingMode)
def test_company_moves_what_it_agreed_to_with_an_association_that_is_not_admitted_yet(
    world: World, booking: Booking, later: Slot, now: dt.datetime, mode: BookingMode
) -> None:
    Association.objects.filter(pk=world.association.pk).update(state="new", decided_at=None)
    Slot.objects.filter(pk=later.pk).update(booking_mode=mode)
    booking.association.refresh_from_db()
    moved = move(booking, later, now, Side.COMPANY)
    assert (moved.slot, moved.is_confirmed) == (later, True)


def test_refusals_of_a_move_speak_to_the_company(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.company_owner)
    page = reverse("workshops:company_move", args=[world.company.slug, booking.pk])
    on_approval = factories.make_slot(world.room, later.starts_at + WEEK, booking_mode=BookingMode.ON_APPROVAL)
    factories.make_booking(now, on_approval, world.association, state="pending")
    asked = client.post(page, {"slot": on_approval.pk}).text
    assert "Cette association a déjà demandé ce créneau\u00a0: répondez à sa demande." in asked
    Association.objects.filter(pk=world.association.pk).update(state="suspended")
    suspended = client.post(page, {"slot": later.pk}).text
    assert "laissez l’atelier à sa date, ou annulez-le" in suspended
    for told in (asked, suspended):
        assert "Votre association" not in told
    Slot.objects.filter(pk=later.pk).update(places=2, computers=2)
    with pytest.raises(actions.TooMany, match="choisissez-en un plus grand"):
        move(booking, later, now, Side.COMPANY)


def test_two_that_exchange_their_evenings_do_not_wait_for_each_other(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    later = factories.make_slot(world.room, world.slot.starts_at + WEEK)
    mine = factories.make_booking(now, world.slot, world.association)
    yours = factories.make_booking(now, later, factories.make_association(now))
    free = factories.make_slot(world.room, later.starts_at + WEEK)
    outcome = at_once(
        partial(move, mine, later, now), partial(move, yours, world.slot, now), partial(move, mine, free, now)
    )
    assert outcome["done"] + outcome["SlotTaken"] + outcome["NotMovable"] + outcome["AlreadySettled"] == 3
    live = Booking.objects.live(now)
    assert live.count() == live.values("slot").distinct().count() == 2
    assert Workshop.objects.planned().count() == 2


def test_association_moves_it_from_the_page_of_the_booking(
    world: World, booking: Booking, later: Slot, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    page = reverse("workshops:association_move", args=[world.association.slug, booking.pk])
    assert page in client.get(reverse("workshops:association_booking", args=[world.association.slug, booking.pk])).text
    assert f'value="{later.pk}"' in client.get(page).text
    assert client.post(page, {}).status_code == 422
    done = client.post(page, {"slot": later.pk}, follow=True)
    assert "L’atelier est déplacé" in done.text
    moved = Booking.objects.get(moved_from=booking)
    assert done.redirect_chain[-1][0].endswith(f"/reservations/{moved.pk}/")


def test_what_would_be_refused_is_not_proposed(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    """A slot that the association has asked for already; any, while it has asked for a move."""
    asked = factories.make_slot(world.room, later.starts_at + dt.timedelta(days=1), booking_mode="on_approval")
    factories.make_booking(now, later, world.association, state="pending", expires_at=now + dt.timedelta(hours=96))

    def pages() -> list[str]:
        own = (
            ("association", world.association_owner, world.association),
            ("company", world.company_owner, world.company),
        )
        return [
            visitor(person)
            .get(reverse(f"workshops:{space}_move", args=[organisation.slug, booking.pk]), follow=True)
            .text
            for space, person, organisation in own
        ]

    assert [(f'value="{later.pk}"' in page, f'value="{asked.pk}"' in page) for page in pages()] == [(False, True)] * 2
    move(booking, asked, now)
    assert ["déjà demandé" in page for page in pages()] == [True] * 2


def test_company_moves_it_among_its_free_evenings(
    world: World, booking: Booking, later: Slot, visitor: Visitor
) -> None:
    client = visitor(world.company_owner)
    page = reverse("workshops:company_move", args=[world.company.slug, booking.pk])
    assert f'value="{later.pk}"' in client.get(page).text
    assert "L’atelier est déplacé" in client.post(page, {"slot": later.pk}, follow=True).text


def test_workshop_moves_to_a_slot_that_was_found_by_searching(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    """However far it is from the first twenty."""
    for number in range(25):
        factories.make_slot(factories.make_room(now, world.site), later.starts_at - dt.timedelta(hours=2 + number))
    client = visitor(world.association_owner)
    page = reverse("workshops:association_move", args=[world.association.slug, booking.pk])
    assert f'value="{later.pk}"' not in client.get(page).text
    there = f"{page}?vers={later.pk}"
    assert there in client.get(reverse("workshops:slot", args=[later.pk])).text
    assert f'value="{later.pk}"' in client.get(there).text
    assert "L’atelier est déplacé" in client.post(there, {"slot": later.pk}, follow=True).text


@pytest.mark.parametrize("number", ["", "x", "-1", "²", "9" * 19, "0"])
def test_slot_that_is_none_changes_nothing(world: World, booking: Booking, visitor: Visitor, number: str) -> None:
    page = reverse("workshops:association_move", args=[world.association.slug, booking.pk])
    assert visitor(world.association_owner).get(page, {"vers": number}).status_code == 200


def test_workshop_is_not_moved_where_its_visitors_find_no_room(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    small = factories.make_slot(
        factories.make_room(now, world.site, capacity=6, computers=6),
        world.slot.starts_at + WEEK,
        places=6,
        computers=6,
    )
    Workshop.objects.update(visitors=9, visitors_told_at=now)
    with pytest.raises(actions.TooMany, match="9\u00a0visiteurs sont annoncés"):
        move(booking, small, now)
    Workshop.objects.update(visitors=None, visitors_told_at=None)
    Slot.objects.filter(pk=small.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, small, now)
    Workshop.objects.update(visitors=9, visitors_told_at=now)
    with pytest.raises(actions.TooMany):
        actions.accept_booking(booking=asked, by=world.company_owner, now=now)


def test_form_of_a_move_that_is_sent_twice_moves_once(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    page = reverse("workshops:association_move", args=[world.association.slug, booking.pk])
    client = visitor(world.association_owner)
    assert client.post(page, {"slot": "9" * 30}).status_code == 422
    where = [client.post(page, {"slot": later.pk})["Location"] for _ in range(2)]
    assert where[0] == where[1]
    assert Booking.objects.count() == 2


def test_company_reads_who_asked_for_the_move(world: World, booking: Booking, later: Slot, now: dt.datetime) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    move(booking, later, now)
    last = factories.make_slot(world.room, world.slot.starts_at + 2 * WEEK)
    with pytest.raises(actions.NotMovable, match="L’association a déjà demandé"):
        move(booking, last, now, Side.COMPANY)


def test_move_that_is_asked_for_ends_when_the_workshop_begins(
    world: World, booking: Booking, later: Slot, now: dt.datetime
) -> None:
    """Nothing is left to move: no second workshop comes of it."""
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    then = world.slot.starts_at - dt.timedelta(hours=30)
    asked = move(booking, later, then)
    assert asked.expires_at == world.slot.starts_at
    with pytest.raises(actions.AlreadySettled):
        actions.accept_booking(booking=asked, by=world.company_owner, now=world.slot.starts_at)
    assert Workshop.objects.count() == 1


@pytest.mark.parametrize("side", Side)
def test_move_that_nobody_answered_in_time_keeps_from_no_other_one(
    world: World, booking: Booking, later: Slot, now: dt.datetime, side: Side
) -> None:
    """Whether or not anybody has noted it."""
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    last = factories.make_slot(world.room, later.starts_at + WEEK)
    assert asked.expires_at is not None
    moved = move(booking, last, asked.expires_at, side)
    asked.refresh_from_db()
    assert (asked.state, moved.state) == ("expired", "confirmed")
    assert Message.objects.filter(template="booking_expired", about=f"booking:{asked.pk}").exists()


def test_move_that_is_asked_for_at_once_ends_with_the_workshop(now: dt.datetime, committed: None) -> None:
    """Who calls it off meanwhile has waited, and has called off both."""
    world = factories.make_world(now)
    booking = factories.make_booking(now, world.slot, world.association)
    later = factories.make_slot(world.room, world.slot.starts_at + WEEK, booking_mode=BookingMode.ON_APPROVAL)

    def ask(pause: Move) -> None:
        move(booking, later, now)
        pause()

    off = Booking.objects.with_everything().get(pk=booking.pk)
    by = world.association_owner
    assert second_waits(
        ask,
        partial(actions.cancel_booking, booking=off, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=by, now=now),
    )
    assert set(Booking.objects.values_list("state", flat=True)) == {"cancelled_by_association"}
    assert Booking.objects.count() == 2


def test_nobody_tells_more_visitors_while_the_workshop_moves(now: dt.datetime, committed: None) -> None:
    """Who counts them meanwhile has waited, and learns that it is somewhere else."""
    world = factories.make_world(now)
    booking = factories.make_booking(now, world.slot, world.association)
    small = factories.make_slot(factories.make_room(now, world.site, capacity=8, computers=8), world.slot.starts_at)
    workshop = Workshop.objects.with_everything().get(booking=booking)
    workshop.visitors = 10

    def go(pause: Move) -> None:
        move(booking, small, now)
        pause()

    def tell() -> None:
        with pytest.raises(actions.NotToCome, match="vient d’être déplacé"):
            actions.prepare_workshop(workshop=workshop, by=world.association_owner, now=now)
        with pytest.raises(actions.NothingToAgree, match="vient d’être déplacé"):
            actions.agree_workshop(workshop=workshop, side=Side.COMPANY, by=world.company_owner, now=now)

    assert second_waits(go, tell)
    assert Workshop.objects.get().visitors is None


def test_workshop_does_not_move_where_those_told_meanwhile_find_no_room(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    booking = factories.make_booking(now, world.slot, world.association)
    small = factories.make_slot(factories.make_room(now, world.site, capacity=8, computers=8), world.slot.starts_at)
    workshop = Workshop.objects.with_everything().get(booking=booking)
    workshop.visitors = 10

    def tell(pause: Move) -> None:
        actions.prepare_workshop(workshop=workshop, by=world.association_owner, now=now)
        pause()

    def go() -> None:
        with pytest.raises(actions.TooMany):
            move(booking, small, now)

    assert second_waits(tell, go)


def test_request_whose_clock_has_run_out_is_not_taken_back(world: World, later: Slot, now: dt.datetime) -> None:
    """It stays one that the company left unanswered."""
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = factories.make_booking(now, later, world.association, state=Booking.State.PENDING)
    by = world.association_owner
    with pytest.raises(actions.AlreadySettled, match="trop longtemps sans réponse"):
        actions.cancel_booking(booking=asked, side=Side.ASSOCIATION, by=by, now=now + dt.timedelta(hours=96))


def test_accepted_move_of_what_was_called_off_counts_as_one_more(
    world: World, booking: Booking, later: Slot, now: dt.datetime, settings: Settings
) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    by = world.company_owner
    actions.cancel_booking(booking=booking, side=Side.COMPANY, code=Reason.NO_VOLUNTEERS, by=by, now=now)
    settings.BOOKINGS_PER_ASSOCIATION = 0
    with pytest.raises(actions.TooManyBookings):
        actions.accept_booking(booking=asked, by=by, now=now)


def test_page_of_a_move_says_nothing_of_a_workshop_that_is_off(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = move(booking, later, now)
    page = reverse("workshops:association_booking", args=[world.association.slug, asked.pk])
    client = visitor(world.association_owner)
    assert "déplacer un atelier prévu" in client.get(page).text
    by = world.company_owner
    actions.cancel_booking(booking=booking, side=Side.COMPANY, code=Reason.NO_VOLUNTEERS, by=by, now=now)
    assert "déplacer un atelier prévu" not in client.get(page).text


def test_former_date_leads_to_where_the_workshop_is_now(
    world: World, booking: Booking, later: Slot, now: dt.datetime, visitor: Visitor
) -> None:
    """Also when it was moved again since; who looks at the last one reads nothing of it."""
    last = move(move(booking, later, now), factories.make_slot(world.room, later.starts_at + WEEK), now)
    for person, name, slug in _both(world):
        client = visitor(person)
        page = client.get(reverse(name, args=[slug, booking.pk])).text
        there = reverse(name, args=[slug, last.pk])
        assert (f'<a href="{there}">mardi 22\u00a0décembre 2026' in page, "déplacée" in page) == (True, True)
        assert "a été déplacé au" not in client.get(there).text


def test_company_that_a_workshop_left_reads_that_its_date_is_off(
    world: World, booking: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    other = factories.make_company(now)
    room = factories.make_room(now, factories.make_site(now, other), name="Grenier")
    moved = move(booking, factories.make_slot(room, world.slot.starts_at + WEEK), now)
    (of_company, *company), (of_association, *association) = _both(world)
    page = visitor(of_company).get(reverse(company[0], args=[company[1], booking.pk])).text
    assert "n’a plus lieu chez vous" in page
    assert [word in page for word in ("Grenier", other.name, f"/{moved.pk}/")] == [False] * 3
    page = visitor(of_association).get(reverse(association[0], args=[association[1], booking.pk])).text
    assert ("Grenier" in page, reverse(association[0], args=[association[1], moved.pk]) in page) == (True, True)


def _both(world: World) -> list[tuple[User, str, str]]:
    """Who looks at a booking, at which page, of which organisation."""
    return [
        (world.company_owner, "workshops:company_booking", world.company.slug),
        (world.association_owner, "workshops:association_booking", world.association.slug),
    ]


@pytest.mark.parametrize("side", Side)
def test_dates_are_those_around_the_workshop_and_any_other_may_be_looked_for(
    world: World, now: dt.datetime, visitor: Visitor, side: Side
) -> None:
    owner, organisation = (
        (world.company_owner, world.company) if side == Side.COMPANY else (world.association_owner, world.association)
    )
    evenings = [factories.make_slot(world.room, world.slot.starts_at + WEEK * week) for week in range(1, 40)]
    booking = factories.make_booking(now, evenings[20], world.association)
    client = visitor(owner)
    page = reverse(f"workshops:{side.value}_move", args=[organisation.slug, booking.pk])
    shown = client.get(page).context["offered"].slots
    assert shown == evenings[12:20] + evenings[21:33]
    far = evenings[37]
    around = {"autour": far.starts_at.date().isoformat()}
    assert far in client.get(page, around).context["offered"].slots
    refused = client.get(page, {"autour": "1999-01-01"})
    assert "Indiquez une date entre 2015 et 2100" in refused.text
    client.post(page, {"slot": str(far.pk)})
    assert Booking.objects.get(moved_from=booking).slot == far


def test_move_on_approval_waits_for_no_more_answers_than_one_may(
    world: World, booking: Booking, later: Slot, now: dt.datetime, settings: Settings
) -> None:
    settings.PENDING_PER_ASSOCIATION = 1
    Slot.objects.filter(pk=later.pk).update(booking_mode=BookingMode.ON_APPROVAL)
    asked = factories.make_slot(world.room, world.slot.starts_at + 2 * WEEK, booking_mode=BookingMode.ON_APPROVAL)
    waiting = factories.make_booking(now, asked, world.association, state="pending")
    with pytest.raises(actions.TooManyBookings, match="déjà 1\u00a0réponse"):
        move(booking, later, now)
    actions.decline_booking(booking=waiting, code=Reason.NO_VOLUNTEERS, by=world.company_owner, now=now)
    assert move(booking, later, now).is_pending
