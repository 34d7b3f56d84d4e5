"""The two sides of a workshop."""

from django.db import models


class Side(models.TextChoices):
    """Who reports."""

    COMPANY = "company", "entreprise"
    ASSOCIATION = "association", "association"
