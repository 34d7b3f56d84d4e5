"""What every test may use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator

import hypothesis
import pytest
import time_machine
from django.core.cache import cache
from django.db import connection, transaction
from django.test import Client, TransactionTestCase
from pytest_django import DjangoDbBlocker
from xdist.remote import Producer
from xdist.scheduler import LoadScopeScheduling

from accounts.models import User
from tests import factories
from tests.addresses import addresses, people  # noqa: F401  # fixtures
from workshops.views import recent

# One example is slow when a browser runs beside it: that is no fault of what it tries.
hypothesis.settings.register_profile("no deadline", deadline=None)
hypothesis.settings.load_profile("no deadline")

# A Tuesday, at 10 in Paris.
NOW = dt.datetime(2026, 12, 1, 9, tzinfo=dt.UTC)


@pytest.fixture
def now() -> dt.datetime:
    """The instant that actions are given."""
    return NOW


@pytest.fixture(autouse=True)
def _frozen_clock(request: pytest.FixtureRequest) -> Iterator[None]:
    """The edges read the same instant, from which time goes on; a running portal keeps its own."""
    if {"portal", "own_portal"}.intersection(request.fixturenames):
        yield
        return
    with time_machine.travel(NOW):
        yield


@pytest.fixture
def visitor(client: Client) -> Callable[[User], Client]:
    """A client signed in as somebody."""

    def sign_in(user: User) -> Client:
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _fresh_cache(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(recent, "SECONDS", 0.0)
    yield
    cache.clear()
    recent._kept.clear()


@pytest.fixture
def world(db: None) -> factories.World:
    """A signatory with an open slot, an admitted association, and the people around them."""
    return factories.make_world(NOW)


# Sessions of threads that ended with their test, seen from PostgreSQL.
END_SESSIONS = """
SELECT pg_terminate_backend(pid) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


# What migrations have written, and stays.
WRITTEN_BEFORE = ("auth_permission", "django_content_type", "django_migrations", "territories_")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The test database; on a busy machine a session may outlive its thread, and would keep it from going."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", _delete_what_was_written)
        yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_SESSIONS)


def _delete_what_was_written(_case: TransactionTestCase) -> None:
    """After a test that commits. Django empties a hundred tables one after the other, and the country's places too.

    No trigger and no key is asked: some rows may never be deleted, others not in this order.
    """
    tables = [table for table in connection.introspection.table_names() if not table.startswith(WRITTEN_BEFORE)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT FROM {table})" for table in tables))  # noqa: S608  # our own tables
        written = [table for (table,) in cursor.fetchall()]
        cursor.execute("SET LOCAL session_replication_role = replica")
        for table in written:
            cursor.execute(f"DELETE FROM {table}")  # noqa: S608  # idem


@pytest.fixture
def committed(transactional_db: None) -> None:
    """For a test that commits."""


# What takes long goes first, so that the others fill up what is left.
LONG = ("tests/browser/", "tests/mail/test_under_faults.py", "tests/workshops/test_under_contention.py")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


class OnePortalAFile(LoadScopeScheduling):  # type: ignore[misc]  # the library has no types here
    """Tests of one file that walk a portal stay on one worker: another one would start it again. Others go alone."""

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", maxsplit=1)[0]
        return file if file.startswith("tests/browser/") else nodeid


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadScopeScheduling:
    return OnePortalAFile(config, log)
