"""Two accounts of one workshop: what counts meanwhile, and a moderator who says what happened."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.actions import files
from accounts.models import Decision, User
from associations.models import Request
from mail.models import Message
from mail.rendering import render
from solidarite.invariants import broken, states
from solidarite.invariants import workshops as kept
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.actions.attending import Presence
from workshops.figures import given_by_volunteer, given_in_year, public_figures
from workshops.history import lines
from workshops.models import Booking, Dispute, Report, Side, Workshop
from workshops.reliability import record

Visitor = Callable[[User], Client]
CHECKS = [*kept.CHECKS, *(check for check in states.CHECKS if check.table.startswith("workshops"))]
HOUR, FORTNIGHT = dt.timedelta(hours=1), dt.timedelta(days=14)


@pytest.fixture
def wanted(world: World, now: dt.datetime) -> Request:
    request = factories.make_request(now, world.association, state="in_progress")
    factories.make_booking(now, world.slot, world.association, request=request)
    return request


def say(side: Side, at: dt.datetime, report: Report) -> None:
    workshop = Workshop.objects.with_everything().get()
    actions.report_workshop(workshop=workshop, report=report, side=side, by=factories.make_user(), now=at)


def nobody_there(at: dt.datetime) -> None:
    gone = Report(absent=Side.ASSOCIATION, volunteers=2, volunteer_minutes=240, mecenat_minutes=0)
    say(Side.COMPANY, at, gone)


def nine_came(at: dt.datetime) -> None:
    say(Side.ASSOCIATION, at, Report(attended=9, rating=5))


def counted(world: World, at: dt.datetime) -> list[tuple[int, int]]:
    return [(one.workshops, one.people) for one in (public_figures(at), given_in_year(world.company, now=at))]


def kinds(world: World, at: dt.datetime) -> list[str]:
    return [fact.kind for own in (world.company, world.association) for fact in record(own, at).facts]


def settle(world: World, at: dt.datetime, *, held: bool) -> None:
    dispute = Dispute.objects.get()
    files.claim_file(dispute, by=world.moderator, now=at)
    actions.settle_dispute(dispute=dispute, held=held, reason="Vu les photos.", by=world.moderator, now=at)


@pytest.mark.parametrize("tellers", [(nobody_there, nine_came), (nine_came, nobody_there)])
def test_what_two_sides_tell_differently_counts_nowhere_until_a_moderator_says(
    world: World, wanted: Request, now: dt.datetime, tellers: Iterable[Callable[[dt.datetime], None]]
) -> None:
    end = world.slot.ends_at
    for tell in tellers:
        tell(end)
    assert (counted(world, end), kinds(world, end)) == ([(0, 0)] * 2, ["disputed"] * 2)
    settle(world, end + HOUR, held=True)
    wanted.refresh_from_db()
    assert (Booking.objects.get().state, wanted.state) == ("completed", "fulfilled")
    assert (counted(world, end), kinds(world, end)) == ([(1, 9)] * 2, ["held"] * 2)
    decision = Decision.objects.get()
    assert (decision.subject, decision.outcome, decision.reason) == ("dispute", "held", "Vu les photos.")
    assert broken(now=end + HOUR, checks=CHECKS) == {}


@pytest.mark.parametrize("tellers", [(nobody_there, nine_came), (nine_came, nobody_there)])
def test_workshop_that_did_not_take_place_is_missed(
    world: World, wanted: Request, now: dt.datetime, tellers: Iterable[Callable[[dt.datetime], None]]
) -> None:
    end = world.slot.ends_at
    for tell in tellers:
        tell(end)
    settle(world, end + HOUR, held=False)
    assert Booking.objects.get().state == "no_show"
    assert (counted(world, end), kinds(world, end)) == ([(0, 0)] * 2, ["waited", "absent"])
    # Those who waited gave their time.
    assert public_figures(end).volunteer_hours == 4
    assert broken(now=end + HOUR, checks=CHECKS) == {}


def test_request_that_another_booking_answers_goes_its_way(world: World, wanted: Request, now: dt.datetime) -> None:
    end = world.slot.ends_at
    nobody_there(end)
    later = factories.make_slot(world.room, world.slot.starts_at + FORTNIGHT)
    factories.make_booking(end, later, world.association, request=wanted)
    Request.objects.update(state="in_progress")
    workshop = Workshop.objects.with_everything().get(booking__slot=world.slot)
    report, by = Report(attended=9, rating=5), world.association_owner
    actions.report_workshop(workshop=workshop, report=report, side=Side.ASSOCIATION, by=by, now=end)
    settle(world, end + HOUR, held=True)
    wanted.refresh_from_db()
    assert wanted.state == "in_progress"


def test_each_who_says_that_the_other_was_not_there_is_believed_by_nobody(
    world: World, wanted: Request, now: dt.datetime
) -> None:
    end = world.slot.ends_at
    nobody_there(end)
    say(Side.ASSOCIATION, end, Report(absent=Side.COMPANY, attended=0))
    settle(world, end + HOUR, held=False)
    assert kinds(world, end) == ["disputed"] * 2


@pytest.mark.parametrize("held", [None, True, False])
def test_hours_of_a_volunteer_count_as_those_of_the_company_do(
    world: World, wanted: Request, now: dt.datetime, *, held: bool | None
) -> None:
    """In the sums, on the certificates, and line by line."""
    end = world.slot.ends_at
    factories.make_promise(now, world.slot, world.volunteer)
    workshop = Workshop.objects.with_everything().get()
    there = [Presence(world.volunteer, 120, "benevolat")]
    said: dict[str, Any] = {"workshop": workshop, "by": factories.make_user(), "now": end}
    actions.report_workshop(report=Report(rating=4), side=Side.COMPANY, presences=there, **said)
    actions.report_workshop(report=Report(absent=Side.COMPANY, attended=0), side=Side.ASSOCIATION, **said)
    if held is not None:
        settle(world, end + HOUR, held=held)
    minutes = 120 if held else 0
    assert given_in_year(world.company, 2026, now=end).minutes == minutes
    assert given_by_volunteer(world.volunteer, world.company, 2026, now=end).minutes == minutes
    assert [line.benevolat_minutes for line in lines(Booking.objects.all())] == [minutes]


def test_lines_add_up_to_the_sums_where_nobody_was_believed(world: World, wanted: Request, now: dt.datetime) -> None:
    end = world.slot.ends_at
    nobody_there(end)
    nine_came(end)
    assert [line.people for line in lines(Booking.objects.all())] == [None]
    settle(world, end + HOUR, held=False)
    assert [line.people for line in lines(Booking.objects.all())] == [0]


def test_what_volunteers_say_before_their_company_is_in_its_lines(
    world: World, wanted: Request, now: dt.datetime
) -> None:
    factories.make_promise(now, world.slot, world.volunteer)
    workshop = Workshop.objects.with_everything().get()
    actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.starts_at)
    line = lines(Booking.objects.all())[0]
    given = given_in_year(world.company, 2026, now=world.slot.ends_at)
    assert (line.volunteers, line.benevolat_minutes) == (1, given.benevolat_minutes) == (1, 120)


def test_association_that_says_that_nobody_came_once_the_company_was_believed(
    world: World, wanted: Request, now: dt.datetime
) -> None:
    end = world.slot.ends_at
    say(Side.COMPANY, end, Report(rating=4, volunteers=2, volunteer_minutes=240, mecenat_minutes=0))
    assert counted(world, end) == [(1, 0)] * 2
    actions.ask_for_reports(now=end + FORTNIGHT)
    assert counted(world, end) == [(1, 0)] * 2
    say(Side.ASSOCIATION, end + FORTNIGHT, Report(rating=4, attended=0))
    assert (counted(world, end), kinds(world, end)) == ([(0, 0)] * 2, ["disputed"] * 2)


def test_one_account_or_two_that_agree_are_no_dispute(world: World, wanted: Request, now: dt.datetime) -> None:
    nine_came(world.slot.ends_at)
    say(Side.COMPANY, world.slot.ends_at, Report(rating=4, volunteers=0, volunteer_minutes=0, mecenat_minutes=0))
    assert not Dispute.objects.exists()


def test_moderator_finds_it_in_the_queue_and_both_sides_read_what_was_decided(
    world: World, wanted: Request, now: dt.datetime, visitor: Visitor
) -> None:
    end = world.slot.ends_at
    nobody_there(end)
    nine_came(end)
    number, wanted_booking = Dispute.objects.get().pk, Booking.objects.get().pk

    def seen() -> list[str]:
        pages = []
        for side in Side:
            own, person = getattr(world, side), getattr(world, f"{side}_owner")
            pages.append(
                visitor(person).get(reverse(f"workshops:{side}_booking", args=[own.slug, wanted_booking])).text
            )
        return pages

    def listed() -> list[bool]:
        pages = [
            visitor(world.company_owner).get(reverse("company", args=[world.company.slug])).text,
            visitor(world.association_owner).get(reverse("association", args=[world.association.slug])).text,
        ]
        return ["récits différents" in page for page in pages]

    with travel(end, tick=False):
        assert all("Vos deux récits diffèrent" in page for page in seen())
        assert listed() == [True, True]
        moderator = visitor(world.moderator)
        assert "Récits différents" in moderator.get(reverse("moderation")).text
        page = moderator.post(reverse("moderation_claim", args=["dispute", number]), follow=True).text
        assert ("9\u00a0personnes" in page, "l’association n’est pas venue" in page) == (True, True)
        decide = reverse("moderation_decide", args=["dispute", number])
        assert moderator.post(decide, {"outcome": "approve", "reason": ""}).status_code == 422
        done = moderator.post(decide, {"outcome": "approve", "reason": "La feuille d’arrivée est signée."}, follow=True)
        assert "Les deux côtés la lisent" in done.text
        for page in seen():
            assert ("atelier tenu" in page, "La feuille d’arrivée est signée." in page) == (True, True)
            assert "récits différents" not in page
        assert listed() == [False, False]


def test_nothing_else_changes_what_was_reported(world: World, wanted: Request, now: dt.datetime) -> None:
    end = world.slot.ends_at
    nobody_there(end)
    for settled in ("nobody has asked", "open"):
        with pytest.raises(IntegrityError, match="does not become"), transaction.atomic():
            Booking.objects.update(state="completed")
        if settled != "open":
            nine_came(end)


def test_where_each_waited_for_the_other_a_moderator_may_say_that_it_took_place(
    world: World, wanted: Request, now: dt.datetime
) -> None:
    end = world.slot.ends_at
    nobody_there(end)
    say(Side.ASSOCIATION, end, Report(attended=0, absent=Side.COMPANY))
    settle(world, end, held=True)
    assert Booking.objects.get().state == Booking.State.COMPLETED
    assert broken(now=end + HOUR, checks=CHECKS) == {}


@pytest.mark.parametrize(
    ("held", "french", "english"),
    [(True, "l’atelier a eu lieu", "took place"), (False, "l’atelier n’a pas eu lieu", "did not take place")],
)
def test_both_sides_are_mailed_what_was_concluded(
    world: World, wanted: Request, now: dt.datetime, *, held: bool, french: str, english: str
) -> None:
    User.objects.filter(pk=world.association_owner.pk).update(language="en")
    end = world.slot.ends_at
    nobody_there(end)
    nine_came(end)
    settle(world, end, held=held)
    mails = {mail.to_email: mail for mail in Message.objects.filter(template="dispute_settled")}
    assert set(mails) == {world.company_owner.email, world.association_owner.email}
    told = {address: render(mail).text for address, mail in mails.items()}
    assert (french in told[world.company_owner.email], english in told[world.association_owner.email]) == (True, True)
    assert all("Vu les photos." in text for text in told.values())
