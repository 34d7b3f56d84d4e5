"""Sites and rooms."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Q, QuerySet

from accounts.refusals import Refused, refusing
from companies.models import Accessibility, AccessKit, Company, Room, Site
from territories.distance import kilometres_between
from territories.geocoding import FARTHEST_FROM_COMMUNE_KM
from territories.instants import tell_database
from territories.wording import kilometres


class RoomsStillLarger(Refused):
    """A room has more places than the site would admit."""

    field = "max_visitors"


class SlotsStillLarger(Refused):
    """A slot, past or to come, offers more than the room would have."""

    field = "capacity"


class ComputersStillOffered(SlotsStillLarger):
    """The same of computers alone."""

    field = "computers"


class EntranceDisagrees(Refused):
    """An entrance without a step has steps."""

    field = "entree_marches"


class ToiletsDisagree(Refused):
    """Adapted toilets are said to be where there are none."""

    field = "sanitaires_adaptes"


class SiteArchived(Refused):
    """The site is not used any more."""


class RoomArchived(Refused):
    """The room is not used any more."""


class TooFarFromCommune(Refused):
    """The point is not where the commune is."""

    field = "latitude"


class TooManyForCategory(Refused):
    """The building's category as an ERP admits fewer people."""

    field = "max_visitors"


def _too_many() -> dict[str, Refused]:
    said = "Cette catégorie d’ERP n’admet pas autant de personnes\u00a0: diminuez le nombre, ou choisissez la vôtre."
    return {"site_visitors_within_category": TooManyForCategory(said)}


@transaction.atomic
def add_site(*, company: Company, site: Site, now: dt.datetime) -> Site:
    """Give a company a site. Its zone comes from the commune.

    Raises:
        TooFarFromCommune, TooManyForCategory: nothing is written.
    """
    _refuse_elsewhere(site)
    site.company = company
    site.created_at = now
    site.time_zone = site.commune.time_zone
    with refusing(_too_many()):
        site.save()
    return site


@transaction.atomic
def place_site(*, site: Site, latitude: float, longitude: float, now: dt.datetime) -> None:
    """Move the point of a site to where a person puts it, in degrees.

    Raises:
        TooFarFromCommune: nothing is written.
    """
    site.latitude, site.longitude, site.point_from = latitude, longitude, Site.PointFrom.HAND
    _refuse_elsewhere(site)
    _stamp_way(site, now)
    site.save(update_fields=["latitude", "longitude", "point_from", "way_changed_at"])


def _stamp_way(place: Site | Room, now: dt.datetime) -> None:
    """Note when one is to go elsewhere than what was told."""
    if _says_otherwise(place):
        place.way_changed_at = now


def _says_otherwise(row: Site | Room | AccessKit) -> bool:
    # Of what was never described, nothing was told.
    told = type(row).objects.filter(pk=row.pk).first() or type(row)()
    return any(getattr(told, name) != getattr(row, name) for name in row.WAY)


def _refuse_elsewhere(site: Site) -> None:
    commune = site.commune
    if commune.latitude is None or commune.longitude is None:
        return
    away = kilometres_between((site.latitude, site.longitude), (commune.latitude, commune.longitude))
    if away > FARTHEST_FROM_COMMUNE_KM:
        raise TooFarFromCommune(f"Vérifiez la position\u00a0: elle est à {kilometres(away)} de {commune}.")


@transaction.atomic
def describe_access(*, kit: AccessKit, now: dt.datetime) -> AccessKit:
    """Save how one gets in on the evening itself."""
    if _says_otherwise(kit):
        Site.objects.filter(pk=kit.site_id).update(way_changed_at=now)
    kit.save()
    return kit


@transaction.atomic
def describe_accessibility(*, site: Site) -> Site:
    """Save what is known of the way in.

    Raises:
        EntranceDisagrees, ToiletsDisagree: two answers contradict each other; nothing is written.
    """
    stairs = EntranceDisagrees("Une entrée de plain-pied n’a pas de marche\u00a0: corrigez l’une des deux réponses.")
    toilets = ToiletsDisagree("Des toilettes adaptées sont des toilettes\u00a0: corrigez l’une des deux réponses.")
    with refusing({"site_entrance_agrees": stairs, "site_toilets_agree": toilets}):
        site.save(update_fields=[name for _, names in Accessibility.SECTIONS for name in names])
    return site


@transaction.atomic
def add_room(*, site: Site, room: Room, now: dt.datetime) -> Room:
    """Give a site a room.

    Raises:
        SiteArchived: it was closed meanwhile.
    """
    if Site.objects.select_for_update(no_key=True).get(pk=site.pk).archived_at is not None:
        raise SiteArchived("Ce site est archivé\u00a0: choisissez-en un autre.")
    room.site = site
    room.site_max_visitors = site.max_visitors
    room.time_zone = site.time_zone
    room.cell = site.cell
    room.created_at = now
    room.save()
    return room


@transaction.atomic
def describe_site(*, site: Site, now: dt.datetime) -> Site:
    """Save what was corrected. Its rooms follow the number of visitors by their key.

    Raises:
        RoomsStillLarger, TooManyForCategory: nothing is written.
    """
    larger = RoomsStillLarger("Une salle de ce site compte plus de places\u00a0: diminuez-la d’abord.")
    _stamp_way(site, now)
    with refusing({"room_capacity_within_site": larger, **_too_many()}):
        site.save(update_fields=[*Site.DESCRIBED, "way_changed_at"])
    return site


@transaction.atomic
def describe_room(*, room: Room, now: dt.datetime) -> Room:
    """Save what was corrected. Its slots follow its places and computers by their key.

    Raises:
        SlotsStillLarger, ComputersStillOffered: nothing is written.
    """
    larger = SlotsStillLarger()
    _stamp_way(room, now)
    try:
        with refusing({"slot_places_within_room": larger, "series_within_room": larger}):
            room.save(update_fields=[*Room.DESCRIBED, "way_changed_at"])
    except SlotsStillLarger as refusal:
        raise _still_larger(room) from refusal
    return room


def _still_larger(room: Room) -> SlotsStillLarger:
    """Beside the places when they are too few, else beside the computers."""
    more = Q(places__gt=room.capacity)
    places = room.slots.filter(more).exists() or room.availabilities.filter(more).exists()
    return (SlotsStillLarger if places else ComputersStillOffered)(
        "Des créneaux ou des séries de cette salle offrent davantage, et leur histoire reste\u00a0: "
        "archivez la salle et décrivez-en une autre, ou gardez ces nombres."
    )


def hold_room(*, room: Room) -> None:
    """Keep the room as it is until the commit: who closes it waits, or was first.

    Raises:
        RoomArchived: it was closed meanwhile.
    """
    if Room.objects.select_for_update(no_key=True).get(pk=room.pk).archived_at is not None:
        raise RoomArchived("Cette salle est archivée\u00a0: choisissez-en une autre.")


def hold_places(*, rooms: QuerySet[Room], sites: QuerySet[Site]) -> None:
    """Sites, then rooms, until the commit: nobody gives them a room or a season meanwhile."""
    for places in (sites, rooms):
        list(places.select_for_update(no_key=True, of=("self",)).order_by("pk").values_list("pk", flat=True))


@transaction.atomic
def archive_places(*, rooms: QuerySet[Room], sites: QuerySet[Site], now: dt.datetime) -> None:
    """No new date opens there; what was, stays."""
    tell_database(now)
    # Rooms may be named by their sites in use: they go first.
    for places in (rooms, sites):
        places.filter(archived_at=None).update(archived_at=now)


@transaction.atomic
def reopen_site(*, site: Site) -> None:
    """A site that was closed for a while is in use again, with the rooms that were closed with it; seasons are not."""
    current = Site.objects.select_for_update(no_key=True).get(pk=site.pk)
    if current.archived_at is not None:
        Room.objects.filter(site=current, archived_at=current.archived_at).update(archived_at=None)
        Site.objects.filter(pk=current.pk).update(archived_at=None)


@transaction.atomic
def reopen_room(*, room: Room) -> None:
    """A room that was closed for a while is in use again.

    Raises:
        SiteArchived: its site is closed.
    """
    if Site.objects.select_for_update(no_key=True).get(pk=room.site_id).archived_at is not None:
        raise SiteArchived("Le site est fermé\u00a0: rouvrez-le d’abord.")
    Room.objects.filter(pk=room.pk).update(archived_at=None)
