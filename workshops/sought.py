"""Which requests are near: a place that one names, or the sites of companies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from typing import NamedTuple

from django.db.models import Exists, F, FloatField, OuterRef, Q, Value
from django.db.models.functions import Least

from associations.models import Request, RequestQuerySet
from companies.models import Company, Site
from territories.distance import KilometresFrom, kilometres_from
from territories.models import Commune
from workshops.models import Booking

# However far an association would go, this is what people call near.
NEAR_KM = 50
# More than that many kilometres from south to north: cheap to compare, before distances are measured.
NEAR_DEGREES = 0.46


# The order of a list, and backwards; before both, where a list has distances, the distance.
NEWEST = (F("created_at").desc(), F("pk").desc())
OLDEST = (F("created_at").asc(), F("pk").asc())


class Stretch(NamedTuple):
    """Some of a list, and the numbers of the requests after which, and before which, it goes on, if it does."""

    shown: list[Request]
    before: int | None
    after: int | None


def stretch(
    requests: RequestQuerySet, *, place: Commune | None, after: int | None, before: int | None, count: int
) -> Stretch:
    """So many requests after one of them, or before it, in order: whatever comes and goes, none is passed over.

    With a place, the nearest come first, then the newest. A request that is gone for good begins the list anew.
    """
    backwards = before is not None and after is None
    row = _with_distance(Request.objects.filter(pk=(before if backwards else after) or 0), place)
    last = row.values_list("distance_km", "created_at", "pk").first()
    since = requests.filter(_beyond(*last, has_distance=bool(place), backwards=backwards)) if last else requests
    distance = F("distance_km").desc(nulls_first=True) if backwards else F("distance_km").asc(nulls_last=True)
    order = OLDEST if backwards else NEWEST
    found = list(since.order_by(*([distance, *order] if place else order))[: count + 1])
    more, shown = len(found) > count, found[:count][:: -1 if backwards else 1]
    if not shown:
        return Stretch([], None, None)
    has_before, has_after = (more, True) if backwards else (last is not None, more)
    return Stretch(shown, shown[0].pk if has_before else None, shown[-1].pk if has_after else None)


def _beyond(away: float | None, since: dt.datetime, number: int, *, has_distance: bool, backwards: bool) -> Q:
    """What comes after a request in the order of a list, or before it."""
    step = "gt" if backwards else "lt"
    then = Q(**{f"created_at__{step}": since}) | Q(created_at=since, **{f"pk__{step}": number})
    if not has_distance:
        return then
    same = Q(distance_km=away) & then
    if backwards:
        return same | (Q(distance_km__isnull=False) if away is None else Q(distance_km__lt=away))
    return same if away is None else same | Q(distance_km__gt=away) | Q(distance_km=None)


def _with_distance(requests: RequestQuerySet, place: Commune | None) -> RequestQuerySet:
    """Each with its `distance_km` from a place, or None."""
    point = place.point if place else None
    away = kilometres_from(*point, prefix="commune__") if point else Value(None, FloatField())
    measured: RequestQuerySet = requests.annotate(distance_km=away)
    return measured


def around(requests: RequestQuerySet, place: Commune, kilometres: int) -> RequestQuerySet:
    """Those whose commune is at most so far, each with its `distance_km`.

    Where one of the two communes has no point, those of the same département, whose distance nobody knows.
    """
    beside = Q(commune__departement=place.departement_id)
    if place.point is None:
        return _with_distance(requests.filter(beside), place)
    latitude, degrees = place.point[0], NEAR_DEGREES * kilometres / NEAR_KM
    aside = Q(commune__latitude__range=(latitude - degrees, latitude + degrees))
    unknown = Q(commune__latitude=None) & beside
    measured = _with_distance(requests.filter(aside | unknown), place)
    near: RequestQuerySet = measured.filter(Q(distance_km__lte=kilometres) | unknown)
    return near


def with_offers(requests: RequestQuerySet, now: dt.datetime) -> RequestQuerySet:
    """Each with its association, and with `on_offer`: a slot is kept for it, nobody may propose another one."""
    kept = Booking.objects.held(now).proposed().filter(request=OuterRef("pk"))
    found: RequestQuerySet = requests.select_related("association").annotate(on_offer=Exists(kept))
    return found


def near_sites(requests: RequestQuerySet, companies: Collection[Company]) -> RequestQuerySet:
    """Those that would come to a site of these companies, which is near them."""
    there = (OuterRef("commune__latitude"), OuterRef("commune__longitude"))
    sites = Site.objects.filter(company__in=companies, archived_at=None)
    aside = sites.filter(latitude__range=(there[0] - NEAR_DEGREES, there[0] + NEAR_DEGREES))
    measured = aside.annotate(away=KilometresFrom("latitude", "longitude", *there))
    beside = sites.filter(commune__departement=OuterRef("commune__departement"))
    near = Exists(measured.filter(away__lte=Least(OuterRef("radius_km"), NEAR_KM)))
    return requests.filter(near | Q(Exists(beside), commune__latitude=None))
