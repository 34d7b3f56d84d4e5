"""Preparing a workshop: what it is about, how many come, and what both sides write to each other."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from time_machine import travel

from accounts.models import User
from accounts.vocabulary import Topic
from companies import actions as companies
from companies.models import AccessKit, Slot
from mail import wanted
from mail.models import Message
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.actions.preparing import NOTES_OF_A_SIDE
from workshops.models import Booking, Side, Workshop, WorkshopNote
from workshops.readiness import lights

Visitor = Callable[[User], Client]
HOUR = dt.timedelta(hours=1)


@pytest.fixture
def workshop(world: World, now: dt.datetime) -> Workshop:
    factories.make_booking(now, world.slot, world.association)
    return Workshop.objects.with_everything().get()


def told() -> list[tuple[str, str]]:
    return sorted(Message.objects.values_list("template", "to_name"))


def write(workshop: Workshop, now: dt.datetime, **fields: Any) -> WorkshopNote:
    by = workshop.booking.association.owners()[0]
    note = {"side": Side.ASSOCIATION, "kind": "access", "text": "Par où entrer\u00a0?", "by": by, "now": now}
    return actions.write_note(workshop=workshop, **{**note, **fields})


def test_association_says_what_and_how_many(workshop: Workshop, world: World, visitor: Visitor) -> None:
    client = visitor(world.association_owner)
    page = reverse("workshops:association_prepare", args=[world.association.slug, workshop.booking_id])
    form = {
        "visitors": 7,
        "title": "Chercher un emploi",
        "topics": ["email", "securite_numerique"],
        "level": "debutant",
    }
    assert client.get(page).status_code == 200
    done = client.post(page, form, follow=True)
    assert "Chercher un emploi" in done.text
    assert "E-mail, Prévention en sécurité numérique" in done.text
    assert "7\u00a0attendus" in done.text
    assert told() == [("workshop_visitors", "Hélène")]
    client.post(page, form | {"level": "avance"})
    assert len(told()) == 1
    client.post(page, form | {"visitors": 6})
    assert [message.context["visitors"] for message in Message.objects.order_by("pk")] == [
        "7\u00a0visiteurs",
        "6\u00a0visiteurs",
    ]


@pytest.mark.parametrize(
    ("then", "why"),
    [
        (7, ""),
        (6, "Un autre nombre est annoncé depuis."),
        (None, "Un autre nombre est annoncé depuis."),
        ("cancelled", "L’atelier n’est plus à venir."),
    ],
)
def test_number_of_visitors_that_is_so_no_more_does_not_leave(
    workshop: Workshop, world: World, now: dt.datetime, then: Any, why: str
) -> None:
    def say(count: int | None, at: dt.datetime) -> None:
        workshop.visitors = count
        actions.prepare_workshop(workshop=workshop, by=world.association_owner, now=at)

    say(7, now)
    waiting = Message.objects.get()
    if then == "cancelled":
        by = world.company_owner
        actions.cancel_booking(booking=workshop.booking, side=Side.COMPANY, reason="Panne.", by=by, now=now)
    else:
        say(then, now + HOUR)
    assert wanted.why_not(waiting) == why


def test_number_of_visitors_that_is_told_again_is_told_by_the_last_mail_alone(
    workshop: Workshop, world: World, now: dt.datetime
) -> None:
    for hours, count in enumerate((7, 6, 7)):
        workshop.visitors = count
        actions.prepare_workshop(workshop=workshop, by=world.association_owner, now=now + hours * HOUR)
    later = "Un autre nombre est annoncé depuis."
    assert [wanted.why_not(one) for one in Message.objects.order_by("pk")] == [later, later, ""]


@pytest.mark.parametrize(("visitors", "word"), [(99, "accueille 10"), (0, "Indiquez 1 au moins"), ("x", "entier")])
def test_number_of_visitors_is_plausible(
    workshop: Workshop, world: World, visitor: Visitor, visitors: object, word: str
) -> None:
    page = reverse("workshops:association_prepare", args=[world.association.slug, workshop.booking_id])
    answer = visitor(world.association_owner).post(page, {"visitors": visitors})
    assert answer.status_code == 422
    assert word in answer.text


def test_workshop_that_is_over_is_not_prepared(workshop: Workshop, world: World) -> None:
    workshop.title = "Trop tard"
    with pytest.raises(actions.NotToCome):
        actions.prepare_workshop(workshop=workshop, by=world.association_owner, now=world.slot.ends_at)


@pytest.mark.parametrize(("off", "why"), [(False, "Cet atelier est terminé"), (True, "Cet atelier est annulé")])
def test_page_says_that_nothing_is_left_to_prepare(
    workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor, why: str, *, off: bool
) -> None:
    if off:
        by = world.company_owner
        actions.cancel_booking(booking=workshop.booking, side=Side.COMPANY, reason="Panne.", by=by, now=now)
    at = [world.association.slug, workshop.booking_id]
    page = reverse("workshops:association_prepare", args=at)
    with travel(now if off else world.slot.ends_at, tick=False):
        client = visitor(world.association_owner)
        answers = [client.get(page), client.post(page, {"title": "Trop tard"})]
        assert page not in client.get(reverse("workshops:association_booking", args=at)).text
    assert [answer.status_code for answer in answers] == [200, 422]
    for answer in answers:
        assert (why in answer.text, 'name="title"' in answer.text) == (True, False)


@pytest.fixture
def asked(workshop: Workshop) -> Workshop:
    """Its site wants to know how many come two days before: on Sunday evening."""
    AccessKit.objects.update(visitor_count_hours=48)
    return Workshop.objects.with_everything().get()


def test_site_says_until_when_it_wants_the_number_of_visitors(asked: Workshop, world: World, visitor: Visitor) -> None:
    client, at = visitor(world.association_owner), [world.association.slug, asked.booking_id]
    page, until = (
        reverse("workshops:association_prepare", args=at),
        "avant le dimanche 6\u00a0décembre, 18\u00a0h\u00a030",
    )
    shown = client.get(page).text
    label = shown.partition('for="id_visitors"')[2].partition("</label>")[0]
    assert (until in shown, "facultatif" in label) == (True, False)
    assert f"nombre à donner {until}" in client.get(reverse("workshops:association_booking", args=at)).text
    with travel(world.slot.starts_at - 48 * HOUR, tick=False):
        assert "appelez-la aussi" not in client.post(page, {"visitors": 7}, follow=True).text
    with travel(world.slot.starts_at - 47 * HOUR, tick=False):
        late = client.post(page, {"visitors": 8}, follow=True).text
    assert ("appelez-la aussi" in late, "8\u00a0attendus, dit tard" in late) == (True, True)
    assert Message.objects.filter(template="workshop_visitors", to_name="Hélène").count() == 2


def test_number_of_visitors_is_not_told_once_they_are_there(asked: Workshop, world: World, visitor: Visitor) -> None:
    page = reverse("workshops:association_prepare", args=[world.association.slug, asked.booking_id])
    with travel(world.slot.starts_at, tick=False):
        client = visitor(world.association_owner)
        answer = client.post(page, {"visitors": 7})
        assert (answer.status_code, "se dit dans le compte rendu" in answer.text) == (422, True)
        assert client.post(page, {"title": "Premiers clics"}).status_code == 302
    with pytest.raises(IntegrityError, match="begun"), transaction.atomic():
        Workshop.objects.update(visitors=7, visitors_told_at=world.slot.starts_at)


def test_who_booked_after_the_site_wanted_to_know_is_not_late(asked: Workshop, world: World, visitor: Visitor) -> None:
    Booking.objects.update(settled_at=world.slot.starts_at - 40 * HOUR)
    page = reverse("workshops:association_prepare", args=[world.association.slug, asked.booking_id])
    with travel(world.slot.starts_at - 39 * HOUR, tick=False):
        client = visitor(world.association_owner)
        assert "dites-le dès que possible" in client.get(page).text
        assert "appelez-la aussi" not in client.post(page, {"visitors": 7}, follow=True).text


def test_readiness_is_seen_at_one_glance(workshop: Workshop, now: dt.datetime) -> None:
    seen = {light.label: (light.state, light.text) for light in lights(workshop, joined=1, room_taken=False)}
    assert seen == {
        "Salle": ("lit", "réservée"),
        "Ordinateurs": ("lit", "8 pour 6\u00a0personnes"),
        "Bénévoles": ("half", "1 sur 2"),
        "Visiteurs": ("", "nombre à donner"),
        "Le soir même": ("lit", "quelqu’un répond"),
        "Accord": ("lit", "réservation confirmée"),
    }
    workshop.booking.participants, workshop.visitors, workshop.agreement_asked_at = 10, 9, now
    workshop.company_agreed_at = now
    later = {light.label: light.state for light in lights(workshop, joined=2, room_taken=True)}
    assert later == {
        "Salle": "",
        "Ordinateurs": "half",
        "Bénévoles": "lit",
        "Visiteurs": "lit",
        "Le soir même": "lit",
        "Accord": "half",
    }


@pytest.mark.parametrize("side", Side)
def test_that_nobody_could_be_called_that_evening_is_seen_by_both_sides(
    workshop: Workshop, world: World, visitor: Visitor, side: Side
) -> None:
    AccessKit.objects.update(evening_phone="")
    person, own = getattr(world, f"{side}_owner"), getattr(world, side)
    page = visitor(person).get(reverse(f"workshops:{side}_booking", args=[own.slug, workshop.booking_id])).text
    assert "<strong>Le soir même</strong><span>aucun téléphone donné</span>" in page
    assert (reverse("companies:site_access", args=[world.company.slug, world.site.pk]) in page) == (side == "company")


@pytest.mark.parametrize("side", Side)
def test_each_side_writes_to_the_other(
    workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor, side: Side
) -> None:
    person, other, slug = (
        (world.company_owner, "Karim", world.company.slug)
        if side == Side.COMPANY
        else (world.association_owner, "Hélène", world.association.slug)
    )
    client = visitor(person)
    page = reverse(f"workshops:{side}_note", args=[slug, workshop.booking_id])
    done = client.post(page, {"kind": "equipment", "text": "Faut-il <b>apporter</b> des souris\u00a0?"}, follow=True)
    assert "Votre message est envoyé" in done.text
    assert "Faut-il &lt;b&gt;apporter&lt;/b&gt; des souris" in done.text
    assert told() == [("workshop_note", other)]
    refused = client.post(page, {"kind": "other", "text": " "})
    assert (refused.status_code, "en quelques mots" in refused.text) == (422, True)
    assert client.post(page, {"kind": "chat"}).status_code == 422


def test_form_of_a_note_that_is_sent_twice_is_one_note(
    workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    at_booking = [world.association.slug, workshop.booking_id]
    page, note = (reverse(f"workshops:association_{name}", args=at_booking) for name in ("booking", "note"))
    client = visitor(world.association_owner)
    key = client.get(page).context["note_form"]["key"].value()
    for text in ("Où se garer\u00a0?", "Où se garer\u00a0?", "Où se garer, en vélo\u00a0?"):
        assert client.post(note, {"kind": "access", "text": text, "key": key}).status_code == 302
    assert WorkshopNote.objects.count() == Message.objects.count() == 2


def test_closed_door_goes_before_everything_else(workshop: Workshop, now: dt.datetime) -> None:
    write(workshop, workshop.booking.slot.starts_at, kind="door", text="")
    assert Message.objects.get().priority == 1


@pytest.mark.parametrize(
    ("at", "said"),
    [
        (dt.datetime(2026, 12, 7, 22, 59, tzinfo=dt.UTC), False),
        (dt.datetime(2026, 12, 7, 23, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 12, 8, 19, 29, tzinfo=dt.UTC), True),
        (dt.datetime(2026, 12, 8, 19, 30, tzinfo=dt.UTC), False),
    ],
)
def test_lateness_and_closed_doors_are_of_the_day_itself(
    workshop: Workshop, world: World, visitor: Visitor, at: dt.datetime, *, said: bool
) -> None:
    """Of the day on the wall of the site, until it is over."""
    at_booking = [world.company.slug, workshop.booking_id]
    page, note = (reverse(f"workshops:company_{name}", args=at_booking) for name in ("booking", "note"))
    with travel(at, tick=False):
        client = visitor(world.company_owner)
        assert ("nous aurons du retard" in client.get(page).text) == said
        answer = client.post(note, {"kind": "late"})
        assert answer.status_code == (302 if said else 422)
        if not said:
            assert "d’autres sont du jour de l’atelier" in answer.text
            with pytest.raises(actions.NotToday):
                write(workshop, at, kind="late")


def test_there_is_no_open_chat(workshop: Workshop, now: dt.datetime) -> None:
    for _ in range(NOTES_OF_A_SIDE):
        write(workshop, now)
    with pytest.raises(actions.TooManyNotes, match="appelez"):
        write(workshop, now)
    write(workshop, now, side=Side.COMPANY)
    with pytest.raises(actions.NotToCome):
        write(workshop, workshop.booking.slot.ends_at + dt.timedelta(days=14), side=Side.COMPANY)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(("off", "why"), [(False, "terminé depuis plus de deux semaines"), (True, "est annulé")])
def test_writing_is_offered_while_it_may_be_done(
    workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor, side: Side, why: str, *, off: bool
) -> None:
    person = getattr(world, f"{side}_owner")
    at = [getattr(world, side).slug, workshop.booking_id]
    page, note = (reverse(f"workshops:{side}_{name}", args=at) for name in ("booking", "note"))
    end = now if off else world.slot.ends_at + dt.timedelta(days=14)
    with travel(end - dt.timedelta(minutes=1), tick=False):
        assert 'id="ecrire"' in visitor(person).get(page).text
    if off:
        by = world.company_owner
        actions.cancel_booking(booking=workshop.booking, side=Side.COMPANY, reason="Panne.", by=by, now=now)
    with travel(end, tick=False):
        client = visitor(person)
        refused = client.post(note, {"kind": "other", "text": "Merci."})
        assert 'id="ecrire"' not in client.get(page).text
    assert (refused.status_code, why in refused.text, 'id="ecrire"' in refused.text) == (422, True, False)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"kind": "other", "text": ""}, "note_says_something"),
    ],
)
def test_database_keeps_notes_in_order(
    workshop: Workshop, now: dt.datetime, fields: dict[str, str], constraint: str
) -> None:
    note = {"booking": workshop.booking, "side": "company", "kind": "other", "text": "x", "created_at": now, **fields}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        WorkshopNote.objects.create(**note)


def test_number_and_stamp_of_visitors_agree(workshop: Workshop) -> None:
    with pytest.raises(IntegrityError, match="workshop_visitors_told"), transaction.atomic():
        Workshop.objects.update(visitors=3)


def test_sheet_is_blank_and_there_where_the_site_wants_one(workshop: Workshop, world: World, visitor: Visitor) -> None:
    client = visitor(world.association_owner)
    page = reverse("workshops:association_booking", args=[world.association.slug, workshop.booking_id])
    sheet = reverse("workshops:association_sheet", args=[world.association.slug, workshop.booking_id])
    assert sheet not in client.get(page).text
    AccessKit.objects.filter(site=world.site).update(wants_arrival_sheet=True)
    assert sheet in client.get(page).text
    assert client.get(sheet).text.count("<tr><td>") == workshop.booking.participants + 4


@pytest.mark.parametrize("side", Side)
def test_workshop_that_is_off_has_no_sheet(
    workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor, side: Side
) -> None:
    by = world.company_owner
    actions.cancel_booking(booking=workshop.booking, side=Side.COMPANY, reason="Panne.", by=by, now=now)
    at = [getattr(world, side).slug, workshop.booking_id]
    page, sheet = (reverse(f"workshops:{side}_{name}", args=at) for name in ("booking", "sheet"))
    answer = visitor(getattr(world, f"{side}_owner")).get(sheet, follow=True)
    assert answer.redirect_chain == [(page, 302)]
    assert "n’a pas de feuille d’arrivée" in answer.text


def test_door_that_is_closed_leads_to_who_answers_that_evening(
    workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    AccessKit.objects.filter(site=world.site).update(evening_phone="+33320000000", evening_contact="Le gardien")
    client = visitor(world.association_owner)
    page = reverse("workshops:association_booking", args=[world.association.slug, workshop.booking_id])
    assert "La porte est fermée\u00a0?" not in client.get(page).text
    with travel(world.slot.starts_at - HOUR):
        told = client.get(page).text
    assert "La porte est fermée\u00a0?" in told
    assert 'href="tel:+33-3-20-00-00-00"' in told


def test_what_is_prepared_is_nobody_elses(workshop: Workshop, now: dt.datetime, visitor: Visitor) -> None:
    other = factories.make_association(now)
    page = reverse("workshops:association_prepare", args=[other.slug, workshop.booking_id])
    assert visitor(other.owners()[0]).get(page).status_code == 404
    assert Booking.objects.count() == 1


@pytest.mark.parametrize(("kind", "ends"), [("late", True), ("access", False)])
def test_urgent_word_is_of_no_use_once_the_workshop_is_over(
    workshop: Workshop, world: World, now: dt.datetime, kind: str, *, ends: bool
) -> None:
    write(workshop, world.slot.starts_at, kind=kind)
    (until,) = Message.objects.filter(template="workshop_note").values_list("not_after", flat=True)
    assert until == (world.slot.ends_at if ends else None)


def test_who_seeks_a_stand_in_is_not_counted_as_coming(
    workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    page = reverse("workshops:company_booking", args=[world.company.slug, workshop.booking_id])
    promise = factories.make_promise(now, world.slot, world.volunteer)
    client = visitor(world.company_owner)
    assert "1 sur 2" in client.get(page).text
    companies.ask_stand_in(promise=promise, now=now)
    assert "0 sur 2" in client.get(page).text


def test_association_changes_who_comes_and_for_what(workshop: Workshop, world: World, visitor: Visitor) -> None:
    Slot.objects.update(booking_mode="on_approval")
    page = reverse("workshops:association_prepare", args=[world.association.slug, workshop.booking_id])
    client = visitor(world.association_owner)
    assert f'max="{world.slot.places}"' in client.get(page).text
    assert client.post(page, {"participants": 900, "topic": Topic.EMAIL}).status_code == 422
    before = workshop.booking.sequence
    for _ in range(2):
        assert client.post(page, {"participants": world.slot.places, "topic": Topic.INTERNET}).status_code == 302
    booking = Booking.objects.get(pk=workshop.booking_id)
    said = (booking.participants, booking.topic, booking.state, booking.sequence)
    assert said == (world.slot.places, Topic.INTERNET, "confirmed", before + 1)
    assert told() == [("booking_changed", "Hélène")]
    [event] = Calendar.from_ical(Message.objects.get(template="booking_changed").calendar).walk("VEVENT")
    assert (event["SEQUENCE"], event["SUMMARY"]) == (before + 1, f"Atelier numérique\u00a0: {Topic.INTERNET.label}")
