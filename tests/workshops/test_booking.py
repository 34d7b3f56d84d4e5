import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import Settings
from time_machine import travel

from accounts.models import User
from accounts.vocabulary import Topic
from associations.models import Association, Request
from companies.models import BookingMode, Slot, SlotVolunteer
from mail.models import Message
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.catalogue import alternatives, bookable, close_by, instead_of
from workshops.models import Booking, Reason, Side, Workshop

NO_NEED: dict[str, Any] = {"code": Reason.NO_NEED}


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
    factories.forget_mail()
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
    factories.forget_mail()
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
    actions.cancel_booking(
        booking=booking, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=world.association_owner, now=now
    )
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
    factories.forget_mail()
    actions.cancel_booking(
        booking=booking, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=world.association_owner, now=now
    )
    assert told() == [("booking_withdrawn", "Hélène")]


def test_request_stays_answered_while_another_booking_answers_it(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association)
    first = book(world, now, request=wanted)
    other_slot = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    waiting = factories.make_booking(now, other_slot, world.association, request=wanted, state="pending")
    leave: dict[str, Any] = {
        "side": Side.ASSOCIATION,
        "code": Reason.NO_NEED,
        "by": world.association_owner,
        "now": now,
    }
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
    factories.forget_mail()
    actions.cancel_booking(
        booking=read_before, side=Side.ASSOCIATION, code=Reason.NO_NEED, by=world.association_owner, now=now
    )
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
    assert (booking.state, booking.why) == ("declined", "Le créneau a été retiré")


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
        ({"state": "pending", "expires_at": None}, "booking_waits_until"),
        ({"reason_code": "no_need"}, "booking_reason_of_its_end"),
        ({"state": "declined", "reason_code": "other"}, "booking_other_reason_told"),
        ({"is_late": True}, "booking_late_when_cancelled"),
    ],
)
def test_state_and_stamps_agree(world: World, now: dt.datetime, fields: dict[str, Any], constraint: str) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        factories.make_booking(now, world.slot, world.association, **fields)


def test_association_withdraws_its_request_without_a_reason(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, by=world.association_owner, now=now)
    booking.refresh_from_db()
    assert (booking.state, booking.reason_code) == ("cancelled_by_association", "")


def test_another_reason_is_told(world: World, now: dt.datetime) -> None:
    booking = book(world, now)
    with pytest.raises(actions.Unexplained, match="en quelques mots"):
        actions.cancel_booking(booking=booking, side=Side.COMPANY, reason=" ", by=world.company_owner, now=now)
    booking.refresh_from_db()
    assert booking.is_confirmed


@pytest.mark.parametrize("code", ["", "other"])
@pytest.mark.parametrize("side", Side)
def test_refused_cancellation_says_why_where_it_is_read(
    world: World, now: dt.datetime, visitor: Callable[[User], Client], side: Side, code: str
) -> None:
    booking = book(world, now)
    page = reverse(f"workshops:{side}_cancel", args=[getattr(world, side).slug, booking.pk])
    answer = visitor(getattr(world, f"{side}_owner")).post(page, {"code": code, "reason": ""})
    unfolded = re.search(
        r'<details class="card" open>\s*<summary>Annuler la réservation.*?</details>', answer.text, re.DOTALL
    )
    assert (answer.status_code, unfolded is not None and "error" in unfolded[0]) == (422, True)


@pytest.mark.parametrize("hours_before", [48, 47])
def test_cancelling_close_to_the_date_is_noted_as_late(world: World, now: dt.datetime, hours_before: int) -> None:
    booking = book(world, now)
    then = world.slot.starts_at - dt.timedelta(hours=hours_before)
    code = Reason.NO_HOST
    actions.cancel_booking(booking=booking, side=Side.COMPANY, code=code, by=world.company_owner, now=then)
    booking.refresh_from_db()
    assert (booking.is_late, booking.why) == (hours_before < 48, "Personne ne peut accueillir ce jour-là")


def test_answer_after_the_clock_is_refused_though_nobody_noted_it(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    late = now + dt.timedelta(hours=96)
    assert not Booking.objects.awaiting_answer(late).exists()
    with pytest.raises(actions.AlreadySettled, match="trop longtemps"):
        actions.accept_booking(booking=booking, by=world.company_owner, now=late)
    with pytest.raises(actions.AlreadySettled, match="trop longtemps"):
        actions.decline_booking(booking=booking, code=Reason.NO_HOST, by=world.company_owner, now=late)
    assert Booking.objects.get(pk=booking.pk).as_of(late).state == "expired"
    assert book(world, late).state == "pending"
    booking.refresh_from_db()
    assert booking.state == "expired"


def test_database_refuses_an_answer_after_the_clock(world: World, now: dt.datetime) -> None:
    on_approval(world)
    booking = book(world, now)
    own = Booking.objects.filter(pk=booking.pk)
    with pytest.raises(IntegrityError, match="clock of the booking has run out"), transaction.atomic():
        own.update(state="confirmed", settled_at=booking.expires_at)


def test_nobody_hoards(world: World, now: dt.datetime, settings: Settings) -> None:
    settings.BOOKINGS_PER_ASSOCIATION, settings.PENDING_PER_ASSOCIATION = 2, 1
    days = [dt.timedelta(days=number) for number in range(1, 5)]
    slots = [factories.make_slot(world.room, world.slot.starts_at + day) for day in days]
    first = book(world, now)
    book(world, now, slot_id=slots[0].pk)
    with pytest.raises(actions.TooManyBookings, match="2\u00a0ateliers à venir"):
        book(world, now, slot_id=slots[1].pk)
    leave = {"side": Side.ASSOCIATION, "by": world.association_owner, "now": now, **NO_NEED}
    actions.cancel_booking(booking=first, **leave)
    Slot.objects.filter(pk__in=[slot.pk for slot in slots]).update(booking_mode=BookingMode.ON_APPROVAL)
    waiting = book(world, now, slot_id=slots[1].pk)
    with pytest.raises(actions.TooManyBookings, match="1\u00a0réponse"):
        book(world, now, slot_id=slots[2].pk)
    actions.cancel_booking(booking=waiting, **leave)
    assert book(world, now, slot_id=slots[2].pk).state == "pending"
    Slot.objects.filter(pk=slots[3].pk).update(booking_mode=BookingMode.INSTANT)
    settings.BOOKINGS_PER_ASSOCIATION = 3
    assert book(world, now, slot_id=slots[3].pk).is_confirmed


@pytest.mark.parametrize(("state", "counts"), [("confirmed", True), ("completed", False), ("no_show", False)])
def test_workshops_to_come_are_those_not_told_yet(
    world: World, now: dt.datetime, settings: Settings, *, state: str, counts: bool
) -> None:
    settings.BOOKINGS_PER_ASSOCIATION = 1
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    booking = book(world, now)
    Booking.objects.filter(pk=booking.pk).update(state=state)
    own = Booking.objects.of_association(world.association).ahead(now)
    assert own.exists() is counts
    if not counts:
        assert book(world, now, slot_id=other.pk).is_confirmed


@pytest.mark.parametrize("people", ["", "0", "-3", "²", "9" * 5000, "deux"])
def test_who_is_late_is_told_of_other_slots_whatever_the_form_says(
    world: World, now: dt.datetime, visitor: Callable[[User], Client], people: str
) -> None:
    factories.make_booking(now, world.slot, factories.make_association(now))
    factories.make_slot(factories.make_room(now, world.site, capacity=20, computers=8), world.slot.starts_at)
    page = reverse("workshops:book", args=[world.slot.pk])
    sent = {"association": world.association.pk, "participants": people, "topic": "email", "key": "no-key"}
    answer = visitor(world.association_owner).post(page, sent)
    assert answer.status_code == 409
    assert bool(answer.context["others"]) is (people[:1] != "9")


def test_slots_proposed_come_nearest_to_what_was_wanted_however_far_they_are(world: World, now: dt.datetime) -> None:
    """Looked for around it first, they are those that one look at all would find."""
    place = {"latitude": world.site.latitude, "longitude": world.site.longitude}
    # From the instant of the slot that is gone, a week ahead.
    hours = [5000, 900, -150, 700, -130, 119, -23, 23, 1, -1, 0]
    for many, ahead in enumerate(hours, 1):
        factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at + dt.timedelta(hours=ahead))
        found = alternatives(world.slot, now=now, places=1)
        near = sorted(
            close_by(slot=world.slot.pk, now=now, places=1, **place),
            key=lambda slot: (abs(slot.starts_at - world.slot.starts_at), slot.distance_km, slot.pk),
        )
        assert found == near[:3], f"{hours[:many]} hours away"


def test_slot_proposed_instead_can_be_had(world: World, now: dt.datetime) -> None:
    """With computers for the group, or for the request; on approval, for who is not admitted yet."""

    def beside(**fields: Any) -> Slot:
        room = factories.make_room(now, world.site)
        return factories.make_slot(room, world.slot.starts_at, **fields)

    bare, few, many = (beside(computers=computers) for computers in (0, 4, 8))
    asked = beside(booking_mode=BookingMode.ON_APPROVAL)
    wanted = factories.make_request(now, world.association, computers=8)
    new = factories.make_association(now, admitted=False)

    def instead(association: Association, participants: int, request: Request | None = None) -> list[Slot]:
        booking = Booking(slot=world.slot, association=association, participants=participants, request=request)
        return instead_of(booking, now)

    assert instead(world.association, 3) == [few, many, asked]
    assert instead(world.association, 3, wanted) == [many, asked]
    assert instead(new, 3) == [asked]
    Slot.objects.filter(pk=world.slot.pk).update(computers=0)
    world.slot.refresh_from_db()
    assert instead(world.association, 3) == [bare, few, many]


@pytest.mark.parametrize("end", ["declined", "not_selected", "expired", "cancelled"])
def test_page_of_what_came_to_nothing_leads_on(
    world: World, now: dt.datetime, visitor: Callable[[User], Client], end: str
) -> None:
    other = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at)
    if end == "cancelled":
        booking, by = book(world, now), world.company_owner
        actions.cancel_booking(booking=booking, side=Side.COMPANY, code=Reason.NO_VOLUNTEERS, by=by, now=now)
    else:
        on_approval(world)
        booking = book(world, now)
        Booking.objects.update(state=end, settled_at=now)
    page = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    slot, search = reverse("workshops:slot", args=[other.pk]), f"{reverse('workshops:search')}?lieu="
    shown = visitor(world.association_owner).get(page).text
    assert (slot in shown, search in shown) == (True, True)
    with travel(world.slot.ends_at, tick=False):
        shown = visitor(world.association_owner).get(page).text
    assert (slot in shown, search in shown) == (False, True)


def test_page_of_what_stands_leads_nowhere_else(
    world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    page = reverse("workshops:association_booking", args=[world.association.slug, book(world, now).pk])
    assert "Chercher un autre créneau" not in visitor(world.association_owner).get(page).text


@pytest.mark.parametrize(
    ("code", "stays"), [(Reason.CLOSED, False), (Reason.ROOM_TAKEN, False), (Reason.NO_VOLUNTEERS, True)]
)
@pytest.mark.parametrize("confirmed", [True, False])
def test_slot_where_nobody_can_come_is_taken_back_with_its_booking(
    world: World, now: dt.datetime, visitor: Callable[[User], Client], code: Reason, stays: object, confirmed: object
) -> None:
    """Called off or declined: the next association would find a closed door."""
    on_approval(world)
    booking = book(world, now)
    other = book(world, now, association=factories.make_association(now))
    if confirmed:
        Booking.objects.filter(pk=other.pk).delete()
        actions.accept_booking(booking=booking, by=world.company_owner, now=now)
    name = "company_cancel" if confirmed else "booking_decline"
    page = reverse(f"workshops:{name}", args=[world.company.slug, booking.pk])
    done = visitor(world.company_owner).post(page, {"code": code, "reason": ""}, follow=True).text
    assert ("Le créneau reste proposé" if stays else "Le créneau est retiré") in done
    assert bookable(now).filter(pk=world.slot.pk).exists() == stays
    if not confirmed:
        other.refresh_from_db()
        assert other.state == ("pending" if stays else "declined")


def test_what_one_has_asked_for_is_not_proposed_instead(world: World, now: dt.datetime) -> None:
    on_approval(world)
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1), booking_mode="on_approval")
    booking = book(world, now)
    book(world, now, slot_id=other.pk)
    actions.decline_booking(booking=booking, code=Reason.UNSUITABLE, by=world.company_owner, now=now)
    assert Message.objects.get(template="booking_declined").context["others"] == []


@pytest.mark.parametrize("asked", [False, True])
@pytest.mark.parametrize("method", ["get", "post"])
def test_who_comes_back_to_the_form_is_shown_what_they_have(
    world: World, now: dt.datetime, visitor: Callable[[User], Client], method: str, asked: object
) -> None:
    if asked:
        on_approval(world)
    booking = book(world, now)
    page = reverse("workshops:book", args=[world.slot.pk])
    form = {"association": world.association.pk, "participants": 6, "topic": "email", "key": uuid.uuid4()}
    client = visitor(world.association_owner)
    answer = client.get(page, follow=True) if method == "get" else client.post(page, form, follow=True)
    own = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    assert (answer.redirect_chain[-1][0], "Vous avez déjà une réservation de ce créneau" in answer.text) == (own, True)
    assert Booking.objects.count() == 1


def test_company_is_not_told_that_a_slot_is_offered_when_it_is_too_late(
    world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    booking = book(world, now)
    Slot.objects.filter(pk=world.slot.pk).update(closes_at=now)
    page = reverse("workshops:company_cancel", args=[world.company.slug, booking.pk])
    done = visitor(world.company_owner).post(page, {"code": "no_volunteers", "reason": ""}, follow=True).text
    assert ("La réservation est annulée" in done, "reste proposé" in done) == (True, False)


def test_who_asked_for_one_association_may_ask_for_another(
    world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    on_approval(world)
    book(world, now)
    second = factories.make_association(now, owner=world.association_owner)
    client, page = visitor(world.association_owner), reverse("workshops:book", args=[world.slot.pk])
    assert 'name="participants"' in client.get(page).text
    assert "Réserver ce créneau" in client.get(reverse("workshops:slot", args=[world.slot.pk])).text
    client.post(page, {"association": second.pk, "participants": 6, "topic": "email", "key": uuid.uuid4()})
    assert Booking.objects.filter(state="pending").count() == 2


def test_who_loses_a_race_is_not_proposed_what_they_have_asked_for(
    world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    there = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1), booking_mode="on_approval")
    client = visitor(world.association_owner)
    factories.make_booking(now, world.slot, factories.make_association(now))
    sent = {"association": world.association.pk, "participants": 6, "topic": "email", "key": uuid.uuid4()}
    page = reverse("workshops:book", args=[world.slot.pk])
    assert client.post(page, sent).context["others"] == [there]
    book(world, now, slot_id=there.pk)
    assert client.post(page, sent).context["others"] == []


def test_new_association_reads_before_it_fills_a_form_that_it_may_not_book_at_once(
    world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    newcomer = factories.make_association(now, admitted=False)
    client = visitor(newcomer.owners()[0])
    pages = [client.get(reverse(f"workshops:{name}", args=[world.slot.pk])).text for name in ("slot", "book")]
    for page in pages:
        assert "il faut d’abord que votre association soit admise" in page
        assert ("reponse=accord" in page, 'name="participants"' in page) == (True, False)
        assert "à vous dès que vous réservez" not in page
    on_approval(world)
    pages = [client.get(reverse(f"workshops:{name}", args=[world.slot.pk])).text for name in ("slot", "book")]
    assert ["soit admise" in page for page in pages] == [False, False]


@pytest.mark.parametrize(
    ("state", "said"),
    [
        ("pending", "Vous avez demandé ce créneau"),
        ("held", "Ce créneau est gardé pour vous"),
        ("confirmed", "Vous avez réservé ce créneau"),
    ],
)
def test_page_of_a_slot_shows_what_one_has_of_it(
    world: World, now: dt.datetime, visitor: Callable[[User], Client], state: str, said: str
) -> None:
    on_approval(world)
    booking = factories.make_booking(now, world.slot, world.association, state=state)
    page = visitor(world.association_owner).get(reverse("workshops:slot", args=[world.slot.pk])).text
    own = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    assert (said in page, own in page) == (True, True)
    invited = [reverse(f"workshops:{name}", args=[world.slot.pk]) for name in ("book", "waitlist_join")]
    assert [address in page for address in invited] == [False, False]


def test_page_of_a_slot_says_until_when_its_company_answers(world: World, now: dt.datetime, client: Client) -> None:
    on_approval(world)
    page = reverse("workshops:slot", args=[world.slot.pk])
    assert "sous 96 heures" in client.get(page).text
    with travel(world.slot.starts_at - dt.timedelta(hours=95), tick=False):
        Slot.objects.filter(pk=world.slot.pk).update(closes_at=world.slot.starts_at)
        near = client.get(page).text
    assert ("avant le mardi 8\u00a0décembre 2026, 18\u00a0h\u00a030" in near, "sous 96" in near) == (True, False)


def test_nothing_is_proposed_at_a_time_when_the_association_is_elsewhere(world: World, now: dt.datetime) -> None:
    other = factories.make_room(now, factories.make_site(now, world.company, name="Ailleurs"))
    factories.make_slot(other, world.slot.starts_at)
    taken = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at)
    proposed: dict[str, Any] = {"now": now, "places": 1, "association": world.association.pk}
    assert len(list(alternatives(taken, **proposed))) == 2
    factories.make_booking(now, world.slot, world.association)
    assert list(alternatives(taken, **proposed)) == []
