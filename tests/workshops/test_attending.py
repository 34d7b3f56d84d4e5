"""Volunteers of a workshop: asked to come, there, or missed; and what a report says of each."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from time_machine import travel

from accounts.models import Role, User
from companies import actions as companies
from companies.models import SlotVolunteer
from mail import delivery
from mail.models import Message
from solidarite.company_tasks import company_figures
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.actions import Presence
from workshops.figures import given_by_volunteer, given_in_year
from workshops.forms import PresenceForm
from workshops.models import Attendance, Booking, Report, Side, Workshop
from workshops.presence import coming_path, presence_path
from workshops.volunteers import Hours, hours_given

Visitor = Callable[[User], Client]
HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)


@pytest.fixture
def workshop(world: World, now: dt.datetime) -> Workshop:
    factories.make_booking(now, world.slot, world.association)
    return Workshop.objects.with_everything().get()


@pytest.fixture
def promise(workshop: Workshop, world: World, now: dt.datetime) -> SlotVolunteer:
    return factories.make_promise(now, world.slot, world.volunteer)


def told(template: str) -> list[str]:
    return sorted(Message.objects.filter(template=template).values_list("to_name", flat=True))


def colleague(world: World, now: dt.datetime, name: str, **profile: Any) -> User:
    person = factories.make_user(name)
    factories.add_member(world.company, person, Role.VOLUNTEER, now)
    if profile:
        factories.make_profile(now, world.company, person, **profile)
    return person


def report(workshop: Workshop, side: Side, at: dt.datetime, *presences: Presence, **counts: Any) -> Report:
    by = factories.make_user()
    given = {"rating": 4} | ({"attended": 5} if side == Side.ASSOCIATION else {}) | counts
    return actions.report_workshop(
        workshop=workshop, report=Report(**given), side=side, presences=presences, by=by, now=at
    )


# --- « je suis là » ---------------------------------------------------------------------------------


def test_volunteer_says_by_the_code_that_they_are_there(
    promise: SlotVolunteer, workshop: Workshop, world: World, visitor: Visitor
) -> None:
    client, page = visitor(world.volunteer), presence_path(workshop)
    with travel(world.slot.starts_at, tick=False):
        assert "Je suis là" in client.get(page).text
        assert Attendance.objects.count() == 0
        for _ in range(2):
            assert "Merci, c’est noté" in client.post(page).text
    said = Attendance.objects.get()
    assert (said.volunteer, said.minutes, said.is_reported) == (world.volunteer, 120, False)
    assert hours_given(Attendance.objects.all(), world.slot.ends_at) == {world.volunteer.pk: Hours(2.0, 0.0)}


@pytest.mark.parametrize(
    ("later", "status"), [(-HOUR * 1.1, 409), (-HOUR, 200), (HOUR * 2 + 6 * DAY, 200), (8 * DAY, 409)]
)
def test_presence_is_said_around_the_workshop(
    promise: SlotVolunteer, workshop: Workshop, world: World, visitor: Visitor, later: dt.timedelta, status: int
) -> None:
    with travel(world.slot.starts_at + later, tick=False):
        assert visitor(world.volunteer).post(presence_path(workshop)).status_code == status
    assert Attendance.objects.count() == (status == 200)


def test_colleague_without_a_promise_takes_a_free_seat_at_the_door(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    nina, omar = colleague(world, now, "Nina"), colleague(world, now, "Omar")
    with travel(world.slot.starts_at, tick=False):
        assert visitor(nina).post(presence_path(workshop)).status_code == 200
        full = visitor(omar).post(presence_path(workshop))
    assert (full.status_code, "a tous ses bénévoles" in full.text) == (409, True)
    assert set(SlotVolunteer.objects.values_list("volunteer__name", flat=True)) == {"Lucie", "Nina"}


def test_who_comes_instead_of_who_seeks_somebody_has_their_seat(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    """At the door, when all seats are promised; not once the other has come after all."""
    nina, omar, yan = (colleague(world, now, name) for name in ("Nina", "Omar", "Yan"))
    factories.make_promise(now, world.slot, nina, seat=2, stand_in_asked_at=now)
    with travel(world.slot.starts_at, tick=False):
        assert visitor(omar).post(presence_path(workshop)).status_code == 200
        SlotVolunteer.objects.filter(volunteer=omar).update(stand_in_asked_at=now)
        assert visitor(yan).post(presence_path(workshop)).status_code == 409
    assert set(SlotVolunteer.objects.values_list("volunteer__name", flat=True)) == {"Lucie", "Omar"}
    assert [one.volunteer for one in Attendance.objects.all()] == [omar]
    assert Message.objects.get(template="stand_in_found").to_name == "Nina"


def test_who_had_promised_nothing_is_not_there_once_it_is_over(
    workshop: Workshop, world: World, visitor: Visitor
) -> None:
    with travel(world.slot.ends_at, tick=False):
        late = visitor(world.volunteer).post(presence_path(workshop))
    assert (late.status_code, "demandez à votre entreprise" in late.text) == (409, True)
    assert (SlotVolunteer.objects.count(), Attendance.objects.count()) == (0, 0)


def test_who_is_not_of_the_company_is_told_so(workshop: Workshop, visitor: Visitor, world: World) -> None:
    client = visitor(world.association_owner)
    with travel(world.slot.starts_at, tick=False):
        assert "Ce code est pour les bénévoles" in client.get(presence_path(workshop)).text
        assert client.post(presence_path(workshop)).status_code == 409
    assert Attendance.objects.count() == 0


@pytest.mark.parametrize("token", ["x", "1-2.abc", ""])
def test_code_that_we_did_not_sign_means_nothing(visitor: Visitor, world: World, token: str) -> None:
    address = reverse("workshops:presence", args=["z"]).replace("/z/", f"/{token}/")
    assert visitor(world.volunteer).get(address).status_code == 404


def test_word_said_ahead_ends_with_the_workshop_that_is_called_off(
    promise: SlotVolunteer, workshop: Workshop, world: World
) -> None:
    actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.starts_at - HOUR / 2)
    at = world.slot.starts_at - HOUR / 3
    actions.cancel_booking(booking=workshop.booking, side=Side.COMPANY, reason="Panne.", by=world.company_owner, now=at)
    assert Attendance.objects.count() == 0


def test_word_said_ahead_does_not_follow_a_workshop_that_is_moved(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    """Although the volunteer has promised the other evening as well."""
    other = factories.make_slot(world.room, world.slot.starts_at + 7 * DAY)
    factories.make_promise(now, other, world.volunteer)
    actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.starts_at - HOUR / 2)
    at, by = world.slot.starts_at - HOUR / 3, world.company_owner
    actions.move_workshop(booking=workshop.booking, slot_id=other.pk, side=Side.COMPANY, by=by, now=at)
    assert Attendance.objects.count() == 0


def test_hours_count_once_the_workshop_is_over(
    promise: SlotVolunteer, workshop: Workshop, world: World, visitor: Visitor
) -> None:
    actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.starts_at - HOUR / 2)
    client, page = visitor(world.volunteer), reverse("workshops:volunteer_history")
    certified: dict[str, Any] = {"company": world.company, "year": 2026, "by": world.volunteer}
    before, after = world.slot.ends_at - HOUR / 60, world.slot.ends_at
    with travel(before, tick=False):
        assert "Obtenir le PDF" not in client.get(page).text
    for volunteer in (world.volunteer, None):
        with pytest.raises(actions.NothingGiven, match="Aucune heure"):
            actions.certify(volunteer=volunteer, now=before, **certified)
    with travel(after, tick=False):
        assert "Obtenir le PDF" in client.get(page).text
    assert actions.certify(volunteer=world.volunteer, now=after, **certified).minutes == 120


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"minutes": 721}, "attendance_within_half_a_day"),
        ({"engagement_type": "mecenat"}, "Who is there has promised, on that time"),
        ({"told_at": dt.datetime(2026, 12, 8, 16, 29, tzinfo=dt.UTC)}, "The workshop has not begun"),
    ],
)
def test_database_refuses_presences_that_cannot_be(
    promise: SlotVolunteer, workshop: Workshop, world: World, fields: dict[str, Any], constraint: str
) -> None:
    row = {"workshop": workshop, "volunteer": world.volunteer, "minutes": 120, "engagement_type": "benevolat"}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Attendance.objects.create(**{**row, "told_at": world.slot.ends_at, **fields})


def test_database_knows_only_who_promised(workshop: Workshop, world: World) -> None:
    row = {"workshop": workshop, "minutes": 120, "engagement_type": "benevolat", "told_at": world.slot.ends_at}
    with pytest.raises(IntegrityError, match="Who is there has promised"), transaction.atomic():
        Attendance.objects.create(volunteer=world.volunteer, **row)


# --- the company's report ---------------------------------------------------------------------------


def test_report_has_the_last_word_on_each_volunteer(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    nina = colleague(world, now, "Nina")
    second = factories.make_promise(now, world.slot, nina, seat=2)
    after = world.slot.ends_at + HOUR
    actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.starts_at)
    client = visitor(world.company_owner)
    page = reverse("workshops:company_report", args=[world.company.slug, workshop.booking_id])
    with travel(after, tick=False):
        shown = client.get(page).text
        assert "Lucie" in shown
        assert "Nina" in shown
        data = {
            f"volunteer-{promise.pk}-hours": "1.5",
            f"volunteer-{promise.pk}-engagement_type": "benevolat",
            f"volunteer-{second.pk}-hours": "0",
            f"volunteer-{second.pk}-engagement_type": "benevolat",
            "volunteers": "1",
            "hours": "2",
            "engagement_type": "mecenat",
            "rating": "5",
            "sessions_cleared": "yes",
        }
        assert client.post(page, data).status_code == 302
    written = Report.objects.get()
    assert (written.volunteers, written.volunteer_minutes, written.mecenat_minutes) == (2, 210, 120)
    assert written.sessions_cleared is True
    rows = Attendance.objects.order_by("volunteer__name").values_list("volunteer__name", "minutes", "is_reported")
    assert list(rows) == [("Lucie", 90, True), ("Nina", 0, True)]
    assert hours_given(Attendance.objects.all(), after) == {world.volunteer.pk: Hours(1.5, 0.0)}
    assert company_figures(world.company, after)[-1] == {"number": "3,5", "label": "heures de bénévoles"}


def test_working_time_needs_to_have_been_promised(
    promise: SlotVolunteer, workshop: Workshop, world: World, visitor: Visitor
) -> None:
    page = reverse("workshops:company_report", args=[world.company.slug, workshop.booking_id])
    data = {
        f"volunteer-{promise.pk}-hours": "2",
        f"volunteer-{promise.pk}-engagement_type": "mecenat",
        "volunteers": "0",
        "hours": "0",
        "engagement_type": "benevolat",
        "rating": "5",
    }
    with travel(world.slot.ends_at, tick=False):
        assert visitor(world.company_owner).post(page, data).status_code == 422
    with pytest.raises(actions.NotNow):
        report(workshop, Side.COMPANY, world.slot.ends_at, Presence(world.volunteer, 60, "mecenat"))
    assert (Report.objects.count(), Attendance.objects.count()) == (0, 0)


@pytest.fixture
def at_work(workshop: Workshop, world: World, now: dt.datetime) -> SlotVolunteer:
    """Lucie has promised on working time."""
    factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat", consented_at=now)
    return factories.make_promise(now, world.slot, world.volunteer, engagement_type="mecenat")


@pytest.mark.parametrize(
    ("hours", "engagement", "own", "benevolat", "mecenat"),
    [
        ("2", "mecenat", "", 0, 120),
        ("2", "mecenat", "0.5", 30, 90),
        ("2", "mecenat", "2", 120, 0),
        ("2", "benevolat", "1", 120, 0),
        ("0", "mecenat", "0", 0, 0),
    ],
)
def test_evening_on_working_time_may_go_on_in_ones_own(
    at_work: SlotVolunteer,
    workshop: Workshop,
    world: World,
    visitor: Visitor,
    *,
    hours: str,
    engagement: str,
    own: str,
    benevolat: int,
    mecenat: int,
) -> None:
    """In the report, in the hours of the year, on the certificate and in the table alike."""
    page = reverse("workshops:company_report", args=[world.company.slug, workshop.booking_id])
    said = {"hours": hours, "engagement_type": engagement, "own_hours": own}
    data = {f"volunteer-{at_work.pk}-{name}": value for name, value in said.items()}
    others = {"volunteers": "0", "hours": "0", "engagement_type": "benevolat", "rating": "5"}
    after = world.slot.ends_at + HOUR
    with travel(after, tick=False):
        client = visitor(world.company_owner)
        assert "Dont heures de bénévolat" in client.get(page).text
        assert client.post(page, data | others).status_code == 302
    written, presences = Report.objects.get(), Attendance.objects.filter(volunteer=world.volunteer)
    assert (written.volunteer_minutes, written.mecenat_minutes) == (benevolat + mecenat, mecenat)
    assert presences.minutes_given() == {"benevolat": benevolat, "mecenat": mecenat}
    given = given_by_volunteer(world.volunteer, world.company, 2026, now=after)
    assert (given.benevolat_minutes, given.mecenat_minutes) == (benevolat, mecenat)
    assert given_in_year(world.company, now=after)[2:] == (benevolat, mecenat)
    if benevolat + mecenat:
        assert hours_given(presences, after) == {world.volunteer.pk: Hours(benevolat / 60, mecenat / 60)}
    with travel(after, tick=False):
        client = visitor(world.volunteer)
        shown = client.get(reverse("workshops:volunteer_history")).text
        table = client.get(reverse("workshops:volunteer_history"), {"format": "csv"}).content.decode("utf-8-sig")
    assert ("1,5\u00a0heure, puis bénévolat, 0,5\u00a0heure" in shown) == (own == "0.5")
    told = [line.split(";")[-2:] for line in table.splitlines()[1:]]
    both = [f"{benevolat / 60:.2f}".replace(".", ","), f"{mecenat / 60:.2f}".replace(".", ",")]
    assert told == ([both] if benevolat + mecenat else [])


def test_no_more_of_an_evening_is_ones_own_than_it_lasted(
    at_work: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    said = {f"volunteer-{at_work.pk}-{k}": v for k, v in (("hours", "1"), ("engagement_type", "mecenat"))}
    form = PresenceForm(said | {f"volunteer-{at_work.pk}-own_hours": "1.5"}, promise=at_work, said=None)
    assert form.errors == {"own_hours": ["Indiquez au plus les heures de la soirée."]}
    row = {"workshop": workshop, "volunteer": world.volunteer, "told_at": world.slot.ends_at, "minutes": 60}
    for engagement, own in (("mecenat", 60), ("benevolat", 30)):
        with pytest.raises(IntegrityError, match="attendance_beyond_working_time"), transaction.atomic():
            Attendance.objects.create(**row, engagement_type=engagement, own_minutes=own)
    promised = factories.make_promise(now, world.slot, colleague(world, now, "Nina"), seat=2)
    assert "own_hours" not in PresenceForm(promise=promised, said=None).fields


@pytest.mark.parametrize(
    ("side", "fields", "why"),
    [
        (Side.COMPANY, {}, "Le compte rendu est écrit"),
        (Side.ASSOCIATION, {"absent": "company", "rating": None, "attended": 0}, "personne de l’entreprise"),
    ],
)
def test_nobody_says_after_the_report_that_they_were_there(
    promise: SlotVolunteer,
    workshop: Workshop,
    world: World,
    now: dt.datetime,
    visitor: Visitor,
    side: Side,
    fields: dict[str, Any],
    why: str,
) -> None:
    nina = colleague(world, now, "Nina")
    after = world.slot.ends_at + HOUR
    with travel(after, tick=False):
        assert "Y étiez-vous" in visitor(world.volunteer).get(reverse("workshops:volunteering")).text
    report(workshop, side, after, **fields)
    with travel(after, tick=False):
        assert "Y étiez-vous" not in visitor(world.volunteer).get(reverse("workshops:volunteering")).text
        for person in (world.volunteer, nina):
            answer = visitor(person).post(presence_path(workshop))
            assert (answer.status_code, why in answer.text) == (409, True)
    assert (Attendance.objects.count(), SlotVolunteer.objects.count()) == (0, 1)
    row = {"workshop": workshop, "minutes": 120, "engagement_type": "benevolat", "told_at": after}
    with pytest.raises(IntegrityError, match="The report has the last word"), transaction.atomic():
        Attendance.objects.create(volunteer=world.volunteer, **row)


def test_who_said_before_the_report_that_they_were_there_may_say_it_again(
    promise: SlotVolunteer, workshop: Workshop, world: World, visitor: Visitor
) -> None:
    said = actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.starts_at)
    report(workshop, Side.ASSOCIATION, world.slot.ends_at)
    report(workshop, Side.COMPANY, world.slot.ends_at, Presence(world.volunteer, 60, "benevolat"))
    again = actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.ends_at)
    assert (again, again.minutes) == (said, 60)


def test_association_that_reports_leaves_volunteers_their_word(
    promise: SlotVolunteer, workshop: Workshop, world: World
) -> None:
    report(workshop, Side.ASSOCIATION, world.slot.ends_at)
    assert actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.ends_at).minutes == 120


# --- absences ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "absent", "told_to"), [(Side.ASSOCIATION, "company", "Hélène"), (Side.COMPANY, "association", "Karim")]
)
def test_absence_ends_as_no_show_and_is_told(
    workshop: Workshop, world: World, now: dt.datetime, side: Side, absent: str, told_to: str
) -> None:
    wanted = factories.make_request(now, world.association, state="in_progress")
    Booking.objects.update(request=wanted)
    workshop.booking.refresh_from_db()
    counts = {"attended": 0} if side == Side.ASSOCIATION else {}
    report(workshop, side, world.slot.ends_at, absent=absent, rating=None, comment="Nous avons attendu.", **counts)
    assert Booking.objects.get().state == "no_show"
    assert told("absence_reported") == [told_to]
    wanted.refresh_from_db()
    assert wanted.state == "open"


def test_first_word_stands_and_the_other_is_kept_beside_it(workshop: Workshop, world: World) -> None:
    after = world.slot.ends_at
    report(workshop, Side.ASSOCIATION, after)
    report(workshop, Side.COMPANY, after, absent="association", rating=None)
    assert (Booking.objects.get().state, Workshop.objects.get().state) == ("completed", "closed")
    assert Report.objects.filter(absent="association").count() == 1


def test_nobody_reports_itself_absent(workshop: Workshop, world: World) -> None:
    with pytest.raises(IntegrityError, match="report_nobody_where_one_was_absent"), transaction.atomic():
        report(workshop, Side.COMPANY, world.slot.ends_at, absent="company", rating=None)


def test_volunteers_who_waited_keep_their_hours(promise: SlotVolunteer, workshop: Workshop, world: World) -> None:
    waited = Presence(world.volunteer, 30, "benevolat")
    report(workshop, Side.COMPANY, world.slot.ends_at, waited, absent="association", rating=None)
    assert hours_given(Attendance.objects.all(), world.slot.ends_at) == {world.volunteer.pk: Hours(0.5, 0.0)}


# --- asking colleagues ------------------------------------------------------------------------------


def test_manager_invites_those_whom_the_date_suits(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    colleague(world, now, "Nina", moments=["evening"])
    colleague(world, now, "Omar", moments=["saturday"])
    busy = colleague(world, now, "Paul")
    elsewhere = factories.make_slot(factories.make_room(now, world.site), world.slot.starts_at)
    factories.make_promise(now, elsewhere, busy)
    client = visitor(world.company_owner)
    page = reverse("workshops:company_crew", args=[world.company.slug, workshop.booking_id])
    assert "Il manque 1\u00a0bénévole" in client.get(page).text
    invite = reverse("workshops:company_crew_invite", args=[world.company.slug, workshop.booking_id])
    for _ in range(2):
        assert "2\u00a0collègues sont invités" in client.post(invite, follow=True).text
    assert told("volunteer_invited") == ["Hélène", "Nina"]


def test_nobody_is_invited_where_nobody_is_missing(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    factories.make_promise(now, world.slot, colleague(world, now, "Nina"), seat=2)
    with pytest.raises(actions.NobodyMissing):
        actions.invite_volunteers(workshop=workshop, by=world.company_owner, now=now)


def test_three_days_ahead_colleagues_are_called_once(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    colleague(world, now, "Nina")
    assert actions.call_volunteers(now=world.slot.starts_at - 3 * DAY - HOUR) == 0
    for _ in range(2):
        actions.call_volunteers(now=world.slot.starts_at - 3 * DAY)
    assert told("volunteers_missing") == ["Hélène", "Nina"]


def test_colleagues_are_called_again_when_somebody_leaves_after_the_call(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    colleague(world, now, "Nina")
    client, leave = visitor(promise.volunteer), reverse("workshops:volunteer_leave", args=[world.slot.pk])
    with travel(world.slot.starts_at - 2 * DAY, tick=False):
        for _ in range(2):
            client.post(leave)
    assert told("volunteers_missing") == ["Hélène", "Nina"]


def test_colleagues_are_called_again_whatever_ended_a_promise_since(
    workshop: Workshop, world: World, now: dt.datetime
) -> None:
    profile = factories.make_profile(now, world.company, world.volunteer, engagement_type="mecenat", consented_at=now)
    factories.make_promise(now, world.slot, world.volunteer, engagement_type="mecenat")
    nina = colleague(world, now, "Nina")
    at = world.slot.starts_at - 3 * DAY
    assert [actions.call_volunteers(now=at), actions.call_volunteers(now=at + HOUR)] == [1, 0]
    companies.withdraw_consent(profile=profile, by=world.company_owner, now=at + DAY)
    assert [actions.call_volunteers(now=at + DAY + HOUR), actions.call_volunteers(now=at + DAY + 2 * HOUR)] == [1, 0]
    assert told("volunteers_missing") == ["Hélène", "Hélène", "Nina", "Nina"]
    actions.come(workshop=workshop, by=nina, now=at + DAY + 2 * HOUR)
    member = world.company.memberships.get(user=nina)
    companies.remove_member(organisation=world.company, member=member, by=world.company_owner, now=at + 2 * DAY)
    assert actions.call_volunteers(now=at + 2 * DAY + HOUR) == 1
    assert told("volunteers_missing") == ["Hélène", "Hélène", "Hélène", "Nina", "Nina"]


def test_who_leaves_and_is_called_for_at_once_is_not_called_for_again(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    at = world.slot.starts_at - 2 * DAY
    assert actions.leave(slot=world.slot, by=world.volunteer, now=at)
    assert actions.call_volunteers(now=at + HOUR) == 0
    assert told("volunteers_missing") == ["Hélène"]


def test_nobody_is_called_again_when_a_seat_is_taken_over(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    """The other seat was free before, and everybody was called for it."""
    at = world.slot.starts_at - 2 * DAY
    SlotVolunteer.objects.filter(pk=promise.pk).update(stand_in_asked_at=now)
    nina = colleague(world, now, "Nina")
    assert actions.call_volunteers(now=at) == 1
    seeking = SlotVolunteer.objects.with_place().get(pk=promise.pk)
    companies.take_over(promise=seeking, by=nina, now=at + HOUR)
    assert actions.call_volunteers(now=at + 2 * HOUR) == 0
    assert actions.leave(slot=world.slot, by=nina, now=at + 3 * HOUR)
    assert told("volunteers_missing") == ["Hélène", "Hélène", "Nina"]


def test_nobody_is_called_when_somebody_leaves_in_good_time(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    colleague(world, now, "Nina")
    early = world.slot.starts_at - 3 * DAY - HOUR
    assert actions.leave(slot=world.slot, by=promise.volunteer, now=early)
    assert told("volunteers_missing") == []


def test_who_seeks_a_stand_in_is_not_counted_among_those_who_come(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    page = reverse("workshops:company_crew", args=[world.company.slug, workshop.booking_id])
    client = visitor(world.company_owner)
    assert "<h2>1 sur 2</h2>" in client.get(page).text
    SlotVolunteer.objects.filter(pk=promise.pk).update(stand_in_asked_at=now)
    asked = client.get(page).text
    assert ("<h2>0 sur 2</h2>" in asked, "Il manque 2\u00a0bénévoles" in asked) == (True, True)


def test_who_seeks_a_stand_in_is_called_for(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime, visitor: Visitor
) -> None:
    nina, omar = colleague(world, now, "Nina"), colleague(world, now, "Omar")
    factories.make_promise(now, world.slot, nina, seat=2)
    SlotVolunteer.objects.filter(pk=promise.pk).update(stand_in_asked_at=now)
    actions.call_volunteers(now=world.slot.starts_at - DAY)
    assert told("volunteers_missing") == ["Hélène", "Omar"]
    path = coming_path(workshop, omar)
    with travel(now, tick=False):
        assert "Je participe" in Client().get(path).text
        assert "on compte sur vous" in Client().post(path).text
        assert "on compte sur vous" in Client().post(path).text
    assert set(SlotVolunteer.objects.values_list("volunteer__name", flat=True)) == {"Nina", "Omar"}


def test_call_is_held_back_once_the_seats_are_taken(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    nina = colleague(world, now, "Nina")
    at = world.slot.starts_at - DAY
    actions.call_volunteers(now=at)
    actions.come(workshop=workshop, by=nina, now=at)
    delivery.deliver_due(now=at, limit=9, clock=lambda: at)
    why = Message.objects.filter(template="volunteers_missing").values_list("last_error", flat=True)
    assert set(why) == {"L’atelier a tous ses bénévoles."}


@pytest.mark.parametrize("template", ["volunteer_invited", "volunteers_missing"])
def test_who_comes_already_is_not_asked_to_come(
    workshop: Workshop, world: World, now: dt.datetime, template: str
) -> None:
    nina = colleague(world, now, "Nina")
    at = world.slot.starts_at - DAY
    if template == "volunteer_invited":
        actions.invite_volunteers(workshop=workshop, by=world.company_owner, now=at)
    else:
        actions.call_volunteers(now=at)
    actions.come(workshop=workshop, by=nina, now=at)
    delivery.deliver_due(now=at, limit=9, clock=lambda: at)
    asked = dict(Message.objects.filter(template=template).values_list("to_name", "last_error"))
    assert asked == {"Hélène": "", world.volunteer.name: "", "Nina": "Cette personne a déjà promis de venir."}


def test_who_seeks_a_stand_in_comes_after_all_by_the_link_of_a_mail(
    promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime
) -> None:
    companies.ask_stand_in(promise=promise, now=now)
    path = coming_path(workshop, world.volunteer)
    with travel(now, tick=False):
        assert "Venez-vous à cet atelier" in Client().get(path).text
        assert "on compte sur vous" in Client().post(path).text
    assert SlotVolunteer.objects.get().stand_in_asked_at is None


def test_link_of_a_mail_ends_with_the_membership(workshop: Workshop, world: World) -> None:
    path = coming_path(workshop, world.volunteer)
    assert Client().get(path).status_code == 200
    world.company.memberships.filter(user=world.volunteer).delete()
    assert Client().get(path).status_code == 404


def test_link_says_what_is_too_late(promise: SlotVolunteer, workshop: Workshop, world: World, now: dt.datetime) -> None:
    nina = colleague(world, now, "Nina")
    with travel(world.slot.starts_at, tick=False):
        answer = Client().post(coming_path(workshop, nina))
    assert (answer.status_code, "n’est plus à venir" in answer.text) == (409, True)
