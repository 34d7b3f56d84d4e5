"""All open requests and all slots that can be had, as columns: a country in a few seconds.

Slots that differ in their date alone (the evenings of a season, most often) are one run: what is said of one of them
is said of all, but for its day. A country has a million slots and a few ten thousand runs.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from django.db.models import Case, DateField, F, Func, IntegerField, QuerySet, SmallIntegerField, When
from django.db.models.functions import Extract

from associations.models import Request
from companies.models import BookingMode, Site, Slot
from territories.bulk import Columns, read_columns
from workshops.catalogue import bookable
from workshops.matching.known import Known, tried
from workshops.matching.pairs import Column, Offers, Wants
from workshops.matching.reading import OFFERED, SITE, WANTED, bit_of, paths, wants_of
from workshops.matching.times import period_case
from workshops.models import Dismissal

# What slots of one run have in common: it has one a day at most.
OF_A_RUN = (
    "room", "time", "site", "cell", "weekday", "period", "places", "computers", "volunteers", "posted_day", "topics",
    "languages", "instant",
)  # fmt: skip
# What a site says of all its runs, and from where it is read.
OF_A_SITE = {name: fact.path.removeprefix(SITE) for name, fact in OFFERED.items() if fact.path.startswith(SITE)}
NOT_A_SITE = -1


class Runs(NamedTuple):
    """Slots run by run, and within a run by their beginning.

    Slots by their numbers, with the instant at which each begins (microseconds since 1970) and its day (an ordinal).
    Those of run `n` stand from `first[n]` to `first[n + 1]`, which the last run has too. `ranks` is the place of
    a slot among all, by its beginning and then by its number.
    """

    offers: Offers
    sites: Column
    cells: Column
    first: Column
    slots: Column
    starts: Column
    days: Column
    ranks: Column


class Everything(NamedTuple):
    """Requests, runs of slots, and the pairs that associations have said are not for them, of slots and of sites.

    Requests and their associations by number. Dismissed pairs are lines of two: which request (its place in
    `requests`), and the number of the slot or site.
    """

    requests: Column
    associations: Column
    wants: Wants
    runs: Runs
    dismissed_slots: Column
    dismissed_sites: Column
    weights: Mapping[str, int]

    @property
    def run_of(self) -> Column:
        """Of each slot its run."""
        lengths = np.diff(self.runs.first)
        return np.repeat(np.arange(len(lengths)), lengths)

    def only(self, places: Column) -> Everything:
        """With these requests alone (their places, in order)."""
        slots, sites = (_of(pairs, places) for pairs in (self.dismissed_slots, self.dismissed_sites))
        return self._replace(
            requests=self.requests[places],
            associations=self.associations[places],
            wants=Wants(*(column[places] for column in self.wants)),
            dismissed_slots=slots,
            dismissed_sites=sites,
        )


def _of(pairs: Column, places: Column) -> Column:
    kept = pairs[np.isin(pairs[:, 0], places)]
    return np.column_stack([np.searchsorted(places, kept[:, 0]), kept[:, 1]])


def read_everything(
    now: dt.datetime, requests: QuerySet[Request] | None = None, slots: QuerySet[Slot] | None = None
) -> Everything:
    """As it is in the database. Of the open requests, and of the slots that can be had, those given, or all.

    Slots, sites and requests are read one after the other: what changes meanwhile is read as it was or as it is.
    """
    wanted = (Request.objects.open(now) if requests is None else requests).order_by("pk")
    free = bookable(now) if slots is None else slots
    known = Known.of_all(wanted, free)
    rows = list(wanted.values_list("pk", "association_id", *paths(WANTED)))
    numbers, associations = np.array([row[:2] for row in rows], np.int64).reshape(-1, 2).T
    wants = wants_of((row[2:] for row in rows), **known.of_requests([row[:2] for row in rows]))
    return Everything(
        numbers, associations, wants, _runs(free, known), *_dismissed(numbers, associations), known.weights
    )


def _runs(slots: QuerySet[Slot], known: Known) -> Runs:
    found = _slots(slots)
    taught = known.brought_to_all(found["slot"])
    found |= {"topics": taught[:, 0], "languages": taught[:, 1]}
    # The same run, one after the other, each by its beginning.
    order = np.lexsort((found["slot"], found["starts"], *(found[name] for name in OF_A_RUN)))
    found = {name: column[order] for name, column in found.items()}
    begins = np.ones(len(order), np.bool_)
    if len(order):
        begins[1:] = np.any([np.diff(found[name]) != 0 for name in OF_A_RUN], axis=0)
    heads = np.flatnonzero(begins)
    ranks = np.empty(len(order), np.int64)
    ranks[np.lexsort((found["slot"], found["starts"]))] = np.arange(len(order))
    one_a_run = {name: found[name][heads] for name in OF_A_RUN}
    return Runs(
        offers=_offers(one_a_run, known),
        sites=one_a_run["site"],
        cells=one_a_run["cell"],
        first=np.append(heads, len(order)),
        slots=found["slot"],
        starts=found["starts"],
        days=found["day"],
        ranks=ranks,
    )


def _slots(slots: QuerySet[Slot]) -> Columns:
    read = slots.order_by().values(
        "room",
        "cell",
        "weekday",
        "places",
        "computers",
        "volunteers_offered",
        slot=F("pk"),
        site=F("room__site"),
        time=Extract("local_time", "epoch"),
        day=_Ordinal("local_date"),
        period=period_case("local_time", bit_of, SmallIntegerField()),
        instant=Case(When(booking_mode=BookingMode.INSTANT, then=1), default=0),
        posted_day=_Ordinal(_UtcDate("created_at")),
        starts=Microseconds("starts_at"),
    )
    small = dict.fromkeys(("weekday", "places", "computers", "volunteers_offered", "period", "instant"), "i2")
    whole = dict.fromkeys(("time", "cell", "day", "posted_day"), "i4")
    found = read_columns(read, slot="i8", starts="i8", room="i8", site="i8", **whole, **small)
    found["volunteers"] = found.pop("volunteers_offered")
    return found


def _offers(run: Columns, known: Known) -> Offers:
    """Of each run; the day of none."""
    rows = Site.objects.order_by("pk").values_list("pk", "company", *OF_A_SITE.values())
    numbers, companies, *_ = columns = list(zip(*rows, strict=True)) or [()] * (2 + len(OF_A_SITE))
    at = np.searchsorted(np.array(numbers, np.int64), run["site"])
    of_site = {name: OFFERED[name].column(values)[at] for name, values in zip(OF_A_SITE, columns[2:], strict=True)}
    given = {name: run[name].astype(np.int64) for name in OF_A_RUN if name in Offers._fields}
    weekday = 1 << given.pop("weekday")
    kept = known.kept_by_companies(companies)[at]
    dated = {"day": np.zeros(len(at), np.int64), "bookable": np.ones(len(at), np.bool_)}
    return Offers(**given, **of_site, **dated, weekday=weekday, kept=kept)


def _dismissed(requests: Column, associations: Column) -> tuple[Column, Column]:
    """Of these requests (their numbers, in order): pairs of a request's place and a slot, and of it and a site.

    What an association has asked for already, or did not get, counts as dismissed: nobody proposes it once more.
    """
    rows = np.array(
        [
            (request, slot, site if why == Dismissal.Why.SITE else NOT_A_SITE)
            for request, slot, site, why in Dismissal.objects.values_list("request", "slot", "site", "why")
        ],
        np.int64,
    ).reshape(-1, 3)
    rows = rows[np.isin(rows[:, 0], requests)]
    rows[:, 0] = np.searchsorted(requests, rows[:, 0])
    ended = tried().values_list("association", "slot")
    waiting = [(place, slot) for owner, slot in ended for place in np.flatnonzero(associations == owner).tolist()]
    slots = np.vstack([rows[:, :2], np.array(waiting, np.int64).reshape(-1, 2)])
    return np.unique(slots, axis=0), rows[rows[:, 2] != NOT_A_SITE][:, ::2]


class _Ordinal(Func):
    """A date as Python counts days."""

    template = "(%(expressions)s - DATE '0001-01-01' + 1)"
    output_field = IntegerField()


class _UtcDate(Func):
    template = "(%(expressions)s AT TIME ZONE 'UTC')::date"
    output_field = DateField()


class Microseconds(Func):
    """An instant, counted since 1970."""

    template = "(extract(epoch FROM %(expressions)s) * 1000000)"
    output_field = IntegerField()
