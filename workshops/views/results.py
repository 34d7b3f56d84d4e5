"""What a search has found, seen as a list, as a week or on a map: all three show the same slots."""

from __future__ import annotations

import datetime as dt
from bisect import bisect_right
from dataclasses import replace
from functools import lru_cache
from hashlib import blake2b
from html import escape
from typing import Any, NamedTuple
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.cache import cache
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.safestring import SafeString

from accounts.forms import DayField
from accounts.ranges import FIRST_DAY, LAST_DAY
from territories.models import Commune, Departement
from workshops.agenda import week_days
from workshops.cards import draw
from workshops.counting import There, by_commune, by_departement, week
from workshops.filters import LONGEST_KEPT, Position, Read, SlotFilter
from workshops.pictures import STEPS, facade, legend, map_of_communes, map_of_france
from workshops.searching import Criteria, find

WEEK = dt.timedelta(days=7)
# A map of the country counts a hundred thousand slots in 1.2 s: who comes within this time sees the same, and since
# when. Communes are counted in 0.1 s, anew for each page.
MAP_SECONDS = 30
# Around Paris a thousand communes have slots: nobody reads, or steps through, so many links.
NAMED = 40
# Before every name.
BEGINNING = "-"
# The heading of what is found, below a form that fills a phone. On a map each of two hundred links ends with it.
HEADING = "#ici"


class Results(NamedTuple):
    """What stands below the form; empty where there is nothing, before it or after it."""

    shown: SafeString
    before: SafeString
    after: SafeString


def address(data: QueryDict, *, path: str = "", **parameters: object) -> SafeString:
    """What this search finds, with other parameters; None leaves one out."""
    return asked_in(data, path=path, heading=HEADING, **parameters)


def asked_in(data: QueryDict, *, path: str = "", heading: str = "", **parameters: object) -> SafeString:
    """This search, for an address. A page of its list, or a week, is no part of it.

    What says nothing is left out as well: what a form sends empty, and what other sites add to an address.
    """
    kept: dict[str, object] = {name: data[name] for name in data if name in SlotFilter.base_filters and data[name]}
    said = kept | {"apres": None, "avant": None} | parameters
    query = tuple([(name, str(value)) for name, value in said.items() if value is not None])
    is_short = all(len(value) <= LONGEST_KEPT for _, value in query)
    return (_kept_address if is_short else _address)(path, query, heading)


def _address(path: str, query: tuple[tuple[str, str], ...], heading: str) -> SafeString:
    return SafeString(escape(f"{path}?{urlencode(query)}{heading}"))


_kept_address = lru_cache(maxsize=5_000)(_address)


def results(data: QueryDict, asked: Read, *, now: dt.datetime) -> Results:
    """In the view that is asked for."""
    views = {"liste": _list, "semaine": _week, "carte": _map}
    return views[asked.cleaned["vue"]](data, asked, now)


def _list(data: QueryDict, asked: Read, now: dt.datetime) -> Results:
    criteria, cleaned = Criteria.of(asked.cleaned), asked.cleaned
    backwards = cleaned["avant"] is not None and cleaned["apres"] is None
    position = cleaned["avant"] if backwards else cleaned["apres"]
    found = find(criteria, now=now, position=position, backwards=backwards)
    if not found.rows:
        return _beyond(data, criteria, position, now, backwards=backwards)
    cards = SafeString("".join([draw(row) for row in found.rows]))
    first, last = found.ends(criteria)
    has_before = found.more if backwards else position is not None
    before = address(data, avant=first) if has_before else SafeString()
    after = address(data, apres=last) if backwards or found.more else SafeString()
    return Results(SafeString(f'<div class="slots">{cards}</div>'), before, after)


def _beyond(
    data: QueryDict, criteria: Criteria, position: Position | None, now: dt.datetime, *, backwards: bool
) -> Results:
    """A page after the last one, or before the first: other slots may match all the same."""
    if position is None or not find(criteria, now=now, count=1).rows:
        return Results(SafeString(), SafeString(), SafeString())
    text = f"Plus aucun créneau ne {'précède' if backwards else 'suit'}."
    context = {"text": text, "url": address(data), "label": "Revenir au début"}
    shown = render_to_string("components/empty.html", context)
    return Results(SafeString(shown), SafeString() if backwards else address(data, avant=position), SafeString())


# --- a week ---------------------------------------------------------------------------------------------


def _week(data: QueryDict, asked: Read, now: dt.datetime) -> Results:
    """The week that is asked for, or the one in which the next slot begins."""
    criteria, since, until = Criteria.of(asked.cleaned), asked.cleaned["du"], asked.cleaned["au"]
    day = _asked_week(data) or _first_day(criteria, now)
    if day is None:
        return Results(SafeString(), SafeString(), SafeString())
    monday = week_days(day)[0]
    counts = week(criteria, monday, now=now)
    days, rows = facade(counts, monday, lambda date: address(data, vue="liste", du=date, au=date))
    shown = render_to_string("workshops/found_week.html", {"days": days, "rows": rows, "monday": monday})
    first, last = max(since or FIRST_DAY, timezone.localdate(now)), until or LAST_DAY
    before = address(data, semaine=monday - WEEK) if monday > first else SafeString()
    # After a week in which nothing begins: to the next one in which something does, if any.
    following: dt.date | None = monday + WEEK
    if not any(counts.values()):
        following = _first_day(criteria.but(du=max(since or FIRST_DAY, monday + WEEK)), now)
    after = address(data, semaine=week_days(following)[0]) if following and following <= last else SafeString()
    return Results(SafeString(shown), before, after)


def _asked_week(data: QueryDict) -> dt.date | None:
    """A day of the week that one went on to; what means none shows the first."""
    try:
        day: dt.date | None = DayField(required=False).clean(data.get("semaine"))
    except ValidationError:
        return None
    return day


def _first_day(criteria: Criteria, now: dt.datetime) -> dt.date | None:
    rows = find(replace(criteria, by_distance=False), now=now, count=1).rows
    return rows[0][1].astimezone(ZoneInfo(rows[0][3])).date() if rows else None


# --- a map ----------------------------------------------------------------------------------------------


def _map(data: QueryDict, asked: Read, now: dt.datetime) -> Results:
    """Of the country, of one département, of one commune, or of what is around a place."""
    criteria, departement = Criteria.of(asked.cleaned), asked.cleaned["departement"]
    if departement is None and criteria.place is None and asked.cleaned["commune"] is None:
        found, counted_at = _kept(criteria, now)
        drawn = map_of_france(found, lambda one: address(data, departement=one.pk), numbered=True)
        return _drawn(data, found, drawn, departement=None, counted_at=counted_at, among=len(found))
    return _communes(data, by_commune(criteria, now=now), departement)


def _communes(data: QueryDict, found: list[There], departement: Departement | None) -> Results:
    """Those that have most are named first; then all of them by their names, so many at once.

    Whatever comes and goes meanwhile, none is passed over. The map shows where those are that are not named.
    """
    after = data.get("suite", "")
    part = _by_name(found, after) if after else _largest(found)
    chosen = {there.place.pk for there in part.named}
    others = [there for there in found if there.place.pk not in chosen]
    around = [departement] if departement else list({there.place.departement: None for there in found})
    drawn = map_of_communes(part.named, around, lambda one: _of_commune(data, one), others=others)
    among, by_name = len(found), bool(after)
    shown = _drawn(
        data, part.named, drawn, departement=departement, counted_at=None, among=among, by_name=by_name
    ).shown
    before = address(data, suite=part.before) if after else SafeString()
    return Results(shown, before, address(data, suite=part.after) if part.after else SafeString())


class _Part(NamedTuple):
    """Some communes, and the names after which those before and after them stand: None are those that have most."""

    named: list[There]
    before: str | None
    after: str | None


def _largest(found: list[There]) -> _Part:
    ranked = sorted(found, key=lambda there: -there.amount)
    chosen = {there.place.pk for there in ranked[:NAMED]}
    return _Part([there for there in found if there.place.pk in chosen], None, BEGINNING if ranked[NAMED:] else None)


def _by_name(found: list[There], after: str) -> _Part:
    ordered = sorted(found, key=_name_of)
    names = [_name_of(there) for there in ordered]
    first = bisect_right(names, after) % max(len(names), 1)
    until = first + NAMED
    before = names[first - NAMED - 1] if first > NAMED else BEGINNING
    return _Part(ordered[first:until], before if first else None, names[until - 1] if names[until:] else None)


def _name_of(there: There) -> str:
    """Of a commune, which no other one has."""
    return f"{there.place.search_name} {there.place.pk}".replace(" ", "-")


def _kept(criteria: Criteria, now: dt.datetime) -> tuple[list[There], dt.datetime]:
    """The country, and when it was counted; that there is nothing is never kept."""
    key = blake2b(repr(criteria.chosen).encode(), digest_size=12).hexdigest()
    kept: tuple[list[There], dt.datetime] | None = cache.get(f"country:{key}")
    if kept is None:
        kept = by_departement(criteria, now=now), now
        if kept[0]:
            cache.set(f"country:{key}", kept, MAP_SECONDS)
    return kept


def _of_commune(data: QueryDict, commune: Commune) -> SafeString:
    """All of it that the map counts, and nothing else."""
    return address(data, commune=commune.link, vue=None)


def _drawn(
    data: QueryDict,
    found: list[There],
    drawn: Any,
    *,
    departement: Departement | None,
    counted_at: dt.datetime | None,
    among: int,
    by_name: bool = False,
) -> Results:
    """`among`: of how many places these are those that are named, `by_name` or because they have most."""
    places = [
        {
            "name": there.place,
            "count": there.shown,
            "url": _of_commune(data, there.place)
            if isinstance(there.place, Commune)
            else address(data, departement=there.place.pk),
        }
        for there in found
    ]
    context = {
        "map": drawn,
        "legend": legend(STEPS),
        "places": places,
        "among": 0 if among == len(places) else among,
        "by_name": by_name,
        "nothing": "" if drawn.dots else "aucun",
        "departement": departement,
        "counted_at": counted_at,
        "seconds": MAP_SECONDS,
        "back": address(data, departement=None, commune=None),
        "tiles": settings.MAP_TILE_URL,
        "credit": settings.MAP_TILE_CREDIT,
    }
    shown = render_to_string("workshops/found_map.html", context) if found else ""
    return Results(SafeString(shown), SafeString(), SafeString())
