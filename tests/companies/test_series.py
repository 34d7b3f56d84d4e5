"""Series: what the preview shows, what publishing makes of it, and how the horizon rolls on."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse
from pytest_django.fixtures import DjangoAssertNumQueries, Settings

from accounts.models import Role, User
from companies import actions
from companies.actions.series import PAST, TAKEN
from companies.models import Availability, Slot
from tests import factories
from tests.companies.test_actions import opening
from tests.factories import World
from tests.races import at_once
from tests.typed import SEASON

Visitor = Callable[[User], Client]


def publish(world: World, now: dt.datetime, without: set[dt.date] | None = None, **fields: Any) -> Availability:
    series = opening(**fields)
    actions.publish_season(
        room=world.room, openings=[series], by=world.company_owner, now=now, without=without or set()
    )
    return series


def days(series: Availability) -> list[str]:
    return [date.isoformat() for date in series.slots.order_by("pk").values_list("original_date", flat=True) if date]


# --- preview ----------------------------------------------------------------------------------------


def test_preview_shows_each_date_with_what_stands_in_its_way(world: World, now: dt.datetime) -> None:
    factories.make_slot(world.room, dt.datetime(2026, 12, 11, 19, tzinfo=dt.UTC))
    season = opening(weekdays=[5], from_date=dt.date(2026, 11, 27), until_date=dt.date(2027, 1, 1))
    proposed = actions.preview_season(room=world.room, openings=[season], now=now)
    assert [(one.date.isoformat(), one.obstacle, one.holiday, one.school_holiday) for one in proposed] == [
        ("2026-11-27", PAST, "", ""),
        ("2026-12-04", "", "", ""),
        ("2026-12-11", TAKEN, "", ""),
        ("2026-12-18", "", "", ""),
        ("2026-12-25", "", "Noël", "Vacances de Noël"),
        ("2027-01-01", "", "Jour de l’an", "Vacances de Noël"),
    ]
    assert not Availability.objects.exists()


def test_preview_says_when_the_site_would_receive_more_than_it_admits(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    """Counted at the fullest moment: who leaves when others come is not there with them."""
    beside = factories.make_room(now, world.site, capacity=11)
    third = factories.make_room(now, world.site, capacity=11)
    early, late = (dt.datetime(2026, 12, 10, hour, 30, tzinfo=dt.UTC) for hour in (16, 18))
    factories.make_slot(beside, early)
    factories.make_slot(third, late)
    factories.make_slot(third, late + dt.timedelta(days=7), state=Slot.State.WITHDRAWN, withdrawn_at=now)
    season = opening(weekdays=[4], from_date=dt.date(2026, 12, 3), until_date=dt.date(2026, 12, 17), places=9)
    shown = actions.preview_season(room=world.room, openings=[season], now=now)
    assert [one.visitors for one in shown] == [0, 0, 0]
    season.places = 10
    shown = actions.preview_season(room=world.room, openings=[season], now=now)
    assert [one.visitors for one in shown] == [0, 21, 0]
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    seen = visitor(world.company_owner).post(page, SEASON | {"from_date": "2026-12-10", "until_date": "2026-12-10"})
    assert "21 personnes attendues sur le site, 20 admises" in seen.text.replace("\u00a0", " ")


def sent_by(page: str) -> dict[str, list[str]]:
    """What a browser sends of the preview: no disabled box, no unticked one."""
    boxes = re.findall(r'<input type="checkbox" name="date" value="(.*?)"(.*?)>', page)
    return {
        "shown": re.findall(r'name="shown" value="(.*?)"', page),
        "barred": re.findall(r'name="barred" value="(.*?)"', page),
        "date": [value for value, state in boxes if "checked" in state and "disabled" not in state],
    }


def test_dates_that_are_all_refused_are_shown_with_their_reasons(world: World, visitor: Visitor) -> None:
    for day in (3, 10):
        factories.make_slot(world.room, dt.datetime(2026, 12, day, 18, tzinfo=dt.UTC))
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    typed = SEASON | {"until_date": "2026-12-10"}
    client = visitor(world.company_owner)
    seen = client.post(page, typed | {"publish": "1"} | sent_by(client.post(page, typed).text))
    assert seen.status_code == 422
    assert seen.text.count(TAKEN) == 3, "each date, and the summary"
    assert "Publier les créneaux" not in seen.text
    assert not Availability.objects.exists()


def test_evenings_and_saturday_mornings_are_published_at_once(world: World, visitor: Visitor) -> None:
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    typed = SEASON | {
        "weekdays": ["3", "4", "6"],
        "until_date": "2026-12-12",
        "weekend_start_time": "09:30",
        "weekend_end_time": "12:30",
    }
    client = visitor(world.company_owner)
    sent = sent_by(client.post(page, typed).text)
    assert sent["date"] == ["2026-12-03", "2026-12-05", "2026-12-09", "2026-12-10", "2026-12-12"]
    sent["date"].remove("2026-12-10")
    client.post(page, typed | {"publish": "1"} | sent)
    made = Slot.objects.exclude(availability=None).order_by("starts_at")
    found = made.values_list("local_date", "local_time", "availability__weekdays")
    assert [(str(day), f"{time:%H:%M}", days) for day, time, days in found] == [
        ("2026-12-03", "18:00", [3, 4]),
        ("2026-12-05", "09:30", [6]),
        ("2026-12-09", "18:00", [3, 4]),
        ("2026-12-12", "09:30", [6]),
    ]
    assert [one.excluded_dates for one in Availability.objects.order_by("pk")] == [[dt.date(2026, 12, 10)], []]


@pytest.mark.parametrize("field", ["weekend_start_time", "weekend_end_time"])
def test_hours_of_the_weekend_are_asked_for_once_a_day_of_it_is_ticked(
    world: World, visitor: Visitor, field: str
) -> None:
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    typed = SEASON | {"weekend_start_time": "09:30", "weekend_end_time": "12:30", field: ""}
    client = visitor(world.company_owner)
    assert client.post(page, typed).status_code == 200
    refused = client.post(page, typed | {"weekdays": ["6"]})
    assert refused.status_code == 422
    assert f'href="#id_{field}"' in refused.text


def test_opening_that_makes_nothing_is_not_kept(world: World, now: dt.datetime) -> None:
    evening = opening(weekdays=[4])
    taken = opening(weekdays=[6], until_date=dt.date(2026, 12, 5), start_time=dt.time(9), end_time=dt.time(12))
    factories.make_slot(world.room, dt.datetime(2026, 12, 5, 9, tzinfo=dt.UTC))
    season = actions.publish_season(room=world.room, openings=[evening, taken], by=world.company_owner, now=now)
    assert [one.reason for one in season.refused] == [TAKEN]
    assert list(Availability.objects.all()) == [evening]


def test_dates_are_seen_before_they_are_published_and_each_may_be_left_out(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    seen = client.post(page, SEASON)
    assert seen.status_code == 200
    assert seen.text.count('name="date"') == 5
    assert not Availability.objects.exists()
    sent = sent_by(seen.text)
    sent["date"] = sent["date"][:3]
    answer = client.post(page, SEASON | {"publish": "1"} | sent)
    assert answer.status_code == 302
    assert days(Availability.objects.get()) == ["2026-12-03", "2026-12-10", "2026-12-17"]


def test_date_that_cannot_be_ticked_is_not_left_out_and_is_told_with_its_reason(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    factories.make_slot(world.room, dt.datetime(2026, 12, 10, 18, tzinfo=dt.UTC))
    sent = sent_by(client.post(page, SEASON).text)
    assert sent["barred"] == ["2026-12-10"]
    later = SEASON | {"start_time": "21:00", "end_time": "22:00"}
    again = client.post(page, later | {"publish": "1"} | sent)
    assert again.status_code == 200, "other hours are seen before they are published"
    assert "2026-12-10" in sent_by(again.text)["date"]
    told = client.post(page, SEASON | {"publish": "1"} | sent, follow=True).text
    assert "Dates laissées de côté\u00a0: jeudi 10\u00a0décembre 2026 (" in told
    assert Availability.objects.get().excluded_dates == []


@pytest.mark.parametrize("date", ["0001-01-01", "1999-12-31"])
def test_date_of_long_ago_comes_back_with_a_word(world: World, visitor: Visitor, date: str) -> None:
    client = visitor(world.company_owner)
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    slot = reverse("workshops:slot_change", args=[world.company.slug, world.slot.pk])
    for path, typed in ((page, SEASON | {"from_date": date}), (slot, {"date": date, "start_time": "18:00"})):
        answer = client.post(path, typed)
        assert (answer.status_code, "Cette date est passée" in answer.text) == (422, True)


def test_school_holidays_are_told_as_far_as_they_are_known(world: World, visitor: Visitor) -> None:
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    far = SEASON | {"from_date": "2028-08-24", "until_date": "2028-09-28"}
    assert "que jusqu’au jeudi 31\u00a0août 2028" in visitor(world.company_owner).post(page, far).text
    near = far | {"until_date": "2028-08-31"}
    assert "que jusqu’au" not in visitor(world.company_owner).post(page, near).text


def test_date_that_the_clocks_moved_says_so_however_it_was_made(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    night = opening(
        weekdays=[7], until_date=None, from_date=dt.date(2027, 3, 14), start_time=dt.time(2, 30), end_time=dt.time(4)
    )
    actions.publish_season(room=world.room, openings=[night], by=world.company_owner, now=now)
    Slot.objects.filter(availability=night, original_date=dt.date(2027, 3, 28)).delete()
    Availability.objects.update(extended_to_date=dt.date(2027, 3, 21))
    assert actions.extend_series(now=now + dt.timedelta(days=1)) >= 1
    client = visitor(world.company_owner)
    for path in (
        reverse("workshops:series", args=[world.company.slug, night.pk]),
        reverse("workshops:company_slots", args=[world.company.slug]),
    ):
        assert client.get(path).text.count("l’heure change cette nuit-là") == 1


def test_end_that_the_clocks_moved_is_said_and_stays_that_of_one_night(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    night = opening(
        weekdays=[7],
        from_date=dt.date(2027, 3, 21),
        until_date=dt.date(2027, 4, 11),
        start_time=dt.time(1, 30),
        end_time=dt.time(2, 30),
    )
    season = actions.publish_season(room=world.room, openings=[night], by=world.company_owner, now=now)
    [moved] = season.moved
    assert (moved.local_date, moved.hours_local) == (dt.date(2027, 3, 28), (dt.time(1, 30), dt.time(3, 30)))
    page = reverse("workshops:slot_change", args=[world.company.slug, moved.pk])
    change = {"date": "2027-03-28", "start_time": "01:30", "end_time": "03:30", "places": 5, "computers": 5}
    answer = visitor(world.company_owner).post(page, change | {"volunteers_offered": 0, "apply_to": "all"})
    assert answer.status_code == 302
    changed = Availability.objects.latest("pk")
    assert (changed.places, changed.start_time, changed.end_time) == (5, dt.time(1, 30), dt.time(2, 30))
    assert changed.slots.filter(state="open").count() == 4


def test_dates_that_nobody_saw_are_shown_before_they_are_published(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    shown = ["2026-12-03", "x", "9999-99-99", "2026-12-10"]
    changed = SEASON | {"weekdays": ["3"], "publish": "1", "shown": shown, "date": shown}
    answer = client.post(page, changed)
    assert answer.status_code == 200
    assert 'value="2026-12-09"' in answer.text
    assert not Availability.objects.exists()


def test_season_of_which_no_date_is_ticked_says_so(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    factories.make_slot(world.room, dt.datetime(2026, 12, 10, 18, tzinfo=dt.UTC))
    sent = sent_by(client.post(page, SEASON).text) | {"date": []}
    answer = client.post(page, SEASON | {"publish": "1"} | sent)
    assert (answer.status_code, "Aucune date n’est cochée" in answer.text) == (422, True)
    assert "Aucune date ne tombe" not in answer.text
    assert answer.text.count('name="date"') == 5
    assert sent_by(answer.text)["date"] == [], "they stay as they were"
    assert client.post(page, SEASON | sent).status_code == 200, "seen again, without publishing"
    assert not Availability.objects.exists()


# --- sent twice -------------------------------------------------------------------------------------


def published(client: Client, world: World, **typed: Any) -> tuple[int, str]:
    """The status of a publication that was seen before, with a date left out, and what the next page says."""
    page = reverse("companies:availability_create", args=[world.company.slug, world.room.pk])
    season = SEASON | {"weekdays": ["4", "6"], "weekend_start_time": "09:30", "weekend_end_time": "12:30"} | typed
    sent = sent_by(client.post(page, season).text)
    wanted = {"publish": "1", "shown": sent["shown"], "date": [one[:10] for one in sent["shown"] if "12-10" not in one]}
    answer = client.post(page, season | wanted)
    told = client.get(answer["Location"]).text if answer.status_code == 302 else answer.text
    return answer.status_code, told.replace("\u00a0", " ")


def test_publication_sent_twice_is_made_once_and_leads_to_the_same_page(world: World, visitor: Visitor) -> None:
    client = visitor(world.company_owner)
    factories.make_slot(world.room, dt.datetime(2026, 12, 17, 18, tzinfo=dt.UTC))
    first, second = published(client, world), published(client, world)
    assert [status for status, _ in (first, second)] == [302, 302]
    assert "7 créneaux publiés" in first[1]
    assert "7 créneaux sont déjà publiés" in second[1]
    for _, told in (first, second):
        assert "Dates laissées de côté : jeudi 17 décembre 2026 (salle déjà prise)" in told
    assert Availability.objects.count() == 2, "of the evenings and of the Saturdays"


@pytest.mark.parametrize("changed", [{"places": "9"}, {"end_time": "20:30"}, {"notice_hours": "12"}])
def test_publication_of_other_numbers_on_the_same_dates_is_refused(
    world: World, visitor: Visitor, changed: dict[str, str]
) -> None:
    client = visitor(world.company_owner)
    evenings = {"weekdays": ["4"]}
    assert published(client, world, **evenings)[0] == 302
    status, told = published(client, world, **evenings, **changed)
    assert (status, TAKEN in told, "déjà publié" in told) == (422, True, False)


def test_publication_by_another_person_is_refused(world: World, now: dt.datetime, visitor: Visitor) -> None:
    other = factories.make_user()
    factories.add_member(world.company, other, Role.OWNER, now)
    assert published(visitor(world.company_owner), world)[0] == 302
    status, told = published(visitor(other), world)
    assert (status, TAKEN in told, "déjà publié" in told) == (422, True, False)


def test_dates_that_changed_since_are_not_said_to_be_published(world: World, now: dt.datetime) -> None:
    publish(world, now)
    Slot.objects.filter(availability__isnull=False).exclude(local_date=dt.date(2026, 12, 3)).update(is_edited=True)
    with pytest.raises(actions.AlreadyPublished) as already:
        publish(world, now)
    season = already.value.season
    assert ([str(slot.local_date) for slot in season.slots], len(season.refused)) == (["2026-12-03"], 4)
    Slot.objects.filter(availability__isnull=False).update(is_edited=True)
    with pytest.raises(actions.NothingToOpen, match=TAKEN):
        publish(world, now)


def test_clicks_at_once_publish_once(committed: None, now: dt.datetime) -> None:
    world = factories.make_world(now)

    def click() -> None:
        publish(world, now)

    assert at_once(click, click, click) == {"done": 1, "AlreadyPublished": 2}
    assert Availability.objects.count() == 1


# --- rules ------------------------------------------------------------------------------------------


def test_every_second_week_and_nth_weekday(world: World, now: dt.datetime) -> None:
    second = publish(world, now, every="two_weeks", weekdays=[3], from_date=dt.date(2026, 12, 8))
    assert days(second) == ["2026-12-09", "2026-12-23"]
    until = dt.date(2027, 3, 31)
    monthly = publish(world, now, every="month", weekdays=[1], ordinals=[1, -1], until_date=until)
    assert days(monthly) == [
        "2026-12-07",
        "2026-12-28",
        "2027-01-04",
        "2027-01-25",
        "2027-02-01",
        "2027-02-22",
        "2027-03-01",
        "2027-03-29",
    ]


@pytest.mark.parametrize(
    "fault",
    [
        {"every": "month", "ordinals": []},
        {"every": "week", "ordinals": [1]},
        {"every": "month", "ordinals": [5]},
        {"weekdays": []},
        {"weekdays": [8]},
        {"until_date": dt.date(2026, 11, 1)},
        {"end_time": dt.time(18)},
    ],
)
def test_rule_that_says_nothing_is_held_by_the_database(world: World, now: dt.datetime, fault: dict[str, Any]) -> None:
    series = opening(**fault)
    series.room, series.created_at, series.extended_to_date = world.room, now, now.date()
    with pytest.raises(IntegrityError), transaction.atomic():
        series.save()


def test_slot_of_a_series_is_one_of_its_dates_once(world: World, now: dt.datetime) -> None:
    series = publish(world, now)
    first = series.slots.first()
    assert first is not None
    for change in ("original_date = NULL", "original_date = '2026-12-10'"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(f"UPDATE companies_slot SET {change} WHERE id = %s", [first.pk])  # noqa: S608  # ours


# --- horizon ----------------------------------------------------------------------------------------


@pytest.fixture
def endless(world: World, now: dt.datetime, settings: Settings) -> Availability:
    settings.SLOT_HORIZON_DAYS = 28
    return publish(world, now, until_date=None)


def test_series_without_end_is_made_up_to_the_horizon_and_goes_on(endless: Availability, now: dt.datetime) -> None:
    assert days(endless) == ["2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24"]
    assert endless.extended_to_date == dt.date(2026, 12, 29)
    later = now + dt.timedelta(days=14)
    assert actions.extend_series(now=later) == 2
    assert actions.extend_series(now=later) == 0
    assert days(endless)[4:] == ["2026-12-31", "2027-01-07"]


def test_dates_taken_out_or_withdrawn_do_not_come_back(world: World, now: dt.datetime, settings: Settings) -> None:
    settings.SLOT_HORIZON_DAYS = 28
    series = publish(world, now, until_date=None, without={dt.date(2026, 12, 10), dt.date(2026, 12, 31)})
    withdrawn = series.slots.get(original_date=dt.date(2026, 12, 17))
    actions.withdraw_slot(slot=withdrawn, by=world.company_owner, now=now)
    Availability.objects.filter(pk=series.pk).update(extended_to_date=dt.date(2026, 12, 1))
    actions.extend_series(now=now + dt.timedelta(days=7))
    open_days = series.slots.filter(state=Slot.State.OPEN).order_by("original_date")
    assert [str(day) for day in open_days.values_list("original_date", flat=True)] == ["2026-12-03", "2026-12-24"]
    assert actions.dates_taken_out(series) == {
        dt.date(2026, 12, 10),
        dt.date(2026, 12, 17),
        dt.date(2026, 12, 31),
    }


def test_edited_date_survives_and_a_busy_room_leaves_a_gap(
    world: World, endless: Availability, now: dt.datetime
) -> None:
    moved = endless.slots.get(original_date=dt.date(2026, 12, 24))
    Slot.objects.filter(pk=moved.pk).update(
        starts_at=moved.starts_at - dt.timedelta(days=1),
        ends_at=moved.ends_at - dt.timedelta(days=1),
        closes_at=moved.closes_at - dt.timedelta(days=1),
        is_edited=True,
    )
    factories.make_slot(world.room, dt.datetime(2026, 12, 31, 18, tzinfo=dt.UTC))
    Availability.objects.filter(pk=endless.pk).update(extended_to_date=dt.date(2026, 12, 1))
    assert actions.extend_series(now=now + dt.timedelta(days=14)) == 1
    assert days(endless) == ["2026-12-03", "2026-12-10", "2026-12-17", "2026-12-24", "2027-01-07"]
    moved.refresh_from_db()
    assert str(moved.local_date) == "2026-12-23"


def test_two_beats_at_once_make_each_date_once(now: dt.datetime, settings: Settings, committed: None) -> None:
    settings.SLOT_HORIZON_DAYS = 28
    world = factories.make_world(now)
    series = publish(world, now, until_date=None)

    def beat(_: int) -> int:
        try:
            return actions.extend_series(now=now + dt.timedelta(days=60))
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(beat, range(4)))
    assert sum(made) == len(days(series)) - 4 == len(set(days(series))) - 4 > 0


def test_archived_rooms_get_no_more_dates(world: World, endless: Availability, now: dt.datetime) -> None:
    Slot.objects.update(state=Slot.State.WITHDRAWN, withdrawn_at=now)
    world.room.archived_at = now
    world.room.save()
    assert actions.extend_series(now=now + dt.timedelta(days=60)) == 0
    with pytest.raises(actions.RoomArchived):
        publish(world, now)


def test_year_of_evenings_takes_few_queries(
    world: World, now: dt.datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(10):
        series = publish(world, now, until_date=dt.date(2027, 11, 25))
    assert len(days(series)) == 52


# --- confirmation -----------------------------------------------------------------------------------


def test_series_that_nobody_confirms_sleeps_until_somebody_does(
    world: World, endless: Availability, now: dt.datetime
) -> None:
    assert endless.confirm_by_at is not None
    of_series = Slot.objects.filter(availability=endless)
    just_before = now + dt.timedelta(days=1)
    Availability.objects.filter(pk=endless.pk).update(confirm_by_at=just_before)
    assert of_series.open(now).exists()
    assert not of_series.open(just_before).exists()
    actions.confirm_availability(availability=endless, by=world.company_owner, now=just_before)
    assert of_series.open(just_before).exists()
