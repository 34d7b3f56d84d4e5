"""Letting people open an account, without letting anybody have us write to thousands of strangers."""

from __future__ import annotations

import datetime as dt
import uuid

from django.conf import settings
from django.db import connection, transaction
from django.utils.crypto import salted_hmac

from accounts import emails
from accounts.models import SignupAttempt
from accounts.refusals import Refused, refusing

MAILS_TO_ONE_ADDRESS = 3
ALARMS_AT_PERCENT = (80, 100)
# One sign-up is counted after the other. The number is ours alone.
COUNTING = 20_150_710


class SignupsClosed(Refused):
    """As many sign-ups in a day as we send mails for."""


class ProofSpent(Refused):
    """The same answer was sent twice."""


@transaction.atomic
def admit_signup(*, email: str, proof: str, now: dt.datetime) -> None:
    """Count one sign-up, which will write to `email`; `proof` is the number of a challenge answered, or empty.

    Raises:
        SignupsClosed, ProofSpent: nothing is written.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTING])
    SignupAttempt.objects.forgettable(now).delete()
    recipient = _print_of(email)
    made = _made_within_limits(recipient=recipient, proof=proof, now=now)
    spent = ProofSpent("Ce formulaire est déjà parti une fois\u00a0: envoyez-le à nouveau.")
    with refusing({"one_signup_per_proof": spent}):
        SignupAttempt.objects.create(made_at=now, recipient=recipient, proof=proof)
    _warn(made + 1, now)


@transaction.atomic
def may_write_to(*, email: str, now: dt.datetime) -> bool:
    """Whether one more mail may go to an address that nobody has shown to be theirs; it is counted like a sign-up."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [COUNTING])
    recipient = _print_of(email)
    today = SignupAttempt.objects.of_the_last_day(now)
    if today.filter(recipient=recipient).count() >= MAILS_TO_ONE_ADDRESS or today.count() >= settings.SIGNUPS_PER_DAY:
        return False
    SignupAttempt.objects.create(made_at=now, recipient=recipient, proof=f"mail:{uuid.uuid4()}")
    _warn(today.count(), now)
    return True


def _warn(made: int, now: dt.datetime) -> None:
    """Tell the operators when the day's budget is nearly spent, and when it is."""
    for percent in ALARMS_AT_PERCENT:
        if made * 100 >= settings.SIGNUPS_PER_DAY * percent:
            emails.signups_near_limit(percent=percent, now=now)


def _print_of(email: str) -> str:
    return salted_hmac("accounts.signups", email.strip().lower(), algorithm="sha256").hexdigest()


def _made_within_limits(*, recipient: str, proof: str, now: dt.datetime) -> int:
    """How many sign-ups the last 24 hours saw. Raises `SignupsClosed` when one more would be too many."""
    today = SignupAttempt.objects.of_the_last_day(now)
    if today.filter(recipient=recipient).count() >= MAILS_TO_ONE_ADDRESS:
        raise SignupsClosed(
            "Nous avons déjà écrit plusieurs fois à cette adresse aujourd’hui\u00a0: "
            "regardez dans les courriers indésirables, ou revenez demain."
        )
    if not proof and today.filter(proof="").count() >= settings.SIGNUPS_WITHOUT_PROOF_PER_DAY:
        raise SignupsClosed(
            "Trop d’inscriptions sans JavaScript sont arrivées aujourd’hui\u00a0: activez JavaScript pour cette page, "
            "revenez demain, ou demandez-nous un compte (nos coordonnées sont dans les mentions légales)."
        )
    made = today.count()
    if made >= settings.SIGNUPS_PER_DAY:
        raise SignupsClosed(
            "Trop d’inscriptions sont arrivées aujourd’hui\u00a0: revenez demain, ou demandez-nous un compte "
            "(nos coordonnées sont dans les mentions légales)."
        )
    return made
