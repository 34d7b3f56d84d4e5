"""What is asked of a measure: « = 0 », « ≥ 0.8 » or « ≤ 1.2 », of its ratio where it has one, else of its value."""

from __future__ import annotations

import operator
from typing import Any

SIGNS = {"=": operator.eq, "≥": operator.ge, "≤": operator.le}


def out_of_bounds(measure: dict[str, Any]) -> list[str]:
    """A line that says so, or nothing."""
    asked = measure.get("asked")
    if not asked:
        return []
    what = "ratio" if "ratio" in measure else "value"
    sign, limit = asked.split()
    if SIGNS[sign](measure[what], float(limit)):
        return []
    return [f"{measure['name']}: {what} {measure[what]}, asked {asked}. {measure['notes']}"]
