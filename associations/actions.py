"""What associations do, and what moderators decide about them."""

import datetime as dt
import hashlib
from uuid import UUID, uuid4, uuid5

from django.conf import settings
from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone

from accounts.actions.files import AlreadyDecided, decided_words, drop_appeals, record_decision, settle_file
from accounts.actions.holding import hold, hold_row
from accounts.actions.registration import register_once
from accounts.models import Decision, Role, User
from accounts.refusals import Refused
from accounts.scans import one_by_one
from associations import emails
from associations.certificates import UnusableCertificate, clean_certificate
from associations.models import Association, InsuranceCertificate, Membership, Request
from territories.wording import wall_time

REFUSALS_AT_MOST = 3
CERTIFICATES_A_DAY = 10


class NotAdmitted(Refused):
    """The association may not do this now."""


class RefusedOften(Refused):
    """As many refusals as one association may have."""


class OneAtATime(Refused):
    """A new association has one request at a time."""


class RequestClosed(Refused):
    """The request is not open any more."""


class NoSuchHour(Refused):
    """Companies never open on the days and at the hours that suit."""

    field = "periods"


class NoSuchDay(Refused):
    """None of the days of the week that suit lies between the dates."""

    field = "weekdays"


class DatesPassed(Refused):
    """The days of the request are over."""


@transaction.atomic
def register_association(*, association: Association, by: User, now: dt.datetime) -> Association:
    """Save a new association, whose first owner is the person who registers it; sent twice, it is one.

    Raises:
        AlreadyRegistered: somebody was faster with the same number.
    """
    association.created_at = association.submitted_at = association.members_confirmed_at = now

    def save(new: Association) -> None:
        new.save()
        Membership.objects.create(association=new, user=by, role=Role.OWNER, joined_at=now)

    return register_once(association, by=by, now=now, save=save)


@transaction.atomic
def describe_association(*, association: Association) -> Association:
    """Save what an owner corrected in the association's identity.

    Raises:
        Gone: it was united with another one meanwhile.
    """
    before = hold(association)
    association.save(update_fields=Association.IDENTITY)
    if (before.name, before.siren, before.rna) != (association.name, association.siren, association.rna):
        # Who admits has read what they admit.
        Association.objects.awaiting_decision().filter(pk=association.pk).update(claimed_at=None, claimed_by=None)
    return association


@transaction.atomic
def present_again(*, association: Association, now: dt.datetime) -> Association:
    """Save what an owner of a refused association corrected, and put it before the moderators again.

    Raises:
        Gone: it was united with another one meanwhile.
        RefusedOften: three refusals end it, but for an appeal.
    """
    describe_association(association=association)
    held = hold(association)
    if held.state != Association.State.REFUSED:
        return association
    if not may_present_again(association=held):
        raise RefusedOften(
            "Votre association a été refusée trois fois\u00a0: demandez un réexamen, une autre personne le fera."
        )
    reopen_association(association=association, now=now)
    drop_appeals(subject=Decision.Subject.ASSOCIATION, numbers=[held.pk], now=now)
    return association


def may_present_again(*, association: Association) -> bool:
    """Whether a refused association has not been refused as often as it may."""
    own = Decision.objects.about(Decision.Subject.ASSOCIATION, association.pk)
    return own.filter(outcome=Decision.Outcome.REFUSED).count() < REFUSALS_AT_MOST


@transaction.atomic
def admit_association(*, association: Association, by: User, now: dt.datetime) -> None:
    """Let a new association book.

    Raises:
        AlreadyDecided: another moderator was first, or the file is not held by this one.
    """
    _decide(association, Association.State.ADMITTED, Decision.Outcome.APPROVED, by=by, now=now)
    emails.association_admitted(association=association, now=now)


@transaction.atomic
def refuse_association(*, association: Association, reason_code: str, reason: str, by: User, now: dt.datetime) -> None:
    """Refuse a new association, with a coded reason and an explanation that it reads.

    Raises:
        AlreadyDecided: another moderator was first, or the file is not held by this one.
    """
    refused, outcome = Association.State.REFUSED, Decision.Outcome.REFUSED
    _decide(association, refused, outcome, reason=reason, reason_code=reason_code, by=by, now=now)
    again = may_present_again(association=association)
    emails.association_refused(association=association, reason_code=reason_code, again=again, now=now)


def _decide(
    association: Association,
    state: Association.State,
    outcome: Decision.Outcome,
    *,
    by: User,
    now: dt.datetime,
    reason: str = "",
    reason_code: str = "",
) -> None:
    settle_file(association, by=by, state=state, decided_at=now, decided_by=by, decision_reason=reason)
    subject = Decision.Subject.ASSOCIATION
    record_decision(subject, association.pk, outcome, by=by, now=now, reason=reason, reason_code=reason_code)


@transaction.atomic
def suspend_association(*, association: Association, reason: str, by: User, now: dt.datetime) -> None:
    """Stop an association from booking until further notice. Its confirmed bookings stay.

    Raises:
        AlreadyDecided: it is not admitted.
    """
    _move(association, Association.State.SUSPENDED, reason=reason, by=by, now=now)
    outcome = Decision.Outcome.SUSPENDED
    record_decision(Decision.Subject.ASSOCIATION, association.pk, outcome, by=by, now=now, reason=reason)
    emails.association_suspended(association=association, now=now)


@transaction.atomic
def reinstate_association(*, association: Association, reason: str, by: User, now: dt.datetime) -> None:
    """End a suspension.

    Raises:
        AlreadyDecided: it is not suspended.
    """
    if association.state != Association.State.SUSPENDED:
        raise AlreadyDecided(decided_words(association))
    _move(association, Association.State.ADMITTED, reason="", by=by, now=now)
    outcome = Decision.Outcome.REINSTATED
    record_decision(Decision.Subject.ASSOCIATION, association.pk, outcome, by=by, now=now, reason=reason)
    emails.association_reinstated(association=association, now=now)


@transaction.atomic
def reopen_association(*, association: Association, now: dt.datetime) -> None:
    """A refused association is new again, and waits for another decision at the place of a new one."""
    refused = Association.objects.filter(pk=association.pk, state=Association.State.REFUSED)
    refused.update(state=Association.State.NEW, submitted_at=now, decided_at=None, decided_by=None, decision_reason="")
    association.refresh_from_db(fields=["state", "submitted_at", "decided_at", "decided_by", "decision_reason"])


def _move(association: Association, to: Association.State, *, reason: str, by: User, now: dt.datetime) -> None:
    sources = [source for source, targets in Association.TRANSITIONS.items() if to in targets]
    here = Association.objects.filter(pk=association.pk, state__in=sources, state=association.state)
    moved = here.update(state=to, decided_at=now, decided_by=by, decision_reason=reason)
    association.refresh_from_db()
    if not moved:
        raise AlreadyDecided(decided_words(association))


@transaction.atomic
def post_request(
    *, association: Association, request: Request, by: User, now: dt.datetime, key: UUID | None = None
) -> Request:
    """Save what an association looks for; matching slots are searched within a minute.

    `key` comes with the form: the same form sent twice gives the same request while that one lives; gone back to and
    corrected, another one. The first request of an association that is not admitted yet passes moderation, and there
    is one at a time whose dates are not over.

    Raises:
        NotAdmitted, OneAtATime, NoSuchDay, NoSuchHour: nothing is written.
    """
    _check_when(request, now)
    current = Association.objects.select_for_update(no_key=True).get(pk=association.pk)
    is_new = current.state == Association.State.NEW
    if not current.may_ask:
        raise NotAdmitted(
            f"Votre association est {current.get_state_display()}\u00a0: elle ne peut pas déposer de demande."
        )
    live = (Request.State.IN_REVIEW, Request.State.OPEN, Request.State.IN_PROGRESS)
    request.association = association
    request.key = _key_of(request, key)
    again: Request | None = Request.objects.filter(key=request.key).first()
    if again is not None and again.state in live:
        return again
    if again is not None:
        request.key = uuid4()
    if is_new and current.requests.filter(state__in=live).ahead(now).exists():
        raise OneAtATime("Tant que votre association n’est pas admise, elle dépose une demande à la fois.")
    request.state = Request.State.IN_REVIEW if is_new else Request.State.OPEN
    request.created_at = request.state_changed_at = now
    request.expires_at = now + Request.LASTS
    request.created_by = by
    request.save()
    return request


def _check_when(request: Request, now: dt.datetime) -> None:
    """Refuse what no slot could ever serve."""
    days = request.days_from(request.today(now))
    if not days:
        raise NoSuchDay(
            "Aucun de ces jours n’est entre vos dates, à partir d’aujourd’hui\u00a0: "
            "choisissez d’autres jours, ou d’autres dates."
        )
    if not any(map(request.has_hours_on, days)):
        raise NoSuchHour(
            f"Du lundi au vendredi, un créneau commence à {wall_time(settings.EVENING_STARTS_AT)} ou plus tard\u00a0: "
            "choisissez aussi le soir, ou un jour du week-end."
        )


def _key_of(request: Request, key: UUID | None) -> UUID:
    """Of this form, of this association, with what it says."""
    says = [request.association_id, *(str(getattr(request, name)) for name in Request.FACTS)]
    return uuid5(key, repr(says)) if key is not None else uuid4()


@transaction.atomic
def publish_request(*, request: Request, by: User, now: dt.datetime) -> None:
    """Put the first request of a new association online.

    Raises:
        AlreadyDecided: another moderator was first, or the file is not held by this one.
        NotAdmitted: its association may not post anything now.
        DatesPassed: nobody could serve it any more.
    """
    _check_may_post(request)
    _check_dates(request, now, "masquez-la, avec un motif qui invite l’association à en déposer une autre.")
    _settle_request(request, Request.State.OPEN, Decision.Outcome.APPROVED, reason="", by=by, now=now)
    Request.objects.filter(pk=request.pk).update(expires_at=now + Request.LASTS)
    emails.request_published(request=request, now=now)


@transaction.atomic
def hide_request(*, request: Request, reason: str, by: User, now: dt.datetime) -> None:
    """Keep a request offline, with a reason that the association reads.

    Raises:
        AlreadyDecided: another moderator was first, or the file is not held by this one.
    """
    _settle_request(request, Request.State.HIDDEN, Decision.Outcome.REFUSED, reason=reason, by=by, now=now)
    emails.request_hidden(request=request, now=now)


@transaction.atomic
def show_request(*, request: Request, reason: str, by: User, now: dt.datetime) -> None:
    """Put a hidden request online: a moderator thought again, or an appeal was accepted.

    Raises:
        AlreadyDecided: it is not hidden any more.
        NotAdmitted: its association may not post anything now.
        DatesPassed: nobody could serve it any more.
    """
    _check_may_post(request)
    _check_dates(request, now, "elle ne peut plus être en ligne, et l’association peut en déposer une autre.")
    hidden = Request.objects.filter(pk=request.pk, state=Request.State.HIDDEN)
    online = {"state": Request.State.OPEN, "state_changed_at": now, "expires_at": now + Request.LASTS}
    if not hidden.update(**online, hidden_reason="", matched_at=None):
        raise _settled(request)
    outcome = Decision.Outcome.REINSTATED
    record_decision(Decision.Subject.REQUEST, request.pk, outcome, by=by, now=now, reason=reason)
    drop_appeals(subject=Decision.Subject.REQUEST, numbers=[request.pk], now=now)
    emails.request_published(request=request, now=now)


def _check_may_post(request: Request) -> None:
    association = hold_row(Association, request.association_id)
    if association.state in (Association.State.REFUSED, Association.State.SUSPENDED):
        raise NotAdmitted(
            f"L’association est {association.get_state_display()}\u00a0: "
            "sa demande ne peut pas être en ligne tant qu’elle l’est."
        )


def _check_dates(request: Request, now: dt.datetime, advice: str) -> None:
    if request.is_over(now):
        raise DatesPassed(f"Les dates de cette demande sont passées\u00a0: {advice}")


def _settled(request: Request) -> AlreadyDecided:
    request.refresh_from_db()
    return AlreadyDecided(f"Cette demande est {request.get_state_display()}\u00a0: prenez-la d’abord pour décider.")


def _settle_request(
    request: Request, state: Request.State, outcome: Decision.Outcome, *, reason: str, by: User, now: dt.datetime
) -> None:
    here = Request.objects.filter(pk=request.pk)
    online = here.filter(state=Request.State.OPEN) if state == Request.State.HIDDEN else here.none()
    held = here.filter(pk__in=Request.objects.awaiting_decision().held_by(by).values("pk")) | online
    moved = held.update(state=state, state_changed_at=now, hidden_reason=reason, claimed_at=None, claimed_by=None)
    if not moved:
        raise _settled(request)
    request.refresh_from_db()
    record_decision(Decision.Subject.REQUEST, request.pk, outcome, by=by, now=now, reason=reason)


@transaction.atomic
def withdraw_request(*, request: Request, now: dt.datetime) -> None:
    """Take an open request back.

    Raises:
        RequestClosed: a slot was booked for it, or it was withdrawn before.
    """
    changed = Request.objects.filter(pk=request.pk, state__in=(Request.State.IN_REVIEW, Request.State.OPEN)).update(
        state=Request.State.WITHDRAWN, state_changed_at=now, withdrawn_at=now, claimed_at=None, claimed_by=None
    )
    if not changed:
        raise RequestClosed("Cette demande n’est plus ouverte.")


@transaction.atomic
def keep_request(*, request: Request, now: dt.datetime) -> None:
    """The association still looks: its request stays online, or comes back; slots made meanwhile are searched.

    Raises:
        RequestClosed, DatesPassed, NotAdmitted: it would not be shown.
    """
    hold_row(Association, request.association_id)
    held = Request.objects.select_for_update(no_key=True, of=("self",)).select_related("association", "commune")
    check_keeping(request=held.get(pk=request.pk), now=now)
    Request.objects.filter(pk=request.pk).update(expires_at=now + Request.LASTS, matched_at=None)
    request.refresh_from_db(fields=["expires_at", "matched_at"])


def check_keeping(*, request: Request, now: dt.datetime) -> None:
    """Refuse what would not be shown although its association still looks.

    Raises:
        RequestClosed, DatesPassed, NotAdmitted.
    """
    if request.state != Request.State.OPEN:
        raise RequestClosed("Cette demande n’est plus ouverte.")
    if request.is_over(now):
        raise DatesPassed(
            "Les dates de cette demande sont passées\u00a0: déposez-la de nouveau, avec des dates à venir."
        )
    if not request.association.may_ask:
        raise NotAdmitted(
            f"Votre association est {request.association.get_state_display()}\u00a0: "
            "ses demandes ne sont pas en ligne tant qu’elle l’est."
        )


def remind_expiring(*, now: dt.datetime) -> int:
    """Ask once whether an association still looks, before its request leaves the site. Returns how many were asked."""
    expiring = Request.objects.expiring(now).select_related("association").order_by("pk")
    return one_by_one(expiring, lambda request: emails.request_expiring(request=request, now=now))


def move_request(*, request_id: int, to: Request.State, now: dt.datetime) -> bool:
    """Follow the life of the booking made for a request. False when it cannot go there from where it is.

    What is hidden or in review stays so: that is for a moderator to decide.
    """
    followed = (Request.State.OPEN, Request.State.IN_PROGRESS)
    sources = [source for source in followed if to in Request.TRANSITIONS[source]]
    again = {"expires_at": now + Request.LASTS} if to == Request.State.OPEN else {}
    changed = Request.objects.filter(pk=request_id, state__in=sources).update(state=to, state_changed_at=now, **again)
    return bool(changed)


# --- insurance --------------------------------------------------------------------------------------


class CertificateRefused(Refused):
    """The file is no certificate that can be kept. The text says why."""

    field = "file"


class NotValid(Refused):
    """The certificate is over, or ends too late to be believed."""

    field = "valid_until_date"


class TooManyCertificates(Refused):
    """More files than one association has reason to send in a day."""


@transaction.atomic
def add_certificate(
    *, certificate: InsuranceCertificate, file: bytes, by: User, now: dt.datetime
) -> InsuranceCertificate:
    """Keep a certificate with its file, beside the earlier ones; sent twice, it is one.

    Raises:
        CertificateRefused, NotValid, TooManyCertificates, Gone: nothing is kept.
    """
    try:
        kept = clean_certificate(file)
    except UnusableCertificate as error:
        raise CertificateRefused(str(error)) from error
    _check_end(certificate.valid_until_date, now)
    hold_row(Association, certificate.association_id)
    certificate.kind, certificate.sha256 = kept.kind, hashlib.sha256(kept.data).hexdigest()
    own = InsuranceCertificate.objects.filter(association=certificate.association_id)
    same = {name: getattr(certificate, name) for name in (*InsuranceCertificate.FACTS, "sha256")}
    twin = own.counting().filter(**same).first()
    if twin is not None:
        return twin
    if own.filter(added_at__gt=now - dt.timedelta(days=1)).count() >= CERTIFICATES_A_DAY:
        raise TooManyCertificates(
            f"Vous avez déposé {CERTIFICATES_A_DAY} attestations en un jour\u00a0: continuez demain."
        )
    certificate.added_at, certificate.added_by = now, by
    certificate.file.save("attestation", ContentFile(kept.data), save=False)
    try:
        certificate.save()
    except BaseException:
        certificate.file.delete(save=False)
        raise
    return certificate


def _check_end(until: dt.date, now: dt.datetime) -> None:
    if until <= timezone.localdate(now):
        raise NotValid("Cette attestation est échue\u00a0: demandez à votre assureur celle de la période en cours.")
    if until > timezone.localdate(now + InsuranceCertificate.LONGEST):
        raise NotValid("Une attestation vaut deux ans au plus\u00a0: vérifiez l’année.")


@transaction.atomic
def withdraw_certificate(*, certificate: InsuranceCertificate, by: User, now: dt.datetime) -> None:
    """Set a wrong certificate aside: it is kept, and does not count any more. Done twice, the first time stands."""
    standing = InsuranceCertificate.objects.filter(pk=certificate.pk, withdrawn_at=None)
    standing.update(withdrawn_at=now, withdrawn_by=by)
    certificate.refresh_from_db(fields=["withdrawn_at", "withdrawn_by"])
