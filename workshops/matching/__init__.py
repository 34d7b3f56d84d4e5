"""Which slots serve which requests, how well, and why (decision 24)."""

from workshops.matching.comparing import Later, Looked, after, look_at, proposals
from workshops.matching.everything import Everything, Microseconds, read_everything
from workshops.matching.finding import requests_for, requests_for_each, serving, slots_for
from workshops.matching.judging import (
    MATCHES_TOLD,
    Match,
    Rank,
    Served,
    best_of_each,
    best_slots,
    is_dismissed,
    missing_in_rooms,
    ranks_of,
    rooms_that_serve,
    served_by,
    served_by_each,
    served_under,
    serving_under,
)
from workshops.matching.known import Known, tried
from workshops.matching.missing import all_that_lacks, almost, awaited, unspoken, why_not
from workshops.matching.pairs import A_METRE, Condition, Offers, Pairs, Wants
from workshops.matching.reasons import reasons
from workshops.matching.sweeping import Best, Span, sweep
from workshops.matching.times import hour_suits, in_season, period_case, period_of, suits, weekday_suits

__all__ = [
    "A_METRE",
    "MATCHES_TOLD",
    "Best",
    "Condition",
    "Everything",
    "Known",
    "Later",
    "Looked",
    "Match",
    "Microseconds",
    "Offers",
    "Pairs",
    "Rank",
    "Served",
    "Span",
    "Wants",
    "after",
    "all_that_lacks",
    "almost",
    "awaited",
    "best_of_each",
    "best_slots",
    "hour_suits",
    "in_season",
    "is_dismissed",
    "look_at",
    "missing_in_rooms",
    "period_case",
    "period_of",
    "proposals",
    "ranks_of",
    "read_everything",
    "reasons",
    "requests_for",
    "requests_for_each",
    "rooms_that_serve",
    "served_by",
    "served_by_each",
    "served_under",
    "serving",
    "serving_under",
    "slots_for",
    "suits",
    "sweep",
    "tried",
    "unspoken",
    "weekday_suits",
    "why_not",
]
