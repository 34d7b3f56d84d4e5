"""Certificates of what was given in a year, and what is over line by line."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
import typst
from django.db import IntegrityError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from pytest_django import DjangoAssertNumQueries
from time_machine import travel

from accounts.actions.files import claim_file
from accounts.models import User
from companies.models import Company
from solidarite.association_tasks import association_figures
from tests import factories
from tests.factories import World
from workshops import actions
from workshops.actions import Presence
from workshops.certificate import certificate_pdf
from workshops.figures import Given, given_by_volunteer, given_in_year, received_in_year
from workshops.models import Certificate, Report, Side, Workshop

Visitor = Callable[[User], Client]
DAY = dt.timedelta(days=1)


@pytest.fixture
def held(world: World, now: dt.datetime) -> Workshop:
    """Reported by both sides: six people, Lucie two hours in her own time, another one hour at work."""
    booking = factories.make_booking(now, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    workshop = Workshop.objects.with_everything().get(booking=booking)
    at, by = world.slot.ends_at, factories.make_user()
    ours = Report(volunteers=1, volunteer_minutes=60, mecenat_minutes=60, rating=4)
    presences = [Presence(world.volunteer, 120, "benevolat")]
    actions.report_workshop(workshop=workshop, report=ours, side=Side.COMPANY, presences=presences, by=by, now=at)
    actions.report_workshop(
        workshop=workshop, report=Report(attended=6, rating=5), side=Side.ASSOCIATION, by=by, now=at
    )
    return workshop


def certify(world: World, now: dt.datetime, **fields: Any) -> Certificate:
    given = {"company": world.company, "volunteer": world.volunteer, "year": 2026, "by": world.volunteer, "now": now}
    return actions.certify(**{**given, **fields})


def given(world: World, year: int | None = 2026) -> Given:
    return given_in_year(world.company, year, now=world.slot.ends_at)


def text_of(certificate: Certificate) -> str:
    pages = PdfReader(io.BytesIO(certificate_pdf(certificate))).pages
    return "\n".join(page.extract_text() for page in pages).replace("\u00a0", " ")


def test_figures_of_a_company_are_those_of_its_rows(held: Workshop, world: World) -> None:
    assert given(world) == given(world, None) == Given(1, 6, 120, 60)
    assert given(world, 2025) == Given(0, 0, 0, 0)


def test_workshop_is_held_for_everybody_or_for_nobody(world: World, now: dt.datetime) -> None:
    """The association says that it came, though the company had reported it absent first: a moderator decides."""
    booking = factories.make_booking(now, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    at, workshop = world.slot.ends_at, Workshop.objects.with_everything().get(booking=booking)
    said: dict[str, Any] = {"workshop": workshop, "by": world.company_owner, "now": at}
    waited = [Presence(world.volunteer, 120, "benevolat")]
    actions.report_workshop(report=Report(absent=Side.ASSOCIATION), side=Side.COMPANY, presences=waited, **said)
    assert given_by_volunteer(world.volunteer, world.company, 2026, now=at) == Given(0, 0, 120, 0)
    actions.report_workshop(report=Report(attended=6, rating=5), side=Side.ASSOCIATION, **said)
    assert given_by_volunteer(world.volunteer, world.company, 2026, now=at) == Given(0, 0, 120, 0)
    assert given(world).workshops == 0
    claim_file(workshop.dispute, by=world.moderator, now=at)
    actions.settle_dispute(dispute=workshop.dispute, held=True, reason="Elle y était.", by=world.moderator, now=at)
    assert given_by_volunteer(world.volunteer, world.company, 2026, now=at) == Given(1, 0, 120, 0)
    assert given(world).workshops == 1


def test_volunteer_has_a_certificate_and_anybody_verifies_it(held: Workshop, world: World, visitor: Visitor) -> None:
    client = visitor(world.volunteer)
    with travel(world.slot.ends_at + DAY, tick=False):
        assert "Obtenir le PDF" in client.get(reverse("workshops:volunteer_history")).text
        answer = client.post(reverse("workshops:own_certificate", args=[world.company.slug, 2026]), follow=True)
    assert answer["Content-Type"] == "application/pdf"
    made = Certificate.objects.get()
    text = text_of(made)
    assert [one in text for one in ("Lucie", world.company.name, "2 heures", "0 heure", made.code)] == [True] * 5
    with travel(world.slot.ends_at + DAY, tick=False):
        shown = Client().get(reverse("workshops:certificate", args=[made.code.lower()])).text
    assert [one in shown for one in ("Cette attestation est valide", "Lucie", "2\u00a0heures")] == [True] * 3
    assert Client().get(reverse("workshops:certificate", args=["AAAAAAAAAAAA"])).status_code == 404


def test_pdf_is_for_its_volunteer_and_the_managers(held: Workshop, world: World, visitor: Visitor) -> None:
    made = certify(world, world.slot.ends_at)
    page = reverse("workshops:certificate_pdf", args=[made.code])
    people = (world.volunteer, world.company_owner, world.association_owner, world.moderator)
    assert [visitor(one).get(page).status_code for one in people] == [200, 200, 404, 404]


def test_company_has_its_own(held: Workshop, world: World, visitor: Visitor) -> None:
    with travel(world.slot.ends_at + DAY, tick=False):
        client = visitor(world.company_owner)
        page = client.get(reverse("workshops:company_history", args=[world.company.slug])).text
        assert "2\u00a0heures de bénévolat et 1\u00a0heure de mécénat" in page
        client.post(reverse("workshops:company_certificate", args=[world.company.slug, 2026]))
    made = Certificate.objects.get()
    assert (made.kind, made.people, made.benevolat_minutes, made.mecenat_minutes) == ("company", 6, 120, 60)
    assert "6 personnes accueillies" in text_of(made)


def test_association_reads_what_it_was_given(held: Workshop, world: World, visitor: Visitor) -> None:
    with travel(world.slot.ends_at + DAY, tick=False):
        client = visitor(world.association_owner)
        page = client.get(reverse("workshops:association_history", args=[world.association.slug])).text
        home = client.get(reverse("association", args=[world.association.slug])).text
    assert "2\u00a0heures de bénévolat et 1\u00a0heure de mécénat de compétences données par" in page
    assert '<td data-label="Heures" class="number">3\u00a0heures</td>' in page
    assert "attestation" not in page
    assert "<dt>heures de bénévoles</dt><dd>3</dd>" in home
    other = factories.make_association(world.slot.ends_at)
    assert received_in_year(other, now=world.slot.ends_at) == Given(0, 0, 0, 0)
    assert association_figures(other, world.slot.ends_at) == []


def test_company_has_that_of_the_year_that_has_ended(held: Workshop, world: World, visitor: Visitor) -> None:
    with travel(world.slot.ends_at + 40 * DAY, tick=False):
        client = visitor(world.company_owner)
        page = reverse("workshops:company_history", args=[world.company.slug])
        assert [one in client.get(page).text for one in ("En 2027", 'href="?annee=2026"')] == [True, True]
        asked = client.get(page, {"annee": "2026"}).text
        button = reverse("workshops:company_certificate", args=[world.company.slug, 2026])
        assert ("2\u00a0heures de bénévolat" in asked, button in asked) == (True, True)
        client.post(button)
        for nonsense in ("x", "1" * 400, "1999"):
            assert "En 2027" in client.get(page, {"annee": nonsense}).text
    assert Certificate.objects.get().year == 2026


def test_same_facts_are_one_certificate_and_others_take_its_place(held: Workshop, world: World) -> None:
    at = world.slot.ends_at
    first = certify(world, at)
    assert certify(world, at + DAY) == first
    assert certificate_pdf(first) == certificate_pdf(Certificate.objects.get())
    held.attendances.update(minutes=90)
    second = certify(world, at + 2 * DAY)
    first.refresh_from_db()
    assert (second.benevolat_minutes, first.superseded_at) == (90, at + 2 * DAY)
    assert "est remplacée" in Client().get(reverse("workshops:certificate", args=[first.code])).text


def test_nothing_is_certified_where_nothing_was_given(world: World, now: dt.datetime, visitor: Visitor) -> None:
    with pytest.raises(actions.NothingGiven, match="Aucune heure"):
        certify(world, now)
    answer = visitor(world.volunteer).post(
        reverse("workshops:own_certificate", args=[world.company.slug, 2026]), follow=True
    )
    assert "Aucune heure n’est notée en 2026" in answer.text


def reported(world: World, now: dt.datetime, *reports: tuple[Side, dict[str, Any]], presence: int = 0) -> dt.datetime:
    """Who reports what of a workshop at which Lucie said that she was there; the instant after."""
    booking = factories.make_booking(now, world.slot, world.association)
    factories.make_promise(now, world.slot, world.volunteer)
    workshop = Workshop.objects.with_everything().get(booking=booking)
    actions.attend_workshop(workshop=workshop, by=world.volunteer, now=world.slot.starts_at)
    for side, said in reports:
        presences = [Presence(world.volunteer, presence, "benevolat")] if presence and side == Side.COMPANY else []
        actions.report_workshop(
            workshop=workshop,
            report=Report(**said),
            side=side,
            presences=presences,
            by=world.company_owner,
            now=world.slot.ends_at,
        )
    return world.slot.ends_at


def test_report_of_the_company_is_enough_for_both_certificates(world: World, now: dt.datetime) -> None:
    others = {"volunteers": 1, "volunteer_minutes": 120, "rating": 4}
    after = reported(world, now, (Side.COMPANY, others), presence=120)
    made = certify(world, after, volunteer=None)
    assert (made.workshops, made.people, made.minutes) == (1, 0, 240)
    assert certify(world, after).minutes == 120


def test_nobody_is_certified_where_the_association_found_the_door_closed(
    world: World, now: dt.datetime, visitor: Visitor
) -> None:
    closed: dict[str, Any] = {"absent": "company", "attended": 0}
    others = {"volunteers": 1, "volunteer_minutes": 120, "rating": 4}
    after = reported(world, now, (Side.ASSOCIATION, closed), (Side.COMPANY, others), presence=120)
    for volunteer in (None, world.volunteer):
        with pytest.raises(actions.NothingGiven, match="Aucune heure"):
            certify(world, after, volunteer=volunteer)
    assert given(world, None) == Given(0, 0, 0, 0)
    with travel(after, tick=False):
        client = visitor(world.volunteer)
        assert "Obtenir le PDF" not in client.get(reverse("workshops:volunteer_history")).text
        assert "<strong>0\u00a0heure</strong>" in client.get(reverse("workshops:volunteering")).text


def test_closed_door_takes_back_what_volunteers_said_alone(world: World, now: dt.datetime) -> None:
    after = reported(world, now, (Side.ASSOCIATION, {"absent": "company", "attended": 0}))
    assert given(world) == Given(0, 0, 0, 0)
    with pytest.raises(actions.NothingGiven):
        certify(world, after)


@pytest.mark.parametrize(
    "said", [(Side.COMPANY, {"absent": "association"}), (Side.ASSOCIATION, {"attended": 0, "rating": 3})]
)
def test_who_waited_in_vain_has_hours_and_the_company_no_workshop(
    world: World, now: dt.datetime, said: tuple[Side, dict[str, Any]]
) -> None:
    after = reported(world, now, said, presence=30)
    with pytest.raises(actions.NothingGiven, match="Des heures sont notées en 2026, mais aucun atelier"):
        certify(world, after, volunteer=None)
    made = certify(world, after)
    assert (made.workshops, made.minutes) == (0, 30 if said[0] == Side.COMPANY else 120)
    text = text_of(made)
    assert ("aucun : le groupe n’est pas venu" in text, "accompagné" in text) == (True, False)
    assert "Cette attestation est valide" in verified(made)


def verified(made: Certificate) -> str:
    """What the page says on the day after the certificate was made."""
    with travel(made.issued_at + DAY, tick=False):
        return Client().get(reverse("workshops:certificate", args=[made.code])).text


def test_refuted_hours_are_no_longer_verified(world: World, now: dt.datetime) -> None:
    after = reported(world, now)
    made, workshop = certify(world, after), Workshop.objects.with_everything().get()
    assert (made.workshops, "Cette attestation est valide" in verified(made)) == (1, True)
    ours = Report(volunteers=0, volunteer_minutes=0, mecenat_minutes=0, rating=4)
    absent = [Presence(world.volunteer, 0, "benevolat")]
    by = world.company_owner
    actions.report_workshop(workshop=workshop, report=ours, side=Side.COMPANY, presences=absent, by=by, now=after)
    page = verified(made)
    assert [one in page for one in ("n’est plus exacte", "les comptes rendus disent moins", "0\u00a0heure")] == [
        True
    ] * 3
    assert "le groupe n’est pas venu" not in page
    with pytest.raises(actions.NothingGiven):
        certify(world, after + DAY)
    Certificate.objects.update(volunteer=None)
    assert "Cette attestation est valide" in verified(made)


def test_company_that_is_refuted_is_no_longer_verified(held: Workshop, world: World) -> None:
    made = certify(world, world.slot.ends_at, volunteer=None)
    assert "Cette attestation est valide" in verified(made)
    Report.objects.filter(side=Side.ASSOCIATION).update(attended=4)
    page = verified(made)
    assert [one in page for one in ("n’est plus exacte", "4\u00a0personnes accueillies")] == [True] * 2


def test_database_changes_nothing_of_what_was_certified(held: Workshop, world: World) -> None:
    made = certify(world, world.slot.ends_at)
    with pytest.raises(ProgrammingError, match="Cannot update"), transaction.atomic():
        Certificate.objects.filter(pk=made.pk).update(benevolat_minutes=6000)
    same = {"kind": "volunteer", "company": world.company, "volunteer": world.volunteer, "year": 2026}
    facts = {"workshops": 1, "benevolat_minutes": 1, "mecenat_minutes": 0, "issued_at": world.slot.ends_at}
    with pytest.raises(IntegrityError, match="certificate_of_a_volunteer_once"), transaction.atomic():
        Certificate.objects.create(**same, **facts)
    nothing = facts | {"workshops": 0, "benevolat_minutes": 0}
    with pytest.raises(IntegrityError, match="attestation_of_something"), transaction.atomic():
        Certificate.objects.create(**same, **nothing)
    with pytest.raises(IntegrityError, match="attestation_of_something"), transaction.atomic():
        Certificate.objects.create(**same | {"kind": "company", "volunteer": None}, **facts | {"workshops": 0})


def test_closed_account_leaves_the_certificate_without_a_name(held: Workshop, world: World) -> None:
    made = certify(world, world.slot.ends_at)
    Certificate.objects.filter(pk=made.pk).update(volunteer=None)
    assert "Compte fermé" in Client().get(reverse("workshops:certificate", args=[made.code])).text


# Whose letters the typesetter brings along, and those for which the machine has a font: of which family, and a name.
BROUGHT_ALONG = [
    "Žofia Łukasiewicz",
    "Nguyễn Thị Ánh",
    "Ελένη Παπαδοπούλου",
    "Олена Шевченко",
    "Արամ Խաչատրյան",
    "ნინო გელაშვილი",
    "שרה כהן",
    "فاطمة الزهراء",
    "پریسا گلچین",
    "प्रिया शर्मा",
]
ON_THE_MACHINE = [
    ("Noto Sans Bengali", "রিয়া সেন"),
    ("Noto Sans Tamil", "கமலா தேவி"),
    ("Noto Sans Sinhala", "නිමල්"),
    ("Noto Sans Thai", "สมชาย ใจดี"),
    ("Noto Sans Khmer", "សុខា"),
    ("Noto Sans Ethiopic", "አበበ ቢቂላ"),
    ("Noto Sans Tifinagh", "ⵜⴰⵎⴰⵣⵉⵖⵜ"),
    ("Droid Sans Fallback", "王小明"),
    ("Droid Sans Fallback", "山田はなこ"),
]
FAMILIES = set(typst.Fonts().families())


def text_for(name: str, now: dt.datetime) -> str:
    company = Company(name="Atelier Martin")
    person = User(name=name)
    given = {"year": 2026, "workshops": 1, "benevolat_minutes": 120, "mecenat_minutes": 0, "issued_at": now}
    return text_of(Certificate(kind=Certificate.Kind.VOLUNTEER, company=company, volunteer=person, **given))


@pytest.mark.parametrize(
    "name",
    [
        *BROUGHT_ALONG,
        *(
            pytest.param(name, marks=pytest.mark.skipif(family not in FAMILIES, reason=f"{family} is not installed"))
            for family, name in ON_THE_MACHINE
        ),
    ],
)
def test_name_is_drawn_in_its_own_letters(name: str, now: dt.datetime, caplog: pytest.LogCaptureFixture) -> None:
    """The typesetter refuses a document readable aloud of which one letter has no glyph."""
    assert set(name) - set(text_for(name, now)) == set()
    assert caplog.messages == []


def test_certificate_whose_name_no_font_can_draw_is_made_and_the_log_says_so(
    now: dt.datetime, caplog: pytest.LogCaptureFixture
) -> None:
    assert "Ana" in text_for("Ana \U0010fffd", now)
    (said,) = caplog.messages
    assert ("not readable aloud" in said, "Ana" in said) == (True, False)


# --- what is over -----------------------------------------------------------------------------------


def rows(answer: Any) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")), delimiter=";"))


def test_both_sides_take_their_workshops_along(held: Workshop, world: World, visitor: Visitor) -> None:
    told = []
    with travel(world.slot.ends_at + DAY, tick=False):
        for person, name, slug in (
            (world.company_owner, "company_history", world.company.slug),
            (world.association_owner, "association_history", world.association.slug),
        ):
            client, page = visitor(person), reverse(f"workshops:{name}", args=[slug])
            assert "atelier tenu" in client.get(page).text
            told.append(rows(client.get(page, {"format": "csv"})))
    assert told[0] == told[1]
    (line,) = told[0]
    kept = [line[name] for name in ("date", "personnes", "bénévoles", "heures de bénévolat", "heures de mécénat")]
    assert kept == ["2026-12-08", "6", "2", "2,00", "1,00"]


def test_volunteer_takes_their_hours_along(held: Workshop, world: World, visitor: Visitor) -> None:
    with travel(world.slot.ends_at, tick=False):
        (line,) = rows(visitor(world.volunteer).get(reverse("workshops:volunteer_history"), {"format": "csv"}))
    own_time = "bénévolat, en dehors de mon temps de travail"
    assert (line["date"], line["cadre"], line["heures"]) == ("2026-12-08", own_time, "2,00")


@pytest.mark.parametrize("sign", ["=", "+", "-", "@"])
def test_spreadsheet_counts_nothing_out(held: Workshop, world: World, visitor: Visitor, sign: str) -> None:
    world.association.name = f"{sign}HYPERLINK(1)"
    world.association.save()
    with travel(world.slot.ends_at + DAY, tick=False):
        page = reverse("workshops:company_history", args=[world.company.slug])
        (line,) = rows(visitor(world.company_owner).get(page, {"format": "csv"}))
    assert line["association"] == f"'{sign}HYPERLINK(1)"


@pytest.mark.parametrize("count", [1, 3])
def test_hours_cost_the_same_however_many_they_are(
    held: Workshop,
    world: World,
    now: dt.datetime,
    visitor: Visitor,
    django_assert_num_queries: DjangoAssertNumQueries,
    count: int,
) -> None:
    for number in range(1, count):
        slot = factories.make_slot(world.room, world.slot.starts_at + number * DAY)
        factories.make_booking(now, slot, world.association)
        factories.make_promise(now, slot, world.volunteer)
        workshop = Workshop.objects.with_everything().get(booking__slot=slot)
        actions.attend_workshop(workshop=workshop, by=world.volunteer, now=slot.starts_at)
    client = visitor(world.volunteer)
    with travel(world.slot.ends_at + count * DAY, tick=False), django_assert_num_queries(4):
        client.get(reverse("workshops:volunteer_history"))


@pytest.mark.parametrize("year", [0, 1, 10_000, 10**30])
def test_year_without_hours_is_said_however_far(visitor: Visitor, world: World, year: int) -> None:
    answer = visitor(world.volunteer).post(
        reverse("workshops:own_certificate", args=[world.company.slug, year]), follow=True
    )
    assert answer.status_code == 200
    assert f"Aucune heure n’est notée en {year}." in answer.content.decode()
