"""Who changed what, when: written by triggers, so that bulk updates and raw SQL are seen too; never changed.

Rows hold the columns of organisations and files, and the number of the account that acted. Names of people are
left out: erasing an account changes nothing here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Iterable
from itertools import groupby, pairwise
from operator import attrgetter
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

import pghistory
from django.conf import settings
from django.db import models

from accounts.models import Organisation, Role, User
from territories.records import never_truncated
from territories.wording import long_date, wall_time

# Kept by ourselves, and of no interest to who reads the history.
OWN_COLUMNS = ("search_name",)
# What the columns of stamps are called where people read them.
STAMPS = {
    "created": "création",
    "link_sent": "envoi du lien",
    "signed": "signature",
    "corrected": "correction",
    "submitted": "envoi à la modération",
    "claimed": "prise du dossier",
    "decided": "décision",
    "ended": "fin",
}


class Change(NamedTuple):
    """One column that took another value."""

    at: dt.datetime
    who: str
    column: str
    before: str
    after: str


def tracked[M: models.Model](*, exclude: Collection[str] = ()) -> Callable[[type[M]], type[M]]:
    """Class decorator: keep every row that this table has held, but for the columns excluded."""
    keep: Callable[[type[M]], type[M]] = pghistory.track(
        pghistory.InsertEvent(),
        pghistory.UpdateEvent(),
        pghistory.DeleteEvent(),
        exclude=[*OWN_COLUMNS, *exclude],
        append_only=True,
        meta={"triggers": [never_truncated("history_stays")]},
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]  # as its documentation says
        obj_field=pghistory.ObjForeignKey(related_name="events", related_query_name="events"),
    )
    return keep


def changes(row: models.Model, *, most: int | None = None, earlier: Collection[int] = ()) -> list[Change]:
    """What became of a row, and of rows of these numbers that were taken into it, the latest first."""
    history: Any = row.events.model  # type: ignore[attr-defined]  # made by `tracked`
    events = list(history.objects.filter(pgh_obj_id__in=[row.pk, *earlier]).order_by("pgh_obj_id", "pgh_id"))
    names = _names(number for event in events for number in (_actor(event), *_people(event)))
    found = [
        change
        for _, of_one in groupby(events, key=attrgetter("pgh_obj_id"))
        for old, new in pairwise(of_one)
        for change in _between(old, new, names)
    ]
    return sorted(found, key=attrgetter("at"))[::-1][:most]


def member_changes(organisation: Organisation) -> list[Change]:
    """Who came into an organisation, or an entry united with it, took another role, and went, the latest first."""
    events = list(_member_events(organisation).order_by("pgh_obj_id", "pgh_id"))
    names = _names([*(_actor(event) for event in events), *(event.user_id for event in events)])
    found = []
    for _, of_one in groupby(events, key=attrgetter("pgh_obj_id")):
        before = ""
        for event in of_one:
            after = "" if event.pgh_label == pghistory.DeleteEvent.label else str(Role(event.role).label)
            if after != before:
                member = f"membre {names.get(event.user_id, 'au compte effacé')}"
                found.append(Change(event.pgh_created_at, names.get(_actor(event), ""), member, before, after))
            before = after
    return sorted(found, reverse=True)


def was_removed(organisation: Organisation, user: User) -> bool:
    """Whether somebody else took this person out, the last time that they went."""
    went = _member_events(organisation).filter(user_id=user.pk, pgh_label=pghistory.DeleteEvent.label)
    gone = went.order_by("pgh_id").last()
    return gone is not None and _actor(gone) not in (0, user.pk)


def _member_events(organisation: Organisation) -> models.QuerySet[Any]:
    """Every row that the table of members has held for this organisation, or for an entry united with it."""
    members: Any = organisation.members()  # the manager of a foreign key, which it calls `field`
    numbers = [organisation.pk, *organisation.absorbed_numbers]
    history: models.Manager[Any] = members.model.events.rel.related_model.objects
    return history.filter(**{f"{members.field.name}_id__in": numbers})


def _actor(event: Any) -> int:
    """The number of the account that acted; 0 for nobody signed in."""
    return int((event.pgh_context or {}).get("user") or 0)


def _names(numbers: Iterable[int]) -> dict[int, str]:
    return dict(User.objects.filter(pk__in={number for number in numbers if number}).values_list("pk", "name"))


def _people(event: Any) -> list[int]:
    """Numbers of the accounts that a row names."""
    return [getattr(event, field.attname) or 0 for field in event._meta.concrete_fields if _is_person(field)]  # noqa: SLF001


def _is_person(field: Any) -> bool:
    return field.is_relation and field.related_model is User


def _between(old: Any, new: Any, names: dict[int, str]) -> list[Change]:
    who = names.get(_actor(new), "")
    return [
        Change(new.pgh_created_at, who, _column(field), _shown(old, field, names), _shown(new, field, names))
        for field in new._meta.concrete_fields  # noqa: SLF001  # Django's own name
        if not field.name.startswith("pgh_") and getattr(old, field.attname) != getattr(new, field.attname)
    ]


def _column(field: Any) -> str:
    """« décision », « décision, par »."""
    fact, _, how = field.name.rpartition("_")
    if fact not in STAMPS:
        return "état" if field.name == "state" else str(field.verbose_name)
    return f"{STAMPS[fact]}, par" if how == "by" else STAMPS[fact]


def _shown(event: Any, field: Any, names: dict[int, str]) -> str:
    value = getattr(event, field.attname)
    if value is None:
        return ""
    if _is_person(field):
        return names.get(value, "un compte effacé")
    if isinstance(value, dt.datetime):
        local = value.astimezone(ZoneInfo(settings.TIME_ZONE))
        return f"{long_date(local.date())}, {wall_time(local)}"
    if isinstance(value, list):
        words = dict(field.base_field.flatchoices)
        return ", ".join(str(words.get(one, one)) for one in value)
    return str(dict(field.flatchoices).get(value, value))
