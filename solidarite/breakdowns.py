"""What is said instead of a traceback when a service that the portal needs is broken: one line, with what to do."""

from __future__ import annotations

import errno
from typing import Any

import psycopg
import redis
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, OperationalError
from environs import EnvError

from solidarite.embedded.processes import RESTORE, NotStarted

# What a command may meet when a service is broken or a disk is full; anything else is a fault of ours.
KNOWN = (NotStarted, DatabaseError, psycopg.Error, redis.RedisError, ImproperlyConfigured, EnvError, OSError)


def in_words(error: BaseException) -> str:
    """One line for the person at the terminal: what happened, and what to do."""
    if isinstance(error, NotStarted):
        return str(error)
    if _disk_is_full(error):
        return "Le disque est plein\u00a0: libérez de la place, puis relancez. Ce qui était enregistré reste."
    if _caused_by(error, psycopg.errors.UndefinedTable):
        return "Les tables manquent\u00a0: lancez d’abord «\u00a0uv run manage.py migrate\u00a0», puis relancez."
    told = " ".join(str(error).split())[:300].rstrip(".")
    damaged = any(sign in told for sign in ("invalid page", "could not read", "corrupt"))
    unreachable = isinstance(error, OperationalError | psycopg.OperationalError) and "connect" in told and not damaged
    if unreachable:
        return f"PostgreSQL ne répond pas\u00a0: {told}. Vérifiez DATABASE_URL, et qu’il est démarré."
    what, todo = next(words for kinds, words in WORDS if isinstance(error, kinds))
    return f"{what}\u00a0: {told}. {todo}."


WORDS: tuple[tuple[Any, tuple[str, str]], ...] = (
    ((EnvError, ImproperlyConfigured), ("Un réglage ne va pas", "Corrigez-le (voir .env.example), puis relancez")),
    (redis.RedisError, ("Valkey ou Redis ne répond pas", "Vérifiez REDIS_URL, et qu’il est démarré")),
    ((DatabaseError, psycopg.Error), ("La base est abîmée ou refuse", RESTORE)),
    (OSError, ("Le système refuse", "Corrigez cela, puis relancez")),
)


def _disk_is_full(error: BaseException) -> bool:
    full = any(isinstance(one, OSError) and one.errno == errno.ENOSPC for one in (error, error.__cause__))
    return full or _caused_by(error, psycopg.errors.DiskFull)


def _caused_by(error: BaseException, kind: type[BaseException]) -> bool:
    return isinstance(error, kind) or isinstance(error.__cause__, kind)
