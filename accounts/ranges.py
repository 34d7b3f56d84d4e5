"""Numbers that make sense, said beside their field."""

from django.core.validators import MaxValueValidator, MinValueValidator


def between(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    """Validators of a field of a form or a model: both ends are allowed."""
    return [
        MinValueValidator(least, "Indiquez %(limit_value)s au moins."),
        MaxValueValidator(most, "Indiquez %(limit_value)s au plus."),
    ]
