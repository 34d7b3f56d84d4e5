"""Forms of bookings, offers, workshops and calendars."""

from workshops.forms.booking import (
    AnswerForm,
    AroundForm,
    BookingForm,
    CourseForm,
    HoldForm,
    MoveForm,
    OfferForm,
    ReasonForm,
    WaitlistForm,
)
from workshops.forms.calendars import CalendarForm, RoomCalendarForm
from workshops.forms.dismissing import DismissForm
from workshops.forms.hosting import HostingSignForm
from workshops.forms.near import NearForm, PointForm
from workshops.forms.offers import ClosingForm, EndForm, EveningForm, OpenDateForm, SlotForm
from workshops.forms.plans import PlanForm
from workshops.forms.preparing import NoteForm, PrepareForm
from workshops.forms.replies import ReplyForm
from workshops.forms.reports import AssociationReportForm, CompanyReportForm, PresenceForm, ReportForm
from workshops.forms.searches import AlertsForm, SavedSearchForm
from workshops.forms.weighing import WeightingForm

__all__ = [
    "AlertsForm",
    "AnswerForm",
    "AroundForm",
    "AssociationReportForm",
    "BookingForm",
    "CalendarForm",
    "ClosingForm",
    "CompanyReportForm",
    "CourseForm",
    "DismissForm",
    "EndForm",
    "EveningForm",
    "HoldForm",
    "HostingSignForm",
    "MoveForm",
    "NearForm",
    "NoteForm",
    "OfferForm",
    "OpenDateForm",
    "PlanForm",
    "PointForm",
    "PrepareForm",
    "PresenceForm",
    "ReasonForm",
    "ReplyForm",
    "ReportForm",
    "RoomCalendarForm",
    "SavedSearchForm",
    "SlotForm",
    "WaitlistForm",
    "WeightingForm",
]
