"""Which slots serve which requests, how well, and why (decision 24)."""

from workshops.matching.everything import Everything, Microseconds, read_everything
from workshops.matching.finding import requests_for, serving, slots_for
from workshops.matching.judging import (
    MATCHES_TOLD,
    Match,
    Served,
    best_of_each,
    best_slots,
    rooms_that_serve,
    served_by,
)
from workshops.matching.known import Known
from workshops.matching.missing import almost, unspoken, why_not
from workshops.matching.pairs import Offers, Pairs, Wants
from workshops.matching.reasons import reasons
from workshops.matching.sweeping import Best, Span, sweep
from workshops.matching.times import hour_suits, in_season, period_case, period_of, suits, weekday_suits

__all__ = [
    "MATCHES_TOLD",
    "Best",
    "Everything",
    "Known",
    "Match",
    "Microseconds",
    "Offers",
    "Pairs",
    "Served",
    "Span",
    "Wants",
    "almost",
    "best_of_each",
    "best_slots",
    "hour_suits",
    "in_season",
    "period_case",
    "period_of",
    "read_everything",
    "reasons",
    "requests_for",
    "rooms_that_serve",
    "served_by",
    "serving",
    "slots_for",
    "suits",
    "sweep",
    "unspoken",
    "weekday_suits",
    "why_not",
]
