"""Writing and publishing the charter."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.db.models import Max

from accounts.models import User
from accounts.refusals import Refused
from charter import emails
from charter.actions.standing import midnight, today, wait_for_signers
from charter.models import CharterVersion, Signature
from companies import actions as companies


class AlreadyPublished(Refused):
    """A published version never changes."""


class TooEarly(Refused):
    """A version takes effect after those that are published, and not in the past."""


class DraftChanged(Refused):
    """Somebody else wrote the draft since it was read."""


@transaction.atomic
def save_draft_version(
    *, text: str, effective_from_date: dt.date, seen: str = "", by: User, now: dt.datetime
) -> CharterVersion:
    """Write the one draft, or write it again; `seen` is the etag of the draft that was read, empty for none.

    Raises:
        DraftChanged: nothing is written.
    """
    wait_for_signers()
    draft = CharterVersion.objects.filter(published_at__isnull=True).first()
    _check_seen(draft, seen)
    if draft is None:
        latest = CharterVersion.objects.aggregate(number=Max("number", default=0))["number"]
        draft = CharterVersion(number=latest + 1, created_at=now, created_by=by)
    draft.text, draft.effective_from_date = text, effective_from_date
    draft.save()
    return draft


def _check_seen(draft: CharterVersion | None, seen: str) -> None:
    if seen != (draft.etag if draft else ""):
        raise DraftChanged(
            "Une autre personne vient d’écrire le brouillon ou de le publier. Comparez les deux textes avant "
            "d’enregistrer ou de publier\u00a0: rien n’est perdu."
        )


@transaction.atomic
def publish_version(*, version: CharterVersion, seen: str, by: User, now: dt.datetime) -> CharterVersion:
    """Make a draft public and immutable, and give every signatory until the end of the grace period to sign it.

    `seen` is the etag of the draft that was read.

    Raises:
        AlreadyPublished, DraftChanged, TooEarly: nothing is written.
    """
    wait_for_signers()
    draft = CharterVersion.objects.get(pk=version.pk)
    if draft.published_at is not None:
        raise AlreadyPublished("Cette version est déjà publiée\u00a0: écrivez-en une nouvelle.")
    _check_seen(draft, seen)
    last = CharterVersion.objects.newest()
    if draft.effective_from_date < today(now) or (last and draft.effective_from_date <= last.effective_from_date):
        raise TooEarly("Choisissez une date d’entrée en vigueur à venir, après celle de la dernière version publiée.")
    draft.published_at, draft.published_by = now, by
    draft.save(update_fields=["published_at", "published_by"])
    companies.limit_charter_standings(until=midnight(draft.grace_ends_date))
    for signature in Signature.objects.concerned_by_a_new_version(now).with_file().order_by("pk"):
        until = signature.company.charter_until_at
        emails.charter_renewal_due(signature=signature, version=draft, until=until, now=now)
    return draft
