"""What a company and an association agree on, once for all their workshops."""

from __future__ import annotations

import datetime as dt
import hashlib
from typing import NamedTuple, Self
from zoneinfo import ZoneInfo

import pgtrigger
from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import TruncDate
from django.db.models.lookups import LessThanOrEqual

from accounts.codes import CODE_LENGTH, new_code
from accounts.keeping import another_person, changed
from accounts.models import User
from associations.models import Association
from companies.models import Company
from territories.closed_lists import WordField
from territories.records import never_truncated
from workshops.models.sides import Side


class HostingAgreementQuerySet(models.QuerySet["HostingAgreement"]):
    """Agreements by pair, and by what is left to do. Days are those of the portal's own time zone."""

    def between(self, company: Company, association: Association) -> Self:
        return self.filter(company=company, association=association)

    def live(self, today: dt.date) -> Self:
        """Neither ended nor over."""
        return self.filter(ended_at=None, until_date__gte=today)

    def awaiting(self, side: Side, today: dt.date) -> Self:
        """Those that this side may sign, and has not."""
        return self.live(today).filter(**{f"{side}_signed_at": None})


class DateRange(Func):
    """A period of days, as PostgreSQL compares it."""

    function = "DATERANGE"
    output_field = DateRangeField()


def _signed_until(*ends: str) -> Q:
    """Each side signs on one of these last days at the latest, or has not signed."""
    zone = ZoneInfo(settings.TIME_ZONE)
    held = Q()
    for side in Side:
        for end in ends:
            in_time = LessThanOrEqual(TruncDate(f"{side}_signed_at", tzinfo=zone), F(end))
            held &= Q(**{f"{side}_signed_at__isnull": True}) | Q(in_time)
    return held


class Consent(NamedTuple):
    """One side's signature: when, who, and in what capacity. Empty as long as it has not signed."""

    at: dt.datetime | None
    name: str
    capacity: str


class HostingAgreement(models.Model):
    """What a pair agrees on for a year at most, as it was when they did: names, insurance, first and last day.

    Once one side has signed, nothing of it changes but the other side's signature and its end. It lasts no longer
    than the insurance that it names. At any day one agreement of a pair counts at most.
    """

    class Standing(models.TextChoices):
        """Where it stands on a day; computed, so that no task has to run at midnight."""

        DRAFT = "draft", "projet à signer"
        HALF_SIGNED = "half_signed", "attend une signature"
        TO_COME = "to_come", "signée, à venir"
        IN_FORCE = "in_force", "en vigueur"
        OVER = "over", "échue"
        ENDED = "ended", "terminée"

    FACTS = (
        "company_name",
        "association_name",
        "insurer",
        "policy_number",
        "insurance_until_date",
        "from_date",
        "until_date",
    )

    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    association = models.ForeignKey(Association, on_delete=models.PROTECT, related_name="+")
    code = models.CharField(
        "code de vérification", max_length=CODE_LENGTH, unique=True, default=new_code, editable=False
    )
    company_name = models.CharField("nom de l’entreprise, au moment de convenir", max_length=200)
    association_name = models.CharField("nom de l’association, au moment de convenir", max_length=200)
    insurer = models.CharField("assureur", max_length=120)
    policy_number = models.CharField("numéro de contrat", max_length=60)
    insurance_until_date = models.DateField("assurance valable jusqu’au")
    from_date = models.DateField("du")
    until_date = models.DateField("au")
    proposed_at = models.DateTimeField(editable=False)
    proposed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    company_signed_at = models.DateTimeField(null=True, editable=False)
    company_signed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    company_signed_name = models.CharField("nom de qui signe pour l’entreprise", max_length=120, blank=True)
    company_signed_capacity = models.CharField("en qualité de", max_length=120, blank=True)
    association_signed_at = models.DateTimeField(null=True, editable=False)
    association_signed_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    association_signed_name = models.CharField("nom de qui signe pour l’association", max_length=120, blank=True)
    association_signed_capacity = models.CharField("en qualité de", max_length=120, blank=True)
    ended_at = models.DateTimeField(null=True, editable=False)
    ended_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    ended_side = WordField("qui y a mis fin", max_length=20, choices=Side, blank=True)

    objects = HostingAgreementQuerySet.as_manager()

    class Meta:
        verbose_name = "convention d’accueil"
        verbose_name_plural = "conventions d’accueil"
        ordering = ("-from_date", "-pk")
        indexes = [models.Index(name="hosting_by_association", fields=["association", "company"])]
        constraints = [
            ExclusionConstraint(
                name="hosting_one_at_a_time",
                expressions=[
                    ("company", RangeOperators.EQUAL),
                    ("association", RangeOperators.EQUAL),
                    (
                        DateRange("from_date", "until_date", RangeBoundary(inclusive_upper=True)),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=Q(ended_at=None),
            ),
            models.CheckConstraint(
                name="hosting_for_a_year_at_most",
                condition=Q(until_date__gte=F("from_date"), until_date__lte=F("from_date") + dt.timedelta(days=365)),
            ),
            models.CheckConstraint(
                name="hosting_within_the_insurance", condition=Q(until_date__lte=F("insurance_until_date"))
            ),
            models.CheckConstraint(
                name="hosting_names_both_and_the_insurance",
                condition=~Q(company_name="") & ~Q(association_name="") & ~Q(insurer="") & ~Q(policy_number=""),
            ),
            models.CheckConstraint(
                name="hosting_signed_while_insured", condition=_signed_until("insurance_until_date")
            ),
            models.CheckConstraint(name="hosting_signed_within_its_time", condition=_signed_until("until_date")),
            *(
                models.CheckConstraint(
                    name=f"hosting_{side}_signature_whole",
                    condition=Q(
                        **{f"{side}_signed_at": None, f"{side}_signed_by": None},
                        **{f"{side}_signed_name": "", f"{side}_signed_capacity": ""},
                    )
                    | Q(**{f"{side}_signed_at__isnull": False})
                    & ~Q(**{f"{side}_signed_name": ""})
                    & ~Q(**{f"{side}_signed_capacity": ""}),
                )
                for side in ("company", "association")
            ),
            models.CheckConstraint(
                name="hosting_ended_stamped",
                condition=Q(ended_at__isnull=False) | Q(ended_by__isnull=True, ended_side=""),
            ),
        ]
        triggers = [
            never_truncated("hosting_agreements_stay"),
            pgtrigger.Trigger(
                name="hosting_of_a_certificate",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("insurer", "policy_number", "insurance_until_date"),  # type: ignore[no-untyped-call]  # the library has no types here
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM associations_insurancecertificate AS c
                        WHERE c.association_id = NEW.association_id AND c.withdrawn_at IS NULL
                        AND c.insurer = NEW.insurer AND c.policy_number = NEW.policy_number
                        AND c.valid_until_date = NEW.insurance_until_date
                    ) THEN
                        RAISE EXCEPTION 'The association has shown no such certificate.'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'hosting_of_a_certificate';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Protect(
                name="hosting_signed_stays",
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__company_signed_at__isnull=False)
                | pgtrigger.Q(old__association_signed_at__isnull=False),
            ),
            pgtrigger.Protect(
                name="hosting_signed_unchanged",
                operation=pgtrigger.Update,
                # Two entries of one organisation may be united.
                condition=(
                    pgtrigger.Q(old__company_signed_at__isnull=False)
                    | pgtrigger.Q(old__association_signed_at__isnull=False)
                )
                & (
                    changed(
                        "code",
                        "company_name",
                        "association_name",
                        "insurer",
                        "policy_number",
                        "insurance_until_date",
                        "from_date",
                        "until_date",
                        "proposed_at",
                    )
                    | another_person("proposed_by")
                ),
            ),
            *(
                pgtrigger.Protect(
                    name=f"hosting_signed_once_by_{side}",
                    operation=pgtrigger.Update,
                    condition=(
                        pgtrigger.Q(**{f"old__{side}_signed_at__isnull": False})
                        | pgtrigger.Q(old__ended_at__isnull=False)
                    )
                    & (
                        changed(f"{side}_signed_at", f"{side}_signed_name", f"{side}_signed_capacity")
                        | another_person(f"{side}_signed_by")
                    ),
                )
                for side in ("company", "association")
            ),
            pgtrigger.Protect(
                name="hosting_ends_once",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__ended_at__isnull=False)
                & (changed("ended_at", "ended_side") | another_person("ended_by")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.company_name}, {self.association_name}, {self.from_date}"

    def standing(self, today: dt.date) -> Standing:
        """Where it stands on this day."""
        if self.ended_at is not None:
            return self.Standing.ENDED
        if self.until_date < today:
            return self.Standing.OVER
        if not self.is_signed:
            return self.Standing.HALF_SIGNED if self.is_begun else self.Standing.DRAFT
        return self.Standing.TO_COME if today < self.from_date else self.Standing.IN_FORCE

    def consent(self, side: Side) -> Consent:
        """A side's signature, if it has signed."""
        return Consent(*(getattr(self, f"{side}_signed_{part}") for part in ("at", "name", "capacity")))

    @property
    def consents(self) -> list[tuple[Side, str, Consent]]:
        """Each side, its name as agreed, and its signature."""
        return [(side, getattr(self, f"{side}_name"), self.consent(side)) for side in Side]

    @property
    def is_begun(self) -> bool:
        """Whether one side has signed at least: nothing of it changes any more."""
        return self.company_signed_at is not None or self.association_signed_at is not None

    @property
    def is_signed(self) -> bool:
        """Whether both sides have signed."""
        return self.company_signed_at is not None and self.association_signed_at is not None

    @property
    def fingerprint(self) -> str:
        """What tells whether who signs has read these facts: 64 hexadecimal digits."""
        facts = "\x1f".join([self.code, *(str(getattr(self, name)) for name in self.FACTS)])
        return hashlib.sha256(facts.encode()).hexdigest()
