"""Addresses of pages made of names."""

from __future__ import annotations

import itertools
from collections.abc import Collection
from typing import Any

from django.db import models
from django.utils.text import slugify

LONGEST = 70


def free_slug(rows: models.QuerySet[Any], name: str, *, otherwise: str, reserved: Collection[str] = ()) -> str:
    """An address that none of these rows has: `imprimerie-du-parc`, then `…-2`; `otherwise` when no letter is left."""
    base = slugify(name)[:LONGEST].strip("-") or otherwise
    taken = {*reserved, *rows.filter(slug__startswith=base).values_list("slug", flat=True)}
    numbered = (f"{base}-{number}" for number in itertools.count(2))
    return next(slug for slug in itertools.chain([base], numbered) if slug not in taken)
