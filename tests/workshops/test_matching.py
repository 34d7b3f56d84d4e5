import datetime as dt
import random
import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given, settings
from hypothesis import strategies as st

from accounts.models import Role, User
from associations.actions import admit_association, reinstate_association, suspend_association
from associations.models import Association, Period, Request
from companies.demand import Opening
from companies.models import Company, Site, Slot
from mail.delivery import deliver_due, why_unwanted
from mail.digests import tell_digests
from mail.models import Message
from territories.models import Commune
from tests import factories
from tests.conftest import NOW
from tests.factories import LILLE, World
from tests.mail.conftest import Sink
from tests.races import Move, second_waits
from tests.workshops.worlds import (
    ADMITTED,
    COMES,
    FREED,
    LOST,
    OFFERED,
    WANTED,
    Admitted,
    Comes,
    Freed,
    Lost,
    Offered,
    Wanted,
    ask,
    happen,
    lose,
    offer,
)
from workshops import actions
from workshops.demand import best_for, demand
from workshops.matching import almost, best_slots, read_everything, requests_for, served_by, slots_for, sweep, why_not
from workshops.models import Dismissal, MatchAgain, MatchNotice, Side, Standing, WaitlistEntry, Weighting

WEEK = dt.timedelta(days=7)


def fits(world: World, now: dt.datetime, **fields: Any) -> bool:
    wanted = factories.make_request(now, world.association, **fields)
    wanted = Request.objects.select_related("commune").get(pk=wanted.pk)
    return bool(best_slots(wanted, [Slot.objects.with_place().get(pk=world.slot.pk)], now=now))


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
    assert [match.slot.pk for match in best_slots(wanted, slots, now=now)] == [world.slot.pk, large.pk]


def test_new_slot_is_told_to_the_requests_it_serves_once(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association, matched_at=now)
    assert (actions.tell_matches(now=now), actions.tell_matches(now=now)) == (1, 0)
    message = Message.objects.get()
    assert (message.template, message.to_name) == ("slots_matched", "Karim")
    page = f"http://127.0.0.1:8000/creneaux/{world.slot.pk}/?demande={wanted.pk}"
    assert [one["slot_url"] for one in message.context["slots"]] == [page]


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


def test_what_is_sooner_but_does_not_serve_hides_nothing(
    world: World, now: dt.datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many slots there are around, on other days or at other hours."""
    monkeypatch.setattr("workshops.matching.finding.LOOKED_AT", 1)
    for hours in (-24, -8):
        start = world.slot.starts_at + dt.timedelta(hours=hours)
        factories.make_slot(factories.make_room(now, world.site), start)
    factories.make_request(now, world.association, weekdays=[world.slot.weekday], periods=[Period.EVENING])
    assert actions.tell_matches(now=now) == 1
    assert MatchNotice.objects.get().slot == world.slot


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


# --- one after the other, and all at once --------------------------------------------------------------


def told_pairs() -> set[tuple[int, int]]:
    return set(MatchNotice.objects.values_list("request_id", "slot_id"))


# Of so many slots a request is told where a test says so: a world of a few slots has more than that.
AT_MOST = 2


def best_of_each(now: dt.datetime, count: int = AT_MOST) -> set[tuple[int, int]]:
    """By request, the best slots that it may have now."""
    waiting = Request.objects.open(now).select_related("commune", "association")
    return {
        (match.request.pk, match.slot.pk)
        for request in waiting
        for match in best_slots(request, slots_for(request, now), count=count, now=now)
    }


@pytest.mark.django_db
@settings(max_examples=15)
@given(steps=st.lists(st.one_of(OFFERED, OFFERED, WANTED, FREED, ADMITTED, COMES, LOST), min_size=1, max_size=14))
def test_sweep_tells_nothing_that_the_steps_have_not_told(
    steps: list[Offered | Wanted | Freed | Admitted | Comes | Lost],
) -> None:
    """Slots are published, freed, promised and lost, requests posted, associations admitted, one by one.

    Each is held against what it concerns. Of two slots each request is told, so that many are left for later.
    """
    with transaction.atomic(), pytest.MonkeyPatch.context() as few:
        few.setattr("workshops.actions.matches.MATCHES_TOLD", AT_MOST)
        world = factories.make_world(NOW)
        Slot.objects.filter(pk=world.slot.pk).delete()
        for step in steps:
            if isinstance(step, Freed | Admitted | Comes):
                happen(world, step)
            elif isinstance(step, Lost):
                lose(world, step)
            else:
                offer(world, step) if isinstance(step, Offered) else ask(world, step)
            before, best = told_pairs(), best_of_each(NOW)
            actions.tell_matches(now=NOW)
            assert told_pairs() - before <= best
            assert best_of_each(NOW) <= told_pairs()
        mails = Message.objects.count()
        assert (actions.sweep_matches(now=NOW), Message.objects.count()) == (0, mails)
        transaction.set_rollback(True)


type Found = dict[int, list[tuple[int, dt.datetime]]]


def _matched(offered: dict[int, Offered], wanted: dict[int, Wanted], *, renamed: bool) -> tuple[set[Any], Found, Found]:
    """Which slots serve which requests by the names given here; what is told of each, and what the night would tell.

    As merits and beginnings, since of two that are as good at the same time any may be told.
    """
    with transaction.atomic():
        world = factories.make_world(NOW)
        Slot.objects.filter(pk=world.slot.pk).delete()
        if renamed:
            Company.objects.filter(pk=world.company.pk).update(name="Zéphyr", slug="zephyr")
            Association.objects.filter(pk=world.association.pk).update(name="À l’aube", slug="a-l-aube")
            Commune.objects.filter(pk=LILLE).update(name="Aaa")
        slots = {offer(world, one).pk: name for name, one in offered.items()}
        asked = {name: ask(world, one) for name, one in wanted.items()}
        requests = {
            name: Request.objects.select_related("commune", "association").get(pk=one.pk) for name, one in asked.items()
        }
        found = {name: best_slots(one, slots_for(one, NOW), now=NOW) for name, one in requests.items()}
        serving = {(name, slots[match.slot.pk], match.merit) for name, each in found.items() for match in each}
        everything = read_everything(NOW)
        runs = everything.runs
        told, swept = ({name: list[tuple[int, dt.datetime]]() for name in requests} for _ in range(2))
        named = {one.pk: name for name, one in requests.items()}
        for best in sweep(everything, most=AT_MOST, today=NOW.date().toordinal()):
            for request, slot, merit in zip(best.requests, best.slots, best.merits_of_slot, strict=True):
                start = dt.datetime.fromtimestamp(int(runs.starts[slot]) / 1_000_000, dt.UTC)
                swept[named[int(everything.requests[request])]].append((int(merit), start))
        actions.tell_matches(now=NOW)
        for notice in MatchNotice.objects.all():
            told[named[notice.request_id]].append((notice.merit, notice.starts_at))
        transaction.set_rollback(True)
    return serving, _in_order(told), _in_order(swept)


def _in_order(found: Found) -> Found:
    return {name: sorted(each) for name, each in found.items()}


def _shuffled[T](some: dict[int, T], chance: random.Random) -> dict[int, T]:
    return {name: some[name] for name in chance.sample(sorted(some), len(some))}


@pytest.mark.django_db
@settings(max_examples=8)
@given(
    offered=st.lists(OFFERED, min_size=1, max_size=5),
    wanted=st.lists(WANTED, min_size=1, max_size=4),
    chance=st.randoms(use_true_random=False),
)
def test_other_names_and_another_order_change_nothing(
    offered: list[Offered], wanted: list[Wanted], chance: random.Random
) -> None:
    """Organisations and communes are called otherwise, and numbers are given in another order."""
    # What was dismissed hangs on which slot was there first.
    slots = dict(enumerate(offered))
    requests = {name: one._replace(refuses="") for name, one in enumerate(wanted)}
    first = _matched(slots, requests, renamed=False)
    assert _matched(_shuffled(slots, chance), _shuffled(requests, chance), renamed=True) == first


@pytest.mark.parametrize("was", ["held", "confirmed"])
def test_slot_that_is_free_again_is_told_within_a_minute(world: World, now: dt.datetime, was: str) -> None:
    """Whatever has freed it; and it is new to saved searches."""
    booking = factories.make_booking(now, world.slot, factories.make_association(now), state=was)
    Slot.objects.update(matched_at=now)
    factories.make_request(now, world.association)
    assert actions.tell_matches(now=now) == 0
    late, by = now + dt.timedelta(hours=97), world.company_owner
    if was == "held":
        actions.expire_bookings(now=late)
    else:
        actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Groupe réduit.", by=by, now=late)
    assert (actions.tell_matches(now=late), actions.tell_matches(now=late)) == (1, 0)
    assert (actions.sweep_matches(now=late), MatchAgain.objects.count()) == (0, 0)
    assert Slot.objects.get(pk=world.slot.pk).matched_at == late


def test_slot_for_which_nobody_queues_any_more_is_told_within_a_minute(world: World, now: dt.datetime) -> None:
    Slot.objects.update(matched_at=now)
    other = factories.make_association(now)
    queue = {"slot": world.slot, "association": other, "participants": 6, "topic": "email", "created_at": now}
    WaitlistEntry.objects.create(**queue)
    factories.make_request(now, world.association)
    assert actions.tell_matches(now=now) == 0
    WaitlistEntry.objects.update(state="left", ended_at=now)
    assert (actions.tell_matches(now=now), actions.sweep_matches(now=now)) == (1, 0)


@pytest.mark.parametrize("how", ["promises", "learns", "stays"])
def test_who_newly_comes_to_a_slot_is_told_to_whom_needs_it(world: World, now: dt.datetime, how: str) -> None:
    speaker = factories.make_user()
    factories.add_member(world.company, speaker, Role.VOLUNTEER, now)
    profile = factories.make_profile(now, world.company, speaker, languages=[] if how == "learns" else ["ar"])
    if how != "promises":
        sought = now if how == "stays" else None
        promise = factories.make_promise(now, world.slot, speaker, stand_in_asked_at=sought)
    factories.make_request(now, world.association, languages=["ar"])
    assert actions.tell_matches(now=now) == 0
    if how == "promises":
        factories.make_promise(now, world.slot, speaker)
    elif how == "learns":
        profile.languages = ["ar"]
        profile.save()
    else:
        promise.stand_in_asked_at = None
        promise.save()
    assert (actions.tell_matches(now=now), actions.sweep_matches(now=now)) == (1, 0)


@pytest.mark.parametrize(
    ("wanted", "after"),
    [
        ({"step_free": True}, {"entree_plain_pied": True}),
        ({"radius_km": 5}, {"latitude": 50.69, "longitude": 3.17}),
    ],
)
def test_site_that_serves_others_than_was_said_is_told_within_a_minute(
    world: World, now: dt.datetime, wanted: dict[str, Any], after: dict[str, Any]
) -> None:
    """Whoever corrects it; what changes nothing of that is not looked at again."""
    factories.make_request(now, world.association, **wanted)
    assert (actions.tell_matches(now=now), MatchAgain.objects.count()) == (0, 0)
    Site.objects.filter(pk=world.site.pk).update(name="Agence", sanitaires_presence=True)
    assert not MatchAgain.objects.exists()
    Site.objects.filter(pk=world.site.pk).update(**after)
    assert (actions.tell_matches(now=now), actions.sweep_matches(now=now)) == (1, 0)


def test_new_slot_is_compared_with_what_is_known_by_the_weights_of_now(world: World, now: dt.datetime) -> None:
    """What was told when other weights counted is no measure."""
    Slot.objects.filter(pk=world.slot.pk).delete()
    factories.make_request(now, world.association, until_date=dt.date(2027, 2, 28))
    for week in range(3, 8):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * week))
    actions.tell_matches(now=now)
    near = dict.fromkeys(Weighting().weights, 1) | {"distance": 30}
    actions.weigh(weights=near, by=world.company_owner, now=now)
    site = factories.make_site(now, world.company, latitude=50.69, longitude=3.17)
    new = factories.make_slot(factories.make_room(now, site), world.slot.starts_at + dt.timedelta(days=22))
    assert actions.tell_matches(now=now) == 1
    assert MatchNotice.objects.latest("pk").slot == new


@pytest.mark.parametrize("which", ["new requests", "new slot"])
def test_who_is_rarely_served_and_presses_is_told_first(world: World, now: dt.datetime, which: str) -> None:
    """In the order in which a company reads them."""
    rare = factories.make_association(now, owner=factories.make_user("Nora"))
    Standing.objects.create(association=world.association, kept=20, broken=0, served=20, counted_at=now)
    matched = now if which == "new slot" else None
    factories.make_request(now, world.association, matched_at=matched)
    factories.make_request(now, rare, until_date=dt.date(2026, 12, 9), matched_at=matched)
    assert actions.tell_matches(now=now) == 2
    assert [one.to_name for one in Message.objects.order_by("pk")] == ["Nora", "Karim"]


def test_many_new_slots_are_matched_with_few_statements(world: World, now: dt.datetime) -> None:
    """One finds the requests around each slot; what is known of them, and was told, is read once for all."""
    factories.make_request(now, world.association, until_date=dt.date(2027, 12, 31), matched_at=now)

    def statements() -> int:
        with CaptureQueriesContext(connection) as run:
            actions.tell_matches(now=now)
        return len(run)

    few = statements()
    for week in range(1, 11):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * week))
    assert statements() - few <= 16


def test_better_slot_is_told_and_a_worse_one_is_not(world: World, now: dt.datetime) -> None:
    """Who knows five better ones hears of none that is worse."""
    Slot.objects.filter(pk=world.slot.pk).delete()
    wanted = factories.make_request(now, world.association, until_date=dt.date(2027, 2, 28))
    for day in range(5):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * day + 21))
    actions.tell_matches(now=now)
    far = factories.make_room(now, factories.make_site(now, world.company, latitude=50.45))
    worse = factories.make_slot(far, world.slot.starts_at + dt.timedelta(days=22))
    assert actions.tell_matches(now=now) == 0
    near = factories.make_room(now, factories.make_site(now, world.company), capacity=6, computers=6)
    better = factories.make_slot(near, world.slot.starts_at + dt.timedelta(days=23))
    assert actions.tell_matches(now=now) == 1
    assert set(MatchNotice.objects.filter(request=wanted).values_list("slot", flat=True)) >= {better.pk}
    assert not MatchNotice.objects.filter(slot=worse).exists()


@pytest.mark.parametrize("new", [2, 5, 25])
def test_one_run_tells_no_more_than_the_best_with_what_is_known(world: World, now: dt.datetime, new: int) -> None:
    """However many come at once: those that the night would tell."""
    Slot.objects.filter(pk=world.slot.pk).delete()
    factories.make_request(now, world.association, until_date=dt.date(2027, 12, 31))
    for week in range(9, 13):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * week))
    actions.tell_matches(now=now)
    for week in range(13, 13 + new):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * week))
    assert actions.tell_matches(now=now) == 1
    assert MatchNotice.objects.count() == 5
    assert (told_pairs(), actions.sweep_matches(now=now)) == (best_of_each(now, 5), 0)


LOSING = [
    "booked", "asked", "queued", "withdrawn", "smaller", "busy", "dismissed", "suspended", "closed", "asleep",
]  # fmt: skip


@pytest.mark.parametrize("how", LOSING)
def test_who_loses_one_of_the_best_is_told_the_next_within_a_minute(world: World, now: dt.datetime, how: str) -> None:
    """Whoever took it, and whatever became of it: the night has nothing to add."""
    six = _six_slots(world, now)
    assert MatchNotice.objects.count() == 5
    [left] = set(six) - set(MatchNotice.objects.values_list("slot", flat=True))
    best = MatchNotice.objects.order_by("-merit", "slot__starts_at")[0].slot
    at = now
    if how == "suspended":
        company = Slot.objects.with_place().get(pk=best.pk).room.site.company
        Company.objects.filter(pk=company.pk).update(charter_approved_at=None)
    elif how == "closed":
        at = now + dt.timedelta(hours=1)
        Slot.objects.filter(pk=best.pk).update(closes_at=at)
        assert actions.tell_matches(now=now) == 0
    elif how == "asleep":
        at = now + dt.timedelta(hours=2)
    else:
        lose(world, Lost(sorted(six).index(best.pk), how))
    assert (actions.tell_matches(now=at), actions.tell_matches(now=at)) == (1, 0)
    assert MatchNotice.objects.filter(slot=left).exists()
    mails = Message.objects.count()
    assert (actions.sweep_matches(now=at), Message.objects.count()) == (0, mails)


def _six_slots(world: World, now: dt.datetime) -> list[int]:
    """Each of a company of its own, in the same place: one more than a request is told of. The first is the best."""
    factories.make_request(now, world.association, until_date=dt.date(2027, 2, 28))
    Slot.objects.filter(pk=world.slot.pk).delete()
    found = []
    for week in range(3, 9):
        starts_at = world.slot.starts_at + week * WEEK
        room = factories.make_room(now, factories.make_site(now, factories.make_company(now)))
        # It falls asleep in two hours.
        series = factories.make_series(now, room, confirm_by_at=now + dt.timedelta(hours=2)) if week == 3 else None
        dated = {"availability": series, "original_date": starts_at.date()} if series else {}
        found.append(factories.make_slot(room, starts_at, **dated).pk)
    actions.tell_matches(now=now)
    return found


def test_sweep_tells_what_other_weights_have_made_one_of_the_best(world: World, now: dt.datetime) -> None:
    six = _six_slots(world, now)
    [left] = set(six) - set(MatchNotice.objects.values_list("slot", flat=True))
    site = Slot.objects.with_place().get(pk=left).room.site
    Site.objects.filter(pk=site.pk).update(latitude=50.69, longitude=3.17)
    actions.tell_matches(now=now)
    MatchNotice.objects.filter(slot=left).delete()
    actions.weigh(weights=dict.fromkeys(Weighting().weights, 1) | {"distance": 30}, by=world.moderator, now=now)
    assert (actions.sweep_matches(now=now), actions.sweep_matches(now=now)) == (1, 0)
    assert MatchNotice.objects.filter(slot=left).exists()


def test_what_was_dismissed_makes_room_for_the_next(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association, until_date=dt.date(2027, 2, 28))
    for week in range(1, 5):
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7 * week))
    actions.tell_matches(now=now)
    for slot in Slot.objects.with_place():
        why, by = Dismissal.Why.OTHER, world.association_owner
        actions.dismiss_slot(request=wanted, slot=slot, why=why, by=by, now=now)
    site = factories.make_site(now, world.company, latitude=world.site.latitude + 0.02)
    factories.make_slot(factories.make_room(now, site), world.slot.starts_at)
    assert (actions.tell_matches(now=now), actions.sweep_matches(now=now)) == (1, 0)


@pytest.mark.parametrize(
    ("state", "why", "proposed"),
    [
        ("pending", "", False),
        ("declined", "no_volunteers", False),
        ("declined", "rescheduled", True),
        ("cancelled_by_association", "no_trainer", False),
        ("not_selected", "", True),
        ("expired", "", True),
    ],
)
def test_what_an_association_has_asked_for_is_not_proposed_to_it(
    world: World, now: dt.datetime, state: str, why: str, *, proposed: bool
) -> None:
    Slot.objects.update(booking_mode="on_approval")
    slot = Slot.objects.with_place().get()
    wanted = factories.make_request(now, world.association)
    other = factories.make_request(now, factories.make_association(now))
    called_off = {"cancelled_at": now} if state.startswith("cancelled") else {}
    factories.make_booking(now, slot, world.association, state=state, reason_code=why, **called_off)
    requests = {one.pk: one for one in Request.objects.select_related("commune", "association")}
    assert [len(slots_for(requests[one.pk], now)) for one in (wanted, other)] == [int(proposed), 1]
    told = {wanted.pk, other.pk} if proposed else {other.pk}
    assert {one.request for one in served_by(slot, requests_for(slot, now), now=now)} == told
    words = "demandé déjà" if state == "pending" else "déclinée, ou vous l’avez annulée"
    assert (words in why_not(requests[wanted.pk], slot)) is not proposed
    actions.tell_matches(now=now)
    assert actions.sweep_matches(now=now) == 0


@pytest.mark.parametrize("how", ["admitted", "reinstated", "united"])
def test_new_association_is_told_what_it_may_book(world: World, now: dt.datetime, how: str) -> None:
    """The rest within a minute of its admission."""
    new = factories.make_association(now, admitted=False, claimed_at=now, claimed_by=world.moderator)
    factories.make_request(now, new)
    later = world.slot.starts_at + dt.timedelta(days=1)
    on_approval = factories.make_slot(world.room, later, booking_mode="on_approval")
    assert (actions.tell_matches(now=now), actions.sweep_matches(now=now)) == (1, 0)
    assert set(MatchNotice.objects.values_list("slot", flat=True)) == {on_approval.pk}
    if how == "united":
        Request.objects.update(association=world.association)
    else:
        admit_association(association=new, by=world.moderator, now=now)
    if how == "reinstated":
        suspend_association(association=new, reason="Absences.", by=world.moderator, now=now)
        assert actions.tell_matches(now=now) == 0
        reinstate_association(association=new, reason="Expliqué.", by=world.moderator, now=now)
    assert (actions.tell_matches(now=now), actions.tell_matches(now=now)) == (1, 0)
    assert MatchNotice.objects.filter(slot=world.slot).exists()
    assert [len(one.context["slots"]) for one in Message.objects.filter(template="slots_matched")] == [1, 1]


def test_request_that_is_open_again_looks_for_what_came_meanwhile(world: World, now: dt.datetime) -> None:
    wanted = factories.make_request(now, world.association, matched_at=now, state=Request.State.IN_PROGRESS)
    slot = Slot.objects.with_place().get()
    booking = factories.make_booking(now, slot, world.association, request=wanted)
    factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7))
    assert actions.tell_matches(now=now) == 0
    by = world.association_owner
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Groupe réduit.", by=by, now=now)
    assert actions.tell_matches(now=now) == 1


@pytest.mark.parametrize(
    ("why", "left"),
    [
        ("day", {"other day"}),
        ("hour", set()),
        ("site", {"other site"}),
        ("far", set()),
        ("other", {"same", "other day", "other site"}),
    ],
)
def test_what_is_dismissed_teaches_its_request_alone(world: World, now: dt.datetime, why: str, left: set[str]) -> None:
    wanted, other = (factories.make_request(now, world.association) for _ in range(2))
    site = factories.make_site(now, world.company)
    slots = {
        "same": factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=7)),
        "other day": factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=8)),
        "other site": factories.make_slot(factories.make_room(now, site), world.slot.starts_at),
    }
    slot = Slot.objects.with_place().get(pk=world.slot.pk)
    actions.dismiss_slot(request=wanted, slot=slot, why=Dismissal.Why(why), by=world.association_owner, now=now)
    named = {one.pk: name for name, one in slots.items()}

    def proposed(request: Request) -> set[str]:
        again = Request.objects.select_related("commune", "association").get(pk=request.pk)
        return {named.get(match.slot.pk, "itself") for match in best_slots(again, slots_for(again, now), now=now)}

    assert proposed(wanted) == left
    assert proposed(other) == {"itself", *slots}
    assert actions.forget_dismissals(request=wanted) == 1
    assert proposed(wanted) == {"itself", *slots}


@pytest.mark.parametrize(("why", "left"), [("day", {"wednesday", "saturday"}), ("hour", {"saturday"}), ("site", set())])
def test_what_a_dismissal_teaches_stays_when_its_slot_moves(
    world: World, now: dt.datetime, why: str, left: set[str]
) -> None:
    """From a Tuesday evening to a Saturday afternoon: whichever way pairs are found."""
    wanted = factories.make_request(now, world.association)
    ahead = {"tuesday": (7, 0), "wednesday": (8, 0), "saturday": (11, -4)}
    named = {
        factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=days, hours=hours)).pk: name
        for name, (days, hours) in ahead.items()
    }
    slot = Slot.objects.with_place().get(pk=world.slot.pk)
    actions.dismiss_slot(request=wanted, slot=slot, why=Dismissal.Why(why), by=world.association_owner, now=now)
    change = actions.Change(dt.date(2026, 12, 12), dt.time(14), dt.time(16), 10, 8, 2)
    actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=now)
    everything = read_everything(now)
    swept = [best.slots for best in sweep(everything, most=5, today=now.date().toordinal())]
    again = Request.objects.select_related("commune", "association").get(pk=wanted.pk)
    found = [
        [one.pk for one in slots_for(again, now)],
        [one.pk for one in Slot.objects.with_place() if served_by(one, requests_for(one, now), now=now)],
        [int(number) for slots in swept for number in everything.runs.slots[slots]],
    ]
    assert [{named.get(number, "itself") for number in numbers} for numbers in found] == [left] * 3


@pytest.mark.parametrize("why", ["other", "site", "day", "hour", "far"])
def test_what_was_dismissed_is_nowhere_shown_as_fitting(world: World, now: dt.datetime, why: str) -> None:
    """Not in the mail that waits, nor to the company: neither as a slot that fits nor as an evening to open."""
    wanted = factories.make_request(now, world.association)
    actions.tell_matches(now=now)
    [mail] = Message.objects.filter(template="slots_matched")
    assert not why_unwanted(mail, at=now)
    slot = Slot.objects.with_place().get()
    by = world.association_owner
    actions.dismiss_slot(request=wanted, slot=slot, why=Dismissal.Why(why), by=by, now=now)
    assert why_unwanted(mail, at=now)
    assert best_for(world.company, now) == []
    with pytest.raises(actions.NotWished):
        actions.offer_slot(slot_id=slot.pk, request=wanted, by=world.company_owner, now=now)
    alike = slot.starts_at + dt.timedelta(days=7)
    found = demand(Opening(world.room, 10, 8, instant=True), [alike], now)
    assert [len(served) for served in found.served] == [int(why == "other")]


def test_distance_that_was_too_far_is_so_for_each_slot_of_the_site(world: World, now: dt.datetime) -> None:
    """However it is measured, to the last bit."""
    wanted = factories.make_request(now, world.association, radius_km=100)
    for place in range(40):
        aside = {"latitude": world.site.latitude + place / 170, "longitude": world.site.longitude + place / 290}
        room = factories.make_room(now, factories.make_site(now, world.company, **aside))
        first, second = (
            factories.make_slot(room, world.slot.starts_at + dt.timedelta(days=7 * week)) for week in (1, 2)
        )
        first = Slot.objects.with_place().get(pk=first.pk)
        by = world.association_owner
        actions.dismiss_slot(request=wanted, slot=first, why=Dismissal.Why.FAR, by=by, now=now)
        second = Slot.objects.with_place().get(pk=second.pk)
        assert not served_by(second, requests_for(second, now), now=now)
        assert not best_slots(wanted, [second], now=now)
        assert not slots_for(wanted, now)[1:]
        Dismissal.objects.all().delete()
        Slot.objects.filter(room=room).update(state="withdrawn", withdrawn_at=now)


@pytest.mark.parametrize(("why", "words"), [("other", "vous l’avez écarté"), ("day", "vous l’avez écarté")])
def test_what_was_dismissed_is_told_from_what_is_like_it(world: World, now: dt.datetime, why: str, words: str) -> None:
    wanted = factories.make_request(now, world.association)
    slot = Slot.objects.with_place().get()
    alike = factories.make_slot(world.room, slot.starts_at + dt.timedelta(days=7))
    by = world.association_owner
    actions.dismiss_slot(request=wanted, slot=slot, why=Dismissal.Why(why), by=by, now=now)
    assert words in why_not(wanted, slot)
    assert why_not(wanted, alike) == ("pareil à un créneau que vous avez écarté" if why == "day" else "")
    assert almost(wanted, now).misses == []


def deliver(at: dt.datetime) -> None:
    deliver_due(now=at, limit=100, clock=lambda: at)


# --- told means told -----------------------------------------------------------------------------------


def test_all_that_was_found_in_a_week_is_told_in_its_digest(
    committed: None, world: World, now: dt.datetime, smtp_sink: Sink
) -> None:
    """The best first, then the soonest; better slots that came later push none out: it would never be told."""
    Slot.objects.filter(pk=world.slot.pk).delete()
    factories.make_request(now, world.association, until_date=dt.date(2027, 5, 28))
    for week in range(10, 2, -1):
        factories.make_slot(world.room, world.slot.starts_at + week * WEEK)
        actions.tell_matches(now=now + (10 - week) * dt.timedelta(minutes=1))
    assert MatchNotice.objects.count() == 8
    for hours in range(0, 8 * 24, 12):
        at = now + dt.timedelta(hours=hours)
        tell_digests(now=at)
        deliver(at)
    [text] = Message.objects.filter(state="sent").values_list("text", flat=True)
    told = [int(number) for number in re.findall(r"/creneaux/(\d+)/", text)]
    # As good as each other, and the latest was published first.
    assert list(dict.fromkeys(told)) == list(MatchNotice.objects.order_by("starts_at").values_list("slot", flat=True))


@pytest.mark.parametrize("left", [True, False])
def test_slot_that_no_mail_has_told_of_is_told_when_it_is_free_again(
    committed: None, world: World, now: dt.datetime, smtp_sink: Sink, *, left: bool
) -> None:
    """It was taken before the mail left; what has left once is not told twice."""
    factories.make_request(now, world.association)
    actions.tell_matches(now=now)
    Message.objects.update(instant=True)
    if left:
        deliver(now)
    booking = factories.make_booking(now, world.slot, factories.make_association(now))
    actions.tell_matches(now=now)
    deliver(now)
    at, by = now + dt.timedelta(hours=1), world.company_owner
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Groupe réduit.", by=by, now=at)
    assert actions.tell_matches(now=at) == int(not left)
    Message.objects.filter(state="queued").update(instant=True)
    deliver(at)
    assert Message.objects.filter(template="slots_matched", state="sent").count() == 1


@pytest.mark.parametrize(
    ("mails", "told"), [("leave", [1, 1, 1]), ("wait", [1, 1, 0]), ("wait from the first", [1, 1, 1])]
)
def test_slot_that_moves_to_and_fro_is_told_at_the_dates_that_were_not_heard_of(
    committed: None, world: World, now: dt.datetime, smtp_sink: Sink, mails: str, told: list[int]
) -> None:
    """Back at the date of which a mail has left while the other one waits, there is nothing to tell."""
    factories.make_request(now, world.association)
    found = []
    for minutes, day in enumerate([8, 9, 8]):
        at = now + dt.timedelta(minutes=minutes)
        if minutes:
            change = actions.Change(dt.date(2026, 12, day), dt.time(18, 30), dt.time(20, 30), 10, 8, 2)
            actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=at)
        found.append(actions.tell_matches(now=at))
        if mails == "leave" or (mails == "wait" and not minutes):
            Message.objects.filter(state="queued").update(instant=True)
            deliver(at)
    assert found == told
    waiting = Message.objects.filter(template="slots_matched", state="queued").order_by("pk")
    still = [one for one in waiting if not why_unwanted(one, at=at)]
    assert [[slot["day"] for slot in one.context["slots"]] for one in still] == (
        [["mardi 8\u00a0décembre 2026"]] if mails == "wait from the first" else []
    )
    assert actions.sweep_matches(now=at) == 0
