"""A search that one follows from elsewhere: as Atom, as RSS, or in a calendar."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Rss201rev2Feed
from django.views.decorators.http import require_GET

from companies.models import Slot
from territories import clock
from workshops import calendar
from workshops.cards import card_of
from workshops.filters import Read, read
from workshops.searching import Criteria, find
from workshops.views.recent import answer

SHOWN = 50
WRONG = "Cette adresse n’est pas celle d’une recherche\u00a0: reprenez-la sur la page des créneaux.\n"


@login_not_required
@require_GET
def atom(request: HttpRequest) -> HttpResponse:
    """The next slots of a search, as Atom."""
    return answer(request, lambda: _feed(request, Atom1Feed))


@login_not_required
@require_GET
def rss(request: HttpRequest) -> HttpResponse:
    """The same as RSS."""
    return answer(request, lambda: _feed(request, Rss201rev2Feed))


@login_not_required
@require_GET
def agenda(request: HttpRequest) -> HttpResponse:
    """The same for a calendar, where they keep nobody busy."""
    return answer(request, lambda: _agenda(request))


def _feed(request: HttpRequest, kind: type[Atom1Feed | Rss201rev2Feed]) -> HttpResponse:
    asked = read(request.GET)
    if asked is None:
        return _wrong()
    page = _page_of(request)
    own = settings.SITE_URL + request.get_full_path()
    feed = kind(title=_named(asked), link=page, description=_named(asked), language="fr", feed_url=own)
    for slot in _slots(asked):
        card = card_of(slot)
        link = settings.SITE_URL + card.url
        offers = ", ".join(filter(None, (card.computers, card.places, card.volunteers, card.way_in, card.answer)))
        feed.add_item(
            title=f"{card.day}, {card.hours}\u00a0: {card.room}, {card.place}",
            link=link,
            description=f"{card.company}. {offers}.",
            unique_id=link,
            pubdate=slot.created_at,
            updateddate=slot.created_at,
        )
    return HttpResponse(feed.writeString("utf-8"), content_type=kind.content_type)


def _agenda(request: HttpRequest) -> HttpResponse:
    asked = read(request.GET)
    if asked is None:
        return _wrong()
    now = clock.now()
    events = [calendar.free_slot(slot, now=now) for slot in _slots(asked)]
    told = calendar.published(events, name=_named(asked), url=_page_of(request))
    return HttpResponse(told, content_type="text/calendar; charset=utf-8")


def _slots(asked: Read) -> list[Slot]:
    rows = find(Criteria.of(asked.cleaned), now=clock.now(), count=SHOWN).rows
    by_number = Slot.objects.with_place().in_bulk([row[0] for row in rows])
    return [by_number[row[0]] for row in rows if row[0] in by_number]


def _named(asked: Read) -> str:
    place: Any = next(filter(None, map(asked.cleaned.get, ("commune", "lieu", "departement"))), None)
    return f"{settings.SITE_NAME}\u00a0: créneaux" + (f", {place}" if place else "")


def _page_of(request: HttpRequest) -> str:
    return f"{settings.SITE_URL}{reverse('workshops:search')}?{request.GET.urlencode()}"


def _wrong() -> HttpResponse:
    return HttpResponse(WRONG, status=422, content_type="text/plain; charset=utf-8")
