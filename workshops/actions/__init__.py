"""Booking a slot, answering, cancelling, reporting, series, and telling who should know."""

from workshops.actions.answering import accept_booking, decline_booking
from workshops.actions.attending import NotNow, Presence, attend_workshop
from workshops.actions.bookings import (
    AlreadyAsked,
    NobodyComes,
    NotAdmitted,
    SlotTaken,
    TooMany,
    TooManyBookings,
    Unexplained,
    book_slot,
)
from workshops.actions.cancelling import AlreadyBegun, cancel_booking, is_late, withdraw_slot
from workshops.actions.certifying import NothingGiven, certify
from workshops.actions.closing import Hanging, close_places, hanging_on
from workshops.actions.courses import Booked as BookedCourse
from workshops.actions.courses import NotAllFree, TooFewSessions, TwoAtOnce, book_course, cancel_course, course_key
from workshops.actions.feeds import close_feed, open_feed
from workshops.actions.hosting import (
    RENEWED_WITHIN,
    AlreadyOver,
    ChangedMeanwhile,
    NeverMet,
    NotInsured,
    NotToSign,
    StillRunning,
    end_agreement,
    propose_agreement,
    sign_agreement,
    tell_ending_insurance,
)
from workshops.actions.inviting import NobodyMissing, call_volunteers, come, invite_volunteers, leave
from workshops.actions.matches import tell_matches
from workshops.actions.moves import AlreadySettled
from workshops.actions.moving import NotMovable, check_movable, move_workshop, moved_to
from workshops.actions.needs import count_needs
from workshops.actions.offering import NotSought, SomebodyWaits, offer_evening, offer_slot
from workshops.actions.preparing import NotToCome, TooManyNotes, TooManyVisitors, Wordless, prepare_workshop, write_note
from workshops.actions.promising import take_over
from workshops.actions.reminders import (
    NothingToAgree,
    agree_workshop,
    ask_for_reports,
    expire_bookings,
    remind_unanswered,
    remind_workshops,
)
from workshops.actions.replying import AlreadyReplied, NothingToAnswer, SaysNothing, reply
from workshops.actions.reports import AlreadyReported, NotOver, check_over, report_workshop, settle_by_company
from workshops.actions.searches import AlreadySaved, TooManySaved, change_alerts, forget_search, save_search
from workshops.actions.series import (
    Change,
    NotThatWay,
    SeriesEnd,
    change_following,
    change_series,
    change_slot,
    end_series,
)
from workshops.actions.waitlist import (
    AlreadyWaiting,
    NoLongerHeld,
    NotTaken,
    join_waitlist,
    leave_waitlist,
    offer_next,
    refuse_hold,
    take_hold,
)

__all__ = [
    "RENEWED_WITHIN",
    "AlreadyAsked",
    "AlreadyBegun",
    "AlreadyOver",
    "AlreadyReplied",
    "AlreadyReported",
    "AlreadySaved",
    "AlreadySettled",
    "AlreadyWaiting",
    "BookedCourse",
    "Change",
    "ChangedMeanwhile",
    "Hanging",
    "NeverMet",
    "NoLongerHeld",
    "NobodyComes",
    "NobodyMissing",
    "NotAdmitted",
    "NotAllFree",
    "NotInsured",
    "NotMovable",
    "NotNow",
    "NotOver",
    "NotSought",
    "NotTaken",
    "NotThatWay",
    "NotToCome",
    "NotToSign",
    "NothingGiven",
    "NothingToAgree",
    "NothingToAnswer",
    "Presence",
    "SaysNothing",
    "SeriesEnd",
    "SlotTaken",
    "SomebodyWaits",
    "StillRunning",
    "TooFewSessions",
    "TooMany",
    "TooManyBookings",
    "TooManyNotes",
    "TooManySaved",
    "TooManyVisitors",
    "TwoAtOnce",
    "Unexplained",
    "Wordless",
    "accept_booking",
    "agree_workshop",
    "ask_for_reports",
    "attend_workshop",
    "book_course",
    "book_slot",
    "call_volunteers",
    "cancel_booking",
    "cancel_course",
    "certify",
    "change_alerts",
    "change_following",
    "change_series",
    "change_slot",
    "check_movable",
    "check_over",
    "close_feed",
    "close_places",
    "come",
    "count_needs",
    "course_key",
    "decline_booking",
    "end_agreement",
    "end_series",
    "expire_bookings",
    "forget_search",
    "hanging_on",
    "invite_volunteers",
    "is_late",
    "join_waitlist",
    "leave",
    "leave_waitlist",
    "move_workshop",
    "moved_to",
    "offer_evening",
    "offer_next",
    "offer_slot",
    "open_feed",
    "prepare_workshop",
    "propose_agreement",
    "refuse_hold",
    "remind_unanswered",
    "remind_workshops",
    "reply",
    "report_workshop",
    "save_search",
    "settle_by_company",
    "sign_agreement",
    "take_hold",
    "take_over",
    "tell_ending_insurance",
    "tell_matches",
    "withdraw_slot",
    "write_note",
]
