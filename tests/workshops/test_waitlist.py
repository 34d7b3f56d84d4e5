import datetime as dt
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from accounts.vocabulary import Topic
from associations import actions as associations
from associations.models import Association
from companies.models import BookingMode, Company, Slot
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World
from tests.races import Move, at_once, second_waits
from workshops import actions
from workshops.catalogue import bookable
from workshops.models import Booking, Reason, Side, WaitlistEntry

Visitor = Callable[[User], Client]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(hours=24)


@pytest.fixture
def taken(world: World, now: dt.datetime) -> Booking:
    return factories.make_booking(now, world.slot, factories.make_association(now))


def queue(world: World, now: dt.datetime, association: Association, **fields: Any) -> WaitlistEntry:
    return actions.join_waitlist(
        **{
            "slot_id": world.slot.pk,
            "association": association,
            "participants": 6,
            "topic": Topic.EMAIL,
            "message": "",
            "request": None,
            "by": world.association_owner,
            "now": now,
            **fields,
        }
    )


def cancel(booking: Booking, world: World, now: dt.datetime) -> None:
    actions.cancel_booking(
        booking=booking, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=world.association_owner, now=now
    )


def holder(now: dt.datetime) -> Booking:
    return Booking.objects.held(now).with_everything().get()


def holds(association: Association) -> list[str]:
    return list(Booking.objects.filter(association=association).values_list("state", flat=True))


def test_freed_slot_is_held_for_the_first_in_the_queue(world: World, taken: Booking, now: dt.datetime) -> None:
    second = factories.make_association(now)
    queue(world, now, world.association)
    queue(world, now, second)
    assert [entry.ahead for entry in WaitlistEntry.objects.with_ahead().order_by("pk")] == [0, 1]
    cancel(taken, world, now)
    held = holder(now)
    assert (held.association, held.expires_at) == (world.association, now + DAY)
    assert not bookable(now).filter(pk=world.slot.pk).exists()
    assert list(Message.objects.filter(template="waitlist_hold").values_list("to_name", flat=True)) == ["Karim"]
    with pytest.raises(actions.AlreadyWaiting):
        queue(world, now, second, participants=7)


def test_hold_that_lapses_goes_to_the_one_after(world: World, taken: Booking, now: dt.datetime) -> None:
    second = factories.make_association(now)
    queue(world, now, world.association)
    queue(world, now, second)
    cancel(taken, world, now)
    first, late = holder(now), now + DAY
    assert not Booking.objects.held(late).exists()
    # Nobody noted it yet: the slot is still for those who queue.
    assert not bookable(late).filter(pk=world.slot.pk).exists()
    with pytest.raises(actions.NoLongerHeld, match="plus gardé"):
        actions.take_hold(booking=first, by=world.association_owner, now=late)
    assert (actions.expire_bookings(now=late), actions.expire_bookings(now=late)) == (1, 0)
    assert holder(late).association == second
    states = WaitlistEntry.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["passed", "offered"]
    told = Message.objects.get(template="booking_expired", to_name="Karim")
    assert told.context["held"] is True


def test_whoever_asks_after_a_lapsed_hold_keeps_the_order_of_the_queue(
    world: World, taken: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    """No worker has noted it, and none will: who is next is served by the first form that is sent."""
    nora, zoe = factories.make_user("Nora"), factories.make_user("Zoe")
    second, third = (factories.make_association(now, owner=owner) for owner in (nora, zoe))
    for association in (world.association, second, third):
        queue(world, now, association)
    cancel(taken, world, now)
    book, join = (reverse(f"workshops:{page}", args=[world.slot.pk]) for page in ("book", "waitlist_join"))
    with time_machine.travel(now + DAY):
        other = factories.make_association(now, owner=factories.make_user("Ivo"))
        shown = visitor(nora).get(join).text
        assert ("Voir si c’est votre tour" in shown, holds(second)) == (True, [])
        late = visitor(zoe).post(join, follow=True)
        assert "dans l’ordre de la liste" in late.text
        assert (holds(second), holds(third)) == (["held"], [])
        form = {"participants": 6, "topic": Topic.EMAIL, "message": "", "request": "", "key": uuid.uuid4()}
        refused = visitor(other.owners()[0]).post(book, form | {"association": other.pk})
        assert (refused.status_code, holds(second)) == (409, ["held"])


@pytest.mark.parametrize("page", ["book", "waitlist_join"])
def test_next_one_has_the_slot_by_asking(
    world: World, taken: Booking, now: dt.datetime, visitor: Visitor, page: str
) -> None:
    second = factories.make_association(now, owner=factories.make_user("Nora"))
    for association in (world.association, second):
        queue(world, now, association)
    cancel(taken, world, now)
    with time_machine.travel(now + DAY):
        client = visitor(second.owners()[0])
        led = client.post(reverse(f"workshops:{page}", args=[world.slot.pk]), follow=True)
        assert "C’est votre tour" in led.text
        assert (holds(second), holds(world.association)) == (["held"], ["expired"])


@pytest.mark.parametrize("noted", [True, False])
def test_who_books_past_a_queue_that_is_due_reads_whose_turn_it_is(
    world: World, taken: Booking, now: dt.datetime, visitor: Visitor, *, noted: bool
) -> None:
    for association in (world.association, factories.make_association(now)):
        queue(world, now, association)
    cancel(taken, world, now)
    ivo = factories.make_user("Ivo")
    factories.make_association(now, owner=ivo)
    if noted:
        actions.expire_bookings(now=now + DAY)
    with time_machine.travel(now + DAY):
        answer = visitor(ivo).post(reverse("workshops:book", args=[world.slot.pk]))
    assert (answer.status_code, "dans l’ordre de la liste" in answer.text) == (409, not noted)
    assert Booking.objects.filter(state="held").count() == 1


def test_slot_is_free_for_all_when_the_last_hold_lapses(world: World, taken: Booking, now: dt.datetime) -> None:
    queue(world, now, world.association)
    cancel(taken, world, now)
    late = now + DAY
    assert bookable(late).filter(pk=world.slot.pk).exists()
    other = factories.make_association(now)
    booking = actions.book_slot(
        slot_id=world.slot.pk,
        association=other,
        participants=6,
        topic=Topic.EMAIL,
        message="",
        key=uuid.uuid4(),
        request=None,
        by=world.association_owner,
        now=late,
    )
    assert booking.is_confirmed
    assert WaitlistEntry.objects.get().state == "passed"


def test_taking_a_hold_confirms_it(world: World, taken: Booking, now: dt.datetime) -> None:
    queue(world, now, world.association)
    cancel(taken, world, now)
    held = holder(now)
    actions.take_hold(booking=held, by=world.association_owner, now=now)
    held.refresh_from_db()
    assert (held.state, held.workshop.state, held.settled_by) == ("confirmed", "planned", world.association_owner)
    assert WaitlistEntry.objects.get().state == "taken"
    actions.take_hold(booking=held, by=world.association_owner, now=now)
    assert Message.objects.filter(template="booking_confirmed", to_name="Karim").count() == 1
    with pytest.raises(actions.NoLongerHeld):
        actions.refuse_hold(booking=held, by=world.association_owner, now=now)


def test_taking_a_hold_on_approval_asks_the_company(world: World, taken: Booking, now: dt.datetime) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    queue(world, now, world.association)
    cancel(taken, world, now)
    held, later = holder(now), now + dt.timedelta(hours=5)
    actions.take_hold(booking=held, by=world.association_owner, now=later)
    held.refresh_from_db()
    assert (held.state, held.expires_at) == ("pending", later + dt.timedelta(hours=96))
    actions.take_hold(booking=held, by=world.association_owner, now=later)
    assert Message.objects.filter(template="booking_requested").count() == 1


def test_link_of_a_hold_shows_what_became_of_it(world: World, taken: Booking, now: dt.datetime, client: Client) -> None:
    """A form sent twice, a page loaded again, and the same link of the mail the next day."""
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    queue(world, now, world.association)
    cancel(taken, world, now)
    link = Message.objects.get(template="waitlist_hold").context["url"]
    for _ in range(2):
        sent = client.post(link, {"answer": "yes"}).text
        assert ("Votre demande est envoyée" in sent, "répond avant le samedi 5\u00a0décembre 2026" in sent) == (
            True,
            True,
        )
    assert "Votre demande est envoyée" in client.get(link).text
    assert Booking.objects.filter(association=world.association).count() == 1


def test_refusing_a_hold_passes_it_on(world: World, taken: Booking, now: dt.datetime) -> None:
    second = factories.make_association(now)
    queue(world, now, world.association)
    queue(world, now, second)
    cancel(taken, world, now)
    actions.refuse_hold(booking=holder(now), by=world.association_owner, now=now)
    assert holder(now).association == second


def test_company_cannot_answer_what_is_held(world: World, taken: Booking, now: dt.datetime) -> None:
    queue(world, now, world.association)
    cancel(taken, world, now)
    held = holder(now)
    with pytest.raises(actions.AlreadySettled, match="gardée pour l’association"):
        actions.accept_booking(booking=held, by=world.company_owner, now=now)
    with pytest.raises(actions.AlreadySettled, match="gardée pour l’association"):
        actions.decline_booking(booking=held, code=Reason.NO_HOST, by=world.company_owner, now=now)
    with pytest.raises(actions.AlreadySettled, match="gardée pour l’association"):
        actions.cancel_booking(booking=held, side=Side.COMPANY, code=Reason.NO_HOST, by=world.company_owner, now=now)
    assert holder(now) == held


def test_calling_a_hold_off_passes_it_on(world: World, taken: Booking, now: dt.datetime) -> None:
    second = factories.make_association(now)
    queue(world, now, world.association)
    queue(world, now, second)
    cancel(taken, world, now)
    cancel(holder(now), world, now)
    assert holder(now).association == second
    assert list(WaitlistEntry.objects.order_by("pk").values_list("state", flat=True)) == ["passed", "offered"]
    assert not Message.objects.filter(template="booking_withdrawn").exists()


def test_who_may_not_book_any_more_is_passed_over_and_told(world: World, taken: Booking, now: dt.datetime) -> None:
    second = factories.make_association(now)
    queue(world, now, world.association)
    queue(world, now, second)
    associations.suspend_association(association=world.association, reason="Absences.", by=world.moderator, now=now)
    cancel(taken, world, now)
    assert holder(now).association == second
    assert "ne peut pas réserver" in Message.objects.get(template="waitlist_closed").context["why"]


def test_why_a_queue_ends_is_read_in_the_language_of_the_reader(world: World, taken: Booking, now: dt.datetime) -> None:
    reader, large = factories.make_user("Zoe", language="en"), factories.make_association(now)
    own = factories.make_association(now, owner=reader)
    for one, people in ((own, 6), (large, 9)):
        queue(world, now, one, participants=people)
    by = world.company_owner
    actions.cancel_booking(booking=taken, side=Side.COMPANY, code=Reason.ROOM_TAKEN, by=by, now=now)
    said = dict(Message.objects.filter(template="waitlist_closed").values_list("to_name", "context__why"))
    assert said == {"Zoe": "The room is no longer free", large.owners()[0].name: "La salle n’est plus libre"}


def test_why_a_turn_passes_is_read_in_the_language_of_the_reader(
    world: World, taken: Booking, now: dt.datetime
) -> None:
    own = factories.make_association(now, owner=factories.make_user("Zoe", language="en"))
    queue(world, now, own)
    Association.objects.filter(pk=own.pk).update(state="suspended", decision_reason="Absences.", decided_at=now)
    cancel(taken, world, now)
    why = Message.objects.get(template="waitlist_closed").context["why"]
    assert why == "Your association cannot book this slot at the moment."


def test_hold_that_ends_with_its_slot_is_not_said_to_leave_it_to_others(
    world: World, taken: Booking, now: dt.datetime
) -> None:
    queue(world, now, world.association)
    closes = Slot.objects.get(pk=world.slot.pk).closes_at
    cancel(taken, world, closes - 6 * HOUR)
    actions.expire_bookings(now=closes + 18 * HOUR)
    said = render(Message.objects.get(template="booking_expired")).text
    assert ("il ne se réserve plus" in said, "d’autres associations" in said) == (True, False)


def test_slot_given_back_past_its_notice_goes_to_who_waits_with_time_to_answer(
    world: World, taken: Booking, now: dt.datetime
) -> None:
    second = factories.make_association(now)
    queue(world, now, world.association)
    queue(world, now, second)
    starts, late = world.slot.starts_at, world.slot.starts_at - 20 * HOUR
    cancel(taken, world, late)
    assert holder(late).expires_at == starts - 2 * HOUR
    assert not bookable(late).filter(pk=world.slot.pk).exists()
    actions.refuse_hold(booking=holder(late), by=world.association_owner, now=starts - 5 * HOUR)
    held = holder(starts - 5 * HOUR)
    assert (held.association, held.expires_at) == (second, starts - 2 * HOUR)
    actions.take_hold(booking=held, by=world.association_owner, now=starts - 3 * HOUR)
    assert Booking.objects.get(pk=held.pk).is_confirmed


def test_hold_a_minute_before_the_notice_lasts_for_a_day(world: World, taken: Booking, now: dt.datetime) -> None:
    queue(world, now, world.association)
    at = Slot.objects.get(pk=world.slot.pk).closes_at - dt.timedelta(minutes=1)
    cancel(taken, world, at)
    assert holder(at).expires_at == world.slot.starts_at - 2 * HOUR


def test_who_waits_is_not_called_when_it_is_too_late_to_come(world: World, taken: Booking, now: dt.datetime) -> None:
    queue(world, now, world.association)
    at = world.slot.starts_at - 4 * HOUR
    cancel(taken, world, at)
    assert not Booking.objects.held(at).exists()
    actions.expire_bookings(now=at)
    assert WaitlistEntry.objects.get().state == "closed"


def test_hold_that_ran_out_unnoted_ends_no_queue(world: World, taken: Booking, now: dt.datetime) -> None:
    second = factories.make_association(now)
    for association in (world.association, second, factories.make_association(now)):
        queue(world, now, association)
    cancel(taken, world, now)
    late = now + DAY
    held = actions.offer_next(slot_id=world.slot.pk, now=late)
    assert held is not None
    assert (held, held.association) == (holder(late), second)
    assert list(WaitlistEntry.objects.order_by("pk").values_list("state", flat=True)) == [
        "passed",
        "offered",
        "waiting",
    ]
    assert Message.objects.filter(template="booking_expired", to_name="Karim").count() == 1
    assert not Message.objects.filter(template="waitlist_closed").exists()


def test_request_that_nobody_answered_does_not_end_the_wait_of_who_sent_it(world: World, now: dt.datetime) -> None:
    asked = factories.make_booking(now - 5 * DAY, world.slot, world.association, state="pending", expires_at=now)
    taken = factories.make_booking(now, world.slot, factories.make_association(now))
    queue(world, now, world.association)
    cancel(taken, world, now)
    assert holder(now).association == world.association
    asked.refresh_from_db()
    assert asked.state == "expired"


def test_what_takes_the_slot_away_ends_nobodys_wait(
    committed: None, world: World, taken: Booking, now: dt.datetime
) -> None:
    """At the same moment: the company is no signatory any more, and may be one again tomorrow."""
    queue(world, now, world.association)
    Booking.objects.filter(pk=taken.pk).update(state="cancelled_by_association", cancelled_at=now)

    def suspend(pause: Move) -> None:
        Company.objects.update(charter_until_at=now)
        pause()

    assert second_waits(suspend, partial(actions.offer_next, slot_id=world.slot.pk, now=now))
    assert not Booking.objects.held(now).exists()
    assert WaitlistEntry.objects.get().state == "waiting"


def test_hold_that_lapsed_is_no_place_in_a_queue(world: World, taken: Booking, now: dt.datetime) -> None:
    """Whether or not anybody has noted that it did."""
    queue(world, now, world.association)
    cancel(taken, world, now)
    late, other = now + DAY, factories.make_association(now)
    assert not WaitlistEntry.objects.standing(late).exists()
    for association in (other, world.association):
        with pytest.raises(actions.NotTaken, match="réservez-le"):
            queue(world, late, association)
    assert bookable(late).filter(pk=world.slot.pk).exists()


def test_free_slot_is_booked_and_not_waited_for(world: World, now: dt.datetime) -> None:
    with pytest.raises(actions.NotTaken, match="réservez-le"):
        queue(world, now, world.association)


def test_queue_is_joined_once_and_left(world: World, taken: Booking, now: dt.datetime) -> None:
    entry = queue(world, now, world.association)
    assert queue(world, now, world.association) == entry
    with pytest.raises(actions.AlreadyWaiting, match="déjà en liste"):
        queue(world, now, world.association, participants=7)
    with pytest.raises(actions.AlreadyWaiting, match="déjà demandé"):
        queue(world, now, taken.association)
    actions.leave_waitlist(entry=entry, now=now)
    with pytest.raises(actions.AlreadySettled, match="liste quittée"):
        actions.leave_waitlist(entry=entry, now=now)
    assert queue(world, now, world.association).state == "waiting"


def test_queue_of_a_slot_that_has_closed_ends_with_other_slots(world: World, taken: Booking, now: dt.datetime) -> None:
    queue(world, now, world.association)
    closed = world.slot.starts_at - 4 * HOUR
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=2))
    actions.expire_bookings(now=closed - HOUR)
    assert WaitlistEntry.objects.get().state == "waiting"
    actions.expire_bookings(now=closed)
    assert WaitlistEntry.objects.get().state == "closed"
    assert actions.expire_bookings(now=closed) == 0
    told = Message.objects.get(template="waitlist_closed")
    assert [one["slot_url"].rsplit("/", 2)[1] for one in told.context["others"]] == [str(other.pk)]
    with pytest.raises(actions.NotTaken, match="ne se réserve plus"):
        queue(world, closed, factories.make_association(now))


def test_company_takes_back_a_slot_that_is_held(world: World, taken: Booking, now: dt.datetime) -> None:
    second = factories.make_association(now)
    queue(world, now, world.association)
    queue(world, now, second)
    cancel(taken, world, now)
    held = holder(now)
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    held.refresh_from_db()
    assert (held.state, held.why) == ("declined", "Le créneau a été retiré")
    assert list(WaitlistEntry.objects.order_by("pk").values_list("state", flat=True)) == ["passed", "closed"]


def test_company_moves_a_slot_that_is_held(world: World, taken: Booking, now: dt.datetime) -> None:
    queue(world, now, world.association)
    queue(world, now, factories.make_association(now))
    cancel(taken, world, now)
    slot = Slot.objects.with_place().get(pk=world.slot.pk)
    actions.change_slot(
        slot=slot,
        change=actions.Change(dt.date(2026, 12, 9), dt.time(18, 30), dt.time(20, 30), 8, 8, 0),
        by=world.company_owner,
        now=now,
    )
    assert list(WaitlistEntry.objects.order_by("pk").values_list("state", flat=True)) == ["passed", "closed"]
    told = Message.objects.get(template="booking_declined")
    assert (told.context["day"], told.context["reason"]) == (
        "mardi 8\u00a0décembre 2026",
        "Le créneau a changé de date, d’heures ou d’offre",
    )


def test_two_scans_at_once_hold_the_slot_once(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    booking = factories.make_booking(now, world.slot, factories.make_association(now))
    for association in (world.association, factories.make_association(now), factories.make_association(now)):
        queue(world, now, association)
    cancel(booking, world, now)
    late = now + DAY
    outcome = at_once(*[partial(actions.expire_bookings, now=late) for _ in range(4)])
    assert outcome == {"done": 4}
    assert list(WaitlistEntry.objects.order_by("pk").values_list("state", flat=True)) == [
        "passed",
        "offered",
        "waiting",
    ]
    assert Booking.objects.held(late).count() == 1


def test_two_holds_are_refused_by_the_database(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association, state="held")
    with pytest.raises(IntegrityError, match="booking_one_live_per_slot"), transaction.atomic():
        factories.make_booking(now, world.slot, factories.make_association(now), state="held")


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"participants": 0}, "waitlist_somebody_comes"),
        ({"state": "left"}, "waitlist_state_stamped"),
        ({"state": "offered"}, "waitlist_offer_has_its_booking"),
        ({"state": "unknown"}, "waitlist_"),
    ],
)
def test_database_keeps_the_queue_in_order(
    world: World, now: dt.datetime, fields: dict[str, Any], constraint: str
) -> None:
    place = {"slot": world.slot, "association": world.association, "participants": 1, "created_at": now, **fields}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WaitlistEntry.objects.create(**place)


def test_association_queues_from_the_page_of_a_taken_slot(
    world: World, taken: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    client = visitor(world.association_owner)
    join = reverse("workshops:waitlist_join", args=[world.slot.pk])
    assert join in client.get(reverse("workshops:slot", args=[world.slot.pk])).text
    assert join in client.get(reverse("workshops:book", args=[world.slot.pk])).text
    form = {"association": world.association.pk, "participants": 6, "topic": Topic.EMAIL, "message": "", "request": ""}
    assert client.post(join, form | {"participants": 900}).status_code == 422
    done = client.post(join, form, follow=True)
    assert "vous êtes la première association de la liste" in done.text
    shown = client.get(reverse("workshops:slot", args=[world.slot.pk])).text
    assert ("Vous attendez ce créneau" in shown, join in shown) == (True, False)
    assert "Vous êtes en liste d’attente" in client.post(join, form, follow=True).text
    again = client.post(join, form | {"participants": 7})
    assert (again.status_code, "déjà en liste" in again.text) == (422, True)
    leave = reverse("workshops:association_wait_no_more", args=[world.association.slug, WaitlistEntry.objects.get().pk])
    assert "Vous n’attendez plus" in client.post(leave, follow=True).text
    assert "déjà" in client.post(leave, follow=True).text


def test_nobody_fills_in_a_form_that_can_only_be_refused(
    world: World, taken: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    join = reverse("workshops:waitlist_join", args=[world.slot.pk])
    nina = factories.make_user("Nina")
    factories.make_association(now, owner=nina, admitted=False)
    assert "<form class=" not in visitor(nina).get(join).text.split("<main")[1].split("</main>")[0]
    client = visitor(world.association_owner)
    queue(world, now, world.association)
    assert "Votre association a déjà demandé ce créneau, ou l’attend déjà." in client.get(join).text
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    free = client.get(reverse("workshops:waitlist_join", args=[other.pk])).text
    assert f'href="/creneaux/{other.pk}/reserver/"' in free
    assert "M’inscrire en liste d’attente" not in free


@pytest.mark.parametrize("page", ["workshops:book", "workshops:waitlist_join", "workshops:course_book"])
def test_who_has_no_association_comes_back_to_the_slot(world: World, visitor: Visitor, page: str) -> None:
    address = reverse(page, args=[world.slot.pk])
    led = visitor(factories.make_user("Sans association")).get(address)
    assert led["Location"] == f"/associations/inscrire/?{urlencode({'next': address})}"


def test_hold_is_answered_from_its_mail_without_signing_in(
    world: World, taken: Booking, now: dt.datetime, client: Client
) -> None:
    queue(world, now, world.association)
    cancel(taken, world, now)
    link = Message.objects.get(template="waitlist_hold").context["url"]
    assert "Ce créneau est gardé pour vous" in client.get(link).text
    assert holder(now).is_held
    assert "Le créneau est à vous" in client.post(link, {"answer": "yes"}).text
    booking = Booking.objects.get(association=world.association)
    assert (booking.state, booking.settled_by) == ("confirmed", world.association_owner)
    again = client.post(link, {"answer": "yes"})
    assert (again.status_code, "Le créneau est à vous" in again.text) == (200, True)
    assert client.post(link, {"answer": "no"}).status_code == 409
    assert client.get(link[:-4] + "abc/").status_code == 404


def test_hold_is_answered_on_the_page_of_the_booking(
    world: World, taken: Booking, now: dt.datetime, visitor: Visitor
) -> None:
    queue(world, now, world.association)
    cancel(taken, world, now)
    client, held = visitor(world.association_owner), holder(now)
    page = reverse("workshops:association_booking", args=[world.association.slug, held.pk])
    assert "Ce créneau est gardé pour vous" in client.get(page).text
    answer = reverse("workshops:association_hold", args=[world.association.slug, held.pk])
    assert "l’un des deux boutons" in client.post(answer, {}, follow=True).text
    assert "C’est noté" in client.post(answer, {"answer": "no"}, follow=True).text
    assert "C’est noté" in client.post(answer, {"answer": "no"}, follow=True).text
    assert "plus gardé" in client.post(answer, {"answer": "yes"}, follow=True).text


@pytest.mark.parametrize("state", [Booking.State.CONFIRMED, Booking.State.PENDING])
def test_answer_to_a_hold_calls_nothing_else_off(world: World, now: dt.datetime, state: Booking.State) -> None:
    """A page that was open since, or a form that somebody wrote by hand."""
    booking = factories.make_booking(now, world.slot, world.association, state=state)
    with pytest.raises(actions.NoLongerHeld):
        actions.refuse_hold(booking=booking, by=world.association_owner, now=now)
    booking.refresh_from_db()
    assert booking.state == state


def test_who_has_as_many_workshops_as_one_may_is_passed_over(
    world: World, taken: Booking, now: dt.datetime, settings: Settings
) -> None:
    settings.BOOKINGS_PER_ASSOCIATION = 1
    queue(world, now, world.association)
    second = factories.make_association(now, owner=factories.make_user("Nora"))
    queue(world, now, second)
    other = factories.make_slot(world.room, world.slot.starts_at + 7 * DAY)
    factories.make_booking(now, other, world.association)
    cancel(taken, world, now)
    assert holder(now).association == second
    assert "autant d’ateliers à venir que permis" in Message.objects.get(template="waitlist_closed").context["why"]


def test_no_more_is_accepted_than_an_association_may_have(world: World, now: dt.datetime, settings: Settings) -> None:
    settings.BOOKINGS_PER_ASSOCIATION = 1
    asked = factories.make_booking(now, world.slot, world.association, state="pending")
    other = factories.make_slot(world.room, world.slot.starts_at + 7 * DAY)
    factories.make_booking(now, other, world.association)
    with pytest.raises(actions.TooManyBookings, match="autant d’ateliers"):
        actions.accept_booking(booking=asked, by=world.company_owner, now=now)


def test_next_in_the_queue_need_not_wait_for_a_scan(world: World, taken: Booking, now: dt.datetime) -> None:
    """Nor who asked and was told no, or took the question back."""
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    queue(world, now, world.association)
    third = factories.make_association(now, owner=factories.make_user("Nora"))
    queue(world, now, third)
    cancel(taken, world, now)
    asked = holder(now)
    actions.take_hold(booking=asked, by=world.association_owner, now=now)
    actions.decline_booking(booking=asked, code=Reason.UNSUITABLE, by=world.company_owner, now=now)
    assert holder(now).association == third


def test_who_leaves_the_queue_hinders_no_cancellation(
    committed: None, world: World, taken: Booking, now: dt.datetime
) -> None:
    entry = queue(world, now, world.association)

    def leave(pause: Move) -> None:
        actions.leave_waitlist(entry=entry, now=now)
        pause()

    assert second_waits(leave, lambda: cancel(taken, world, now))
    assert not Booking.objects.held(now).exists()
    taken.refresh_from_db()
    assert taken.is_cancelled


def test_hold_that_came_while_another_was_booked_is_not_one_too_many(
    world: World, taken: Booking, now: dt.datetime, settings: Settings
) -> None:
    queue(world, now, world.association)
    cancel(taken, world, now)
    held = holder(now)
    # Committed at the same moment: neither saw the other.
    factories.make_booking(now, factories.make_slot(world.room, world.slot.starts_at + 7 * DAY), world.association)
    settings.BOOKINGS_PER_ASSOCIATION = 1
    with pytest.raises(actions.TooManyBookings, match="déjà 1\u00a0atelier"):
        actions.take_hold(booking=held, by=world.association_owner, now=now)
    assert holder(now) == held
    settings.BOOKINGS_PER_ASSOCIATION = 2
    actions.take_hold(booking=held, by=world.association_owner, now=now)
    assert held.is_confirmed


def test_queue_is_no_way_around_the_most_answers_that_one_may_wait_for(
    world: World, taken: Booking, now: dt.datetime, settings: Settings
) -> None:
    Slot.objects.update(booking_mode=BookingMode.ON_APPROVAL)
    queue(world, now, world.association)
    cancel(taken, world, now)
    other = factories.make_slot(world.room, world.slot.starts_at + 7 * DAY, booking_mode=BookingMode.ON_APPROVAL)
    factories.make_booking(now, other, world.association, state="pending")
    settings.PENDING_PER_ASSOCIATION = 1
    with pytest.raises(actions.TooManyBookings, match="déjà 1\u00a0réponse"):
        actions.take_hold(booking=holder(now), by=world.association_owner, now=now)
    settings.PENDING_PER_ASSOCIATION = 2
    actions.take_hold(booking=holder(now), by=world.association_owner, now=now)
    assert Booking.objects.awaiting_answer(now).count() == 2
