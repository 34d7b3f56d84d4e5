"""The company in whose rooms a measure takes place."""

from __future__ import annotations

import datetime as dt
from typing import Any, NamedTuple


class Host(NamedTuple):
    """A company, who owns its account, and its one site."""

    company: Any
    owner: Any
    site: Any


def make_host(now: dt.datetime, *, max_visitors: int = 20) -> Host:
    """A signatory; its site has an access kit."""
    from django.db import transaction  # noqa: PLC0415

    from accounts.models import Role, User  # noqa: PLC0415
    from companies.models import AccessKit, Company, Membership, Site  # noqa: PLC0415

    with transaction.atomic():
        company = Company.objects.create(
            name="L’Atelier",
            slug="atelier",
            legal_form="company",
            commune_id="59350",
            created_at=now,
            members_confirmed_at=now,
            charter_approved_at=now,
        )
        owner = User.objects.create_user("gestion0@example.org", name="Gestion 0")
        Membership.objects.create(company=company, user=owner, role=Role.OWNER, joined_at=now)
        site = Site.objects.create(
            company=company,
            name="Siège",
            address="1 rue des Lilas",
            commune_id="59350",
            latitude=50.63,
            longitude=3.06,
            time_zone="Europe/Paris",
            max_visitors=max_visitors,
            created_at=now,
        )
        AccessKit.objects.create(site=site, entrance="Sonnez deux fois.", evening_phone="+33199001234")
    return Host(company, owner, site)


def signature_of(company: Any, version: Any, **fields: Any) -> Any:
    """A signature of the charter by this company, unsaved, at the instant at which the company was made."""
    from charter.models import Signature  # noqa: PLC0415

    at = company.created_at
    return Signature(
        **{
            "company": company,
            "version": version,
            "company_name": company.name,
            "text_sha256": version.sha256,
            "signatory_name": "Hélène Carpentier",
            "signatory_capacity": "directrice",
            "signatory_email": "helene@example.org",
            "pledged_rooms": 1,
            "pledged_computers": 8,
            "pledged_hours": 20,
            "created_at": at,
            "signed_at": at,
            "submitted_at": at,
            **fields,
        }
    )
