"""A database with invented data of the size of a country, or with few slots among as many requests."""

from __future__ import annotations

import sys

from django.db import connection
from django.utils import timezone

from bench.database import use
from solidarite.demonstration import national
from solidarite.embedded.addresses import DATABASE_NAME

ALL = DATABASE_NAME
SEED = 2015


def load(name: str, *, quick: bool, part: int = 1) -> None:
    """Fill this database, with one company in so many, and count its rows as autovacuum does."""
    scale = national.SCALES["regional" if quick else "national"]
    scale = scale._replace(companies=scale.companies // part)
    use(name)
    national.load(scale, now=timezone.now(), progress=sys.stderr, seed=SEED)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
