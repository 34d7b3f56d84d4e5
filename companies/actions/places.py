"""Sites and rooms."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from companies.models import Company, Room, Site


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
