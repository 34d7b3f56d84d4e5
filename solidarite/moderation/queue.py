"""All that waits for a moderator, oldest first, in one query whose cost does not grow with what waits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import reduce
from operator import or_
from typing import Any, NamedTuple, Self

from django.db.models import CharField, F, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast

from accounts.models import AbuseReport, Appeal, User
from accounts.models.moderation import CLAIM_LASTS
from associations.models import Association, Request
from charter.models import Signature
from territories.keys import key_in
from workshops.models import Dispute

FILES_A_PAGE = 30
COUNTED_AT_MOST = 100


class Source(NamedTuple):
    """Where files of one kind wait, and the columns that tell their age, title and commune."""

    kind: str
    model: Any
    since: str
    title: str
    commune: str


SOURCES = (
    Source("signature", Signature, "submitted_at", "company__name", "company__commune"),
    Source("association", Association, "submitted_at", "name", "commune"),
    Source("request", Request, "created_at", "association__name", "commune"),
    Source("report", AbuseReport, "created_at", "path", ""),
    Source("appeal", Appeal, "created_at", "message", ""),
    Source(
        "dispute",
        Dispute,
        "created_at",
        "workshop__booking__association__name",
        "workshop__booking__slot__room__site__commune",
    ),
)


COMMUNES = {source.kind: source.commune for source in SOURCES}


class Position(NamedTuple):
    """A place in the queue, to go on from."""

    since: dt.datetime
    kind: str
    pk: int

    def __str__(self) -> str:
        return f"{self.since.isoformat()}~{self.kind}~{self.pk}"

    @classmethod
    def read(cls, text: str) -> Self | None:
        """The place that an address holds; None for anything else."""
        since, _, rest = text.partition("~")
        kind, _, pk = rest.partition("~")
        try:
            instant = dt.datetime.fromisoformat(since)
            # PostgreSQL knows fewer offsets than Python.
            since_utc = instant.astimezone(dt.UTC) if instant.tzinfo is not None else None
        except (ValueError, OverflowError):
            return None
        number = key_in(pk)
        return cls(since_utc, kind, number) if since_utc is not None and number is not None else None


class Row(NamedTuple):
    """One file of the queue."""

    since: dt.datetime
    kind: str
    pk: int
    title: str
    place: str | None
    departement: str | None
    holder: str | None
    holder_id: int | None
    claimed_at: dt.datetime | None

    @property
    def position(self) -> Position:
        return Position(self.since, self.kind, self.pk)

    def is_held(self, *, by_other_than: User, now: dt.datetime) -> bool:
        """Whether somebody else works on it at this instant."""
        held = self.claimed_at is not None and self.claimed_at > now - CLAIM_LASTS
        return held and self.holder_id != by_other_than.pk


def page(moderator: User, *, after: Position | None = None, size: int = FILES_A_PAGE) -> list[Row]:
    """The next files that this moderator sees, oldest first: `size` of them and one more when there are more."""
    territory = territory_of(moderator)
    parts = [_rows(source, territory, after)[: size + 1] for source in SOURCES]
    whole = parts[0].union(*parts[1:], all=True).order_by("since_at", "kind", "file")
    return [Row(*row) for row in whole[: size + 1]]


def next_free(moderator: User, *, now: dt.datetime) -> Row | None:
    """The oldest file that nobody else works on and that is this moderator's to decide, among the first hundred."""
    rows = page(moderator, size=100)
    against = set(Appeal.objects.filter(decision__decided_by=moderator).values_list("pk", flat=True))
    return next(
        (
            row
            for row in rows
            if not row.is_held(by_other_than=moderator, now=now) and not (row.kind == "appeal" and row.pk in against)
        ),
        None,
    )


def counts(moderator: User) -> dict[str, int]:
    """How many files of each kind wait, exact to a hundred."""
    territory = territory_of(moderator)
    return {source.kind: _waiting(source, territory)[:COUNTED_AT_MOST].count() for source in SOURCES}


def territory_of(moderator: User) -> list[str]:
    """The départements to which the operator limits a moderator; empty for everywhere."""
    return list(moderator.moderated_departements.values_list("pk", flat=True))


def within_territory(files: QuerySet[Any], commune: str, territory: Iterable[str]) -> QuerySet[Any]:
    """A moderator of some départements sees their files; who has none sees all, and those without a place.

    By the code of the commune, which begins with that of its département: PostgreSQL knows how common those are, and
    reads the queue in its order; of a join it believes that hardly any file is there.
    """
    if not territory:
        return files
    there = [Q(**{f"{commune}__code__startswith": code}) for code in territory]
    return files.filter(reduce(or_, there)) if commune else files.none()


def _waiting(source: Source, territory: Iterable[str]) -> QuerySet[Any]:
    return within_territory(source.model.objects.awaiting_decision(), source.commune, territory)


def _rows(source: Source, territory: Iterable[str], after: Position | None) -> QuerySet[Any]:
    place = f"{source.commune}__name" if source.commune else ""
    departement = f"{source.commune}__departement_id" if source.commune else ""
    rows = _waiting(source, territory).annotate(
        since_at=F(source.since),
        kind=Value(source.kind, CharField()),
        file=F("pk"),
        title=Cast(source.title, TextField()),
        place=Cast(place, TextField()) if place else Value(None, TextField()),
        departement_code=Cast(departement, TextField()) if departement else Value(None, TextField()),
        holder=Cast("claimed_by__name", TextField()),
    )
    if after is not None:
        rows = rows.filter(_after(source, after))
    listed: QuerySet[Any] = rows.order_by(source.since, "pk").values_list(
        "since_at", "kind", "file", "title", "place", "departement_code", "holder", "claimed_by_id", "claimed_at"
    )
    return listed


def _after(source: Source, position: Position) -> Q:
    """Files behind a place, in the order of the whole: instant, kind, number."""
    later = Q(**{f"{source.since}__gt": position.since})
    same = Q(**{source.since: position.since})
    if source.kind > position.kind:
        return later | same
    if source.kind == position.kind:
        return later | (same & Q(pk__gt=position.pk))
    return later
