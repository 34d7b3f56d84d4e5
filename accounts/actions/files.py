"""What every file of the moderators has in common: claims, decisions, reports of abuse and appeals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction

from accounts import emails
from accounts.models import AbuseReport, Appeal, Decision, Organisation, User
from accounts.refusals import Refused, refusing
from territories.wording import wall_time

REPORTS_A_DAY = 20
DAY = dt.timedelta(days=1)


class HeldByAnother(Refused):
    """Another moderator works on the file."""


class AlreadyDecided(Refused):
    """Another moderator was first, or the file is not held by who decides."""


class AppealedAlready(Refused):
    """One appeal a refusal."""


class OwnDecision(Refused):
    """Who refused does not decide on the appeal."""


class TooManyReports(Refused):
    """More reports than one person makes in a day."""


@transaction.atomic
def claim_file(file: Any, *, by: User, now: dt.datetime) -> None:
    """Take a waiting file (a Claimable) to work on it alone, for an hour.

    Raises:
        HeldByAnother, AlreadyDecided: somebody else works on it, or has decided.
    """
    waiting = type(file).objects.awaiting_decision().filter(pk=file.pk)
    if not waiting.claim(by=by, now=now):
        file.refresh_from_db()
        if waiting.exists():
            raise HeldByAnother(f"{file.claimed_by} examine ce dossier depuis {hour(file.claimed_at)}.")
        raise AlreadyDecided(decided_words(file))
    file.refresh_from_db()


@transaction.atomic
def release_file(file: Any, *, by: User) -> None:
    """Give a file back to the queue, at its old place."""
    waiting = type(file).objects.awaiting_decision().filter(pk=file.pk)
    waiting.held_by(by).update(claimed_at=None, claimed_by=None)


def settle_file(file: Any, *, by: User, **moves: object) -> None:
    """The one conditional update of a decision on a waiting file that this moderator holds.

    Raises:
        AlreadyDecided: another was first, or the hold has gone to another.
    """
    held = type(file).objects.awaiting_decision().filter(pk=file.pk).held_by(by)
    moved = held.update(claimed_at=None, claimed_by=None, **moves)
    file.refresh_from_db()
    if not moved:
        raise AlreadyDecided(decided_words(file))


def decided_words(file: Any) -> str:
    """Who was first, and when; what became of it, where only its decision tells who."""
    if not hasattr(file, "decided_at"):
        return f"Déjà traité\u00a0: «\u00a0{file.get_state_display()}\u00a0»."
    if file.decided_at is None:
        holder = f"{file.claimed_by} l’examine. " if file.claimed_by_id else ""
        return f"Prenez d’abord ce dossier pour décider. {holder}".strip()
    who = file.decided_by or "une autre personne"
    return f"Déjà traité par {who} à {hour(file.decided_at)}."


def hour(instant: dt.datetime | None) -> str:
    """« 14 h 02 », on the portal's clocks."""
    return wall_time(instant.astimezone(ZoneInfo(settings.TIME_ZONE))) if instant else ""


def record_decision(
    subject: Decision.Subject,
    subject_id: int,
    outcome: Decision.Outcome,
    *,
    by: User,
    now: dt.datetime,
    reason: str = "",
    reason_code: str = "",
    comments: Mapping[str, object] | None = None,
) -> Decision:
    """Add the row that says who decided what and why. It stays."""
    return Decision.objects.create(
        subject=subject,
        subject_id=subject_id,
        outcome=outcome,
        reason=reason,
        reason_code=reason_code,
        comments=dict(comments or {}),
        decided_at=now,
        decided_by=by,
    )


@transaction.atomic
def report_abuse(*, path: str, reason: str, message: str, by: User | None, now: dt.datetime) -> AbuseReport:
    """Tell the moderators that a page is not what it should be.

    Raises:
        TooManyReports: twenty a day are enough, for a person or for all visitors without account together.
    """
    today = AbuseReport.objects.filter(created_by=by, created_at__gt=now - DAY)
    if today.count() >= REPORTS_A_DAY:
        raise TooManyReports("Nous avons reçu beaucoup de signalements aujourd’hui\u00a0: écrivez-nous demain.")
    report: AbuseReport = AbuseReport.objects.create(
        path=path, reason=reason, message=message, created_by=by, created_at=now
    )
    return report


@transaction.atomic
def flag_page(*, path: str, message: str, now: dt.datetime) -> AbuseReport:
    """The portal itself asks the moderators to look at a page."""
    flagged: AbuseReport = AbuseReport.objects.create(
        path=path, reason=AbuseReport.Reason.IMPERSONATION, message=message[:2000], created_at=now
    )
    return flagged


@transaction.atomic
def settle_report(*, report: AbuseReport, upheld: bool, reason: str, by: User, now: dt.datetime) -> None:
    """Close a report; what it led to is decided on the file of the organisation concerned.

    Raises:
        AlreadyDecided: another was first.
    """
    state = AbuseReport.State.UPHELD if upheld else AbuseReport.State.DISMISSED
    settle_file(report, by=by, state=state, decided_at=now, decided_by=by)
    outcome = Decision.Outcome.APPROVED if upheld else Decision.Outcome.DISMISSED
    record_decision(Decision.Subject.REPORT, report.pk, outcome, by=by, now=now, reason=reason)
    if report.created_by:
        emails.report_settled(report=report, reason=reason, now=now)


@transaction.atomic
def appeal(*, decision: Decision, message: str, by: User, now: dt.datetime) -> Appeal:
    """Ask for another look at a refusal.

    Raises:
        AppealedAlready: once a refusal.
    """
    already = AppealedAlready("Votre recours est déjà entre les mains de la modération.")
    with refusing({"accounts_appeal_decision_id_key": already}):
        made: Appeal = Appeal.objects.create(decision=decision, message=message, created_by=by, created_at=now)
    return made


def drop_appeals(*, subject: Decision.Subject, numbers: Collection[int], now: dt.datetime) -> None:
    """Another file stands in the place of these ones, which were refused: appeals against that have no object."""
    about = Decision.objects.filter(subject=subject, subject_id__in=numbers)
    waiting = Appeal.objects.awaiting_decision().filter(decision__in=about.values("pk"))
    waiting.update(state=Appeal.State.MOOT, decided_at=now, claimed_at=None, claimed_by=None)


def refuse_own_decision(appeal: Appeal, *, by: User) -> None:
    """Another person looks again.

    Raises:
        OwnDecision: this one decided.
    """
    if appeal.decision.decided_by_id == by.pk:
        raise OwnDecision(
            "Vous avez pris cette décision\u00a0: une autre personne de la modération regarde le recours."
        )


@transaction.atomic
def settle_appeal(
    *,
    appeal: Appeal,
    accepted: bool,
    answer: str,
    organisation: Organisation,
    may_try_again: bool = True,
    by: User,
    now: dt.datetime,
) -> None:
    """Answer an appeal of an organisation. The caller reopens what was refused when it is accepted.

    `may_try_again` when it could present another file after a rejection: the answer says so.

    Raises:
        OwnDecision, AlreadyDecided: nothing is written.
    """
    refuse_own_decision(appeal, by=by)
    state = Appeal.State.ACCEPTED if accepted else Appeal.State.REJECTED
    settle_file(appeal, by=by, state=state, answer=answer, decided_at=now, decided_by=by)
    outcome = Decision.Outcome.APPROVED if accepted else Decision.Outcome.REFUSED
    record_decision(Decision.Subject.APPEAL, appeal.pk, outcome, by=by, now=now, reason=answer)
    emails.appeal_answered(appeal=appeal, organisation=organisation, may_try_again=may_try_again, now=now)
