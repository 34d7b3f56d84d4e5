"""Writing and publishing the charter, signing it, and deciding on a signature.

Each move of a signature is one conditional update: the database decides who was first.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max

from accounts.actions.files import AlreadyDecided, HeldByAnother, hour, record_decision
from accounts.models import Decision, User
from accounts.refusals import Refused, refusing
from accounts.slugs import free_slug
from charter import emails
from charter.models import CharterVersion, Edition, Signature
from companies import actions as companies
from companies.models import Company
from territories.models import Departement

State, Outcome = Signature.State, Decision.Outcome
# The lock between who publishes a version and who signs the newest one. The number is ours alone.
NEWEST_TEXT = 20_150_702
LINKS_A_DAY = 20


class AlreadyPublished(Refused):
    """A published version never changes."""


class TooEarly(Refused):
    """A version takes effect after those that are published, and not in the past."""


class AlreadySigned(Refused):
    """The company has a live signature of this version."""


class NewerVersion(Refused):
    """Another version is to be signed since the text was read."""


class TooManyLinks(Refused):
    """More links than one company sends in a day."""

    field = "signatory_email"


class LinkClosed(Refused):
    """The link was used, replaced, or is too old."""


class Pledge(NamedTuple):
    """Who signs and what the company pledges; the form's fields."""

    signatory_name: str
    signatory_capacity: str
    signatory_email: str
    shows_name: bool
    pledged_rooms: int
    pledged_computers: int
    pledged_hours: int


# --- versions ---------------------------------------------------------------------------------------


@transaction.atomic
def save_draft_version(*, text: str, effective_from_date: dt.date, by: User, now: dt.datetime) -> CharterVersion:
    """Write the one draft, or write it again."""
    draft = CharterVersion.objects.select_for_update().filter(published_at__isnull=True).first()
    if draft is None:
        latest = CharterVersion.objects.aggregate(number=Max("number", default=0))["number"]
        draft = CharterVersion(number=latest + 1, created_at=now, created_by=by)
    draft.text, draft.effective_from_date = text, effective_from_date
    draft.save()
    return draft


@transaction.atomic
def publish_version(*, version: CharterVersion, by: User, now: dt.datetime) -> CharterVersion:
    """Make a draft public and immutable, and give every signatory until the end of the grace period to sign it.

    Raises:
        AlreadyPublished, TooEarly: nothing is written.
    """
    _wait_for_signers()
    draft = CharterVersion.objects.select_for_update().get(pk=version.pk)
    if draft.published_at is not None:
        raise AlreadyPublished("Cette version est déjà publiée\u00a0: écrivez-en une nouvelle.")
    last = CharterVersion.objects.newest()
    if draft.effective_from_date < _today(now) or (last and draft.effective_from_date <= last.effective_from_date):
        raise TooEarly("Choisissez une date d’entrée en vigueur à venir, après celle de la dernière version publiée.")
    draft.published_at, draft.published_by = now, by
    draft.save(update_fields=["published_at", "published_by"])
    companies.limit_charter_standings(until=_midnight(draft.grace_ends_date))
    for signature in Signature.objects.concerned_by_a_new_version().with_file().order_by("pk"):
        emails.charter_renewal_due(signature=signature, version=draft, now=now)
    return draft


def _wait_for_signers() -> None:
    """Who signs holds the newest text until the commit; who publishes waits for them, and they for who publishes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [NEWEST_TEXT])


def _hold_newest() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s)", [NEWEST_TEXT])


def _counts_until(version: CharterVersion) -> dt.datetime | None:
    """When a signature of this version ends to count; None for the newest one."""
    newest = CharterVersion.objects.newest()
    return None if newest is None or newest == version else _midnight(newest.grace_ends_date)


def _today(now: dt.datetime) -> dt.date:
    return now.astimezone(ZoneInfo(settings.TIME_ZONE)).date()


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), tzinfo=ZoneInfo(settings.TIME_ZONE))


# --- signing ----------------------------------------------------------------------------------------


@transaction.atomic
def sign_charter(*, company: Company, version: CharterVersion, pledge: Pledge, by: User, now: dt.datetime) -> Signature:
    """Sign in one's own name, or sign again after changes were asked for. The text's hash is kept as proof.

    Raises:
        AlreadySigned, NewerVersion: nothing is written.
    """
    signature = _file(company, version, pledge, now)
    return _sign(signature, by=by, now=now)


@transaction.atomic
def send_signing_link(
    *, company: Company, version: CharterVersion, pledge: Pledge, by: User, now: dt.datetime
) -> Signature:
    """Keep what was typed, and send the legal signatory a link to sign it. A link sent before is replaced.

    Raises:
        AlreadySigned, NewerVersion, TooManyLinks: nothing is written.
    """
    _limit_links(by, now)
    signature = _file(company, version, pledge, now, by_link=True)
    signature.link_sent_at = now
    signature.save(update_fields=["link_sent_at"])
    emails.signature_link(signature=signature, by=by, now=now)
    return signature


@transaction.atomic
def sign_by_link(*, signature: Signature, name: str, capacity: str, shows_name: bool, now: dt.datetime) -> Signature:
    """The legal signatory signs, without an account: the link went to their address.

    Raises:
        LinkClosed, NewerVersion: nothing is written.
    """
    current = Signature.objects.select_for_update(of=("self",)).with_file().get(pk=signature.pk)
    if not current.link_is_open(now):
        raise LinkClosed("Ce lien ne sert plus\u00a0: demandez-en un nouveau à l’entreprise.")
    _check_newest(current.version)
    current.signatory_name, current.signatory_capacity, current.shows_name = name, capacity, shows_name
    current.save(update_fields=["signatory_name", "signatory_capacity", "shows_name"])
    signed = _sign(current, by=None, now=now)
    emails.signature_signed(signature=signed, now=now)
    return signed


def _limit_links(by: User, now: dt.datetime) -> None:
    """Each link writes to an address that somebody typed: our mail is not to be had for that without a limit."""
    own = list(Company.objects.owned_by(by).values_list("pk", flat=True))
    if Signature.links_sent(companies=own, since=now - dt.timedelta(days=1)) >= LINKS_A_DAY:
        raise TooManyLinks(f"Vous avez envoyé {LINKS_A_DAY} liens en un jour\u00a0: continuez demain.")


def _ends(unfinished: Signature, version: CharterVersion, *, by_link: bool) -> bool:
    """Whether a new file takes the place of this one: it was for an earlier text, or somebody else is to sign."""
    return unfinished.version_id != version.pk or (by_link and unfinished.state == State.CHANGES_REQUESTED)


def _file(
    company: Company, version: CharterVersion, pledge: Pledge, now: dt.datetime, *, by_link: bool = False
) -> Signature:
    """The one file of this company and version, with what was typed: new, a draft, or one to be completed."""
    Company.objects.select_for_update(no_key=True).get(pk=company.pk)
    _check_newest(version)
    unfinished = Signature.objects.of_company(company).filter(state__in=Signature.UNFINISHED).first()
    if unfinished is not None and _ends(unfinished, version, by_link=by_link):
        # That file ends with its own proof; what was typed goes on in a new one.
        Signature.objects.filter(pk=unfinished.pk, state=unfinished.state).update(
            state=State.WITHDRAWN, ended_at=now, claimed_at=None, claimed_by=None
        )
        unfinished = None
    elif unfinished is not None and unfinished.state in Signature.AWAITING:
        raise AlreadySigned("Votre entreprise a déjà signé cette version.")
    signature = unfinished or Signature(company=company, version=version, created_at=now)
    for field, value in pledge._asdict().items():
        setattr(signature, field, value)
    already = AlreadySigned("Votre entreprise a déjà signé cette version.")
    with refusing({"signature_one_file_per_version": already, "signature_one_unfinished": already}):
        signature.save()
    return signature


def _check_newest(version: CharterVersion) -> None:
    _hold_newest()
    if CharterVersion.objects.newest() != version:
        raise NewerVersion(
            "Une nouvelle version de la charte vient d’être publiée\u00a0: lisez-la, puis signez. "
            "Ce que vous avez écrit est gardé."
        )


def _sign(signature: Signature, *, by: User | None, now: dt.datetime) -> Signature:
    moved = _move(
        signature,
        State.SUBMITTED,
        text_sha256=signature.version.sha256,
        signed_by=by,
        signed_at=now,
        submitted_at=now,
        decided_at=None,
        decided_by=None,
        reason="",
        reason_code="",
    )
    if not moved:
        raise AlreadySigned("Votre entreprise a déjà signé cette version.")
    return signature


@transaction.atomic
def withdraw_signature(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """The owner takes the signature back: when it stood, the slots leave the catalogue at once; bookings stay.

    Raises:
        AlreadyDecided: a moderator was first.
    """
    _lock_company(signature)
    stood = signature.state == State.APPROVED
    if not _move(signature, State.WITHDRAWN, ended_at=now, ended_by=by, claimed_at=None, claimed_by=None):
        raise _settled(signature)
    if stood:
        companies.set_charter_standing(company=signature.company, since=None)
    emails.signature_withdrawn(signature=signature, now=now)


# --- deciding ---------------------------------------------------------------------------------------


@transaction.atomic
def claim_signature(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """Take a file to work on it alone, for an hour.

    Raises:
        HeldByAnother, AlreadyDecided: somebody else works on it, or has decided.
    """
    waiting = Signature.objects.awaiting_decision().filter(pk=signature.pk)
    if not waiting.claim(by=by, now=now, state=State.IN_REVIEW):
        signature.refresh_from_db()
        if signature.state == State.IN_REVIEW:
            raise HeldByAnother(f"{signature.claimed_by} examine ce dossier depuis {hour(signature.claimed_at)}.")
        raise _settled(signature)
    signature.refresh_from_db()


@transaction.atomic
def release_signature(*, signature: Signature, by: User) -> None:
    """Give a file back to the queue, at its old place."""
    held = Signature.objects.filter(pk=signature.pk, state=State.IN_REVIEW).held_by(by)
    held.update(state=State.SUBMITTED, claimed_at=None, claimed_by=None)


@transaction.atomic
def approve_signature(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """Make the company a signatory: its open slots enter the catalogue at once. A signature that it renews lapses.

    Raises:
        AlreadyDecided: another was first, or the file is not held by this moderator.
    """
    company = _lock_company(signature)
    former = Signature.objects.of_company(company).filter(state__in=(State.APPROVED, State.SUSPENDED))
    former.exclude(pk=signature.pk).update(state=State.LAPSED, ended_at=now)
    _decide(signature, State.APPROVED, Outcome.APPROVED, by=by, now=now)
    companies.set_charter_standing(
        company=company, since=company.charter_approved_at or now, until=_counts_until(signature.version)
    )
    emails.signature_approved(signature=signature, now=now)


@transaction.atomic
def request_changes(
    *, signature: Signature, reason: str, comments: Mapping[str, str] | None = None, by: User, now: dt.datetime
) -> None:
    """Send the file back, saying what to correct, if need be beside each field.

    Raises:
        AlreadyDecided: another was first, or the file is not held by this moderator.
    """
    _lock_company(signature)
    _decide(
        signature,
        State.CHANGES_REQUESTED,
        Outcome.CHANGES_REQUESTED,
        reason=reason,
        comments=dict(comments or {}),
        by=by,
        now=now,
    )
    emails.signature_changes_requested(signature=signature, now=now)


@transaction.atomic
def refuse_signature(*, signature: Signature, reason_code: str, reason: str, by: User, now: dt.datetime) -> None:
    """Refuse the signature, with a coded reason and an explanation that the company reads.

    Raises:
        AlreadyDecided: another was first, or the file is not held by this moderator.
    """
    _lock_company(signature)
    _decide(signature, State.REFUSED, Outcome.REFUSED, reason_code=reason_code, reason=reason, by=by, now=now)
    emails.signature_refused(signature=signature, now=now)


@transaction.atomic
def suspend_signature(*, signature: Signature, reason: str, by: User, now: dt.datetime) -> None:
    """Take the company's slots out of the catalogue until further notice. Confirmed bookings stay.

    Raises:
        AlreadyDecided: the signature does not stand.
    """
    company = _lock_company(signature)
    _decide(signature, State.SUSPENDED, Outcome.SUSPENDED, reason=reason, by=by, now=now)
    companies.set_charter_standing(company=company, since=None)
    emails.signature_suspended(signature=signature, now=now)


@transaction.atomic
def reinstate_signature(*, signature: Signature, reason: str, by: User, now: dt.datetime) -> None:
    """End a suspension: the slots are back in the catalogue at once.

    Raises:
        AlreadyDecided: the signature is not suspended.
    """
    company = _lock_company(signature)
    approved = Decision.objects.about(Decision.Subject.SIGNATURE, signature.pk).filter(outcome=Outcome.APPROVED).first()
    _decide(signature, State.APPROVED, Outcome.REINSTATED, reason=reason, by=by, now=now)
    since = approved.decided_at if approved else now
    companies.set_charter_standing(company=company, since=since, until=_counts_until(signature.version))
    emails.signature_reinstated(signature=signature, now=now)


@transaction.atomic
def reopen_signature(*, signature: Signature, now: dt.datetime) -> None:
    """An appeal was accepted: the refused file goes back to the queue, at the place of a new one.

    Raises:
        AlreadyDecided: the company has signed again since.
    """
    _lock_company(signature)
    already = AlreadyDecided("L’entreprise a signé à nouveau depuis\u00a0: décidez sur ce dossier-là.")
    with refusing({"signature_one_file_per_version": already, "signature_one_unfinished": already}):
        stamps: dict[str, Any] = {"decided_at": None, "decided_by": None, "reason": "", "reason_code": ""}
        if not _move(signature, State.SUBMITTED, submitted_at=now, **stamps):
            raise _settled(signature)


def lapse_signatures(*, now: dt.datetime) -> int:
    """Note which signatures ended with their grace period, and tell. The catalogue did not wait for this."""
    standing = Signature.objects.filter(state__in=(State.APPROVED, State.SUSPENDED))
    earlier = standing.exclude(version=CharterVersion.objects.newest()).with_file().order_by("pk")
    return sum(_lapse(signature, now) for signature in earlier)


@transaction.atomic
def _lapse(signature: Signature, now: dt.datetime) -> bool:
    company = _lock_company(signature)
    # A suspension empties the company's own dates: its signature ends with the grace period all the same.
    until = company.charter_until_at or _counts_until(signature.version)
    if until is None or until > now:
        return False
    moved = _move(signature, State.LAPSED, ended_at=now)
    if moved:
        companies.set_charter_standing(company=company, since=None)
        emails.signature_lapsed(signature=signature, now=now)
    return moved


def remind_renewals(*, now: dt.datetime) -> int:
    """Remind signatories whose grace period ends within 30 days, and again within 7. Returns how many are concerned."""
    reminded = 0
    newest = CharterVersion.objects.newest()
    for days in settings.CHARTER_REMINDER_DAYS:
        ending = Signature.objects.public().filter(
            company__charter_until_at__gt=now, company__charter_until_at__lte=now + dt.timedelta(days=days)
        )
        for signature in ending.with_file().order_by("pk"):
            assert newest is not None
            with transaction.atomic():
                emails.charter_renewal_reminder(signature=signature, version=newest, days=days, now=now)
            reminded += 1
    return reminded


def _decide(
    signature: Signature,
    state: Signature.State,
    outcome: Decision.Outcome,
    *,
    by: User,
    now: dt.datetime,
    reason: str = "",
    reason_code: str = "",
    comments: Mapping[str, str] | None = None,
) -> None:
    """Move, and add the row that says who decided what and why."""
    stamps = {"decided_at": now, "decided_by": by, "reason": reason, "reason_code": reason_code}
    held = {"claimed_by": by} if signature.state == State.IN_REVIEW else {}
    if not _move(signature, state, held=held, claimed_at=None, claimed_by=None, **stamps):
        raise _settled(signature)
    record_decision(
        Decision.Subject.SIGNATURE,
        signature.pk,
        outcome,
        by=by,
        now=now,
        reason=reason,
        reason_code=reason_code,
        comments=comments,
    )


def _move(
    signature: Signature, to: Signature.State, *, held: Mapping[str, object] | None = None, **stamps: object
) -> bool:
    """One conditional update from where the signature was read, so that nobody decides on what changed meanwhile."""
    if to not in Signature.TRANSITIONS[Signature.State(signature.state)]:
        return False
    here = Signature.objects.filter(pk=signature.pk, state=signature.state, **(held or {}))
    moved = here.update(state=to, **stamps)
    if moved:
        for field, value in {"state": to, **stamps}.items():
            setattr(signature, field, value)
    return bool(moved)


def _settled(signature: Signature) -> AlreadyDecided:
    """Who was first, and when."""
    signature.refresh_from_db()
    who = signature.ended_by or signature.decided_by or signature.claimed_by
    when = signature.ended_at or signature.decided_at or signature.claimed_at
    by = f" par {who}" if who else ""
    at = f" à {hour(when)}" if when else ""
    return AlreadyDecided(f"Déjà traité{by}{at}\u00a0: la signature est {signature.get_state_display()}.")


def _lock_company(signature: Signature) -> Company:
    """The company's row, held until the end: bookings and other moves of its signatures wait."""
    company: Company = Company.objects.select_for_update(no_key=True).get(pk=signature.company_id)
    signature.company = company
    return company


# --- editions ---------------------------------------------------------------------------------------


@transaction.atomic
def save_edition(*, edition: Edition, departements: Iterable[Departement], now: dt.datetime) -> Edition:
    """Keep an edition, new or corrected; its address never changes."""
    if not edition.slug:
        edition.created_at = now
        edition.slug = free_slug(Edition.objects.all(), edition.name, otherwise="edition")
    edition.save()
    edition.departements.set(departements)
    return edition


@transaction.atomic
def announce_edition(*, edition: Edition, by: User, now: dt.datetime) -> None:
    """Make an edition's page public."""
    Edition.objects.filter(pk=edition.pk, announced_at=None).update(announced_at=now, announced_by=by)
