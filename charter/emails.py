"""What a company and its signatory are told about a signature: one function per mail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from zoneinfo import ZoneInfo

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext

from accounts.contact import contact_url
from accounts.letters import Facts, managers_of, writing, writing_to
from accounts.models import User
from charter.links import signing_path
from charter.models import CharterVersion, Signature
from charter.models.signatures import LINK_LASTS
from companies.models import Company
from mail.kinds import by_day, on_a_clock
from mail.outbox import Address
from territories.wording import long_date


def signature_link(*, signature: Signature, by: User, now: dt.datetime) -> None:
    """To the legal signatory, in the language of who asks them: read and sign, no account needed.

    The link is a secret: it is erased once sent. Its key names the instant of that link: a later one replaces it.
    """
    until = now + LINK_LASTS
    with writing(Address(signature.signatory_email, signature.signatory_name), language=by.language) as post:
        post(
            "signature_link",
            key=f"signature_link:{signature.pk}:{_stamp(now)}",
            context={
                "company": signature.company.name,
                "by": by.name,
                "until": long_date(until.astimezone(ZoneInfo(signature.company.local_zone)).date()),
                "url": settings.SITE_URL + signing_path(signature),
            },
            about=f"signature:{signature.pk}",
            not_after=until,
            secret=True,
            now=now,
        )


def signature_signed(*, signature: Signature, now: dt.datetime) -> None:
    """To the company: the legal signatory has signed, the file is with the moderators."""
    _tell("signature_signed", signature, now, lambda: {"signatory": signature.signatory_name})


def signature_approved(*, signature: Signature, now: dt.datetime) -> None:
    """Its slots are public from now on."""
    _tell("signature_approved", signature, now)


def signature_changes_requested(*, signature: Signature, comments: Mapping[str, str], now: dt.datetime) -> None:
    """What to correct before signing again; `comments` by field of the signature or of the company."""

    def facts() -> dict[str, object]:
        return {"remarks": [_remark(field, text) for field, text in comments.items()]}

    _tell("signature_changes_requested", signature, now, facts)


def _remark(field: str, text: str) -> str:
    return gettext("%(label)s\u00a0: %(text)s") % {"label": _label(field), "text": text}


def _label(field: str) -> str:
    """What a form calls this field."""
    names = {one.name for one in Signature._meta.get_fields()}  # noqa: SLF001  # Django's own name
    of = Signature if field in names else Company
    return str(of._meta.get_field(field).verbose_name).capitalize()  # type: ignore[union-attr]  # noqa: SLF001


def signature_refused(*, signature: Signature, now: dt.datetime) -> None:
    """The refusal, its reason, and the way to appeal."""
    _tell("signature_refused", signature, now, lambda: {"kind": signature.get_reason_code_display()})


def signature_suspended(*, signature: Signature, now: dt.datetime) -> None:
    """Its slots are out of the catalogue until further notice; confirmed bookings stay."""
    url = contact_url(reverse("company", args=[signature.company.slug]))
    _tell("signature_suspended", signature, now, lambda: {"contact_url": url})


def signature_reinstated(*, signature: Signature, now: dt.datetime) -> None:
    """Its slots are public again."""
    _tell("signature_reinstated", signature, now)


def signature_withdrawn(*, signature: Signature, now: dt.datetime) -> None:
    """A receipt for who withdrew, and for the others who should know."""
    _tell("signature_withdrawn", signature, now)


def signature_lapsed(*, signature: Signature, waits: bool, now: dt.datetime) -> None:
    """The grace period is over: the company is no signatory any more, until it signs the new version.

    `waits` when it did sign, and the moderators have not decided yet.
    """
    _tell("signature_lapsed", signature, now, lambda: {"waits": waits})


@by_day
@on_a_clock
def charter_renewal_due(
    *, signature: Signature, version: CharterVersion, until: dt.datetime | None, now: dt.datetime
) -> None:
    """A new version is out: sign it while the signature counts, or in the place of the text that is on its way.

    Until when it counts limits this mail; a text on its way has no such limit.
    """
    ends = until if signature.state == Signature.State.APPROVED else None
    _tell(
        "charter_renewal_due",
        signature,
        now,
        lambda: _renewal(version, ends) | {"stands": ends is not None},
        fact=f"{version.number}",
        not_after=ends,
    )


@by_day
@on_a_clock
def charter_renewal_reminder(
    *, signature: Signature, version: CharterVersion, until: dt.datetime, days: int, now: dt.datetime
) -> None:
    """The signature counts for some days more."""
    fact = f"{version.number}:{days}"
    _tell("charter_renewal_reminder", signature, now, lambda: _renewal(version, until), fact=fact, not_after=until)


def _renewal(version: CharterVersion, until: dt.datetime | None) -> dict[str, object]:
    """What is to be signed, and until when the company's own signature counts: not always the newest text's grace."""
    last_day = long_date(until.astimezone(ZoneInfo(settings.TIME_ZONE)).date()) if until else ""
    return {"new_version": version.number, "effective": long_date(version.effective_from_date), "until": last_day}


def _tell(
    template: str,
    signature: Signature,
    now: dt.datetime,
    facts: Facts = dict,
    *,
    fact: str = "",
    not_after: dt.datetime | None = None,
) -> None:
    """Tell each manager. `fact` names what is told; a decision is told by its instant.

    Who may not sign is led to the company's page, which says who may.
    """
    company = signature.company
    company_url = settings.SITE_URL + reverse("company", args=[company.slug])
    sign_url = settings.SITE_URL + reverse("charter:sign", args=[company.slug])
    owners = set(company.owners())
    for manager in managers_of(company):
        with writing_to(manager) as post:
            post(
                template,
                key=f"{template}:{signature.pk}:{fact or _stamp(now)}:{manager.pk}",
                context={
                    "company": company.name,
                    "version": signature.version.number,
                    "reason": signature.reason,
                    "sign_url": sign_url if manager.person in owners else company_url,
                    "sites_url": settings.SITE_URL + reverse("companies:sites", args=[company.slug]),
                    "company_url": company_url,
                    **facts(),
                },
                about=f"signature:{signature.pk}",
                on_behalf_of=f"companies:{company.pk}",
                not_after=not_after,
                time_zone=company.time_zone,
                now=now,
            )


def _stamp(now: dt.datetime) -> str:
    return f"{now:%Y%m%dT%H%M%S%f}"
