"""Numbers and days that make sense, said beside their field."""

import datetime as dt

from django.core.validators import MaxValueValidator, MinValueValidator

# Between which an evening may be: calendars end a day and a week before those of the computer do.
FIRST_DAY, LAST_DAY = dt.date(2015, 1, 1), dt.date(2100, 12, 31)


def between(least: int, most: int) -> list[MinValueValidator | MaxValueValidator]:
    """Validators of a field of a form or a model: both ends are allowed."""
    return [
        MinValueValidator(least, "Indiquez %(limit_value)s au moins."),
        MaxValueValidator(most, "Indiquez %(limit_value)s au plus."),
    ]
