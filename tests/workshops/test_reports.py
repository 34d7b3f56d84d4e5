import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from time_machine import travel

from accounts.models import Role, User
from associations.models import Request
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.figures import public_figures
from workshops.forms import AssociationReportForm, CompanyReportForm
from workshops.forms.reports import PresenceForm
from workshops.models import Attendance, Booking, Report, Side, Workshop


@pytest.fixture
def booking(world: World, now: dt.datetime) -> Booking:
    return factories.make_booking(now, world.slot, world.association)


def write(booking: Booking, side: Side, at: dt.datetime, **counts: Any) -> Report:
    return actions.report_workshop(
        workshop=booking.workshop,
        report=Report(rating=4, **counts),
        side=side,
        by=factories.make_user(),
        now=at,
    )


def test_both_reports_close_the_workshop_and_move_the_figures(booking: Booking, world: World) -> None:
    after = world.slot.ends_at
    write(booking, Side.ASSOCIATION, after, attended=5)
    assert Workshop.objects.get().state == "planned"
    write(booking, Side.COMPANY, after, volunteers=2, volunteer_minutes=240)
    assert (Workshop.objects.get().state, Booking.objects.get().state) == ("closed", "completed")
    figures = public_figures(after)
    assert (figures.workshops, figures.people, figures.volunteer_hours) == (1, 5, 4)


FORTNIGHT = dt.timedelta(days=14)
UNTICK = "videz ces réponses, ou décochez l’absence."


@pytest.fixture
def wanted(booking: Booking, world: World, now: dt.datetime) -> Request:
    """What the booking answers."""
    request = factories.make_request(now, world.association, state="in_progress")
    Booking.objects.update(request=request)
    booking.refresh_from_db()
    return request


def standing(request: Request) -> tuple[str, str, str]:
    return (
        Booking.objects.get().state,
        Workshop.objects.get().state,
        Request.objects.values_list("state", flat=True).get(pk=request.pk),
    )


@pytest.mark.parametrize("late", [dt.timedelta(0), dt.timedelta(days=60)])
def test_company_that_reports_alone_has_the_last_word_after_a_fortnight(
    booking: Booking, wanted: Request, world: World, late: dt.timedelta
) -> None:
    end = world.slot.ends_at
    write(booking, Side.COMPANY, end, volunteers=2, volunteer_minutes=240, mecenat_minutes=0)
    figures = public_figures(end)
    assert (figures.workshops, figures.people, figures.volunteer_hours) == (1, 0, 4)
    actions.ask_for_reports(now=end + FORTNIGHT - dt.timedelta(minutes=1))
    assert standing(wanted) == ("confirmed", "planned", "in_progress")
    for _ in range(2):
        actions.ask_for_reports(now=end + FORTNIGHT + late)
        assert standing(wanted) == ("completed", "planned", "fulfilled")
    write(booking, Side.ASSOCIATION, end + FORTNIGHT + late, attended=5)
    assert standing(wanted) == ("completed", "closed", "fulfilled")
    figures = public_figures(end)
    assert (figures.workshops, figures.people, figures.volunteer_hours) == (1, 5, 4)


def test_silence_of_both_and_absence_are_not_settled_by_time(booking: Booking, wanted: Request, world: World) -> None:
    later = world.slot.ends_at + 2 * FORTNIGHT
    actions.ask_for_reports(now=later)
    assert standing(wanted) == ("confirmed", "planned", "in_progress")
    workshop = Workshop.objects.with_everything().get()
    assert actions.settle_by_company(workshop=workshop, now=later) is False
    gone = Report(absent=Side.ASSOCIATION)
    actions.report_workshop(workshop=workshop, report=gone, side=Side.COMPANY, by=world.company_owner, now=later)
    actions.ask_for_reports(now=later)
    assert actions.settle_by_company(workshop=workshop, now=later) is False
    assert standing(wanted) == ("no_show", "planned", "open")


@pytest.mark.parametrize("company_first", ["company first", ""])
def test_workshop_to_which_nobody_came_was_not_held(
    booking: Booking, wanted: Request, world: World, company_first: str
) -> None:
    end = world.slot.ends_at
    sides = [(Side.ASSOCIATION, {"attended": 0}), (Side.COMPANY, {"volunteers": 2, "volunteer_minutes": 240})]
    for side, counts in sides[::-1] if company_first else sides:
        write(booking, side, end, **counts)
    assert standing(wanted) == ("no_show", "closed", "open")
    figures = public_figures(end)
    # Those who waited gave their time.
    assert (figures.workshops, figures.people, figures.volunteer_hours) == (0, 0, 4)


def test_report_before_the_end_is_refused(booking: Booking, world: World) -> None:
    with pytest.raises(actions.NotOver):
        write(booking, Side.ASSOCIATION, world.slot.ends_at - dt.timedelta(minutes=1), attended=5)


def test_second_report_of_a_side_is_refused(booking: Booking, world: World) -> None:
    write(booking, Side.COMPANY, world.slot.ends_at, volunteers=2, volunteer_minutes=240)
    with pytest.raises(actions.AlreadyReported):
        write(booking, Side.COMPANY, world.slot.ends_at, volunteers=1, volunteer_minutes=60)


def test_report_sent_twice_is_written_once(booking: Booking, world: World) -> None:
    def send() -> Report:
        return actions.report_workshop(
            workshop=booking.workshop,
            report=Report(rating=4, attended=5, comment="Merci."),
            side=Side.ASSOCIATION,
            by=world.association_owner,
            now=world.slot.ends_at,
        )

    assert send() == send()
    assert Report.objects.count() == 1


@pytest.mark.parametrize(
    ("side", "counts"),
    [
        (Side.ASSOCIATION, {"attended": 3, "mecenat_minutes": 4}),
        (Side.COMPANY, {"volunteers": 2, "volunteer_minutes": 60, "mecenat_minutes": 61}),
        (Side.COMPANY, {"volunteers": 2, "volunteer_minutes": 60, "taught": ["email"]}),
        (Side.ASSOCIATION, {"attended": 3, "under_12": 4}),
        (Side.ASSOCIATION, {"attended": None}),
        (Side.COMPANY, {"attended": 3}),
        (Side.COMPANY, {"attended": 2, "volunteers": 2}),
    ],
)
def test_counts_of_the_wrong_side_are_refused_by_the_database(
    booking: Booking, world: World, side: Side, counts: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match="report_counts_of_its_side"), transaction.atomic():
        write(booking, side, world.slot.ends_at, **counts)


@pytest.mark.parametrize(
    ("answer", "kept", "shown"),
    [
        ({"sessions_cleared": "yes"}, True, "effacées"),
        ({"sessions_cleared": "no"}, False, "pas effacées"),
        ({}, None, ""),
    ],
)
def test_who_does_not_say_whether_sessions_are_cleared_does_not_say_no(
    booking: Booking,
    world: World,
    visitor: Callable[[User], Client],
    answer: dict[str, str],
    kept: object,
    shown: str,
) -> None:
    page = reverse("workshops:association_report", args=[world.association.slug, booking.pk])
    with travel(world.slot.ends_at, tick=False):
        done = visitor(world.association_owner).post(page, {"attended": "3", "rating": "5", **answer}, follow=True).text
    assert Report.objects.get().sessions_cleared is kept
    assert (f"<dt>Sessions</dt><dd>{shown}</dd>" in done, "<dt>Sessions</dt>" in done) == (bool(shown), bool(shown))


@pytest.mark.parametrize("side", ["company", "association"])
def test_what_is_done_when_leaving_is_read_that_day(
    booking: Booking, world: World, visitor: Callable[[User], Client], side: str
) -> None:
    page = reverse(f"workshops:{side}_booking", args=[getattr(world, side).slug, booking.pk])

    def seen(at: dt.datetime) -> list[bool]:
        with travel(at, tick=False):
            shown = visitor(getattr(world, f"{side}_owner")).get(page).text
        return [word in shown for word in ("<h3>En partant</h3>", "effacez les sessions")]

    assert seen(world.slot.starts_at - dt.timedelta(days=1)) == [False, False]
    assert seen(world.slot.starts_at) == [True, True]
    assert seen(world.slot.ends_at) == [False, False]


def test_association_form_adds_up_the_brackets(booking: Booking) -> None:
    form = AssociationReportForm({"attended": "3", "under_12": "2", "over_70": "2", "rating": "5"}, booking=booking)
    assert form.errors == {"attended": ["Les tranches d’âge font 4\u00a0: indiquez au moins ce nombre de personnes."]}


def test_more_people_than_places_are_asked_about_once_more(
    booking: Booking, world: World, visitor: Callable[[User], Client]
) -> None:
    page = reverse("workshops:association_report", args=[world.association.slug, booking.pk])
    told = {"attended": "500", "rating": "5"}
    with travel(world.slot.ends_at, tick=False):
        client = visitor(world.association_owner)
        assert 'name="crowd"' not in client.get(page).text
        asked = client.post(page, told)
        assert (asked.status_code, 'name="crowd"' in asked.text) == (422, True)
        assert "500\u00a0personnes, et le créneau avait 10\u00a0places" in asked.text
        assert client.post(page, told | {"crowd": "on"}).status_code == 302
    assert Report.objects.get().attended == 500


@pytest.mark.parametrize(("engagement", "at_work"), [("benevolat", 0), ("mecenat", 270)])
def test_company_form_counts_minutes_of_others(booking: Booking, engagement: str, at_work: int) -> None:
    data = {"volunteers": "3", "hours": "1.5", "rating": "5", "engagement_type": engagement}
    form = CompanyReportForm(data, booking=booking)
    assert form.is_valid()
    report = form.save(commit=False)
    assert (report.volunteer_minutes, report.mecenat_minutes) == (270, at_work)


@pytest.mark.parametrize("minutes", [1, 95, 100, 140, 599])
def test_hours_that_are_filled_in_are_taken_to_the_minute(
    booking: Booking, world: World, now: dt.datetime, minutes: int
) -> None:
    promise = factories.make_promise(now, world.slot, world.volunteer)
    said = Attendance(minutes=minutes, engagement_type="benevolat")
    shown = {name: PresenceForm(promise=promise, said=said)[name].value() for name in ("hours", "engagement_type")}
    form = PresenceForm({f"volunteer-{promise.pk}-{k}": v for k, v in shown.items()}, promise=promise, said=said)
    assert form.is_valid(), form.errors
    assert form.presence().minutes == minutes


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"rating": "5"}, {"attended": ["Ce champ est obligatoire."]}),
        ({"attended": "2"}, {"rating": ["Ce champ est obligatoire."]}),
        ({"absent": "on"}, {}),
        ({"absent": "on", "attended": "0", "taught": ["email"], "under_12": "0"}, {}),
        (
            {"absent": "on", "attended": "4", "rating": "3", "under_12": "9"},
            {"absent": ["Vous indiquez aussi 9\u00a0personnes venues, une note de 3\u00a0: " + UNTICK]},
        ),
        ({"absent": "on", "rating": "5"}, {"absent": ["Vous indiquez aussi une note de 5\u00a0: " + UNTICK]}),
    ],
)
def test_where_one_was_absent_nothing_is_counted_or_rated(
    booking: Booking, data: dict[str, Any], said: dict[str, list[str]]
) -> None:
    form = AssociationReportForm(data, booking=booking)
    assert form.errors == said
    if not said:
        report = form.save(commit=False)
        kept = (report.absent, report.attended, report.rating, report.taught, report.under_12)
        assert kept == (Side.COMPANY, 0, None, [], 0)


@pytest.mark.parametrize(("side", "cost"), [("company", 7), ("association", 5)])
def test_form_of_a_report_is_shown_once_the_workshop_is_over(
    booking: Booking, world: World, now: dt.datetime, visitor: Callable[[User], Client], side: str, cost: int
) -> None:
    for seat in (1, 2):
        factories.make_promise(now, world.slot, world.volunteer if seat == 1 else _colleague(world, now), seat=seat)
    organisation, person = getattr(world, side), getattr(world, f"{side}_owner")
    page = reverse(f"workshops:{side}_report", args=[organisation.slug, booking.pk])
    client = visitor(person)
    early = client.get(page).text
    assert ("à partir du mardi 8\u00a0décembre 2026, 20\u00a0h\u00a030" in early, 'name="rating"' in early) == (
        True,
        False,
    )
    with travel(world.slot.ends_at, tick=False), CaptureQueriesContext(connection) as asked:
        assert 'name="rating"' in client.get(page).text
    assert len(asked) == cost


def test_who_sought_a_stand_in_is_not_taken_for_there(
    booking: Booking, world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    promise = factories.make_promise(now, world.slot, world.volunteer, stand_in_asked_at=now)
    assert PresenceForm(promise=promise, said=None)["hours"].value() == "0"
    said = Attendance(minutes=90, engagement_type="benevolat")
    assert PresenceForm(promise=promise, said=said)["hours"].value() == "1.5"
    page = reverse("workshops:company_report", args=[world.company.slug, booking.pk])
    with travel(world.slot.ends_at, tick=False):
        assert "Lucie (remplaçant cherché)" in visitor(world.company_owner).get(page).text


def test_what_is_wrong_in_a_line_leads_to_it(
    booking: Booking, world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    promise = factories.make_promise(now, world.slot, world.volunteer)
    page = reverse("workshops:company_report", args=[world.company.slug, booking.pk])
    line = {f"volunteer-{promise.pk}-hours": "13", f"volunteer-{promise.pk}-engagement_type": "benevolat"}
    told = {"volunteers": "0", "hours": "2", "engagement_type": "benevolat", "rating": "5", **line}
    with travel(world.slot.ends_at, tick=False):
        answer = visitor(world.company_owner).post(page, told)
    summary = answer.text.partition('class="error-summary"')[2].partition("</ul>")[0]
    assert (answer.status_code, f'<a href="#id_volunteer-{promise.pk}-hours">Lucie, Heures</a>' in summary) == (
        422,
        True,
    )


def _colleague(world: World, now: dt.datetime) -> User:
    person = factories.make_user()
    factories.add_member(world.company, person, Role.VOLUNTEER, now)
    return person


@pytest.mark.parametrize("side", ["company", "association"])
def test_what_has_begun_is_not_offered_to_be_moved_or_called_off(
    booking: Booking, world: World, visitor: Callable[[User], Client], side: str
) -> None:
    organisation, person = getattr(world, side), getattr(world, f"{side}_owner")
    page = reverse(f"workshops:{side}_booking", args=[organisation.slug, booking.pk])
    client = visitor(person)
    offers = ["Déplacer l’atelier", "Annuler la réservation", "notée comme tardive"]
    with travel(world.slot.starts_at - dt.timedelta(minutes=1), tick=False):
        assert [offer in client.get(page).text for offer in offers] == [True] * 3
    with travel(world.slot.starts_at, tick=False):
        shown = client.get(page).text
        assert [offer in shown for offer in offers] == [False] * 3
        assert ("L’atelier a commencé" in shown, 'href="#ecrire"' in shown) == (True, True)
        moving = client.get(reverse(f"workshops:{side}_move", args=[organisation.slug, booking.pk]), follow=True)
    assert (moving.redirect_chain[0][0], "il ne se déplace pas" in moving.text) == (page, True)


def test_each_side_reads_its_own_report_and_the_words_about_its_absence_alone(
    booking: Booking, world: World, visitor: Callable[[User], Client]
) -> None:
    def seen(side: Side) -> str:
        page = reverse(f"workshops:{side}_booking", args=[getattr(world, side).slug, booking.pk])
        return visitor(getattr(world, f"{side}_owner")).get(page).text

    with travel(world.slot.ends_at, tick=False):
        counts = {"volunteers": 2, "volunteer_minutes": 240, "mecenat_minutes": 90}
        write(booking, Side.COMPANY, world.slot.ends_at, **counts, comment="Salle rendue propre.")
        own = seen(Side.COMPANY)
        for part in (
            "2\u00a0personnes, 4\u00a0heures en tout, dont 1,5\u00a0heure de mécénat",
            "4 sur 5",
            "Salle rendue propre.",
        ):
            assert part in own
        assert "Salle rendue propre." not in seen(Side.ASSOCIATION)
        gone = Report(absent=Side.COMPANY, attended=0, comment="Porte <fermée>.")
        by = world.association_owner
        actions.report_workshop(
            workshop=booking.workshop, report=gone, side=Side.ASSOCIATION, by=by, now=world.slot.ends_at
        )
        assert "l’entreprise n’est pas venue" in seen(Side.ASSOCIATION)
        told = seen(Side.COMPANY)
        assert ("Une absence est signalée" in told, "Porte &lt;fermée&gt;." in told) == (True, True)
        theirs = seen(Side.ASSOCIATION)
        assert ("Une absence est signalée" in theirs, "Salle rendue propre." in theirs) == (False, False)


def test_two_accounts_that_differ_are_called_so(
    booking: Booking, world: World, visitor: Callable[[User], Client]
) -> None:
    """Nobody's word stands over the other's: on both pages, in both histories, in the table."""
    end, by = world.slot.ends_at, world.company_owner
    gone = Report(absent=Side.ASSOCIATION)
    actions.report_workshop(workshop=booking.workshop, report=gone, side=Side.COMPANY, by=by, now=end)

    def seen() -> list[str]:
        pages = []
        with travel(end, tick=False):
            for person, own in ((by, world.company), (world.association_owner, world.association)):
                space = "company" if own == world.company else "association"
                client, history = visitor(person), reverse(f"workshops:{space}_history", args=[own.slug])
                page = reverse(f"workshops:{space}_booking", args=[own.slug, booking.pk])
                answers = [client.get(page), client.get(history), client.get(history, {"format": "csv"})]
                pages += [answer.text for answer in answers]
        return pages

    assert ["récits différents" in page for page in seen()] == [False] * 6
    write(booking, Side.ASSOCIATION, end, attended=4)
    assert ["récits différents" in page for page in seen()] == [True] * 6


def test_workshop_that_nobody_reported_is_not_called_held(
    booking: Booking, world: World, now: dt.datetime, visitor: Callable[[User], Client]
) -> None:
    """On the pages of both sides, in their histories and the table; and nobody is led to a report that is refused."""
    other = factories.make_slot(world.room, world.slot.starts_at + dt.timedelta(days=1))
    told = factories.make_booking(now, other, world.association)
    write(told, Side.ASSOCIATION, other.ends_at, attended=5)
    later = other.ends_at + dt.timedelta(days=30)
    actions.ask_for_reports(now=later)
    with travel(later, tick=False):
        for side in Side:
            client, slug = visitor(getattr(world, f"{side}_owner")), getattr(world, side).slug
            own = client.get(reverse(f"workshops:{side}_booking", args=[slug, booking.pk])).text
            assert ("Écrire le compte rendu" in own, "sans compte rendu" in own, "atelier tenu" in own) == (
                False,
                True,
                False,
            )
            history = reverse(f"workshops:{side}_history", args=[slug])
            for answer in (
                client.get(reverse(str(side), args=[slug])),
                client.get(history),
                client.get(history, {"format": "csv"}),
            ):
                assert answer.text.count("sans compte rendu") == 1


def test_brackets_and_what_was_taught_are_read_again(
    booking: Booking, world: World, visitor: Callable[[User], Client]
) -> None:
    write(booking, Side.ASSOCIATION, world.slot.ends_at, attended=5, under_12=2, over_70=1, taught=["email"])
    page = reverse("workshops:association_booking", args=[world.association.slug, booking.pk])
    with travel(world.slot.ends_at, tick=False):
        shown = visitor(world.association_owner).get(page).text
    assert "5\u00a0personnes, dont 2 (moins de 12 ans), 1 (70 ans et plus)" in shown
    assert "<dt>Abordé</dt><dd>E-mail</dd>" in shown


@pytest.mark.parametrize("side", Side)
def test_who_has_reported_is_told_so_before_filling_in_a_form(
    booking: Booking, world: World, visitor: Callable[[User], Client], side: Side
) -> None:
    counts = {"volunteers": 2, "volunteer_minutes": 240, "mecenat_minutes": 0}
    write(booking, side, world.slot.ends_at, **(counts if side == Side.COMPANY else {"attended": 5}))
    slug = getattr(world, side).slug
    with travel(world.slot.ends_at, tick=False):
        client = visitor(getattr(world, f"{side}_owner"))
        shown = client.get(reverse(f"workshops:{side}_report", args=[slug, booking.pk])).text
    assert ("déjà enregistré" in shown, 'name="rating"' in shown) == (True, False)
    assert f'href="{reverse(f"workshops:{side}_booking", args=[slug, booking.pk])}"' in shown


@pytest.mark.parametrize("later", [dt.timedelta(0), dt.timedelta(days=30)])
def test_nothing_is_reported_of_what_was_called_off(
    booking: Booking, world: World, now: dt.datetime, visitor: Callable[[User], Client], later: dt.timedelta
) -> None:
    by = world.company_owner
    actions.cancel_booking(booking=booking, side=Side.COMPANY, reason="Panne.", by=by, now=now)
    with travel(now + later, tick=False):
        page = reverse("workshops:company_report", args=[world.company.slug, booking.pk])
        shown = visitor(world.company_owner).get(page).text
    assert ("Cet atelier a été annulé" in shown, 'name="rating"' in shown) == (True, False)
