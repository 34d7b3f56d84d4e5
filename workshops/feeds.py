"""What a calendar to subscribe to shows: its address, and its events as iCalendar."""

from __future__ import annotations

import datetime as dt

from django.core.signing import BadSignature, Signer
from django.db.models import Q
from django.urls import reverse

from associations.models import Association
from companies.models import Company, SlotVolunteer
from workshops import calendar
from workshops.catalogue import bookable
from workshops.models import Booking, CalendarFeed

# How long what is over, or cancelled, stays in a calendar.
KEPT = dt.timedelta(days=90)


def feed_path(feed: CalendarFeed) -> str:
    """The path that shows a feed."""
    return reverse("workshops:feed", args=[_signer().sign(str(feed.pk))])


def feed_of(token: str) -> CalendarFeed | None:
    """The open feed that an address means, while its person may still see what it shows; else None."""
    try:
        number = int(_signer().unsign(token))
    except (BadSignature, ValueError):
        return None
    found = CalendarFeed.objects.open().select_related("user", "site__company").filter(pk=number).first()
    if found is None or not found.user.is_active:
        return None
    if found.site is not None and found.user not in found.site.company.managers():
        return None
    return found


def feed_calendar(feed: CalendarFeed, *, url: str, now: dt.datetime) -> str:
    """The feed as an iCalendar file; `url` is the page where it is explained and closed."""
    since = now - KEPT
    if feed.site is not None:
        bookings = Booking.objects.filter(slot__room__site=feed.site)
        free = bookable(now).filter(room__site=feed.site)
        events = [calendar.free_slot(slot, now=now) for slot in free.with_place().order_by("starts_at", "pk")]
        name = f"{feed.site.company.name}, {feed.site.name}"
    else:
        companies = Company.objects.managed_by(feed.user)
        associations = Association.objects.managed_by(feed.user)
        bookings = Booking.objects.filter(Q(slot__room__site__company__in=companies) | Q(association__in=associations))
        promises = SlotVolunteer.objects.filter(volunteer=feed.user, ends_at__gt=since).with_place()
        events = [calendar.promised(one, now=now) for one in promises.order_by("starts_at", "pk")]
        name = "Mes ateliers"
    shown = bookings.in_calendars().filter(slot__ends_at__gt=since)
    booked = shown.with_everything().order_by("slot__starts_at", "pk").distinct()
    return calendar.published([calendar.booked(one, now=now) for one in booked] + events, name=name, url=url)


def _signer() -> Signer:
    return Signer(salt="workshops.feed", sep=".")
