"""What the scans tell, to whom and when; late, twice and after an outage."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from icalendar import Calendar
from time_machine import travel

from accounts.models import Role, User
from companies.actions import join_slot
from companies.models import AccessKit, Slot, SlotVolunteer
from mail import bounces
from mail.delivery import deliver_due, why_unwanted
from mail.digests import tell_digests
from mail.models import Message, Pause, Preferences
from mail.rendering import render
from mail.wanted import NOT_FOR_THEM
from tests import factories
from tests.factories import World
from tests.mail.conftest import Sink, smtp_sink
from tests.races import at_once
from workshops import actions, emails
from workshops.agreements import agreement_path
from workshops.figures import public_figures
from workshops.models import Booking, Report, Side, Workshop
from workshops.reliability import record

__all__ = ["smtp_sink"]

Visitor = Callable[[User], Client]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
# The slot of the world starts on Tuesday 8 December 2026 at 18:30 in Lille.
START = dt.datetime(2026, 12, 8, 17, 30, tzinfo=dt.UTC)
BOTH = ["Hélène", "Karim"]
ALL = [*BOTH, "Lucie"]
HARD = "550 5.1.1 no such user"


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("to_name", flat=True))


def scan(*instants: dt.datetime) -> None:
    for at in instants:
        actions.remind_workshops(now=at)


def deliver(at: dt.datetime) -> None:
    deliver_due(now=at, limit=9, clock=lambda: at)


def leave(at: dt.datetime, **which: object) -> None:
    """What waits leaves at an instant: all of it, or what is so."""
    Message.objects.filter(state=Message.State.QUEUED, **which).update(state=Message.State.SENT, sent_at=at)


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    """Confirmed a fortnight before the workshop, with a volunteer."""
    assert world.slot.starts_at == START
    join_slot(slot=world.slot, by=world.volunteer, now=now)
    return factories.make_booking(START - 14 * DAY, world.slot, world.association)


# --- seven days ahead -------------------------------------------------------------------------------


def test_nobody_agrees_any_more_to_what_has_begun(world: World, booking: Booking, client: Client) -> None:
    """Neither the page of a mail nor that of the booking has a button that can only fail."""
    workshop = Workshop.objects.with_everything().get()
    Workshop.objects.update(agreement_asked_at=START - 7 * DAY)
    link = agreement_path(workshop, Side.COMPANY, world.company_owner)
    page = reverse("workshops:company_booking", args=[world.company.slug, booking.pk])
    for at, asked in ((START - dt.timedelta(minutes=1), True), (START, False)):
        with travel(at, tick=False):
            client.force_login(world.company_owner, backend="allauth.account.auth_backends.AuthenticationBackend")
            assert ("Oui, l’atelier tient" in client.get(link).text) == asked
            assert ("Oui, l’atelier tient" in client.get(page).text) == asked


def test_each_side_is_asked_once_whether_it_still_stands(booking: Booking) -> None:
    scan(START - 7 * DAY - HOUR)
    assert told("workshop_agreement") == []
    scan(START - 7 * DAY, START - 7 * DAY, START - 4 * DAY)
    assert told("workshop_agreement") == BOTH
    assert Workshop.objects.get().agreement_asked_at == START - 7 * DAY


def test_reminder_holds_the_event_of_each_reader(booking: Booking, world: World) -> None:
    """The same that the confirmation put into the calendars of both sides, and the promise of the volunteer."""
    promise = SlotVolunteer.objects.get()
    scan(START - 2 * DAY)
    held = {one.to_name: one for one in Message.objects.filter(template="workshop_reminder")}
    assert {one.calendar_method for one in held.values()} == {"REQUEST"}
    events = {name: Calendar.from_ical(one.calendar).walk("VEVENT")[0] for name, one in held.items()}
    told = {name: (str(event["UID"]).partition("@")[0], event["SEQUENCE"]) for name, event in events.items()}
    workshop = (f"booking-{booking.pk}", booking.sequence)
    assert told == {"Hélène": workshop, "Karim": workshop, "Lucie": (f"promise-{promise.pk}", world.slot.sequence + 1)}


UNSAID = "L’association n’a pas encore dit combien de visiteurs viennent."
ASKED = "Dites combien de visiteurs viennent, sur la page de l’atelier."


def said_of_visitors(template: str, at: dt.datetime) -> dict[str, str]:
    """What each reader of a mail that leaves at this instant is told of them, in the text and on the page alike."""
    told = {}
    for message in Message.objects.filter(template=template).order_by("pk"):
        assert why_unwanted(message, at=at) == ""
        said = render(message)
        told[message.to_name] = next(line for line in said.text.splitlines() if "visiteurs" in line)
        assert told[message.to_name] in said.html.replace("<strong>", "").replace("</strong>", "")
    return told


@pytest.mark.parametrize(
    ("hours", "until"), [(None, ""), (24, " L’entreprise le demande avant le lundi 7\u00a0décembre")]
)
def test_reminders_ask_for_the_number_of_visitors_and_tell_it(
    booking: Booking, world: World, hours: int | None, until: str
) -> None:
    AccessKit.objects.update(visitor_count_hours=hours)
    asked = f"{ASKED}{until}, 18\u00a0h\u00a030." if hours else ASKED
    scan(START - 7 * DAY, START - 2 * DAY)
    assert said_of_visitors("workshop_agreement", START - 7 * DAY) == {"Hélène": UNSAID, "Karim": asked}
    assert said_of_visitors("workshop_reminder", START - 2 * DAY) == {"Hélène": UNSAID, "Lucie": UNSAID, "Karim": asked}

    morning = START - 10 * HOUR
    scan(morning)
    late = " L’entreprise attend ce nombre depuis le lundi 7\u00a0décembre, 18\u00a0h\u00a030." if hours else ""
    assert said_of_visitors("workshop_today", morning)["Karim"] == f"{ASKED}{late}"
    workshop = Workshop.objects.with_everything().get()
    workshop.visitors = 7
    actions.prepare_workshop(workshop=workshop, by=world.association_owner, now=morning)
    # What was written before the number was told says it when it leaves.
    assert said_of_visitors("workshop_today", morning) == dict.fromkeys(ALL, "Nombre annoncé\u00a0: 7\u00a0visiteurs.")


def test_workshop_that_cannot_be_told_of_holds_no_other_up(
    booking: Booking, world: World, now: dt.datetime, caplog: pytest.LogCaptureFixture
) -> None:
    """Somebody of the other association has an address that is none, whoever put it there."""
    owner = factories.make_user("Nora")
    other = factories.make_association(now, owner=owner)
    slot = factories.make_slot(factories.make_room(now, world.site), START)
    factories.make_booking(booking.created_at, slot, other)
    User.objects.filter(pk=world.association_owner.pk).update(email="karim@maison")
    scan(START - 7 * DAY)
    assert told("workshop_agreement") == ["Hélène", "Nora"]
    assert "A scan could not tell of" in caplog.text


@pytest.mark.parametrize(("days", "asked"), [(6, ["Hélène", "Karim"]), (4, ["Hélène", "Karim"]), (3, [])])
def test_whoever_confirmed_in_the_last_week_is_asked_three_days_ahead(
    world: World, days: int, asked: list[str]
) -> None:
    """But not of what was agreed on the day before."""
    factories.make_booking(START - days * DAY, world.slot, world.association)
    scan(START - 5 * DAY)
    assert told("workshop_agreement") == []
    scan(START - 3 * DAY)
    assert (told("workshop_agreement"), told("workshop_unsure")) == (asked, [])


def test_side_that_agreed_already_is_not_asked(booking: Booking, world: World) -> None:
    agree = partial(actions.agree_workshop, workshop=booking.workshop, by=world.company_owner)
    agree(side=Side.COMPANY, now=START - 8 * DAY)
    agree(side=Side.COMPANY, now=START - 7 * DAY)
    scan(START - 7 * DAY)
    assert told("workshop_agreement") == ["Karim"]
    assert Workshop.objects.get().company_agreed_at == START - 8 * DAY


def test_silence_is_told_to_the_owners_and_operators_and_cancels_nothing(booking: Booking, world: World) -> None:
    operator = User.objects.create_superuser("racine@example.org", name="Racine")
    helper = factories.make_user("Aide")
    factories.add_member(world.company, helper, Role.MANAGER, START)
    scan(START - 7 * DAY)
    leave(START - 7 * DAY)
    scan(START - 3 * DAY - HOUR)
    assert told("workshop_unsure") == []
    actions.agree_workshop(workshop=booking.workshop, side=Side.COMPANY, by=helper, now=START - 4 * DAY)
    scan(START - 3 * DAY, START - 2 * DAY, START - HOUR)
    assert told("workshop_unsure") == [*BOTH, operator.name]
    message = Message.objects.filter(template="workshop_unsure").first()
    assert message is not None
    assert message.context["silent"] == [world.association.name]
    booking.refresh_from_db()
    assert booking.state == Booking.State.CONFIRMED


def test_nobody_is_told_of_a_silence_to_a_question_that_was_not_asked(booking: Booking) -> None:
    """After an outage the question comes late, and the answer has a day."""
    scan(START - 2.5 * DAY, START - 2.5 * DAY + HOUR)
    leave(START - 2.5 * DAY + HOUR)
    scan(START - 1.5 * DAY)
    assert (told("workshop_agreement"), told("workshop_unsure")) == (BOTH, [])
    scan(START - 1.5 * DAY + HOUR)
    assert told("workshop_unsure") == BOTH


def test_question_that_is_held_back_is_no_silence(booking: Booking, smtp_sink: Sink) -> None:
    """An operator holds the question back; released, it has its day."""
    pause = Pause.objects.create(template="workshop_agreement", reason="essai", created_at=START - 8 * DAY)
    scan(START - 7 * DAY)
    deliver(START - 6.4 * DAY)
    scan(START - 3 * DAY, START - 2.9 * DAY)
    assert told("workshop_unsure") == []
    pause.delete()
    deliver(START - 2.9 * DAY)
    scan(START - 2 * DAY)
    assert told("workshop_unsure") == []
    scan(START - 1.9 * DAY)
    assert told("workshop_unsure") == BOTH


def test_question_and_alert_never_leave_together(booking: Booking, smtp_sink: Sink) -> None:
    """The mail server is away from the question to the alert."""
    scan(START - 7 * DAY, START - 3 * DAY)
    deliver(START - 3 * DAY)
    assert [one.template for one in Message.objects.filter(state="sent")] == ["workshop_agreement"] * 2
    scan(START - 3 * DAY + HOUR)
    assert told("workshop_unsure") == []


def test_alert_names_who_was_asked_and_is_silent_when_it_leaves(booking: Booking, world: World) -> None:
    scan(START - 7 * DAY)
    leave(START - 7 * DAY, to_name="Karim")
    scan(START - 3 * DAY)
    alert = Message.objects.get(template="workshop_unsure", to_name="Karim")
    assert alert.context["silent"] == [world.association.name]
    leave(START - 3 * DAY, template="workshop_agreement")
    assert (why_unwanted(alert, at=START - 2 * DAY), alert.context["silent"]) == (
        "",
        [world.company.name, world.association.name],
    )


def test_alert_of_a_question_that_came_back_stays(booking: Booking) -> None:
    """A full mailbox: the question waits again, and leaves later."""
    scan(START - 7 * DAY)
    leave(START - 7 * DAY)
    scan(START - 3 * DAY)
    alert = Message.objects.filter(template="workshop_unsure")[0]
    Message.objects.filter(template="workshop_agreement").update(state="queued", sent_at=None)
    assert why_unwanted(alert, at=START - 3 * DAY) == "La question n’est pas restée un jour sans réponse."
    leave(START - 3 * DAY, template="workshop_agreement")
    assert why_unwanted(alert, at=START - 2.9 * DAY) == "La question n’est pas restée un jour sans réponse."


@pytest.mark.parametrize("loss", ["refused", "refused by policy", "set aside before", "came back"])
def test_others_hear_that_a_side_could_not_be_asked(booking: Booking, world: World, smtp_sink: Sink, loss: str) -> None:
    """Karim alone acts for the association, and our question does not reach him."""
    operator = User.objects.create_superuser("racine@example.org", name="Racine")
    karim = world.association_owner.email
    if loss == "refused":
        smtp_sink.answers[karim] = HARD
    if loss == "refused by policy":
        smtp_sink.body_answers[karim] = "550 5.7.1 refused by policy"
    if loss == "set aside before":
        bounces.set_aside(address=karim, reason=HARD, now=START - 20 * DAY)
    actions.agree_workshop(workshop=booking.workshop, side=Side.COMPANY, by=world.company_owner, now=START - 8 * DAY)
    scan(START - 7 * DAY)
    deliver(START - 6.4 * DAY)
    question = Message.objects.get(template="workshop_agreement")
    if loss == "came back":
        hard = {"event": bounces.Event.HARD_BOUNCE, "address": karim, "reason": HARD, "now": START - 6 * DAY}
        bounces.note(message_id=question.message_id, **hard)  # type: ignore[arg-type]
    scan(START - 3 * DAY - HOUR)
    assert told("workshop_unsure") == []
    scan(START - 3 * DAY, START - 2.9 * DAY)
    assert told("workshop_unsure") == [*BOTH, operator.name]
    smtp_sink.taken.clear()
    deliver(START - 2.4 * DAY)
    alerts = Message.objects.filter(template="workshop_unsure")
    states = dict(alerts.values_list("to_name", "state"))
    to_karim = "failed" if loss == "refused by policy" else "skipped"
    assert states == {"Hélène": "sent", operator.name: "sent", "Karim": to_karim}
    told_to_company = alerts.get(to_name="Hélène").text
    assert f"Nous n’avons pas pu joindre\u00a0:\n- {world.association.name}\n" in told_to_company
    assert "Nous attendons" not in told_to_company


def test_question_that_reaches_a_colleague_is_not_lost(booking: Booking, world: World, now: dt.datetime) -> None:
    """Of two who act for the association one is out of reach: the other has a day to answer once the question left."""
    factories.add_member(world.association, factories.make_user("Nora"), Role.MANAGER, now)
    bounces.set_aside(address=world.association_owner.email, reason=HARD, now=now)
    actions.agree_workshop(workshop=booking.workshop, side=Side.COMPANY, by=world.company_owner, now=START - 8 * DAY)
    scan(START - 7 * DAY, START - 3 * DAY)
    assert told("workshop_unsure") == []
    leave(START - 3 * DAY, template="workshop_agreement")
    scan(START - 2.5 * DAY)
    assert told("workshop_unsure") == []
    scan(START - 2 * DAY)
    alert = Message.objects.get(template="workshop_unsure", to_name="Hélène")
    assert (alert.context["silent"], alert.context["unreached"]) == ([world.association.name], [])


def test_question_that_stayed_for_another_reason_is_not_lost(booking: Booking) -> None:
    scan(START - 7 * DAY)
    stayed = {"state": "skipped", "skipped_at": START - 6 * DAY, "last_error": f"{NOT_FOR_THEM} elle est partie."}
    Message.objects.filter(template="workshop_agreement").update(**stayed)
    scan(START - 3 * DAY)
    assert told("workshop_unsure") == []


def test_alert_of_a_side_that_is_asked_again_says_no_more_that_it_is_out_of_reach(booking: Booking) -> None:
    """An operator has the question sent again before the alert has left."""
    scan(START - 7 * DAY)
    lost = {"state": "failed", "failed_at": START - 6 * DAY, "last_error": HARD}
    Message.objects.filter(template="workshop_agreement").update(**lost)
    scan(START - 3 * DAY)
    alert = Message.objects.filter(template="workshop_unsure")[0]
    assert (why_unwanted(alert, at=START - 3 * DAY), len(alert.context["unreached"])) == ("", 2)
    Message.objects.filter(template="workshop_agreement").update(state="queued", failed_at=None)
    assert why_unwanted(alert, at=START - 3 * DAY) == "La question n’est pas restée un jour sans réponse."


def test_who_acts_instead_is_asked_too(booking: Booking, world: World, now: dt.datetime, smtp_sink: Sink) -> None:
    """The only manager of the association is replaced while the question waits."""
    scan(START - 7 * DAY)
    nora = factories.make_user("Nora")
    factories.add_member(world.association, nora, Role.OWNER, now)
    world.association.memberships.filter(user=world.association_owner).delete()
    deliver(START - 6.4 * DAY)
    assert Message.objects.get(state="skipped").to_name == "Karim"
    scan(START - 6.3 * DAY, START - 6.2 * DAY)
    assert told("workshop_agreement") == [*BOTH, "Nora"]
    assert Workshop.objects.get().agreement_asked_at == START - 7 * DAY
    deliver(START - 6.2 * DAY)
    assert Message.objects.get(to_name="Nora").state == "sent"


def test_answer_that_comes_before_the_mail_stops_it(booking: Booking, world: World, smtp_sink: Sink) -> None:
    scan(START - 7 * DAY)
    actions.agree_workshop(workshop=booking.workshop, side=Side.COMPANY, by=world.company_owner, now=START - 7 * DAY)
    deliver(START - 6.4 * DAY)
    assert [one.template for one in Message.objects.filter(state="sent")] == ["workshop_agreement"]
    assert Message.objects.get(state="skipped").last_error == "Cette réponse est déjà donnée."


def test_workshop_that_is_off_is_not_agreed_to(booking: Booking, world: World) -> None:
    cancelled = {"side": Side.COMPANY, "reason": "Travaux.", "by": world.company_owner, "now": START - 5 * DAY}
    actions.cancel_booking(booking=booking, **cancelled)  # type: ignore[arg-type]
    for at in (START - 4 * DAY, START + HOUR):
        with pytest.raises(actions.NothingToAgree):
            actions.agree_workshop(workshop=booking.workshop, side=Side.COMPANY, by=world.company_owner, now=at)


def test_two_scans_at_once_ask_once(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)
    factories.make_booking(START - 14 * DAY, world.slot, world.association)
    scans = [partial(actions.remind_workshops, now=START - 7 * DAY)] * 4
    assert at_once(*scans) == {"done": 4}
    assert told("workshop_agreement") == BOTH


@pytest.mark.parametrize("side", Side)
def test_who_agreed_has_an_instant(booking: Booking, world: World, side: Side) -> None:
    with pytest.raises(IntegrityError, match=f"workshop_{side}_agreed"), transaction.atomic():
        Workshop.objects.update(**{f"{side}_agreed_by": world.company_owner})


@pytest.mark.parametrize("side", Side)
def test_one_click_in_the_mail_is_recorded_as_that_persons(
    booking: Booking, world: World, client: Client, side: Side, now: dt.datetime
) -> None:
    person = world.company_owner if side == Side.COMPANY else world.association_owner
    path = agreement_path(booking.workshop, side, person)
    with travel(START - 6 * DAY, tick=False):
        assert "Toujours d’accord" in client.get(path).text
        assert Workshop.objects.get().agreed_at(side) is None
        assert "Merci, c’est noté" in client.post(path).text
        assert "Merci, c’est noté" in client.get(path).text
    workshop = Workshop.objects.get()
    assert (workshop.agreed_at(side), getattr(workshop, f"{side}_agreed_by")) == (START - 6 * DAY, person)
    assert [workshop.agreed_at(one) is None for one in Side].count(True) == 1


def test_link_of_a_mail_means_nothing_to_others_and_at_dates_that_never_were(
    booking: Booking, world: World, client: Client
) -> None:
    strangers = agreement_path(booking.workshop, Side.COMPANY, world.association_owner)
    assert client.get(strangers).status_code == 404
    good = agreement_path(booking.workshop, Side.COMPANY, world.company_owner)
    assert client.get(good[:-3] + "xx/").status_code == 404
    with travel(START + HOUR, tick=False):
        assert client.post(good).status_code == 409
    world.company.memberships.filter(user=world.company_owner).update(role=Role.OWNER)
    booking.workshop.booking.slot.starts_at += HOUR
    moved = agreement_path(booking.workshop, Side.COMPANY, world.company_owner)
    assert client.get(moved).status_code == 404


def test_page_of_the_booking_asks_too(booking: Booking, world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    page = reverse("workshops:company_booking", args=[world.company.slug, booking.pk])
    with travel(START - 6 * DAY, tick=False):
        assert "Oui, l’atelier tient" not in client.get(page).text
        scan(START - 6 * DAY)
        assert "Oui, l’atelier tient" in client.get(page).text
        agree = reverse("workshops:company_agree", args=[world.company.slug, booking.pk])
        assert "l’atelier tient." in client.post(agree, follow=True).text
        assert "Oui, l’atelier tient" not in client.get(page).text


# --- two days ahead, and on the day -----------------------------------------------------------------


def test_reminder_goes_to_both_sides_and_the_volunteers_once(booking: Booking) -> None:
    scan(START - 48 * HOUR - dt.timedelta(minutes=1))
    assert told("workshop_reminder") == []
    scan(START - 48 * HOUR, START - 48 * HOUR, START - 28 * HOUR)
    assert told("workshop_reminder") == ALL
    assert told("workshop_today") == []


def test_missed_run_is_caught_up_with_what_still_makes_sense(booking: Booking) -> None:
    scan(START - 20 * HOUR)  # 22:30 the evening before
    assert (told("workshop_reminder"), told("workshop_today")) == (ALL, [])
    factories.forget_mail()
    scan(START - 10 * HOUR, START - HOUR)
    assert (told("workshop_reminder"), told("workshop_today")) == ([], ALL)


def test_morning_of_the_day_begins_at_seven_at_the_site(booking: Booking) -> None:
    seven = dt.datetime(2026, 12, 8, 6, tzinfo=dt.UTC)
    scan(seven - dt.timedelta(minutes=1))
    assert told("workshop_today") == []
    scan(seven, seven + HOUR, START + HOUR)
    assert told("workshop_today") == ALL


def test_day_of_a_far_site_is_its_own(world: World, now: dt.datetime) -> None:
    """18:30 in Nouméa is 8:30 in Paris: its morning is the evening before in Paris."""
    site = factories.make_site(now, world.company, name="Nouméa", commune_id="98818")
    slot = factories.make_slot(factories.make_room(now, site), dt.datetime(2026, 12, 8, 7, 30, tzinfo=dt.UTC))
    assert slot.time_zone == "Pacific/Noumea"
    factories.make_booking(START - 14 * DAY, slot, world.association)
    morning = dt.datetime(2026, 12, 7, 20, tzinfo=dt.UTC)
    scan(morning - dt.timedelta(minutes=1))
    assert told("workshop_today") == []
    scan(morning)
    assert told("workshop_today") == BOTH


def test_workshop_before_eight_is_announced_an_hour_ahead(world: World, now: dt.datetime) -> None:
    early = factories.make_slot(world.room, dt.datetime(2026, 12, 12, 5, 30, tzinfo=dt.UTC))  # Saturday, 6:30
    factories.make_booking(START - 14 * DAY, early, world.association)
    scan(early.starts_at - 1.1 * HOUR)
    assert told("workshop_today") == []
    scan(early.starts_at - HOUR)
    assert told("workshop_today") == BOTH


def test_who_confirmed_this_morning_needs_no_word(world: World) -> None:
    seven = dt.datetime(2026, 12, 8, 6, tzinfo=dt.UTC)
    factories.make_booking(seven + HOUR, world.slot, world.association)
    scan(seven + 2 * HOUR, START - HOUR)
    assert Message.objects.count() == 0


def test_reminder_is_worth_nothing_on_the_day_nor_the_mornings_after_the_start(booking: Booking) -> None:
    scan(START - 48 * HOUR, START - 10 * HOUR)
    midnight = dt.datetime(2026, 12, 7, 23, tzinfo=dt.UTC)
    ends = set(Message.objects.exclude(template="workshop_unsure").values_list("template", "not_after"))
    assert ends == {("workshop_reminder", midnight), ("workshop_today", START)}


def test_reminder_that_would_leave_at_night_waits_for_the_morning(
    world: World, now: dt.datetime, smtp_sink: Sink
) -> None:
    saturday = factories.make_slot(world.room, dt.datetime(2026, 12, 12, 22, tzinfo=dt.UTC))  # 23:00
    factories.make_booking(START - 14 * DAY, saturday, world.association)
    at = saturday.starts_at - 47.5 * HOUR
    scan(at)
    deliver_due(now=at, limit=9, clock=lambda: at)
    assert {one.next_attempt_at for one in Message.objects.all()} == {dt.datetime(2026, 12, 11, 6, tzinfo=dt.UTC)}


def test_what_was_cancelled_is_not_announced(booking: Booking, world: World) -> None:
    reason = {"side": Side.ASSOCIATION, "reason": "Malade.", "by": world.association_owner, "now": START - 8 * DAY}
    actions.cancel_booking(booking=booking, **reason)  # type: ignore[arg-type]
    before = Message.objects.count()
    scan(START - 7 * DAY, START - 3 * DAY, START - 2 * DAY, START - 8 * HOUR)
    assert Message.objects.count() == before


def test_outage_of_a_day_tells_each_thing_once(booking: Booking) -> None:
    """Scans until an hour before it is due, none for 25 hours, then eight one after the other."""
    scan(*[START - number * HOUR for number in range(55, 48, -1)])
    scan(*[START - 23 * HOUR + dt.timedelta(minutes=number) for number in range(8)])
    assert told("workshop_reminder") == ALL


# --- when the clocks change -------------------------------------------------------------------------

PARIS, MIQUELON, MARTINIQUE = "59350", "97502", "97209"
# On which days ahead the hour of a workshop is on the wall: what is asked, told and reminded then.
AHEAD = {7: "workshop_agreement", 3: "workshop_unsure", 2: "workshop_reminder"}


@pytest.mark.parametrize(
    ("commune", "starts", "days", "due"),
    [
        (PARIS, "2027-03-29T18:30+02:00", 2, "2027-03-27T18:30+01:00"),
        (PARIS, "2027-03-29T18:30+02:00", 3, "2027-03-26T18:30+01:00"),
        (PARIS, "2027-03-29T18:30+02:00", 7, "2027-03-22T18:30+01:00"),
        (PARIS, "2027-11-01T18:30+01:00", 2, "2027-10-30T18:30+02:00"),
        (PARIS, "2027-11-01T18:30+01:00", 3, "2027-10-29T18:30+02:00"),
        (PARIS, "2027-11-01T18:30+01:00", 7, "2027-10-25T18:30+02:00"),
        (MIQUELON, "2027-03-15T18:30-02:00", 2, "2027-03-13T18:30-03:00"),
        (MIQUELON, "2027-11-08T18:30-03:00", 2, "2027-11-06T18:30-02:00"),
        (MIQUELON, "2027-11-08T18:30-03:00", 7, "2027-11-01T18:30-02:00"),
        (MARTINIQUE, "2027-03-29T18:30-04:00", 2, "2027-03-27T18:30-04:00"),
        # The hour that is lost is the next one.
        (PARIS, "2027-04-04T02:30+02:00", 7, "2027-03-28T03:30+02:00"),
        (MIQUELON, "2027-03-21T02:30-02:00", 7, "2027-03-14T03:30-02:00"),
        # Of the hour that comes twice the first counts, and what begins in the second is told at its hour.
        (PARIS, "2027-11-07T02:30+01:00", 7, "2027-10-31T02:30+02:00"),
        (PARIS, "2027-10-31T02:30+01:00", 2, "2027-10-29T02:30+02:00"),
        (MIQUELON, "2027-11-14T01:30-03:00", 7, "2027-11-07T01:30-02:00"),
    ],
)
def test_days_ahead_are_those_of_the_wall(
    world: World, now: dt.datetime, commune: str, starts: str, days: int, due: str
) -> None:
    slot = slot_at(world, now, commune, starts)
    factories.make_booking(slot.starts_at - 14 * DAY, slot, world.association)
    if days == 3:
        scan(slot.starts_at - 6 * DAY)
        leave(slot.starts_at - 6 * DAY)
    at = dt.datetime.fromisoformat(due)
    scan(at - dt.timedelta(minutes=1))
    assert told(AHEAD[days]) == []
    scan(at)
    assert told(AHEAD[days]) == BOTH


@pytest.mark.parametrize(
    ("starts", "due"),
    [
        ("2027-03-30T18:30+02:00", "2027-03-27T18:30+01:00"),
        ("2027-11-02T18:30+01:00", "2027-10-30T18:30+02:00"),
    ],
)
def test_volunteers_are_called_three_days_ahead_on_the_wall(
    world: World, now: dt.datetime, starts: str, due: str
) -> None:
    slot = slot_at(world, now, PARIS, starts)
    factories.make_profile(now, world.company, world.volunteer)
    factories.make_booking(slot.starts_at - 14 * DAY, slot, world.association)
    at = dt.datetime.fromisoformat(due)
    assert [actions.call_volunteers(now=one) for one in (at - dt.timedelta(minutes=1), at)] == [0, 1]


@pytest.mark.parametrize(
    ("starts", "two_days_before"),
    [
        ("2027-03-29T18:30+02:00", "2027-03-27T18:30+01:00"),
        ("2027-11-01T18:30+01:00", "2027-10-30T18:30+02:00"),
    ],
)
@pytest.mark.parametrize("minutes", [0, 1])
def test_who_confirmed_two_days_before_on_the_wall_is_reminded(
    world: World, now: dt.datetime, starts: str, two_days_before: str, minutes: int
) -> None:
    confirmed = dt.datetime.fromisoformat(two_days_before) + dt.timedelta(minutes=minutes)
    factories.make_booking(confirmed, slot_at(world, now, PARIS, starts), world.association)
    scan(confirmed + HOUR)
    assert told("workshop_reminder") == ([] if minutes else BOTH)


@pytest.mark.parametrize("starts", ["2027-03-28T18:30+02:00", "2027-10-31T18:30+01:00"])
def test_morning_of_the_day_that_changes_the_clocks_begins_at_seven(
    world: World, now: dt.datetime, starts: str
) -> None:
    slot = slot_at(world, now, PARIS, starts)
    factories.make_booking(slot.starts_at - 14 * DAY, slot, world.association)
    seven = slot.starts_at - 11.5 * HOUR
    scan(seven - dt.timedelta(minutes=1))
    assert (told("workshop_reminder"), told("workshop_today")) == ([], [])
    scan(seven)
    assert told("workshop_today") == BOTH


@pytest.mark.parametrize(
    ("starts", "asked", "thanked"),
    [
        ("2027-03-27T18:30+01:00", "2027-03-28T09:00+02:00", "2027-04-10T20:30+02:00"),
        ("2027-10-30T18:30+02:00", "2027-10-31T09:00+01:00", "2027-11-13T20:30+01:00"),
        ("2027-10-24T18:30+02:00", "2027-10-25T09:00+02:00", "2027-11-07T20:30+01:00"),
    ],
)
def test_days_after_are_those_of_the_wall(
    world: World, now: dt.datetime, starts: str, asked: str, thanked: str
) -> None:
    slot = slot_at(world, now, PARIS, starts)
    booking = factories.make_booking(slot.starts_at - 14 * DAY, slot, world.association)
    for due, template in ((asked, "report_due"), (thanked, "workshop_thanks")):
        at = dt.datetime.fromisoformat(due)
        actions.ask_for_reports(now=at - dt.timedelta(minutes=1))
        assert told(template) == []
        actions.ask_for_reports(now=at)
        assert told(template) == BOTH
        if template == "report_due":
            report(booking, world, Side.COMPANY)


@pytest.mark.parametrize(
    ("starts", "thanked"),
    [
        ("2027-03-27T18:30+01:00", "2027-04-10T20:30+02:00"),
        ("2027-10-30T18:30+02:00", "2027-11-13T20:30+01:00"),
    ],
)
@pytest.mark.parametrize(("minutes", "asked"), [(-1, BOTH), (0, [])])
def test_reports_are_asked_for_until_a_fortnight_is_over_on_the_wall(
    world: World, now: dt.datetime, starts: str, thanked: str, minutes: int, asked: list[str]
) -> None:
    slot = slot_at(world, now, PARIS, starts)
    factories.make_booking(slot.starts_at - 14 * DAY, slot, world.association)
    until = dt.datetime.fromisoformat(thanked)
    actions.ask_for_reports(now=until + dt.timedelta(minutes=minutes))
    assert told("report_due") == asked
    assert set(Message.objects.filter(template="report_due").values_list("not_after", flat=True)) <= {until}


def slot_at(world: World, now: dt.datetime, commune: str, starts: str) -> Slot:
    site = factories.make_site(now, world.company, name="Ailleurs", commune_id=commune)
    return factories.make_slot(factories.make_room(now, site), dt.datetime.fromisoformat(starts))


# --- after a workshop -------------------------------------------------------------------------------


def report(booking: Booking, world: World, side: Side) -> None:
    counted = {"attended": 5} if side == Side.ASSOCIATION else {"volunteers": 2, "volunteer_minutes": 240}
    by = world.association_owner if side == Side.ASSOCIATION else world.company_owner
    after = booking.slot.ends_at + dt.timedelta(minutes=1)
    actions.report_workshop(workshop=booking.workshop, report=Report(rating=4, **counted), side=side, by=by, now=after)


NEXT_MORNING = dt.datetime(2026, 12, 9, 8, tzinfo=dt.UTC)


def test_report_is_asked_the_next_morning_from_the_side_that_has_not_written_it(booking: Booking, world: World) -> None:
    report(booking, world, Side.ASSOCIATION)
    actions.ask_for_reports(now=NEXT_MORNING - dt.timedelta(minutes=1))
    assert told("report_due") == []
    for at in (NEXT_MORNING, NEXT_MORNING, NEXT_MORNING + DAY):
        actions.ask_for_reports(now=at)
    assert told("report_due") == ["Hélène"]


def test_no_report_is_asked_after_a_fortnight_nor_when_both_wrote(booking: Booking, world: World) -> None:
    actions.ask_for_reports(now=START + 15 * DAY)
    assert told("report_due") == []
    for side in Side:
        report(booking, world, side)
    actions.ask_for_reports(now=NEXT_MORNING)
    assert told("report_due") == []


def test_report_that_is_written_before_the_mail_leaves_stops_it(
    booking: Booking, world: World, smtp_sink: Sink
) -> None:
    actions.ask_for_reports(now=NEXT_MORNING)
    report(booking, world, Side.COMPANY)
    deliver_due(now=NEXT_MORNING, limit=9, clock=lambda: NEXT_MORNING)
    states = dict(Message.objects.filter(template="report_due").values_list("to_name", "state"))
    assert states == {"Hélène": "skipped", "Karim": "sent"}


def test_both_are_thanked_after_a_fortnight_with_what_was_counted(booking: Booking, world: World) -> None:
    report(booking, world, Side.ASSOCIATION)
    end = booking.slot.ends_at + 14 * DAY
    actions.ask_for_reports(now=end - HOUR)
    assert told("workshop_thanks") == []
    for at in (end, end, end + 6 * DAY):
        actions.ask_for_reports(now=at)
    assert told("workshop_thanks") == BOTH
    texts = {one.to_name: render(one).text for one in Message.objects.filter(template="workshop_thanks")}
    assert all("5\u00a0personnes formées" in text for text in texts.values())
    assert ["compte rendu manque" in texts[name] for name in BOTH] == [True, False]


@pytest.mark.parametrize(
    ("language", "counted"),
    [("fr", "L’association a compté\u00a0: 5\u00a0personnes"), ("en", "association counted 5\u00a0people")],
)
def test_thanks_that_wait_for_a_digest_say_what_was_reported_since(
    booking: Booking, world: World, language: str, counted: str
) -> None:
    for owner in (world.company_owner, world.association_owner):
        Preferences.objects.create(address=owner.email, reports="daily", changed_at=START)
    User.objects.update(language=language)
    end = booking.slot.ends_at + 14 * DAY
    report(booking, world, Side.COMPANY)
    actions.ask_for_reports(now=end)
    assert deliver_due(now=end, limit=9, clock=lambda: end).gathered == 2
    report(booking, world, Side.ASSOCIATION)
    tell_digests(now=end + DAY)
    told = {one.to_name: render(one).text for one in Message.objects.filter(template="digest")}
    assert [counted in told[name] for name in BOTH] == [True, True]
    missing = {"fr": "Votre compte rendu manque encore", "en": "Your report is still missing"}[language]
    assert [missing in told[name] for name in BOTH] == [False, False]


MISSED: list[tuple[Side, dict[str, Any]]] = [
    (Side.COMPANY, {"volunteers": 0, "volunteer_minutes": 0, "absent": "association"}),
    (Side.ASSOCIATION, {"attended": 0, "absent": "company"}),
    (Side.ASSOCIATION, {"attended": 0, "rating": 3}),
]


def miss(booking: Booking, world: World, side: Side, said: dict[str, Any], *, at: dt.datetime) -> None:
    """A side reports that the other did not come, or nobody."""
    by = world.association_owner if side == Side.ASSOCIATION else world.company_owner
    actions.report_workshop(workshop=booking.workshop, report=Report(**said), side=side, by=by, now=at)


@pytest.mark.parametrize(("side", "said"), MISSED)
def test_nobody_is_thanked_for_what_did_not_take_place(
    booking: Booking, world: World, side: Side, said: dict[str, Any]
) -> None:
    miss(booking, world, side, said, at=booking.slot.ends_at + HOUR)
    actions.ask_for_reports(now=booking.slot.ends_at + 14 * DAY)
    assert told("workshop_thanks") == []


def test_workshop_that_both_missed_is_closed_without_thanks(booking: Booking, world: World) -> None:
    for side, said in MISSED[:2]:
        miss(booking, world, side, said, at=booking.slot.ends_at + HOUR)
    actions.ask_for_reports(now=booking.slot.ends_at + 14 * DAY)
    assert (Workshop.objects.get().state, told("workshop_thanks")) == (Workshop.State.CLOSED, [])


@pytest.mark.parametrize(("side", "said"), MISSED)
def test_thanks_that_have_not_left_when_an_absence_is_reported_stay(
    booking: Booking, world: World, smtp_sink: Sink, side: Side, said: dict[str, Any]
) -> None:
    end = booking.slot.ends_at + 14 * DAY
    with transaction.atomic():
        emails.workshop_thanks(workshop=Workshop.objects.with_everything().get(), now=end)
    miss(booking, world, side, said, at=end + HOUR)
    deliver_due(now=end + DAY, limit=9, clock=lambda: end + DAY)
    stayed = Message.objects.filter(template="workshop_thanks").values_list("state", "last_error")
    assert set(stayed) == {("skipped", "L’atelier n’a pas eu lieu.")}


def test_nobody_is_thanked_for_what_is_long_past(booking: Booking) -> None:
    actions.ask_for_reports(now=booking.slot.ends_at + 22 * DAY)
    assert told("workshop_thanks") == []


# --- bookings that wait -----------------------------------------------------------------------------


def test_company_is_reminded_once_after_two_days(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association, state="pending", settled_at=None)
    for hours in (47, 48, 60, 95):
        actions.remind_unanswered(now=now + hours * HOUR)
        assert told("booking_unanswered") == ([] if hours < 48 else ["Hélène"])
    text = render(Message.objects.get(template="booking_unanswered")).text
    assert "Répondez avant le samedi 5\u00a0décembre 2026" in text


@pytest.mark.parametrize(("hours", "language"), [(48, "fr"), (90, "fr"), (90, "en")])
def test_reminder_of_a_request_says_since_when_it_waits(
    world: World, now: dt.datetime, hours: int, language: str
) -> None:
    """On the calendar of the site, however late the scan comes: it was asked for on the 1st at 23:30 in Lille."""
    User.objects.update(language=language)
    asked = dt.datetime(2026, 12, 1, 22, 30, tzinfo=dt.UTC)
    factories.make_booking(asked, world.slot, world.association, state="pending", settled_at=None)
    actions.remind_unanswered(now=asked + hours * HOUR)
    said = render(Message.objects.get(template="booking_unanswered"))
    day = {"fr": "le mardi 1er\u00a0décembre 2026", "en": "on Tuesday 1\u00a0December 2026"}[language]
    assert [day in text for text in (said.text, said.html)] == [True, True]
    assert "il y a deux jours" not in said.text


def test_company_that_answered_is_not_reminded(world: World, now: dt.datetime, smtp_sink: Sink) -> None:
    waiting = factories.make_booking(now, world.slot, world.association, state="pending", settled_at=None)
    actions.remind_unanswered(now=now + 48 * HOUR)
    at = now + 49 * HOUR
    actions.accept_booking(booking=waiting, by=world.company_owner, now=at)
    deliver_due(now=at, limit=9, clock=lambda: at)
    assert Message.objects.get(template="booking_unanswered").last_error == "La demande n’attend plus de réponse."


def test_company_is_told_once_that_the_calendar_of_its_room_takes_it(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    actions.remind_workshops(now=now)
    assert not Message.objects.filter(template="room_taken").exists()
    busy = world.room.busy_times.create(starts_at=world.slot.starts_at, ends_at=world.slot.ends_at)
    for hour in (0, 1, 30):
        actions.remind_workshops(now=now + dt.timedelta(hours=hour))
    told = Message.objects.get(template="room_taken")
    assert (told.to_name, why_unwanted(told, at=now)) == ("Hélène", "")
    busy.delete()
    assert why_unwanted(told, at=now) == "La salle est de nouveau libre."


def test_nobody_is_told_of_a_room_that_is_taken_once_its_workshop_has_begun(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    world.room.busy_times.create(starts_at=world.slot.starts_at, ends_at=world.slot.ends_at)
    actions.remind_workshops(now=world.slot.starts_at)
    assert not Message.objects.filter(template="room_taken").exists()


def test_what_nobody_reports_is_over_after_a_month_and_its_request_with_it(
    booking: Booking, world: World, now: dt.datetime
) -> None:
    wanted = factories.make_request(now, world.association, state="in_progress")
    Booking.objects.update(request=wanted)
    month = booking.slot.ends_at + 30 * DAY
    actions.ask_for_reports(now=month - HOUR)
    assert Booking.objects.get().is_confirmed
    for _ in range(2):
        actions.ask_for_reports(now=month)
    wanted.refresh_from_db()
    states = (Booking.objects.get().state, Workshop.objects.get().state, wanted.state)
    assert states == ("completed", "closed", "fulfilled")
    assert (told("workshop_thanks"), public_figures(month).workshops) == ([], 0)
    assert [record(own, month).facts for own in (world.company, world.association)] == [[], []]
    with pytest.raises(actions.NotOver, match="30 jours"):
        miss(booking, world, *MISSED[0], at=month)


def test_nobody_is_thanked_for_what_nobody_reported(booking: Booking) -> None:
    actions.ask_for_reports(now=booking.slot.ends_at + 14 * DAY)
    assert told("workshop_thanks") == []
