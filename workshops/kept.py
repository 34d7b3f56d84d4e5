"""Why a slot that a company or a plan keeps for a request serves it."""

from __future__ import annotations

import datetime as dt

from workshops.matching import Match, best_slots, reasons
from workshops.models import Booking


def match_of(booking: Booking, now: dt.datetime) -> Match | None:
    """How what is kept serves its request, as both are now; None where it does not, or is kept for who queued."""
    if booking.request is None or not booking.is_proposed:
        return None
    return next(iter(best_slots(booking.request, [booking.slot], now=now)), None)


def why_kept(match: Match | None) -> list[str]:
    """In the language spoken."""
    return reasons(match) if match else []
