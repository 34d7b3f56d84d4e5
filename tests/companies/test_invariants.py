"""Each constraint of the supply, tried in SQL, past everything that Python holds."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction

from accounts.models import Role
from companies.models import BusyTime, RoomCalendar, RoomPhoto
from territories.closed_lists import OfTheList
from tests import factories
from tests.factories import World

# Targets of composite keys: what they serve is tried by the keys' own names.
TARGETS = {"site_room_key", "room_slot_key", "slot_period_key", "slot_volunteers_key", "availability_room_key"}
COPY = "copy "

BROKEN = {
    "company_name_visible": "UPDATE companies_company SET name = 'a' || chr(8203)",
    "company_siren_form": "UPDATE companies_company SET siren = '12'",
    "company_siret_form": "UPDATE companies_company SET siret = '12'",
    "company_rna_form": "UPDATE companies_company SET rna = 'X'",
    "company_siren_unique": "UPDATE companies_company SET siren = '732829320'",
    "company_rna_unique": "UPDATE companies_company SET rna = 'W751234567'",
    "company_standing_in_order": "UPDATE companies_company SET charter_approved_at = NULL, charter_until_at = now()",
    "company_member_once": COPY + "companies_membership",
    "companies_invitation_deliverable": "UPDATE companies_invitation SET email = 'ana b@example.org'",
    "companies_invitation_for_one_or_domains": "UPDATE companies_invitation SET domains = '{a.example}'",
    "companies_invitation_ends_once": "UPDATE companies_invitation SET accepted_at = now(), revoked_at = now()",
    "companies_invitation_stamped": (
        "UPDATE companies_invitation SET accepted_by_id = (SELECT min(id) FROM accounts_user)"
    ),
    "companies_invitation_ends_later": "UPDATE companies_invitation SET expires_at = created_at",
    "company_invitation_open_once": COPY + "companies_invitation",
    "companies_joinrequest_state_stamped": "UPDATE companies_joinrequest SET state = 'accepted'",
    "company_join_asked_once": COPY + "companies_joinrequest",
    "site_entrance_agrees": "UPDATE companies_site SET entree_plain_pied = true, entree_marches = 2",
    "site_toilets_agree": "UPDATE companies_site SET sanitaires_presence = false, sanitaires_adaptes = true",
    "site_point_on_earth": "UPDATE companies_site SET latitude = 91",
    "site_welcomes_somebody": "UPDATE companies_site SET max_visitors = 0 WHERE name = 'Vide'",
    "availability_dates_in_order": "UPDATE companies_availability SET until_date = from_date - 2",
    "availability_times_in_order": "UPDATE companies_availability SET end_time = start_time",
    "availability_weekdays_known": "UPDATE companies_availability SET weekdays = '{8}'",
    "availability_ordinals_of_months": "UPDATE companies_availability SET ordinals = '{1}'",
    "slot_period_in_order": "UPDATE companies_slot SET ends_at = starts_at",
    "slot_once_per_date_of_series": (
        "UPDATE companies_slot SET original_date = '2026-12-10' WHERE availability_id IS NOT NULL"
    ),
    "slot_room_free": (
        "UPDATE companies_slot SET starts_at = '2027-01-01', ends_at = '2027-01-02', closes_at = '2026-12-31'"
    ),
    "slot_places_within_room": "UPDATE companies_slot SET places = 999",
    "slot_withdrawn_stamped": "UPDATE companies_slot SET state = 'withdrawn'",
    "slot_follows_room": "UPDATE companies_slot SET room_capacity = 50, places = 50; SET CONSTRAINTS ALL IMMEDIATE",
    "room_capacity_within_site": "UPDATE companies_site SET max_visitors = 9 WHERE name = 'Siège'",
    "room_follows_site": "UPDATE companies_room SET site_max_visitors = 99; SET CONSTRAINTS ALL IMMEDIATE",
    "volunteer_in_one_place": (
        "UPDATE companies_slotvolunteer SET volunteer_id = (SELECT min(volunteer_id) FROM companies_slotvolunteer)"
    ),
    "volunteer_has_own_seat": "UPDATE companies_slotvolunteer SET seat = 1",
    "volunteer_of_the_company": "UPDATE companies_slotvolunteer SET volunteer_id = (SELECT max(id) FROM accounts_user)",
    "promise_follows_slot": (
        "UPDATE companies_slotvolunteer SET ends_at = ends_at + interval '1 hour'; SET CONSTRAINTS ALL IMMEDIATE"
    ),
    "promise_within_offer": "UPDATE companies_slotvolunteer SET volunteers_offered = 9; SET CONSTRAINTS ALL IMMEDIATE",
    "site_visitors_within_category": "UPDATE companies_site SET visitor_regime = 'erp_5', max_visitors = 301",
    "series_within_room": "UPDATE companies_availability SET places = 999",
    "volunteer_seat_is_offered": "UPDATE companies_slotvolunteer SET seat = 9",
    "volunteer_has_consent": "UPDATE companies_slotvolunteer SET engagement_type = 'mecenat'",
    "volunteer_of_an_open_slot": (
        "UPDATE companies_slot SET state = 'withdrawn', withdrawn_at = now(); "
        "UPDATE companies_slotvolunteer SET slot_id = slot_id"
    ),
    "volunteer_consent_is_for_mecenat": "UPDATE companies_volunteerprofile SET consented_at = now()",
    "volunteer_consent_dated": (
        "UPDATE companies_volunteerprofile SET engagement_type = 'mecenat', "
        "consented_by_id = (SELECT min(id) FROM accounts_user)"
    ),
    "volunteer_hours_plausible": "UPDATE companies_volunteerprofile SET pledged_hours = 501",
    "room_photo_place": COPY + "companies_roomphoto",
    "room_photos_few": "UPDATE companies_roomphoto SET position = 99",
    "room_photo_described": "UPDATE companies_roomphoto SET description = ''",
    "room_calendar_has_one_source": "UPDATE companies_roomcalendar SET file_name = 'a.ics'",
    "busy_time_in_order": "UPDATE companies_busytime SET ends_at = starts_at",
    "busy_times_joined": COPY + "companies_busytime",
    "site_closed_with_its_rooms": "UPDATE companies_site SET archived_at = now(); SET CONSTRAINTS ALL IMMEDIATE",
    "room_stays_at_its_site": "UPDATE companies_room SET site_id = (SELECT id FROM companies_site WHERE name = 'Vide')",
    "slot_stays_in_its_company": (
        "UPDATE companies_site SET company_id = (SELECT max(id) FROM companies_company) WHERE name = 'Vide'; "
        "UPDATE companies_slot SET room_id = (SELECT id FROM companies_room WHERE name = 'Ailleurs')"
    ),
    "site_follows_commune": "UPDATE companies_site SET time_zone = 'Pacific/Tahiti'; SET CONSTRAINTS ALL IMMEDIATE",
    "slot_of_the_room_of_its_series": (
        "UPDATE companies_availability SET room_id = (SELECT id FROM companies_room WHERE name = 'Ailleurs'); "
        "SET CONSTRAINTS ALL IMMEDIATE"
    ),
    "slot_of_a_room_in_use": (
        "SET LOCAL solidarite.now = '2026-12-01 09:00Z'; "
        "UPDATE companies_room SET archived_at = now(); SET CONSTRAINTS ALL IMMEDIATE"
    ),
    "slot_stays_withdrawn": (
        "DELETE FROM companies_slotvolunteer; UPDATE companies_slot SET state = 'withdrawn', withdrawn_at = now(); "
        "UPDATE companies_slot SET state = 'open', withdrawn_at = NULL"
    ),
    "slot_of_series_dated": "UPDATE companies_slot SET original_date = NULL",
}


@pytest.fixture
def full(world: World, now: dt.datetime) -> World:
    """One of everything that a company has, and two slots of a series."""
    factories.make_room(now, factories.make_site(now, world.company, name="Vide"), name="Ailleurs")
    factories.make_company(now)
    factories.make_invitation(now, world.company)
    world.company.join_requests.create(user=factories.make_user(), created_at=now)
    series = factories.make_series(now, world.room)
    for week in (1, 2):
        start = world.slot.starts_at + dt.timedelta(days=7 * week)
        factories.make_slot(world.room, start, availability=series, original_date=start.date())
    other = factories.make_user()
    factories.add_member(world.company, other, Role.VOLUNTEER, now)
    for seat, person in enumerate((world.volunteer, other), start=1):
        factories.make_promise(now, world.slot, person, seat=seat)
    factories.make_user("Étrangère")
    factories.make_profile(now, world.company, other)
    RoomCalendar.objects.create(room=world.room, url="https://salle.example/a.ics", created_at=now, tried_at=now)
    BusyTime.objects.create(room=world.room, starts_at=now, ends_at=now + dt.timedelta(hours=1))
    photo = {"room": world.room, "position": 1, "width": 1, "height": 1, "description": "Des tables"}
    RoomPhoto.objects.create(file="salle.webp", created_at=now, **photo)
    return world


@pytest.mark.parametrize(("constraint", "statement"), BROKEN.items())
def test_database_refuses(full: World, constraint: str, statement: str) -> None:
    if statement.startswith(COPY):
        statement = copied(statement.removeprefix(COPY))
    with pytest.raises(IntegrityError) as refusal, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert refusal.value.__cause__.diag.constraint_name == constraint  # type: ignore[union-attr]


def copied(table: str) -> str:
    """The statement that writes every row of a table a second time."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT string_agg(quote_ident(column_name), ', ') FROM information_schema.columns "
            "WHERE table_name = %s AND column_name <> 'id' AND is_generated = 'NEVER'",
            [table],
        )
        (columns,) = cursor.fetchone()
    return f"INSERT INTO {table} ({columns}) SELECT {columns} FROM {table}"  # noqa: S608  # names of our own


def test_every_constraint_of_supply_is_tried() -> None:
    models = [model for model in apps.get_app_config("companies").get_models() if not model.__name__.endswith("Event")]
    constraints = [constraint for model in models for constraint in model._meta.constraints]
    named = {constraint.name for constraint in constraints if not isinstance(constraint, OfTheList)}
    triggers = [trigger for model in models for trigger in getattr(model._meta, "triggers", [])]
    named |= {name for trigger in triggers for name in re.findall(r"CONSTRAINT = '(\w+)'", str(vars(trigger)))}
    assert named - TARGETS - set(BROKEN) == set()
