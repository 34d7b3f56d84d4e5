"""What a company is told about its signature: one function per mail."""

import datetime as dt

from django.conf import settings
from django.urls import reverse

from charter.models import Signature
from mail import outbox


def signature_approved(*, signature: Signature, now: dt.datetime) -> None:
    """Its slots are public from now on."""
    _tell("signature_approved", signature, now)


def signature_changes_requested(*, signature: Signature, now: dt.datetime) -> None:
    """What to correct before signing again."""
    _tell("signature_changes_requested", signature, now)


def signature_refused(*, signature: Signature, now: dt.datetime) -> None:
    """The refusal and its reason."""
    _tell("signature_refused", signature, now)


def _tell(template: str, signature: Signature, now: dt.datetime) -> None:
    company = signature.company
    for manager in company.managers():
        outbox.post(
            template,
            key=f"{template}:{signature.pk}:{signature.decisions.count()}:{manager.pk}",
            to=(manager.email, manager.name),
            context={
                "company": company.name,
                "version": signature.version.number,
                "reason": signature.reason,
                "sign_url": settings.SITE_URL + reverse("charter:sign", args=[company.slug]),
                "sites_url": settings.SITE_URL + reverse("companies:sites", args=[company.slug]),
            },
            now=now,
        )
