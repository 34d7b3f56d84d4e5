"""Where supply meets demand: bookings, the workshops held on them, what both sides report, and calendars to follow."""

from workshops.models.bookings import Booking, BookingQuerySet, MatchNotice, Report, Side, Workshop, WorkshopQuerySet
from workshops.models.feeds import CalendarFeed, CalendarFeedQuerySet

__all__ = [
    "Booking",
    "BookingQuerySet",
    "CalendarFeed",
    "CalendarFeedQuerySet",
    "MatchNotice",
    "Report",
    "Side",
    "Workshop",
    "WorkshopQuerySet",
]
