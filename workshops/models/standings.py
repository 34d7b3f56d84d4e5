"""How far each organisation keeps its word, and how often each association was served: counted now and then."""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from associations.models import Association
from companies.models import Company


class Standing(models.Model):
    """What the last year says of an organisation (`workshops.reliability`), in numbers to rank with. Never public.

    `workshops.actions.count_standings` alone writes it, for all of them at once. Who has no row is new.
    """

    company = models.OneToOneField(Company, on_delete=models.CASCADE, null=True, related_name="+")
    association = models.OneToOneField(Association, on_delete=models.CASCADE, null=True, related_name="+")
    kept = models.PositiveIntegerField("paroles tenues")
    broken = models.PositiveIntegerField("paroles rompues")
    served = models.PositiveIntegerField("ateliers tenus ou à venir", default=0)
    counted_at = models.DateTimeField("compté")

    class Meta:
        verbose_name = "état d’une organisation"
        verbose_name_plural = "états des organisations"
        constraints = [
            models.CheckConstraint(
                name="standing_of_one",
                condition=Q(company__isnull=True, association__isnull=False)
                | Q(company__isnull=False, association__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kept} / {self.kept + self.broken}"

    @property
    def share(self) -> int:
        """How far it keeps its word, in thousandths. One word more than it gave counts as kept: it began with trust."""
        return 1000 * (self.kept + 1) // (self.kept + self.broken + 1)
