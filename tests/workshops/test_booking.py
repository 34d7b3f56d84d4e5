import datetime as dt
import uuid
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from accounts.vocabulary import Topic
from associations.models import Request
from companies.models import BookingMode, Slot, SlotVolunteer
from mail.models import Message
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Booking, Side, Workshop


def book(world: World, now: dt.datetime, **fields: Any) -> Booking:
    return actions.book_slot(
        **{
            "slot_id": world.slot.pk,
            "association": world.association,
            "participants": 6,
            "topic": Topic.EMAIL,
            "message": "",
            "key": uuid.uuid4(),
            "request": None,
            "by": world.association_owner,
            "now": now,
            **fields,
        }
    )


def on_approval(world: World) -> None:
    Slot.objects.filter(pk=world.slot.pk).update(booking_mode=BookingMode.ON_APPROVAL)


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("template", "to_name"))


def test_instant_slot_is_confirmed_and_both_are_told(world: World, now: dt.datetime) -> None:
    booking = book(world, now)
    assert (booking.state, booking.settled_at, booking.workshop.state) == ("confirmed", now, "planned")
    assert told() == [("booking_confirmed", "Hélène"), ("booking_confirmed", "Karim")]
    assert {bool(message.calendar) for message in Message.objects.all()} == {True}


def test_slot_on_approval_waits_for_the_company(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    assert (booking.state, booking.settled_at, Workshop.objects.count()) == ("pending", None, 0)
    assert told() == [("booking_requested", "Hélène")]


def test_access_kit_is_mailed_to_the_association_alone(world: World, now: dt.datetime) -> None:
    book(world, now)
    kits = {message.to_name: message.context.get("access") for message in Message.objects.all()}
    assert kits == {
        "Hélène": None,
        "Karim": [["Comment entrer", "Sonnez deux fois."], ["Ce soir-là", "01 99 00 12 34"]],
    }


def test_form_sent_twice_is_one_booking(world: World, now: dt.datetime) -> None:
    key = uuid.uuid4()
    assert book(world, now, key=key) == book(world, now, key=key)
    assert Booking.objects.count() == 1
    assert len(told()) == 2


def test_taken_slot_is_refused(world: World, now: dt.datetime) -> None:
    book(world, now)
    with pytest.raises(actions.SlotTaken):
        book(world, now, association=factories.make_association(now))
    assert Booking.objects.count() == 1


def test_asking_twice_for_a_slot_is_refused(world: World, now: dt.datetime) -> None:
    on_approval(world)
    book(world, now)
    with pytest.raises(actions.AlreadyAsked):
        book(world, now)


def test_more_participants_than_places_are_refused(world: World, now: dt.datetime) -> None:
    with pytest.raises(actions.TooMany, match="10 personnes"):
        book(world, now, participants=11)


def test_slot_past_its_notice_is_refused(world: World) -> None:
    with pytest.raises(actions.SlotTaken):
        book(world, world.slot.closes_at)


def test_slot_of_a_company_that_is_no_signatory_is_refused(world: World, now: dt.datetime) -> None:
    type(world.company).objects.update(charter_approved_at=None)
    with pytest.raises(actions.SlotTaken):
        book(world, now)


def test_new_association_does_not_book_at_once(world: World, now: dt.datetime) -> None:
    with pytest.raises(actions.NotAdmitted, match="sur accord"):
        book(world, now, association=factories.make_association(now, admitted=False))


def test_new_association_asks_for_one_slot_at_a_time(world: World, now: dt.datetime) -> None:
    on_approval(world)
    newcomer = factories.make_association(now, admitted=False)
    other = factories.make_slot(world.room, world.slot.ends_at, booking_mode=BookingMode.ON_APPROVAL)
    book(world, now, association=newcomer)
    with pytest.raises(actions.NotAdmitted, match="une demande à la fois"):
        book(world, now, association=newcomer, slot_id=other.pk)


def test_refused_association_does_not_book(world: World, now: dt.datetime) -> None:
    refused = factories.make_association(now, state="refused")
    with pytest.raises(actions.NotAdmitted, match="est refusée"):
        book(world, now, association=refused)


def test_accepting_one_settles_the_others_with_alternatives(world: World, now: dt.datetime) -> None:
    on_approval(world)
    near = factories.make_slot(world.room, world.slot.ends_at)
    chosen = book(world, now)
    other = book(world, now, association=factories.make_association(now))
    Message.objects.all().delete()
    actions.accept_booking(booking=chosen, by=world.company_owner, now=now)
    other.refresh_from_db()
    assert (chosen.state, other.state) == ("confirmed", "not_selected")
    lost = Message.objects.get(template="booking_not_selected")
    assert [one["slot_url"] for one in lost.context["others"]] == [f"http://127.0.0.1:8000/creneaux/{near.pk}/"]


def test_answering_twice_is_refused(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    actions.decline_booking(booking=booking, reason="Travaux.", by=world.company_owner, now=now)
    stale = Booking.objects.with_everything().get(pk=booking.pk)
    with pytest.raises(actions.AlreadySettled, match="déclinée"):
        actions.accept_booking(booking=stale, by=world.company_owner, now=now)
    assert Workshop.objects.count() == 0


def test_decline_is_told_with_its_reason(world: World, now: dt.datetime) -> None:
    on_approval(world)
    actions.decline_booking(booking=book(world, now), reason="Travaux.", by=world.company_owner, now=now)
    message = Message.objects.get(template="booking_declined")
    assert (message.to_name, message.context["reason"]) == ("Karim", "Travaux.")


@pytest.mark.parametrize(
    ("side", "state"), [(Side.COMPANY, "cancelled_by_company"), (Side.ASSOCIATION, "cancelled_by_association")]
)
def test_cancelling_frees_the_slot_and_tells_everybody(world: World, now: dt.datetime, side: Side, state: str) -> None:
    booking = book(world, now)
    factories.make_promise(now, world.slot, world.volunteer)
    Message.objects.all().delete()
    actions.cancel_booking(booking=booking, side=side, reason="Grève.", by=world.company_owner, now=now)
    booking.refresh_from_db()
    assert (booking.state, booking.workshop.state, SlotVolunteer.objects.count()) == (state, "cancelled", 0)
    assert told() == [("booking_cancelled", name) for name in ("Hélène", "Karim", "Lucie")]
    assert book(world, now, association=factories.make_association(now)).state == "confirmed"


def test_cancelled_event_keeps_its_uid_and_rises_its_sequence(world: World, now: dt.datetime) -> None:
    booking = book(world, now)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Grève.", by=world.company_owner, now=now)
    sent, cancelled = Message.objects.filter(to_name="Karim").order_by("pk")
    assert "SEQUENCE:0" in sent.calendar
    assert "SEQUENCE:1" in cancelled.calendar
    assert "STATUS:CANCELLED" in cancelled.calendar
    uid = f"UID:booking-{booking.pk}@127.0.0.1"
    assert uid in sent.calendar
    assert uid in cancelled.calendar


def test_request_follows_its_booking(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association)
    booking = book(world, now, request=wanted)
    wanted.refresh_from_db()
    assert wanted.state == Request.State.IN_PROGRESS
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="", by=world.association_owner, now=now)
    wanted.refresh_from_db()
    assert wanted.state == Request.State.OPEN


def test_form_sent_again_for_another_association_is_another_booking(world: World, now: dt.datetime) -> None:
    on_approval(world)
    key = uuid.uuid4()
    first = book(world, now, key=key)
    other = factories.make_association(now)
    second = book(world, now, key=key, association=other)
    assert (first.association, second.association) == (world.association, other)
    assert book(world, now, key=key) == first


def test_company_is_told_that_an_association_waits_no_more(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    Message.objects.all().delete()
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="", by=world.association_owner, now=now)
    assert told() == [("booking_withdrawn", "Hélène")]


def test_request_stays_answered_while_another_booking_answers_it(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association)
    first = book(world, now, request=wanted)
    other_slot = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    waiting = factories.make_booking(now, other_slot, world.association, request=wanted, state="pending")
    leave: dict[str, Any] = {"side": Side.ASSOCIATION, "reason": "", "by": world.association_owner, "now": now}
    actions.cancel_booking(booking=waiting, **leave)
    wanted.refresh_from_db()
    assert wanted.state == Request.State.IN_PROGRESS
    second = factories.make_booking(now, other_slot, world.association, request=wanted)
    actions.cancel_booking(booking=second, **leave)
    wanted.refresh_from_db()
    assert wanted.state == Request.State.IN_PROGRESS
    actions.cancel_booking(booking=first, **leave)
    wanted.refresh_from_db()
    assert wanted.state == Request.State.OPEN


def test_what_was_accepted_meanwhile_is_cancelled_as_confirmed(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    read_before = Booking.objects.with_everything().get(pk=booking.pk)
    actions.accept_booking(booking=booking, by=world.company_owner, now=now)
    Message.objects.all().delete()
    actions.cancel_booking(booking=read_before, side=Side.ASSOCIATION, reason="", by=world.association_owner, now=now)
    assert told() == [("booking_cancelled", name) for name in ("Hélène", "Karim")]


def test_workshop_that_has_begun_is_not_cancelled(world: World, now: dt.datetime) -> None:
    booking = book(world, now)
    with pytest.raises(actions.AlreadyBegun, match="compte rendu"):
        actions.cancel_booking(
            booking=booking, side=Side.COMPANY, reason="Grève.", by=world.company_owner, now=world.slot.starts_at
        )
    booking.refresh_from_db()
    assert booking.is_confirmed


def test_booked_slot_is_not_withdrawn(world: World, now: dt.datetime) -> None:
    book(world, now)
    with pytest.raises(actions.SlotTaken, match="annulez-la"):
        actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)


def test_withdrawing_a_slot_declines_who_waited(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    actions.withdraw_slot(slot=world.slot, by=world.company_owner, now=now)
    booking.refresh_from_db()
    assert (booking.state, booking.reason) == ("declined", "Le créneau a été retiré.")


def test_unanswered_booking_expires_once(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    assert actions.expire_bookings(now=now + dt.timedelta(hours=95)) == 0
    late = now + dt.timedelta(hours=96)
    assert (actions.expire_bookings(now=late), actions.expire_bookings(now=late)) == (1, 0)
    booking.refresh_from_db()
    assert (booking.state, booking.settled_at) == ("expired", late)


def test_two_live_bookings_are_refused_by_the_database(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    with pytest.raises(IntegrityError, match="booking_one_live_per_slot"), transaction.atomic():
        factories.make_booking(now, world.slot, factories.make_association(now))


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"state": "pending", "settled_at": dt.datetime(2026, 12, 1, tzinfo=dt.UTC)}, "booking_settled_stamped"),
        ({"state": "confirmed", "settled_at": None}, "booking_settled_stamped"),
        ({"state": "cancelled_by_company"}, "booking_cancelled_stamped"),
        ({"participants": 0}, "booking_somebody_comes"),
    ],
)
def test_state_and_stamps_agree(world: World, now: dt.datetime, fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factories.make_booking(now, world.slot, world.association, **fields)
