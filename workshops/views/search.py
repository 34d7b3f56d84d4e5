"""What is open, for everybody."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple
from urllib.parse import quote
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_not_required
from django.db.models import Exists, OuterRef, Subquery
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.safestring import SafeString
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.identity import signed_in
from accounts.pressed import Pressed
from accounts.views.pictures import shared_picture
from associations.models import Association, Request
from companies.models import RoomPhoto, Slot, SlotQuerySet, on_offer
from territories import clock
from territories.forms import choices_of
from territories.gazetteer import areas_meant
from territories.models import Departement
from territories.prepared import ANY_TIME, Prepared
from territories.wording import day_date
from workshops import actions
from workshops.cards import card_of, in_a_sentence
from workshops.catalogue import NOBODY, alternatives, claims, left
from workshops.counting import Facet, count, counted_slots, facets
from workshops.filters import Read, SlotFilter, read
from workshops.matching import look_at
from workshops.models import Booking, BookingQuerySet, WaitlistEntry
from workshops.proposed import FOR, request_said
from workshops.searching import Criteria
from workshops.views.booking import gone, refusal_of_all
from workshops.views.recent import answer, is_anonymous
from workshops.views.results import address, asked_in, results

MOVABLE_SHOWN = 3
# Fields that the form folds away.
FOLDED = ("places", "benevoles", "theme", "reponse", "acces", "departement", "commune")


class SearchPage(NamedTuple):
    """All that differs from one search to another."""

    form: str
    problems: str
    instead: str
    place: str
    within: str
    wider: str
    as_list: str
    as_week: str
    as_map: str
    results: str
    before: str
    after: str
    query: str


_PAGE = Pressed("workshops/slot_search.html", "page", SearchPage)


@login_not_required
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Slots that can be booked now, for everybody."""
    if not is_anonymous(request):
        return _search(request)
    return answer(request, lambda: _search(request))


def _search(request: HttpRequest) -> HttpResponse:
    asked = read(request.GET)
    page = _refused(request.GET) if asked is None else _found(request.GET, asked)
    status = 422 if asked is None else 200
    if is_anonymous(request):
        return HttpResponse(_PAGE(page, request), status=status)
    return render(request, "workshops/slot_search.html", {"page": page}, status=status)


def _refused(data: QueryDict) -> SearchPage:
    """The form says what is wrong with it."""
    form = SlotFilter(data).form
    summary = render_to_string("components/error_summary.html", {"form": form})
    communes = [(str(one), _at(data, lieu=one.link)) for one in choices_of(form, "lieu")]
    choices = [*_areas(data, areas_meant(str(data.get("lieu", "")))), *communes] if "lieu" in form.errors else []
    problems = SafeString(summary + _choices("Vous cherchez peut-être\u00a0:", choices))
    return SearchPage(_form(form.groups, more=True), problems, *[""] * (len(SearchPage._fields) - 2))


def _choices(title: str, choices: list[tuple[str, str]]) -> SafeString:
    """Searches to go on with, by what one calls them; nothing where there are none."""
    if not choices:
        return SafeString()
    context = {"title": title, "choices": [{"label": label, "url": url} for label, url in choices]}
    return SafeString(render_to_string("components/choices.html", context))


def _areas(data: QueryDict, areas: Iterable[Departement]) -> list[tuple[str, str]]:
    return [(f"Tout le département {one}", _at(data, lieu=None, departement=one.pk, commune=None)) for one in areas]


def _at(data: QueryDict, **parameters: object) -> SafeString:
    return address(data, path=reverse("workshops:search"), **parameters)


def _instead(data: QueryDict, cleaned: dict[str, Any]) -> SafeString:
    """Where what was typed is the name of a commune, and of a département or a region elsewhere too: « La Réunion »."""
    place = cleaned["lieu"]
    areas = [] if place is None else areas_meant(str(data["lieu"]))
    elsewhere = [one for one in areas if one.pk != place.departement_id]
    return _choices("Un département ou une région s’appelle ainsi\u00a0:", _areas(data, elsewhere))


def _found(data: QueryDict, asked: Read) -> SearchPage:
    cleaned = asked.cleaned
    found = results(data, asked, now=clock.now())
    return SearchPage(
        form=_form(asked.groups, more=any(cleaned[name] for name in FOLDED)),
        problems="",
        instead=_instead(data, cleaned),
        place=", ".join(filter(None, (_around(cleaned), _within(cleaned)))),
        within=_within(cleaned),
        wider=_wider(data, cleaned, is_found=bool(found.shown)),
        as_list=_view(data, cleaned, "liste"),
        as_week=_view(data, cleaned, "semaine"),
        as_map=_view(data, cleaned, "carte"),
        results=found.shown,
        before=found.before,
        after=found.after,
        query=asked_in(data),
    )


def _view(data: QueryDict, cleaned: dict[str, Any], view: str) -> str:
    """The address of a view; nothing for the one that is shown."""
    return "" if cleaned["vue"] == view else address(data, vue=view)


def _around(cleaned: dict[str, Any]) -> str:
    place = cleaned["lieu"]
    if place is None:
        return ""
    return f"autour de {place}" if place.latitude is not None else f"dans le même département que {place}"


def _within(cleaned: dict[str, Any]) -> str:
    """Where alone one looks: what a map led to, and what may stay of it when another place is typed."""
    departement, commune = cleaned["departement"], cleaned["commune"]
    told = f"dans le département {departement}" if departement else ""
    if commune is None:
        return told
    inside = f"dans la commune {commune}"
    return inside if departement is None or departement.pk == commune.departement_id else f"{inside} et {told}"


def _wider(data: QueryDict, cleaned: dict[str, Any], *, is_found: bool) -> str:
    """The search without these limits, where they may be in the way: beside a place, and where nothing is found."""
    narrowed = cleaned["departement"] or cleaned["commune"]
    in_the_way = narrowed and (cleaned["lieu"] or not is_found)
    return address(data, departement=None, commune=None) if in_the_way else ""


@login_not_required
@require_safe
@vary_on_headers("HX-Request")
def search_counts(request: HttpRequest) -> HttpResponse:
    """How many slots a search finds, and with one filter changed: a part of its page, or a page of its own.

    Where something is wrong with the search, its page says what.
    """
    asked = read(request.GET)
    if asked is None:
        return _search(request)
    now, criteria = clock.now(), Criteria.of(asked.cleaned)
    path = reverse("workshops:search")
    context = {
        "total": counted_slots(count(criteria, now=now)),
        "facets": [
            {"label": one.label, "shown": one.shown, "chosen": one.chosen, "url": _with(request.GET, path, one)}
            for one in facets(criteria, now=now)
        ],
        "back": address(request.GET, path=path),
    }
    template = "workshops/search_counted.html" if request.headers.get("HX-Request") else "workshops/search_counts.html"
    return render(request, template, context)


def _with(data: QueryDict, path: str, facet: Facet) -> SafeString:
    """The search with the filter of a facet, or without it where it is chosen already and can be lifted."""
    lifted = facet.chosen and facet.lifts
    return address(data, path=path, **{name: None if lifted else v for name, v in facet.parameters.items()})


class _Fields(NamedTuple):
    """What the form shows, by the names of its fields."""

    lieu: str
    rayon: str
    du: str
    au: str
    moment: str
    ordinateurs: str
    places: str
    benevoles: str
    theme: str
    reponse: str
    acces: str
    departement: str
    commune: str
    tri: str
    vue: str


_FORM = {
    more: Pressed("components/search_form.html", "fields", _Fields, full=True, more=more) for more in (True, False)
}


def _form(groups: dict[str, SafeString], *, more: bool) -> SafeString:
    return _FORM[more](_Fields(*(groups[name] for name in _Fields._fields)))


class SlotPage(NamedTuple):
    """All that differs from one slot's page to another."""

    title: str
    description: str
    card: str
    content: SafeString
    path: str


_SLOT_PAGE = Pressed("workshops/slot_detail.html", "page", SlotPage)


@login_not_required
@require_safe
def slot(request: HttpRequest, slot_id: int) -> HttpResponse:
    """A public slot: what, when, who welcomes. Taken meanwhile: says so, with the next best."""
    if not is_anonymous(request):
        return _slot(request, slot_id)
    return answer(request, lambda: _slot(request, slot_id))


def _slot(request: HttpRequest, slot_id: int) -> HttpResponse:
    now = clock.now()
    found = _SHOWN(slot=slot_id, now=now)
    if not found:
        return gone(request, slot_id)
    shown: Any = found[0]
    free = shown.is_open and shown.is_left
    own = _own(request, shown, now)
    having = [one for one in own if one.claim or one.waits]
    without = [one for one in own if one not in having]
    wanted = request_said(request.GET.get(FOR))
    asked = _asked(own, wanted, now) if own and wanted is not None else None
    card = card_of(shown)
    context = {
        "slot": shown,
        "card": card,
        "wanted": wanted,
        "asked": asked,
        "looked": look_at(asked, shown, now) if asked and not having else None,
        "photos": shown.room.photos.all() if shown.has_photos else [],
        "free": free,
        "can_wait": not free and shown.is_open,
        "waiting": 0 if free else WaitlistEntry.objects.filter(slot=shown).standing(now).count(),
        "others": [] if free else alternatives(shown, now=now, places=1, association=own[0].pk if own else NOBODY),
        "movable": _movable(own, shown, now) if free and own else [],
        "own": own,
        "having": having,
        "may_claim": bool(without) or not own,
        "refusal": refusal_of_all(shown, without),
        "answer_by": actions.answer_until(shown, now),
    }
    page = SlotPage(
        title=f"{shown.room.name}, {day_date(shown.starts_at.astimezone(ZoneInfo(shown.time_zone)))}",
        description=in_a_sentence(card),
        card=reverse("workshops:slot_share_card", args=[shown.pk]),
        content=render_to_string("workshops/slot_content.html", context),
        path=quote(request.path),
    )
    if is_anonymous(request):
        return HttpResponse(_SLOT_PAGE(page, request))
    return render(request, "workshops/slot_detail.html", {"page": page})


@login_not_required
@require_safe
def slot_share_card(_request: HttpRequest, slot_id: int) -> HttpResponse:
    """What is shown of a slot beside a link to it."""
    found = _SHOWN(slot=slot_id, now=clock.now())
    if not found:
        raise Http404
    card = card_of(found[0])
    return shared_picture(card.day.capitalize(), card.hours, f"{card.company}, {card.place}", card.equipment)


def _shown_slot(*, slot: int, now: dt.datetime) -> SlotQuerySet:
    """A slot with what its page hangs on."""
    return (
        Slot.objects.of_signatories(now)
        .with_place()
        .filter(pk=slot)
        .annotate(
            is_open=on_offer(now),
            is_left=left(now),
            has_photos=Exists(RoomPhoto.objects.filter(room=OuterRef("room"))),
        )
    )


_SHOWN = Prepared(_shown_slot, slot=-1, now=ANY_TIME)


def _own(request: HttpRequest, shown: Slot, now: dt.datetime) -> list[Any]:
    """The person's associations, each with its `claim` on the slot, if any, or whether it `waits` for it."""
    if not request.user.is_authenticated:
        return []
    here = {"slot": shown, "association": OuterRef("pk")}
    claim, entries = claims(now).filter(**here), WaitlistEntry.objects.standing(now).filter(**here)
    own = Association.objects.managed_by(signed_in(request)).annotate(
        claim=Subquery(claim.values("pk")), claim_state=Subquery(claim.values("state")), waits=Exists(entries)
    )
    return list(own.order_by("name", "pk"))


def _asked(own: list[Association], wanted: int, now: dt.datetime) -> Request | None:
    """The open request of this number, of one of these associations."""
    named = Request.objects.open(now).filter(pk=wanted, association__in=own)
    return named.select_related("association", "commune__departement").first()


def _movable(own: list[Association], shown: Slot, now: dt.datetime) -> BookingQuerySet:
    """The next workshops of the person's associations that could go to this slot."""
    coming = Booking.objects.filter(
        association__in=own, state=Booking.State.CONFIRMED, slot__starts_at__gt=now, participants__lte=shown.places
    )
    return coming.with_everything().order_by("slot__starts_at", "pk")[:MOVABLE_SHOWN]
