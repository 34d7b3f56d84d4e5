"""Counting what is looked for and not served, for the whole country at once.

`SERVES` says in SQL what `workshops.matching.pairs` says of one request and one slot: both change together.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import Case, CharField, F, Q, QuerySet

from associations.models import Association, Request
from companies.models import BookingMode
from territories.distance import KilometresFrom
from territories.grid import cells_around
from workshops.catalogue import bookable
from workshops.matching import A_METRE, period_case, tried
from workshops.models import Dismissal

# One count at a time. The number is ours alone.
COUNTING = 20_150_717
# The country takes longer than an answer may, and less than a task may.
MOST_SECONDS = 240

WANTED = (
    "id", "participants", "computers", "from_date", "until_date", "weekdays", "periods", "languages", "step_free",
    "commune_id", "radius_km", "association_id",
)  # fmt: skip
AROUND = {name: F(f"commune__{name}") for name in ("departement_id", "latitude", "longitude")}
ADMITTED = Q(association__state=Association.State.ADMITTED)
INSTANT = Q(booking_mode=BookingMode.INSTANT)
REFUSED = ("request_id", "slot_id", "why", "distance_km", "weekday", "site_id")
OFFERED = ("id", "cell", "local_date", "weekday", "places", "computers")

_KM = KilometresFrom.template % {
    "latitude": "site.latitude",
    "longitude": "site.longitude",
    "north": "wanted.latitude",
    "east": "wanted.longitude",
}


def _suits(table: str) -> str:
    """The day of the week and the hour alone: what `matching.suits` says."""
    on_day = f"(wanted.weekdays = '{{}}' OR {table}.weekday = ANY(wanted.weekdays))"
    return f"{on_day} AND (wanted.periods = '{{}}' OR {table}.period = ANY(wanted.periods))"


def _period(time: str) -> Case:
    """What `matching.period_of` says of the hour at which a slot begins."""
    return period_case(time, str, CharField())


# Near a commune; of the 29 whose point nobody published, in the same département.
NEAR = f"({_KM} <= wanted.radius_km OR wanted.latitude IS NULL AND site.departement_id = wanted.departement_id)"
# What few requests ask for, and few have refused.
SPOKEN = """
    wanted.languages <@ ARRAY(
        SELECT unnest(profile.languages) FROM companies_slotvolunteer AS promise
        JOIN companies_membership AS member
        ON member.user_id = promise.volunteer_id AND member.company_id = site.company_id
        JOIN companies_volunteerprofile AS profile ON profile.membership_id = member.id
        WHERE promise.slot_id = slot.id AND promise.stand_in_asked_at IS NULL
    )
"""
NOT_WANTED = f"""
    EXISTS (
        SELECT FROM refused WHERE refused.request_id = wanted.id AND (refused.slot_id = slot.id OR CASE refused.why
            WHEN 'day' THEN refused.weekday = slot.weekday
            WHEN 'hour' THEN refused.period = slot.period
            WHEN 'site' THEN refused.site_id = slot.site_id
            WHEN 'far' THEN {_KM} > refused.distance_km - {A_METRE}
        END)
    ) OR EXISTS (
        SELECT FROM asked WHERE asked.association_id = wanted.association_id AND asked.slot_id = slot.id
    )
"""  # noqa: S608  # words of our own
# First the cells where any day can do, each with the most that it has: few requests are held against single slots.
SERVES = f"""
    SELECT FROM (
        SELECT here.cell FROM unnest(around.cells) AS here (cell)
        WHERE EXISTS (
            SELECT FROM day WHERE day.cell = here.cell
            AND day.local_date BETWEEN wanted.from_date AND wanted.until_date AND {_suits("day")}
            AND day.places >= wanted.participants AND day.computers >= wanted.computers
        ) OFFSET 0
    ) AS possible JOIN site USING (cell) JOIN slot ON slot.site_id = site.id
    WHERE {NEAR} AND slot.local_date BETWEEN wanted.from_date AND wanted.until_date AND {_suits("slot")}
    AND slot.places >= wanted.participants AND slot.computers >= wanted.computers
    AND (NOT wanted.step_free OR site.step_free) AND (wanted.admitted OR NOT slot.instant)
    AND (wanted.languages = '{{}}' OR {SPOKEN}) AND NOT ({NOT_WANTED})
"""  # noqa: S608  # idem

_INDEXED = """
    CREATE TEMPORARY TABLE site ON COMMIT DROP AS
    SELECT site.id, site.cell, site.latitude, site.longitude, site.commune_id, commune.departement_id, site.company_id,
    site.step_free,
    count(*) AS slots FROM slot JOIN companies_site AS site ON site.id = slot.site_id
    JOIN territories_commune AS commune ON commune.code = site.commune_id
    GROUP BY site.id, commune.departement_id;
    CREATE INDEX ON refused (request_id);
    CREATE INDEX ON asked (association_id, slot_id);
    CREATE TEMPORARY TABLE day ON COMMIT DROP AS
    SELECT cell, local_date, weekday, period, max(places) AS places, max(computers) AS computers
    FROM slot GROUP BY cell, local_date, weekday, period;
    CREATE INDEX ON slot (site_id, local_date);
    CREATE INDEX ON day (cell, local_date);
    CREATE INDEX ON site (cell);
    CREATE INDEX ON site USING gist (ll_to_earth(latitude, longitude));
    CREATE TEMPORARY TABLE part ON COMMIT DROP AS
    SELECT part.code AS commune_id, coalesce(city.code, part.code) AS whole
    FROM territories_commune AS part LEFT JOIN territories_commune AS city ON part.kind = 'arrondissement'
    AND city.kind = 'city' AND city.departement_id = part.departement_id;
    CREATE TEMPORARY TABLE around (commune_id varchar(5), radius_km smallint, cells integer[]) ON COMMIT DROP;
"""
_SERVED = f"""
    CREATE INDEX ON around (commune_id, radius_km);
    ANALYZE slot, day, site, wanted, around, refused, asked;
    CREATE TEMPORARY TABLE judged ON COMMIT DROP AS
    SELECT wanted.commune_id, wanted.departement_id, EXISTS ({SERVES}) AS served
    FROM wanted JOIN around USING (commune_id, radius_km);
"""  # noqa: S608  # idem
_NEAREST = f"""
    CREATE TEMPORARY TABLE nearest ON COMMIT DROP AS
    SELECT wanted.commune_id, (
        SELECT {_KM} FROM site WHERE wanted.latitude IS NOT NULL
        ORDER BY ll_to_earth(site.latitude, site.longitude) <-> ll_to_earth(wanted.latitude, wanted.longitude) LIMIT 1
    ) AS km FROM (SELECT DISTINCT commune_id, latitude, longitude FROM wanted) AS wanted;
"""  # noqa: S608  # idem
# A city counts what is in its arrondissements: a table whose lines may be added up has it once.
_WRITTEN = """
    DELETE FROM workshops_communeneed;
    INSERT INTO workshops_communeneed (commune_id, requests, unserved, slots, distance_km, counted_at)
    SELECT whole, count(*), count(*) FILTER (WHERE NOT served), coalesce(max(there.slots), 0), min(km), %(now)s
    FROM judged JOIN nearest USING (commune_id) JOIN part USING (commune_id) LEFT JOIN (
        SELECT whole, sum(slots) AS slots FROM site JOIN part USING (commune_id) GROUP BY whole
    ) AS there USING (whole)
    GROUP BY whole;
    DELETE FROM workshops_departementneed;
    INSERT INTO workshops_departementneed (departement_id, requests, unserved, slots, distance_km, counted_at)
    SELECT code, coalesce(here.requests, 0), coalesce(here.unserved, 0), coalesce(there.slots, 0), here.km, %(now)s
    FROM territories_departement LEFT JOIN (
        SELECT departement_id AS code, count(*) AS requests, count(*) FILTER (WHERE NOT served) AS unserved,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY km) AS km
        FROM judged JOIN nearest USING (commune_id) GROUP BY departement_id
    ) AS here USING (code)
    LEFT JOIN (SELECT departement_id AS code, sum(slots) AS slots FROM site GROUP BY departement_id) AS there
    USING (code);
    DROP TABLE slot, day, site, wanted, around, part, refused, asked, judged, nearest;
"""


def count_needs(*, now: dt.datetime) -> int | None:
    """Count anew, for every place at once, the open requests and those that no bookable slot serves.

    Returns how many requests are open; None when somebody else is counting.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL statement_timeout = '{MOST_SECONDS}s'")
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [COUNTING])
        if cursor.fetchone() == (False,):
            return None
        of_slot = {"site_id": F("room__site"), "period": _period("local_time"), "instant": INSTANT}
        _set_down(cursor, "slot", bookable(now).values(*OFFERED, **of_slot))
        _set_down(cursor, "refused", Dismissal.objects.values(*REFUSED, period=_period("local_time")))
        _set_down(cursor, "asked", tried().values("association_id", "slot_id"))
        _set_down(cursor, "wanted", Request.objects.open(now).values(*WANTED, admitted=ADMITTED, **AROUND))
        cursor.execute(_INDEXED)
        _set_down_around(cursor)
        for statement in (_SERVED, _NEAREST):
            cursor.execute(statement)
        cursor.execute("SELECT count(*) FROM wanted")
        [counted] = cursor.fetchone()
        cursor.execute(_WRITTEN, {"now": now})
    return int(counted)


def _set_down(cursor: CursorWrapper, table: str, rows: QuerySet[Any]) -> None:
    """A temporary table of what a query finds: what it says may be done is said in one place."""
    sql, parameters = rows.order_by().query.sql_with_params()
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ON COMMIT DROP AS {sql}", parameters)


def _set_down_around(cursor: CursorWrapper) -> None:
    """For each commune and each radius asked for, the cells of the grid that hold what is near, where slots are."""
    cursor.execute("SELECT cell, departement_id FROM site GROUP BY cell, departement_id")
    held = cursor.fetchall()
    inhabited = {cell for cell, _ in held}
    cursor.execute("SELECT DISTINCT commune_id, radius_km, departement_id, latitude, longitude FROM wanted")
    asked = cursor.fetchall()
    with cursor.copy("COPY around FROM STDIN") as copy:
        for commune, radius, departement, latitude, longitude in asked:
            if latitude is None:
                cells = [cell for cell, there in held if there == departement]
            else:
                cells = [cell for cell in cells_around(latitude, longitude, radius) if cell in inhabited]
            copy.write_row((commune, radius, cells))
