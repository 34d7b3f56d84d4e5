"""The right of reply of who is said to have failed somebody."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused, refusing
from workshops.models import Booking, Reply, Side
from workshops.reliability import fact_of


class AlreadyReplied(Refused):
    """One answer for each booking."""


class NothingToAnswer(Refused):
    """Nothing is held against this side: the workshop is still to come, or it kept its word."""


class SaysNothing(Refused):
    """An answer without a word."""

    field = "text"


@transaction.atomic
def reply(*, booking: Booking, side: Side, text: str, by: User, now: dt.datetime) -> Reply:
    """Keep a side's answer, read beside what it answers by itself and by those who run the portal.

    Raises:
        AlreadyReplied, NothingToAnswer, SaysNothing: nothing is written.
    """
    if not text.strip():
        raise SaysNothing("Écrivez votre réponse en quelques mots.")
    said = fact_of(booking, side, now)
    if said is None or not said.counts_against:
        raise NothingToAnswer("Rien ne compte contre vous pour cette réservation\u00a0: il n’y a rien à quoi répondre.")
    with refusing({"reply_once_per_side": AlreadyReplied("Votre réponse est déjà enregistrée.")}):
        answer: Reply = Reply.objects.create(
            booking=booking, side=side, text=text.strip(), created_at=now, created_by=by
        )
    return answer
