"""Each mail about a booking, rendered: nothing undefined, the right words, the access kit for the right side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction

from accounts.models import Role
from associations.models import Membership as AssociationMembership
from companies.actions import join_slot
from companies.models import Slot
from mail.delivery import Outcome, deliver_due, hold_back
from mail.digests import tell_digests
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World
from tests.mail.conftest import Sink, text_of
from workshops import actions, emails
from workshops.matching import best_slots
from workshops.models import Booking, Side

Post = Callable[[Booking, dt.datetime, list[Slot]], None]


def reminder(booking: Booking, now: dt.datetime, _others: list[Slot]) -> None:
    emails.workshop_reminder(workshop=booking.workshop, now=now)


def report(booking: Booking, now: dt.datetime, _others: list[Slot]) -> None:
    for side in Side:
        emails.report_due(workshop=booking.workshop, side=side, until=now + dt.timedelta(days=14), now=now)


DAY, HOURS = "mardi 8\u00a0décembre 2026", "18\u00a0h\u00a030\u00a0– 20\u00a0h\u00a030"
CASES: list[tuple[str, Post, str, list[str]]] = [
    (
        "booking_requested",
        lambda booking, now, _: emails.booking_requested(booking=booking, now=now),
        f"La Souris demande votre créneau du {DAY}",
        ["Hélène"],
    ),
    (
        "booking_confirmed",
        lambda booking, now, _: emails.booking_confirmed(booking=booking, now=now),
        f"C’est confirmé\u00a0: atelier du {DAY}, {HOURS}",
        ["Hélène", "Karim", "Lucie"],
    ),
    (
        "booking_declined",
        lambda booking, now, others: emails.booking_declined(booking=booking, now=now, others=others),
        f"Imprimerie du Parc ne peut pas vous accueillir le {DAY}",
        ["Karim"],
    ),
    (
        "booking_not_selected",
        lambda booking, now, others: emails.booking_not_selected(booking=booking, now=now, others=others),
        f"Le créneau du {DAY} est allé à une autre association",
        ["Karim"],
    ),
    (
        "booking_expired",
        lambda booking, now, others: emails.booking_expired(booking=booking, held=False, now=now, others=others),
        f"Votre demande pour le {DAY} est restée sans réponse",
        ["Karim"],
    ),
    (
        "booking_cancelled",
        lambda booking, now, _: emails.booking_cancelled(booking=booking, now=now, others=[]),
        f"Annulé\u00a0: atelier du {DAY}, {HOURS}",
        ["Hélène", "Karim", "Lucie"],
    ),
    ("workshop_reminder", reminder, f"Rappel\u00a0: atelier du {DAY}, {HOURS}", ["Hélène", "Karim", "Lucie"]),
    ("report_due", report, f"Comment s’est passé l’atelier du {DAY}\u00a0?", ["Hélène", "Karim"]),
]


@pytest.mark.parametrize(("template", "post", "subject", "readers"), CASES, ids=[case[0] for case in CASES])
def test_mail_is_told_in_words(
    world: World, now: dt.datetime, template: str, post: Post, subject: str, readers: list[str]
) -> None:
    type(world.company).objects.filter(pk=world.company.pk).update(name="Imprimerie du Parc")
    type(world.association).objects.filter(pk=world.association.pk).update(name="La Souris")
    join_slot(slot=world.slot, by=world.volunteer, now=now)
    factories.make_slot(world.room, world.slot.ends_at)
    told = {"message": "Un <b>groupe</b>", "reason": "Travaux & bruit", "expires_at": now + dt.timedelta(hours=96)}
    factories.make_booking(now, world.slot, world.association, **told)
    booking = Booking.objects.with_everything().get()
    others = list(Slot.objects.with_place().exclude(pk=world.slot.pk))
    with transaction.atomic():
        post(booking, now, others)
    messages = {message.to_name: message for message in Message.objects.all()}
    assert sorted(messages) == readers
    for message in messages.values():
        rendered = render(message)
        assert (message.template, rendered.subject) == (template, subject)
        assert "<b>" not in rendered.html
        assert message.context["url"] in rendered.text
        kit = template in ("booking_confirmed", "workshop_reminder") and message.to_name == "Karim"
        assert ("Sonnez deux fois." in rendered.text) == kit


def test_matching_slots_are_listed_with_their_distance(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association)
    slot = Slot.objects.with_place().get(pk=world.slot.pk)
    found = best_slots(wanted, [slot], now=now)
    with transaction.atomic():
        emails.slots_matched(request=wanted, matches=found, now=now)
    message = Message.objects.get(template="slots_matched")
    rendered = render(message)
    assert rendered.subject == "Des créneaux pour votre demande «\u00a0E-mail\u00a0»"
    reasons = (
        "à 10\u00a0km, 8\u00a0ordinateurs pour 6\u00a0personnes, en soirée, 2\u00a0bénévoles proposés, "
        "réponse immédiate"
    )
    assert reasons in rendered.text
    assert reasons in rendered.html


def test_slots_that_others_took_meanwhile_are_not_told(now: dt.datetime, committed: None, smtp_sink: Sink) -> None:
    world = factories.make_world(now)
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    factories.make_request(now, world.association)
    actions.tell_matches(now=now)
    Message.objects.update(instant=True)
    factories.make_booking(now, world.slot, factories.make_association(now))
    deliver_due(now=now, limit=9, clock=lambda: now)
    [(_, mail)] = smtp_sink.taken
    told = text_of(mail)
    assert (f"/creneaux/{other.pk}/" in told, f"/creneaux/{world.slot.pk}/" in told) == (True, False)
    Message.objects.update(state="queued", sent_at=None)
    factories.make_booking(now, other, factories.make_association(now))
    deliver_due(now=now, limit=9, clock=lambda: now)
    assert Message.objects.get().last_error == "Plus rien de ce qu’il annonçait n’est à prendre."


def test_digest_of_a_week_says_the_best_slots_of_each_request_once(world: World, now: dt.datetime) -> None:
    factories.make_request(now, world.association, matched_at=now)
    actions.tell_matches(now=now)
    far = factories.make_site(now, world.company, latitude=world.site.latitude + 0.1)
    room = factories.make_room(now, far)
    for day in range(6):
        factories.make_slot(room, world.slot.starts_at + dt.timedelta(days=day))
        actions.tell_matches(now=now)
    for message in Message.objects.all():
        message.instant = False
        assert hold_back(message, at=now) == Outcome.GATHERED
    tuesday = now + dt.timedelta(days=7)
    assert tell_digests(now=tuesday) == 1
    digest = Message.objects.get(template="digest")
    [item] = digest.context["items"]
    slots = item["facts"]["slots"]
    told = Message.objects.exclude(template="digest")
    merits = [one["merit"] for message in told for one in message.context["slots"]]
    assert (len(merits), [one["merit"] for one in slots]) == (7, sorted(merits, reverse=True)[:5])


def test_many_mails_of_one_company_let_another_speak(now: dt.datetime, committed: None, smtp_sink: Sink) -> None:
    world = factories.make_world(now)
    for day in range(9):
        slot = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=day + 1))
        booking = factories.make_booking(now, slot, factories.make_association(now))
        with transaction.atomic():
            emails.booking_confirmed(booking=Booking.objects.with_everything().get(pk=booking.pk), now=now)
    other, later = factories.make_company(now), now + dt.timedelta(seconds=1)
    room = factories.make_room(now, factories.make_site(now, other))
    booking = factories.make_booking(now, factories.make_slot(room, world.slot.starts_at), world.association)
    with transaction.atomic():
        emails.booking_confirmed(booking=booking, now=later)
    deliver_due(now=later, limit=99, clock=lambda: later)
    own = [number for number, address in enumerate(smtp_sink.recipients) if address == other.owners()[0].email]
    assert own[0] <= 3


def test_who_is_of_both_sides_is_asked_for_each(world: World, now: dt.datetime) -> None:
    AssociationMembership.objects.create(
        association=world.association, user=world.company_owner, role=Role.MANAGER, joined_at=now
    )
    booking = factories.make_booking(now, world.slot, world.association)
    for side in Side:
        emails.workshop_agreement(workshop=booking.workshop, side=side, now=now)
    asked = Message.objects.filter(template="workshop_agreement", to_email=world.company_owner.email)
    assert sorted(one.context["side"] for one in asked) == ["association", "company"]


def test_who_manages_and_volunteers_hears_that_the_promise_is_off(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    join_slot(slot=world.slot, by=world.company_owner, now=now)
    emails.workshop_reminder(workshop=booking.workshop, now=now)
    to_owner = Message.objects.filter(to_email=world.company_owner.email)
    assert to_owner.filter(template="workshop_reminder").count() == 1
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=now)
    gone = to_owner.filter(template="booking_cancelled").values_list("calendar", flat=True)
    assert sorted(f"{kind}-" for kind in ("booking", "promise") for one in gone if f"UID:{kind}-" in one) == [
        "booking-",
        "promise-",
    ]


def test_request_that_expires_before_dawn_wakes_nobody(world: World, now: dt.datetime, smtp_sink: Sink) -> None:
    night = dt.datetime(2026, 12, 3, 3, tzinfo=dt.UTC)  # 4:00 in Lille
    until = night + dt.timedelta(hours=2)
    booking = factories.make_booking(now, world.slot, world.association, state="pending", expires_at=until)
    with transaction.atomic():
        emails.booking_unanswered(booking=booking, now=night)
    deliver_due(now=night, limit=9, clock=lambda: night)
    assert (smtp_sink.taken, Message.objects.get().state) == ([], "queued")
