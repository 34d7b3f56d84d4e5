"""Sites and rooms."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from accounts.refusals import Refused, refusing
from companies.models import Company, Room, Site


class RoomsStillLarger(Refused):
    """A room has more places than the site would admit."""

    field = "max_visitors"


class SlotsStillLarger(Refused):
    """A slot, past or to come, offers more than the room would have."""

    field = "capacity"


class SiteArchived(Refused):
    """The site is not used any more."""


class RoomArchived(Refused):
    """The room is not used any more."""


@transaction.atomic
def add_site(*, company: Company, site: Site, now: dt.datetime) -> Site:
    """Give a company a site. Zone and, unless it was placed by hand, point come from the commune."""
    site.company = company
    site.created_at = now
    site.time_zone = site.commune.time_zone
    site.save()
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
    room.created_at = now
    room.save()
    return room


@transaction.atomic
def describe_site(*, site: Site) -> Site:
    """Save what was corrected. Its rooms follow the number of visitors by their key.

    Raises:
        RoomsStillLarger: nothing is written.
    """
    larger = RoomsStillLarger("Une salle de ce site compte plus de places\u00a0: diminuez-la d’abord.")
    with refusing({"room_capacity_within_site": larger}):
        site.save()
    return site


@transaction.atomic
def describe_room(*, room: Room) -> Room:
    """Save what was corrected. Its slots follow its places and computers by their key.

    Raises:
        SlotsStillLarger: nothing is written.
    """
    larger = SlotsStillLarger(
        "Des créneaux de cette salle offrent davantage, et leur histoire reste\u00a0: "
        "archivez la salle et décrivez-en une autre, ou gardez ces nombres."
    )
    with refusing({"slot_places_within_room": larger}):
        room.save()
    return room


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
    # Rooms may be named by their sites in use: they go first.
    for places in (rooms, sites):
        places.filter(archived_at=None).update(archived_at=now)
