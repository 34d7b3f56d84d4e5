"""Certificates of what was given in a year."""

from __future__ import annotations

import datetime as dt

from django.db import transaction

from accounts.models import User
from accounts.refusals import Refused
from companies.models import Company
from workshops.figures import given_to_certify
from workshops.models import FACTS, Certificate


class NothingGiven(Refused):
    """No hour of that year is known, or no workshop of it was held."""


@transaction.atomic
def certify(*, company: Company, volunteer: User | None, year: int, by: User, now: dt.datetime) -> Certificate:
    """What a volunteer gave at a company in a year; without a volunteer, what the company gave.

    Asked for again, it is the same certificate as long as it says the same; then another takes its place.

    Raises:
        NothingGiven: nothing is written.
    """
    nothing = NothingGiven(f"Aucune heure n’est notée en {year}.")
    # Beyond what the database has days for as well.
    if not dt.MINYEAR < year <= now.year + 1:
        raise nothing
    Company.objects.select_for_update(no_key=True).only("pk").get(pk=company.pk)
    kind = Certificate.Kind.COMPANY if volunteer is None else Certificate.Kind.VOLUNTEER
    given = given_to_certify(company, volunteer, year, now=now)
    if not given.minutes and not given.workshops:
        raise nothing
    if not given.workshops and volunteer is None:
        raise NothingGiven(
            f"Des heures sont notées en {year}, mais aucun atelier n’a été tenu d’après les comptes rendus\u00a0: "
            "il n’y a pas encore d’attestation à établir."
        )
    current = Certificate.objects.current().filter(company=company, volunteer=volunteer, kind=kind, year=year).first()
    facts = given._asdict()
    if current is not None and all(getattr(current, name) == facts[name] for name in FACTS):
        return current
    if current is not None:
        current.superseded_at = now
        current.save(update_fields=["superseded_at"])
    made: Certificate = Certificate.objects.create(
        kind=kind, company=company, volunteer=volunteer, year=year, issued_at=now, issued_by=by, **facts
    )
    return made
