"""A database with invented data of the size of a country, or with few slots among as many requests."""

from __future__ import annotations

import sys

from django.db import connection
from django.utils import timezone

from bench.database import use
from solidarite.demonstration import national
from solidarite.embedded.addresses import DATABASE_NAME

ALL = DATABASE_NAME
SEED, HUNDREDTH = 2015, 100


def load(name: str, *, quick: bool, hundredth: bool = False) -> None:
    """Fill this database, and count its rows as autovacuum does."""
    scale = national.SCALES["regional" if quick else "national"]
    if hundredth:
        scale = scale._replace(companies=scale.companies // HUNDREDTH)
    use(name)
    national.load(scale, now=timezone.now(), progress=sys.stderr, seed=SEED)
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("VACUUM ANALYZE")
