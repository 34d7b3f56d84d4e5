"""A report that is corrected: what counts follows, what was told before is kept, the story stands."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.actions import files
from accounts.audit import changes
from accounts.models import User
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.figures import given_by_volunteer, given_in_year
from workshops.models import Attendance, Booking, Dispute, Report, Side

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    return factories.make_booking(now, world.slot, world.association)


def write(booking: Booking, side: Side, **said: Any) -> Report:
    report = Report(**({"rating": 4} if not said.get("absent") else {}), **said)
    end, by = booking.slot.ends_at, factories.make_user()
    return actions.report_workshop(workshop=booking.workshop, report=report, side=side, by=by, now=end)


def correct(report: Report, at: dt.datetime, **said: Any) -> None:
    row = Report.objects.get(pk=report.pk)
    for name, value in said.items():
        setattr(row, name, value)
    actions.correct_report(report=row, by=factories.make_user(), now=at)


def decide(booking: Booking, world: World, at: dt.datetime, *, held: bool) -> None:
    dispute = Dispute.objects.get()
    files.claim_file(dispute, by=world.moderator, now=at)
    actions.settle_dispute(dispute=dispute, held=held, reason="Vu les photos.", by=world.moderator, now=at)


def test_what_counts_follows_and_what_was_told_is_kept(booking: Booking, world: World) -> None:
    end = world.slot.ends_at
    report = write(booking, Side.ASSOCIATION, attended=90, taught=["email"])
    correct(report, end + DAY, attended=9, taught=["email", "diagnostic_numerique"], comment="Neuf.")
    correct(report, end + 2 * DAY, attended=9)
    report.refresh_from_db()
    assert (report.attended, report.comment, report.corrected_at) == (9, "Neuf.", end + DAY)
    assert given_in_year(world.company, now=end).people == 9
    told = {(one.column, one.before, one.after) for one in changes(report)}
    assert ("personnes venues", "90", "9") in told
    assert ("ce qui a été abordé", "E-mail", "E-mail, Diagnostic numérique") in told


@pytest.mark.parametrize("before", [5, 0])
def test_whether_anybody_came_is_another_story(booking: Booking, world: World, before: int) -> None:
    report = write(booking, Side.ASSOCIATION, attended=before)
    with pytest.raises(actions.AnotherStory):
        correct(report, world.slot.ends_at, attended=5 - before)
    with pytest.raises(IntegrityError, match="not corrected"), transaction.atomic():
        Report.objects.update(attended=5 - before)


def test_report_stands_after_a_fortnight(booking: Booking, world: World) -> None:
    report = write(booking, Side.ASSOCIATION, attended=5)
    correct(report, world.slot.ends_at + 13 * DAY, attended=6)
    with pytest.raises(actions.NotCorrectable, match="14 jours"):
        correct(report, world.slot.ends_at + 14 * DAY, attended=7)


@pytest.mark.parametrize("held", [True, False])
def test_decided_dispute_lets_give_figures_who_was_not_believed_alone(
    booking: Booking, world: World, *, held: bool
) -> None:
    end = world.slot.ends_at
    ours = write(booking, Side.COMPANY, volunteers=2, volunteer_minutes=240, mecenat_minutes=0)
    gone = write(booking, Side.ASSOCIATION, absent=Side.COMPANY, attended=0)
    decide(booking, world, end + 20 * DAY, held=held)
    with pytest.raises(actions.NotCorrectable, match="a conclu"):
        correct(ours, end + 21 * DAY, volunteers=3)
    if not held:
        with pytest.raises(actions.NotCorrectable, match="a conclu"):
            correct(gone, end + 21 * DAY, comment="Si.")
        return
    correct(gone, end + 21 * DAY, absent="", attended=7, rating=3)
    assert given_in_year(world.company, now=end).people == 7
    with pytest.raises(actions.NotCorrectable):
        correct(gone, end + 22 * DAY, attended=8)


def test_association_corrects_on_the_page_and_the_company_reads_that_it_did(
    booking: Booking, world: World, visitor: Visitor
) -> None:
    write(booking, Side.ASSOCIATION, attended=5, under_12=2, taught=["email"], comment="Très bien.")
    page = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    form = reverse("workshops:association_report", args=[world.association.slug, booking.pk]) + "?corriger=1"
    with travel(world.slot.ends_at + DAY, tick=False):
        client = visitor(world.association_owner)
        assert form in client.get(page).text
        shown = client.get(form).text
        assert all(part in shown for part in ('value="5"', "Très bien.", "Enregistrer la correction"))
        assert 'name="absent"' not in shown
        refused = client.post(form, {"attended": 0, "rating": 4, "taught": ["email"]})
        assert (refused.status_code, "indiquez au moins une personne" in refused.text) == (422, True)
        said = {"attended": 6, "under_12": 2, "rating": 4, "taught": ["email"], "comment": "Très bien."}
        done = client.post(form, said, follow=True).text
        assert ("6\u00a0personnes, dont 2" in done, "Corrigé le" in done) == (True, True)
        theirs = reverse("workshops:company_booking", args=[world.company.slug, booking.pk])
        assert "a corrigé son compte rendu le" in visitor(world.company_owner).get(theirs).text
    with travel(world.slot.ends_at + 15 * DAY, tick=False):
        assert "se corrige pendant 14" in visitor(world.association_owner).get(form).text


def test_company_corrects_hours_and_certificates_tell_the_truth(
    booking: Booking, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    promise = factories.make_promise(now, world.slot, world.volunteer)
    end, year = world.slot.ends_at, world.slot.ends_at.year
    form = reverse("workshops:company_report", args=[world.company.slug, booking.pk])
    line = f"volunteer-{promise.pk}"
    said = {f"{line}-hours": "2", f"{line}-engagement_type": "benevolat", "volunteers": 3, "hours": "1.5"}
    said |= {"engagement_type": "mecenat", "rating": 5, "sessions_cleared": "yes"}
    with travel(end, tick=False):
        client = visitor(world.company_owner)
        client.post(form, said)
        write(booking, Side.ASSOCIATION, attended=5)
        company = actions.certify(company=world.company, volunteer=None, year=year, by=world.company_owner, now=end)
        shown = client.get(f"{form}?corriger=1").text
        assert ('name="hours" value="1.5"' in shown, 'name="volunteers" value="3"' in shown) == (True, True)
        client.post(f"{form}?corriger=1", said)
        assert Report.objects.get(side=Side.COMPANY).corrected_at is None
        client.post(f"{form}?corriger=1", said | {f"{line}-hours": "1", "hours": "1"})
        report = Report.objects.get(side=Side.COMPANY)
        assert (report.volunteers, report.volunteer_minutes, report.mecenat_minutes) == (4, 240, 180)
        assert Attendance.objects.get().minutes == 60
        assert given_by_volunteer(world.volunteer, world.company, year, now=end).minutes == 60
        verified = client.get(reverse("workshops:certificate", args=[company.code])).text
        assert "3\u00a0heures" in verified


def test_who_waited_in_vain_corrects_words_and_hours(booking: Booking, world: World, visitor: Visitor) -> None:
    """Of an absence that nobody contests nothing else is asked."""
    write(booking, Side.COMPANY, absent=Side.ASSOCIATION, volunteers=2, volunteer_minutes=240, mecenat_minutes=0)
    form = reverse("workshops:company_report", args=[world.company.slug, booking.pk]) + "?corriger=1"
    said = {"volunteers": 1, "hours": "2", "engagement_type": "benevolat", "comment": "Une seule."}
    with travel(world.slot.ends_at + DAY, tick=False):
        client = visitor(world.company_owner)
        shown = client.get(form).text
        assert [f'name="{name}"' in shown for name in ("rating", "absent", "hours")] == [False, False, True]
        client.post(form, said)
    report = Report.objects.get()
    assert (report.absent, report.volunteer_minutes, report.comment) == ("association", 120, "Une seule.")


def test_who_was_not_believed_gives_figures_on_the_page(booking: Booking, world: World, visitor: Visitor) -> None:
    write(booking, Side.COMPANY, volunteers=2, volunteer_minutes=240, mecenat_minutes=0)
    write(booking, Side.ASSOCIATION, absent=Side.COMPANY, attended=0, comment="Porte close.")
    page = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    form = reverse("workshops:association_report", args=[world.association.slug, booking.pk]) + "?corriger=1"
    said = {"attended": 7, "rating": 3, "taught": ["email"], "comment": ""}
    with travel(world.slot.ends_at + DAY, tick=False):
        client = visitor(world.association_owner)
        shown = client.get(form).text
        assert ('name="attended"' in shown, "Porte close." in shown) == (False, True)
        client.post(form, {**said, "comment": "Porte fermée."})
        assert Report.objects.get(side=Side.ASSOCIATION).comment == "Porte fermée."
        decide(booking, world, world.slot.ends_at + DAY, held=True)
        assert "Donner vos nombres" in client.get(page).text
        assert "7\u00a0personnes" in client.post(form, said, follow=True).text
        assert "Donner vos nombres" not in client.get(page).text
    report = Report.objects.get(side=Side.ASSOCIATION)
    assert (report.absent, report.attended, report.rating) == ("", 7, 3)


def test_moderator_reads_what_a_report_was(booking: Booking, world: World, visitor: Visitor) -> None:
    report = write(booking, Side.COMPANY, volunteers=2, volunteer_minutes=240, mecenat_minutes=0)
    write(booking, Side.ASSOCIATION, absent=Side.COMPANY, attended=0)
    correct(report, world.slot.ends_at, volunteers=3)
    number = Dispute.objects.get().pk
    with travel(world.slot.ends_at + DAY, tick=False):
        client = visitor(world.moderator)
        client.post(reverse("moderation_claim", args=["dispute", number]))
        page = client.get(reverse("moderation_file", args=["dispute", number])).text
    assert ("2 → 3" in page, "corrigé le" in page) == (True, True)
