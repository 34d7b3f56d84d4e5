"""What a company and an association agree on: proposed, signed by both, ended by either.

No booking waits for it. Days are those of the portal's own time zone.
"""

from __future__ import annotations

import datetime as dt
from typing import Any

from dateutil.relativedelta import relativedelta
from django.db import transaction
from django.utils import timezone

from accounts.actions.holding import hold
from accounts.models import User
from accounts.refusals import Refused, refusing
from accounts.scans import one_by_one
from associations.models import Association, InsuranceCertificate
from companies.models import Company
from territories.wording import long_date
from workshops import emails
from workshops.models import HostingAgreement, Side, insurance_ending
from workshops.models.told import told_of
from workshops.permissions import may_agree

ONE_YEAR = relativedelta(years=1, days=-1)
# So long before one ends, the next may be prepared: no day is left without.
RENEWED_WITHIN = dt.timedelta(days=60)

SHOW_A_CERTIFICATE = "l’association dépose une attestation d’assurance en cours, puis vous préparez la convention."


class NeverMet(Refused):
    """The two have no workshop to agree on."""


class NotInsured(Refused):
    """No certificate of the association counts on the day that matters."""


class StillRunning(Refused):
    """Another agreement of the two counts, or waits for a signature."""


class NotToSign(Refused):
    """It is over, ended, or signed already."""


class ChangedMeanwhile(Refused):
    """What was read is not what would be signed."""


class AlreadyOver(Refused):
    """It has ended before."""


@transaction.atomic
def propose_agreement(*, company: Company, association: Association, by: User, now: dt.datetime) -> HostingAgreement:
    """Put down what both may sign: for a year, or until the insurance that counts ends.

    One that nobody has signed yet is brought up to date. While one is in force, the next begins when it ends.

    Raises:
        NeverMet, NotInsured, StillRunning, Gone: nothing is written.
    """
    if not may_agree(company, association):
        raise NeverMet("Une convention se prépare une fois qu’un atelier est confirmé entre vous.")
    association = hold(association)
    company = hold(company)
    today = timezone.localdate(now)
    live = list(HostingAgreement.objects.between(company, association).live(today).order_by("from_date"))
    begins = _first_day([one for one in live if one.is_begun], today)
    certificate = InsuranceCertificate.objects.of_association(association).counting().first()
    if certificate is None or certificate.valid_until_date < begins:
        raise NotInsured(f"D’abord, {SHOW_A_CERTIFICATE}")
    draft = next((one for one in live if not one.is_begun), None) or HostingAgreement(
        company=company, association=association, proposed_at=now, proposed_by=by
    )
    for name, value in _facts(company, association, certificate, begins).items():
        setattr(draft, name, value)
    meanwhile = StillRunning("Une autre convention vient d’être préparée\u00a0: rechargez la page.")
    with refusing({"hosting_one_at_a_time": meanwhile}):
        draft.save()
    return draft


def _first_day(begun: list[HostingAgreement], today: dt.date) -> dt.date:
    if not begun:
        return today
    last = begun[-1]
    if last.until_date > today + RENEWED_WITHIN:
        raise StillRunning(
            f"Une convention court déjà jusqu’au {long_date(last.until_date)}\u00a0: "
            "terminez-la d’abord si elle ne convient plus."
        )
    return last.until_date + dt.timedelta(days=1)


def _facts(
    company: Company, association: Association, certificate: InsuranceCertificate, begins: dt.date
) -> dict[str, Any]:
    return {
        "company_name": company.name,
        "association_name": association.name,
        "insurer": certificate.insurer,
        "policy_number": certificate.policy_number,
        "insurance_until_date": certificate.valid_until_date,
        "from_date": begins,
        "until_date": min(begins + ONE_YEAR, certificate.valid_until_date),
    }


@transaction.atomic
def sign_agreement(
    *, agreement: HostingAgreement, side: Side, name: str, capacity: str, read: str, by: User, now: dt.datetime
) -> None:
    """Consent for one side; the other one is told. `read` is the fingerprint of what the person had before them.

    Raises:
        NotToSign, ChangedMeanwhile, NotInsured: nothing is written.
    """
    held = HostingAgreement.objects.select_for_update(no_key=True).get(pk=agreement.pk)
    _check_to_sign(held, side, timezone.localdate(now))
    if read != held.fingerprint:
        raise ChangedMeanwhile("La convention vient d’être mise à jour\u00a0: relisez-la, puis signez.")
    signature = {"at": now, "by": by, "name": name, "capacity": capacity}
    HostingAgreement.objects.filter(pk=held.pk).update(
        **{f"{side}_signed_{part}": value for part, value in signature.items()}
    )
    agreement.refresh_from_db()
    emails.agreement_signed(agreement=agreement, side=side, now=now)


def _check_to_sign(held: HostingAgreement, side: Side, today: dt.date) -> None:
    """Whether this side may sign now.

    Raises:
        NotToSign, NotInsured
    """
    if held.ended_at is not None:
        raise NotToSign("Cette convention est terminée\u00a0: préparez-en une nouvelle.")
    if held.consent(side).at is not None:
        raise NotToSign("Votre côté a déjà signé cette convention.")
    insured = InsuranceCertificate.objects.of_association(held.association).counting()
    if held.insurance_until_date < today or not insured.filter(valid_until_date__gte=today).exists():
        raise NotInsured(f"L’assurance n’est plus valable\u00a0: {SHOW_A_CERTIFICATE}")
    # Held until the signature is written: nobody sets it aside at the same moment.
    named = insured.filter(**{name: getattr(held, name) for name in ("insurer", "policy_number")})
    if named.filter(valid_until_date=held.insurance_until_date).select_for_update(no_key=True).first() is None:
        raise NotInsured(
            "L’attestation d’assurance que cite cette convention a été mise de côté\u00a0: "
            "mettez-y fin, puis préparez-en une nouvelle."
        )
    if held.until_date < today:
        raise NotToSign("Cette convention est échue\u00a0: préparez-en une nouvelle.")


@transaction.atomic
def end_agreement(*, agreement: HostingAgreement, side: Side, by: User, now: dt.datetime) -> None:
    """End it from this instant; the other side is told, if one has signed. What is booked stays.

    Raises:
        AlreadyOver: nothing is written.
    """
    live = HostingAgreement.objects.live(timezone.localdate(now)).filter(pk=agreement.pk)
    if not live.update(ended_at=now, ended_by=by, ended_side=side):
        raise AlreadyOver("Cette convention n’est plus en cours.")
    agreement.refresh_from_db()
    if agreement.is_begun:
        emails.agreement_ended(agreement=agreement, side=side, now=now)


def tell_ending_insurance(*, now: dt.datetime) -> int:
    """Tell associations whose insurance ends before workshops that are to come, once for each certificate.

    Returns how many were told.
    """
    untold = insurance_ending(now).filter(~told_of("pk", "insurance_ending", kind="certificate"))
    certificates = untold.select_related("association__commune").order_by("pk")
    return one_by_one(certificates, lambda certificate: emails.insurance_ending(certificate=certificate, now=now))
