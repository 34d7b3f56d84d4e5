"""Booking a slot, answering, cancelling, reporting, series, and telling who should know."""

from workshops.actions.bookings import (
    AlreadyAsked,
    AlreadyBegun,
    AlreadySettled,
    NotAdmitted,
    SlotTaken,
    TooMany,
    accept_booking,
    book_slot,
    cancel_booking,
    decline_booking,
    withdraw_slot,
)
from workshops.actions.closing import Hanging, close_places, hanging_on
from workshops.actions.feeds import close_feed, open_feed
from workshops.actions.matches import tell_matches
from workshops.actions.reminders import (
    NothingToAgree,
    agree_workshop,
    ask_for_reports,
    expire_bookings,
    remind_unanswered,
    remind_workshops,
)
from workshops.actions.reports import AlreadyReported, NotOver, report_workshop
from workshops.actions.series import Change, NotThatWay, SeriesEnd, change_series, change_slot, end_series

__all__ = [
    "AlreadyAsked",
    "AlreadyBegun",
    "AlreadyReported",
    "AlreadySettled",
    "Change",
    "Hanging",
    "NotAdmitted",
    "NotOver",
    "NotThatWay",
    "NothingToAgree",
    "SeriesEnd",
    "SlotTaken",
    "TooMany",
    "accept_booking",
    "agree_workshop",
    "ask_for_reports",
    "book_slot",
    "cancel_booking",
    "change_series",
    "change_slot",
    "close_feed",
    "close_places",
    "decline_booking",
    "end_series",
    "expire_bookings",
    "hanging_on",
    "open_feed",
    "remind_unanswered",
    "remind_workshops",
    "report_workshop",
    "tell_matches",
    "withdraw_slot",
]
