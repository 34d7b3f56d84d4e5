"""Supply: companies, their sites and rooms, and the dated slots that they open."""

from companies.models.accessibility import Accessibility
from companies.models.calendars import BusyTime, RoomCalendar, RoomCalendarQuerySet
from companies.models.companies import (
    Company,
    CompanyQuerySet,
    FormerEntry,
    Invitation,
    JoinRequest,
    Membership,
    signatory,
)
from companies.models.merged import ALL, Span
from companies.models.openings import Availability, AvailabilityQuerySet, BookingMode, Opening
from companies.models.periods import TsTzRange, WallClock
from companies.models.photos import RoomPhoto
from companies.models.places import AccessKit, Room, Site
from companies.models.slots import Slot, SlotQuerySet, on_offer
from companies.models.volunteers import Engagement, SlotVolunteer, SlotVolunteerQuerySet, VolunteerProfile

__all__ = [
    "ALL",
    "AccessKit",
    "Accessibility",
    "Availability",
    "AvailabilityQuerySet",
    "BookingMode",
    "BusyTime",
    "Company",
    "CompanyQuerySet",
    "Engagement",
    "FormerEntry",
    "Invitation",
    "JoinRequest",
    "Membership",
    "Opening",
    "Room",
    "RoomCalendar",
    "RoomCalendarQuerySet",
    "RoomPhoto",
    "Site",
    "Slot",
    "SlotQuerySet",
    "SlotVolunteer",
    "SlotVolunteerQuerySet",
    "Span",
    "TsTzRange",
    "VolunteerProfile",
    "WallClock",
    "on_offer",
    "signatory",
]
