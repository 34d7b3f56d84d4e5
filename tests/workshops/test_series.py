"""Living series: one date, this and the following, or all; booked, moved and withdrawn dates stay as they are."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from pytest_django.fixtures import Settings
from time_machine import travel

from accounts.models import Role, User
from accounts.refusals import Refused
from companies import actions as companies
from companies.actions.series import TAKEN
from companies.confirmations import confirmation_path
from companies.forms.openings import MOST_VOLUNTEERS
from companies.models import Availability, BusyTime, Slot, SlotVolunteer
from mail.actions import RESTORED
from mail.delivery import why_unwanted
from mail.models import Message
from mail.rendering import render
from tests import factories
from tests.companies.test_actions import opening
from tests.factories import World
from tests.races import Move, at_once, second_waits
from workshops import actions
from workshops.actions.series import _carry_claims
from workshops.catalogue import bookable
from workshops.models import Booking, Side
from workshops.standing import standings

Visitor = Callable[[User], Client]


@pytest.fixture
def series(world: World, now: dt.datetime) -> Availability:
    """Thursdays 3, 10, 17, 24 and 31 December, 18:30 in Lille; that of the 10th is booked."""
    made = opening()
    companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now)
    factories.make_booking(now, on(made, 10), world.association)
    return made


def on(series: Availability, day: int) -> Slot:
    return Slot.objects.with_place().get(availability=series, original_date=dt.date(2026, 12, day))


def change(slot: Slot, **fields: Any) -> actions.Change:
    start, end = (instant.astimezone(ZoneInfo(slot.time_zone)) for instant in (slot.starts_at, slot.ends_at))
    kept = {name: getattr(slot, name) for name in ("places", "computers", "volunteers_offered")}
    when = {"date": start.date(), "start_time": start.time(), "end_time": end.time()}
    return actions.Change(**{**when, **kept, **fields})


def open_days(room_of: World) -> list[str]:
    slots = Slot.objects.filter(room=room_of.room, state="open", availability__isnull=False)
    return [f"{slot.local_date} {slot.local_time:%H:%M}" for slot in slots.order_by("starts_at")]


# --- one date ---------------------------------------------------------------------------------------


def test_one_date_moves_and_keeps_its_place_in_the_series(world: World, series: Availability, now: dt.datetime) -> None:
    slot = on(series, 17)
    later = change(slot, places=4, date=dt.date(2026, 12, 18))
    moved = actions.change_slot(slot=slot, change=later, by=world.company_owner, now=now)
    moved.refresh_from_db()
    assert (str(moved.local_date), str(moved.original_date), moved.places) == ("2026-12-18", "2026-12-17", 4)
    assert moved.is_edited
    assert moved.closes_at == moved.starts_at - dt.timedelta(hours=24)


def test_volunteers_are_told_of_the_new_time(world: World, series: Availability, now: dt.datetime) -> None:
    slot = on(series, 17)
    companies.join_slot(slot=slot, by=world.volunteer, now=now)
    actions.change_slot(slot=slot, change=change(slot, places=4), by=world.company_owner, now=now)
    assert not Message.objects.exists()
    moved = change(slot, date=dt.date(2026, 12, 18))
    actions.change_slot(slot=slot, change=moved, by=world.company_owner, now=now)
    told = Message.objects.get()
    assert (told.template, told.to_name, told.context["day"]) == (
        "promise_moved",
        "Lucie",
        "vendredi 18\u00a0décembre 2026",
    )
    assert told.context["was"].startswith("jeudi 17\u00a0décembre")
    promise = SlotVolunteer.objects.with_place().get()
    assert (told.calendar_method, promise.slot.sequence) == ("REQUEST", 1)
    for line in (f"UID:promise-{promise.pk}@", "SEQUENCE:1\r\n", "DTSTART:20261218T173000Z", f"MAILTO:{told.to_email}"):
        assert line in told.calendar
    with pytest.raises(actions.NotThatWay, match="bénévoles se sont déjà engagés"):
        actions.change_slot(slot=slot, change=change(slot, volunteers_offered=0), by=world.company_owner, now=now)


OVERTAKEN = "L’atelier a changé de date depuis."
WHERE_IT_WAS = "L’atelier est de nouveau à la date que cette personne connaît."


@pytest.mark.parametrize(
    ("days", "sent", "last"),
    [
        ((18, 19), 0, ""),
        ((18, 17), 0, WHERE_IT_WAS),
        ((18, 17, 18), 0, ""),
        ((18, 19), 1, ""),
        ((18, 19, 17), 1, ""),
        ((18, 17, 18), 1, WHERE_IT_WAS),
    ],
)
def test_volunteers_are_told_of_the_last_time_alone_and_from_the_one_that_they_know(
    world: World, series: Availability, now: dt.datetime, days: tuple[int, ...], sent: int, last: str
) -> None:
    slot = on(series, 17)
    companies.join_slot(slot=slot, by=world.volunteer, now=now)
    for minutes, day in enumerate(days):
        to = change(slot, date=dt.date(2026, 12, day))
        at = now + dt.timedelta(minutes=minutes)
        slot = actions.change_slot(slot=slot, change=to, by=world.company_owner, now=at)
        if minutes < sent:
            Message.objects.filter(template="promise_moved").update(state="sent", sent_at=at)
    told = list(Message.objects.filter(template="promise_moved").order_by("pk"))
    assert [why_unwanted(one, at=now) for one in told] == [*[OVERTAKEN] * (len(days) - 1), last]
    if not last:
        known = days[sent - 1] if sent else 17
        facts = told[-1].context
        assert [facts[name].split("\u00a0")[0].split()[1] for name in ("was", "day")] == [str(known), str(days[-1])]
        assert f"SEQUENCE:{len(days)}\r\n" in told[-1].calendar


@pytest.mark.parametrize("left", [{"attempts": 1}, {"state": "failed", "last_error": RESTORED}, {}])
def test_who_may_have_been_told_another_time_hears_that_it_is_back(
    world: World, series: Availability, now: dt.datetime, left: dict[str, Any]
) -> None:
    """The server took the first mail and dropped the line; a restore holds it; or, here, nobody can have sent it."""
    slot = on(series, 17)
    companies.join_slot(slot=slot, by=world.volunteer, now=now)
    for day in (18, 17):
        to = change(slot, date=dt.date(2026, 12, day))
        slot = actions.change_slot(slot=slot, change=to, by=world.company_owner, now=now)
    first, second = Message.objects.filter(template="promise_moved").order_by("pk")
    Message.objects.filter(pk=first.pk).update(**left, **({"failed_at": now} if "state" in left else {}))
    assert why_unwanted(second, at=now) == ("" if left else WHERE_IT_WAS)
    if left:
        assert second.context["was"].startswith("vendredi 18\u00a0décembre")


@pytest.mark.parametrize(
    ("less", "told"),
    [
        ({"start_time": dt.time(19)}, "déplacez l’atelier"),
        ({"end_time": dt.time(20)}, "déplacez l’atelier"),
        ({"date": dt.date(2026, 12, 11)}, "déplacez l’atelier"),
        ({"places": 4}, "gardez au moins autant de places"),
        ({"computers": 1}, "gardez au moins leur nombre"),
    ],
)
def test_booked_date_is_not_moved_and_keeps_what_is_counted_on(
    world: World, series: Availability, now: dt.datetime, less: dict[str, Any], told: str
) -> None:
    slot = on(series, 10)
    with pytest.raises(Refused, match=told):
        actions.change_slot(slot=slot, change=change(slot, **less), by=world.company_owner, now=now)


def test_booked_date_may_offer_more_and_end_later(
    world: World, series: Availability, now: dt.datetime, visitor: Visitor
) -> None:
    slot = on(series, 10)
    factories.make_promise(now, slot, world.volunteer)
    booking = Booking.objects.get(slot=slot)
    page = reverse("workshops:slot_change", args=[world.company.slug, slot.pk])
    client = visitor(world.company_owner)
    assert "déplacez l’atelier" in client.get(page).text
    form = {"date": "2026-12-10", "start_time": "18:30", "end_time": "21:30"}
    form |= {"places": str(slot.places), "computers": str(slot.computers)}
    assert client.post(page, form | {"volunteers_offered": "3"}).status_code == 302
    slot.refresh_from_db()
    sequence, booking = booking.sequence, Booking.objects.get(pk=booking.pk)
    offered = (slot.volunteers_offered, slot.hours_local[1], booking.state)
    assert (offered, booking.sequence) == ((3, dt.time(21, 30), "confirmed"), sequence + 1)
    mails = Message.objects.filter(template="booking_changed")
    told = {one.to_name: "DTEND" in one.calendar for one in mails}
    assert told == {"Hélène": True, "Karim": True, "Lucie": True}
    assert {why_unwanted(one, at=now) for one in mails} == {""}


def test_booked_date_that_offers_more_is_told_to_its_association(
    world: World, series: Availability, now: dt.datetime
) -> None:
    slot = on(series, 10)
    more = change(slot, volunteers_offered=slot.volunteers_offered + 1)
    for _ in range(2):
        actions.change_slot(slot=on(series, 10), change=more, by=world.company_owner, now=now)
    [mail] = Message.objects.filter(template="booking_changed")
    assert (mail.to_name, mail.calendar) == ("Karim", "")


def test_booked_date_does_not_end_when_the_room_is_taken(world: World, series: Availability, now: dt.datetime) -> None:
    slot = on(series, 10)
    factories.make_slot(world.room, slot.ends_at + dt.timedelta(minutes=15))
    with pytest.raises(Refused, match="déjà un créneau"):
        actions.change_slot(slot=slot, change=change(slot, end_time=dt.time(21, 30)), by=world.company_owner, now=now)


def test_who_waited_for_a_date_that_changes_is_told(world: World, series: Availability, now: dt.datetime) -> None:
    waiting = factories.make_booking(now, on(series, 17), world.association, state="pending")
    factories.forget_mail()
    slot = on(series, 17)
    actions.change_slot(slot=slot, change=change(slot, places=6), by=world.company_owner, now=now)
    waiting.refresh_from_db()
    assert (waiting.state, Message.objects.get().template) == ("declined", "booking_declined")


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"date": dt.date(2026, 12, 24)}, "déjà un créneau"),
        ({"date": dt.date(2026, 12, 1)}, "passée ou trop proche"),
        ({"end_time": dt.time(18)}, "heure de fin après"),
        ({"places": 500}, "pas autant"),
    ],
)
def test_date_that_cannot_be_put_there_stays(
    world: World, series: Availability, now: dt.datetime, fields: dict[str, Any], words: str
) -> None:
    slot = on(series, 17)
    with pytest.raises(actions.NotThatWay, match=words):
        actions.change_slot(slot=slot, change=change(slot, **fields), by=world.company_owner, now=now)
    assert not on(series, 17).is_edited


def test_date_does_not_move_into_office_hours(
    world: World, series: Availability, now: dt.datetime, settings: Settings
) -> None:
    slot = on(series, 17)
    morning = change(slot, start_time=dt.time(9), end_time=dt.time(11))
    with pytest.raises(companies.DaytimeOpening, match="17\u00a0h"):
        actions.change_slot(slot=slot, change=morning, by=world.company_owner, now=now)
    settings.DAYTIME_SLOTS_ALLOWED = True
    moved = actions.change_slot(slot=slot, change=morning, by=world.company_owner, now=now)
    moved.refresh_from_db()
    assert str(moved.local_time) == "09:00:00"


def test_date_moved_into_the_hour_that_is_lost_is_as_long(world: World, series: Availability, now: dt.datetime) -> None:
    slot = on(series, 17)
    night = change(slot, date=dt.date(2027, 3, 28), start_time=dt.time(2), end_time=dt.time(2, 45))
    moved = actions.change_slot(slot=slot, change=night, by=world.company_owner, now=now)
    assert moved.ends_at - moved.starts_at == dt.timedelta(minutes=45)


# --- this and the following -------------------------------------------------------------------------


def test_following_dates_change_but_booked_moved_and_withdrawn_ones(
    world: World, series: Availability, now: dt.datetime
) -> None:
    by = world.company_owner
    slot = on(series, 24)
    half_an_hour_later = change(slot, start_time=dt.time(19), end_time=dt.time(21))
    actions.change_slot(slot=slot, change=half_an_hour_later, by=by, now=now)
    actions.withdraw_slot(slot=on(series, 31), by=by, now=now)
    later = opening(start_time=dt.time(19), end_time=dt.time(21))
    ended, season = actions.change_series(
        availability=series, changed=later, from_date=dt.date(2026, 12, 10), by=by, now=now
    )
    assert [str(one.slot.original_date) for one in ended.booked] == ["2026-12-10"]
    assert [str(one.original_date) for one in season.slots] == ["2026-12-17"]
    assert open_days(world) == ["2026-12-03 18:30", "2026-12-10 18:30", "2026-12-17 19:00", "2026-12-24 19:00"]
    moved = Slot.objects.get(pk=slot.pk)
    assert (moved.state, f"{moved.local_time:%H:%M}", moved.availability) == ("open", "19:00", later)
    assert Booking.objects.live(now).count() == 1


def promised(world: World) -> dict[str, list[tuple[str, int]]]:
    """Per volunteer: day and seat of what they promised."""
    found: dict[str, list[tuple[str, int]]] = {}
    for one in SlotVolunteer.objects.select_related("volunteer", "slot").order_by("starts_at"):
        assert one.slot.state == Slot.State.OPEN
        found.setdefault(one.volunteer.name, []).append((f"{one.slot.local_date:%d}", one.seat))
    return found


def test_volunteers_keep_their_evenings_when_the_offer_changes_and_not_the_hours(
    world: World, series: Availability, now: dt.datetime
) -> None:
    late = factories.make_user("Léo", email="late@parc.example")
    factories.add_member(world.company, late, Role.VOLUNTEER, now)
    for person, days in ((world.volunteer, (3, 17)), (late, (17, 24))):
        for day in days:
            companies.join_slot(slot=on(series, day), by=person, now=now)
    fewer = opening(places=4, volunteers_offered=1)
    actions.change_series(
        availability=series, changed=fewer, from_date=dt.date(2026, 12, 1), by=world.company_owner, now=now
    )
    assert promised(world) == {world.volunteer.name: [("03", 1), ("17", 1)], "Léo": [("24", 1)]}
    [told] = Message.objects.filter(template="promises_ended")
    assert (told.to_email, len(told.context["workshops"])) == ("late@parc.example", 1)
    half_an_hour_later = opening(start_time=dt.time(19), end_time=dt.time(21))
    actions.change_series(
        availability=fewer, changed=half_an_hour_later, from_date=dt.date(2026, 12, 17), by=world.company_owner, now=now
    )
    assert promised(world) == {world.volunteer.name: [("03", 1)]}
    assert Message.objects.filter(template="promises_ended").count() == 3


def test_change_that_opens_nothing_leaves_everything(world: World, series: Availability, now: dt.datetime) -> None:
    before = open_days(world)
    nothing = opening(weekdays=[1], until_date=dt.date(2026, 12, 4))
    with pytest.raises(companies.NothingToOpen):
        actions.change_series(
            availability=series, changed=nothing, from_date=dt.date(2026, 12, 10), by=world.company_owner, now=now
        )
    assert open_days(world) == before


@pytest.mark.parametrize("scope", ["following", "all"])
def test_date_moved_past_the_cut_stays_when_its_series_changes(
    world: World, series: Availability, now: dt.datetime, visitor: Visitor, scope: str
) -> None:
    early, cut = on(series, 3), on(series, 17)
    by = world.company_owner
    actions.change_slot(slot=early, change=change(early, date=dt.date(2026, 12, 29)), by=by, now=now)
    typed = {"date": "2026-12-17", "start_time": "19:00", "end_time": "20:30", "apply_to": scope}
    typed |= {"places": "9", "computers": "8", "volunteers_offered": "2"}
    address = reverse("workshops:slot_change", args=[world.company.slug, cut.pk])
    assert visitor(by).post(address, typed).status_code == 302
    early.refresh_from_db()
    assert (early.state, str(early.local_date), early.is_edited) == ("open", "2026-12-29", True)
    assert early.availability not in (None, series), "it sleeps with the series that goes on"


@pytest.mark.parametrize("scope", ["one", "following", "all"])
@pytest.mark.parametrize(("field", "typed"), [("places", "500"), ("places", "0"), ("computers", "500")])
def test_change_beyond_the_room_is_said_beside_its_field(
    world: World, series: Availability, visitor: Visitor, scope: str, field: str, typed: str
) -> None:
    slot = on(series, 17)
    sent = {"date": "2026-12-17", "start_time": "18:30", "end_time": "20:30", "apply_to": scope}
    sent |= {"places": "9", "computers": "8", "volunteers_offered": "2", field: typed}
    answer = visitor(world.company_owner).post(
        reverse("workshops:slot_change", args=[world.company.slug, slot.pk]), sent
    )
    assert answer.status_code == 422
    assert "au plus" in answer.text or "au moins une place" in answer.text


@pytest.mark.parametrize("day", ["9999-12-31", "2999-12-31"])
def test_date_beyond_two_years_is_refused(world: World, series: Availability, visitor: Visitor, day: str) -> None:
    slot = on(series, 17)
    sent = {"date": day, "start_time": "18:30", "end_time": "20:30", "apply_to": "one"}
    sent |= {"places": "9", "computers": "8", "volunteers_offered": "2"}
    answer = visitor(world.company_owner).post(
        reverse("workshops:slot_change", args=[world.company.slug, slot.pk]), sent
    )
    assert (answer.status_code, "d’ici deux ans" in answer.text) == (422, True)


def test_date_put_into_the_lost_hour_says_where_it_went(world: World, series: Availability, visitor: Visitor) -> None:
    slot = on(series, 17)
    sent = {"date": "2027-03-28", "start_time": "02:30", "end_time": "04:30", "apply_to": "one"}
    sent |= {"places": "9", "computers": "8", "volunteers_offered": "2"}
    address = reverse("workshops:slot_change", args=[world.company.slug, slot.pk])
    assert "commence à 3\u00a0h\u00a030" in visitor(world.company_owner).post(address, sent, follow=True).text


def test_season_through_the_lost_hour_says_which_date_moved(world: World, now: dt.datetime) -> None:
    night = opening(
        weekdays=[7],
        start_time=dt.time(2, 30),
        end_time=dt.time(4),
        from_date=dt.date(2027, 3, 21),
        until_date=dt.date(2027, 4, 4),
    )
    season = companies.publish_season(room=world.room, openings=[night], by=world.company_owner, now=now)
    assert [str(slot.starts_on) for slot in season.moved] == ["2027-03-28"]


@pytest.mark.parametrize("day", ["2026-12-01", "2026-12-10", "9999-12-31"])
def test_series_ends_on_any_day_from_today(world: World, series: Availability, visitor: Visitor, day: str) -> None:
    address = reverse("workshops:series_end", args=[world.company.slug, series.pk])
    assert visitor(world.company_owner).post(address, {"from_date": day}).status_code == 302


@pytest.mark.parametrize("day", ["0001-01-01", "2026-11-30"])
def test_series_does_not_end_on_a_day_that_is_past(
    world: World, series: Availability, visitor: Visitor, day: str
) -> None:
    address = reverse("workshops:series_end", args=[world.company.slug, series.pk])
    answer = visitor(world.company_owner).post(address, {"from_date": day})
    assert (answer.status_code, "Cette date est passée" in answer.text) == (422, True)
    series.refresh_from_db()
    assert series.cut_from_date is None


def test_today_of_a_series_is_that_of_its_site(world: World, now: dt.datetime, visitor: Visitor) -> None:
    """At eleven in the evening in Lille, it is already tomorrow in La Réunion."""
    site = factories.make_site(now, world.company, commune_id="97411")
    far = factories.make_series(now, factories.make_room(now, site))
    near = factories.make_series(now, world.room)
    client = visitor(world.company_owner)
    with travel(dt.datetime(2026, 12, 1, 22, tzinfo=dt.UTC), tick=False):
        answers = [
            client.post(reverse("workshops:series_end", args=[world.company.slug, one.pk]), {"from_date": "2026-12-01"})
            for one in (far, near)
        ]
    assert [answer.status_code for answer in answers] == [422, 302]


@pytest.mark.parametrize(("typed", "status"), [(MOST_VOLUNTEERS, 302), (MOST_VOLUNTEERS + 1, 422), (32767, 422)])
def test_volunteers_of_a_date_are_as_many_as_may_come(
    world: World, series: Availability, visitor: Visitor, typed: int, status: int
) -> None:
    address = reverse("workshops:slot_change", args=[world.company.slug, on(series, 17).pk])
    answer = visitor(world.company_owner).post(address, FORM | {"apply_to": "one", "volunteers_offered": str(typed)})
    assert answer.status_code == status
    if status != 302:
        assert re.findall(r'id="id_(\w+)_error"', answer.text) == ["volunteers_offered"]
        assert f"Indiquez {MOST_VOLUNTEERS} bénévoles au plus" in answer.text


def test_series_confirmed_while_nothing_of_it_is_public_does_not_say_so(
    world: World, series: Availability, visitor: Visitor, client: Client
) -> None:
    companies.set_charter_standing(company=world.company, since=None)
    address = reverse("workshops:series_confirm", args=[world.company.slug, series.pk])
    assert "au catalogue" not in visitor(world.company_owner).post(address, follow=True).text
    link = client.post(confirmation_path(series, world.company_owner))
    assert "Ses créneaux ne sont pas au catalogue" in link.text


def test_series_of_the_day_makes_no_slot_once_that_is_not_allowed(
    world: World, now: dt.datetime, settings: Settings
) -> None:
    settings.SLOT_HORIZON_DAYS, settings.DAYTIME_SLOTS_ALLOWED = 28, True
    morning = opening(start_time=dt.time(10), end_time=dt.time(12), until_date=None)
    companies.publish_season(room=world.room, openings=[morning], by=world.company_owner, now=now)
    before = morning.slots.count()
    settings.DAYTIME_SLOTS_ALLOWED = False
    companies.extend_series(now=now + dt.timedelta(days=60))
    assert morning.slots.count() == before


# --- the end ----------------------------------------------------------------------------------------


def test_end_takes_free_dates_back_and_names_the_booked(world: World, series: Availability, now: dt.datetime) -> None:
    ended = actions.end_series(availability=series, from_date=dt.date(2026, 12, 10), by=world.company_owner, now=now)
    assert [str(one.original_date) for one in ended.withdrawn] == ["2026-12-17", "2026-12-24", "2026-12-31"]
    assert [one.association for one in ended.booked] == [world.association]
    assert open_days(world) == ["2026-12-03 18:30", "2026-12-10 18:30"]
    series.refresh_from_db()
    assert str(series.until_date) == "2026-12-09"
    assert companies.extend_series(now=now + dt.timedelta(days=90)) == 0


@pytest.mark.parametrize("side", [Side.COMPANY, Side.ASSOCIATION])
def test_date_that_only_a_booking_kept_is_not_offered_again(
    world: World, series: Availability, now: dt.datetime, side: Side
) -> None:
    actions.end_series(availability=series, from_date=dt.date(2026, 12, 10), by=world.company_owner, now=now)
    kept = on(series, 10)
    booking = Booking.objects.get(slot=kept)
    actions.cancel_booking(booking=booking, side=side, reason="Panne.", by=world.company_owner, now=now)
    kept.refresh_from_db()
    assert kept.state == "withdrawn"


def test_first_date_that_only_a_booking_kept_is_not_offered_again(
    world: World, series: Availability, now: dt.datetime
) -> None:
    booking = factories.make_booking(now, on(series, 3), factories.make_association(now))
    actions.end_series(availability=series, from_date=dt.date(2026, 11, 1), by=world.company_owner, now=now)
    assert [one.original_date for one in Slot.objects.filter(availability=series, state="open")] == [
        dt.date(2026, 12, 3),
        dt.date(2026, 12, 10),
    ]
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=now)
    assert on(series, 3).state == "withdrawn"


def test_series_stopped_before_its_first_date_is_no_ghost(world: World, now: dt.datetime, visitor: Visitor) -> None:
    made = opening(from_date=dt.date(2027, 4, 1), until_date=dt.date(2027, 6, 30))
    companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now)
    actions.end_series(availability=made, from_date=dt.date(2027, 3, 1), by=world.company_owner, now=now)
    made.refresh_from_db()
    assert (made.until_date, made.cut_from_date) == (dt.date(2027, 3, 31), dt.date(2027, 3, 1))
    later = now + dt.timedelta(days=60)
    assert not Availability.objects.coming(later).exists()
    assert companies.ask_to_confirm_series(now=later) == 0
    page = visitor(world.company_owner).get(reverse("workshops:series", args=[world.company.slug, made.pk])).text
    assert "arrêtée à partir du lundi 1er\u00a0mars 2027" in page
    assert companies.extend_series(now=later) == 0


def test_date_moved_beyond_the_end_is_not_offered_again(world: World, series: Availability, now: dt.datetime) -> None:
    first, by = on(series, 3), world.company_owner
    actions.change_slot(slot=first, change=change(first, date=dt.date(2026, 12, 29)), by=by, now=now)
    booking = factories.make_booking(now, on(series, 3), factories.make_association(now))
    actions.end_series(availability=series, from_date=dt.date(2026, 12, 20), by=by, now=now)
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=by, now=now)
    assert on(series, 3).state == "withdrawn"


def test_date_moved_before_the_first_is_stopped_too(world: World, series: Availability, now: dt.datetime) -> None:
    first, by = on(series, 3), world.company_owner
    actions.change_slot(slot=first, change=change(first, date=dt.date(2026, 12, 2)), by=by, now=now)
    ended = actions.end_series(availability=series, from_date=dt.date(2026, 11, 1), by=by, now=now)
    assert on(series, 3).state == "withdrawn"
    assert [one.slot.local_date.day for one in ended.booked] == [10]


def test_date_moved_beyond_the_natural_end_is_offered_again(
    world: World, series: Availability, now: dt.datetime
) -> None:
    last, by = on(series, 31), world.company_owner
    actions.change_slot(slot=last, change=change(last, date=dt.date(2027, 1, 5)), by=by, now=now)
    booking = factories.make_booking(now, on(series, 31), factories.make_association(now))
    actions.end_series(availability=series, from_date=dt.date(2027, 1, 6), by=by, now=now)
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Panne.", by=by, now=now)
    assert on(series, 31).state == "open"


def test_booked_date_belongs_to_the_series_that_goes_on(world: World, series: Availability, now: dt.datetime) -> None:
    by, booking = world.company_owner, Booking.objects.get(slot=on(series, 10))
    changed = opening(places=9)
    _, season = actions.change_series(
        availability=series, changed=changed, from_date=dt.date(2026, 12, 1), by=by, now=now
    )
    assert len(season.slots) == 4
    ended = actions.end_series(availability=changed, from_date=dt.date(2026, 12, 24), by=by, now=now)
    assert (len(ended.withdrawn), ended.booked) == (2, [])
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Panne.", by=by, now=now)
    kept = on(changed, 10)
    assert (kept.state, kept.places) == ("open", 10)
    assert not Availability.objects.coming(now).filter(pk=series.pk).exists()


def test_stopped_series_of_which_a_booking_is_left_is_not_asked_about(
    world: World, series: Availability, now: dt.datetime
) -> None:
    actions.end_series(availability=series, from_date=dt.date(2026, 12, 2), by=world.company_owner, now=now)
    assert Slot.objects.filter(availability=series, state="open").count() == 1
    Availability.objects.update(confirm_by_at=now + dt.timedelta(days=5))
    assert companies.ask_to_confirm_series(now=now) == 0


def test_date_moved_by_hand_changes_with_those_that_follow_it(
    world: World, series: Availability, now: dt.datetime, visitor: Visitor
) -> None:
    moved, by = on(series, 17), world.company_owner
    actions.change_slot(slot=moved, change=change(moved, date=dt.date(2026, 12, 18)), by=by, now=now)
    form = {
        "date": "2026-12-18",
        "start_time": "19:00",
        "end_time": "21:00",
        "places": 10,
        "computers": 8,
        "volunteers_offered": 2,
        "apply_to": "following",
    }
    page = reverse("workshops:slot_change", args=[world.company.slug, moved.pk])
    assert visitor(by).post(page, form).status_code == 302
    assert open_days(world) == [
        "2026-12-03 18:30",
        "2026-12-10 18:30",
        "2026-12-18 19:00",
        "2026-12-24 19:00",
        "2026-12-31 19:00",
    ]


def test_who_queues_has_the_slot_held_when_its_series_wakes(
    world: World, series: Availability, now: dt.datetime
) -> None:
    slot, booking = on(series, 10), Booking.objects.get()
    second = factories.make_association(now)
    actions.join_waitlist(
        slot_id=slot.pk,
        association=second,
        participants=4,
        topic="email",
        message="",
        request=None,
        by=world.association_owner,
        now=now,
    )
    Availability.objects.update(confirm_by_at=now)
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Panne.", by=world.company_owner, now=now)
    actions.expire_bookings(now=now)
    assert not Booking.objects.held(now).exists()
    companies.confirm_availability(availability=series, by=world.company_owner, now=now)
    actions.expire_bookings(now=now)
    assert Booking.objects.held(now).get().association == second


def test_more_of_the_same_troubles_nobody(world: World, series: Availability, now: dt.datetime) -> None:
    slot = on(series, 3)
    Slot.objects.filter(pk=slot.pk).update(booking_mode="on_approval")
    waiting = factories.make_booking(now, slot, factories.make_association(now), state="pending")
    actions.change_slot(slot=slot, change=change(slot, volunteers_offered=3), by=world.company_owner, now=now)
    waiting.refresh_from_db()
    assert waiting.is_pending
    actions.change_slot(slot=slot, change=change(slot, places=9), by=world.company_owner, now=now)
    waiting.refresh_from_db()
    assert waiting.state == "declined"


def test_endless_season_may_begin_beyond_the_horizon(world: World, now: dt.datetime) -> None:
    made = opening(weekdays=[3], from_date=dt.date(2027, 9, 3), until_date=None)
    season = companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now)
    assert season.slots[0].starts_at.date() == dt.date(2027, 9, 8)


def test_hour_that_the_clocks_moved_stays_with_its_night(world: World, now: dt.datetime, visitor: Visitor) -> None:
    made = opening(
        weekdays=[7],
        start_time=dt.time(2, 30),
        end_time=dt.time(5),
        from_date=dt.date(2027, 3, 21),
        until_date=dt.date(2027, 4, 18),
    )
    companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now)
    night = Slot.objects.with_place().get(availability=made, local_date=dt.date(2027, 3, 28))
    form = {
        "date": "2027-03-28",
        "start_time": "03:30",
        "end_time": "05:00",
        "places": 9,
        "computers": 8,
        "volunteers_offered": 2,
        "apply_to": "following",
    }
    page = reverse("workshops:slot_change", args=[world.company.slug, night.pk])
    assert visitor(world.company_owner).post(page, form).status_code == 302
    assert [day for day in open_days(world) if day > "2027-03-29"] == [
        "2027-04-04 02:30",
        "2027-04-11 02:30",
        "2027-04-18 02:30",
    ]


def test_day_that_is_proposed_for_the_end_is_that_of_the_site(world: World, now: dt.datetime, visitor: Visitor) -> None:
    site = factories.make_site(now, world.company, commune_id="98735")
    made = factories.make_series(now, factories.make_room(now, site))
    with travel(dt.datetime(2026, 12, 2, 2, tzinfo=dt.UTC)):
        page = visitor(world.company_owner).get(reverse("workshops:series", args=[world.company.slug, made.pk]))
    assert 'value="2026-12-01"' in page.text


def test_series_that_was_stopped_stays_so_when_it_is_changed(
    world: World, series: Availability, now: dt.datetime
) -> None:
    by, late = world.company_owner, on(series, 24)
    booking = factories.make_booking(now, late, factories.make_association(now))
    actions.end_series(availability=series, from_date=dt.date(2026, 12, 20), by=by, now=now)
    series.refresh_from_db()
    changed = opening(volunteers_offered=1, until_date=series.until_date)
    actions.change_series(availability=series, changed=changed, from_date=now.date(), by=by, now=now)
    changed.refresh_from_db()
    assert changed.cut_from_date == dt.date(2026, 12, 20)
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Panne.", by=by, now=now)
    late.refresh_from_db()
    assert late.state == "withdrawn"


def test_date_moved_beyond_a_stop_stands_for_itself(world: World, series: Availability, now: dt.datetime) -> None:
    by, slot = world.company_owner, on(series, 17)
    actions.end_series(availability=series, from_date=dt.date(2026, 12, 20), by=by, now=now)
    moved = actions.change_slot(slot=slot, change=change(slot, date=dt.date(2027, 3, 11)), by=by, now=now)
    assert moved.availability is None
    assert bookable(now + dt.timedelta(days=61)).filter(pk=moved.pk).exists()


def test_date_moved_by_hand_is_not_opened_a_second_time(world: World, series: Availability, now: dt.datetime) -> None:
    """However its series changes before and after it."""
    by, moved = world.company_owner, on(series, 24)
    moved = actions.change_slot(slot=moved, change=change(moved, date=dt.date(2026, 12, 26)), by=by, now=now)
    later = opening(start_time=dt.time(19), end_time=dt.time(21), weekdays=[4, 6])
    actions.change_series(availability=series, changed=later, from_date=moved.starts_on, by=by, now=now)
    series.refresh_from_db()
    again = opening(start_time=dt.time(18, 45), end_time=dt.time(20, 45))
    actions.change_series(availability=series, changed=again, from_date=dt.date(2026, 12, 2), by=by, now=now)
    assert [day for day in open_days(world) if "12-24" in day] == []
    assert [day for day in open_days(world) if "12-26" in day] == ["2026-12-26 18:30"]
    actions.withdraw_slot(slot=moved, by=by, now=now)
    again.refresh_from_db()
    last = opening(start_time=dt.time(18), end_time=dt.time(20))
    actions.change_series(availability=again, changed=last, from_date=dt.date(2026, 12, 2), by=by, now=now)
    assert [day for day in open_days(world) if "12-24" in day] == []


def test_date_that_stands_for_itself_is_not_opened_a_second_time(
    world: World, series: Availability, now: dt.datetime
) -> None:
    by, slot = world.company_owner, on(series, 17)
    actions.end_series(availability=series, from_date=dt.date(2026, 12, 20), by=by, now=now)
    actions.change_slot(slot=slot, change=change(slot, date=dt.date(2026, 12, 22)), by=by, now=now)
    series.refresh_from_db()
    changed = opening(start_time=dt.time(19), end_time=dt.time(21))
    actions.change_series(availability=series, changed=changed, from_date=dt.date(2026, 12, 2), by=by, now=now)
    assert open_days(world) == ["2026-12-03 19:00", "2026-12-10 18:30"]


@pytest.mark.parametrize(("hours", "stays"), [((18, 30, 20, 30), True), ((19, 0, 21, 0), False)])
def test_who_asked_for_a_near_date_still_has_its_answer(
    world: World, series: Availability, now: dt.datetime, hours: tuple[int, int, int, int], *, stays: bool
) -> None:
    """Past its notice nobody could ask for it again: the same hours stay, with whoever asked and promised."""
    near, by = on(series, 3), world.company_owner
    Slot.objects.filter(pk=near.pk).update(booking_mode="on_approval")
    waiting = factories.make_booking(now, near, factories.make_association(now), state="pending")
    companies.join_slot(slot=near, by=world.volunteer, now=now)
    late = near.starts_at - dt.timedelta(hours=23)
    changed = opening(
        volunteers_offered=3, start_time=dt.time(*hours[:2]), end_time=dt.time(*hours[2:]), booking_mode="on_approval"
    )
    actions.change_series(availability=series, changed=changed, from_date=now.date(), by=by, now=late)
    waiting.refresh_from_db()
    near.refresh_from_db()
    kept = (waiting.state, near.state, near.availability_id, near.volunteers.count())
    assert (kept == ("pending", "open", changed.pk, 1)) == stays


def test_last_date_changes_though_nothing_follows_it(
    world: World, series: Availability, now: dt.datetime, visitor: Visitor
) -> None:
    last, by = on(series, 31), world.company_owner
    actions.change_slot(slot=last, change=change(last, date=dt.date(2027, 1, 5)), by=by, now=now)
    form = {
        "date": "2027-01-05",
        "start_time": "19:00",
        "end_time": "21:00",
        "places": 10,
        "computers": 8,
        "volunteers_offered": 2,
        "apply_to": "following",
    }
    page = reverse("workshops:slot_change", args=[world.company.slug, last.pk])
    assert "Aucune autre ne la suit" in visitor(by).post(page, form, follow=True).text
    assert open_days(world)[-1] == "2027-01-05 19:00"


def test_who_asked_keeps_its_place_when_all_dates_offer_more(
    world: World, series: Availability, now: dt.datetime
) -> None:
    Slot.objects.filter(availability=series).update(booking_mode="on_approval")
    waiting = factories.make_booking(now, on(series, 17), factories.make_association(now), state="pending")
    changed = opening(volunteers_offered=1, booking_mode="on_approval")
    by = world.company_owner
    end, _ = actions.change_series(availability=series, changed=changed, from_date=now.date(), by=by, now=now)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.slot, end.declined) == ("pending", on(changed, 17), 0)
    fewer = opening(places=7, computers=7, booking_mode="on_approval")
    end, _ = actions.change_series(availability=changed, changed=fewer, from_date=now.date(), by=by, now=now)
    waiting.refresh_from_db()
    assert (waiting.state, end.declined) == ("declined", 1)


def test_claims_are_carried_by_as_many_queries_however_many_dates(
    world: World, series: Availability, now: dt.datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    """Two to find requests and places in queues, one to write the requests: nobody queues."""
    Slot.objects.filter(availability=series).update(booking_mode="on_approval")
    gone = [on(series, day) for day in (3, 17, 24)]
    for slot in gone:
        factories.make_booking(now, slot, factories.make_association(now), state="pending")
    Slot.objects.filter(pk__in=[slot.pk for slot in gone]).update(state="withdrawn", withdrawn_at=now)
    offered = [factories.make_slot(slot.room, slot.starts_at, ends_at=slot.ends_at) for slot in gone]
    with django_assert_num_queries(3):
        _carry_claims(gone, offered, now)
    assert set(Booking.objects.awaiting_answer(now).values_list("slot", flat=True)) == {one.pk for one in offered}


def test_seat_that_was_left_does_not_keep_the_number_up(world: World, series: Availability, now: dt.datetime) -> None:
    slot = on(series, 3)
    Slot.objects.filter(pk=slot.pk).update(volunteers_offered=2)
    slot.refresh_from_db()
    factories.make_promise(now, slot, world.volunteer, seat=2)
    actions.change_slot(slot=slot, change=change(slot, volunteers_offered=1), by=world.company_owner, now=now)
    assert SlotVolunteer.objects.get(slot=slot).seat == 1


def test_date_changes_although_nobody_noted_that_its_hold_ran_out(
    world: World, series: Availability, now: dt.datetime
) -> None:
    date = on(series, 17)
    held = factories.make_booking(now, date, world.association, state="held", expires_at=now + dt.timedelta(hours=1))
    later = now + dt.timedelta(hours=2)
    actions.change_slot(
        slot=date, change=change(date, start_time=dt.time(19), end_time=dt.time(21)), by=world.company_owner, now=later
    )
    held.refresh_from_db()
    assert held.state == Booking.State.EXPIRED


def test_date_moved_beyond_the_end_of_its_series_is_asked_about(
    world: World, series: Availability, now: dt.datetime
) -> None:
    last = on(series, 31)
    by = world.company_owner
    actions.change_slot(slot=last, change=change(last, date=dt.date(2027, 2, 25)), by=by, now=now)
    later = now + dt.timedelta(days=50)
    assert list(Availability.objects.coming(later)) == [series]
    assert companies.ask_to_confirm_series(now=later) == 1
    assert Message.objects.filter(template="series_to_confirm").exists()
    assert not Availability.objects.coming(now + dt.timedelta(days=90)).exists()


def test_date_moved_by_hand_counts_for_the_day_where_it_is_when_its_series_ends(
    world: World, series: Availability, now: dt.datetime
) -> None:
    later, earlier = on(series, 3), on(series, 24)
    by = world.company_owner
    actions.change_slot(slot=later, change=change(later, date=dt.date(2026, 12, 29)), by=by, now=now)
    actions.change_slot(slot=earlier, change=change(earlier, date=dt.date(2026, 12, 4)), by=by, now=now)
    ended = actions.end_series(availability=series, from_date=dt.date(2026, 12, 15), by=by, now=now)
    assert [str(one.local_date) for one in ended.withdrawn] == ["2026-12-29", "2026-12-17", "2026-12-31"]
    assert open_days(world) == ["2026-12-04 18:30", "2026-12-10 18:30"]


def test_volunteer_of_many_dates_is_told_once_that_they_end(
    world: World, series: Availability, now: dt.datetime
) -> None:
    for day in (3, 17, 24):
        companies.join_slot(slot=on(series, day), by=world.volunteer, now=now)
    actions.end_series(availability=series, from_date=dt.date(2026, 12, 1), by=world.company_owner, now=now)
    message = Message.objects.get(template="promises_ended")
    rendered = render(message)
    assert rendered.subject == "3\u00a0dates ne sont plus proposées"
    for date in ("jeudi 3", "jeudi 17", "jeudi 24"):
        assert date in rendered.text
        assert date in rendered.html


def test_series_that_ends_beyond_the_horizon_opens_its_dates_until_then(
    world: World, now: dt.datetime, settings: Settings
) -> None:
    settings.SLOT_HORIZON_DAYS = 28
    endless = opening(until_date=None)
    companies.publish_season(room=world.room, openings=[endless], by=world.company_owner, now=now)
    actions.end_series(availability=endless, from_date=dt.date(2027, 1, 21), by=world.company_owner, now=now)
    companies.extend_series(now=now + dt.timedelta(days=25))
    last = Slot.objects.filter(availability=endless).order_by("starts_at").last()
    assert last is not None
    assert str(last.local_date) == "2027-01-14"


def test_date_that_stayed_when_its_series_changed_is_not_said_to_be_changed(
    world: World, series: Availability, now: dt.datetime, visitor: Visitor
) -> None:
    """The 10th is booked; the 17th was moved by hand before the change, the 24th after it."""
    by, moved = world.company_owner, on(series, 17)
    actions.change_slot(slot=moved, change=change(moved, places=4), by=by, now=now)
    address = reverse("workshops:series", args=[world.company.slug, series.pk])
    before = visitor(by).get(address).text
    assert (before.count("gardé de la série précédente"), before.count("changé à la main")) == (0, 1)
    later = opening(start_time=dt.time(19), end_time=dt.time(21))
    actions.change_series(
        availability=series, changed=later, from_date=dt.date(2026, 12, 1), by=by, now=now + dt.timedelta(minutes=1)
    )
    moved = on(later, 24)
    actions.change_slot(slot=moved, change=change(moved, places=4), by=by, now=now + dt.timedelta(minutes=2))
    after = visitor(by).get(reverse("workshops:series", args=[world.company.slug, later.pk])).text
    rows = re.findall(r"<strong>\w+ (\d+).*?</strong>.*?</tr>", after, re.DOTALL)
    said = [
        (day, badge)
        for day, badge in zip(rows, re.findall(r'data-label="État">(.*?)</td>', after, re.DOTALL), strict=True)
        if "gardé de la série précédente" in badge or "changé à la main" in badge
    ]
    assert [(day, "gardé" in badge) for day, badge in said] == [("10", True), ("17", True), ("24", False)]


# --- pages ------------------------------------------------------------------------------------------

FORM = {
    "date": "2026-12-17",
    "start_time": "19:00",
    "end_time": "21:00",
    "places": "8",
    "computers": "8",
    "volunteers_offered": "2",
}


@pytest.mark.parametrize(
    ("scope", "days"),
    [
        ("one", ["03 18:30", "10 18:30", "17 19:00", "24 18:30", "31 18:30"]),
        ("following", ["03 18:30", "10 18:30", "17 19:00", "24 19:00", "31 19:00"]),
        ("all", ["03 19:00", "10 18:30", "17 19:00", "24 19:00", "31 19:00"]),
    ],
)
def test_owner_changes_one_date_the_following_or_all(
    world: World, series: Availability, visitor: Visitor, scope: str, days: list[str]
) -> None:
    page = reverse("workshops:slot_change", args=[world.company.slug, on(series, 17).pk])
    answer = visitor(world.company_owner).post(page, FORM | {"apply_to": scope}, follow=True)
    assert answer.status_code == 200
    assert open_days(world) == [f"2026-12-{day}" for day in days]


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"start_time": "10:00"}, "start_time"),
        ({"end_time": "18:00"}, "end_time"),
        ({"date": "2026-12-18", "apply_to": "following"}, "date"),
        ({"date": "x"}, "date"),
        ({"places": "-1"}, "places"),
    ],
)
def test_fault_is_said_beside_its_field(
    world: World, series: Availability, visitor: Visitor, fields: dict[str, str], field: str
) -> None:
    page = reverse("workshops:slot_change", args=[world.company.slug, on(series, 17).pk])
    answer = visitor(world.company_owner).post(page, FORM | {"apply_to": "one"} | fields)
    assert answer.status_code == 422
    assert f'id="id_{field}_error"' in answer.text


def test_end_is_told_with_what_must_be_settled_first(world: World, series: Availability, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    page = reverse("workshops:series_end", args=[world.company.slug, series.pk])
    assert client.post(page, {"from_date": "x"}).status_code == 422
    answer = client.post(page, {"from_date": "2026-12-10"}, follow=True)
    assert "3\u00a0créneaux retirés" in answer.text
    assert f"jeudi 10\u00a0décembre ({world.association.name})" in answer.text


# --- confirmation -----------------------------------------------------------------------------------


def test_series_is_asked_for_once_then_told_asleep_once_and_comes_back(
    world: World, series: Availability, now: dt.datetime, client: Client
) -> None:
    Availability.objects.filter(pk=series.pk).update(until_date=None)
    factories.forget_mail()
    assert companies.ask_to_confirm_series(now=now) == 0
    soon, after = now + dt.timedelta(days=50), now + dt.timedelta(days=61)
    for instant in (soon, soon, after, after):
        companies.ask_to_confirm_series(now=instant)
    told = list(Message.objects.filter(template="series_to_confirm").order_by("pk"))
    assert [one.context["asleep"] for one in told] == [False, True]
    assert told[0].not_after == now + dt.timedelta(days=60), "once they sleep, nobody is asked any more"
    path = "/entreprises/" + told[0].context["url"].partition("/entreprises/")[2]
    assert "Oui, nous ouvrons toujours" in client.get(path).text
    series.refresh_from_db()
    assert series.confirmed_at is None, "a program that follows links confirms nothing"
    assert "Merci" in client.post(path).text
    series.refresh_from_db()
    assert series.confirmed_by == world.company_owner
    assert series.confirm_by_at is not None
    assert series.confirm_by_at > now + dt.timedelta(days=59)


def test_link_of_who_left_or_that_we_did_not_sign_confirms_nothing(
    world: World, series: Availability, now: dt.datetime, client: Client
) -> None:
    other = factories.make_user()
    factories.add_member(world.company, other, Role.OWNER, now)
    Availability.objects.filter(pk=series.pk).update(until_date=None)
    companies.ask_to_confirm_series(now=now + dt.timedelta(days=50))
    mail = Message.objects.get(template="series_to_confirm", to_email=other.email)
    path = "/entreprises/" + mail.context["url"].partition("/entreprises/")[2]
    world.company.members().filter(user=other).delete()
    assert client.post(path).status_code == 404
    for token in ("x", "1-2-3.abc", "1-2.abc", path.split("/")[-2] + "a"):
        assert client.get(f"/entreprises/series/confirmer/{token}/").status_code == 404


@pytest.mark.parametrize("day", [dt.date(2026, 12, 1), dt.date(2026, 12, 8), dt.date(2026, 12, 16)])
def test_fortnight_goes_on_in_its_weeks_when_it_changes(world: World, now: dt.datetime, day: dt.date) -> None:
    made = opening(every=Availability.Every.TWO_WEEKS)
    companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now)
    before = {slot.local_date for slot in Slot.objects.filter(availability=made) if slot.local_date >= day}
    changed = opening(every=Availability.Every.TWO_WEEKS, end_time=dt.time(20, 45))
    _, season = actions.change_series(
        availability=made, changed=changed, from_date=day, by=world.company_owner, now=now
    )
    assert {slot.local_date for slot in season.slots} == before


# --- dates that are no slot -------------------------------------------------------------------------


def skipped(series: Availability, now: dt.datetime) -> list[tuple[int, str]]:
    return [(one.date.day, one.obstacle) for one in companies.skipped_dates(availability=series, now=now)]


def test_dates_that_rolled_on_into_a_taken_room_are_named_and_opened_once_it_is_free(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    made = opening(until_date=dt.date(2026, 12, 17))
    unticked = {dt.date(2026, 12, 3)}
    companies.publish_season(room=world.room, openings=[made], without=unticked, by=world.company_owner, now=now)
    other = factories.make_slot(world.room, dt.datetime(2026, 12, 24, 18, tzinfo=dt.UTC))
    Availability.objects.update(until_date=dt.date(2026, 12, 31))
    assert companies.extend_series(now=now + dt.timedelta(hours=1)) == 1
    made.refresh_from_db()
    assert skipped(made, now) == [(3, ""), (24, TAKEN)]

    client = visitor(world.company_owner)
    page = reverse("workshops:series", args=[world.company.slug, made.pk])
    assert client.get(page).text.count(">Ouvrir<") == 1
    refused = client.post(f"{page}ouvrir/", {"date": "2026-12-24"}, follow=True).text
    assert "la salle est prise" in refused
    companies.withdraw_slot(slot=other, by=world.company_owner, now=now)
    for day in (24, 3):
        client.post(f"{page}ouvrir/", {"date": f"2026-12-{day:02}"})
    made.refresh_from_db()
    assert skipped(made, now) == []
    assert made.excluded_dates == []
    assert len(open_days(world)) == 5


def test_date_of_no_series_is_not_opened(world: World, series: Availability, now: dt.datetime) -> None:
    for day in (3, 4, 30):
        with pytest.raises(companies.NothingToOpen):
            companies.open_date(availability=series, date=dt.date(2026, 12, day), now=now)


@pytest.mark.parametrize("moves", [False, True])
def test_date_taken_back_or_moved_at_the_same_moment_survives_the_change_of_its_series(
    now: dt.datetime,
    committed: None,
    moves: bool,  # noqa: FBT001  # a table
) -> None:
    world, made = factories.make_world(now), opening()
    companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now)
    slot, by = on(made, 31), world.company_owner

    def touch(pause: Move) -> None:
        if moves:
            earlier = change(slot, start_time=dt.time(18), end_time=dt.time(20))
            actions.change_slot(slot=slot, change=earlier, by=by, now=now)
        else:
            actions.withdraw_slot(slot=slot, by=by, now=now)
        pause()

    def change_all() -> None:
        later = opening(start_time=dt.time(19), end_time=dt.time(21))
        actions.change_series(
            availability=Availability.objects.get(pk=made.pk),
            changed=later,
            from_date=dt.date(2026, 12, 10),
            by=by,
            now=now,
        )

    assert second_waits(touch, change_all)
    assert [day for day in open_days(world) if "-31" in day] == (["2026-12-31 18:00"] if moves else [])


def test_date_opened_twice_at_once_is_one_slot(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    made, day = opening(), dt.date(2026, 12, 17)
    companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now, without={day})

    def open_it() -> None:
        companies.open_date(availability=Availability.objects.get(pk=made.pk), date=day, now=now)

    assert at_once(open_it, open_it) == {"done": 1, "NothingToOpen": 1}
    assert made.slots.filter(original_date=day).count() == 1


def test_date_opened_where_another_one_is_being_moved_is_refused_in_words(now: dt.datetime, committed: None) -> None:
    world = factories.make_world(now)
    made, day = opening(), dt.date(2026, 12, 17)
    companies.publish_season(room=world.room, openings=[made], by=world.company_owner, now=now, without={day})
    other = on(made, 24)

    def move(pause: Move) -> None:
        actions.change_slot(slot=other, change=change(other, date=day), by=world.company_owner, now=now)
        pause()

    def open_it() -> None:
        with pytest.raises(companies.NothingToOpen, match="la salle est prise"):
            companies.open_date(availability=Availability.objects.get(pk=made.pk), date=day, now=now)

    assert second_waits(move, open_it)
    assert made.slots.filter(state="open", local_date=day).count() == 1


def test_date_does_not_move_into_a_busy_time(world: World, series: Availability, now: dt.datetime) -> None:
    starts = dt.datetime(2026, 12, 18, 17, tzinfo=dt.UTC)
    BusyTime.objects.create(room=world.room, starts_at=starts, ends_at=starts + dt.timedelta(hours=2))
    slot = on(series, 17)
    with pytest.raises(actions.NotThatWay, match="selon son agenda"):
        actions.change_slot(slot=slot, change=change(slot, date=dt.date(2026, 12, 18)), by=world.company_owner, now=now)


# --- where slots stand ------------------------------------------------------------------------------


def test_company_sees_where_each_slot_stands(
    world: World, series: Availability, now: dt.datetime, visitor: Visitor
) -> None:
    waiting = on(series, 24)
    factories.make_booking(now, waiting, world.association, state="pending")
    taken = on(series, 31)
    BusyTime.objects.create(room=world.room, starts_at=taken.starts_at, ends_at=taken.ends_at)
    Slot.objects.filter(pk=on(series, 3).pk).update(closes_at=now)
    asleep = opening(weekdays=[5], until_date=dt.date(2026, 12, 4))
    companies.publish_season(room=world.room, openings=[asleep], by=world.company_owner, now=now)
    Availability.objects.filter(pk=asleep.pk).update(confirm_by_at=now)
    found = {str(one.slot.local_date): one.kind for one in standings(Slot.objects.of_company(world.company), now)}
    assert found == {
        "2026-12-03": "closed",
        "2026-12-04": "asleep",
        "2026-12-08": "free",
        "2026-12-10": "booked",
        "2026-12-17": "free",
        "2026-12-24": "pending",
        "2026-12-31": "blocked",
    }
    client = visitor(world.company_owner)
    page = client.get(reverse("workshops:company_slots", args=[world.company.slug])).text
    assert page.count('<span class="badge">libre</span>') == 2
    for words in ("série en sommeil", "selon son agenda", "trop proche", "à répondre"):
        assert words in page
    calendar = client.get(reverse("workshops:agenda", args=[world.company.slug]), {"mois": "2026-12"}).text
    for words in ("en sommeil", "hors du catalogue", "trop proche", "à répondre"):
        assert words in calendar


def test_date_that_has_begun_is_not_changed(world: World) -> None:
    """Not from a page that was opened before, either."""
    began = world.slot.starts_at + dt.timedelta(minutes=5)
    change = actions.Change(
        date=began.date() + dt.timedelta(days=7),
        start_time=dt.time(18, 30),
        end_time=dt.time(20, 30),
        places=world.slot.places,
        computers=world.slot.computers,
        volunteers_offered=2,
    )
    with pytest.raises(actions.NotThatWay, match="a commencé"):
        actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=began)
