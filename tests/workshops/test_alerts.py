"""Who keeps a search hears of each slot that is new to it, once."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from companies.models import Company, Slot
from mail.delivery import Outcome, deliver_due, hold_back, why_unwanted
from mail.digests import tell_digests
from mail.models import Message, Preferences
from mail.rendering import render
from tests import factories
from tests.factories import World
from tests.mail.conftest import Sink, text_of
from tests.races import Move, second_waits
from workshops import actions
from workshops.alerts import SEEN_WITHIN, tell_alerts
from workshops.models import Booking, MatchAgain, SavedSearch, SearchNotice, Side
from workshops.saved import asked_by

MINUTE, HOUR, DAY = dt.timedelta(minutes=1), dt.timedelta(hours=1), dt.timedelta(days=1)


def notice(at: dt.datetime) -> None:
    """What the scan of matches does with new slots."""
    actions.tell_matches(now=at)


def told() -> list[list[int]]:
    """The numbers of the slots that each alert says, in order."""
    alerts = Message.objects.filter(template="search_alert").order_by("pk")
    return [[one["id"] for one in message.context["slots"]] for message in alerts]


@pytest.fixture
def search(world: World, now: dt.datetime) -> SavedSearch:
    """Around Lille, saved a day ago; the world's slot was published since."""
    return factories.make_search(now - DAY, world.association_owner, "lieu=insee-59350", name="Près du siège")


@pytest.mark.parametrize("seen", [False, True])
def test_slot_that_is_free_again_is_told_to_who_was_not_told_of_it(
    world: World, search: SavedSearch, now: dt.datetime, *, seen: bool
) -> None:
    """However it was taken when the search was saved; at one date, once."""
    notice(now)
    if seen:
        assert tell_alerts(now=now) == 1
    else:
        SavedSearch.objects.filter(pk=search.pk).update(news_since_at=now + DAY)
    booking = factories.make_booking(now, world.slot, factories.make_association(now))
    freed = now + 2 * DAY
    actions.cancel_booking(
        booking=booking, side=Side.ASSOCIATION, reason="Malade.", by=world.association_owner, now=freed
    )
    notice(freed + MINUTE)
    assert [tell_alerts(now=freed + minutes * MINUTE) for minutes in (2, 3)] == [0 if seen else 1, 0]
    assert told() == [[world.slot.pk]]


@pytest.mark.parametrize("known", [False, True])
def test_who_gives_a_slot_back_is_not_told_of_it_until_it_has_another_date(
    world: World, search: SavedSearch, now: dt.datetime, *, known: bool
) -> None:
    """Whether they were told of it before they booked it, or not; by none of their searches."""
    stranger = factories.make_search(now - DAY, factories.make_user())
    factories.make_search(now - DAY, world.association_owner, "ordinateurs=8")
    notice(now)
    if known:
        tell_alerts(now=now)
    booking = factories.make_booking(now, world.slot, world.association)
    at, by = now + HOUR, world.association_owner
    actions.cancel_booking(booking=booking, side=Side.ASSOCIATION, reason="Malade.", by=by, now=at)
    notice(at + MINUTE)
    before = len(told())
    assert tell_alerts(now=at + 2 * MINUTE) == (0 if known else 1)
    assert {one.about for one in Message.objects.filter(template="search_alert")[before:]} <= {f"search:{stranger.pk}"}
    change = actions.Change(dt.date(2026, 12, 9), dt.time(18, 30), dt.time(20, 30), 10, 8, 2)
    actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=at + 3 * MINUTE)
    notice(at + 4 * MINUTE)
    assert tell_alerts(now=at + 5 * MINUTE) == 2


@pytest.mark.parametrize("answered", [False, True])
def test_who_lets_go_what_was_proposed_is_not_told_of_it(
    world: World, search: SavedSearch, now: dt.datetime, *, answered: bool
) -> None:
    SavedSearch.objects.update(news_since_at=now)
    state, at = (Booking.State.DECLINED if answered else Booking.State.EXPIRED), now + HOUR
    held = factories.make_booking(now, world.slot, world.association, state=Booking.State.HELD, offered_at=now)
    Booking.objects.filter(pk=held.pk).update(state=state, settled_at=at)
    notice(at + MINUTE)
    assert tell_alerts(now=at + 2 * MINUTE) == 0


def test_person_is_told_of_a_slot_in_one_search(world: World, search: SavedSearch, now: dt.datetime) -> None:
    """The one that is told at once, where there is one; the others say what it does not find."""
    SavedSearch.objects.update(frequency="weekly")
    at_once = factories.make_search(now - HOUR, world.association_owner, "moment=soir")
    saturday = factories.make_slot(world.room, dt.datetime(2026, 12, 12, 14, tzinfo=dt.UTC))
    notice(now)
    assert [tell_alerts(now=now + minutes * MINUTE) for minutes in (1, 2)] == [2, 0]
    abouts = [one.about for one in Message.objects.filter(template="search_alert").order_by("pk")]
    assert (abouts, told()) == ([f"search:{at_once.pk}", f"search:{search.pk}"], [[world.slot.pk], [saturday.pk]])


def test_slot_to_which_somebody_comes_is_not_new(world: World, search: SavedSearch, now: dt.datetime) -> None:
    notice(now)
    SavedSearch.objects.filter(pk=search.pk).update(news_since_at=now + MINUTE)
    MatchAgain.objects.create(slot=world.slot)
    notice(now + 2 * MINUTE)
    assert (tell_alerts(now=now + 3 * MINUTE), Slot.objects.get(pk=world.slot.pk).matched_at) == (0, now)


def test_new_slot_is_told_once(world: World, search: SavedSearch, now: dt.datetime) -> None:
    assert tell_alerts(now=now) == 0  # nobody has noticed it yet
    notice(now)
    assert [tell_alerts(now=now + minutes * MINUTE) for minutes in (1, 2, 30)] == [1, 0, 0]
    message = Message.objects.get(template="search_alert")
    assert (message.to_email, message.about) == (world.association_owner.email, f"search:{search.pk}")
    rendered = render(message)
    assert rendered.subject == "Du nouveau pour «\u00a0Près du siège\u00a0»"
    for text in (rendered.text, rendered.html):
        for said in (world.company.name, "10\u00a0places, 8\u00a0ordinateurs", f"/creneaux/{world.slot.pk}/"):
            assert said in text
        assert "/creneaux/?lieu=insee-59350" in text
        assert "/compte/recherches/" in text
        assert "autre" not in text


def test_what_stood_when_the_search_was_saved_is_no_news(world: World, now: dt.datetime) -> None:
    notice(now)
    factories.make_search(now + MINUTE, world.association_owner)
    assert tell_alerts(now=now + 2 * MINUTE) == 0


def test_each_search_hears_of_what_it_asks_for(world: World, now: dt.datetime) -> None:
    queries = ("", "lieu=insee-97411", "ordinateurs=8&departement=59", "ordinateurs=9", "moment=weekend", "lieu=00000")
    for query in queries:
        factories.make_search(now - DAY, factories.make_user(), query)
    notice(now)
    assert tell_alerts(now=now) == 2
    searches = SavedSearch.objects.filter(pk__in=SearchNotice.objects.values("search")).order_by("pk")
    assert [one.query for one in searches] == ["", "ordinateurs=8&departement=59"]


def test_five_are_said_and_the_others_counted(world: World, search: SavedSearch, now: dt.datetime) -> None:
    later = [factories.make_slot(world.room, world.slot.starts_at + days * DAY) for days in range(1, 8)]
    notice(now)
    assert (tell_alerts(now=now), tell_alerts(now=now + MINUTE)) == (1, 0)
    assert told() == [[world.slot.pk, *(slot.pk for slot in later[:4])]]
    text = render(Message.objects.get(template="search_alert")).text
    assert "… et 3 autres." in text
    assert SearchNotice.objects.count() == 8


def test_moved_slot_is_new_to_the_search_that_it_comes_to(world: World, now: dt.datetime) -> None:
    """To the one that knows its former date as well."""
    saturday, evening = (
        factories.make_search(now - DAY, factories.make_user(), f"moment={moment}") for moment in ("weekend", "soir")
    )
    notice(now)
    tell_alerts(now=now)
    change = actions.Change(dt.date(2026, 12, 12), dt.time(18, 30), dt.time(20, 30), 10, 8, 2)
    later = now + DAY
    actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=later)
    notice(later)
    assert tell_alerts(now=later + MINUTE) == 2
    pairs = SearchNotice.objects.order_by("told_at", "search").values_list("search", "slot")
    assert list(pairs) == [(one.pk, world.slot.pk) for one in (saturday, evening)]


def test_moved_slot_is_new_at_its_new_date(world: World, search: SavedSearch, now: dt.datetime) -> None:
    """A mail that waits meanwhile leaves it to the one that tells the new date; what only grew is no news."""
    notice(now)
    tell_alerts(now=now)
    for minutes, (day, places) in enumerate([(9, 10), (9, 9)], start=1):
        change = actions.Change(dt.date(2026, 12, day), dt.time(18, 30), dt.time(20, 30), places, 8, 2)
        later = now + minutes * DAY
        actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=later)
        notice(later)
        assert tell_alerts(now=later) == (1 if minutes == 1 else 0)
    first, second = Message.objects.filter(template="search_alert").order_by("pk")
    assert [one["day"] for one in second.context["slots"]] == ["mercredi 9\u00a0décembre 2026"]
    assert [bool(why_unwanted(one, at=now + 2 * DAY)) for one in (first, second)] == [True, False]
    back, at = actions.Change(dt.date(2026, 12, 8), dt.time(18, 30), dt.time(20, 30), 9, 8, 2), now + 3 * DAY
    actions.change_slot(slot=world.slot, change=back, by=world.company_owner, now=at)
    notice(at)
    assert (tell_alerts(now=at), tell_alerts(now=at)) == (1, 0)


def test_slot_that_the_search_finds_no_more_is_not_told(world: World, now: dt.datetime) -> None:
    factories.make_search(now - DAY, world.association_owner, "moment=soir")
    notice(now)
    assert tell_alerts(now=now) == 1
    message = Message.objects.get(template="search_alert")
    assert why_unwanted(message, at=now) == ""
    change = actions.Change(dt.date(2026, 12, 12), dt.time(14), dt.time(16), 10, 8, 2)
    actions.change_slot(slot=world.slot, change=change, by=world.company_owner, now=now)
    assert why_unwanted(message, at=now) == "Plus rien de ce qu’il annonçait n’est à prendre."


def test_slot_published_before_its_company_signs_is_new_when_it_has(
    world: World, search: SavedSearch, now: dt.datetime
) -> None:
    Company.objects.filter(pk=world.company.pk).update(charter_approved_at=None)
    notice(now)
    tell_alerts(now=now)
    later = now + 2 * DAY
    Company.objects.filter(pk=world.company.pk).update(charter_approved_at=later)
    notice(later)
    assert (tell_alerts(now=later), told()) == (1, [[world.slot.pk]])


def test_slot_that_was_taken_meanwhile_is_not_told(world: World, search: SavedSearch, now: dt.datetime) -> None:
    notice(now)
    factories.make_booking(now, world.slot, factories.make_association(now))
    assert tell_alerts(now=now) == 0


def test_stamp_that_is_seen_late_is_told_all_the_same(world: World, search: SavedSearch, now: dt.datetime) -> None:
    """A scan stamps slots with the instant at which it began; a look comes between."""
    other = factories.make_slot(world.room, world.slot.starts_at + DAY)
    Slot.objects.filter(pk=world.slot.pk).update(matched_at=now)
    assert tell_alerts(now=now + MINUTE) == 1
    Slot.objects.filter(pk=other.pk).update(matched_at=now - MINUTE)
    assert tell_alerts(now=now + SEEN_WITHIN - 2 * MINUTE) == 1
    assert told() == [[world.slot.pk], [other.pk]]


def test_run_that_comes_late_tells_all_in_one_mail(world: World, search: SavedSearch, now: dt.datetime) -> None:
    notice(now)
    factories.make_slot(world.room, world.slot.starts_at + DAY)
    notice(now + DAY)
    assert tell_alerts(now=now + 2 * DAY) == 1
    assert [len(one) for one in told()] == [2]


def test_two_runs_at_once_tell_one_mail(committed: None, now: dt.datetime) -> None:
    """The second leaves the search to the first, and does not wait."""
    world = factories.make_world(now)
    factories.make_search(now - DAY, world.association_owner)
    notice(now)
    seen: list[int] = []

    def first(pause: Move) -> None:
        seen.append(tell_alerts(now=now))
        pause()

    assert not second_waits(first, lambda: seen.append(tell_alerts(now=now)))
    assert (sorted(seen), len(told())) == ([0, 1], 1)


def test_pair_is_told_once_whoever_writes_it(world: World, search: SavedSearch, now: dt.datetime) -> None:
    pair = {"search": search, "slot": world.slot, "starts_at": world.slot.starts_at}
    SearchNotice.objects.create(**pair, told_at=now)
    with pytest.raises(IntegrityError), transaction.atomic():
        SearchNotice.objects.create(**pair, told_at=now)


@pytest.mark.parametrize("silent", ["never", "inactive"])
def test_search_of_somebody_who_is_gone_or_wants_none_is_not_looked_at(
    world: World, search: SavedSearch, now: dt.datetime, silent: str
) -> None:
    if silent == "never":
        SavedSearch.objects.update(frequency="never")
    else:
        User.objects.filter(pk=search.user_id).update(is_active=False)
    notice(now)
    assert tell_alerts(now=now) == 0
    search.refresh_from_db()
    assert search.news_since_at == now - DAY


def test_search_that_cannot_be_told_of_holds_nobody_up_and_is_tried_again(
    world: World, search: SavedSearch, now: dt.datetime
) -> None:
    factories.make_search(now - DAY, world.company_owner)
    address = world.association_owner.email
    User.objects.filter(pk=world.association_owner.pk).update(email="karim@maison")
    notice(now)
    assert tell_alerts(now=now) == 1
    User.objects.filter(pk=world.association_owner.pk).update(email=address)
    assert tell_alerts(now=now + DAY) == 1
    assert [one.to_name for one in Message.objects.order_by("pk")] == ["Hélène", "Karim"]


def test_what_nobody_can_book_any_more_is_forgotten(world: World, search: SavedSearch, now: dt.datetime) -> None:
    notice(now)
    tell_alerts(now=now)
    later = world.slot.starts_at
    other = factories.make_slot(world.room, later + 7 * DAY)
    notice(later)
    assert tell_alerts(now=later) == 1
    assert list(SearchNotice.objects.values_list("slot", flat=True)) == [other.pk]


@pytest.mark.parametrize("count", [1, 9])
def test_look_costs_the_same_however_much_it_finds(
    world: World, search: SavedSearch, now: dt.datetime, count: int
) -> None:
    for days in range(1, count):
        factories.make_slot(world.room, world.slot.starts_at + days * DAY)
    notice(now)
    asked_by(search.query)  # a commune is read once
    with CaptureQueriesContext(connection) as asked:
        assert tell_alerts(now=now) == 1
    assert len(asked) == 2 + 9
    with CaptureQueriesContext(connection) as asked:
        assert tell_alerts(now=now + MINUTE) == 0
    assert len(asked) == 2 + 5


def test_quiet_portal_looks_at_no_search(world: World, search: SavedSearch, now: dt.datetime) -> None:
    notice(now)
    tell_alerts(now=now)
    tell_alerts(now=now + DAY)
    with CaptureQueriesContext(connection) as asked:
        tell_alerts(now=now + DAY + MINUTE)
    assert len(asked) == 2


# --- when it leaves -------------------------------------------------------------------------------------


def alert(now: dt.datetime) -> Message:
    notice(now)
    tell_alerts(now=now)
    return Message.objects.get(template="search_alert")


@pytest.mark.parametrize(
    ("frequency", "wished", "outcome"),
    [
        ("instant", "instant", None),
        ("instant", "daily", Outcome.GATHERED),
        ("instant", "never", Outcome.SKIPPED),
        ("weekly", "instant", Outcome.GATHERED),
        ("weekly", "never", Outcome.SKIPPED),
    ],
)
def test_wishes_of_the_person_hold(
    world: World, search: SavedSearch, now: dt.datetime, frequency: str, wished: str, outcome: Outcome | None
) -> None:
    SavedSearch.objects.update(frequency=frequency)
    Preferences.objects.create(address=world.association_owner.email, alerts=wished, changed_at=now)
    assert hold_back(alert(now), at=now) == outcome


def test_nobody_is_woken_by_it(world: World, search: SavedSearch, now: dt.datetime, smtp_sink: Sink) -> None:
    night = now.replace(hour=22)
    alert(night)
    deliver_due(now=night, limit=9, clock=lambda: night)
    assert smtp_sink.taken == []


def test_week_is_told_in_one_digest_with_the_first_of_all(world: World, search: SavedSearch, now: dt.datetime) -> None:
    SavedSearch.objects.update(frequency="weekly")
    later = [factories.make_slot(world.room, world.slot.starts_at + days * DAY) for days in range(7, 10)]
    notice(now)
    tell_alerts(now=now)
    earlier = [factories.make_slot(world.room, world.slot.starts_at + days * DAY) for days in range(1, 4)]
    notice(now + DAY)
    tell_alerts(now=now + DAY)
    for message in Message.objects.all():
        assert hold_back(message, at=now + DAY) == Outcome.GATHERED
    tuesday = now + 6 * DAY + 22 * 60 * MINUTE
    assert tell_digests(now=tuesday) == 1
    [item] = Message.objects.get(template="digest").context["items"]
    said = [one["id"] for one in item["facts"]["slots"]]
    # The world's own is closed by then.
    assert said == [slot.pk for slot in [*earlier, *later[:2]]]
    assert item["facts"]["more"] == 1


def test_search_that_is_told_at_once_by_now_lets_go_of_what_waits(
    world: World, search: SavedSearch, now: dt.datetime
) -> None:
    SavedSearch.objects.update(frequency="weekly")
    notice(now)
    tell_alerts(now=now)
    message = Message.objects.get()
    assert hold_back(message, at=now) == Outcome.GATHERED
    actions.change_alerts(search=search, frequency="instant", now=now + MINUTE)
    message.refresh_from_db()
    assert (message.state, message.next_attempt_at) == ("queued", now + MINUTE)
    assert hold_back(message, at=now + MINUTE) is None


@pytest.mark.parametrize("gone", ["deleted", "silenced", "inactive", "taken"])
def test_it_is_not_sent_when_it_has_no_object_any_more(
    world: World, search: SavedSearch, now: dt.datetime, smtp_sink: Sink, gone: str
) -> None:
    alert(now)
    match gone:
        case "deleted":
            actions.forget_search(search=search)
        case "silenced":
            actions.change_alerts(search=search, frequency="never", now=now)
        case "inactive":
            User.objects.filter(pk=search.user_id).update(is_active=False)
        case "taken":
            factories.make_booking(now, world.slot, factories.make_association(now))
    deliver_due(now=now, limit=9, clock=lambda: now)
    message = Message.objects.get(template="search_alert")
    why = (
        "Plus rien de ce qu’il annonçait n’est à prendre."
        if gone == "taken"
        else ("La recherche est supprimée, ou ses alertes sont arrêtées.")
    )
    assert (message.state, message.last_error, smtp_sink.taken) == ("skipped", why, [])


def test_what_is_taken_meanwhile_makes_room_for_the_others(
    world: World, search: SavedSearch, now: dt.datetime, smtp_sink: Sink
) -> None:
    later = [factories.make_slot(world.room, world.slot.starts_at + days * DAY) for days in range(1, 7)]
    alert(now)
    factories.make_booking(now, world.slot, factories.make_association(now))
    deliver_due(now=now, limit=9, clock=lambda: now)
    [(_, mail)] = [one for one in smtp_sink.taken if "Du nouveau" in one[1]["Subject"]]
    text = text_of(mail)
    assert [slot.pk for slot in later if f"/creneaux/{slot.pk}/" in text] == [slot.pk for slot in later[:5]]
    assert "… et 1 autre." in text
    assert "Ne plus recevoir ceux-ci" in text


def test_alert_speaks_the_language_of_its_reader(world: World, search: SavedSearch, now: dt.datetime) -> None:
    User.objects.filter(pk=search.user_id).update(language="en")
    assert "Tuesday 8\u00a0December 2026" in render(alert(now)).text
