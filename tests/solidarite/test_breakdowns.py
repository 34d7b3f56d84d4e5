"""What is said instead of a traceback."""

import errno

import psycopg
import pytest
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import DataError, OperationalError, ProgrammingError

from solidarite.breakdowns import in_words
from solidarite.embedded.processes import NotStarted


def full_disk() -> OperationalError:
    error = OperationalError("could not extend file")
    error.__cause__ = psycopg.errors.DiskFull("could not extend file")
    return error


def no_tables() -> ProgrammingError:
    error = ProgrammingError('relation "accounts_user" does not exist')
    error.__cause__ = psycopg.errors.UndefinedTable('relation "accounts_user" does not exist')
    return error


@pytest.mark.parametrize(
    ("error", "words", "todo"),
    [
        (NotStarted("Le port est pris."), "Le port est pris.", ""),
        (full_disk(), "Le disque est plein", "libérez de la place"),
        (no_tables(), "Les tables manquent", "manage.py migrate"),
        (OSError(errno.ENOSPC, "No space left on device"), "Le disque est plein", "libérez de la place"),
        (OperationalError("connection to server failed"), "PostgreSQL ne répond pas", "DATABASE_URL"),
        (OperationalError("connection failed: invalid page in block 0"), "La base est abîmée", "--reset"),
        (DataError("invalid page in block 0"), "La base est abîmée", "--reset"),
        (redis.ConnectionError("refused"), "Valkey ou Redis ne répond pas", "REDIS_URL"),
        (ImproperlyConfigured("SECRET_KEY"), "Un réglage ne va pas", ".env.example"),
        (PermissionError(errno.EACCES, "Permission denied", "/data"), "Le système refuse", "/data"),
    ],
)
def test_each_breakdown_says_what_happened_and_what_to_do(error: Exception, words: str, todo: str) -> None:
    said = in_words(error)
    assert said.startswith(words)
    assert todo in said
    assert "\n" not in said
