"""Who may do what as a pair: one function per question."""

from __future__ import annotations

import datetime as dt

from associations.models import Association
from companies.models import Company
from workshops.models import Booking, HostingAgreement


def may_agree(company: Company, association: Association) -> bool:
    """Whether the two have something to agree on: a workshop that was confirmed and not called off."""
    return Booking.objects.between(company, association).agreed().exists()


def may_see_each_other(company: Company, association: Association) -> bool:
    """Whether they have a page together: what was agreed once is still read when it is over."""
    has_agreed = HostingAgreement.objects.between(company, association).exists()
    return has_agreed or may_agree(company, association)


def may_read_certificate(company: Company, association: Association, today: dt.date) -> bool:
    """Whether the company may read how the association is insured."""
    has_live = HostingAgreement.objects.between(company, association).live(today).exists()
    return has_live or may_agree(company, association)
