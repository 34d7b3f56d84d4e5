"""What workshops have brought, told by month, territory, topic, age, public and company.

Every number is counted from the rows of reports and presences each time: `figures.given_by`. Tables of which no line
counts what another one does add up to the whole.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from django.db.models import CharField, Count, F, Func, Q, Sum
from django.db.models.functions import ExtractYear, TruncMonth

from accounts.vocabulary import Audience, Topic
from companies.models import Company
from territories.models import Commune, Departement
from territories.wording import counted, month_year, number, short_month
from workshops.charts import share
from workshops.figures import NOTHING, PLACE_OF_COMPANY, SLOT, Given, given, given_by
from workshops.models import HELD, Report, Side
from workshops.spreadsheets import spreadsheet

DAY = f"{SLOT}__local_date"
PLACE = f"{SLOT}__room__site__commune"
AUDIENCES = "workshop__booking__request__audiences"
# More months than this are told by the year.
MOST_MONTHS = 24
# So many lines of a table stand open on a page; more of them fold out, and the file has all.
FIRST_ROWS, MOST_ROWS = 8, 120


class Scope(NamedTuple):
    """Of which workshops, at which instant: of a year, a département or a company; of all where it names none."""

    now: dt.datetime
    year: int | None = None
    departement: Departement | None = None
    company: Company | None = None

    @property
    def within(self) -> Q:
        """The same to the database, from a report or a presence."""
        asked = {f"{DAY}__year": self.year, f"{PLACE}__departement": self.departement, PLACE_OF_COMPANY: self.company}
        return Q(**{path: value for path, value in asked.items() if value is not None})


class Row(NamedTuple):
    """A line: `workshops` and `minutes` are None where they do not belong to it. `place` is what it is of, if a row."""

    label: str
    workshops: int | None
    people: int
    minutes: int | None = None
    place: Any = None
    short: str = ""
    """The label where there is little room."""
    url: str = ""
    share: float = 0.0
    """How long its bar is, in hundredths of the longest of the table."""

    @property
    def hours(self) -> float | None:
        """How long volunteers were there, all together."""
        return None if self.minutes is None else self.minutes / 60

    @property
    def amount(self) -> int:
        """What maps and charts draw: workshops, else who came."""
        return self.people if self.workshops is None else self.workshops

    @property
    def figure(self) -> str:
        return number(self.amount)

    @property
    def shown(self) -> str:
        """« 12 ateliers, 74 personnes »."""
        people = counted(self.people, "personne", "personnes")
        return people if self.workshops is None else f"{counted(self.workshops, 'atelier', 'ateliers')}, {people}"


class Table(NamedTuple):
    """Lines of one kind, by the name of its file; `heading` is what a line is, `note` a word on how they add up."""

    name: str
    title: str
    heading: str
    rows: list[Row]
    note: str = ""

    @property
    def has_workshops(self) -> bool:
        return any(row.workshops is not None for row in self.rows)

    @property
    def has_hours(self) -> bool:
        return any(row.minutes is not None for row in self.rows)

    @property
    def first(self) -> list[Row]:
        """What stands open on a page."""
        return self.rows[:FIRST_ROWS]

    @property
    def more(self) -> list[Row]:
        """What folds out."""
        return self.rows[FIRST_ROWS:MOST_ROWS]

    @property
    def left_out(self) -> int:
        """How many lines the file has besides."""
        return max(len(self.rows) - MOST_ROWS, 0)

    def linked(self, link: Callable[[Any], str]) -> Table:
        """Each line that is of a place, or of somebody, leads there."""
        return self._replace(rows=[row._replace(url=link(row.place) if row.place else "") for row in self.rows])

    def as_csv(self) -> str:
        """The same as a table to take along."""
        shown = {"ateliers": self.has_workshops, "personnes": True, "heures données": self.has_hours}
        columns = (self.heading, *(name for name, is_shown in shown.items() if is_shown))
        return spreadsheet(columns, (self._cells(row) for row in self.rows))

    def _cells(self, row: Row) -> tuple[object, ...]:
        workshops = (row.workshops,) if self.has_workshops else ()
        hours = ("" if row.hours is None else f"{row.hours:.2f}".replace(".", ","),) if self.has_hours else ()
        return (row.label, *workshops, row.people, *hours)


def whole(scope: Scope) -> Given:
    """All of it."""
    return given(scope.within, now=scope.now)


def years(scope: Scope) -> list[int]:
    """Those of which there is anything to tell, the latest first."""
    return sorted(given_by(ExtractYear(DAY), scope.within, now=scope.now), reverse=True)


# --- tables ---------------------------------------------------------------------------------------------


def by_month(scope: Scope) -> Table:
    """Through time, empty months included; by the year where there would be too many."""
    found: dict[dt.date, Given] = given_by(TruncMonth(DAY), scope.within, now=scope.now)
    months = _months(found)
    if len(months) > MOST_MONTHS:
        return _by_year(scope)
    rows = [_row(month_year(month), found.get(month, NOTHING), short=short_month(month)) for month in months]
    return _table("mois", "Mois après mois", "mois", rows)


def _by_year(scope: Scope) -> Table:
    found: dict[int, Given] = given_by(ExtractYear(DAY), scope.within, now=scope.now)
    rows = [_row(str(year), found.get(year, NOTHING)) for year in range(min(found), max(found) + 1)]
    return _table("mois", "Année après année", "année", rows)


def _months(days: Iterable[dt.date]) -> list[dt.date]:
    """The firsts of all months from the first to the last of these."""
    numbers = [day.year * 12 + day.month - 1 for day in days]
    return [dt.date(one // 12, one % 12 + 1, 1) for one in range(min(numbers), max(numbers) + 1)] if numbers else []


def by_territory(scope: Scope) -> Table:
    """By département; inside one, by commune."""
    if scope.departement is None:
        found = given_by(F(f"{PLACE}__departement"), scope.within, now=scope.now)
        return _by_place("Par département", "département", found, Departement.objects.in_bulk(list(found)))
    found = given_by(F(PLACE), scope.within, now=scope.now)
    communes = Commune.objects.select_related("departement").in_bulk(list(found))
    return _by_place("Par commune", "commune", found, communes)


def _by_place(title: str, heading: str, found: Mapping[Any, Given], places: Mapping[Any, Any]) -> Table:
    rows = [_row(str(places[code]), told, places[code]) for code, told in found.items()]
    return _table("territoires", title, heading, _largest_first(rows))


def by_company(scope: Scope) -> Table:
    """By who hosted; who is no signatory (any more) is not named."""
    found = given_by(F(PLACE_OF_COMPANY), scope.within, now=scope.now)
    named = Company.objects.signatories(scope.now).in_bulk(list(found))
    rows = _largest_first([_row(company.name, found[pk], company) for pk, company in named.items()])
    others = [told for pk, told in found.items() if pk not in named]
    rows += [_row("entreprises qui ne sont plus signataires", _sum(others))] if others else []
    return _table("entreprises", "Par entreprise", "entreprise", rows)


def by_site(scope: Scope) -> Table:
    """By the place where a company hosts."""
    return _by_name("sites", "Par site", "site", f"{SLOT}__room__site__name", scope)


def by_association(scope: Scope) -> Table:
    """By who was hosted."""
    return _by_name("associations", "Par association", "association", "workshop__booking__association__name", scope)


def _by_name(name: str, title: str, heading: str, path: str, scope: Scope) -> Table:
    found = given_by(F(path), scope.within, now=scope.now)
    return _table(name, title, heading, _largest_first([_row(label, told) for label, told in found.items()]))


def by_topic(scope: Scope) -> Table:
    """By what was taught: a workshop on two topics counts for both."""
    rows = [Row(str(Topic(code).label), *told) for code, *told in _by_each(F("taught"), scope)]
    note = "Un atelier où plusieurs thèmes ont été abordés compte pour chacun."
    return _table("themes", "Ce qui a été abordé", "thème", _largest_first(rows), note)


def by_audience(scope: Scope) -> Table:
    """By whom the association's request was for: a workshop for two publics counts for both."""
    rows = [Row(str(Audience(code).label), *told) for code, *told in _by_each(F(AUDIENCES), scope)]
    note = (
        "D’après la demande de l’association, là où elle en a déposé une. "
        "Un atelier pour plusieurs publics compte pour chacun."
    )
    return _table("publics", "Pour qui", "public", _largest_first(rows), note)


def by_age(scope: Scope) -> Table:
    """By the national age brackets, and those whose age was not counted: together all who came."""
    sums = {name: Sum(name, default=0) for name in (*Report.BRACKETS, "attended")}
    told = _of_associations(scope).aggregate(**sums)
    rows = [Row(label, None, told[name]) for name, label in Report.bracket_labels().items()]
    unsaid = told["attended"] - sum(row.people for row in rows)
    rows += [Row("âge non compté", None, unsaid)] if unsaid else []
    return _table("ages", "Qui est venu", "âge", rows if told["attended"] else [])


def _by_each(words: F, scope: Scope) -> Any:
    """Each word of a list with how many workshops have it, and how many came there."""
    each = Func(words, function="unnest", output_field=CharField())
    told = _of_associations(scope).values_list(each)
    return told.annotate(workshops=Count("workshop", distinct=True), people=Sum("attended", default=0))


def _of_associations(scope: Scope) -> Any:
    """The reports that count who came and tell what was taught."""
    return Report.objects.filter(HELD, scope.within, side=Side.ASSOCIATION).order_by()


def _sum(given: Iterable[Given]) -> Given:
    return Given(*map(sum, zip(*given, strict=True)))


def _row(label: str, told: Given, place: Any = None, short: str = "") -> Row:
    return Row(label, told.workshops, told.people, told.minutes, place, short or label)


def _largest_first(rows: Iterable[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (-row.amount, -row.people, row.label))


def _table(name: str, title: str, heading: str, rows: list[Row], note: str = "") -> Table:
    most = max((row.amount for row in rows), default=0)
    return Table(name, title, heading, [row._replace(share=share(row.amount, most)) for row in rows], note)


# Of everybody, of a company as anybody sees it, and as it sees itself: the tables by the names of their files.
Tables = Mapping[str, Callable[[Scope], Table]]
OF_COMPANY: Tables = {
    "mois": by_month,
    "territoires": by_territory,
    "themes": by_topic,
    "ages": by_age,
    "publics": by_audience,
}
OF_EVERYBODY: Tables = {**OF_COMPANY, "entreprises": by_company}
OWN: Tables = {**OF_COMPANY, "sites": by_site, "associations": by_association}
