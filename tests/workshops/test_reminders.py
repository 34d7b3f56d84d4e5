import datetime as dt

from companies.actions import join_slot
from mail.models import Message
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.models import Report, Side


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("to_name", flat=True))


def test_reminder_goes_to_both_sides_and_the_volunteers_once(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    join_slot(slot=world.slot, by=world.volunteer, now=now)
    before = world.slot.starts_at - dt.timedelta(hours=48)
    for at in (before, before, before + dt.timedelta(hours=20)):
        actions.remind_workshops(now=at)
    assert told("workshop_reminder") == ["Hélène", "Karim", "Lucie"]


def test_no_reminder_before_its_time_nor_after_the_start(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    for at in (world.slot.starts_at - dt.timedelta(hours=49), world.slot.starts_at + dt.timedelta(minutes=1)):
        actions.remind_workshops(now=at)
    assert told("workshop_reminder") == []


def test_missed_run_is_caught_up(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    actions.remind_workshops(now=world.slot.starts_at - dt.timedelta(hours=1))
    assert told("workshop_reminder") == ["Hélène", "Karim"]


def test_reminder_is_worth_nothing_once_the_workshop_began(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    actions.remind_workshops(now=world.slot.starts_at - dt.timedelta(hours=1))
    assert {message.not_after for message in Message.objects.all()} == {world.slot.starts_at}


def test_report_is_asked_from_the_side_that_has_not_written_it(world: World, now: dt.datetime) -> None:
    booking = factories.make_booking(now, world.slot, world.association)
    after = world.slot.ends_at + dt.timedelta(minutes=1)
    report = Report(attended=5, rating=4)
    actions.report_workshop(
        workshop=booking.workshop, report=report, side=Side.ASSOCIATION, by=world.association_owner, now=after
    )
    actions.ask_for_reports(now=after)
    actions.ask_for_reports(now=after + dt.timedelta(days=1))
    assert told("report_due") == ["Hélène"]


def test_no_report_is_asked_before_the_end_nor_after_a_fortnight(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, world.association)
    for at in (world.slot.ends_at - dt.timedelta(minutes=1), world.slot.ends_at + dt.timedelta(days=15)):
        actions.ask_for_reports(now=at)
    assert told("report_due") == []
