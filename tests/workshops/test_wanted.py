"""Mails that facts have overtaken stay, and a booking's page tells both sides what was written."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from associations.models import Association, Request
from companies.models import Slot
from mail import wanted
from mail.actions import RESTORED
from mail.bounces import set_aside
from mail.delivery import deliver_due, why_unwanted
from mail.models import Message
from mail.outbox import post
from mail.rendering import render
from tests import factories
from tests.factories import World
from tests.mail.conftest import Sink
from workshops import actions, emails
from workshops.ledger import LABELS, ledger
from workshops.models import Booking, Side, WaitlistEntry, Workshop

Visitor = Callable[[User], Client]


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    return told(world, now)


def told(world: World, now: dt.datetime) -> Booking:
    """A booking that both sides were told of, and will be reminded of."""
    made = factories.make_booking(now, world.slot, world.association)
    with transaction.atomic():
        emails.booking_confirmed(booking=made, now=now)
        emails.workshop_reminder(workshop=Workshop.objects.get(booking=made), now=now)
    return made


def deliver(now: dt.datetime) -> dict[str, set[str]]:
    """What became of each kind of message."""
    deliver_due(now=now, limit=100, clock=lambda: now)
    found: dict[str, set[str]] = {}
    for message in Message.objects.all():
        found.setdefault(message.template, set()).add(f"{message.state} {message.last_error}".strip())
    return found


def test_reminder_of_a_workshop_that_was_cancelled_meanwhile_stays(
    now: dt.datetime, committed: None, smtp_sink: Sink
) -> None:
    world = factories.make_world(now)
    booking = told(world, now)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=now)
    assert deliver(now) == {
        "booking_confirmed": {"skipped L’atelier n’est plus à venir."},
        "workshop_reminder": {"skipped L’atelier n’est plus à venir."},
        "booking_cancelled": {"sent"},
    }
    assert {mail["Subject"][:6] for _, mail in smtp_sink.taken} == {"Annulé"}


def test_what_is_still_so_leaves_in_one_thread(now: dt.datetime, committed: None, smtp_sink: Sink) -> None:
    booking = told(factories.make_world(now), now)
    assert deliver(now) == {"booking_confirmed": {"sent"}, "workshop_reminder": {"sent"}}
    threads = {(mail["References"], mail["In-Reply-To"]) for _, mail in smtp_sink.taken}
    root = f"<booking.{booking.pk}.thread@solidarite.example.org>"
    assert threads == {(root, root)}


def test_reminder_of_another_date_stays(world: World, booking: Booking, now: dt.datetime) -> None:
    for message in Message.objects.filter(template="workshop_reminder"):
        message.key = f"workshop_reminder:{booking.pk}:20200101T0000Z:{message.pk}"
        message.save(update_fields=["key"])
    reminder = Message.objects.filter(template="workshop_reminder")[0]
    assert why_unwanted(reminder, at=now) == "L’atelier a changé de date."


WEEK, MINUTE = dt.timedelta(days=7), dt.timedelta(minutes=1)


@pytest.fixture
def moved(world: World, now: dt.datetime) -> Booking:
    """A workshop to which Lucie would have come, moved a week on before anybody was told."""
    booking = factories.make_booking(now, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    return move(world, booking, factories.make_slot(world.room, world.slot.starts_at + WEEK), now)


def move(world: World, booking: Booking, slot: Slot, now: dt.datetime) -> Booking:
    by = world.company_owner
    return actions.move_workshop(booking=booking, slot_id=slot.pk, side=Side.COMPANY, by=by, now=now)


def test_workshop_that_is_back_where_it_was_known_is_told_to_nobody(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    there = move(world, booking, factories.make_slot(world.room, world.slot.starts_at + WEEK), now)
    first = Message.objects.filter(template="booking_moved")
    assert {why_unwanted(one, at=now) for one in first} == {""}
    back = move(world, Booking.objects.with_everything().get(pk=there.pk), world.slot, now + MINUTE)
    last = Message.objects.filter(template="booking_moved", about=f"booking:{back.pk}")
    assert {why_unwanted(one, at=now + MINUTE) for one in last} == {
        "L’atelier est de nouveau à la date que cette personne connaît."
    }
    Message.objects.filter(about=f"booking:{there.pk}").update(attempts=1)
    for one in last.all():
        assert (why_unwanted(one, at=now + MINUTE), one.context["was"].split("\u00a0")[0]) == ("", "mardi 15")


def what_leaves(now: dt.datetime) -> dict[str, list[tuple[str, Message]]]:
    """Who is told what, of all that waits."""
    left: dict[str, list[tuple[str, Message]]] = {}
    for message in Message.objects.order_by("pk"):
        if not why_unwanted(message, at=now):
            left.setdefault(message.to_name, []).append((message.template, message))
    return left


def test_volunteer_hears_that_a_date_is_off_although_the_workshop_moved_on(
    world: World, moved: Booking, now: dt.datetime
) -> None:
    last = factories.make_slot(world.room, world.slot.starts_at + 2 * WEEK)
    move(world, moved, last, now)
    left = what_leaves(now)
    assert [[template for template, _ in left[name]] for name in ("Lucie", "Hélène", "Karim")] == [
        ["booking_moved"],
        ["booking_moved"],
        ["booking_moved"],
    ]
    for name in ("Hélène", "Karim"):
        assert "mardi 8\u00a0décembre" in left[name][0][1].context["was"]
    [(_, message)] = left["Lucie"]
    assert (message.calendar_method, "8\u00a0décembre" in message.context["was"]) == ("CANCEL", True)
    said = render(message)
    assert "mardi 22\u00a0décembre" in said.subject
    for text in (said.text, said.html):
        assert "l’ancienne date" in text
        assert ("22\u00a0décembre" in text, "15\u00a0décembre" in text) == (True, False)


def test_volunteer_hears_that_a_date_is_off_although_the_other_one_is_too(
    world: World, moved: Booking, now: dt.datetime
) -> None:
    actions.cancel_booking(booking=moved, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=now)
    left = what_leaves(now)
    assert [template for template, _ in left["Karim"]] == ["booking_cancelled"]
    off = render(left["Karim"][0][1])
    for text in (off.text, off.html):
        assert "Il était prévu\u00a0: mardi 8\u00a0décembre" in text
    [(template, message)] = left["Lucie"]
    assert (template, message.calendar_method) == ("booking_moved", "CANCEL")
    said = render(message)
    assert said.subject == "Annulé\u00a0: l’atelier où vous vouliez venir"
    for text in (said.text, said.html):
        assert ("8\u00a0décembre" in text, "15\u00a0décembre" in text, "a lieu" in text) == (True, False, False)
        assert "n’aura pas lieu" in text


def test_date_that_was_told_is_not_told_with_another(world: World, moved: Booking, now: dt.datetime) -> None:
    send(now)
    actions.cancel_booking(booking=moved, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=now)
    message = Message.objects.get(template="booking_cancelled", to_name="Karim")
    assert why_unwanted(message, at=now) == ""
    assert "Il était prévu" not in render(message).text


def test_company_that_was_left_hears_so_whatever_becomes_of_the_workshop(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    host = factories.make_company(now, owner=factories.make_user("Yann"))
    room = factories.make_room(now, factories.make_site(now, host))
    there = factories.make_slot(room, world.slot.starts_at + WEEK)
    by = world.association_owner
    moved = actions.move_workshop(booking=booking, slot_id=there.pk, side=Side.ASSOCIATION, by=by, now=now)
    actions.cancel_booking(booking=moved, side=Side.ASSOCIATION, reason="Malade.", by=by, now=now)
    left = {name: [one.calendar_method for _, one in told] for name, told in what_leaves(now).items()}
    assert left == {"Hélène": ["CANCEL"], "Yann": ["CANCEL"], "Karim": ["CANCEL"]}


def test_both_sides_read_what_was_written(world: World, booking: Booking, now: dt.datetime, visitor: Visitor) -> None:
    sent = Message.objects.filter(template="booking_confirmed")
    sent.update(state="sent", sent_at=now)
    for user, name, slug in (
        (world.company_owner, "workshops:company_booking", world.company.slug),
        (world.association_owner, "workshops:association_booking", world.association.slug),
    ):
        page = visitor(user).get(reverse(name, args=[slug, booking.pk])).text
        assert "Confirmation\u00a0: envoyé" in page
        assert "1er\u00a0décembre 2026, 10\u00a0h" in page
        assert "Rappel\u00a0: à envoyer" in page
        assert "à 2\u00a0personnes" in page
    assert world.company_owner.email not in page


def test_every_mail_of_a_booking_has_its_words() -> None:
    told = {
        name
        for name in vars(emails)
        if name.startswith(
            (
                "booking_",
                "workshop_",
                "report_",
                "waitlist_h",
                "volunteer",
                "absence_",
                "dispute_",
                "slot_",
                "offer_",
                "room_",
            )
        )
    }
    assert told == set(LABELS)


def test_page_says_when_an_address_receives_no_more(world: World, now: dt.datetime, visitor: Visitor) -> None:
    set_aside(address=world.company_owner.email, reason="550", now=now)
    Slot.objects.update(booking_mode="on_approval")
    booking = factories.make_booking(now, world.slot, world.association, state="pending")
    with transaction.atomic():
        emails.booking_requested(booking=booking, now=now)
    page = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    assert (
        "Demande transmise à l’entreprise\u00a0: pas remis, l’adresse ne reçoit plus"
        in visitor(world.association_owner).get(page).text
    )


def test_ledger_says_what_became_of_the_digest(world: World, booking: Booking, now: dt.datetime) -> None:
    """Kept for a digest, which waits, then leaves at its own hour, then comes back."""
    reminders = Message.objects.filter(template="workshop_reminder")
    reminders.update(state=Message.State.GATHERED, gathered_at=now)
    with transaction.atomic():
        post("digest", key="digest:1", to=("a@example.org", ""), context={"items": []}, now=now)
    digest = Message.objects.get(key="digest:1")
    said = {}
    for state, stamps in {
        "none": {},
        "queued": {"gathered_into": digest},
        "sent": {"gathered_into": digest},
        "failed": {"gathered_into": digest},
        "restored": {"gathered_into": digest},
    }.items():
        reminders.update(**stamps)
        if state == "restored":
            Message.objects.filter(pk=digest.pk).update(last_error=RESTORED)
        if state in ("sent", "failed"):
            at = {f"{state}_at": now + dt.timedelta(hours=3), "sent_at": None, "last_error": "x"} | (
                {"sent_at": now + dt.timedelta(hours=3), "failed_at": None} if state == "sent" else {}
            )
            Message.objects.filter(pk=digest.pk).update(state=state, **at)
        # What is lost is a line for each side.
        [(what, when)] = {(one.what, one.when) for one in ledger(booking) if one.what.startswith("Rappel")}
        said[state] = (what.partition("\u00a0: ")[2], when.partition(", ")[2])
    assert said == {
        "none": ("dans un récapitulatif", "10\u00a0h"),
        "queued": ("dans un récapitulatif", "10\u00a0h"),
        "sent": ("envoyé dans un récapitulatif", "13\u00a0h"),
        "failed": ("pas remis", "10\u00a0h"),
        "restored": ("retenu après une restauration, peut-être déjà parti", "10\u00a0h"),
    }


def test_ledger_says_that_what_a_restore_holds_may_have_left(world: World, booking: Booking, now: dt.datetime) -> None:
    send(now)
    reminders = Message.objects.filter(template="workshop_reminder")
    reminders.update(state=Message.State.FAILED, sent_at=None, failed_at=now, last_error=RESTORED)
    [line] = [one for one in ledger(booking) if one.what.startswith("Rappel")]
    assert line.what == "Rappel\u00a0: retenu après une restauration, peut-être déjà parti"


def lines(booking: Booking, what: str) -> list[tuple[str, str]]:
    """When and to how many people the ledger says that this was told."""
    return [(one.when, one.who) for one in ledger(booking) if one.what == f"{what}\u00a0: envoyé"]


def send(now: dt.datetime, *names: str) -> None:
    waiting = Message.objects.filter(state=Message.State.QUEUED)
    (waiting.filter(to_name__in=names) if names else waiting).update(state=Message.State.SENT, sent_at=now)


def test_ledger_tells_the_reminders_of_both_dates(world: World, booking: Booking, now: dt.datetime) -> None:
    week = dt.timedelta(days=7)
    send(now + week - dt.timedelta(days=2))
    later = factories.make_slot(world.room, world.slot.starts_at + week)
    by, at = world.company_owner, now + dt.timedelta(days=6)
    moved = actions.move_workshop(booking=booking, slot_id=later.pk, side=Side.COMPANY, by=by, now=at)
    with transaction.atomic():
        emails.workshop_reminder(workshop=moved.workshop, now=now + 2 * week - dt.timedelta(days=2))
    send(now + 2 * week - dt.timedelta(days=2))
    assert lines(moved, "Rappel") == [
        ("dimanche 13\u00a0décembre 2026, 10\u00a0h", "à 2\u00a0personnes"),
        ("dimanche 6\u00a0décembre 2026, 10\u00a0h", "à 2\u00a0personnes"),
    ]


def test_ledger_tells_each_note(world: World, booking: Booking, now: dt.datetime) -> None:
    for hours in (1, 2, 3):
        at, by, text = now + dt.timedelta(hours=hours), world.association_owner, "Où se garer\u00a0?"
        actions.write_note(workshop=booking.workshop, side=Side.ASSOCIATION, kind="access", text=text, by=by, now=at)
        send(at)
    assert lines(booking, "Message") == [
        (f"mardi 1er\u00a0décembre 2026, {hour}\u00a0h", "à 1\u00a0personne") for hour in (13, 12, 11)
    ]


def test_ledger_says_when_the_first_of_several_was_told(world: World, booking: Booking, now: dt.datetime) -> None:
    send(now + dt.timedelta(hours=1), "Karim")
    send(now + dt.timedelta(hours=5))
    assert lines(booking, "Confirmation") == [("mardi 1er\u00a0décembre 2026, 11\u00a0h", "à 2\u00a0personnes")]


def test_ledger_says_when_what_waits_will_leave(
    world: World, booking: Booking, now: dt.datetime, smtp_sink: Sink
) -> None:
    """At half past ten in the evening it waits for the morning; a server that refuses it then, for the next attempt."""
    smtp_sink.body_answers[world.association_owner.email] = "451 4.3.0 later"
    send(now)
    Message.objects.filter(template="workshop_reminder").update(state=Message.State.QUEUED, sent_at=None)

    def waits(at: dt.datetime) -> list[str]:
        deliver_due(now=at, limit=9, clock=lambda: at)
        return [one.when for one in ledger(booking) if one.what == "Rappel\u00a0: à envoyer"]

    assert waits(now + dt.timedelta(hours=12.5)) == ["mercredi 2\u00a0décembre 2026, 7\u00a0h"]
    [again] = waits(now + dt.timedelta(hours=21))
    assert again.startswith("mercredi 2\u00a0décembre 2026, 7\u00a0h\u00a001")


Propose = Callable[[Booking, dt.datetime, list[Slot]], None]


def close_queue(booking: Booking, now: dt.datetime, others: list[Slot]) -> None:
    entry = WaitlistEntry(pk=1, association=booking.association, slot=booking.slot)
    emails.waitlist_closed(entry=entry, slot=booking.slot, others=others, why=str, now=now)


PROPOSALS: list[Propose] = [
    lambda booking, now, others: emails.booking_declined(booking=booking, now=now, others=others),
    lambda booking, now, others: emails.booking_not_selected(booking=booking, now=now, others=others),
    lambda booking, now, others: emails.booking_expired(booking=booking, held=True, now=now, others=others),
    lambda booking, now, others: emails.booking_cancelled(booking=booking, now=now, others=others),
    close_queue,
]


@pytest.mark.parametrize("propose", PROPOSALS)
def test_other_slots_are_proposed_as_long_as_they_can_be_had(
    world: World, booking: Booking, now: dt.datetime, propose: Propose
) -> None:
    """One is booked while the mail waits, one is past, one has another's queue; then the last one goes too."""
    factories.forget_mail()
    evenings = [now + dt.timedelta(days=days, hours=9) for days in (3, 20, 21, 22)]
    past, taken, queued, free = (factories.make_slot(world.room, evening) for evening in evenings)
    with transaction.atomic():
        propose(booking, now, list(Slot.objects.with_place().filter(starts_at__in=evenings)))
    message = Message.objects.get(to_name="Karim")
    link = message.context["url"]
    assert named(message, now) == {one.pk for one in (past, taken, queued, free)}
    later = now + dt.timedelta(days=5)
    other = factories.make_association(now)
    factories.make_booking(now, taken, other)
    WaitlistEntry.objects.create(slot=queued, association=other, participants=6, topic="email", created_at=now)
    assert named(message, later) == {free.pk}
    free.withdrawn_at, free.state = later, Slot.State.WITHDRAWN
    free.save()
    assert named(message, later) == set()
    said = render(message)
    assert ("proches et libres" in said.text, "proches et libres" in said.html) == (False, False)
    assert message.context["url"] == link
    assert link in said.text


def test_end_of_a_queue_says_nothing_of_the_booking_with_its_number(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    """Of another association, which asks to move its workshop."""
    stranger = factories.make_association(now, owner=factories.make_user("Nora"))
    theirs = factories.make_booking(now, factories.make_slot(world.room, world.slot.starts_at + WEEK), stranger)
    there = factories.make_slot(world.room, world.slot.starts_at + 2 * WEEK)
    moves = {"state": Booking.State.PENDING, "moved_from": theirs, "event_of_id": theirs.pk}
    asked = factories.make_booking(now, there, stranger, **moves)
    factories.forget_mail()
    entry = WaitlistEntry(pk=asked.pk, association=booking.association, slot=booking.slot)
    with transaction.atomic():
        emails.waitlist_closed(entry=entry, slot=booking.slot, others=[], why=str, now=now)
    message = Message.objects.get(to_name="Karim")
    assert why_unwanted(message, at=now) == ""
    assert ("stays" in message.context, theirs.association.slug in str(message.context)) == (False, False)


def test_other_slots_are_proposed_as_they_are_when_the_mail_leaves(
    world: World, booking: Booking, now: dt.datetime
) -> None:
    factories.forget_mail()
    other = factories.make_slot(world.room, world.slot.starts_at + WEEK)
    with transaction.atomic():
        emails.booking_declined(booking=booking, now=now, others=list(Slot.objects.with_place().filter(pk=other.pk)))
    actions.change_slot(slot=other, change=SATURDAY, by=world.company_owner, now=now)
    message = Message.objects.get(to_name="Karim")
    assert why_unwanted(message, at=now) == ""
    said = render(message).text
    assert ("samedi 19\u00a0décembre 2026, 14\u00a0h" in said, "15\u00a0décembre" in said) == (True, False)


SATURDAY = actions.Change(
    date=dt.date(2026, 12, 19),
    start_time=dt.time(14),
    end_time=dt.time(16),
    places=9,
    computers=8,
    volunteers_offered=1,
)


@pytest.fixture
def matched(world: World, now: dt.datetime) -> Message:
    """Karim would read of two slots: the one of the world, and one a week later."""
    factories.make_slot(world.room, world.slot.starts_at + WEEK)
    factories.make_request(now, world.association)
    actions.tell_matches(now=now)
    message = Message.objects.get(template="slots_matched")
    assert len(message.context["slots"]) == 2
    return message


def test_slot_that_moved_and_fits_still_is_proposed_as_it_is(world: World, matched: Message, now: dt.datetime) -> None:
    actions.change_slot(slot=world.slot, change=SATURDAY, by=world.company_owner, now=now)
    assert why_unwanted(matched, at=now) == ""
    said = render(matched).text
    assert "samedi 19\u00a0décembre 2026, 14\u00a0h" in said
    assert "8\u00a0décembre" not in said
    assert ("8\u00a0ordinateurs pour" in said, "le week-end" in said, "1\u00a0bénévole" in said) == (True, True, True)


@pytest.mark.parametrize(
    "fields",
    [{"date": dt.date(2027, 8, 7)}, {"places": 1}, {"computers": 0}],
)
def test_slot_that_fits_no_more_is_not_proposed(
    world: World, matched: Message, now: dt.datetime, fields: dict[str, Any]
) -> None:
    actions.change_slot(slot=world.slot, change=SATURDAY._replace(**fields), by=world.company_owner, now=now)
    left = Slot.objects.exclude(pk=world.slot.pk).get()
    assert named_in_request(matched, now) == [left.pk]
    fields = {"date": dt.date(2026, 12, 20)} | fields
    Slot.objects.filter(pk=world.slot.pk).update(state=Slot.State.WITHDRAWN, withdrawn_at=now)
    actions.change_slot(slot=left, change=SATURDAY._replace(**fields), by=world.company_owner, now=now)
    assert why_unwanted(matched, at=now) == "Plus rien de ce qu’il annonçait n’est à prendre."


def named_in_request(message: Message, at: dt.datetime) -> list[int]:
    assert why_unwanted(message, at=at) == ""
    return [one["id"] for one in message.context["slots"]]


def test_slots_are_proposed_for_the_request_as_it_stands(world: World, matched: Message, now: dt.datetime) -> None:
    Request.objects.update(until_date=world.slot.starts_on)
    assert named_in_request(matched, now) == [world.slot.pk]
    Request.objects.update(participants=10)
    assert named_in_request(matched, now) == [world.slot.pk]
    assert "pour 10\u00a0personnes" in render(matched).text


@pytest.mark.parametrize("closed", ["expired", "past", "withdrawn", "suspended"])
def test_slots_are_proposed_as_long_as_a_slot_may_serve(
    world: World, matched: Message, now: dt.datetime, closed: str
) -> None:
    if closed == "expired":
        Request.objects.update(expires_at=now)
    elif closed == "past":
        Request.objects.update(from_date=dt.date(2026, 11, 1), until_date=dt.date(2026, 11, 30))
    elif closed == "withdrawn":
        Request.objects.update(state=Request.State.WITHDRAWN, withdrawn_at=now)
    else:
        Association.objects.update(state=Association.State.SUSPENDED)
    assert why_unwanted(matched, at=now) == "La demande n’est plus ouverte."


def named(message: Message, at: dt.datetime) -> set[int]:
    """The slots that it proposes when it leaves at this instant; it leaves in any case."""
    assert why_unwanted(message, at=at) == ""
    own = message.context["slot_url"]
    text = render(message).text
    assert re.search(r"\n{3}", text) is None
    links = set(re.findall(r"https?://\S+/creneaux/\d+/", text)) - {own}
    return {int(link.rstrip("/").rpartition("/")[2]) for link in links}


def test_end_of_an_insurance_is_not_told_once_no_workshop_comes_after(
    now: dt.datetime, committed: None, smtp_sink: Sink
) -> None:
    """Found in the evening, and cancelled before the morning."""
    world = factories.make_world(now)
    factories.make_certificate(now, world.association, valid_until_date=world.slot.starts_on - dt.timedelta(days=1))
    booking = factories.make_booking(now, world.slot, world.association)
    evening = now.replace(hour=22)
    assert actions.tell_ending_insurance(now=evening) == 1
    deliver(evening)
    [message] = Message.objects.filter(template="insurance_ending")
    assert message.state == "queued"
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=evening)
    told = deliver(evening + dt.timedelta(hours=12))
    assert told["insurance_ending"] == {"skipped Aucun atelier n’est plus prévu après cette date."}


def test_best_of_a_week_holds_what_was_written_before_slots_had_merits() -> None:
    """A digest may wait for a week, while the portal is brought up to date."""
    earlier, later = {"slots": [{"id": 1, "cost": 3}]}, {"slots": [{"id": 2, "merit": 7}]}
    written = [Message(template="slots_matched", about="request:1", context=told) for told in (earlier, later)]
    [joined] = wanted.join(written)
    assert [slot["id"] for slot in joined.context["slots"]] == [2, 1]
