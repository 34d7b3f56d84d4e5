"""Which mail may be refused, gathered or told at once. What engages people is none of these: it always leaves.

The function that posts a mail of such a kind, named as its templates, says so:

    @told_as(Kind.REMINDERS)
    def workshop_reminder(*, workshop: Workshop, now: dt.datetime) -> None: ...

What asks something of people without being urgent is `@by_day`. What is told until a clock ends is `@on_a_clock`.
"""

from __future__ import annotations

from collections.abc import Callable

from django.db import models


class Kind(models.TextChoices):
    """What people choose about; each is a field of `Preferences`."""

    REMINDERS = "reminders", "Rappels avant un atelier"
    REPORTS = "reports", "Comptes rendus à écrire"
    SUGGESTIONS = "suggestions", "Créneaux qui servent vos demandes"
    ALERTS = "alerts", "Nouveaux créneaux de vos recherches enregistrées"
    VOLUNTEERING = "volunteering", "Ateliers qui cherchent des bénévoles, collègues qui cherchent un remplaçant"
    ORGANISATION = "organisation", "Vie de vos organisations"


class Frequency(models.TextChoices):
    INSTANT = "instant", "Tout de suite"
    DAILY = "daily", "Une fois par jour au plus"
    WEEKLY = "weekly", "Une fois par semaine au plus"
    NEVER = "never", "Jamais"


# The template that gathers others: it may be refused with all that it holds, and keeps to the quiet hours.
DIGEST = "digest"

DEFAULTS = {kind: Frequency.WEEKLY if kind == Kind.SUGGESTIONS else Frequency.INSTANT for kind in Kind}

_kinds: dict[str, Kind] = {}
_asking: set[str] = set()
_on_a_clock: set[str] = set()


def told_as[**P, R](kind: Kind) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Function decorator: the mail of this function's name is of this kind.

    Raises:
        ValueError: it is of another kind already.
    """

    def register(tell: Callable[P, R]) -> Callable[P, R]:
        name = tell.__name__
        if _kinds.setdefault(name, kind) is not kind:
            raise ValueError(f"'{name}' is of two kinds.")
        return tell

    return register


def by_day[**P, R](tell: Callable[P, R]) -> Callable[P, R]:
    """Function decorator: nobody may refuse the mail of this function's name, and nobody is woken by it."""
    _asking.add(tell.__name__)
    return tell


def on_a_clock[**P, R](tell: Callable[P, R]) -> Callable[P, R]:
    """Function decorator: this mail is of no use after a clock has ended, which is no event: nobody is woken for it."""
    _on_a_clock.add(tell.__name__)
    return tell


def wakes(template: str) -> bool:
    """Whether such mail may come in its reader's quiet hours when what it is about happens before they end."""
    return template not in _on_a_clock


def keeps_quiet(template: str) -> bool:
    """Whether such mail waits for the end of its reader's quiet hours."""
    return may_be_refused(template) or template in _asking


def kind_of(template: str) -> Kind | None:
    """The kind of a mail; None: it always leaves, at once."""
    return _kinds.get(template)


def may_be_refused(template: str) -> bool:
    """Whether the owner of an address may refuse such mail."""
    return template == DIGEST or template in _kinds
