import datetime as dt

import pytest
from django.db import connection
from django.db.models import QuerySet
from pytest_django import DjangoAssertNumQueries

from accounts.models import Role
from companies.models import Membership, Slot
from territories.prepared import Prepared
from tests import factories
from tests.factories import World


def slots_of(*, company: int, since: dt.datetime) -> QuerySet[Slot]:
    return Slot.objects.filter(room__site__company=company, starts_at__gte=since).with_place().order_by("starts_at")


EARLY = dt.datetime.min.replace(tzinfo=dt.UTC)


def test_prepared_query_reads_what_the_query_reads_whatever_the_values(world: World, now: dt.datetime) -> None:
    prepared = Prepared(slots_of, company=-1, since=EARLY)
    later = factories.make_slot(world.room, world.slot.ends_at)
    other = factories.make_slot(factories.make_room(now, factories.make_site(now, factories.make_company(now))), now)
    for company, since in [
        (world.company.pk, now),
        (world.company.pk, later.starts_at),
        (other.room.site.company_id, EARLY),
        (-7, now),
    ]:
        read = prepared(company=company, since=since)
        assert read == list(slots_of(company=company, since=since))
        assert {one.room.site.company_id for one in read} <= {company}


def test_what_comes_with_a_row_is_read_in_the_same_query(
    world: World, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    prepared = Prepared(slots_of, company=-1, since=EARLY)
    with django_assert_num_queries(1):
        (slot,) = prepared(company=world.company.pk, since=EARLY)
        assert slot.room.site.company == world.company


def test_example_without_a_place_is_refused(world: World) -> None:
    def owners(*, company: int) -> QuerySet[Membership]:
        return Membership.objects.filter(role=Role.OWNER, company__gt=company + 1)

    with pytest.raises(ValueError, match="company"):
        Prepared(owners, company=-1)(company=world.company.pk)


def test_query_is_planned_once_for_its_connection(world: World) -> None:
    prepared = Prepared(slots_of, company=-1, since=EARLY)
    for _ in range(3):
        prepared(company=world.company.pk, since=EARLY)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT generic_plans, custom_plans FROM pg_prepared_statements"
            " WHERE statement LIKE '%companies_slot%' AND prepare_time >= now()"
        )
        assert cursor.fetchall() == [(3, 0)]
