"""The two sides of a workshop."""

from __future__ import annotations

from django.db import models


class Side(models.TextChoices):
    """Who reports."""

    COMPANY = "company", "entreprise"
    ASSOCIATION = "association", "association"

    @property
    def other(self) -> Side:
        """Whom this one meets."""
        return Side.ASSOCIATION if self == Side.COMPANY else Side.COMPANY
