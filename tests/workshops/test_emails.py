"""Each mail about a booking, rendered: nothing undefined, the right words, the access kit for the right side."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from django.db import transaction

from companies.actions import join_slot
from companies.models import Slot
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.factories import World
from workshops import emails
from workshops.matching import match
from workshops.models import Booking, Side

Post = Callable[[Booking, dt.datetime, list[Slot]], None]


def reminder(booking: Booking, now: dt.datetime, _others: list[Slot]) -> None:
    emails.workshop_reminder(workshop=booking.workshop, now=now)


def report(booking: Booking, now: dt.datetime, _others: list[Slot]) -> None:
    for side in Side:
        emails.report_due(workshop=booking.workshop, side=side, now=now)


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
        ["Hélène", "Karim"],
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
    found = match(wanted, slot)
    assert found is not None
    with transaction.atomic():
        emails.slots_matched(request=wanted, matches=[(found, slot)], now=now)
    message = Message.objects.get(template="slots_matched")
    rendered = render(message)
    assert rendered.subject == "Des créneaux pour votre demande «\u00a0E-mail\u00a0»"
    assert "À 10\u00a0km" in rendered.text
