"""Removing a lost second factor, by two operators."""

from __future__ import annotations

import datetime as dt

from allauth.mfa.models import Authenticator
from django.db import transaction

from accounts import emails
from accounts.actions.sessions import end_sessions
from accounts.models import User
from accounts.models.recovery import FactorRecovery
from accounts.refusals import Refused, refusing


class NotByOneself(Refused):
    """The person, or the operator who asked, cannot confirm."""


class RecoveryClosed(Refused):
    """Confirmed before, or older than two days."""


@transaction.atomic
def open_recovery(*, user: User, reason: str, by: User, now: dt.datetime) -> FactorRecovery:
    """Ask another operator to remove somebody's second factors. The person is told at once.

    Raises:
        NotByOneself: nobody asks for their own account.
    """
    with refusing({"recovery_by_two_others": NotByOneself("Demandez à deux autres personnes de l’exploitation.")}):
        recovery: FactorRecovery = FactorRecovery.objects.create(user=user, reason=reason, opened_at=now, opened_by=by)
    emails.recovery_opened(recovery=recovery, now=now)
    return recovery


@transaction.atomic
def confirm_recovery(*, recovery: FactorRecovery, by: User, now: dt.datetime) -> None:
    """Remove the second factors, end every session of the person, and tell them.

    Raises:
        RecoveryClosed, NotByOneself: nothing is written.
    """
    oneself = NotByOneself("Une autre personne de l’exploitation que celle qui a demandé confirme.")
    with refusing({"recovery_by_two_others": oneself}):
        changed = FactorRecovery.objects.open(now).filter(pk=recovery.pk).update(confirmed_at=now, confirmed_by=by)
    if not changed:
        raise RecoveryClosed("Cette demande est déjà confirmée, ou elle a plus de deux jours\u00a0: recommencez.")
    Authenticator.objects.filter(user=recovery.user).delete()
    end_sessions(user=recovery.user)
    emails.recovery_confirmed(recovery=recovery, now=now)
