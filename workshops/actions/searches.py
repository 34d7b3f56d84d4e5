"""Keeping a search, choosing how often one hears of what is new to it, and giving it up."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Case, F, Value, When

from accounts.models import User
from accounts.refusals import Refused, refusing
from mail import digests
from workshops.models import SavedSearch

MOST_SAVED = 20


class AlreadySaved(Refused):
    """The person keeps this search, under this name or another."""


class TooManySaved(Refused):
    """The person keeps as many as one may."""


@transaction.atomic
def save_search(*, user: User, name: str, query: str, frequency: str, now: dt.datetime) -> SavedSearch:
    """Keep a search; what is published from now on is news to it.

    Raises:
        AlreadySaved, TooManySaved: nothing is written.
    """
    # Of several at once, each counts those before it.
    User.objects.select_for_update(no_key=True).get(pk=user.pk)
    kept = SavedSearch.objects.filter(user=user)
    if kept.count() >= MOST_SAVED and not kept.filter(query=query).exists():
        raise TooManySaved(
            f"Vous gardez déjà {MOST_SAVED} recherches\u00a0: supprimez-en une, puis enregistrez celle-ci."
        )
    with refusing({"search_saved_once": AlreadySaved("Vous avez déjà enregistré cette recherche.")}):
        return SavedSearch.objects.create(
            user=user, name=name, query=query, frequency=frequency, created_at=now, news_since_at=now
        )


@transaction.atomic
def change_alerts(*, search: SavedSearch, frequency: str, now: dt.datetime) -> None:
    """How often its person hears of what is new. After a silence, what came meanwhile is none.

    What waits for a digest leaves when it is wished at once.
    """
    silent = When(frequency=SavedSearch.Frequency.NEVER, then=Value(now))
    since = Case(silent, default=F("news_since_at"))
    SavedSearch.objects.filter(pk=search.pk).update(frequency=frequency, news_since_at=since)
    if frequency == SavedSearch.Frequency.INSTANT:
        digests.tell_at_once(about=f"search:{search.pk}", now=now)


def forget_search(*, search: SavedSearch) -> None:
    """Its person hears of it no more: what was written and has not left stays (`workshops.wanted`)."""
    SavedSearch.objects.filter(pk=search.pk).delete()
