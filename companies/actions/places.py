"""Sites and rooms."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet

from accounts.refusals import Refused, refusing
from companies.models import Company, Room, Site


class StillLarger(Refused):
    """What hangs on the place counts on more than it would have."""


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
    """Give a site a room."""
    room.site = site
    room.site_max_visitors = site.max_visitors
    room.created_at = now
    room.save()
    return room


@transaction.atomic
def describe_site(*, site: Site) -> Site:
    """Save what was corrected. Its rooms follow the number of visitors by their key.

    Raises:
        StillLarger: a room has more places than the site would admit.
    """
    larger = StillLarger("Une salle de ce site compte plus de places\u00a0: diminuez-la d’abord.")
    with refusing({"room_capacity_within_site": larger}):
        site.save()
    return site


@transaction.atomic
def describe_room(*, room: Room) -> Room:
    """Save what was corrected. Its slots follow its places and computers by their key.

    Raises:
        StillLarger: a slot, past or to come, offers more than the room would have.
    """
    larger = StillLarger(
        "Des créneaux de cette salle offrent davantage, et leur histoire reste\u00a0: "
        "archivez la salle et décrivez-en une autre, ou gardez ces nombres."
    )
    with refusing({"slot_places_within_room": larger}):
        room.save()
    return room


@transaction.atomic
def archive_rooms(*, rooms: QuerySet[Room], now: dt.datetime) -> int:
    """No new date opens there; what was, stays. Returns how many rooms were in use."""
    return rooms.filter(archived_at=None).update(archived_at=now)


@transaction.atomic
def archive_site(*, site: Site, now: dt.datetime) -> None:
    site.archived_at = now
    site.save(update_fields=["archived_at"])
