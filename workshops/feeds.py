"""What a calendar to subscribe to shows: its address, and its events as iCalendar."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.signing import BadSignature, Signer
from django.db.models import BigIntegerField, F, Q, QuerySet, Window
from django.db.models.functions import Coalesce, RowNumber
from django.urls import reverse

from associations.models import Association
from companies.calendar import free_slot, promised
from companies.models import Company, Site, SlotQuerySet, SlotVolunteer, SlotVolunteerQuerySet
from workshops import calendar
from workshops.catalogue import bookable
from workshops.models import Booking, BookingQuerySet, CalendarFeed, LostPromise
from workshops.volunteers import with_booked

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
    feeds = CalendarFeed.objects.open().select_related("user", "site__company", "company", "association")
    found = feeds.filter(pk=number).first()
    if found is None or not found.user.is_active:
        return None
    if found.organisation is not None and found.user not in found.organisation.managers():
        return None
    return found


def feed_calendar(feed: CalendarFeed, *, url: str, now: dt.datetime) -> str:
    """The feed as an iCalendar file; `url` is the page where it is explained and closed."""
    since = now - KEPT
    shown = Booking.objects.filter(pk__in=_latest(_bookings(feed).in_calendars()), slot__ends_at__gt=since)
    booked = shown.with_everything().order_by("slot__starts_at", "pk")
    events = [calendar.booked(one, now=now) for one in booked]
    events += [free_slot(slot, now=now) for slot in _offered(feed, now).order_by("starts_at", "pk")]
    promises = with_booked(_promises(feed, since)).order_by("starts_at", "pk")
    events += [promised(one, booked=one.booked, now=now) for one in promises]  # type: ignore[attr-defined]
    events += [calendar.lost(one, now=now) for one in _lost(feed, since).order_by("slot__starts_at", "pk")]
    return calendar.published(events, name=_name(feed), url=url)


def _bookings(feed: CalendarFeed) -> BookingQuerySet:
    match feed.shown:
        case Site() as site:
            return Booking.objects.filter(slot__room__site=site)
        case Company() as company:
            return Booking.objects.of_company(company)
        case Association() as association:
            return Booking.objects.of_association(association)
    companies, associations = Company.objects.managed_by(feed.user), Association.objects.managed_by(feed.user)
    return Booking.objects.filter(Q(slot__room__site__company__in=companies) | Q(association__in=associations))


def _latest(shown: BookingQuerySet) -> QuerySet[Any, Any]:
    """The numbers of the last word on each event: a workshop may be called off here and take place there after all."""
    event = Coalesce("event_of", "pk", output_field=BigIntegerField())
    place = Window(RowNumber(), partition_by=event, order_by=[F("sequence").desc(), F("pk").desc()])
    return shown.annotate(place_in_event=place).filter(place_in_event=1).values("pk")


def _offered(feed: CalendarFeed, now: dt.datetime) -> SlotQuerySet:
    """The evenings that a company offers, where its calendar or that of a site is shown."""
    offered = bookable(now).with_place()
    if feed.site is not None:
        return offered.filter(room__site=feed.site)
    return offered.of_company(feed.company) if feed.company is not None else offered.none()


def _promises(feed: CalendarFeed, since: dt.datetime) -> SlotVolunteerQuerySet:
    """A volunteer's own, in their own calendar."""
    own = SlotVolunteer.objects.filter(volunteer=feed.user, ends_at__gt=since).with_place()
    return own if feed.shown is None else own.none()


def _lost(feed: CalendarFeed, since: dt.datetime) -> QuerySet[LostPromise]:
    """Those that ended."""
    own = LostPromise.objects.filter(volunteer=feed.user, slot__ends_at__gt=since)
    own = own.select_related("slot__room__site__company", "slot__room__site__commune")
    return own if feed.shown is None else own.none()


def _name(feed: CalendarFeed) -> str:
    match feed.shown:
        case None:
            return "Mes ateliers"
        case Site() as site:
            return f"{site.company.name}, {site.name}"
        case organisation:
            return organisation.name


def _signer() -> Signer:
    return Signer(salt="workshops.feed", sep=".")
