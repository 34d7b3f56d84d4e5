"""Which requests are near: a place that one names, or the sites of companies."""

from __future__ import annotations

from collections.abc import Collection

from django.db.models import Exists, FloatField, OuterRef, Value
from django.db.models.functions import Least

from associations.models import RequestQuerySet
from companies.models import Company, Site
from territories.distance import KilometresFrom, kilometres_from
from territories.models import Commune

# However far an association would go, this is what people call near.
NEAR_KM = 50
# More than that many kilometres from south to north: cheap to compare, before distances are measured.
NEAR_DEGREES = 0.46


def around(requests: RequestQuerySet, place: Commune, kilometres: int) -> RequestQuerySet:
    """Those whose commune is at most so far, each with its `distance_km`, the nearest first.

    Of a commune whose point nobody published, those of its département.
    """
    if place.latitude is None or place.longitude is None:
        unknown = Value(None, FloatField())
        here: RequestQuerySet = requests.filter(commune__departement=place.departement_id).annotate(distance_km=unknown)
        return here
    degrees = NEAR_DEGREES * kilometres / NEAR_KM
    aside = (place.latitude - degrees, place.latitude + degrees)
    measured = requests.filter(commune__latitude__range=aside).annotate(
        distance_km=kilometres_from(place.latitude, place.longitude, prefix="commune__")
    )
    near: RequestQuerySet = measured.filter(distance_km__lte=kilometres)
    return near.order_by("distance_km", "-created_at", "-pk")


def near_sites(requests: RequestQuerySet, companies: Collection[Company]) -> RequestQuerySet:
    """Those that would come to a site of these companies, which is near them."""
    there = (OuterRef("commune__latitude"), OuterRef("commune__longitude"))
    sites = Site.objects.filter(
        company__in=companies,
        archived_at=None,
        latitude__range=(there[0] - NEAR_DEGREES, there[0] + NEAR_DEGREES),
    ).annotate(away=KilometresFrom("latitude", "longitude", *there))
    return requests.filter(Exists(sites.filter(away__lte=Least(OuterRef("radius_km"), NEAR_KM))))
