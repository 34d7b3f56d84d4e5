"""What was given in a year, on paper, and verified by a code."""

from __future__ import annotations

from typing import Self

import pgtrigger
from django.db import models
from django.db.models import Q

from accounts.codes import CODE_LENGTH, new_code
from accounts.models import User
from companies.models import Company
from territories.closed_lists import WordField


class CertificateQuerySet(models.QuerySet["Certificate"]):
    """Certificates by whether a newer one took their place."""

    def current(self) -> Self:
        return self.filter(superseded_at=None)


# What it says; as many facts as make one certificate another.
FACTS = ("workshops", "people", "benevolat_minutes", "mecenat_minutes")


class Certificate(models.Model):
    """What a volunteer gave at a company in a year, or the company itself, as it was when it was asked for.

    It holds no name: whoever has the code is shown whose it is today. Another count is another certificate, which takes
    the place of the former one; nothing else of it ever changes.
    """

    class Kind(models.TextChoices):
        VOLUNTEER = "volunteer", "d’un bénévole"
        COMPANY = "company", "d’une entreprise"

    code = models.CharField(max_length=CODE_LENGTH, unique=True, default=new_code, editable=False)
    kind = WordField(max_length=20, choices=Kind)
    company = models.ForeignKey(Company, on_delete=models.PROTECT, related_name="+")
    volunteer = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    year = models.PositiveSmallIntegerField("année")
    workshops = models.PositiveIntegerField("ateliers")
    people = models.PositiveIntegerField("personnes accueillies", default=0)
    benevolat_minutes = models.PositiveIntegerField("minutes de bénévolat")
    mecenat_minutes = models.PositiveIntegerField("minutes de mécénat de compétences")
    issued_at = models.DateTimeField(editable=False)
    issued_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", editable=False)
    superseded_at = models.DateTimeField(null=True, editable=False)

    objects = CertificateQuerySet.as_manager()

    class Meta:
        verbose_name = "attestation"
        ordering = ("-issued_at", "-pk")
        constraints = [
            models.CheckConstraint(
                name="certificate_of_a_company_or_a_person",
                condition=Q(kind="volunteer", people=0) | Q(kind="company", volunteer__isnull=True),
            ),
            # A volunteer who waited for a group that did not come gave time all the same.
            models.CheckConstraint(
                name="attestation_of_something",
                condition=Q(workshops__gte=1)
                | Q(kind="volunteer") & (Q(benevolat_minutes__gte=1) | Q(mecenat_minutes__gte=1)),
            ),
            models.UniqueConstraint(
                name="certificate_of_a_volunteer_once",
                fields=["company", "volunteer", "year"],
                condition=Q(kind="volunteer", superseded_at__isnull=True),
            ),
            models.UniqueConstraint(
                name="certificate_of_a_company_once",
                fields=["company", "year"],
                condition=Q(kind="company", superseded_at__isnull=True),
            ),
        ]
        triggers = [
            pgtrigger.ReadOnly(
                name="certificate_stands",
                fields=["code", "kind", "year", *FACTS, "issued_at"],
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()}, {self.company}, {self.year}"

    @property
    def is_of_volunteer(self) -> bool:
        return self.kind == self.Kind.VOLUNTEER

    @property
    def minutes(self) -> int:
        """On either time."""
        return self.benevolat_minutes + self.mecenat_minutes
