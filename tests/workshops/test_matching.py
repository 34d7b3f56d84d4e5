import datetime as dt
from typing import Any

import pytest

from accounts.models import User
from associations.models import Period, Request
from companies.models import Slot
from mail.delivery import why_unwanted
from mail.models import Message
from tests import factories
from tests.factories import World
from tests.races import Move, second_waits
from workshops import actions
from workshops.matching import best, match
from workshops.models import MatchNotice


def fits(world: World, now: dt.datetime, **fields: Any) -> bool:
    wanted = factories.make_request(now, world.association, **fields)
    wanted = Request.objects.select_related("commune").get(pk=wanted.pk)
    return match(wanted, Slot.objects.with_place().get(pk=world.slot.pk)) is not None


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"participants": 10}, True),
        ({"participants": 11}, False),
        ({"computers": 9}, False),
        ({"from_date": dt.date(2026, 12, 8), "until_date": dt.date(2026, 12, 8)}, True),
        ({"from_date": dt.date(2026, 12, 9)}, False),
        ({"until_date": dt.date(2026, 12, 7)}, False),
        ({"radius_km": 20}, True),
        ({"radius_km": 5}, False),
        ({"weekdays": [2]}, True),
        ({"weekdays": [1, 3, 6]}, False),
        ({"periods": [Period.EVENING]}, True),
        ({"periods": [Period.MORNING, Period.AFTERNOON]}, False),
        ({"weekdays": [2, 6], "periods": [Period.MORNING]}, False),
    ],
)
def test_hard_conditions(world: World, now: dt.datetime, fields: dict[str, Any], expected: bool) -> None:  # noqa: FBT001
    assert fits(world, now, **fields) == expected


def test_nearest_room_of_the_right_size_comes_first(world: World, now: dt.datetime) -> None:
    large = factories.make_slot(factories.make_room(now, world.site, capacity=20, computers=20), world.slot.starts_at)
    wanted = factories.make_request(now, world.association)
    slots = list(Slot.objects.with_place())
    assert [one.slot_id for one in best(wanted, slots, count=5)] == [world.slot.pk, large.pk]


def test_new_slot_is_told_to_the_requests_it_serves_once(world: World, now: dt.datetime) -> None:
    factories.make_request(now, world.association, matched_at=now)
    assert (actions.tell_matches(now=now), actions.tell_matches(now=now)) == (1, 0)
    message = Message.objects.get()
    assert (message.template, message.to_name) == ("slots_matched", "Karim")
    assert [one["slot_url"] for one in message.context["slots"]] == [f"http://127.0.0.1:8000/creneaux/{world.slot.pk}/"]


def test_new_request_is_told_the_slots_that_stand_already(world: World, now: dt.datetime) -> None:
    Slot.objects.update(matched_at=now)
    factories.make_request(now, world.association)
    assert (actions.tell_matches(now=now), actions.tell_matches(now=now)) == (1, 0)


def test_moved_slot_is_told_at_its_new_date_once(world: World, now: dt.datetime) -> None:
    """A mail that waits meanwhile leaves it to the one that tells the new date."""
    factories.make_request(now, world.association)
    told = [actions.tell_matches(now=now)]
    for minutes, (day, places) in enumerate([(9, 10), (9, 9), (8, 9)], start=1):
        at = now + dt.timedelta(minutes=minutes)
        change = actions.Change(dt.date(2026, 12, day), dt.time(18, 30), dt.time(20, 30), places, 8, 2)
        actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=at)
        told.append(actions.tell_matches(now=at))
        if day == 9:
            first, second = Message.objects.filter(template="slots_matched").order_by("pk")
            assert [bool(why_unwanted(one, at=at)) for one in (first, second)] == [True, False]
            assert [one["day"] for one in second.context["slots"]] == ["mercredi 9\u00a0décembre 2026"]
    # Back at the date that was told first: what was told last is no longer so.
    assert told == [1, 1, 0, 1]
    third = Message.objects.filter(template="slots_matched").latest("pk")
    assert [one["day"] for one in third.context["slots"]] == ["mardi 8\u00a0décembre 2026"]
    assert actions.tell_matches(now=at) == 0


def test_pair_found_from_both_sides_is_told_once(world: World, now: dt.datetime) -> None:
    factories.make_request(now, world.association)
    actions.tell_matches(now=now)
    assert (MatchNotice.objects.count(), Message.objects.count()) == (1, 1)


def test_new_slots_of_a_season_come_in_one_mail(world: World, now: dt.datetime) -> None:
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    factories.make_request(now, world.association)
    assert actions.tell_matches(now=now) == 1
    assert len(Message.objects.get().context["slots"]) == 2


def test_taken_slot_is_not_proposed(world: World, now: dt.datetime) -> None:
    factories.make_booking(now, world.slot, factories.make_association(now))
    factories.make_request(now, world.association)
    assert actions.tell_matches(now=now) == 0


def test_two_scans_at_once_tell_each_slot_in_one_mail(committed: None, world: World, now: dt.datetime) -> None:
    """The second saw a slot more, which fits less well: it waits for the first, and tells of that one alone."""
    factories.make_request(now, world.association)
    later = dt.timedelta(days=7)

    def first(pause: Move) -> None:
        actions.tell_matches(now=now)
        pause()

    def second() -> None:
        factories.make_slot(factories.make_room(now, world.site, capacity=20), world.slot.starts_at + later)
        actions.tell_matches(now=now)

    assert second_waits(first, second)
    told = [[slot["id"] for slot in one.context["slots"]] for one in Message.objects.order_by("pk")]
    assert told == [[world.slot.pk], [Slot.objects.latest("pk").pk]]


def test_request_that_cannot_be_told_of_holds_nobody_up_and_is_tried_again(world: World, now: dt.datetime) -> None:
    factories.make_request(now, world.association)
    other = factories.make_association(now, owner=factories.make_user("Nora"))
    factories.make_request(now, other)
    address = world.association_owner.email
    User.objects.filter(pk=world.association_owner.pk).update(email="karim@maison")
    assert actions.tell_matches(now=now) == 1
    assert [one.matched_at for one in Request.objects.order_by("pk")] == [None, now]
    User.objects.filter(pk=world.association_owner.pk).update(email=address)
    assert actions.tell_matches(now=now) == 1
    assert [one.to_name for one in Message.objects.order_by("pk")] == ["Nora", "Karim"]
