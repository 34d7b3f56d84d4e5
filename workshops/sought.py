"""Which requests are near: a place that one names, or the sites of companies."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import Exists, F, FloatField, OuterRef, Q, Value
from django.db.models.functions import Least

from associations.models import RequestQuerySet
from companies.models import Company, Site
from territories.distance import KilometresFrom, kilometres_from
from territories.models import Commune
from workshops.models import Booking

# However far an association would go, this is what people call near.
NEAR_KM = 50
# More than that many kilometres from south to north: cheap to compare, before distances are measured.
NEAR_DEGREES = 0.46


def around(requests: RequestQuerySet, place: Commune, kilometres: int) -> RequestQuerySet:
    """Those whose commune is at most so far, each with its `distance_km`, the nearest first.

    Where one of the two communes has no point, those of the same département, whose distance nobody knows.
    """
    beside = Q(commune__departement=place.departement_id)
    if place.point is None:
        here: RequestQuerySet = requests.filter(beside).annotate(distance_km=Value(None, FloatField()))
        return here
    latitude, degrees = place.point[0], NEAR_DEGREES * kilometres / NEAR_KM
    aside = Q(commune__latitude__range=(latitude - degrees, latitude + degrees))
    unknown = Q(commune__latitude=None) & beside
    measured = requests.filter(aside | unknown).annotate(distance_km=kilometres_from(*place.point, prefix="commune__"))
    near: RequestQuerySet = measured.filter(Q(distance_km__lte=kilometres) | unknown)
    return near.order_by(F("distance_km").asc(nulls_last=True), "-created_at", "-pk")


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
