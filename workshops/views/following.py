"""A search that one follows from elsewhere: as Atom, as RSS, or in a calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.db.models import F
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.utils.html import escape
from django.views.decorators.http import require_safe

from companies.calendar import free_slot
from companies.models import Slot
from territories import clock
from territories.wording import number
from workshops import calendar
from workshops.cards import card_of
from workshops.filters import Read, read
from workshops.searching import Criteria, Found, Sifted, find, searched
from workshops.views.recent import answer

SHOWN, NEWEST = 50, 2_000
# Of a calendar, which is read every hour.
EVENTS = 300
WRONG = "Cette adresse n’est pas celle d’une recherche\u00a0: reprenez-la sur la page des créneaux.\n"


@login_not_required
@require_safe
def atom(request: HttpRequest) -> HttpResponse:
    """What is new to a search, as Atom."""
    return answer(request, lambda: _feed(request, Atom1Feed))


@login_not_required
@require_safe
def rss(request: HttpRequest) -> HttpResponse:
    """The same as RSS."""
    return answer(request, lambda: _feed(request, Rss201rev2Feed))


@login_not_required
@require_safe
def agenda(request: HttpRequest) -> HttpResponse:
    """The next slots of a search for a calendar, where they keep nobody busy."""
    return answer(request, lambda: _agenda(request))


def _feed(request: HttpRequest, kind: type[Atom1Feed | Rss201rev2Feed]) -> HttpResponse:
    asked = read(request.GET)
    if asked is None:
        return _wrong()
    page = _page_of(request)
    own = settings.SITE_URL + request.get_full_path()
    feed = kind(title=_named(asked), link=page, description=_named(asked), language="fr", feed_url=own)
    for slot in _news(asked):
        card = card_of(slot)
        link = settings.SITE_URL + card.url
        offers = ", ".join(filter(None, (card.computers, card.places, card.volunteers, card.way_in, card.answer)))
        feed.add_item(
            title=f"{card.day}, {card.hours}\u00a0: {card.room}, {card.place}",
            link=link,
            # Readers take it as HTML.
            description=escape(f"{card.company}. {offers}."),
            unique_id=link,
            pubdate=slot.created_at,
            updateddate=max(slot.created_at, slot.matched_at or slot.created_at),
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)


def _agenda(request: HttpRequest) -> HttpResponse:
    asked = read(request.GET)
    if asked is None:
        return _wrong()
    now = clock.now()
    found = _next(asked, now)
    events = [free_slot(slot, now=now) for slot in _loaded([row[0] for row in found.rows])]
    cut = f"Les {number(EVENTS)} prochains créneaux\u00a0: les suivants y viennent à mesure." if found.more else ""
    told = calendar.published(events, name=_named(asked), url=_page_of(request), description=cut)
    return HttpResponse(told, content_type="text/calendar; charset=utf-8")


def _news(asked: Read) -> list[Slot]:
    """Those noticed last, at first or once more after a change; before them those that are not noticed yet.

    One looks among the newest of all, then, where these hold too few, at all that is asked for.
    """
    found = searched(Criteria.of(asked.cleaned), now=clock.now())
    noticed_last = F("matched_at").desc(nulls_first=True)
    opened = Slot.objects.filter(state=Slot.State.OPEN).order_by(noticed_last, "-created_at", "-pk")
    newest = list(opened.values_list("pk", flat=True)[:NEWEST])
    numbers: list[int] = []
    for slots in (found.filter(pk__in=newest), found):
        by_notice = slots.order_by(Sifted("matched_at").desc(nulls_first=True), "-created_at", "-pk")
        numbers = list(by_notice.values_list("pk", flat=True)[:SHOWN])
        if len(numbers) == SHOWN:
            break
    return _loaded(numbers)


def _next(asked: Read, now: dt.datetime) -> Found:
    """Those that begin first, in whatever order the search is read."""
    return find(replace(Criteria.of(asked.cleaned), by_distance=False), now=now, count=EVENTS)


def _loaded(numbers: list[int]) -> list[Slot]:
    by_number = Slot.objects.with_place().in_bulk(numbers)
    return [by_number[number] for number in numbers if number in by_number]


def _named(asked: Read) -> str:
    place: Any = next(filter(None, map(asked.cleaned.get, ("commune", "lieu", "departement"))), None)
    return f"{settings.SITE_NAME}\u00a0: créneaux" + (f", {place}" if place else "")


def _page_of(request: HttpRequest) -> str:
    return f"{settings.SITE_URL}{reverse('workshops:search')}?{request.GET.urlencode()}"


def _wrong() -> HttpResponse:
    return HttpResponse(WRONG, status=422, content_type="text/plain; charset=utf-8")
