"""Where supply meets demand: bookings, the workshops held on them, what both sides report, what people follow."""

from workshops.models.attendance import MOST_MINUTES, Attendance, AttendanceQuerySet
from workshops.models.bookings import Booking, BookingQuerySet
from workshops.models.certificates import FACTS, Certificate, CertificateQuerySet
from workshops.models.courses import Course
from workshops.models.disputes import Dispute
from workshops.models.feeds import CalendarFeed, CalendarFeedQuerySet, shown_as
from workshops.models.hosting import HostingAgreement, HostingAgreementQuerySet
from workshops.models.matches import Dismissal, MatchAgain, MatchNotice
from workshops.models.needs import CommuneNeed, DepartementNeed, Need
from workshops.models.notes import WorkshopNote
from workshops.models.plans import REVERSED, SOME_WEEKS, Gain, Plan, PlannedEvening, PlannedPair, Unserved
from workshops.models.promises import LostPromise
from workshops.models.reasons import Reason
from workshops.models.replies import Reply
from workshops.models.reports import HELD, Report, ReportQuerySet
from workshops.models.searches import SavedSearch, SavedSearchQuerySet, SearchNotice
from workshops.models.sides import Side
from workshops.models.standings import Standing
from workshops.models.waitlist import WaitlistEntry, WaitlistEntryQuerySet
from workshops.models.weighting import HEAVIEST, OF_REQUEST, Part, Weighting
from workshops.models.workshops import Workshop, WorkshopQuerySet, insurance_ending

__all__ = [
    "FACTS",
    "HEAVIEST",
    "HELD",
    "MOST_MINUTES",
    "OF_REQUEST",
    "REVERSED",
    "SOME_WEEKS",
    "Attendance",
    "AttendanceQuerySet",
    "Booking",
    "BookingQuerySet",
    "CalendarFeed",
    "CalendarFeedQuerySet",
    "Certificate",
    "CertificateQuerySet",
    "CommuneNeed",
    "Course",
    "DepartementNeed",
    "Dismissal",
    "Dispute",
    "Gain",
    "HostingAgreement",
    "HostingAgreementQuerySet",
    "LostPromise",
    "MatchAgain",
    "MatchNotice",
    "Need",
    "Part",
    "Plan",
    "PlannedEvening",
    "PlannedPair",
    "Reason",
    "Reply",
    "Report",
    "ReportQuerySet",
    "SavedSearch",
    "SavedSearchQuerySet",
    "SearchNotice",
    "Side",
    "Standing",
    "Unserved",
    "WaitlistEntry",
    "WaitlistEntryQuerySet",
    "Weighting",
    "Workshop",
    "WorkshopNote",
    "WorkshopQuerySet",
    "insurance_ending",
    "shown_as",
]
